"""The class at a glance, for the instructor: one HTML page with pictures, for any browser.

Three questions: how did the class do, what was hard, and what was misunderstood. The
pictures are SVG drawn here: rectangles and text need no plotting library, and take the page's
colours in light and dark. Names of students stand only in the list of what could not be graded.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from nnedu.grading.classroom import Graded
from nnedu.grading.lessons import Lesson
from nnedu.lesson import Mistake

_STYLE = """
:root { color-scheme: light dark; --text: #1d2733; --muted: #556270; --page: #f6f7f9;
  --card: #ffffff; --line: #d9dee5; --good: #0b6e4f; --part: #b07400; --bad: #a32036;
  --bar: #2f6db5; }
@media (prefers-color-scheme: dark) { :root { --text: #e6eaf0; --muted: #a3afbd;
  --page: #14181e; --card: #1c222b; --line: #343d4a; --good: #5fd0a5; --part: #e6b450;
  --bad: #ff8f9f; --bar: #7fb2ec; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 52rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 0 0 .5rem; }
p { margin: .3rem 0; } .about { color: var(--muted); }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: 1rem 1.25rem; margin-top: 1rem; }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0 0; }
dt { color: var(--muted); } dd { margin: 0; font-size: 1.4rem; font-weight: 650; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--text); font: 13px system-ui, sans-serif; }
@media (max-width: 34rem) { svg text { font-size: 24px; } }
svg[viewBox$=" 12"] { height: .8rem; }
.row { display: flex; justify-content: space-between; gap: 1rem; margin-top: .8rem; }
.row span:last-child { text-align: right; color: var(--muted); } code { font-size: .85em; }
svg .axis { fill: var(--muted); } svg line { stroke: var(--line); }
.bar { fill: var(--bar); } .good { fill: var(--good); } .part { fill: var(--part); }
.bad { fill: var(--bad); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0;
  border-top: 1px solid var(--line); }
