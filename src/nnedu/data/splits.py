"""Splits: training, choosing and reporting on different examples; cross-validation."""

from collections.abc import Iterator

import numpy as np

from nnedu._check import whole
from nnedu._typing import Array


def split(
    N: int, *, shares: tuple[float, ...], rng: np.random.Generator, labels: Array | None = None
) -> tuple[Array, ...]:
    """Divide examples at random.

    Parameters
    ----------
    N : int, at least 1
        The number of examples.
    shares : tuple of float, each above 0, together 1
        Such as (0.6, 0.2, 0.2).
    rng : numpy.random.Generator
    labels : int array, shape (N,), optional
        Stratify: divide each class by the same shares.

    Returns
    -------
    tuple of int arrays
        Indices, one array a share; every example is in exactly one.

    Raises
    ------
    ValueError
        If the shares do not add up to 1, or a part would be empty.

    Examples
    --------
    >>> parts = split(10, shares=(0.6, 0.4), rng=np.random.default_rng(0))
    >>> [len(part) for part in parts], sorted(np.concatenate(parts).tolist()) == list(range(10))
    ([6, 4], True)
    """
    whole("N", N, least=1)
    if not (np.isclose(sum(shares), 1) and min(shares) > 0):
        raise ValueError(f"shares is {shares}; expected numbers above 0 that add up to 1.")
    groups = [np.arange(N)] if labels is None else _by_class(labels, N)
    parts: list[list[Array]] = [[] for _ in shares]
    for group in groups:
        cuts = np.round(np.cumsum(shares)[:-1] * len(group)).astype(int)
        for part, piece in zip(parts, np.split(rng.permutation(group), cuts), strict=True):
            part.append(piece)
    joined = tuple(rng.permutation(np.concatenate(part)) for part in parts)
    if not all(len(part) for part in joined):
        raise ValueError(f"{N} examples in shares {shares} leave a part empty; expected more.")
    return joined


def k_fold(
    N: int, *, folds: int, rng: np.random.Generator, labels: Array | None = None
) -> Iterator[tuple[Array, Array]]:
    """K-fold cross-validation: each example is held out exactly once.

    Parameters
    ----------
    N : int
        The number of examples.
    folds : int, from 2 to N
        ``k``.
    rng : numpy.random.Generator
        Orders the examples.
    labels : int array, shape (N,), optional
        Stratify: every fold gets its share of each class, but for less than one example.

    Yields
    ------
    train, held_out : int arrays
        Indices. The ``k`` estimates share most of their training data: their spread is not the
        standard error of their mean.

    Raises
    ------
    ValueError
        If ``folds`` is not in 2 .. N, or the labels are not one a example.

    Notes
    -----
    Source: Bengio & Grandvalet (2004), "No unbiased estimator of the variance of k-fold
    cross-validation", for the warning.

    Examples
    --------
    >>> folds = k_fold(6, folds=3, rng=np.random.default_rng(0))
    >>> sorted(int(i) for _, held_out in folds for i in held_out)
    [0, 1, 2, 3, 4, 5]
    """
    whole("folds", folds, least=2)
    if folds > N:
        raise ValueError(f"folds is {folds}; expected 2 to {N}, the number of examples.")
    groups = [np.arange(N)] if labels is None else _by_class(labels, N)
    return _k_fold(N, folds, rng, groups)


def _k_fold(
    N: int, folds: int, rng: np.random.Generator, groups: list[Array]
) -> Iterator[tuple[Array, Array]]:
    """The generator behind ``k_fold``, which checks before the first fold is asked for."""
    # Class after class, dealt out one by one: folds differ by at most one example in all.
    order = np.concatenate([rng.permutation(group) for group in groups])
    fold = np.empty(N, dtype=int)
    fold[order] = np.arange(N) % folds
    for k in range(folds):
        yield np.flatnonzero(fold != k), np.flatnonzero(fold == k)


def _by_class(labels: Array, N: int) -> list[Array]:
    if labels.shape != (N,):
        raise ValueError(f"labels has shape {labels.shape}; expected ({N},), one an example.")
    return [np.flatnonzero(labels == label) for label in np.unique(labels)]
