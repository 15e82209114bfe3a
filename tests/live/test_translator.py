"""What has no translation is said, by function and line; the rest reads like its source."""

from __future__ import annotations

from functools import cache

import pytest

from nnedu.live import TranslationError, declarations, library, place, script
from nnedu.optim import adam
from tools import live

BASE = 2.0


def uses_a_constant(x):
    return BASE * x


def doubles(x):
    return uses_a_constant(x) + 1


@cache
def kept(n: int) -> list[float]:
    return [float(n)]


def branches(x, *, low: float = 0.0):
    if x < low:
        return -x
    elif x == low:
        return 0
    while x > 10:
        x -= 1
    return x if not x > 5 else (x - (x - 1)) ** 2


def test_a_rule_reads_like_its_source():
    text = declarations([adam])
    assert "m = beta1 * m + (1 - beta1) * g;" in text
    assert "return [theta - lr * m_hat / (Math.sqrt(v_hat) + eps), m, v];" in text


def test_what_is_needed_comes_first_and_once():
    text = declarations([doubles, uses_a_constant])
    assert text.index("const BASE = 2.0;") < text.index("function uses_a_constant")
    assert text.count("function uses_a_constant") == 1
    assert text.index("function uses_a_constant") < text.index("function doubles")


def test_statements():
    text = declarations([branches])
    assert "function branches(x, {low = 0.0} = {})" in text
    assert "} else {" in text
    assert "while (x > 10) {" in text
    assert "!(x > 5) ? x : py.square(x - (x - 1))" in text
    assert declarations([kept]).startswith("const kept = py.cache(function kept(n)")


def with_statement(x):
    return [each + 1 for each in x]


def unknown_function(x):
    import numpy as np

    return np.linalg.norm(x)


def floor_division(x):
    return x // 2


def unknown_name(x):
    return x + nowhere  # noqa: F821


def any_arguments(*x):
    return x


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (with_statement, "ListComp"),
        (unknown_function, "Import"),
        (floor_division, "FloorDiv"),
        (unknown_name, "nowhere is not known"),
        (any_arguments, r"takes \*args"),
    ],
)
def test_what_has_no_translation_is_said(function, why):
    with pytest.raises(TranslationError, match=f"{function.__name__}, line .*{why}"):
        declarations([function])


def test_two_things_of_one_name_are_an_error():
    def doubles(x):
        return x

    with pytest.raises(TranslationError, match="doubles is two different things"):
        declarations([globals()["doubles"], doubles])


def test_the_library_is_the_same_every_time():
    assert library() == library()
    assert script() == script()


def test_a_figure_that_is_none():
    with pytest.raises(ValueError, match="Did you mean 'bowl'"):
        place("bowls", "A caption.")


def test_lines_become_directives():
    line = "[Live figure: It *rolls*.](../_build/html/book/x.html#live-bowl)"
    text = f"Before\n\n{line}\n\nAfter [Live figure: a](b#live-bowl)"
    made = live.with_directives("book/x", text)
    assert "`````{live} bowl\nIt *rolls*.\n`````" in made
    assert made.endswith("After [Live figure: a](b#live-bowl)")  # no line of its own
    with pytest.raises(ValueError, match=r"expected \.\./_build/html/book/y\.html"):
        live.with_directives("book/y", text)


def test_what_the_figures_are_made_of_is_known():
    names = {path.relative_to(live.ROOT / "src" / "nnedu").as_posix() for path in live.sources()}
    assert {"live/js/figures/bowl.js", "optim/adam.py", "plotting/style.py"} <= names
    assert {"data/surfaces.py", "schedules/cycles.py", "live/js/live.css"} <= names


def test_the_figures_of_the_chapters_are_found():
    chapter = (live.ROOT / "book" / "06_adaptive.ipynb").read_text(encoding="utf-8")
    assert live.asked(chapter) == ["adam", "race"]
    assert live.asked("Text\n\n[Live figure: A.](../_build/html/book/x.html#live-bowl)\n") == [
        "bowl"
    ]
    assert live.asked("No figure, and [a link](x.html#live-bowl)") == []
