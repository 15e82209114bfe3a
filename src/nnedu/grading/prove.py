"""The proof of a lesson: its checks pass what is right and catch what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nnedu.grading.build import build_lesson, solution_lines
from nnedu.grading.documents import BadNotebook, read_notebook
from nnedu.grading.edges import SEEDS as EDGE_SEEDS
from nnedu.grading.edges import SIZE, Edge, find_edges
from nnedu.grading.judge import CheckResult, Verdict, judge
from nnedu.grading.lessons import Lesson, load_mistakes
from nnedu.grading.rebuild import Answers, Step, collect_answers, reference_answers, steps_of
from nnedu.grading.reference import Expected, Run, Variant, execute
from nnedu.grading.runner import Outcome
from nnedu.grading.scoring import Scorer, load_scorers
from nnedu.grading.seeds import check_seed
from nnedu.grading.session import kernels, load_solution
from nnedu.lesson import Alternative, Mistake

SEEDS = ("5eed" * 8, "c0de" * 8)
"""Run seeds of the proof: two, to see that outputs follow the seed; fixed, so it repeats."""


@dataclass(frozen=True)
class Finding:
    """One line of the proof.

    Parameters
    ----------
    subject : str
        What was looked at.
    ok : bool
    detail : str
        What was found; if not ok, what to do.
    """

    subject: str
    ok: bool
    detail: str


def prove_lesson(folder: Path) -> list[Finding]:
    """Prove a lesson.

    The reference, the planted mistakes and the alternatives run in one warm kernel per seed,
    on inputs drawn as a grading run draws them.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of Finding
        The lesson is proven when all are ok.

    Raises
    ------
    BadLesson
        If the lesson breaks the format, or its reference does not run.
    """
    lesson = load_solution(folder)
    mistakes, alternatives = load_mistakes(lesson)
    scorers = load_scorers(lesson)
    exams = []
    both: list[Mistake | Alternative] = [*mistakes, *alternatives]
    with kernels(lesson, sandbox=False, trusted=True) as (run, _):
        stale = build_lesson(folder, check=True, run=run)
        for number, run_seed in enumerate(SEEDS):
            seeds = {c.id: check_seed(run_seed, lesson.slug, c.id) for c in lesson.checks}
            exams.append(execute(lesson, run, seeds, both if number == 0 else []))
        untouched = _exercise(lesson, run, exams[0], scorers)
        edges = find_edges(lesson, run, alternatives)
    first, second = exams
    detail = f"stale: {', '.join(stale)}; run `nnedu lesson build {lesson.slug}`"
    findings = [Finding("exercise.ipynb", not stale, detail if stale else "up to date"), *untouched]
    findings += _shape(lesson, mistakes, [item.task for item in alternatives])
    findings.append(_reference(lesson, first, scorers))
    findings += _depends_on_seed(lesson, first, second)
    results = {id(v): _judge_variant(lesson, v, first, scorers) for v in first.variants}
    findings += [_variant(v, results[id(v)]) for v in first.variants]
    findings += _can_fail(lesson, first, results)
    findings += _edges(edges)
    return findings


def _reference(lesson: Lesson, expected: Expected, scorers: dict[str, Scorer]) -> Finding:
    """The reference earns every point."""
    steps = [Step(check.id, "check", "") for check in lesson.checks]
    outcomes = [expected.printed[check.id].outcome for check in lesson.checks]
    verdict = judge(lesson, reference_answers(lesson), steps, outcomes, expected, scorers)
    missed = [f"{r.check.id} ({r.message})" for r in verdict.results if r.verdict != "passed"]
    detail = f"{verdict.points:g} of {lesson.points:g} points"
    return Finding(
        "reference",
        not missed and not verdict.troubles,
        "; ".join([detail, *missed, *verdict.troubles]),
    )


def _exercise(
    lesson: Lesson, run: Run, expected: Expected, scorers: dict[str, Scorer]
) -> list[Finding]:
    """The untouched exercise earns nothing and gives nothing away."""
    try:
        exercise = read_notebook(lesson.folder / "exercise.ipynb")
    except BadNotebook as error:
        return [Finding("untouched exercise", False, str(error))]
    answers = collect_answers(lesson, exercise)
    steps = steps_of(lesson, answers, expected.seeds, expected.given)
    verdict = judge(lesson, answers, steps, run(steps), expected, scorers)
    text = "\n".join(cell["source"] for cell in exercise["cells"])
    left = sorted(line for line in solution_lines(lesson.cells) if line in text)
    return [
        Finding("untouched exercise", verdict.points == 0, f"{verdict.points:g} points"),
        Finding(
            "no solution text in the exercise",
            not left,
            f"found {left[0]!r}" if left else "none found",
        ),
    ]


def _shape(lesson: Lesson, mistakes: list[Mistake], alternatives: list[str]) -> list[Finding]:
    """Every task has two checks, three mistakes and an alternative."""
    findings = []
    for task in lesson.tasks:
        has = (
            len(lesson.checks_of(task.id)),
            sum(item.task == task.id for item in mistakes),
            alternatives.count(task.id),
        )
        ok = all(number >= least for number, least in zip(has, (2, 3, 1), strict=True))
        detail = "{} checks, {} mistakes, {} alternatives".format(*has)
        findings.append(
            Finding(f"task {task.id}", ok, detail + ("" if ok else "; expected at least 2, 3, 1"))
        )
    return findings


def _depends_on_seed(lesson: Lesson, first: Expected, second: Expected) -> list[Finding]:
    """No check can be passed by printing a constant."""
    findings = []
    for check in lesson.checks:
        one, two = first.printed[check.id], second.printed[check.id]
        same = one.handed_in == two.handed_in if check.score else one.lines == two.lines
        if same:
            detail = "prints the same for every seed, so a constant passes; show fresh values"
            findings.append(Finding(f"check {check.id}", False, detail))
    return findings


def _judge_variant(
    lesson: Lesson, variant: Variant, expected: Expected, scorers: dict[str, Scorer]
) -> Verdict:
    """Judge a variant as if it were a student's answer to its task."""
    checks = lesson.checks_of(variant.item.task)
    steps = [Step(variant.item.task, "answer", "")]
    steps += [Step(check.id, "check", "") for check in checks]
    outcomes: list[Outcome] = [variant.answer]
    outcomes += [variant.printed[check.id].outcome for check in checks]
    verdict = judge(lesson, Answers({}), steps, outcomes, expected, scorers)
    verdict.results = [r for r in verdict.results if r.check.task == variant.item.task]
    return verdict


