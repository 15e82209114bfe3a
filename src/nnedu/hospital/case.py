"""A case of the training hospital, and the findings by which cases are told apart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from nnedu._check import known
from nnedu._typing import Array
from nnedu.hospital.chart import Chart, admit
from nnedu.hospital.patient import Patient


def _of(name: str, reduce: Callable[[Array], float]) -> Callable[[Chart], float]:
    def finding(chart: Chart) -> float:
        series = chart.each.get(name, chart.seen.get(name))
        return float("nan") if series is None or not len(series) else float(reduce(series))

    return finding


def _first(series: Array) -> float:
    return float(series[0])


def _last(series: Array) -> float:
    return float(series[-1])


def _fact(name: str) -> Callable[[Chart], float]:
    return lambda chart: chart.facts[name]


FINDINGS: Mapping[str, Callable[[Chart], float]] = {
    "first loss / ln C": lambda c: _of("training loss", _first)(c) / c.facts["ln C"],
    "median update ratio": _of("update ratio", np.median),
    "highest / median gradient norm": lambda c: (
        _of("gradient norm", np.max)(c) / _of("gradient norm", np.median)(c)
    ),
    "share of updates uphill": _of("uphill", lambda cos: float(np.mean(cos > 0))),
    "variety of a batch": lambda c: (
        (_of("classes in a batch", np.mean)(c) - 1) / (np.exp(c.facts["ln C"]) - 1)
    ),
    "step for ten times the gradient": _of("step for ten times the gradient", _first),
    "loss not finite": lambda c: float(c.diverged),
    "best validation loss / ln C": lambda c: (
        float(np.min(c.seen["validation loss"])) / c.facts["ln C"]
    ),
    "validation loss, last / best": lambda c: (
        _of("validation loss", _last)(c) / _of("validation loss", np.min)(c)
    ),
    "fresh / validation loss": lambda c: (
        _of("fresh loss", _last)(c) / _of("validation loss", _last)(c)
    ),
    "training loss, last / first": lambda c: (
        float(np.mean(c.each["training loss"][-20:])) / float(c.each["training loss"][0])
    ),
    "first / last layer, at first": _of("first / last layer", _first),
    "first / last step, at first": _of("first / last step", _first),
    "saturated, at first": _of("saturated", _first),
    "zeros in the gradient": _of("zeros in the gradient", np.median),
    "gain from averaging": lambda c: (
        1 - float(np.mean(c.seen["averaged / last"][-(2 * len(c.looks) // 5) :]))
    ),
    "validation minus training loss": lambda c: (
        _of("validation loss", _last)(c) - _of("evaluated loss", _last)(c)
    ),
    **{
        name: _of(name, _last)
        for name in (
            "doubled batch / batch",
            "evaluated / trained",
            "slope / gradient",
            "least moved layer",
            "weight norm",
            "units unlike",
            "dead units",
            "activations",
            "least recall",
            "validation accuracy",
            "changes when repeated",
            "draws in evaluation",
            "depends on company",
            "outputs that sum to 1",
            "largest output",
        )
    },
    **{name: _fact(name) for name in ("shared rows", "best single input", "largest input")},
}
"""What a doctor asks of a chart: each a number, or not a number where it cannot be asked."""


@dataclass(frozen=True)
class Sign:
    """A finding beyond a limit.

    Attributes
    ----------
    finding : str
        One of ``FINDINGS``.
    limit : float
    above : bool
        Whether the sign is present above the limit, or below.
    """

    finding: str
    limit: float
    above: bool = True

    def __post_init__(self) -> None:
        known("finding", self.finding, list(FINDINGS))

    def value(self, chart: Chart) -> float:
        """The finding."""
        return FINDINGS[self.finding](chart)

    def present(self, chart: Chart) -> bool:
        """Whether the chart has it; a finding that cannot be had is absent."""
        value = self.value(chart)
        return value > self.limit if self.above else value < self.limit

    def __str__(self) -> str:
        return f"{self.finding} {'>' if self.above else '<'} {self.limit:g}"


@dataclass(frozen=True)
class Case:
    """One way in which training goes wrong.

    Attributes
    ----------
    id, ward, title : str
    symptom : str
        What is seen.
    cause : str
        What it is.
    cure : str
        What helps.
    build : callable
        ``build(broken, rng) -> Patient``: the broken code, or the same code mended.
    shows : str
        The series that gives it away.
    signs : tuple of Sign
        The first is the telling one; all must be present.
    """

    id: str
    ward: str
    title: str
    symptom: str
    cause: str
    cure: str
    build: Callable[[bool, np.random.Generator], Patient]
    shows: str
    signs: tuple[Sign, ...]

    def run(self, *, broken: bool = True, seed: int = 0) -> Chart:
        """Train it and write its chart; broken and cured draw the same numbers where they can."""
        return admit(self.build(broken, np.random.default_rng(seed)))

    def sick(self, chart: Chart) -> bool:
        """Whether a chart shows all signs of this case."""
        return all(sign.present(chart) for sign in self.signs)
