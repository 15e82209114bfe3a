"""From outcomes to points and words, without a kernel."""

from __future__ import annotations

from typing import Any

import pytest

from nnedu.grading.judge import CheckResult, judge
from nnedu.grading.lessons import load_lesson
from nnedu.grading.rebuild import Answers, Step
from nnedu.grading.reference import Expected, Printed, Variant
from nnedu.grading.runner import Outcome
from nnedu.lesson import Mistake
from tests.grading.helpers import SAMPLE

LESSON = load_lesson(SAMPLE / "solution.ipynb")
VALUES, SCORE = "check_step_values", "check_line_score"


def judged(check: str, mine: Outcome, right: Outcome, wrong: Outcome | None = None) -> CheckResult:
    """The verdict on one check, beside a reference's and a planted mistake's outcome."""
    task = next(c.task for c in LESSON.checks if c.id == check)
    nothing = Printed(Outcome("ok", "x: 0.5"))
    printed = {c.id: Printed(right) if c.id == check else nothing for c in LESSON.checks}
    item = Mistake(task, "planted", check, "Mind the zero.", "")
    variants = [Variant(item, Outcome("ok"), {check: Printed(wrong)})] if wrong else []
    seeds = {c.id: 3 for c in LESSON.checks}
    scorers: dict[str, Any] = {SCORE: lambda seed, handed_in, **how: (0.0, "Not a number.")}
    steps = [Step(task, "answer", ""), Step(check, "check", "")]
    ran = [Outcome("ok"), mine]
    verdict = judge(LESSON, Answers({}), steps, ran, Expected(seeds, printed, variants), scorers)
    return next(result for result in verdict.results if result.check.id == check)


def shown(text: str) -> Outcome:
    return Outcome("ok", text)


def given_in(value: str) -> Outcome:
    array = {"label": "predictions", "kind": "f", "shape": [1], "values": [value]}
    return Outcome("ok", "", "", [array])


def test_a_mistake_that_prints_nan_is_recognised_and_earns_nothing() -> None:
    nan = "theta after one step: float64 (2,) [nan 1.0]"
    result = judged(VALUES, shown(nan), shown(nan.replace("nan", "0.5")), shown(nan))
    assert (result.points, result.verdict) == (0, "wrong")
    assert (result.mistake, result.hint) == ("planted", "Mind the zero.")
    other = judged(VALUES, shown(nan), shown(nan.replace("nan", "0.5")), shown(nan + "\ny: nan"))
    assert (other.points, other.hint) == (0, "")


def test_nan_earns_nothing_even_where_the_reference_has_it() -> None:
    nan = shown("theta after one step: nan")
    result = judged(VALUES, nan, nan, nan)
    assert (result.points, result.verdict) == (0, "wrong")


def test_nan_handed_in_is_recognised() -> None:
    result = judged(SCORE, given_in("nan"), given_in("1.0"), given_in("nan"))
    assert (result.points, result.mistake) == (0, "planted")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("KeyError: 37", "KeyError: (number)"),
        ("ValueError: look: [1. .5 -2e-05 3]", "ValueError: look: [(number) "),
        ("IndexError: index 5 is out of bounds for axis 0 with size 3", "index (number) is out"),
        ("IndexError: index 5 is out of bounds for axis 0 with size 3", "axis 0 with size 3"),
        ("ValueError: operands do not fit: shapes (3,) (4,2)", "shapes (3,) (4,2)"),
        ("ValueError: shapes (2, 3) and (4,) not aligned: 3 (dim 1)", "aligned: (number) (dim 1)"),
        ("ValueError: not enough values to unpack (expected 3, got 2)", "(expected 3, got 2)"),
        ("TypeError: f() takes 2 positional arguments but 3 were given", "but 3 were given"),
        ("ValueError: (3, 4) expected 8, got 17", "((number), (number)) expected (number), got"),
        ("NameError: name 'x1' is not defined", "name 'x1' is not"),
        ("TypeError: only 0-dimensional float64 arrays: 1+2j", "only 0-dimensional float64 arrays"),
    ],
)
def test_numbers_in_a_students_error_are_masked(error: str, said: str) -> None:
    result = judged(VALUES, Outcome("error", "", error), shown("x: 1.0"))
    assert said in result.message
    hidden = {"37", "1.", ".5", "-2e-05", "17", "8", "1+2j"} - set(said.split())
    assert not hidden & set(result.message.replace("[", "").rstrip(".]").split())


def test_the_graders_own_numbers_are_told() -> None:
    ended = Outcome("timeout", "", "it ran longer than 0.5 s and was interrupted")
    assert "longer than 0.5 s" in judged(VALUES, ended, shown("x: 1.0")).message
