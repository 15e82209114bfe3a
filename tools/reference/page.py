"""A family's page: which to use, an overview, and an entry for every public name."""

from __future__ import annotations

import inspect
from typing import Any

from nnedu.book import source
from tools.reference import choices, found, markdown
from tools.reference.docstrings import items
from tools.reference.entries import Entry, entries, in_table
from tools.reference.families import Family
from tools.reference.state import state

LISTS = ("Parameters", "Attributes", "Returns", "Yields", "Raises", "Warns")


def text(family: Family) -> str:
    """Everything below a page's introduction."""
    every = entries(family)
    rules = [entry for entry in every if in_table(entry.found)]
    others = [entry for entry in every if not in_table(entry.found)]
    parts = [choices.text(family.name)]
    if rules:
        parts += [f"(ref-glance-{family.name})=\n## All rules at a glance", _glance(rules)]
    parts += [
        part
        for title, group in (("The rules", rules), (_rest(family, rules), others))
        if group
        for part in (f"## {title}", _contents(group, rules), *map(entry, group))
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _rest(family: Family, rules: list[Entry]) -> str:
    return "Around the rules" if rules else "Every name"


def _contents(group: list[Entry], rules: list[Entry]) -> str:
    """The names with their first lines, unless the table of rules has them."""
    if group == rules:
        return ""
    return "\n".join(f"- [`{each.name}`](#{each.label}): {_first_line(each)}" for each in group)


def _first_line(each: Entry) -> str:
    words = each.parts["Summary"].split("\n\n")[0].replace("\n", " ")
    return markdown.inline(words, each.package)


def _glance(rules: list[Entry]) -> str:
    rows = [
        (
            f"[`{each.name}`](#{each.label})",
            (state(each.name) or ("", ""))[0],
            *(found.cell(each, framework) for framework in found.TITLES),
        )
        for each in rules
    ]
    head = ("Rule", "Bytes of state", *found.TITLES.values())
    lines = [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows)]
    return "\n".join(
        [
            ":::{div} nnedu-glance",
            *lines,
            ":::",
            "",
            "Bytes of state a parameter, in float32. Under a framework's name stands the largest "
            "deviation of its optimizer from the rule over a long trajectory of hard gradients, in "
            "float64, relative to the largest parameter; where the two follow different "
            "conventions, the rule was given the framework's, and its entry below says how. "
            f"Compared with {found.versions()}.",
        ]
    )


def entry(each: Entry) -> str:
    """One public name."""
    parts = each.parts
    summary = parts["Summary"].strip("\n").split("\n\n", 1)
    blocks = [f"({each.label})=\n### `{each.name}`"]
    blocks.append(f"*nnedu.{each.package}*. {markdown.prose(summary[0], each.package)}")
    if each.is_function or each.is_class:
        blocks.append(markdown.fence(markdown.signature(each)))
    if len(summary) > 1:
        blocks.append(_with_equation(summary[1], each.package))
    kept = state(each.name) if each.package == "optim" else None
    if kept:
        blocks.append(f"**State.** {kept[1][0].upper()}{kept[1][1:]}")
    blocks += [
        f"**{name}**\n\n{markdown.definitions(items(parts[name]), each.package)}"
        for name in LISTS
        if name in parts
    ]
    if "Notes" in parts:
        blocks.append(markdown.prose(parts["Notes"], each.package))
    compared = found.lines(each)
    if compared:
        blocks.append("**Parity.**\n\n" + "\n".join(compared))
    if "Examples" in parts:
        blocks.append(markdown.folded("Example", markdown.prose(parts["Examples"], each.package)))
    if each.is_class and (methods := _methods(each.found, each.package)):
        blocks.append(markdown.folded("Methods", methods))
    if each.is_function or each.is_class:
        blocks.append(markdown.folded("Source code", markdown.fence(source(each.found).text)))
    return "\n\n".join(blocks)


def _with_equation(text: str, package: str) -> str:
    """What follows the first line; the paragraph with the equation is set apart."""
    first, *rest = text.split("\n\n")
    is_equation = first.lstrip().startswith("``")
    shown = markdown.prose(first, package)
    if is_equation:
        shown = f":::{{div}} nnedu-equation\n{shown}\n:::"
    return "\n\n".join([shown, *([markdown.prose("\n\n".join(rest), package)] if rest else [])])


def _methods(cls: Any, package: str) -> str:
    found_: list[str] = []
    for name, method in vars(cls).items():
        plain = getattr(method, "__func__", method)
        if name.startswith("_") or not inspect.getdoc(plain):
            continue
        first = (inspect.getdoc(plain) or "").split("\n\n")[0].replace("\n", " ")
        if inspect.isfunction(plain):
            names = ", ".join(p for p in inspect.signature(plain).parameters if p != "self")
            found_.append(f"- `{name}({names})`: {markdown.inline(first, package)}")
        elif isinstance(method, property):
            found_.append(f"- `{name}`: {markdown.inline(first, package)}")
    return "\n".join(found_)
