"""What a network is given, checked once before any layer runs."""

from collections.abc import Mapping

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


def check_statistics(held: Mapping[str, Array], names: tuple[str, ...], theta: Array) -> None:
    """Raise unless ``held`` are the statistics of these names, in the dtype of ``theta``."""
    if tuple(held) != names:
        raise ValueError(
            f"the statistics are {tuple(held)}; expected {names}. Make them once, "
            "statistics = net.statistics(), and pass them to objective and to predict."
        )
    for name, value in held.items():
        same_dtype(f"statistics[{name!r}]", value, "theta", theta)
