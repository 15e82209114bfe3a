"""What to measure before a run is trained to its end, and what to write about it afterwards."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import TypeAlias

import numpy as np

from nnedu._typing import Array
from nnedu.hospital.case import Case
from nnedu.hospital.chart import Chart, admit
from nnedu.hospital.diagnosis import CASES, STAGES
from nnedu.hospital.patient import Patient

Pair: TypeAlias = tuple[Chart, Chart]
"""The charts of the broken and of the cured run."""


def one_batch(patient: Patient, *, steps: int = 100) -> float:
    """The loss after training on nothing but the first batch: any healthy code learns it by heart.

    Parameters
    ----------
    patient : Patient
        Used up.
    steps : int, at least 1

    Returns
    -------
    float
        The mean of the last five losses over the first.
    """
    batch = next(patient.batches)
    same: Iterator[tuple[Array, ...]] = repeat(batch)
    patient.batches, patient.steps, patient.every = same, steps, steps
    losses = admit(patient).each["training loss"]
    return float(np.mean(losses[-5:]) / losses[0])


def history(build: Callable[[np.random.Generator], Patient], *, seed: int = 0) -> dict[str, float]:
    """The measurements to take first.

    Parameters
    ----------
    build : callable
        ``build(rng) -> Patient``; called for each run anew.
    seed : int

    Returns
    -------
    dict of str to float
        The first loss over ``ln C``; what is left of one batch's loss after 100 updates on it; the
        lowest slope over gradient; the median update ratio; validation and training loss.
    """
    chart = admit(build(np.random.default_rng(seed)))
    return {
        "first loss / ln C": float(chart.each["training loss"][0]) / chart.facts["ln C"],
        "one batch, left of its loss": one_batch(build(np.random.default_rng(seed))),
        "slope / gradient, lowest layer": float(chart.seen["slope / gradient"][-1]),
        "median update ratio": float(np.median(chart.each["update ratio"])),
        "training loss": float(chart.seen["evaluated loss"][-1]),
        "validation loss": float(chart.seen["validation loss"][-1]),
    }


def entries(cases: Sequence[Case], charts: Mapping[str, Pair]) -> str:
    """Each case as MyST: what is seen in plain sight, what it is and what helps folded away.

    Parameters
    ----------
    cases : sequence of Case
    charts : dict of str to (Chart, Chart)
        By id.

    Returns
    -------
    str
    """
    found = []
    for case in cases:
        tells = case.signs[0]
        sick, cured = (tells.value(chart) for chart in charts[case.id])
        found.append(
            f"**{number(case)}. {case.title}.** {case.symptom}\n\n"
            f"````{{admonition}} Diagnosis\n:class: dropdown\n"
            f"**{words(case)}.** {case.cause} *Cure:* {case.cure}\n\n"
            f"*Tells:* {tells.finding} is {sick:.2g} here and {cured:.2g} when cured; "
            f"suspect it {'above' if tells.above else 'below'} {tells.limit:g}.\n````"
        )
    return "\n\n".join(found)


def number(case: Case) -> int:
    """The case's number in the book, from 1."""
    return 1 + CASES.index(case)


def words(case: Case) -> str:
    """The id as words."""
    text = case.id.replace("-", " ").capitalize()
    for plain, proper in (("Lr ", "lr "), ("relus", "ReLUs"), ("Batchnorm", "BatchNorm")):
        text = text.replace(plain, proper)
    return text


PLAINLY: Mapping[str, str] = {
    "largest input": "root mean square of the largest input feature",
    "best single input": "share of one feature's variance that the label explains",
    "shared rows": "share of validation rows that are training rows",
    "variety of a batch": "classes in a batch beyond the first, over all classes but one",
    "outputs that sum to 1": "share of output rows that sum to 1",
    "draws in evaluation": "difference of two predictions for the same inputs, over their size",
    "changes when repeated": "difference of two evaluations in a row",
    "depends on company": "an example's output alone and among others: difference over size",
    "evaluated / trained": "loss of the same examples by evaluation code, over training code",
    "loss not finite": "the loss is not finite, though its last values fell",
    "doubled batch / batch": "loss of a batch handed over twice at once, over its loss",
    "slope / gradient": "finite difference along an array's gradient over its length, the lowest",
    "dead units": "share of hidden units at 0 for every example",
    "units unlike": "how far hidden units differ, over the size of their weights",
    "least moved layer": "how far the slowest layer has moved, over its length",
    "first loss / ln C": "first loss over ln C",
    "first / last step, at first": "gradient at the first step of time over the last, at first",
    "saturated, at first": "share of activations near their bounds, at first",
    "zeros in the gradient": "share of gradient entries that are 0",
    "first / last layer, at first": "gradient of the first layer over that of the last, at first",
    "step for ten times the gradient": "Adam's first step for ten times the gradient, over for one",
    "median update ratio": "update over weights, the median",
    "share of updates uphill": "share of updates that point uphill on their own batch",
    "weight norm": "weights now over weights at first",
    "least recall": "recall of the worst class",
    "best validation loss / ln C": "lowest validation loss over ln C",
    "validation minus training loss": "validation minus training loss",
    "gain from averaging": "training loss saved by averaging the last weights",
}
"""The findings in words, for the page from symptom to cause."""

SERIES: Mapping[str, str] = {
    "uphill": "cosine of step and gradient",
    "averaged / last": "loss, averaged / last weights",
    "slope / gradient": "measured slope / gradient",
    "least moved layer": "change of the stillest layer",
    "weight norm": "weights, now / at first",
    "dead units": "share of dead units",
    "saturated": "share of saturated units",
    "units unlike": "difference between units",
    "activations": "size of activations",
    "first / last layer": "gradient, first / last layer",
    "first / last step": "slope, first / last step",
    "fresh / validation": "loss, fresh / validation",
    "least recall": "recall of the worst class",
    "draws in evaluation": "same input, outputs differ",
    "depends on company": "alone or in a batch: differ",
    "evaluated / trained": "loss, evaluated / trained",
    "outputs that sum to 1": "outputs that sum to 1 (share)",
    "changes when repeated": "loss, change when repeated",
    "zeros in the gradient": "zeros in gradient (share)",
    "largest output": "largest logit",
}
"""The series under the losses in words, for the charts."""


def decision_table() -> str:
    """From symptom to cause on one page: the questions in their order, as a Markdown table.

    Returns
    -------
    str
    """
    by_id = {case.id: case for case in CASES}
    lines = ["| measure | suspect | it is | no. |", "|---|---|---|---|"]
    for position, (question, ids) in enumerate(STAGES.items(), start=1):
        lines.append(f"| **{position}. {question}** | | | |")
        for each in ids:
            case = by_id[each]
            tells, *others = case.signs
            limit = f"{'above' if tells.above else 'below'} {tells.limit:g}"
            for other in others:
                limit += f", and {other}" if other.finding != tells.finding else ""
            said = PLAINLY[tells.finding]
            lines.append(f"| {said} | {limit} | {words(case)} | {number(case)} |")
    return "\n".join(lines)
