"""The processes behind :func:`nnedu.distributed.run_workers`."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Watch = Callable[[int, str, Callable[[], None]], None]
"""``watch(rank, line, kill)``: called for each line that a worker prints; ``kill()`` ends it."""


@dataclass
class Ended:
    """What became of one worker.

    Attributes
    ----------
    rank : int
        Its number in the group.
    code : int
        Its exit status; minus the signal's number where a signal ended it.
    lines : list of str
        What it printed.
    errors : str
        The end of its error stream.
    """

    rank: int
    code: int
    lines: list[str] = field(default_factory=list)
    errors: str = ""


class Worker:
    """One process, and the threads that read what it says."""

    def __init__(
        self,
        program: str | Path,
        settings: Mapping[str, Any],
        rank: int,
        lines: "queue.Queue[tuple[int, str | None]]",
    ) -> None:
        self.program, self.settings, self.rank, self.lines = program, settings, rank, lines
        self.process: subprocess.Popen[str] | None = None
        self.said: list[str] = []
        self.errors: list[str] = []
        self.threads: list[threading.Thread] = []

    def start(self, config: str) -> None:
        one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        how = [str(self.program)] if isinstance(self.program, Path) else ["-m", self.program]
        self.process = subprocess.Popen(
            [sys.executable, *how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                **one,
                "TF_CONFIG": config,
                "CUDA_VISIBLE_DEVICES": "-1",
                "TF_CPP_MIN_LOG_LEVEL": "3",
            },
        )
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it failed at once: its errors will say why
            self.process.stdin.write(json.dumps(self.settings) + "\n")
            self.process.stdin.flush()
        self.threads = [
            threading.Thread(target=read, daemon=True) for read in (self._out, self._err)
        ]
        for thread in self.threads:
            thread.start()

    def _out(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            self.lines.put((self.rank, self.said[-1]))
        self.lines.put((self.rank, None))

    def _err(self) -> None:
        assert self.process is not None
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.errors = [*self.errors[-39:], line]

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()

    def end(self) -> None:
        """End the process if it still runs, and wait for it."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        for thread in self.threads:
            thread.join(timeout=5)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def ended(self) -> Ended:
        code = -1 if self.process is None else self.process.returncode
        return Ended(self.rank, code, self.said, "".join(self.errors))


def follow(
    group: Sequence[Worker],
    lines: "queue.Queue[tuple[int, str | None]]",
    deadline: float,
    timeout: float,
    watch: Watch | None,
) -> None:
    """Hand on lines until all have closed their output, or one has failed."""
    running = {worker.rank for worker in group}
    while running:
        left = deadline - time.monotonic()
        if left <= 0:
            errors = next((w.errors for w in group if w.rank in running), [])
            raise TimeoutError(
                f"workers {sorted(running)} of {len(group)} were not done after {timeout:g} s, and "
                f"were ended. A busy machine? Allow more. The end of its errors:\n{''.join(errors)}"
            )
        try:
            rank, line = lines.get(timeout=min(left, 1.0))
        except queue.Empty:
            continue
        worker = group[rank]
        if line is not None:
            if watch is not None:
                watch(rank, line, worker.kill)
            continue
        running.discard(rank)
        assert worker.process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            if worker.process.wait(timeout=max(left, 0.1)) != 0:
                return  # the others wait for it in vain
