"""What the comparison with the frameworks found, in words for a page."""

from __future__ import annotations

from functools import cache

from nnedu.parity.pairs import ABSENT, DEPARTED, ELSEWHERE
from nnedu.parity.report import Result, Saved, load_report
from nnedu.parity.tensors import TENSOR_ABSENT
from tools.reference.entries import Entry, find

TITLES = {"keras": "Keras", "torch": "PyTorch", "optax": "Optax"}


@cache
def report() -> Saved:
    """The record that tests hold against the tables."""
    return load_report()


def number(value: float) -> str:
    """A deviation, as short as it is meaningful."""
    return "0" if value == 0 else f"{value:.0e}".replace("e-0", "e-")


def versions() -> str:
    """What was compared, and when."""
    about = report().about
    v = about["versions"]
    return (
        f"Keras {v['keras']} on TensorFlow {v['tensorflow']} and Optax {v['optax']} on JAX "
        f"{v['jax']} ({about['date']}), PyTorch {about['torch']} (recorded {about['torch_date']})"
    )


def title(framework: str, table: str) -> str:
    """The framework's name; activations and layers are JAX's own, not Optax's."""
    if framework == "optax" and table in {"activations", "layers"}:
        return "JAX"
    return TITLES[framework]


def cell(entry: Entry, framework: str) -> str:
    """One number for a table of rules."""
    name = entry.name
    results = [r for r in report().of(entry.qualified) if r.framework == framework]
    if results:
        return number(max(r.deviation for r in results))
    if (name, framework) in ELSEWHERE:
        other = find(f"optim.{ELSEWHERE[name, framework]}")
        return f"[other form](#{other.label})" if other else "other form"
    if (name, framework) in DEPARTED:
        return "[departs](#disagreement-schedule-free-keras)"
    return "has none" if (name, framework) in ABSENT | TENSOR_ABSENT else "not compared"


def lines(entry: Entry) -> list[str]:
    """A line for each framework and convention."""
    found: dict[tuple[str, str, str], list[Result]] = {}
    for result in report().of(entry.qualified):
        key = (title(result.framework, result.table), result.theirs, result.sentence)
        found.setdefault(key, []).append(result)
    return [_line(*key, results) for key, results in found.items()]


def _line(framework: str, theirs: str, sentence: str, results: list[Result]) -> str:
    worst = max(results, key=lambda r: r.deviation)
    where = f" `{theirs}`" if theirs else ""
    float32 = " (computed there in float32)" if worst.tolerance > 1e-9 else ""
    line = f"- {framework}{where}: largest deviation {number(worst.deviation)}{float32}."
    if sentence:
        line += f" {sentence}"
    parts = [r.without for r in results if r.without is not None]
    if parts:
        line += f" Without this it would be {number(max(parts))}."
    return line