def _variant(variant: Variant, verdict: Verdict) -> Finding:
    """A mistake is caught where it says, with its hint; an alternative earns every point."""
    item = variant.item
    passed = [r.check.id for r in verdict.results if r.verdict == "passed"]
    failed = [r for r in verdict.results if r.verdict != "passed"]
    caught = ", ".join(result.check.id for result in failed)
    problems = list(verdict.troubles)
    if not isinstance(item, Mistake):
        problems += [f"{r.check.id}: {r.message}" for r in failed]
        return Finding(
            f"alternative {item.task}/{item.name}", not problems, "; ".join(problems) or "passes"
        )
    for check_id in item.checks:
        problems += _caught(item, next(r for r in verdict.results if r.check.id == check_id))
    if not passed:
        problems.append("passes no check of its task: it should be right in part")
    crashed = [r.check.id for r in failed if r.verdict in ("error", "timeout", "not reached")]
    if crashed:
        problems.append(f"does not run through in {', '.join(crashed)}: a crash tests no check")
    detail = "; ".join(problems) or f"caught by {caught}"
    return Finding(f"mistake {item.task}/{item.name}", not problems, detail)


def _caught(mistake: Mistake, result: CheckResult) -> list[str]:
    """Return what is wrong with how a check caught a mistake."""
    if result.verdict == "passed":
        return [f"not caught by {result.check.id}"]
    if result.mistake != mistake.name:
        instead = f"that of {result.mistake}" if result.mistake else "no hint"
        return [f"{result.check.id} gives {instead}: its output is not its own there"]
    return []


def _can_fail(lesson: Lesson, expected: Expected, results: dict[int, Verdict]) -> list[Finding]:
    """Every check is failed by at least one planted mistake."""
    failed = {
        result.check.id
        for variant in expected.variants
        if isinstance(variant.item, Mistake)
        for result in results[id(variant)].results
        if result.verdict != "passed"
    }
    return [
        Finding(
            f"check {check.id}",
            check.id in failed,
            "catches a mistake" if check.id in failed else "passes on every planted mistake",
        )
        for check in lesson.checks
    ]


def _edges(edges: list[Edge]) -> list[Finding]:
    """No right answer fails a check because it rounds differently."""
    if not edges:
        detail = f"none, with floats moved by {SIZE:g} both ways, under {len(EDGE_SEEDS)} seeds"
        return [Finding("rounding edges", True, detail)]
    advice = "draw inputs that stay away from the edge, or show the number behind the decision"
    return [
        Finding(f"check {e.check}", False, f"depends on rounding: {e.detail}; {advice}")
        for e in edges
    ]


def table(findings: list[Finding]) -> str:
    """Return the proof as text, one line per finding."""
    width = max(len(finding.subject) for finding in findings)
    return "\n".join(
        f"{'ok  ' if finding.ok else 'FAIL'}  {finding.subject:<{width}}  {finding.detail}"
        for finding in findings
    )
