"""Normalisations beside the frameworks'."""

from functools import partial
from typing import Any

import numpy as np

from nnedu import nn
from nnedu._typing import Array
from nnedu.parity.functions.function import Function, keras_call, layer
from nnedu.parity.pairs import Adapter

_rng = np.random.default_rng(9)
# Small, so that epsilon counts.
_ROWS = (0.2 * _rng.normal(size=(6, 5)), *_rng.normal(size=(2, 5)))
_IMAGES = (0.2 * _rng.normal(size=(3, 2, 4, 6)), *_rng.normal(size=(2, 6)))
_SEEN = (_rng.normal(size=6), _rng.uniform(0.1, 2, size=6))
_NORM = {"eps": 0.01}

CHANNELS_FIRST = Adapter("channels first", "PyTorch's images are (N, C, H, W): transposed.")
SCALED_AFTER = Adapter(
    "scaled afterwards", "jax.nn.standardize has no scale and shift: applied to what it returns."
)
BIASED = Adapter(
    "running variance biased", "Keras remembers the biased variance of the batch: correction=0."
)
UNBIASED = Adapter(
    "running variance unbiased",
    "PyTorch remembers the unbiased variance of the batch: correction=1. Its momentum is 1 minus "
    "this library's and Keras's.",
)


def _first(x: Any) -> Any:
    return x.movedim(-1, 1)


def _last(x: Any) -> Any:
    return x.movedim(1, -1)


def _batch_norm(*given: Array, eps: float) -> tuple[Any, tuple[Array, ...]]:
    y, backward, *_ = nn.batch_norm(*given, eps=eps)
    return layer(lambda: (y, backward))()


def _inference(*given: Array, eps: float) -> tuple[Any, tuple[Array, ...]]:
    y, backward = nn.batch_norm_inference(*given, eps=eps)
    return layer(lambda: (y, backward))()


def _running(x: Array, mean: Array, var: Array, momentum: float, correction: int) -> Any:
    one, zero = np.ones(6), np.zeros(6)
    *_, mean, var = nn.batch_norm(x, one, zero, mean, var, momentum=momentum, correction=correction)
    return np.stack([mean, var]), ()


def _keras_batch_norm(
    k: Any, x: Any, gamma: Any, beta: Any, mean: Any, var: Any, eps: float, training: bool
) -> Any:
    made = k.layers.BatchNormalization(epsilon=eps, dtype="float64")
    return keras_call(made, x, (gamma, beta), (mean, var), training=training)[0]


def _torch_batch_norm(
    t: Any, x: Any, gamma: Any, beta: Any, mean: Any, var: Any, eps: float, training: bool
) -> Any:
    apply, seen = t.nn.functional.batch_norm, (mean.clone(), var.clone())
    return _last(apply(_first(x), *seen, gamma, beta, training=training, eps=eps))


def _keras_running(k: Any, x: Any, mean: Any, var: Any, momentum: float) -> Any:
    made = k.layers.BatchNormalization(momentum=momentum, dtype="float64")
    one = k.ops.ones(6, dtype="float64")
    return k.ops.stack(keras_call(made, x, (one, 0 * one), (mean, var), training=True)[1])


def _torch_running(t: Any, x: Any, mean: Any, var: Any, momentum: float) -> Any:
    seen = mean.clone(), var.clone()
    t.nn.functional.batch_norm(_first(x), *seen, training=True, momentum=1 - momentum)
    return t.stack(seen)


NORMALIZATIONS: dict[str, Function] = {
    "layer_norm": Function(
        layer(nn.layer_norm),
        _ROWS,
        {
            "keras": lambda k, x, gamma, beta, eps: keras_call(
                k.layers.LayerNormalization(epsilon=eps, dtype="float64"), x, (gamma, beta)
            )[0],
            "torch": lambda t, x, gamma, beta, eps: t.nn.functional.layer_norm(
                x, (5,), gamma, beta, eps
            ),
            "optax": lambda j, x, gamma, beta, eps: gamma * j.nn.standardize(x, epsilon=eps) + beta,
        },
        numbers=_NORM,
        adapters={"optax": SCALED_AFTER},
    ),
    "rms_norm": Function(
        layer(nn.rms_norm),
        _ROWS[:2],
        {
            "keras": lambda k, x, gamma, eps: keras_call(
                k.layers.RMSNormalization(epsilon=eps, dtype="float64"), x, (gamma,)
            )[0],
            "torch": lambda t, x, gamma, eps: t.nn.functional.rms_norm(x, (5,), gamma, eps),
        },
        numbers=_NORM,
    ),
    "group_norm": Function(
        layer(lambda *given, eps: nn.group_norm(*given, groups=3, eps=eps)),
        _IMAGES,
        {
            "keras": lambda k, x, gamma, beta, eps: keras_call(
                k.layers.GroupNormalization(3, epsilon=eps, dtype="float64"), x, (gamma, beta)
            )[0],
            "torch": lambda t, x, gamma, beta, eps: _last(
                t.nn.functional.group_norm(_first(x), 3, gamma, beta, eps)
            ),
        },
        numbers=_NORM,
        adapters={"torch": CHANNELS_FIRST},
    ),
    "batch_norm": Function(
        _batch_norm,
        _IMAGES,
        {
            "keras": partial(_keras_batch_norm, training=True),
            "torch": partial(_torch_batch_norm, training=True),
        },
        _SEEN,
        _NORM,
        {"torch": CHANNELS_FIRST},
    ),
    "batch_norm_inference": Function(
        _inference,
        _IMAGES,
        {
            "keras": partial(_keras_batch_norm, training=False),
            "torch": partial(_torch_batch_norm, training=False),
        },
        _SEEN,
        _NORM,
        {"torch": CHANNELS_FIRST},
    ),
    "batch_norm, what is remembered": Function(
        partial(_running, correction=0),
        (),
        {"keras": _keras_running},
        (_IMAGES[0], *_SEEN),
        {"momentum": 0.75},
        {"keras": BIASED},
    ),
    "batch_norm, what is remembered unbiased": Function(
        partial(_running, correction=1),
        (),
        {"torch": _torch_running},
        (_IMAGES[0], *_SEEN),
        {"momentum": 0.75},
        {"torch": UNBIASED},
    ),
}
