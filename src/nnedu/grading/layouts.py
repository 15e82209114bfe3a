"""Whose notebook is which: the folders that Jupyter users and learning platforms produce.

===============  ================================================================================
flat             ``ada.ipynb``: one notebook per student
folders          ``ada/anything.ipynb``: one folder per student
nbgrader         ``submitted/ada/03_gradient_descent/*.ipynb``; the course folder will do as well
Moodle           ``Ada Lovelace_1234567_assignsubmission_file_/*.ipynb``, or the same name in front
                 of the file's; the number is the "Participant" of the grading worksheet
Canvas           ``lovelaceada_12345_67890_homework.ipynb``, with ``LATE_`` before the numbers where
                 it was late; the first number is the ID of the gradebook's export
===============  ================================================================================

The last two are documented by the programs that write them: Moodle's ``mod/assign/locallib.php``
(`download_submissions`) and Canvas's ``lib/content_zipper.rb`` (`add_submission`).

What cannot be assigned to one student without a guess becomes an entry that says why.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from nnedu.grading.documents import BadNotebook, read_notebook

IGNORED = (".ipynb_checkpoints", "__MACOSX", ".git", "__pycache__")

_MOODLE = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?P<kind>file|onlinetext)_?")
_CANVAS = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<number>\d+)_(?P<upload>\d+)_(?P<file>.+)")


@dataclass(frozen=True)
class Submission:
    """One student's file, or why there is none.

    Parameters
    ----------
    student : str
        The file's or folder's name as far as it names the student; unique in a class.
    path : Path or None
    problem : str
        If there is no file to read.
    name : str
        The student's name, where the layout tells it.
    system : {"", "moodle", "canvas"}
        Whose `number` it is.
    number : str
        By which that platform knows the student.
    late : bool
        Whether the platform marked it so.
    """

    student: str
    path: Path | None
    problem: str = ""
    name: str = ""
    system: str = ""
    number: str = ""
    late: bool = False


def find_submissions(folder: Path, slug: str) -> list[Submission]:
    """Return the submissions in a folder, in the order of their names.

    Parameters
    ----------
    folder : Path
        In any of the layouts above, mixed if need be.
    slug : str
        The lesson: where a student's folder holds several notebooks, the one that is called so,
        lies in a folder called so, or is the only one made from this lesson's exercise, counts.

    Raises
    ------
    NotADirectoryError
        If there is no such folder.
    """
    if not folder.is_dir():
        raise NotADirectoryError(
            f"{folder} is no folder; expected one with a notebook, or a folder, per student."
        )
    entries = _listed(_nbgrader_root(folder))
    files = [path for path in entries if path.is_symlink() or not path.is_dir()]
    notebooks = [path for path in files if path.suffix.lower() == ".ipynb"]
    canvas = bool(notebooks) and all(_CANVAS.fullmatch(_text(path.stem)) for path in notebooks)
    found: list[Submission] = []
    for path in entries:
        if path in files and not (path.is_symlink() and path.is_dir()):
            found += _from_file(path, canvas)
        elif path.is_symlink():
            found.append(Submission(_text(path.name), None, "The folder is a symbolic link."))
        else:
            found.append(_from_folder(path, slug))
    return _one_each(found)


def _listed(folder: Path) -> list[Path]:
    """Return what a folder holds, without what no student put there."""
    return [
        path
        for path in sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name))
        if not path.name.startswith(".") and path.name not in IGNORED
    ]


def _nbgrader_root(folder: Path) -> Path:
    """Return ``submitted`` if this is the folder of an nbgrader course."""
    signs = ("nbgrader_config.py", "gradebook.db", "source", "release")
    if (folder / "submitted").is_dir() and any((folder / sign).exists() for sign in signs):
        return folder / "submitted"
    return folder


def _text(name: str) -> str:
    """Return a file name as text, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "replace")


