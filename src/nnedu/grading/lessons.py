"""Where lessons are, and what one consists of: tasks, checks, points, allowed imports."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from nnedu.grading.documents import BadNotebook, Cell, Notebook, read_notebook
from nnedu.lesson import Alternative, Mistake

TASK_ID = re.compile(r"[a-z][a-z0-9_]*")
LESSON_KEYS = {
    "slug", "title", "chapter", "minutes", "hardware", "imports", "timeout", "memory", "limits",
}  # fmt: skip
LIMIT_KEYS = ("total", "cpu", "output", "processes", "file", "inodes", "open_files")
"""The limits of a kernel, by their names in `nnedu.grading.sandbox.Limits`, that a lesson may set
beside its timeout and memory."""
MIN_RTOL = 1e-5


class BadLesson(Exception):
    """A lesson that breaks the format; the message names the cell and the likely fix."""


@dataclass(frozen=True)
class Check:
    """One graded cell.

    Parameters
    ----------
    id, task : str
        Its ``grade_id`` and that of the answer cell it looks at.
    about : str
        In one line, what it looks at.
    points : float
        At least 0.
    rtol, atol : float
        Numbers agree when they differ by at most ``atol + rtol * abs(expected)``.
    score : dict or None
        For a quality task: the scorer's name and its arguments.
    """

    id: str
    task: str
    about: str
    points: float
    rtol: float
    atol: float
    score: dict[str, Any] | None


@dataclass(frozen=True)
class Task:
    """One answer cell: its number in the lesson, ``grade_id`` and title."""

    number: int
    id: str
    title: str


@dataclass(frozen=True)
class Lesson:
    """A lesson's notebook, read and checked.

    Parameters
    ----------
    notebook : dict
        The solution, or an exercise where there is no solution at hand.
    folder : Path
        Where wrong.py and score.py are.
    """

    notebook: Notebook
    folder: Path
    slug: str
    title: str
    chapter: str
    minutes: float
    hardware: str
    imports: tuple[str, ...]
    timeout: float
    memory: int
    limits: dict[str, float] = field(default_factory=dict)
    tasks: tuple[Task, ...] = field(default=())
    checks: tuple[Check, ...] = field(default=())

    @property
    def cells(self) -> list[Cell]:
        """The cells of the notebook."""
        cells: list[Cell] = self.notebook["cells"]
        return cells

    @property
    def points(self) -> float:
        """Points of all checks."""
        return sum(check.points for check in self.checks)

    def task(self, task_id: str) -> Task:
        """Return the task of that ``grade_id``."""
        return next(task for task in self.tasks if task.id == task_id)

    def checks_of(self, task_id: str) -> tuple[Check, ...]:
        """Return the checks of one task, in the notebook's order."""
        return tuple(check for check in self.checks if check.task == task_id)


def grade_id(cell: Cell) -> str | None:
    """Return a cell's ``grade_id``, or None if it is neither answer nor check."""
    found = cell["metadata"].get("nbgrader")
    name = found.get("grade_id") if isinstance(found, dict) else None
    return name if isinstance(name, str) else None


def is_answer(cell: Cell) -> bool:
    """Say whether this cell is one that a student fills in."""
    return grade_id(cell) is not None and cell["metadata"]["nbgrader"].get("solution") is True


def is_check(cell: Cell) -> bool:
    """Say whether this cell is one that earns points."""
    return grade_id(cell) is not None and cell["metadata"]["nbgrader"].get("grade") is True


def load_lesson(path: Path) -> Lesson:
    """Read a lesson from its notebook.

    Parameters
    ----------
    path : Path
        ``solution.ipynb`` or ``exercise.ipynb``.

    Raises
    ------
    BadLesson
        If the notebook breaks the lesson format.
    """
    try:
        notebook = read_notebook(path)
    except BadNotebook as error:
        raise BadLesson(f"{path}: {error}") from error
    return lesson_from(notebook, path.parent)


