"""Gradient clipping beside the frameworks'."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.optim import clip_by_global_norm, clip_by_norm, clip_by_value
from nnedu.parity.frameworks import double_precision, framework
from nnedu.parity.pairs import Adapter
from nnedu.parity.values import Parts, ValueCase

NORM_PLUS = Adapter(
    "norm + 1e-6",
    "PyTorch divides by the norm plus 1e-6, so that a clipped gradient is a little shorter than "
    "the limit: eps=1e-6.",
)
SIZES = {"large": (3, 1e3), "small": (4, 1e-2), "zero": (2, 0.0), "middle": (5, 1.0)}
"""Arrays of the gradient: how many entries, and how large they are."""


def gradient() -> Array:
    """A gradient of arrays of very different sizes."""
    rng = np.random.default_rng(20261121)
    parts = [size * rng.normal(size=count) for count, size in SIZES.values()]
    return np.concatenate(parts)


def views(g: Array) -> Parts:
    """The arrays of the gradient."""
    ends = np.cumsum([count for count, _ in SIZES.values()])
    return dict(zip(SIZES, np.split(g, ends[:-1]), strict=True))


def _ours(clip: Callable[..., Array], **more: Any) -> Callable[..., Parts]:
    return lambda limit: views(clip(gradient(), limit, **more))


def _torch(clip: Callable[..., Any]) -> Callable[..., Parts]:
    """``clip(torch.nn.utils, parameters, limit)`` of parameters with these gradients."""

    def theirs(torch: Any, limit: float) -> Parts:
        parameters = []
        for part in views(gradient()).values():
            parameters.append(torch.zeros(len(part), dtype=torch.float64, requires_grad=True))
            parameters[-1].grad = torch.tensor(part)
        clip(torch.nn.utils, parameters, limit)
        found = [parameter.grad.numpy() for parameter in parameters]
        return dict(zip(SIZES, found, strict=True))

    return theirs


def _keras(word: str) -> Callable[..., Parts]:
    """The steps of plain gradient descent with ``lr`` 1 are the clipped gradients."""

    def theirs(keras: Any, limit: float) -> Parts:
        with double_precision("keras"):
            parts = views(gradient())
            variables = [keras.Variable(0 * part, dtype="float64") for part in parts.values()]
            optimizer = keras.optimizers.SGD(1.0, **{word: limit})
            given = [keras.ops.convert_to_tensor(part) for part in parts.values()]
            optimizer.apply(given, variables)
            return {
                name: -np.array(variable.numpy())
                for name, variable in zip(parts, variables, strict=True)
            }

    return theirs


def _optax(build: Callable[[Any, float], Any]) -> Callable[..., Parts]:
    def theirs(optax: Any, limit: float) -> Parts:
        with double_precision("optax"):
            jax = framework("jax")
            parts = {name: jax.numpy.asarray(part) for name, part in views(gradient()).items()}
            clip = build(optax, limit)
            found, _ = clip.update(parts, clip.init(parts))
            return {name: np.array(part) for name, part in found.items()}

    return theirs


def _each(utils: Any, parameters: list[Any], limit: float) -> None:
    for parameter in parameters:
        utils.clip_grad_norm_([parameter], limit)


_VALUE = {
    "keras": _keras("clipvalue"),
    "torch": _torch(lambda utils, p, limit: utils.clip_grad_value_(p, limit)),
    "optax": _optax(lambda o, limit: o.clip(limit)),
}
_NORM = {"keras": _keras("clipnorm")}
_NORM_TORCH = {"torch": _torch(_each)}
_GLOBAL = {
    "keras": _keras("global_clipnorm"),
    "optax": _optax(lambda o, limit: o.clip_by_global_norm(limit)),
}
_GLOBAL_TORCH = {"torch": _torch(lambda utils, p, limit: utils.clip_grad_norm_(p, limit))}
_PLUS: dict[str, Any] = {"adapters": {"torch": NORM_PLUS}}

CLIPPING = {
    "value": ValueCase(_ours(clip_by_value), {"limit": 0.75}, _VALUE),
    "norm": ValueCase(_ours(clip_by_norm, views=views), {"limit": 0.75}, _NORM),
    "norm_plus": ValueCase(
        _ours(clip_by_norm, views=views, eps=1e-6), {"limit": 0.75}, _NORM_TORCH, **_PLUS
    ),
    "global": ValueCase(_ours(clip_by_global_norm), {"limit": 2.5}, _GLOBAL),
    "global_plus": ValueCase(
        _ours(partial(clip_by_global_norm, eps=1e-6)), {"limit": 2.5}, _GLOBAL_TORCH, **_PLUS
    ),
    # A limit above the norm: nothing may change.
    "global_unclipped": ValueCase(
        _ours(clip_by_global_norm), {"limit": 1e6}, {**_GLOBAL, **_GLOBAL_TORCH}
    ),
}
"""Each kind of clipping with its limit, and the same in each framework that has it."""
