"""What a network is given, checked once before any layer runs."""

from collections.abc import Iterable, Mapping

import numpy as np

from nnedu._check import floating, same_dtype
from nnedu._typing import Array
from nnedu.nn.layer import Shape


def check_inputs(theta: Array, x: Array, inputs: Shape) -> None:
    """Raise unless ``x`` has the dtype of ``theta`` and shape (N, ``*inputs``)."""
    floating("x", x)
    floating("theta", theta)
    same_dtype("x", x, "theta", theta)
    if x.shape[1:] == inputs:
        return
    expected = ", ".join(map(str, inputs))
    if len(inputs) == 1:
        raise ValueError(
            f"x has shape {x.shape}; expected (N, {expected}): one row an example. "
            "Images? Pass x.reshape(len(x), -1)."
        )
    raise ValueError(
        f"x has shape {x.shape}; expected (N, {expected}): the batch first, channels last. "
        f"Rows, or no channels? Pass x.reshape(-1, {expected})."
    )


def check_size(theta: Array, size: int, names: Iterable[str]) -> None:
    """Raise ValueError unless ``theta`` has shape (size,), as the named parameters have in all."""
    if theta.shape != (size,):
        raise ValueError(
            f"theta has shape {theta.shape}; expected ({size},) for the parameters "
            f"{', '.join(names)}. Made for another network?"
        )


def check_statistics(held: Mapping[str, Array], names: tuple[str, ...], theta: Array) -> None:
    """Raise unless ``held`` are the statistics of these names, in the dtype of ``theta``."""
    if tuple(held) != names:
        raise ValueError(
            f"the statistics are {tuple(held)}; expected {names}. Make them once, "
            "statistics = net.statistics(), and pass them to objective and to predict."
        )
    for name, value in held.items():
        same_dtype(f"statistics[{name!r}]", value, "theta", theta)


def check_number(name: str, number: object, low: float, high: float) -> None:
    """Raise ValueError unless ``low <= number < high``."""
    real = isinstance(number, int | float | np.number) and not isinstance(number, bool)
    if not (real and low <= number < high):  # type: ignore[operator]
        raise ValueError(f"{name} is {number!r}; expected {low} <= {name} < {high}.")


def check_features(x: Array, **parameters: Array) -> None:
    """Raise unless ``x`` (N, ..., F) is a float array and each parameter has shape (F,)."""
    floating("x", x)
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}; expected (N, ..., F): one entry an example.")
    for name, parameter in parameters.items():
        if parameter.shape != x.shape[-1:]:
            raise ValueError(
                f"{name} has shape {parameter.shape} and x {x.shape}; expected ({x.shape[-1]},): "
                "one number for each place of the last axis. NumPy would broadcast another shape."
            )