td.n, th.n { text-align: right; white-space: nowrap; }
"""

_ANSWERED = ("passed", "partly", "wrong", "error", "timeout")


def class_report(
    lesson: Lesson,
    graded: Sequence[Graded],
    mistakes: Sequence[Mistake] = (),
    totals: Mapping[str, float] | None = None,
    defences_off: Sequence[str] = (),
) -> str:
    """Return the class report as one HTML page.

    Parameters
    ----------
    lesson : Lesson
    graded : sequence of Graded
        The class.
    mistakes : sequence of Mistake
        The lesson's, for their hints.
    totals : mapping, optional
        Student to points with penalty and extra points, where there are any.
    defences_off : sequence of str
        What protected nothing while these points were earned.

    Returns
    -------
    str
        HTML without links to anything outside it.
    """
    done = [item for item in graded if item.verdict is not None]
    points = [totals[i.submission.student] if totals else i.points for i in done]
    title = escape(lesson.title)
    parts = [f"<h1>{title}: the class</h1>", _figures(lesson, graded, points)]
    if points:
        parts += [
            _section("How did the class do?", _histogram(points, lesson.points)),
            _section("What was hard?", _hardest(lesson, done)),
            _section("What was misunderstood?", _mistakes(lesson, done, mistakes)),
        ]
    parts.append(_not_graded(graded))
    if defences_off:
        items = "".join(f"<li>{escape(line)}</li>" for line in defences_off)
        parts.append(_section("Which defences were off?", f"<ul>{items}</ul>"))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><link rel="icon" href="data:,">'
        f"<title>{title}: the class</title><style>{_STYLE}</style></head>\n"
        "<body><main>\n" + "\n".join(part for part in parts if part) + "\n</main></body></html>\n"
    )


def _section(title: str, body: str) -> str:
    """Return a part of the page."""
    return f"<section><h2>{title}</h2>{body}</section>"


def _figures(lesson: Lesson, graded: Sequence[Graded], points: list[float]) -> str:
    """Return the numbers of the class."""
    facts = [("Submissions", f"{len(graded)}"), ("Graded", f"{len(points)}")]
    if points:
        facts += [
            ("Mean", f"{statistics.fmean(points):.1f}"),
            ("Median", f"{statistics.median(points):.1f}"),
            ("Lowest and highest", f"{min(points):g} and {max(points):g}"),
            ("Out of", f"{lesson.points:g}"),
        ]
    return "<dl>" + "".join(f"<div><dt>{k}</dt><dd>{v}</dd></div>" for k, v in facts) + "</dl>"


def bins(points: Sequence[float], out_of: float) -> list[tuple[float, float, int]]:
    """Return the histogram of points: lower and upper edge, and how many students.

    Every bin holds its lower edge; the last one its upper edge too. There are at most twelve,
    of 1, 2, 2.5, 5 times a power of ten points each.

    Examples
    --------
    >>> bins([0, 4, 9.5, 10], 10)[-1], sum(n for _, _, n in bins([0, 4, 9.5, 10], 10))
    ((9, 10, 2), 4)
    """
    top = max([out_of, *points, 1e-9])
    raw = top / 12
    power = 10.0 ** math.floor(math.log10(raw))
    width = next(k * power for k in (1, 2, 2.5, 5, 10) if k * power >= raw * (1 - 1e-9))
    width = round(width) if width >= 1 else width
    number = max(1, math.ceil(top / width - 1e-9))
    counts = Counter(min(int(value / width + 1e-9), number - 1) for value in points)
    return [(k * width, (k + 1) * width, counts[k]) for k in range(number)]


def _histogram(points: list[float], out_of: float) -> str:
    """Return the picture of the distribution."""
    found = bins(points, out_of)
    highest = max(count for _, _, count in found)
    step = 680 / len(found)
    shapes = []
    for number, (low, high, count) in enumerate(found):
        x, height = 10 + number * step, 170 * count / highest
        middle = x + step / 2
        shapes.append(
            f'<rect class="bar" x="{x + 2:.1f}" y="{200 - height:.1f}" width="{step - 4:.1f}" '
            f'height="{height:.1f}"><title>{low:g} to {high:g} points: {count}</title></rect>'
        )
        if count:
            shapes.append(_label(middle, 194 - height, str(count), "middle"))
        shapes.append(_label(x, 220, f"{low:g}", "middle", "axis"))
    shapes.append(_label(700, 220, f"{found[-1][1]:g}", "end", "axis"))
    shapes.append('<line x1="10" x2="690" y1="200" y2="200"/>')
    shapes.append(_label(350, 246, "points", "middle", "axis"))
    return _svg(252, "How many students earned how many points", shapes)


def _hardest(lesson: Lesson, done: Sequence[Graded]) -> str:
    """Return the picture of the checks, the hardest first."""
    rows = []
    for check in lesson.checks:
        results = [
            r for item in done if item.verdict for r in item.verdict.results if r.check == check
        ]
        passed = sum(result.verdict == "passed" for result in results)
        partly = sum(result.verdict == "partly" for result in results)
        missing = sum(result.verdict not in _ANSWERED for result in results)
        share = (passed + partly / 2) / len(results) if results else 0.0
        rows.append((share, check, passed, partly, len(results) - passed - partly, missing))
    rows.sort(key=lambda row: row[0])
    parts = []
    for _, check, passed, partly, failed, missing in rows[:20]:
        total = max(1, passed + partly + failed)
        said = f"{passed} of {total} passed" + (f", {missing} not tried" if missing else "")
        parts.append(
            f'<p class="row"><span>{escape(check.about)} <code>{escape(check.id)}</code></span>'
            f"<span>{said}</span></p>"
        )
        x, shapes = 0.0, []
        for kind, count in (("good", passed), ("part", partly), ("bad", failed)):
            width = 700 * count / total
            shapes.append(
                f'<rect class="{kind}" x="{x:.1f}" y="0" width="{width:.1f}" height="12"/>'
            )
            x += width
        title = f"{check.id}: {passed} passed, {partly} partly, {failed} not"
        parts.append(_svg(12, title, shapes))
    note = (
        '<p class="about">Green: passed; yellow: part of the points; red: not passed.'
        + (f" The {20} hardest of {len(rows)} checks." if len(rows) > 20 else "")
        + "</p>"
    )
    return "".join(parts) + note


def _mistakes(lesson: Lesson, done: Sequence[Graded], mistakes: Sequence[Mistake]) -> str:
    """Return the planted mistakes that were made, the commonest first."""
    hints = {(mistake.task, mistake.name): mistake.hint for mistake in mistakes}
    made: Counter[tuple[str, str]] = Counter()
    for item in done:
        results = item.verdict.results if item.verdict else []
        made.update({(r.check.task, r.mistake) for r in results if r.mistake})
        for result in results:
            if result.mistake and result.hint:
                hints.setdefault((result.check.task, result.mistake), result.hint)
    if not made:
        return "<p>No wrong answer was one of the planted mistakes.</p>"
    tasks = {task.id: f"{task.number}. {task.title}" for task in lesson.tasks}
    rows = [
        f'<tr><td class="n">{count}</td><td>{escape(tasks.get(task, task))}</td>'
        f"<td><strong>{escape(name.replace('_', ' '))}</strong><br>"
        f"{escape(hints.get((task, name), ''))}</td></tr>"
        for (task, name), count in sorted(made.items(), key=lambda made: (-made[1], made[0]))[:20]
    ]
    return (
        '<table><thead><tr><th class="n">Students</th><th>Task</th><th>Mistake and hint</th></tr>'
        f"</thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _not_graded(graded: Sequence[Graded]) -> str:
    """Return the list of what could not be graded."""
    rows = [
        f"<tr><td>{escape(item.submission.student)}</td><td>{escape(item.message)}</td></tr>"
        for item in graded
        if item.verdict is None
    ]
    if not rows:
        return ""
    return _section("What could not be graded", f"<table><tbody>{''.join(rows)}</tbody></table>")


def _svg(height: int, title: str, shapes: list[str]) -> str:
    """Return a picture 700 units wide; a bar without words fills its line."""
    fit = "none" if height < 20 else "xMidYMid"
    return (
        f'<svg viewBox="0 0 700 {height}" preserveAspectRatio="{fit}" role="img" '
        f'aria-label="{escape(title)}">'
        f"{''.join(shapes)}</svg>"
    )


def _label(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> str:
    """Return a text of a picture."""
    style = f' class="{kind}"' if kind else ""
    return f'<text{style} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
