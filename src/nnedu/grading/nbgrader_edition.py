"""An edition of lessons for nbgrader: the same checks, with hidden tests that assert.

nbgrader executes a submission and gives a check cell's points when the cell does not raise. So
each check gets a hidden region that runs it on other inputs and compares with the reference's
values. What such points are worth is said in `TRUST`, which every edition carries.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nnedu
from nnedu.grading.documents import dump_notebook, write_atomically
from nnedu.grading.lessons import BadLesson, Lesson, grade_id, load_mistakes
from nnedu.grading.nbgrader_notebook import edition_of, hints_of
from nnedu.grading.rebuild import Step
from nnedu.grading.reference import execute
from nnedu.grading.scoring import load_scorers
from nnedu.grading.seeds import check_seed, new_run_seed, parse_run_seed
from nnedu.grading.session import kernels, load_solution

RECORD = "edition.json"
KIT = (
    "nnedu.lesson",
    *(f"nnedu.grading.{name}" for name in ("compare", "documents", "lessons", "scoring")),
    "nnedu.grading.nbgrader_kit",
)

TRUST = """\
What these points are worth: nbgrader gives a check's points when its cell does not raise, and
it runs the hidden tests, with the expected values in them, in the same process as the student's
code. A submission written to cheat can read those values, replace the function that compares
them, or read other files of the account that runs `nbgrader autograde`. The feedback that
nbgrader writes shows the hidden tests to the students: give the next class other inputs (delete
edition.json, then build again).
`nnedu grade` grades the same notebooks without these weaknesses.
"""

CONFIG = """\
# Read by nbgrader in this folder. Written once by `nnedu lesson build --nbgrader`; yours to edit.
import json
from pathlib import Path

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "nnedu"
# Seconds for one cell. A check runs twice: on the practice inputs and on the hidden ones.
edition = json.loads(Path(__file__).with_name("edition.json").read_text(encoding="utf-8"))
slowest = max(lesson["timeout"] for lesson in edition["lessons"].values())
c.Execute.timeout = round(2 * slowest) + 10
"""

README = """\
# Lessons for nbgrader

Written by `nnedu lesson build --nbgrader`: {slugs}. In this folder, for a lesson SLUG:

    nbgrader generate_assignment SLUG    # writes release/SLUG, what students get
    nbgrader autograde SLUG              # grades submitted/STUDENT/SLUG/SLUG.ipynb
    nbgrader export                      # writes grades.csv

Students need the whole folder release/SLUG: the notebook imports the folder `nnedu` beside it.
The environment of nbgrader's kernel needs: {packages}.

After building again: `nbgrader generate_assignment --force SLUG`. `edition.json` holds the seed of
the hidden inputs. Keep it, and the folder `source`, from the students.

## Trust

{trust}
Warnings that a student's code prints in a check cost no points, unlike in other notebooks for
nbgrader. In a scored task the cell's result is the points, so partial credit works.
"""


def build_editions(folders: Sequence[Path], out: Path, seed: str | None = None) -> list[Path]:
    """Write a course folder for nbgrader with one assignment per lesson.

    Parameters
    ----------
    folders : sequence of Path
        Of lessons with solution.ipynb.
    out : Path
        The course folder. nbgrader_config.py is left alone if it is there.
    seed : str, optional
        32 hexadecimal digits from which the hidden inputs follow; by default that of the
        edition already in `out`, or a new secret.

    Returns
    -------
    list of Path
        The notebooks written.

    Raises
    ------
    BadLesson
        If a lesson breaks the format, or the edition's own notebook does not pass.
    """
    record = _read_record(out / RECORD)
    run_seed = parse_run_seed(seed or record["seed"])
    lessons = [load_solution(folder) for folder in folders]
    written = []
    for lesson in lessons:
        written.append(_write(lesson, out, run_seed))
        record["lessons"][lesson.slug] = {
            "sha256": hashlib.sha256((lesson.folder / "solution.ipynb").read_bytes()).hexdigest(),
            "timeout": lesson.timeout,
            "packages": _packages(lesson),
        }
    record.update(seed=run_seed, nnedu=nnedu.__version__)
    write_atomically(out / RECORD, json.dumps(record, indent=2) + "\n")
    about = dict(sorted(record["lessons"].items()))
    packages = sorted({"numpy", *(name for item in about.values() for name in item["packages"])})
    readme = README.format(slugs=", ".join(about), packages=", ".join(packages), trust=TRUST)
    write_atomically(out / "README.md", readme)
    if not (out / "nbgrader_config.py").exists():
        write_atomically(out / "nbgrader_config.py", CONFIG)
    return written


def _read_record(path: Path) -> dict[str, Any]:
    """Return what an earlier build wrote down, or a new secret."""
    if not path.exists():
        return {"seed": new_run_seed(), "lessons": {}}
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return {"seed": str(record["seed"]), "lessons": dict(record["lessons"])}
    except (ValueError, KeyError, TypeError) as error:
        raise BadLesson(
            f"{path} is not what `nnedu lesson build --nbgrader` wrote ({error}); delete it for a "
            "new seed, or name another folder."
        ) from error


def _packages(lesson: Lesson) -> list[str]:
    """Return what a lesson imports from outside nnedu."""
    return [name for name in lesson.imports if name.split(".")[0] != "nnedu"]


def _write(lesson: Lesson, out: Path, run_seed: str) -> Path:
    """Write one assignment."""
    load_scorers(lesson)  # a missing one is an error here, not in the class
    seeds = {check.id: check_seed(run_seed, lesson.slug, check.id) for check in lesson.checks}
    mistakes, _ = load_mistakes(lesson)
    own = tuple(name for name in lesson.imports if name.split(".")[0] == "nnedu")
    with_kit = dataclasses.replace(lesson, imports=tuple({*lesson.imports, *KIT}))
    with kernels(with_kit, sandbox=False, trusted=True) as (run, _):
        practice = execute(lesson, run, None, list(mistakes))
        notebook = edition_of(lesson, practice, execute(lesson, run, seeds, []), seeds)
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        steps = [Step(grade_id(cell) or "", "locked", cell["source"]) for cell in cells]
        for step, outcome in zip(steps, run(steps), strict=True):
            if outcome.status != "ok":
                raise BadLesson(
                    f"{lesson.slug}: with the reference, cell {step.id} of the edition ended as "
                    f"{outcome.status}: {outcome.error}. Does a check use what another one made?"
                )
    folder = out / "source" / lesson.slug
    shutil.rmtree(folder / "nnedu", ignore_errors=True)
    _copy_kit(folder, own)
    hints = json.dumps(hints_of(lesson, practice), indent=1, ensure_ascii=False)
    write_atomically(folder / "nnedu" / "grading" / "hints.json", hints + "\n")
    write_atomically(folder / f"{lesson.slug}.ipynb", dump_notebook(notebook))
    return folder / f"{lesson.slug}.ipynb"


def _copy_kit(folder: Path, own: tuple[str, ...]) -> None:
    """Copy what the notebook imports of nnedu to beside it."""
    package = Path(nnedu.__file__).parent
    for name in ["nnedu", *KIT, *own]:
        relative = Path(*name.split(".")[1:])
        source, target = package / relative, folder / "nnedu" / relative
        if name == "nnedu":
            source, target = source / "__init__.py", target / "__init__.py"
        elif source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target, dirs_exist_ok=True, ignore=ignored)
            continue
        else:
            source, target = source.with_suffix(".py"), target.with_suffix(".py")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
