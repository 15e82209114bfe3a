"""Grades as JUnit XML, the form in which continuous-integration services show test results.

One ``testsuite`` per student, one ``testcase`` per check, a ``failure`` with the message where
points were lost, an ``error`` where a submission could not be graded: the elements of the Jenkins
schema (``junit-10.xsd``, in jenkinsci/xunit-plugin), which GitLab, GitHub actions and Azure read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as xml

from nnedu.grading.judge import CheckResult, Verdict
from nnedu.grading.lessons import Lesson

# XML 1.0 has no way to write these, escaped or not.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Suite:
    """One student's part: as in `nnedu.grading.classroom.Graded`."""

    student: str
    verdict: Verdict | None
    message: str
    seconds: float


def junit_xml(lesson: Lesson, suites: Sequence[Suite]) -> str:
    """Return the class's results as one XML document."""
    root = xml.Element("testsuites", name=_text(lesson.title))
    totals = [0, 0, 0]
    for item in suites:
        suite = xml.SubElement(root, "testsuite", name=_text(item.student))
        if item.verdict is None:
            case = xml.SubElement(suite, "testcase", classname=lesson.slug, name="submission")
            xml.SubElement(case, "error", message=_text(item.message)).text = _text(item.message)
            counts = [1, 0, 1]
        else:
            failed = [_case(suite, lesson, result) for result in item.verdict.results]
            counts = [len(failed), sum(failed), 0]
        _count(suite, counts)
        suite.set("time", f"{item.seconds:.3f}")
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
    _count(root, totals)
    xml.indent(root)
    text = xml.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _case(suite: xml.Element, lesson: Lesson, result: CheckResult) -> bool:
    """Add one check; say whether points were lost."""
    name = f"{result.check.id} ({result.points:g} of {result.check.points:g} points)"
    place = f"{lesson.slug}.{result.check.task}"
    case = xml.SubElement(suite, "testcase", classname=place, name=name)
    if result.verdict == "passed":
        return False
    message = _text(result.message or result.verdict)
    failure = xml.SubElement(case, "failure", message=message, type=result.verdict)
    failure.text = "\n".join(_text(part) for part in (result.message, result.hint) if part)
    return True


def _count(element: xml.Element, counts: Sequence[int]) -> None:
    """Set the numbers of tests, failures and errors."""
    for name, count in zip(("tests", "failures", "errors"), counts, strict=True):
        element.set(name, str(count))


def _text(text: str) -> str:
    """Return a text that XML can hold."""
    return _NOT_XML.sub("\ufffd", text)
