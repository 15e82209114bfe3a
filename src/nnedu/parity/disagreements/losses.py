"""Losses and penalties."""

import warnings
from typing import Any

import numpy as np

from nnedu.parity.disagreements.disagreement import Disagreement, sides
from nnedu.parity.disagreements.one_step import torch_steps
from nnedu.parity.frameworks import framework

FAMILY = "losses"


def _penalty_keras(keras: Any) -> float:
    """The gradient of Keras's L2 penalty at a weight of 1."""
    tensorflow = framework(keras.config.backend())
    at = tensorflow.constant([1.0])
    with tensorflow.GradientTape() as tape:
        tape.watch(at)
        penalty = keras.regularizers.L2(0.25)(at)
    return float(tape.gradient(penalty, at)[0])


def _divergence_torch(torch: Any) -> float:
    y, target = torch.tensor([[0.5, 0.5]]), torch.tensor([[0.75, 0.25]])
    with warnings.catch_warnings():  # that it is not what most people want
        warnings.simplefilter("ignore")
        return float(torch.nn.KLDivLoss()(y.log(), target))


DISAGREEMENTS: tuple[Disagreement, ...] = (
    Disagreement(
        "certain-and-wrong",
        "A probability of 0",
        FAMILY,
        "The logarithm of a probability of 0 is cut off where the loss takes probabilities, and "
        "each framework cuts elsewhere.",
        "Binary cross-entropy of a probability of 0 where the answer is 1.",
        sides(
            {
                "keras": (
                    "keras.losses.BinaryCrossentropy()",
                    16.12,
                    lambda k: float(k.losses.BinaryCrossentropy()(np.ones(1), np.zeros(1))),
                ),
                "torch": (
                    "torch.nn.BCELoss()",
                    100.0,
                    lambda t: float(t.nn.BCELoss()(t.zeros(1), t.ones(1))),
                ),
            }
        ),
        "Hand the loss logits (`from_logits=True`, `BCEWithLogitsLoss`): it is exact, and its "
        "gradient does not vanish.",
    ),
    Disagreement(
        "logits-or-probabilities",
        "Logits or probabilities",
        FAMILY,
        "Keras's cross-entropies take probabilities unless told `from_logits=True`; PyTorch's "
        "and Optax's take logits. Handed logits by mistake, Keras cuts them off at 0 and 1, and "
        "goes on without a word.",
        "Cross-entropy of the values (2, 1) where the answer is the first class.",
        sides(
            {
                "keras": (
                    "keras.losses.SparseCategoricalCrossentropy()",
                    0.6931,
                    lambda k: float(
                        k.losses.SparseCategoricalCrossentropy()(
                            np.zeros(1), np.array([[2.0, 1.0]])
                        )
                    ),
                ),
                "torch": (
                    "torch.nn.CrossEntropyLoss()",
                    0.3133,
                    lambda t: float(t.nn.CrossEntropyLoss()(t.tensor([[2.0, 1.0]]), t.tensor([0]))),
                ),
                "optax": (
                    "optax.softmax_cross_entropy_with_integer_labels",
                    0.3133,
                    lambda o: float(
                        o.softmax_cross_entropy_with_integer_labels(
                            np.array([[2.0, 1.0]]), np.array([0])
                        )[0]
                    ),
                ),
            }
        ),
        "Say `from_logits=True` in Keras, and end the network without a softmax.",
    ),
    Disagreement(
        "divergence-mean",
        "The mean of a divergence",
        FAMILY,
        "`torch.nn.KLDivLoss()` averages over every entry, not over the examples, unless told "
        "`reduction='batchmean'`: it is smaller by the number of classes.",
        "Divergence of (3/4, 1/4) from (1/2, 1/2).",
        sides(
            {
                "keras": (
                    "keras.losses.KLDivergence()",
                    0.13081,
                    lambda k: float(
                        k.losses.KLDivergence()(np.array([[0.75, 0.25]]), np.array([[0.5, 0.5]]))
                    ),
                ),
                "torch": ("torch.nn.KLDivLoss()", 0.0654, _divergence_torch),
                "optax": (
                    "optax.losses.kl_divergence",
                    0.13081,
                    lambda o: float(
                        o.losses.kl_divergence(
                            np.log(np.array([[0.5, 0.5]])), np.array([[0.75, 0.25]])
                        ).mean()
                    ),
                ),
            }
        ),
        "Give `reduction='batchmean'`.",
    ),
    Disagreement(
        "squares-halved",
        "Half a square",
        FAMILY,
        "Optax has half the squared error too, under a name that says so; its gradient is the "
        "error itself. Elsewhere, and here, the mean of squares has twice that.",
        "The loss of an error of 2.",
        sides(
            {
                "keras": (
                    "keras.losses.MeanSquaredError()",
                    4.0,
                    lambda k: float(
                        k.losses.MeanSquaredError()(np.zeros((1, 1)), 2 * np.ones((1, 1)))
                    ),
                ),
                "torch": (
                    "torch.nn.MSELoss()",
                    4.0,
                    lambda t: float(t.nn.MSELoss()(2 * t.ones(1), t.zeros(1))),
                ),
                "optax": (
                    "optax.l2_loss",
                    2.0,
                    lambda o: float(o.l2_loss(2 * np.ones(1), np.zeros(1))[0]),
                ),
            }
        ),
        "Double the learning rate for `l2_loss`, or use `optax.squared_error`.",
    ),
    Disagreement(
        "penalty-gradient",
        "The factor 2 of an L2 penalty",
        FAMILY,
        "An L2 penalty of `lambda` is `lambda w**2` in Keras, whose gradient is `2 lambda w`; "
        "PyTorch's `weight_decay` adds `weight_decay w` to the gradient.",
        "What is added to the gradient of a weight of 1 at a strength of 0.25.",
        sides(
            {
                "keras": ("keras.regularizers.L2(0.25)", 0.5, _penalty_keras),
                "torch": (
                    "torch.optim.SGD(weight_decay=0.25)",
                    0.25,
                    lambda t: (
                        1
                        - float(
                            torch_steps(
                                lambda t, p: t.optim.SGD(p, 1.0, weight_decay=0.25), [1.0], [[0.0]]
                            )(t)[0]
                        )
                    ),
                ),
            }
        ),
        "Halve the strength when you go from PyTorch's decay to Keras's penalty.",
    ),
)
