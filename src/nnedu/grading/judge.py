"""From what a student's cells printed to points, and to words that help."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnedu.grading.compare import Difference, Tolerance, difference
from nnedu.grading.lessons import Check, Lesson
from nnedu.grading.rebuild import Answers, Step
from nnedu.grading.reference import Expected, Printed, agrees
from nnedu.grading.runner import Outcome
from nnedu.grading.scoring import Scorer, ScorerFailed, arrays_from, score
from nnedu.lesson import Mistake


@dataclass
class CheckResult:
    """The verdict on one check.

    Parameters
    ----------
    check : Check
    points : float
        Earned.
    verdict : {"passed", "partly", "wrong", "error", "timeout", "not answered", "not reached"}
    message : str
        Why, for the student; nothing hidden in it.
    hint : str
        Of the planted mistake whose output this is, if it is one's.
    mistake : str
        That mistake's name, for the instructor.
    difference : Difference or None
        With expected values: to be shown for practice inputs only.
    """

    check: Check
    points: float = 0.0
    verdict: str = "wrong"
    message: str = ""
    hint: str = ""
    mistake: str = ""
    difference: Difference | None = None


@dataclass
class Verdict:
    """The verdict on a submission: one result per check, and problems of the grader's own."""

    results: list[CheckResult]
    troubles: list[str] = field(default_factory=list)

    @property
    def points(self) -> float:
        """Points earned."""
        return round(sum(result.points for result in self.results), 4)


def judge(
    lesson: Lesson,
    answers: Answers,
    steps: list[Step],
    outcomes: list[Outcome],
    expected: Expected,
    scorers: dict[str, Scorer],
) -> Verdict:
    """Judge what the cells of one submission put out.

    Points come from `lesson`, the instructor's; whatever is not there earns nothing.

    Parameters
    ----------
    lesson : Lesson
    answers : Answers
    steps, outcomes : list
        What was run and what became of it.
    expected : Expected
        The reference's and the mistakes' outputs under the same seeds.
    scorers : dict
        Check to scorer; empty in practice.
    """
    ran = {(step.kind, step.id): outcome for step, outcome in zip(steps, outcomes, strict=True)}
    verdict = Verdict([])
    for check in lesson.checks:
        answer = ran.get(("answer", check.task))
        outcome = ran.get(("check", check.id))
        result = CheckResult(check)
        verdict.results.append(result)
        if check.task in answers.problems:
            result.verdict, result.message = "not answered", answers.problems[check.task]
        elif outcome is None or outcome.status != "ok":
            _explain(result, answer, outcome)
        elif check.score:
            _judge_score(result, outcome, expected, scorers, verdict.troubles)
        else:
            _judge_lines(result, Printed(outcome), expected)
    _name_mistakes(lesson, verdict, ran, expected)
    return verdict


def _explain(result: CheckResult, answer: Outcome | None, outcome: Outcome | None) -> None:
    """Say why a check did not run through."""
    if answer is not None and answer.status != "ok":
        if answer.status == "not reached":
            result.verdict = "not reached"
            result.message = f"An earlier cell ended the run: {_safe(answer)}."
            return
        result.verdict = "timeout" if answer.status == "timeout" else "error"
        result.message = f"Your answer cell did not run through: {_safe(answer)}."
    elif outcome is None:
        result.verdict, result.message = "not reached", "This check was not run."
    elif outcome.error.partition(":")[0] == "NotImplementedError":
        result.verdict = "not answered"
        result.message = "Not attempted yet: the answer still raises NotImplementedError."
    elif outcome.status == "error":
        result.verdict = "error"
        result.message = f"This check stopped with an error in your code: {_safe(outcome)}."
    else:
        result.verdict = "timeout" if outcome.status == "timeout" else "not reached"
        result.message = f"This check was not completed: {_safe(outcome)}."


