"""What counts as the same output."""

from __future__ import annotations

import pytest

from nnedu.grading.compare import Tolerance, difference, lines_of
from nnedu.lesson import show


def differs(expected: str, got: str, **tolerance: float) -> str:
    found = difference(expected.split("\n"), got.split("\n"), Tolerance(**tolerance))
    return found.summary if found else ""


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("x: 0.5", "x: 0.500004"),
        ("x: 100000.0", "x: 100001.0"),
        ("x: 0.100000", "x: 0.100001"),
        ("x: 0.0", "x: 1e-09"),
        ("x: inf", "x: inf"),
        ("x: 3", "x: 3.0"),
        ("x: True", "x: True"),
        ("x: slope 0.5, up", "x: slope 0.500001, up"),
        ("x: 1.0\ny: 2.0", "noise\nx: 1.0\nz: 3\ny: 2.0"),
    ],
)
def test_agree(expected: str, got: str) -> None:
    assert differs(expected, got) == ""


@pytest.mark.parametrize(
    ("expected", "got", "says"),
    [
        ("x: 0.5", "x: 0.50001", "of its size"),
        ("x: 0.5", "x: -0.5", "wrong sign"),
        ("x: nan", "x: nan", "is NaN"),
        ("x: 1.0", "x: nan", "is NaN"),
        ("x: 1.0", "x: inf", "is infinite"),
        ("x: inf", "x: -inf", "should not be"),
        ("x: 0.0", "x: 0.1", "should be zero"),
        ("x: 100000", "x: 100001", "of its size"),
        ("x: True", "x: False", "x differs from the expected one"),
        ("x: True", "x: 1.0", "is a number; expected a truth value"),
        ("x: 1.0", "", "was not printed"),
        ("x: 1.0", "x: 1.0\nx: 1.0", "too often"),
        ("x: 1.0\ny: 2.0", "y: 2.0\nx: 1.0", "expected x here"),
        ("x: float64 (2,) [1.0 2.0]", "x: 1.0", "is a single value; expected an array"),
        ("x: float64 (2,) [1.0 2.0]", "x: float64 (2, 1) [1.0 2.0]", "has shape (2, 1)"),
        ("x: float64 (2,) [1.0 2.0]", "x: float32 (2,) [1.0 2.0]", "has dtype float32"),
        ("x: int64 (2,) [1 2]", "x: int64 (2,) [1 3]", "entry (1,)"),
        ("x: float64 (2, 2) [1.0 2.0 3.0 4.0]", "x: float64 (2, 2) [1.0 2.0 9.0 4.0]", "(1, 0)"),
    ],
)
def test_differ(expected: str, got: str, says: str) -> None:
    assert says in differs(expected, got)


def test_what_show_did_not_print_is_no_answer() -> None:
    shown = "x: 0.5\nhere\nWARNING:tensorflow:5 out of the last 5\n\nempty: \n: 3\n"
    assert lines_of(shown) == ["x: 0.5", "empty:"]


def test_nan_agrees_only_where_that_is_asked_for() -> None:
    for line in ("x: nan", "x: float64 (2,) [nan 1.0]"):
        assert difference([line], [line], Tolerance())
        assert difference([line], [line], Tolerance(nan_agrees=True)) is None
    assert difference(["x: nan"], ["x: 1.0"], Tolerance(nan_agrees=True))
    assert difference(["x: 1.0"], ["x: nan"], Tolerance(nan_agrees=True))


def test_tolerance_is_the_checks() -> None:
    assert differs("x: 0.5", "x: 0.51")
    assert not differs("x: 0.5", "x: 0.51", rtol=0.03)
    assert not differs("x: 0.5", "x: 0.51", atol=0.011)


def test_the_summary_gives_no_value_away() -> None:
    summary = differs("x: float64 (2,) [0.123457 0.777777]", "x: float64 (2,) [0.123457 0.5]")
    assert "0.777777" not in summary
    assert "entry (1,)" in summary


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (3.0, "v: 3.0"),
        (-0.0, "v: 0.0"),
        (float("nan"), "v: nan"),
        (1234567.0, "v: 1.23457e+06"),
        (7, "v: 7"),
        (True, "v: True"),
        ("two words", "v: two words"),
        ([[1.0, 2.0]], "v: float64 (1, 2) [1.0 2.0]"),
        ([], "v: float64 (0,) []"),
    ],
)
def test_show(value: object, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    show("v", value)
    assert capsys.readouterr().out == line + "\n"


def test_show_float32(capsys: pytest.CaptureFixture[str]) -> None:
    import numpy as np

    show("v", np.float32(0.5))
    show("v", np.zeros(2, np.float32))
    assert capsys.readouterr().out == "v: float32 () 0.5\nv: float32 (2,) [0.0 0.0]\n"


@pytest.mark.parametrize(
    ("label", "value", "error", "says"),
    [
        ("v", None, ValueError, "return statement"),
        ("v", [0.0] * 65, ValueError, "at most 64"),
        ("v", object(), TypeError, "real numbers"),
        ("v", 1j, TypeError, "real numbers"),
        ("v", "a\nb", ValueError, "one line"),
        ("a: b", 1, ValueError, "without a colon"),
        ("a\nb", 1, ValueError, "without a colon"),
    ],
)
def test_show_refuses(label: str, value: object, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        show(label, value)


def test_words_and_truth_values_are_counted_like_numbers() -> None:
    right, mine = "w: <U8 (3,) [good crawling good]", "w: <U9 (3,) [good diverging good]"
    found = difference([right], [mine], Tolerance())
    assert found is not None
    assert found.summary == (
        "entry (1,) of w differs from the expected one (1 of 3 entries is wrong)"
    )
    right, mine = "b: bool (2, 2) [True True True True]", "b: bool (2, 2) [True True False False]"
    found = difference([right], [mine], Tolerance())
    assert found is not None
    assert found.summary == (
        "entry (1, 0) of b differs from the expected one (2 of 4 entries are wrong)"
    )
