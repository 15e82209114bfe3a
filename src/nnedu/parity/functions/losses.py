"""Losses beside the frameworks'."""

from typing import Any

import numpy as np

from nnedu import losses
from nnedu.parity.functions.function import Function, loss, optax_loss
from nnedu.parity.pairs import Adapter

_rng = np.random.default_rng(7)
_LOGITS = np.concatenate([_rng.normal(size=(5, 4)), 30 * _rng.normal(size=(3, 4))])
_CLASSES = _rng.integers(4, size=8)
_Z = np.concatenate([_rng.normal(size=6), [35.0, -35.0]])
_Y = np.array([0.0, 1.0, 1.0, 0.0, 0.25, 1.0, 0.0, 0.0])
_P, _T = _rng.normal(size=(2, 5, 3))
# Errors of 0 and of exactly delta, where conventions could differ, small ones and large ones.
_E = np.array([[0.0, 0.5, -0.5], [0.25, -3.0, 1e4], [1e-9, -0.125, 0.0]])
_CENTRE = np.array([[1.0, -2.0, 0.5], [4.0, 8.0, 0.0], [0.0, 2.0, -0.25]])

ONE_HOT = Adapter(
    "one-hot labels",
    "Keras smooths labels that are one-hot only (CategoricalCrossentropy).",
)
SMOOTH_FIRST = Adapter(
    "labels smoothed first",
    "Optax's losses have no label smoothing: optax.smooth_labels changes the one-hot labels.",
)
BY_HAND = Adapter(
    "labels smoothed by hand",
    "PyTorch and Optax smooth no binary labels: given (1 - s) y + s / 2 as the label.",
)
MEAN_BY_HAND = Adapter(
    "mean taken by hand",
    "Optax's losses return one number an example; the mean is yours to take.",
)

SQUARED = Adapter(
    "times T squared",
    "No framework has the loss of distillation: its divergence of softened log-probabilities, "
    "times T squared.",
)
PROBABILITIES = Adapter(
    "from probabilities",
    "As the others; and Keras's divergence takes probabilities, which it clips at 1e-7.",
)


def _one_hot(k: Any, labels: Any) -> Any:
    return k.ops.one_hot(labels, 4, dtype="float64")


LOSSES: dict[str, Function] = {
    "mse": Function(
        loss(losses.mse),
        (_P,),
        {
            "keras": lambda k, y, t: k.losses.MeanSquaredError(dtype="float64")(t, y),
            "torch": lambda t, y, targets: t.nn.MSELoss()(y, targets),
            "optax": lambda j, y, t: optax_loss("squared_error")(y, t).mean(),
        },
        (_T,),
        adapters={"optax": MEAN_BY_HAND},
    ),
    "mae": Function(
        loss(losses.mae),
        (_CENTRE + _E,),
        {
            "keras": lambda k, y, t: k.losses.MeanAbsoluteError(dtype="float64")(t, y),
            "torch": lambda t, y, targets: t.nn.L1Loss()(y, targets),
        },
        (_CENTRE,),
    ),
    "huber": Function(
        loss(losses.huber),
        (_CENTRE + _E,),
        {
            "keras": lambda k, y, t, delta: k.losses.Huber(np.float64(delta), dtype="float64")(
                t, y
            ),
            "torch": lambda t, y, targets, delta: t.nn.HuberLoss(delta=delta)(y, targets),
            "optax": lambda j, y, t, delta: optax_loss("huber_loss")(y, t, delta=delta).mean(),
        },
        (_CENTRE,),
        {"delta": 0.5},
        adapters={"optax": MEAN_BY_HAND},
    ),
    "binary_cross_entropy": Function(
        loss(losses.binary_cross_entropy),
        (_Z,),
        {
            "keras": lambda k, z, y: k.losses.BinaryCrossentropy(from_logits=True, dtype="float64")(
                y, z
            ),
            "torch": lambda t, z, y: t.nn.BCEWithLogitsLoss()(z, y),
            "optax": lambda j, z, y: optax_loss("sigmoid_binary_cross_entropy")(z, y).mean(),
        },
        (_Y,),
        adapters={"optax": MEAN_BY_HAND},
    ),
    "binary_cross_entropy, smoothed": Function(
        loss(losses.binary_cross_entropy),
        (_Z,),
        {
            "keras": lambda k, z, y, label_smoothing: k.losses.BinaryCrossentropy(
                from_logits=True, label_smoothing=np.float64(label_smoothing), dtype="float64"
            )(y, z),
            "torch": lambda t, z, y, label_smoothing: t.nn.BCEWithLogitsLoss()(
                z, (1 - label_smoothing) * y + label_smoothing / 2
            ),
            "optax": lambda j, z, y, label_smoothing: optax_loss("sigmoid_binary_cross_entropy")(
                z, (1 - label_smoothing) * y + label_smoothing / 2
            ).mean(),
        },
        (_Y,),
        {"label_smoothing": 0.125},
        adapters={"torch": BY_HAND, "optax": BY_HAND},
    ),
    "softmax_cross_entropy": Function(
        loss(losses.softmax_cross_entropy),
        (_LOGITS,),
        {
            "keras": lambda k, z, y: k.losses.SparseCategoricalCrossentropy(
                from_logits=True, dtype="float64"
            )(y, z),
            "torch": lambda t, z, y: t.nn.CrossEntropyLoss()(z, y),
            "optax": lambda j, z, y: optax_loss("softmax_cross_entropy_with_integer_labels")(
                z, y
            ).mean(),
        },
        (_CLASSES,),
        adapters={"optax": MEAN_BY_HAND},
    ),
    "softmax_cross_entropy, smoothed": Function(
        loss(losses.softmax_cross_entropy),
        (_LOGITS,),
        {
            "keras": lambda k, z, y, label_smoothing: k.losses.CategoricalCrossentropy(
                from_logits=True, label_smoothing=np.float64(label_smoothing), dtype="float64"
            )(_one_hot(k, y), z),
            "torch": lambda t, z, y, label_smoothing: t.nn.CrossEntropyLoss(
                label_smoothing=label_smoothing
            )(z, y),
            "optax": lambda j, z, y, label_smoothing: optax_loss("softmax_cross_entropy")(
                z, optax_loss("smooth_labels")(j.nn.one_hot(y, 4), label_smoothing)
            ).mean(),
        },
        (_CLASSES,),
        {"label_smoothing": 0.125},
        adapters={"keras": ONE_HOT, "optax": SMOOTH_FIRST},
    ),
    "distillation": Function(
        loss(losses.distillation),
        (_rng.normal(size=(6, 4)),),
        {
            "keras": lambda k, z, v, temperature: (
                temperature**2
                * k.losses.KLDivergence(dtype="float64")(
                    k.ops.softmax(v / temperature), k.ops.softmax(z / temperature)
                )
            ),
            "torch": lambda t, z, v, temperature: (
                temperature**2
                * t.nn.KLDivLoss(reduction="batchmean", log_target=True)(
                    t.log_softmax(z / temperature, 1), t.log_softmax(v / temperature, 1)
                )
            ),
            "optax": lambda j, z, v, temperature: (
                temperature**2
                * optax_loss("losses")
                .kl_divergence_with_log_targets(
                    j.nn.log_softmax(z / temperature), j.nn.log_softmax(v / temperature)
                )
                .mean()
            ),
        },
        (2 * _rng.normal(size=(6, 4)),),
        {"temperature": 2.5},
        {"keras": PROBABILITIES, "torch": SQUARED, "optax": SQUARED},
    ),
}
