"""Losses beside the frameworks'."""

import numpy as np

from nnedu import losses
from nnedu.parity.functions.function import Function, loss, optax_loss

_rng = np.random.default_rng(7)
_LOGITS = np.concatenate([_rng.normal(size=(5, 4)), 30 * _rng.normal(size=(3, 4))])
_CLASSES = _rng.integers(4, size=8)
_Z = np.concatenate([_rng.normal(size=6), [35.0, -35.0]])
_Y = np.array([0.0, 1.0, 1.0, 0.0, 0.25, 1.0, 0.0, 0.0])
_P, _T = _rng.normal(size=(2, 5, 3))

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
    ),
}
