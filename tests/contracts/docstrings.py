"""What a public docstring must hold, and whether its example runs."""

from __future__ import annotations

import doctest
import inspect
import re
import sys
from collections.abc import Callable
from typing import Any

SECTION = re.compile(r"^(\w[\w ]*)\n-+$", re.MULTILINE)


def sections(text: str) -> dict[str, str]:
    """The numpydoc sections of a cleaned docstring; what comes first is called Summary."""
    found = list(SECTION.finditer(text))
    parts = {"Summary": text[: found[0].start()] if found else text}
    for i, match in enumerate(found):
        end = found[i + 1].start() if i + 1 < len(found) else len(text)
        parts[match[1]] = text[match.end() : end]
    return parts


def documented(parameters: str) -> set[str]:
    """Names in a Parameters section: ``m, v : arrays`` counts twice."""
    lines = re.findall(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: :.*)?$", parameters, re.MULTILINE)
    return {name.lstrip("*") for line in lines for name in line.split(", ")}


def problems(f: Callable[..., Any], *, conventions: bool, source: bool) -> list[str]:
    """What is wrong with a function's docstring, in words."""
    parts = sections(inspect.getdoc(f) or "")
    found = []
    first = parts["Summary"].split("\n")[0]
    if not first.endswith(".") or len(first) < 20:
        found.append(f"the first line is {first!r}; expected a sentence")
    missing = set(inspect.signature(f).parameters) - documented(parts.get("Parameters", ""))
    if missing:
        found.append(f"Parameters does not name {', '.join(sorted(missing))}")
    if "Returns" not in parts:
        found.append("there is no Returns section")
    notes = parts.get("Notes", "")
    if conventions and "**Conventions.**" not in notes:
        found.append("Notes has no **Conventions.**")
    if source and not re.search(
        r"^Source: .*\(?\b1[89]\d\d|^Source: .*20\d\d", notes, re.MULTILINE
    ):
        found.append("Notes has no Source: with a year")
    found += failed_examples(f, parts)
    return found


def failed_examples(f: Callable[..., Any], parts: dict[str, str]) -> list[str]:
    """The examples that do not print what they say, or that there are none."""
    if ">>>" not in parts.get("Examples", ""):
        return ["there is no example"]
    module = sys.modules[f.__module__]
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    said: list[str] = []
    for test in doctest.DocTestFinder(recurse=False).find(f, f.__name__, globs=dict(vars(module))):
        runner.run(test, out=said.append)
    return ["".join(said)] if runner.failures else []
