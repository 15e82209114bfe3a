"""The class report: right numbers, nothing from outside, nothing unescaped."""

from __future__ import annotations

import re
from xml.etree import ElementTree as xml

from hypothesis import given
from hypothesis import strategies as st

from nnedu.grading.class_report import bins, class_report
from nnedu.grading.classroom import Graded
from nnedu.grading.layouts import Submission
from nnedu.grading.lessons import load_mistakes
from tests.grading_class.helpers import lesson, verdict


def graded(student: str, share: float, mistake: str = "") -> Graded:
    found = verdict(share, mistake)
    for result in found.results[1:]:
        result.hint = result.mistake = ""
    return Graded(Submission(student, None), "graded", "", found, "", 1.0)


CLASS = [
    graded("ada", 1.0),
    graded("bob", 0.0, "uphill"),
    graded("cyd", 0.5, "uphill"),
    Graded(Submission("<script>alert(1)</script>", None), "unreadable", "<b>No</b> notebook."),
]


def pictures(page: str) -> list[xml.Element]:
    return [xml.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", page, re.S)]


def test_numbers() -> None:
    page = class_report(lesson(), CLASS, load_mistakes(lesson())[0])
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page))
    assert facts["Submissions"] == "4"
    assert facts["Graded"] == "3"
    assert facts["Mean"] == facts["Median"] == f"{lesson().points / 2:.1f}"
    assert re.search(r'<td class="n">2</td><td>1\. [^<]*</td><td><strong>uphill</strong>', page)
    distribution, *hardest = pictures(page)
    said = [title.text or "" for title in distribution.iter("title")]
    assert sum(int(text.rsplit(": ", 1)[1]) for text in said) == 3
    assert page.count("<span>1 of 3 passed</span>") == len(lesson().checks) == len(hardest)
    for bar in hardest:
        widths = {rect.get("class"): float(rect.get("width", "0")) for rect in bar}
        assert widths == {"good": 233.3, "part": 233.3, "bad": 233.3}


def test_totals_replace_points() -> None:
    page = class_report(lesson(), CLASS[:1], (), {"ada": 12.5})
    assert "<dd>12.5 and 12.5</dd>" in page


def test_nothing_from_outside_and_nothing_unescaped() -> None:
    page = class_report(lesson(), CLASS, load_mistakes(lesson())[0])
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<b>No</b>" not in page
    assert not re.search(r"https?:|url\(|@import|<img|<link rel=\"styl", page)
    assert "prefers-color-scheme: dark" in page
    for picture in pictures(page):
        assert picture.get("role") == "img"
        assert picture.get("aria-label")


def test_a_class_without_a_grade() -> None:
    assert "could not be graded" in class_report(lesson(), CLASS[3:])
    assert "<dd>0</dd>" in class_report(lesson(), [])


def test_defences_that_were_off_are_named() -> None:
    assert "defences" not in class_report(lesson(), CLASS)
    page = class_report(lesson(), CLASS, defences_off=["files: <all>", "network"])
    assert "Which defences were off?" in page
    assert "<li>files: &lt;all&gt;</li><li>network</li>" in page


@given(
    st.lists(st.floats(0, 1e4, allow_nan=False), min_size=1),
    st.floats(1e-3, 1e4, allow_nan=False),
)
def test_every_student_is_in_one_bin(points: list[float], out_of: float) -> None:
    found = bins(points, out_of)
    assert sum(count for _, _, count in found) == len(points)
    assert 1 <= len(found) <= 13
    assert found[-1][1] >= max([*points, out_of]) * (1 - 1e-6)
    assert all(low < high for low, high, _ in found)


def test_bins_by_hand() -> None:
    # 10 points in bins of one: full marks belong to the last bin, 9 to 10.
    assert [count for _, _, count in bins([0, 0.5, 1, 9, 9.9, 10], 10)] == [2, 1, *[0] * 7, 3]
