"""The page a student gets: one file, no script, light and dark, everything escaped."""

from __future__ import annotations

from html import escape

from nnedu.grading.adjust import Adjustment
from nnedu.grading.classroom import Graded
from nnedu.grading.judge import CheckResult
from nnedu.grading.lessons import Lesson, Task

_STYLE = """
:root { color-scheme: light dark; --text: #1d2733; --muted: #556270; --page: #f6f7f9;
  --card: #ffffff; --line: #d9dee5; --good: #0b6e4f; --part: #8a5a00; --bad: #a32036;
  --hint: #eef4fc; }
@media (prefers-color-scheme: dark) { :root { --text: #e6eaf0; --muted: #a3afbd;
  --page: #14181e; --card: #1c222b; --line: #343d4a; --good: #5fd0a5; --part: #e6b450;
  --bad: #ff8f9f; --hint: #1f2d40; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 0; }
.who, .about { color: var(--muted); margin: 0; }
.total { font-size: 2rem; font-weight: 650; margin: 1rem 0 0; }
.total small { font-size: 1rem; font-weight: 400; color: var(--muted); }
meter { width: 100%; height: .8rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: 1rem 1.25rem; margin-top: 1rem; }
header { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; }
ul { list-style: none; margin: .5rem 0 0; padding: 0; }
li { border-top: 1px solid var(--line); padding: .7rem 0 .2rem; }
li p { margin: .2rem 0; }
.verdict { font-weight: 600; }
.passed { color: var(--good); } .partly { color: var(--part); } .wrong { color: var(--bad); }
.hint { background: var(--hint); border-left: 3px solid currentColor; padding: .5rem .8rem;
  border-radius: .2rem; }
.points { white-space: nowrap; color: var(--muted); }
"""

_WORDS = {
    "passed": ("Passed", "passed"),
    "partly": ("Partly", "partly"),
    "wrong": ("Not right yet", "wrong"),
    "error": ("Stopped with an error", "wrong"),
    "timeout": ("Ran out of time", "wrong"),
    "not answered": ("Not answered", "wrong"),
    "not reached": ("Not reached", "wrong"),
}


def feedback_page(lesson: Lesson, item: Graded, adjustment: Adjustment | None = None) -> str:
    """Return a student's feedback as one HTML page.

    Parameters
    ----------
    lesson : Lesson
    item : Graded
    adjustment : Adjustment, optional
        Late penalty and extra points.

    Returns
    -------
    str
        Without hidden inputs or expected values.
    """
    student = escape(item.submission.student)
    total, out_of = _points(item.points), _points(lesson.points)
    body = [
        f"<h1>{escape(lesson.title)}</h1>",
        f'<p class="who">{student}</p>',
        f'<p class="total">{total} <small>of {out_of} points</small></p>',
        f'<meter min="0" max="{out_of}" value="{total}" aria-label="Points">{total}</meter>',
    ]
    if adjustment is not None:
        body.append(_adjusted(item.points, adjustment))
    if item.verdict is None:
        body.append(
            '<section><h2 class="wrong">This submission could not be graded</h2>'
            f"<p>{escape(item.message)}</p></section>"
        )
    else:
        for task in lesson.tasks:
            results = [r for r in item.verdict.results if r.check.task == task.id]
            body.append(_task(task, results))
        body.append(
            '<p class="about">Points are earned on inputs drawn afresh for this grading, so '
            "they are not shown. To try the same checks on the practice inputs: "
            "<code>nnedu lesson check FILE</code>.</p>"
        )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><link rel="icon" href="data:,">'
        f"<title>{escape(lesson.title)}: {student}</title><style>{_STYLE}</style></head>\n"
        "<body><main>\n" + "\n".join(body) + "\n</main></body></html>\n"
    )


def _adjusted(points: float, adjustment: Adjustment) -> str:
    """Return what penalty and extra points make of the points earned."""
    penalty = adjustment.penalty(points)
    parts = [f"late penalty {_points(penalty)}"] if penalty else []
    parts += [f"extra points {_points(adjustment.extra)}"] if adjustment.extra else []
    parts += [escape(adjustment.comment)] if adjustment.comment else []
    total = _points(adjustment.total(points))
    return f"<p>Counted: <strong>{total}</strong> ({'; '.join(parts) or 'no change'})</p>"


def _task(task: Task, results: list[CheckResult]) -> str:
    """Return one task's part of the page."""
    earned = _points(sum(result.points for result in results))
    out_of = _points(sum(result.check.points for result in results))
    said: set[str] = set()
    checks = "".join(_check(result, said) for result in results)
    return (
        f"<section><header><h2>Task {task.number}: {escape(task.title)}</h2>"
        f'<span class="points">{earned} of {out_of}</span></header><ul>{checks}</ul></section>'
    )


def _check(result: CheckResult, said: set[str]) -> str:
    """Return one check's line; a hint or message already given in this task is not repeated."""
    word, kind = _WORDS[result.verdict]
    points = f"{_points(result.points)} of {_points(result.check.points)}"
    lines = [
        f'<header><span><span class="verdict {kind}">{word}.</span> '
        f'{escape(result.check.about)}</span><span class="points">{points}</span></header>'
    ]
    if result.message and result.message not in said:
        said.add(result.message)
        lines.append(f"<p>{escape(result.message)}</p>")
    if result.hint and result.hint not in said:
        said.add(result.hint)
        lines.append(f'<p class="hint">{escape(result.hint)}</p>')
    return f"<li>{''.join(lines)}</li>"


def _points(value: float) -> str:
    """Write points without a needless fraction."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
