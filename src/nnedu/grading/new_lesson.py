"""A new lesson, from a template that builds, proves and grades: replace it piece by piece."""

from __future__ import annotations

import re
from pathlib import Path

from nnedu.grading.build import normal_form
from nnedu.grading.documents import Cell, dump_notebook, write_atomically
from nnedu.grading.lessons import BadLesson

_SLUG = re.compile(r"[a-z0-9][a-z0-9_]*")

_INTRO = """\
# {title}

*45 minutes, 3 points, any CPU.*

Say in a sentence or two what the reader can do at the end. This template has one task; replace
it by yours, and keep `nnedu lesson prove {slug}` content while you do."""

_TASK = r"""## Task 1: clip a gradient by its norm

`clip_by_norm(g, max_norm)` returns `g`, shape `(P,)`, scaled down to the Euclidean norm `max_norm`
where it is longer than that, and unchanged where it is not.

Example: $g = (3, 4)$ has norm 5. With `max_norm=1.0` the result is $(0.6, 0.8)$; with
`max_norm=10.0` it is $(3, 4)$."""

_IMPORTS = """\
import numpy as np

from nnedu.lesson import fresh, show"""

_ANSWER = '''\
def clip_by_norm(g, max_norm):
    """Return g, shape (P,), scaled down to norm max_norm where it is longer."""
    ### BEGIN SOLUTION
    norm = np.sqrt(np.sum(g**2))
    return g * (max_norm / norm) if norm > max_norm else g
    ### END SOLUTION'''

_LONG = """\
# A long gradient is scaled down.
rng = fresh("check_clip_by_norm_long")
show("clipped", clip_by_norm(10.0 * rng.normal(size=5), max_norm=rng.uniform(0.5, 1.5)))"""

_SHORT = """\
# A short gradient stays as it is.
rng = fresh("check_clip_by_norm_short")
show("unchanged", clip_by_norm(0.01 * rng.normal(size=5), max_norm=1.0))"""

_WRONG = '''\
"""What people get wrong in this lesson, and other ways to be right.

For each task at least three mistakes: each runs, returns the right shape and dtype, passes at
least one check of its task and fails those in `caught_by`. The hint speaks to whoever made it.
`code` is the whole answer cell.
"""

from nnedu.lesson import Alternative, Mistake

MISTAKES = [
    Mistake(
        task="clip_by_norm",
        name="always_scales",
        caught_by="check_clip_by_norm_short",
        hint="You scale every gradient to max_norm; one that is short already should stay.",
        code="""def clip_by_norm(g, max_norm):
    return g * max_norm / np.linalg.norm(g)""",
    ),
    Mistake(
        task="clip_by_norm",
        name="clips_values",
        caught_by="check_clip_by_norm_long",
        hint="You clip each entry by itself, which turns the gradient; scale all entries alike.",
        code="""def clip_by_norm(g, max_norm):
    return np.clip(g, -max_norm, max_norm)""",
    ),
    Mistake(
        task="clip_by_norm",
        name="sum_of_sizes",
        caught_by="check_clip_by_norm_long",
        hint="You measure the gradient by the sum of its entries' sizes, not by its length.",
        code="""def clip_by_norm(g, max_norm):
    size = np.sum(np.abs(g))
    return g * (max_norm / size) if size > max_norm else g""",
    ),
]

ALTERNATIVES = [
    Alternative(
        task="clip_by_norm",
        name="without_a_branch",
        code="""def clip_by_norm(g, max_norm):
    return g * min(1.0, max_norm / np.linalg.norm(g))""",
    ),
]
'''


def new_lesson(slug: str, lessons: Path) -> list[Path]:
    """Write a lesson with one small task, to be replaced.

    Parameters
    ----------
    slug : str
        Lower case, digits and underscores, such as ``05_my_lesson``.
    lessons : Path
        The folder that holds your lessons; made if need be.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    BadLesson
        If the name does not do, or there is such a folder already.
    """
    if not _SLUG.fullmatch(slug):
        raise BadLesson(
            f"The lesson's name is {slug!r}; expected lower-case letters, digits and underscores, "
            "such as 05_my_lesson."
        )
    folder = lessons / slug
    if folder.exists():
        raise BadLesson(f"{folder} exists already; choose another name, or edit what is there.")
    words = re.sub(r"^\d+_", "", slug).replace("_", " ").strip() or slug
    title = words[:1].upper() + words[1:]
    about = {
        "slug": slug,
        "title": title,
        "chapter": "",
        "minutes": 45,
        "hardware": "CPU",
        "imports": ["numpy"],
        "timeout": 20,
    }
    checks = {"long": (_LONG, 2), "short": (_SHORT, 1)}
    cells = [
        _markdown(_INTRO.format(title=title, slug=slug)),
        _code(_IMPORTS),
        _markdown(_TASK),
        _code(_ANSWER, _nbgrader("clip_by_norm", solution=True)),
        *(
            _code(
                source,
                _nbgrader(f"check_clip_by_norm_{name}", points=points),
                {"task": "clip_by_norm"},
            )
            for name, (source, points) in checks.items()
        ),
    ]
    notebook = normal_form({"metadata": {"nnedu": {"lesson": about}}, "cells": cells})
    write_atomically(folder / "solution.ipynb", dump_notebook(notebook))
    write_atomically(folder / "wrong.py", _WRONG)
    return [folder / "solution.ipynb", folder / "wrong.py"]


def _markdown(source: str) -> Cell:
    """Return a text cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _code(
    source: str, nbgrader: dict[str, object] | None = None, extra: dict[str, str] | None = None
) -> Cell:
    """Return a code cell."""
    metadata = {"nbgrader": nbgrader or {}, "nnedu": extra or {}}
    metadata = {key: value for key, value in metadata.items() if value}
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": []}


def _nbgrader(
    name: str, *, solution: bool = False, points: float | None = None
) -> dict[str, object]:
    """Return the metadata of an answer cell, or of a check cell worth some points."""
    about: dict[str, object] = {"schema_version": 3, "task": False, "grade_id": name}
    about |= {"grade": not solution, "solution": solution, "locked": not solution}
    return about if points is None else {**about, "points": points}
