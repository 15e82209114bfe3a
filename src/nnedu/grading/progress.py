"""The progress bar of a grading run: how many of how many, and how long it will still take."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm


class Progress:
    """A bar on the terminal; in a file or a log, a line every ten seconds.

    What an earlier run graded counts as done and not for the speed, so the time left is that
    of the work that is left.
    """

    def __init__(self) -> None:
        self.done = self.total = 0
        self._bar: tqdm[Any] | None = None

    def start(self, todo: int, kept: int, seed: str) -> None:
        """Begin to count.

        Parameters
        ----------
        todo, kept : int
            Submissions to grade, and graded already.
        seed : str
            The run's.
        """
        self.done, self.total = kept, todo + kept
        already = f", {kept} of them graded already" if kept else ""
        print(f"{self.total} submissions{already}; run seed {seed}", file=sys.stderr)
        if todo:
            live = sys.stderr.isatty()
            self._bar = tqdm(
                total=self.total,
                initial=kept,
                file=sys.stderr,
                mininterval=0.2 if live else 10.0,
                dynamic_ncols=live,
                bar_format="{l_bar}{bar}| {n_fmt}/{total_fmt} graded, about {remaining} left",
            )

    def step(self) -> None:
        """Count one submission."""
        self.done += 1
        if self._bar is not None:
            self._bar.update()

    def end(self) -> None:
        """Leave the bar's last line."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
