"""A right answer that rounds differently must not lose points; a check that lets it is found."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nnedu.grading import _nudge
from nnedu.grading.compare import Tolerance, difference
from nnedu.grading.documents import read_notebook
from nnedu.grading.edges import find_edges
from nnedu.grading.lessons import Lesson, lesson_from
from nnedu.grading.session import kernels
from nnedu.lesson import Alternative, _line
from tests.grading.helpers import SAMPLE, cell_of


@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300),
    st.floats(-1e-9, 1e-9),
)
@example(0.0999995, -1e-15)  # printed as 0.0999995 and 0.0999994
@example(999999.5, -1e-12)  # printed as 1e+06 and 999999.0
@example(1.0000050000000001, -1e-12)  # one unit in the sixth digit is all that rtol allows
@example(9.5e-9, 1e-9)
def test_a_printed_float_is_never_on_an_edge(value: float, error: float) -> None:
    one, other = f"x: {_line('x', value)}", f"x: {_line('x', value * (1 + error))}"
    assert difference([one], [other], Tolerance()) is None
    assert difference([other], [one], Tolerance()) is None


def lesson_with(**checks: str) -> Lesson:
    """The sample lesson with other texts in some checks."""
    notebook = copy.deepcopy(read_notebook(SAMPLE / "solution.ipynb"))
    for name, source in checks.items():
        cell_of(notebook, name)["source"] = source
    return lesson_from(notebook, SAMPLE)


HALF = Alternative("step", "adds_twice", "def step(t, g, *, lr):\n    return t - lr*g/2 - lr*g/2")
TENTHS = "# Tenths.\nrng = fresh({0!r})\nx = rng.integers(1, 9, size=20) / 10\n"


def test_checks_on_an_edge_are_named() -> None:
    lesson = lesson_with(
        # 0.3 / 0.1 is 2.9999999999999996 or 3: whole numbers made from such a float.
        check_step_values=TENTHS.format("check_step_values")
        + 'show("whole steps", np.floor(step(x, 0.0, lr=1.0) / 0.1).astype(int))',
        # Two equal largest entries.
        check_momentum_first=TENTHS.format("check_momentum_first")
        + 'v = momentum(x, np.ones(20), np.ones(20), lr=0.1, mu=0.5)[1]\nshow("x", x)\n'
        'show("largest", int(np.argmax(v)))',
        # A word that depends on whether a sum is zero.
        check_momentum_run=TENTHS.format("check_momentum_run")
        + "theta, _ = momentum(x, x, 0 * x, lr=1.0, mu=0.5)\n"
        'show("words", " ".join("there" if t == 0 else "not yet" for t in theta))\nshow("x", x)',
    )
    with kernels(lesson, sandbox=False, trusted=True) as (run, _):
        edges = find_edges(lesson, run, [HALF])
        sound = find_edges(lesson_with(), run, [HALF])
    assert [edge.check for edge in edges] == [
        "check_step_values",
        "check_momentum_first",
        "check_momentum_run",
    ]
    assert all("moved by 1e-11 of their size" in edge.detail for edge in edges)
    assert sound == []


def test_an_alternative_that_rounds_differently_is_compared_under_every_seed() -> None:
    thirds = "# Thirds.\nrng = fresh('check_step_values')\nx = rng.normal(size=40)\n"
    shows = "show('x', x[:3])\nshow('same', bool(np.all(step(x, x, lr=0.7) == x - 0.7 * x)))"
    other = Alternative("step", "factored", "def step(t, g, *, lr):\n    return t - g + g*(1-lr)")
    lesson = lesson_with(check_step_values=thirds + shows)
    with kernels(lesson, sandbox=False, trusted=True) as (run, _):
        (edge,) = find_edges(lesson, run, [other])
    assert edge.check == "check_step_values"


@pytest.fixture
def nudged():
    yield _nudge.move(1)
    _nudge.move(0)


def wrapped(function):
    names = {"f": function}
    _nudge.wrap(names, ["f", "no such name"])
    return names["f"]


def test_floats_are_moved_both_ways_and_whole_numbers_stay() -> None:
    seen = []
    f = wrapped(lambda *args: seen.append(args))
    values = (3, True, "word", None, np.arange(4), 0.0, float("inf"))
    for direction in (1, -1):
        _nudge.move(direction)
        f(*values)
        assert [str(v) for v in seen.pop()] == [str(v) for v in values]
        f(1.0, np.ones(50), np.ones(3, np.float32), [2.0, {"a": (4.0,)}])
        one, many, small, nested = seen.pop()
        assert 0 < abs(one - 1) < 2e-11
        assert np.all((many != 1) & (np.abs(many - 1) < 2e-11))
        assert small.dtype == np.float32
        assert np.all((small != 1) & (np.abs(small - 1) < 1e-6))
        assert nested[0] != 2
        assert nested[1]["a"][0] != 4
    _nudge.move(0)
    f(1.0, [2.0])
    assert seen == [(1.0, [2.0])]


def test_the_two_directions_are_opposite() -> None:
    f, found = wrapped(lambda x: x), []
    for direction in (1, -1):
        _nudge.move(direction)
        found.append(f(np.ones(9)) - 1)
    _nudge.move(0)
    np.testing.assert_allclose(found[0], -found[1], rtol=1e-4)


@pytest.mark.usefixtures("nudged")
def test_what_an_answer_writes_into_its_arguments_arrives() -> None:
    def fill(array, entries, table):
        array[:] = 7
        entries.append("new")
        table["key"] = "value"

    array, entries, table = np.zeros(2), [1.0], {}
    wrapped(fill)(array, entries, table)
    assert array.tolist() == [7, 7]
    assert entries[1] == "new"
    assert table == {"key": "value"}


@pytest.mark.usefixtures("nudged")
def test_functions_that_are_returned_and_methods_move_as_well() -> None:
    def with_backward(x):
        return x, lambda d: d

    class Model:
        def predict(self, x):
            return x

    ones = np.ones(9)
    assert np.any(wrapped(with_backward)(ones)[1](ones) != 1)
    assert np.any(wrapped(Model)().predict(ones) != 1)
    assert math.isnan(wrapped(abs)(math.nan))  # what is built in is left alone