def lesson_from(notebook: Notebook, folder: Path) -> Lesson:
    """Return the lesson that a notebook holds; see `load_lesson`."""
    about = notebook["metadata"].get("nnedu", {})
    about = about.get("lesson") if isinstance(about, dict) else None
    if not isinstance(about, dict) or not isinstance(about.get("slug"), str):
        raise BadLesson(
            f"{folder.name}: the notebook's metadata has no nnedu.lesson.slug; expected the "
            "lesson's name. Is this a lesson's notebook?"
        )
    unknown = sorted(set(about) - LESSON_KEYS)
    if unknown:
        raise BadLesson(
            f"{about['slug']}: unknown lesson metadata {unknown}; expected {sorted(LESSON_KEYS)}."
        )
    tasks = tuple(_tasks(notebook))
    return Lesson(
        notebook=notebook,
        folder=folder,
        slug=about["slug"],
        title=str(about.get("title", about["slug"])),
        chapter=str(about.get("chapter", "")),
        minutes=_number(about, "minutes", 45, about["slug"]),
        hardware=str(about.get("hardware", "CPU")),
        imports=tuple(str(name) for name in about.get("imports", ())),
        timeout=_number(about, "timeout", 20, about["slug"]),
        memory=int(_number(about, "memory", 4096, about["slug"])),
        limits=_limits(about.get("limits", {}), about["slug"]),
        tasks=tasks,
        checks=tuple(_checks(notebook, {task.id for task in tasks})),
    )


def _number(where: dict[str, Any], key: str, default: float, name: str) -> float:
    """Return a positive number from metadata."""
    value = where.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise BadLesson(f"{name}: {key} is {value!r}; expected a positive number.")
    return value


def _limits(found: Any, slug: str) -> dict[str, float]:
    """Return the limits that a lesson sets beside its timeout and memory."""
    if not isinstance(found, dict) or not set(found) <= set(LIMIT_KEYS):
        raise BadLesson(
            f"{slug}: limits is {found!r}; expected an object with some of {', '.join(LIMIT_KEYS)}."
        )
    limits = {key: _number(found, key, 0, f"{slug}, limits") for key in found}
    return {key: value if key in ("total", "cpu") else int(value) for key, value in limits.items()}


def _tasks(notebook: Notebook) -> Iterator[Task]:
    """Yield the answer cells, numbered by position."""
    seen: set[str] = set()
    answers = [cell for cell in notebook["cells"] if is_answer(cell)]
    for number, cell in enumerate(answers, 1):
        name = grade_id(cell) or ""
        if cell["cell_type"] != "code" or is_check(cell):
            raise BadLesson(f"Answer cell {name!r}: expected a code cell with grade: false.")
        if not TASK_ID.fullmatch(name) or name.startswith("check_") or name in seen:
            raise BadLesson(
                f"Answer cell {name!r}: expected a grade_id of its own in lower case, digits and "
                "underscores that does not start with check_."
            )
        seen.add(name)
        extra = cell["metadata"].get("nnedu", {})
        yield Task(number, name, str(extra.get("title") or name.replace("_", " ")))


def _checks(notebook: Notebook, tasks: set[str]) -> Iterator[Check]:
    """Yield the check cells in order."""
    seen: set[str] = set()
    answered: set[str] = set()
    for cell in notebook["cells"]:
        name = grade_id(cell) or ""
        if is_answer(cell):
            answered.add(name)
        if not is_check(cell):
            continue
        if cell["cell_type"] != "code" or name in seen or not TASK_ID.fullmatch(name):
            raise BadLesson(
                f"Check cell {name!r}: expected a code cell with a grade_id of its own."
            )
        seen.add(name)
        yield _check(cell, name, tasks, answered)


