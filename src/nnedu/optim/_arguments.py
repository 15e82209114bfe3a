"""Whether the arrays handed to a step belong together."""

from collections.abc import Mapping, Sequence

import numpy as np

from nnedu._check import floating, same_dtype, same_shape
from nnedu._typing import Array


def in_order(rule: str, names: tuple[str, ...], state: Mapping[str, Array]) -> list[Array]:
    """The state's arrays in the order of the rule.

    Parameters
    ----------
    rule : str
        Its name, for the error.
    names : tuple of str
        The rule's state.
    state : mapping of str to array
        What is called the state.

    Returns
    -------
    list of array

    Raises
    ------
    ValueError
        If the names differ.
    """
    if tuple(state) != names and state.keys() != set(names):
        has, wants = ", ".join(state) or "none", ", ".join(names) or "none"
        raise ValueError(
            f"the state has the arrays {has}; {rule} expected {wants}. "
            "Made by another optimizer? Call init again."
        )
    return [state[name] for name in names]


def check_alike(names: tuple[str, ...], theta: Array, g: Array, arrays: Sequence[Array]) -> None:
    """Raise unless arrays are of floats, of one shape and one dtype.

    Parameters
    ----------
    names : tuple of str
        The rule's state.
    theta, g : float arrays of one shape and dtype
        The parameters and their gradient.
    arrays : sequence of array
        The state, in the order of its names.

    Raises
    ------
    TypeError
        If an array is not of floats, or the dtypes differ.
    ValueError
        If the shapes differ.
    """
    if _alike([theta, g, *arrays]):
        return
    floating("theta", theta)
    for name, array in zip(["g", *(f"state {name}" for name in names)], (g, *arrays), strict=True):
        floating(name, array)
        same_shape(name, array, "theta", theta)
        same_dtype(name, array, "theta", theta)


def _alike(every: Sequence[Array]) -> bool:
    """Whether all are plain arrays of one shape and one dtype of floats.

    The whole truth in a microsecond; what exactly is wrong takes longer.
    """
    first = every[0]
    if type(first) is not np.ndarray or first.dtype.kind != "f":
        return False
    dtype, shape = first.dtype, first.shape
    for array in every:
        if type(array) is not np.ndarray or array.dtype is not dtype or array.shape != shape:
            return False
    return True


def fits(
    rule: str, state: Mapping[str, Array], shapes: Mapping[str, tuple[int, ...]], theta: Array
) -> None:
    """Raise unless a state has the named arrays, in their shapes and the dtype of ``theta``.

    For states whose arrays have shapes of their own.

    Parameters
    ----------
    rule : str
        Its name, for errors.
    state : mapping of str to array
        What is called the state.
    shapes : mapping of str to tuple
        What is expected.
    theta : float array
        The parameters.

    Raises
    ------
    TypeError
        If an array is not of floats, or the dtypes differ.
    ValueError
        If the names or the shapes differ.
    """
    if state.keys() != shapes.keys():
        has, wants = ", ".join(state) or "none", ", ".join(shapes) or "none"
        raise ValueError(
            f"the state has the arrays {has}; {rule} expected {wants}. "
            "Made by another optimizer? Call init again."
        )
    for name, array in state.items():
        floating(f"state {name}", array)
        same_dtype(f"state {name}", array, "theta", theta)
        if array.shape != shapes[name]:
            raise ValueError(
                f"state {name} has shape {array.shape}; expected {shapes[name]}. "
                "Made for other parameters? Call init again."
            )


def like(rule: str, name: str, value: Array, theta: Array) -> Array:
    """A hyper-parameter that has one value for each parameter, in the dtype of ``theta``.

    Parameters
    ----------
    rule, name : str
        Whose it is and what it is called, for the error.
    value : float array, shape of ``theta``
    theta : float array

    Returns
    -------
    array
        ``value`` itself where the dtype is that of ``theta``.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if value.shape != theta.shape:
        raise ValueError(
            f"{rule} got {name} of shape {value.shape} for theta of shape {theta.shape}; expected "
            "a number, or an array of the shape of theta: one value for each parameter."
        )
    return np.asarray(value, theta.dtype)


def writable_apart(written: Mapping[str, Array], read: Mapping[str, object]) -> None:
    """Raise ValueError unless arrays can be overwritten without changing one another.

    Parameters
    ----------
    written : mapping of str to array
        What will be overwritten.
    read : mapping of str to array
        What will only be read; what is no array is passed over.

    Raises
    ------
    ValueError
        If an array is read-only or shares memory with another.
    """
    others = {name: array for name, array in read.items() if isinstance(array, np.ndarray)}
    for name, array in written.items():
        if not array.flags.writeable:
            raise ValueError(
                f"{name} is read-only; expected an array that inplace=True may overwrite. "
                f"Pass {name}.copy()."
            )
        for other, before in others.items():
            if np.may_share_memory(array, before):
                raise ValueError(
                    f"{name} and {other} share memory; expected arrays of their own, since "
                    f"inplace=True overwrites {name}. Pass {name}.copy()."
                )
        others[name] = array


def stand_alone(every: Sequence[Array]) -> bool:
    """Whether arrays are alike and apart: one shape, one dtype of floats, memory of their own.

    Each lies in one piece and can be written to. As good as always so in training, and found out in
    one look; where it is not so, :func:`check_alike` and :func:`writable_apart` say what is wrong,
    if anything is.

    Parameters
    ----------
    every : sequence of array

    Returns
    -------
    bool
    """
    if not _alike(every):
        return False
    for array in every:
        if array.base is not None or not array.flags.carray:
            return False
    return len({id(array) for array in every}) == len(every)
