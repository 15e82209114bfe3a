"""From symptom to cause: the cases in the order in which to rule them out."""

from nnedu.hospital import data, evaluation, initialisation, numerics, optimization
from nnedu.hospital.case import Case
from nnedu.hospital.chart import Chart

CASES: tuple[Case, ...] = (
    *optimization.CASES,
    *initialisation.CASES,
    *data.CASES,
    *evaluation.CASES,
    *numerics.CASES,
)
"""All patients, ward by ward."""

HEALTHY = "healthy"
"""What is said of a chart with no case's signs."""

STAGES: dict[str, tuple[str, ...]] = {
    "Are the data what you think they are?": (
        "unscaled-inputs",
        "leaking-feature",
        "shared-rows",
        "sorted-data",
    ),
    "Does the evaluation judge this model, on these examples?": (
        "softmax-twice",
        "dropout-left-on",
        "augmented-validation",
        "batchnorm-mode",
        "batchnorm-statistics",
    ),
    "Is the gradient that of the loss?": (
        "float16-overflow",
        "sum-for-mean",
        "sign-of-a-layer",
        "gradients-not-zeroed",
    ),
    "Does the signal reach every unit, and the gradient every layer?": (
        "dead-relus",
        "equal-start",
        "frozen-layer",
        "start-too-large",
        "forgetful-cell",
        "exploding-cell",
        "saturated-sigmoids",
        "float16-underflow",
        "deep-sigmoids",
    ),
    "Is the step of the right size?": (
        "adam-epsilon",
        "lr-too-high",
        "lr-too-low",
        "momentum-too-high",
        "decay-too-strong",
    ),
    "Does it learn what it should?": (
        "rare-class",
        "shifted-labels",
        "too-little-data",
        "no-lr-decay",
    ),
}
"""The questions in the order in which to ask them, and the cases that each can find.

The order matters: what makes a run sick early on causes the signs of later questions, too.
"""


def presence(chart: Chart) -> tuple[str, ...]:
    """The ids of all cases whose signs a chart shows, in the order of the questions.

    Parameters
    ----------
    chart : Chart

    Returns
    -------
    tuple of str
    """
    by_id = {case.id: case for case in CASES}
    order = [each for stage in STAGES.values() for each in stage]
    return tuple(each for each in order if by_id[each].sick(chart))


def diagnose(chart: Chart) -> str:
    """Name the cause: the first case whose signs are all there.

    It knows the causes of this hospital and supposes that one of them is at work, or none.

    Parameters
    ----------
    chart : Chart

    Returns
    -------
    str
        A case's id, or ``HEALTHY``.
    """
    return next(iter(presence(chart)), HEALTHY)
