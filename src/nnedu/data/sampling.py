"""Other ways to choose the examples of a batch than ``train.minibatches``, to compare it with."""

from collections.abc import Iterator

import numpy as np

from nnedu._check import batchable, whole
from nnedu._typing import Array


def in_order(size: int, *arrays: Array) -> Iterator[tuple[Array, ...]]:
    """Mini-batches for ever, in the order in which the examples are stored.

    Parameters
    ----------
    size : int, from 1 to N
        ``B``, the examples in a batch. The last batch of an epoch holds what is left, as in
        Keras's ``fit(shuffle=False)``.
    *arrays : arrays, first dimension N
        Inputs, labels, ...

    Yields
    ------
    tuple of arrays, first dimension B or, at an epoch's end, less

    Raises
    ------
    ValueError
        If the arrays differ in length or ``size`` is not in 1 .. N.

    Examples
    --------
    >>> batches = in_order(2, np.arange(3))
    >>> [next(batches)[0].tolist() for _ in range(3)]
    [[0, 1], [2], [0, 1]]
    """
    N = batchable(size, arrays)

    def batches() -> Iterator[tuple[Array, ...]]:
        while True:
            for start in range(0, N, size):
                yield tuple(array[start : start + size] for array in arrays)

    return batches()


def with_replacement(
    rng: np.random.Generator, size: int, *arrays: Array
) -> Iterator[tuple[Array, ...]]:
    """Mini-batches for ever, every example of every batch drawn from all ``N``, independently.

    Parameters
    ----------
    rng : numpy.random.Generator
    size : int, from 1 to N
        ``B``, the examples in a batch; one example can be in it several times.
    *arrays : arrays, first dimension N
        Inputs, labels, ...

    Yields
    ------
    tuple of arrays, first dimension B

    Raises
    ------
    ValueError
        If the arrays differ in length or ``size`` is not in 1 .. N.

    Examples
    --------
    >>> batches = with_replacement(np.random.default_rng(0), 4, np.arange(5))
    >>> next(batches)[0]
    array([4, 3, 2, 1])
    >>> next(batches)[0]
    array([1, 0, 0, 0])
    """
    N = batchable(size, arrays)

    def batches() -> Iterator[tuple[Array, ...]]:
        while True:
            chosen = rng.integers(N, size=size)
            yield tuple(array[chosen] for array in arrays)

    return batches()


def buffer_order(rng: np.random.Generator, N: int, buffer: int) -> Array:
    """The order in which a shuffle buffer lets ``N`` examples out.

    The buffer is filled with the first examples. Then, again and again, a random one of its places
    is emptied and filled with the next example.

    Parameters
    ----------
    rng : numpy.random.Generator
    N : int, at least 1
    buffer : int, at least 1
        Places in the buffer. 1 changes nothing; ``N`` or more gives every order the same chance.

    Returns
    -------
    int array, shape (N,)
        A permutation. Place ``k`` holds an example before ``k + buffer``.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    **Conventions.** The rule of ``tf.data.Dataset.shuffle(buffer_size)``.

    Examples
    --------
    >>> buffer_order(np.random.default_rng(0), 6, 1)
    array([0, 1, 2, 3, 4, 5])
    >>> buffer_order(np.random.default_rng(0), 6, 2)
    array([1, 2, 3, 0, 5, 4])
    """
    whole("N", N, least=1)
    whole("buffer", buffer, least=1)
    places = list(range(min(buffer, N)))
    out = np.empty(N, dtype=np.int64)
    for k in range(N):
        place = int(rng.integers(len(places)))
        out[k] = places[place]
        if k + buffer < N:
            places[place] = k + buffer
        else:
            places.pop(place)
    return out
