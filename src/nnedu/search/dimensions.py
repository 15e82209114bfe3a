"""Dimensions: what one hyper-parameter may be, and how its values are spread."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from nnedu._check import whole


class Dimension(Protocol):
    """The values of one hyper-parameter, as a function of a number ``u`` in [0, 1)."""

    def at(self, u: float) -> Any:
        """The value below which a share ``u`` of the draws lies."""

    def grid(self, points: int) -> list[Any]:
        """``points`` values from end to end."""


@dataclass(frozen=True)
class Uniform:
    """Any number from ``low`` to ``high``, each as likely as another.

    Parameters
    ----------
    low, high : float
        Finite, ``low < high``.

    Examples
    --------
    >>> Uniform(0.0, 0.5).at(0.5), Uniform(0.0, 0.5).grid(3)
    (0.25, [0.0, 0.25, 0.5])
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _ordered("Uniform", self.low, self.high)

    def at(self, u: float) -> float:
        """``low + u (high - low)``."""
        return float(self.low + u * (self.high - self.low))

    def grid(self, points: int) -> list[float]:
        """Equal differences, both ends included."""
        return [float(value) for value in np.linspace(self.low, self.high, _points(points))]


@dataclass(frozen=True)
class LogUniform:
    """Any number from ``low`` to ``high``, each order of magnitude as likely as another.

    For what is searched by factors: a learning rate, a strength.

    Parameters
    ----------
    low, high : float
        Finite, ``0 < low < high``.

    Examples
    --------
    >>> round(LogUniform(1e-4, 1e-2).at(0.5), 12)
    0.001
    >>> [round(value, 12) for value in LogUniform(1e-4, 1e-2).grid(3)]
    [0.0001, 0.001, 0.01]
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _ordered("LogUniform", self.low, self.high)
        if not self.low > 0:
            raise ValueError(
                f"LogUniform starts at {self.low}; expected above 0, since 0 is infinitely many "
                "factors away. Use Uniform, or a small number such as 1e-6."
            )

    def at(self, u: float) -> float:
        """``low (high / low)^u``."""
        return float(self.low * (self.high / self.low) ** u)

    def grid(self, points: int) -> list[float]:
        """Equal ratios, both ends included."""
        return [float(value) for value in np.geomspace(self.low, self.high, _points(points))]


@dataclass(frozen=True)
class Integer:
    """Any whole number from ``low`` to ``high``, both included.

    Parameters
    ----------
    low, high : int
        ``low < high``.

    Examples
    --------
    >>> Integer(1, 4).at(0.0), Integer(1, 4).at(0.99), Integer(1, 9).grid(3)
    (1, 4, [1, 5, 9])
    """

    low: int
    high: int

    def __post_init__(self) -> None:
        for name, number in (("low", self.low), ("high", self.high)):
            if isinstance(number, bool) or not isinstance(number, int | np.integer):
                raise ValueError(f"{name} is {number!r}; expected a whole number. Use Uniform?")
        _ordered("Integer", self.low, self.high)

    def at(self, u: float) -> int:
        """``low + floor(u (high - low + 1))``."""
        return int(self.low + np.floor(u * (self.high - self.low + 1)))

    def grid(self, points: int) -> list[int]:
        """As evenly as whole numbers allow; all of them where there are not more."""
        spread = np.linspace(self.low, self.high, _points(points))
        return [int(value) for value in np.unique(np.round(spread).astype(int))]


@dataclass(frozen=True)
class Choice:
    """One of some values that have no order.

    Parameters
    ----------
    values : sequence
        At least one.

    Examples
    --------
    >>> Choice(["relu", "tanh"]).at(0.6), Choice(["relu", "tanh"]).grid(5)
    ('tanh', ['relu', 'tanh'])
    """

    values: Sequence[Any]

    def __post_init__(self) -> None:
        if isinstance(self.values, str) or len(self.values) == 0:
            raise ValueError(
                f"values is {self.values!r}; expected at least one, such as ['relu', 'tanh']."
            )

    def at(self, u: float) -> Any:
        """The value number ``floor(u len(values))``."""
        return self.values[int(u * len(self.values))]

    def grid(self, points: int) -> list[Any]:
        """All of them, whatever ``points`` is."""
        return list(self.values)


def _ordered(kind: str, low: float, high: float) -> None:
    if not -np.inf < low < high < np.inf:
        raise ValueError(f"{kind} goes from {low} to {high}; expected low < high, both finite.")


def _points(points: int) -> int:
    whole("points", points, least=2)
    return points