_NUMBER = r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?j?(?!\w)"
_KEPT = (  # what an error says of places, counts and shapes, which are no inputs
    r"\b(?:line|axis|dim|dimension|operand|size|base|Task|Errno) \d+\b",
    r"\b\d+(?:-dimensional|D\b)",
    r"\bvalues to unpack \(expected \d+(?:, got \d+)?\)",
    r"\btakes \d+ positional arguments? but \d+ (?:was|were) given",
    r"\btakes from \d+ to \d+ positional arguments but \d+ (?:was|were) given",
    r"\bmissing \d+ required",
    r"\bshapes? \([\d, ]*\)(?:,? (?:and )?\([\d, ]*\))*",
)
_MASK = re.compile(f"({'|'.join(_KEPT)})|{_NUMBER}")


def _safe(outcome: Outcome) -> str:
    """Return why a cell ended; from a student's code, without numbers: they may be hidden inputs.

    What code puts into its own message as words is passed on; the instructor's guide says so.
    """
    text = outcome.error
    if outcome.status == "error":
        text = _MASK.sub(lambda found: found[1] or "(number)", text)
    return text.rstrip(".")


def _judge_lines(result: CheckResult, printed: Printed, expected: Expected) -> None:
    """Compare what a check printed with what the reference printed."""
    check = result.check
    tolerance = Tolerance(check.rtol, check.atol)
    found = difference(expected.printed[check.id].lines, printed.lines, tolerance)
    if found is None:
        result.points, result.verdict = check.points, "passed"
        return
    result.verdict, result.difference = "wrong", found
    result.message = found.summary[:1].upper() + found.summary[1:] + "."


def _judge_score(
    result: CheckResult,
    outcome: Outcome,
    expected: Expected,
    scorers: dict[str, Scorer],
    troubles: list[str],
) -> None:
    """Have what was handed in scored."""
    check = result.check
    if not outcome.handed_in:
        result.message = "Nothing was handed in."
        return
    if expected.seeds is None:
        result.verdict, result.message = "passed", "Handed in; it is scored when graded."
        return
    try:
        fraction, message = score(
            check, scorers[check.id], expected.seeds[check.id], outcome.handed_in
        )
    except ScorerFailed as error:
        troubles.append(str(error))
        result.message = "What was handed in could not be scored; your instructor has been told."
        return
    result.points = round(check.points * fraction, 4)
    result.verdict = "passed" if fraction == 1 else "partly" if fraction > 0 else "wrong"
    result.message = message


def _name_mistakes(
    lesson: Lesson, verdict: Verdict, ran: dict[tuple[str, str], Outcome], expected: Expected
) -> None:
    """Find the planted mistake whose outputs a task's wrong outputs are.

    Of several that fit a check, the one that fits most checks of the task is named.
    """
    for task in lesson.tasks:
        results = [r for r in verdict.results if r.check.task == task.id]
        fits: dict[str, tuple[Mistake, list[CheckResult]]] = {}
        for result in results:
            if result.verdict not in ("wrong", "partly"):
                continue
            outcome = ran.get(("check", result.check.id))
            for mistake, printed in expected.mistakes(result.check.id):
                if outcome and _same(result.check, Printed(outcome), printed, expected):
                    fits.setdefault(mistake.name, (mistake, []))[1].append(result)
        for mistake, matched in sorted(fits.values(), key=lambda fit: -len(fit[1])):
            for result in matched:
                if not result.hint:
                    result.hint, result.mistake = mistake.hint, mistake.name


def _same(check: Check, printed: Printed, wrong: Printed, expected: Expected) -> bool:
    """Say whether an output is that of a mistake, and the mistake is wrong there."""
    if check.score:
        mine, its = arrays_from(printed.handed_in), arrays_from(wrong.handed_in)
        right = arrays_from(expected.printed[check.id].handed_in)
        return _same_arrays(mine, its) and not _same_arrays(its, right)
    tolerance = Tolerance(check.rtol, check.atol)
    if agrees(wrong, expected.printed[check.id].lines, tolerance):
        return False
    recognise = Tolerance(check.rtol, check.atol, nan_agrees=True)
    return bool(wrong.lines) and agrees(printed, wrong.lines, recognise)


def _same_arrays(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Say whether two sets of arrays are equal up to rounding."""
    return one.keys() == other.keys() and all(
        one[name].shape == other[name].shape and np.allclose(one[name], other[name], equal_nan=True)
        for name in one
    )
