"""What AdaNet is made of: subnetworks, what was proposed each round, the ensemble."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnedu._typing import Array


@dataclass(frozen=True)
class Subnetwork:
    """A candidate, trained.

    Attributes
    ----------
    depth : int, at least 1
        Of its family: 1 is linear.
    complexity : float, at least 0
        ``r`` of its family.
    predict : callable
        ``predict(x) -> h``, shape (N,), real.
    """

    depth: int
    complexity: float
    predict: Callable[[Array], Array]


@dataclass(frozen=True)
class Proposal:
    """A candidate, weighed.

    Attributes
    ----------
    depth : int
    complexity : float
        NaN where it diverged.
    excess : float
        Its edge less its price (:func:`~nnedu.search.excess_edge`); it is of use if above 0.
    weight : float
        The best, all others unchanged.
    objective : float
        The ensemble's with that weight; infinite where the candidate diverged.
    reason : str
        Why it diverged; empty where it did not.
    """

    depth: int
    complexity: float
    excess: float
    weight: float
    objective: float
    reason: str = ""


@dataclass(frozen=True)
class Round:
    """One iteration of AdaNet.

    Attributes
    ----------
    proposals : tuple of Proposal
        The candidates, the shallower first.
    taken : int or None
        Which of them joined; None in a last round where none lowered the objective.
    objective : float
        After the round.
    """

    proposals: tuple[Proposal, ...]
    taken: int | None
    objective: float


@dataclass(frozen=True)
class Ensemble:
    """What AdaNet learned: ``f(x) = sum_k w_k h_k(x)``.

    Attributes
    ----------
    members : tuple of Subnetwork
    weights : array, shape (K,)
    rounds : tuple of Round
    """

    members: tuple[Subnetwork, ...]
    weights: Array
    rounds: tuple[Round, ...]

    @property
    def depth(self) -> int:
        """That of the deepest member with a weight; 0 where there is none."""
        pairs = zip(self.members, self.weights, strict=True)
        return max((member.depth for member, weight in pairs if weight != 0), default=0)

    def predict(self, x: Array) -> Array:
        """Margins ``f(x)``, shape (N,): their sign is the class."""
        return outputs(self.members, x) @ self.weights


def outputs(members: tuple[Subnetwork, ...], x: Array) -> Array:
    """The outputs of each member, shape (N, K)."""
    h = np.empty((len(x), len(members)), x.dtype)
    for k, member in enumerate(members):
        h[:, k] = member.predict(x)
    return h
