"""Data parallelism: each worker has the gradient of its shard; wanted is the mean of all."""

from collections.abc import Sequence

import numpy as np

from nnedu._check import floating, same_shape, whole
from nnedu._typing import Array, Objective


def shard_bounds(N: int, n: int) -> Array:
    """Where ``n`` workers' shards of ``N`` things begin and end, as equal as they can be.

    ``bounds[w] .. bounds[w + 1]`` is the shard of worker ``w``; the first ``N mod n`` shards hold
    one more than the others

    Parameters
    ----------
    N : int, at least 1
        Examples of a batch, or entries of a vector.
    n : int, at least 1
        Workers. With more workers than things, the last shards are empty.

    Returns
    -------
    int array, shape (n + 1,)
        From 0 to ``N``.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    **Conventions.** The parts of ``numpy.array_split``.

    Source: for chunks of a vector, Patarasuk & Yuan (2009), "Bandwidth optimal all-reduce
    algorithms for clusters of workstations".

    Examples
    --------
    >>> shard_bounds(10, 4).tolist()
    [0, 3, 6, 8, 10]
    """
    whole("N", N, least=1)
    whole("n", n, least=1)
    sizes = N // n + (np.arange(n) < N % n)
    bounds: Array = np.concatenate([[0], np.cumsum(sizes)])
    return bounds


def weighted_mean(gradients: Sequence[Array], counts: Sequence[int]) -> Array:
    """The mean over all examples, from each worker's mean over its own.

    ``g = (sum over w of count_w g_w) / (sum over w of count_w)``

    Parameters
    ----------
    gradients : sequence of float arrays, one shape
        ``g_w``, the mean over the examples of worker ``w``.
    counts : sequence of int, at least 0
        Examples of each worker; not all 0.

    Returns
    -------
    array, shape and dtype of a gradient

    Raises
    ------
    TypeError
        If a gradient is not a float array.
    ValueError
        If the shapes differ, or the counts are not one whole number a gradient, not all 0.

    Notes
    -----
    **Conventions.** The plain mean of the workers' means, which ``tf.distribute.ReduceOp.MEAN``
    and PyTorch's ``DistributedDataParallel`` take, is this where all counts are equal.

    Source: Goyal et al. (2017), "Accurate, large minibatch SGD: training ImageNet in 1 hour",
    section 3 (gradient aggregation: normalise by the total minibatch size).

    Examples
    --------
    >>> weighted_mean([np.array([1.0]), np.array([5.0])], [3, 1])
    array([2.])
    """
    if len(gradients) != len(counts) or not gradients:
        raise ValueError(
            f"got {len(gradients)} gradients and {len(counts)} counts; expected one count each."
        )
    for w, (g, count) in enumerate(zip(gradients, counts, strict=True)):
        floating(f"gradients[{w}]", g)
        same_shape(f"gradients[{w}]", g, "gradients[0]", gradients[0])
        whole(f"counts[{w}]", count, least=0)
    total = sum(counts)
    if total == 0:
        raise ValueError("all counts are 0; expected at least one example.")
    mean = np.zeros_like(gradients[0])
    for g, count in zip(gradients, counts, strict=True):
        mean += (count / total) * g
    return mean


def sharded_objective(objective: Objective, n: int) -> Objective:
    """The same loss and gradient, computed by ``n`` workers with a shard of the batch each.

    ``loss, g = weighted means of objective(theta, shard_w)``

    Parameters
    ----------
    objective : callable
        ``objective(theta, *batch) -> (loss, g)``, averaged over the batch.
    n : int, at least 1
        Workers.

    Returns
    -------
    callable
        ``objective(theta, *batch) -> (loss, g)``, for a training loop. Workers without examples
        take no part.

    Raises
    ------
    ValueError
        If ``n`` is not a whole number of at least 1.

    Notes
    -----
    **Conventions.** Equal to ``objective`` up to rounding where the loss of an example depends on
    that example alone. With batch normalisation it does not: each worker normalises by its own
    shard, as Keras and PyTorch do unless they are told to synchronise.

    Source: Goyal et al. (2017), "Accurate, large minibatch SGD: training ImageNet in 1 hour",
    section 2.3 (BatchNorm over each worker's own examples) and section 3.

    Examples
    --------
    >>> def half_square(theta, x):  # mean of (theta - x)**2 / 2
    ...     return float(np.mean((theta - x) ** 2) / 2), np.mean(theta - x, keepdims=True)
    >>> x = np.array([1.0, 2.0, 6.0])  # shards [1, 2] and [6]
    >>> sharded_objective(half_square, 2)(np.array([0.0]), x)[1]
    array([-3.])
    """
    whole("n", n, least=1)

    def sharded(theta: Array, *batch: Array) -> tuple[float, Array]:
        bounds = shard_bounds(len(batch[0]), n)
        counts = [int(count) for count in np.diff(bounds) if count]
        found = [
            objective(theta, *(array[bounds[w] : bounds[w + 1]] for array in batch))
            for w in range(len(counts))
        ]
        losses = [np.asarray([loss]) for loss, _ in found]
        g = weighted_mean([g for _, g in found], counts)
        return float(weighted_mean(losses, counts)[0]), g

    return sharded
