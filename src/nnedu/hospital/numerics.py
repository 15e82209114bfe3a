"""The ward of numerics: sixteen bits have a largest and a smallest number."""

import numpy as np

from nnedu._typing import Array
from nnedu.hospital.case import Case, Sign
from nnedu.hospital.patient import Patient, patient
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import tanh
from nnedu.optim import Optimizer
from nnedu.quantization.half import float16

WARD = "numerics"
WEIGHT = 1e-6


def underflow(broken: bool, rng: np.random.Generator) -> Patient:
    """Gradients in float16 of a loss that counts little; Adam would not mind its size."""
    scale = 1.0 if broken else 2.0**18
    sick = patient(rng, activation=tanh, optimizer=Optimizer("adam", lr=0.01, eps=1e-14))
    net = sick.net

    def half(theta: Array, x: Array, labels: Array) -> tuple[float, Array]:
        outputs, backward = net.forward(theta, x)
        loss, d = softmax_cross_entropy(outputs, labels)
        return loss, float16(backward(float16(scale * WEIGHT * d))) / scale

    sick.objective = half
    return sick


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def naive_softmax(outputs: Array, labels: Array) -> tuple[float, Array]:
    """Cross-entropy in float16 by the textbook's formula: exponentials first."""
    e = float16(np.exp(outputs))
    p = float16(e / float16(e.sum(axis=1, keepdims=True)))
    rows = np.arange(len(labels))
    d = p.copy()
    d[rows, labels] -= 1
    return float(-np.mean(np.log(p[rows, labels]))), d / len(labels)


def overflow(broken: bool, rng: np.random.Generator) -> Patient:
    """A softmax in float16 that does not subtract the largest logit first."""

    return patient(
        rng, loss=naive_softmax if broken else softmax_cross_entropy, lr=0.5, steps=320, every=40
    )


CASES = (
    Case(
        "float16-underflow",
        WARD,
        "Silence",
        "The loss stays where it started, with no error and no warning.",
        "The gradients are below float16's smallest number and become 0.",
        "Multiply the loss by a constant before the backward pass and divide the gradient by it "
        "afterwards, in float32: loss scaling.",
        underflow,
        "zeros in the gradient",
        (Sign("zeros in the gradient", 0.9),),
    ),
    Case(
        "float16-overflow",
        WARD,
        "Out of the blue",
        "The loss falls as it should, and one update later it is not a number.",
        "An exponential beyond 65,504 is infinite in float16, and infinity over infinity is not a "
        "number.",
        "Subtract the largest logit first; keep losses in float32.",
        overflow,
        "largest output",
        (Sign("loss not finite", 0.5),),
    ),
)
"""The patients of this ward."""
