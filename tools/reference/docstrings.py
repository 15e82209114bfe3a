"""What a public docstring holds, and what it lacks."""

from __future__ import annotations

import doctest
import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SECTION = re.compile(r"^(\w[\w ]*)\n-+$", re.MULTILINE)
ITEM = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: : (.*))?$")


def sections(text: str) -> dict[str, str]:
    """The numpydoc sections of a cleaned docstring; what comes first is called Summary."""
    found = list(SECTION.finditer(text))
    parts = {"Summary": text[: found[0].start()] if found else text}
    for i, match in enumerate(found):
        end = found[i + 1].start() if i + 1 < len(found) else len(text)
        parts[match[1]] = text[match.end() : end]
    return parts


@dataclass(frozen=True)
class Item:
    """One entry of a list of parameters, results or errors."""

    names: tuple[str, ...]
    kind: str
    text: str


def items(section: str) -> list[Item]:
    """The entries of a numpydoc list; a line that is no ``name : type`` counts as the type."""
    found: list[Item] = []
    for line in section.strip("\n").split("\n"):
        if line.strip() and not line.startswith(" "):
            match = ITEM.match(line)
            names = tuple(match[1].split(", ")) if match else ()
            found.append(Item(names, (match[2] or "") if match else line, ""))
        elif found:
            last = found[-1]
            found[-1] = Item(last.names, last.kind, f"{last.text}\n{line[4:]}")
    return [Item(item.names, item.kind, item.text.strip("\n")) for item in found]


def documented(parameters: str) -> set[str]:
    """Names in a Parameters section: ``m, v : arrays`` counts twice."""
    return {name.lstrip("*") for item in items(parameters) for name in item.names}


def problems(
    f: Callable[..., Any], *, conventions: bool, source: bool, examples: bool = True
) -> list[str]:
    """What is wrong with a function's docstring, in words.

    Parameters
    ----------
    f : function
    conventions, source : bool
        Whether Notes must have them.
    examples : bool
        Whether there must be an example; it is run.
    """
    parts = sections(inspect.getdoc(f) or "")
    found = first_line(parts)
    missing = set(inspect.signature(f).parameters) - documented(parts.get("Parameters", ""))
    if missing:
        found.append(f"Parameters does not name {', '.join(sorted(missing))}")
    if "Returns" not in parts and "Yields" not in parts:
        found.append("there is no Returns section")
    found += in_notes(parts.get("Notes", ""), conventions=conventions, source=source)
    return found + (failed_examples(f, parts) if examples else [])


def first_line(parts: dict[str, str]) -> list[str]:
    """What is wrong with the first line."""
    first = parts["Summary"].split("\n")[0]
    if first.endswith(".") and len(first) >= 20:
        return []
    return [f"the first line is {first!r}; expected a sentence"]


def in_notes(notes: str, *, conventions: bool, source: bool) -> list[str]:
    """What Notes lack."""
    found = []
    if conventions and "**Conventions.**" not in notes:
        found.append("Notes has no **Conventions.**")
    if source and not re.search(
        r"^Source: .*\(?\b1[89]\d\d|^Source: .*20\d\d", notes, re.MULTILINE
    ):
        found.append("Notes has no Source: with a year")
    return found


def class_problems(cls: type) -> list[str]:
    """What is wrong with a class's docstring: every argument must be named somewhere in it."""
    text = inspect.getdoc(cls) or ""
    parts = sections(text)
    named = documented(parts.get("Parameters", "")) | documented(parts.get("Attributes", ""))
    for function in re.findall(r":func:`(\w+)`", parts["Summary"]):  # "parameters as there"
        behind = getattr(sys.modules[cls.__module__], function, None)
        named |= documented(sections(inspect.getdoc(behind) or "").get("Parameters", ""))
    plain = inspect.isabstract(cls) or getattr(cls, "_is_protocol", False)  # nobody makes one
    missing = {
        name
        for name in (() if plain else inspect.signature(cls).parameters)
        if name not in named and not re.search(rf"\b{re.escape(name)}\b", text)
    }
    first = parts["Summary"].split("\n")[0]
    found = [] if first.endswith(".") else first_line(parts)
    return found + ([f"nothing is said about {', '.join(sorted(missing))}"] if missing else [])


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
