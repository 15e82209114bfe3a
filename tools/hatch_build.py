"""Build hook: the wheel carries the exercise notebooks, so that lessons start without a clone."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ExerciseNotebooks(BuildHookInterface):  # type: ignore[type-arg]
    """Add every ``lessons/SLUG/exercise.ipynb`` as ``nnedu/_lessons/SLUG/exercise.ipynb``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":  # the checkout is at hand: the lessons are read from there
            return
        for exercise in sorted(Path(self.root).glob("lessons/*/exercise.ipynb")):
            target = f"nnedu/_lessons/{exercise.parent.name}/exercise.ipynb"
            build_data["force_include"][str(exercise)] = target
