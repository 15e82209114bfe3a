"""Generated data sets, in order of increasing difficulty: as many examples as asked for."""

import numpy as np

from nnedu._check import whole
from nnedu._typing import Array


def two_moons(N: int, *, noise: float = 0.1, rng: np.random.Generator) -> tuple[Array, Array]:
    """Two half circles that reach into each other: two classes no straight line separates.

    Class 0 is the upper half of the unit circle around (0, 0), class 1 the lower half of the one
    around (1, 1/2); angles are uniform, and Gaussian noise is added to every coordinate.

    Parameters
    ----------
    N : int, at least 2
        The number of examples; class 0 has ``ceil(N / 2)`` of them. They come shuffled.
    noise : float, at least 0
        Standard deviation of the noise.
    rng : numpy.random.Generator

    Returns
    -------
    x : float64 array, shape (N, 2)
    labels : int array, shape (N,)
        0 or 1.

    Raises
    ------
    TypeError, ValueError
        If ``N`` is not a whole number of at least 2, or ``noise`` is negative.

    Notes
    -----
    **Conventions.** The same half circles as ``sklearn.datasets.make_moons``, which places the
    angles evenly.

    Examples
    --------
    >>> x, labels = two_moons(100, noise=0.0, rng=np.random.default_rng(0))
    >>> bool(np.allclose(np.hypot(*x[labels == 0].T), 1))
    True
    """
    whole("N", N, least=2)
    _not_negative("noise", noise)
    labels = rng.permutation(np.arange(N) % 2)
    angle = rng.uniform(0, np.pi, size=N)
    side = 1 - 2 * labels
    x = np.column_stack([np.cos(angle) * side + labels, np.sin(angle) * side + labels / 2])
    return x + noise * rng.normal(size=(N, 2)), labels


def spirals(
    N: int, *, classes: int = 2, turns: float = 1.0, noise: float = 0.05, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Interleaved spirals around the origin, one a class: harder with every turn.

    An example of class ``c`` at radius ``r``, uniform in [0.1, 1], lies at the angle
    ``2 pi (turns r + c / classes)``.

    Parameters
    ----------
    N : int, at least ``classes``
        The number of examples, as evenly shared among the classes as can be. They come shuffled.
    classes : int, at least 2
        ``C``, the number of spirals.
    turns : float, at least 0
        Revolutions between the radii 0 and 1.
    noise : float, at least 0
        Standard deviation of the Gaussian noise on each coordinate.
    rng : numpy.random.Generator

    Returns
    -------
    x : float64 array, shape (N, 2)
    labels : int array, shape (N,)
        0 to C - 1.

    Raises
    ------
    TypeError, ValueError
        If a number is out of its range.

    Examples
    --------
    >>> x, labels = spirals(90, classes=3, noise=0.0, rng=np.random.default_rng(0))
    >>> np.bincount(labels)
    array([30, 30, 30])
    >>> bool(np.hypot(*x.T).max() <= 1)
    True
    """
    whole("classes", classes, least=2)
    whole("N", N, least=classes)
    _not_negative("turns", turns)
    _not_negative("noise", noise)
    labels = rng.permutation(np.arange(N) % classes)
    radius = rng.uniform(0.1, 1, size=N)
    angle = 2 * np.pi * (turns * radius + labels / classes)
    x = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return x + noise * rng.normal(size=(N, 2)), labels


def _not_negative(name: str, value: float) -> None:
    if not 0 <= value < np.inf:
        raise ValueError(f"{name} is {value}; expected a number of at least 0.")
