"""The page "Conventions: where the frameworks differ", from the data that tests hold."""

from __future__ import annotations

from nnedu.parity.disagreements import DISAGREEMENTS, Disagreement
from nnedu.parity.report import Result
from nnedu.parity.tensors import DEPARTURES
from tools.reference import found, markdown
from tools.reference.entries import find

FAMILIES = {
    "losses": "Losses",
    "activations": "Activations",
    "layers": "Layers",
    "optimizers": "Optimizers",
    "tensors": "Optimizers that see whole tensors, and methods that ask for the loss",
    "schedules": "Schedules and clipping",
    "pruning": "Pruning",
    "quantization": "Quantization",
}
TABLES = {"closures": "tensors", "clipping": "schedules"}
"""Tables of the report that share a family's section."""


def text() -> str:
    """All sections."""
    parts = [f"Compared: {found.versions()}."]
    for family, title in FAMILIES.items():
        section = _section(family)
        if section:
            parts += [f"(conventions-{family})=\n## {title}", *section]
    return "\n\n".join(parts) + "\n"


def _section(family: str) -> list[str]:
    apart = [each for each in DISAGREEMENTS if each.family == family]
    results = [
        r for r in found.report().results if TABLES.get(r.table, r.table) == family and r.sentence
    ]
    parts = []
    if apart:
        parts += [_example(each) for each in apart]
    if results:
        parts += [
            "### What brings the two together" if apart else "### What has to be said",
            _adapters(results, family),
        ]
    return parts


def _example(each: Disagreement) -> str:
    values = "\n".join(
        f"- {_value(side.value)}: {side.title}, `{side.theirs}`" for side in each.sides
    )
    return (
        f"(disagreement-{each.id})=\n### {each.title}\n\n{each.what}\n\n"
        f"*{each.example}*\n\n{values}\n\n**What to do.** {each.advice}"
    )


def _value(value: float) -> str:
    return f"{value:g}"


def _adapters(results: list[Result], family: str) -> str:
    """One row a convention: what differs, whom it concerns, how far apart without it."""
    rows: dict[str, list[Result]] = {}
    for result in results:
        rows.setdefault(result.sentence, []).append(result)
    body = []
    for sentence, group in rows.items():
        names = list(dict.fromkeys(name for r in group for name in r.names))
        links = ", ".join(_link(name) for name in names)
        who = ", ".join(dict.fromkeys(found.title(r.framework, r.table) for r in group))
        without = [r.without for r in group if r.without is not None]
        within = found.number(max(r.deviation for r in group))
        far = (
            f"{found.number(max(without))} apart without it, {within} with it"
            if without
            else f"{within} apart with it"
        )
        body.append((f"**{group[0].adapter}**: {sentence}", f"{who}: {links}", far))
    if family == "tensors":
        body += [
            (
                f"**as shipped**: {each.sentence}",
                f"{found.TITLES[each.framework]}: {_link(f'optim.{each.rule}')}",
                f"between {found.number(each.least)} and {found.number(each.most)} apart",
            )
            for each in DEPARTURES
        ]
    return markdown.table(("Convention", "Concerns", "How far"), body)


def _link(name: str) -> str:
    entry = find(name)
    return f"[`{entry.name}`](#{entry.label})" if entry else f"`{name}`"
