"""How far the gradient of a mini-batch lies from that of all examples, and what that allows."""

import numpy as np

from nnedu._check import examples as check_examples
from nnedu._check import whole
from nnedu._typing import Array, Objective


def example_gradients(objective: Objective, theta: Array, *arrays: Array) -> Array:
    """The gradient of every single example.

    Parameters
    ----------
    objective : callable
        ``objective(theta, *batch) -> (loss, g)``, the loss averaged over the batch.
    theta : float array, shape (P,)
    *arrays : arrays, first dimension N
        Inputs, labels, ...

    Returns
    -------
    array, shape (N, P)
        Their mean is the gradient of all examples.

    Examples
    --------
    >>> def half_square(theta, x):  # mean of (theta - x)**2 / 2
    ...     return float(np.mean((theta - x) ** 2) / 2), np.mean(theta - x, keepdims=True)
    >>> example_gradients(half_square, np.array([1.0]), np.array([1.0, 3.0])).tolist()
    [[0.0], [-2.0]]
    """
    N = len(arrays[0])
    return np.stack(
        [objective(theta, *(array[i : i + 1] for array in arrays))[1] for i in range(N)]
    )


def gradient_variance(gradients: Array) -> float:
    """The mean squared distance of one example's gradient from the mean of all.

    ``sigma2 = mean over i of |g_i - g|^2``, the trace of the examples' covariance

    Parameters
    ----------
    gradients : float array, shape (N, P)
        One row an example.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If ``gradients`` is not a float array with at least one row.

    Notes
    -----
    **Conventions.** Divided by ``N``, not by ``N - 1``: the examples are all there are.

    Examples
    --------
    >>> gradient_variance(np.array([[0.0, 0.0], [2.0, 0.0]]))
    1.0
    """
    check_examples("gradients", gradients)
    return float(np.mean(np.sum((gradients - gradients.mean(axis=0)) ** 2, axis=1)))


def batch_variance(sigma2: float, B: int, *, N: int, replacement: bool) -> float:
    """The expected squared distance of a batch's gradient from that of all examples.

    ``sigma2 / B`` with replacement, ``sigma2 / B * (N - B) / (N - 1)`` without

    Parameters
    ----------
    sigma2 : float, at least 0
        Of single examples; see :func:`gradient_variance`.
    B : int, at least 1
        Examples in the batch; at most ``N`` without replacement.
    N : int, at least 1
        Examples in all.
    replacement : bool
        Whether an example can be drawn twice.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    Source: Cochran (1977), "Sampling Techniques", chapter 2 (simple random sampling, with the
    finite population correction).

    Examples
    --------
    >>> batch_variance(6.0, 2, N=4, replacement=True)
    3.0
    >>> batch_variance(6.0, 2, N=4, replacement=False)
    2.0
    >>> batch_variance(6.0, 4, N=4, replacement=False)
    0.0
    """
    whole("B", B, least=1)
    whole("N", N, least=1)
    if not replacement and B > N:
        raise ValueError(f"B is {B} and N is {N}; expected at most N without replacement.")
    if replacement or N == 1:
        return sigma2 / B if replacement else 0.0
    return sigma2 / B * (N - B) / (N - 1)


def measured_variance(
    rng: np.random.Generator, gradients: Array, B: int, *, replacement: bool, draws: int = 1000
) -> float:
    """The mean squared distance of the gradients of batches that were really drawn.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the batches.
    gradients : float array, shape (N, P)
        One row an example.
    B : int, at least 1
        Examples in a batch; at most ``N`` without replacement.
    replacement : bool
        Whether an example can be drawn twice.
    draws : int, at least 1
        Batches to draw.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If ``gradients`` is not a float array with at least one row, or a number out of range.

    Examples
    --------
    >>> g = np.array([[0.0], [2.0]])
    >>> measured_variance(np.random.default_rng(0), g, 2, replacement=False)
    0.0
    """
    check_examples("gradients", gradients)
    whole("B", B, least=1)
    whole("draws", draws, least=1)
    N = len(gradients)
    mean = gradients.mean(axis=0)
    distances = [
        np.sum((gradients[rng.choice(N, size=B, replace=replacement)].mean(axis=0) - mean) ** 2)
        for _ in range(draws)
    ]
    return float(np.mean(distances))


def noise_scale(gradients: Array) -> float:
    """The batch size whose gradient is as much noise as signal.

    ``sigma2 / |g|^2``, with ``g`` the mean of all gradients

    Parameters
    ----------
    gradients : float array, shape (N, P)
        One row an example.

    Returns
    -------
    float
        ``inf`` where the mean gradient is 0.

    Raises
    ------
    TypeError, ValueError
        If ``gradients`` is not a float array with at least one row.

    Notes
    -----
    Source: McCandlish, Kaplan & Amodei (2018), "An empirical model of large-batch training",
    section 2.2 (the simple noise scale).

    Examples
    --------
    >>> noise_scale(np.array([[1.0], [3.0]]))  # variance 1, mean 2
    0.25
    """
    sigma2 = gradient_variance(gradients)
    g = gradients.mean(axis=0)
    squared = float(g @ g)
    return sigma2 / squared if squared > 0 else float("inf")


def fit_critical(B: Array, steps: Array) -> tuple[float, float]:
    """The critical batch size: fit ``steps = least * (1 + critical / B)`` to measured steps.

    Far below ``critical`` twice the batch needs half the steps; far above it, as many.

    Parameters
    ----------
    B : array, shape (K,), above 0
        Batch sizes, at least two different ones.
    steps : array, shape (K,), above 0
        Updates each needed to reach the target.

    Returns
    -------
    least, critical : float
        Updates with batches without noise, and the batch size that needs twice as many.

    Raises
    ------
    ValueError
        If the shapes differ or there are fewer than two batch sizes.

    Notes
    -----
    Least squares of ``log(steps)``, by a search over ``critical``.

    Source: McCandlish, Kaplan & Amodei (2018), "An empirical model of large-batch training",
    section 2.3 (the trade-off between updates and examples).

    Examples
    --------
    >>> B = np.array([1.0, 10.0, 100.0])
    >>> least, critical = fit_critical(B, 50 * (1 + 20 / B))
    >>> round(least, 3), round(critical, 3)
    (50.0, 20.0)
    """
    B, y = np.asarray(B, dtype=float), np.log(np.asarray(steps, dtype=float))
    if B.shape != y.shape or B.ndim != 1 or len(np.unique(B)) < 2:
        raise ValueError(
            f"B has shape {B.shape} and steps {y.shape}; expected (K,) with at least two different "
            "batch sizes."
        )
    low, high = np.log(B.min()) - 9, np.log(B.max()) + 9
    for _ in range(12):  # each round looks 20 times closer around the best
        grid = np.linspace(low, high, 81)
        apart = y - np.log1p(np.exp(grid)[:, None] / B)
        errors = apart.var(axis=1)
        best, spacing = grid[errors.argmin()], grid[1] - grid[0]
        low, high = best - 2 * spacing, best + 2 * spacing
    least = float(np.exp(np.mean(y - np.log1p(np.exp(best) / B))))
    return least, float(np.exp(best))