def _from_file(path: Path, canvas: bool) -> Iterator[Submission]:
    """Yield the submission that a file is, if it is one."""
    name, ending = _text(path.stem), path.suffix.lower()
    moodle = _MOODLE.match(name)
    match = _CANVAS.fullmatch(name) if canvas else None
    if moodle:
        entry = _of_moodle(moodle, path)
    elif match:
        entry = Submission(
            f"{match['name']}_{match['number']}",
            path,
            name=match["name"],
            system="canvas",
            number=match["number"],
            late=bool(match["late"]),
        )
    elif ending == ".ipynb":
        entry = Submission(name, path)
    elif name.lower().endswith(".ipynb"):
        entry = Submission(name[: -len(".ipynb")], path)
    else:
        return  # a list of names, a picture: nobody's notebook
    if ending != ".ipynb":
        problem = f"The file is called {_text(path.name)}; expected a name that ends in .ipynb."
        entry = replace(entry, path=None, problem=problem)
    elif path.is_symlink():
        problem = "The file is a symbolic link; expected the notebook itself."
        entry = replace(entry, path=None, problem=problem)
    yield entry


def _of_moodle(match: re.Match[str], path: Path | None) -> Submission:
    """Return the submission of a name that Moodle made."""
    problem = "" if match["kind"] == "file" else "Handed in as text on the page, not as a notebook."
    return Submission(
        f"{match['name']}_{match['number']}",
        None if problem else path,
        problem,
        name=match["name"],
        system="moodle",
        number=match["number"],
    )


def _from_folder(folder: Path, slug: str) -> Submission:
    """Return the submission in a student's folder."""
    name = _text(folder.name)
    match = _MOODLE.fullmatch(name)
    entry = _of_moodle(match, None) if match else Submission(name, None)
    if entry.problem:
        return entry
    failed: list[str] = []
    notebooks = []
    # A walk, not a glob: it follows no link to a folder.
    for place, folders, files in os.walk(folder, onerror=lambda e: failed.append(e.strerror or "")):
        folders[:] = [name for name in folders if name not in IGNORED]
        notebooks += [Path(place, name) for name in files if name.lower().endswith(".ipynb")]
    if failed:
        return replace(entry, problem=f"The folder cannot be read: {failed[0]}.")
    if not notebooks:
        return replace(entry, problem="The folder holds no notebook (.ipynb).")
    chosen = _choose(notebooks, slug)
    if chosen is None:
        names = sorted(_text(str(path.relative_to(folder))) for path in notebooks)
        listed = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        problem = (
            f"The folder holds {len(notebooks)} notebooks ({listed}); expected one, or one that "
            f"is called {slug}.ipynb."
        )
        return replace(entry, problem=problem)
    if chosen.is_symlink():
        return replace(entry, problem="The file is a symbolic link; expected the notebook itself.")
    return replace(entry, path=chosen)


def _choose(notebooks: list[Path], slug: str) -> Path | None:
    """Return the one notebook that is meant, or None where that would be a guess."""
    named = [p for p in notebooks if p.stem in (slug, "exercise") or p.parent.name == slug]
    for candidates in (notebooks, [p for p in named if p.stem == slug], named):
        if len(candidates) == 1:
            return candidates[0]
    if len(notebooks) > 20:
        return None
    made = [path for path in (named or notebooks) if _lesson_of(path) == slug]
    return made[0] if len(made) == 1 else None


def _lesson_of(path: Path) -> str | None:
    """Return the lesson that a notebook says it was made from."""
    try:
        about = read_notebook(path)["metadata"]["nnedu"]["lesson"]["slug"]
    except (BadNotebook, KeyError, TypeError):
        return None
    return about if isinstance(about, str) else None


def _one_each(found: list[Submission]) -> list[Submission]:
    """Return one entry per student: who handed in twice gets one that says so."""
    by_student: dict[str, list[Submission]] = {}
    for item in found:
        by_student.setdefault(item.student, []).append(item)
    entries = []
    for items in by_student.values():
        # Moodle makes a folder for the text on the page beside the one for the file.
        items = [item for item in items if item.path] or items
        if len(items) == 1:
            entries.append(items[0])
            continue
        names = ", ".join(sorted(_text(item.path.name) if item.path else "?" for item in items))
        problem = (
            f"There are {len(items)} submissions of this student ({names}); expected one. "
            "Which one counts would be a guess: remove the others."
        )
        entries.append(replace(items[0], path=None, problem=problem))
    return entries