def _check(cell: Cell, name: str, tasks: set[str], answered: set[str]) -> Check:
    """Return one check."""
    extra = cell["metadata"].get("nnedu", {})
    task = extra.get("task")
    if task not in tasks or task not in answered:
        raise BadLesson(
            f"Check cell {name!r}: metadata.nnedu.task is {task!r}; expected the grade_id of an "
            f"answer cell above it, one of {sorted(answered)}."
        )
    first = cell["source"].split("\n", 1)[0]
    if not first.startswith("#") or not first.strip("# "):
        raise BadLesson(
            f"Check cell {name!r}: its first line is {first!r}; expected a comment that says what "
            "it looks at."
        )
    points = cell["metadata"]["nbgrader"].get("points", 0)
    if isinstance(points, bool) or not isinstance(points, int | float) or not 0 <= points < 1e6:
        raise BadLesson(f"Check cell {name!r}: points is {points!r}; expected a number from 0 on.")
    score = extra.get("score")
    if score is not None and not (isinstance(score, dict) and isinstance(score.get("scorer"), str)):
        raise BadLesson(f"Check cell {name!r}: score is {score!r}; expected a dict with a scorer.")
    rtol, atol = extra.get("rtol", MIN_RTOL), extra.get("atol", 1e-8)
    if not (isinstance(rtol, int | float) and MIN_RTOL <= rtol < 1):
        raise BadLesson(
            f"Check cell {name!r}: rtol is {rtol!r}; expected {MIN_RTOL} (six digits are printed) "
            "or more, below 1."
        )
    if not (isinstance(atol, int | float) and atol >= 0):
        raise BadLesson(f"Check cell {name!r}: atol is {atol!r}; expected a number from 0 on.")
    return Check(name, task, first.strip("# ").strip(), points, rtol, atol, score)


def load_mistakes(lesson: Lesson) -> tuple[list[Mistake], list[Alternative]]:
    """Return the planted mistakes and the alternatives of a lesson's wrong.py."""
    path = lesson.folder / "wrong.py"
    if not path.exists():
        return [], []
    module = load_module(path, f"nnedu_wrong_{lesson.slug}")
    mistakes = list(getattr(module, "MISTAKES", []))
    alternatives = list(getattr(module, "ALTERNATIVES", []))
    tasks = {task.id for task in lesson.tasks}
    names: set[tuple[str, str]] = set()
    for item in [*mistakes, *alternatives]:
        if item.task not in tasks:
            raise BadLesson(
                f"{path}: {item.name} names task {item.task!r}; expected one of {tasks}."
            )
        if (item.task, item.name) in names:
            raise BadLesson(f"{path}: two entries of task {item.task} are called {item.name}.")
        names.add((item.task, item.name))
    for mistake in mistakes:
        own = {check.id for check in lesson.checks_of(mistake.task)}
        if not mistake.checks or not set(mistake.checks) <= own:
            raise BadLesson(
                f"{path}: {mistake.name} is caught by {mistake.caught_by!r}; expected checks of "
                f"its task: {sorted(own)}."
            )
    return mistakes, alternatives


def load_module(path: Path, name: str) -> ModuleType:
    """Import an instructor's file by its path."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise BadLesson(f"{path}: cannot be imported; expected a Python file.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise BadLesson(f"{path}: cannot be imported: {type(error).__name__}: {error}.") from error
    return module


def lesson_roots(extra: Path | None = None) -> list[Path]:
    """Return the folders in which lessons are looked for, the first that exists winning.

    A folder named by the caller; else ``lessons/`` of the clone this package runs from,
    ``lessons/`` below the current folder, and the exercises inside the installed package.
    """
    if extra is not None:
        if not extra.is_dir():
            raise BadLesson(f"{extra}: no such folder; expected one that holds lessons.")
        return [extra]
    package = Path(__file__).resolve().parent.parent
    roots = [package.parent.parent / "lessons", Path.cwd() / "lessons", package / "_lessons"]
    return [
        root for number, root in enumerate(roots) if root.is_dir() and root not in roots[:number]
    ]


def find_lessons(extra: Path | None = None) -> dict[str, Path]:
    """Return the folder of every lesson found, by name, in order."""
    found: dict[str, Path] = {}
    for root in lesson_roots(extra):
        for folder in sorted(root.iterdir()):
            if any((folder / name).is_file() for name in ("solution.ipynb", "exercise.ipynb")):
                found.setdefault(folder.name, folder)
    return dict(sorted(found.items()))


def find_lesson(name: str, extra: Path | None = None) -> Path:
    """Return the folder of one lesson, by its name or by an unambiguous part of it."""
    found = find_lessons(extra)
    if name in found:
        return found[name]
    matches = [slug for slug in found if name and name in slug]
    if len(matches) == 1:
        return found[matches[0]]
    raise BadLesson(
        f"No lesson is called {name!r}; expected one of: {', '.join(found) or 'none found'}. "
        "`nnedu lesson list` shows them; --lessons DIR names another folder."
    )
