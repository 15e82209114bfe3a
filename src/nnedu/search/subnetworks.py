"""A weak learner for AdaNet: subnetworks of limited norm, trained on what the ensemble misses."""

from itertools import repeat

import numpy as np

from nnedu._check import examples, whole
from nnedu._typing import Array, Objective
from nnedu.nn import Dense, Network, tanh
from nnedu.optim import Optimizer, State
from nnedu.regularization import max_norm
from nnedu.search.members import Subnetwork
from nnedu.search.objective import check_signs
from nnedu.search.rademacher import rademacher_bound
from nnedu.search.surrogates import EXPONENTIAL, Surrogate
from nnedu.train import Steps, train


class WeakLearner:
    """Grows candidates: networks of tanh units with one linear output, trained from scratch.

    A candidate minimises ``1/m sum_i Phi(1 - y_i (f(x_i) + h(x_i)))`` under a limit on every
    unit's norm: it learns what the ensemble ``f`` still gets wrong.

    Parameters
    ----------
    x : float array, shape (N, I)
        Standardised; a feature that is always 1 is put beside them, for a bias.
    y : array, shape (N,)
        -1 or 1.
    width : int, at least 1
        Units in each hidden layer. Depth 1 has none and is linear.
    limit : float, above 0
        Of the Euclidean norm of a unit's incoming weights, in every layer.
    steps : int, at least 1
        Updates on all examples.
    lr : float, above 0
        Learning rate of Adam, unless ``optimizer`` is given.
    rng : numpy.random.Generator
        Draws first weights, candidate after candidate.
    surrogate : Surrogate
        That of the ensemble.
    optimizer : Optimizer, optional

    Notes
    -----
    **Conventions.** tanh has slope at most 1 and is 0 at 0, and the limits are set beforehand: so
    :func:`~nnedu.search.rademacher_bound` holds for the family, with ``p = 2``.

    Source: Cortes et al. (2017), "AdaNet", section 5, for a weak learner that trains against the
    objective with the ensemble frozen.

    Examples
    --------
    >>> from nnedu.data import two_moons
    >>> x, labels = two_moons(100, rng=np.random.default_rng(0))
    >>> y = 2 * labels - 1
    >>> grow = WeakLearner(x, y, width=8, rng=np.random.default_rng(1))
    >>> member = grow(np.zeros(100), 2)
    >>> member.depth, bool(np.mean(np.sign(member.predict(x)) == y) > 0.9)
    (2, True)
    """

    def __init__(
        self,
        x: Array,
        y: Array,
        *,
        width: int,
        limit: float = 3.0,
        steps: int = 200,
        lr: float = 0.05,
        rng: np.random.Generator,
        surrogate: Surrogate = EXPONENTIAL,
        optimizer: Steps | None = None,
    ) -> None:
        examples("x", x)
        check_signs(y, len(x))
        whole("width", width, least=1)
        if not 0 < limit < np.inf:
            raise ValueError(f"limit is {limit}; expected a finite number above 0.")
        self.x, self.y = _with_one(x), y
        self.width, self.limit, self.steps = width, limit, steps
        self.rng, self.surrogate = rng, surrogate
        self.optimizer = optimizer or Optimizer("adam", lr=lr)

    def __call__(self, f: Array, depth: int) -> Subnetwork:
        """Train a candidate.

        Parameters
        ----------
        f : float array, shape (N,)
            The ensemble's outputs.
        depth : int, at least 1
            One more than the hidden layers.

        Returns
        -------
        Subnetwork

        Raises
        ------
        FloatingPointError
            If training explodes.
        """
        whole("depth", depth, least=1)
        hidden = [layer for _ in range(depth - 1) for layer in (Dense(self.width), tanh)]
        network = Network([*hidden, Dense(1)], inputs=self.x.shape[1])
        theta = _limited(network, network.init(self.rng, self.x.dtype), self.limit)
        theta = train(
            self._objective(network, f),
            theta,
            _Limited(self.optimizer, network, self.limit),
            repeat(()),
            steps=self.steps,
        ).theta
        complexity = rademacher_bound(
            self.x, limits=[self.limit] * depth, widths=[self.width] * (depth - 1), p=2
        )
        return Subnetwork(
            depth, complexity, lambda x: np.asarray(network.predict(theta, _with_one(x))[:, 0])
        )

    def _objective(self, network: Network, f: Array) -> Objective:
        y, surrogate = self.y, self.surrogate

        def objective(theta: Array) -> tuple[float, Array]:
            h, backward = network.forward(theta, self.x)
            u = 1 - y * (f + h[:, 0])
            d_h = -y * surrogate.slope(u) / len(y)
            return float(np.mean(surrogate.value(u))), backward(d_h[:, None].astype(theta.dtype))

        return objective


class _Limited:
    """An optimizer whose parameters are put back within the limit after every step."""

    def __init__(self, inner: Steps, network: Network, limit: float) -> None:
        self.inner, self.network, self.limit = inner, network, limit

    def init(self, theta: Array) -> State:
        return self.inner.init(theta)

    def step(
        self, theta: Array, g: Array, state: State, *, inplace: bool = False
    ) -> tuple[Array, State]:
        theta, state = self.inner.step(theta, g, state, inplace=inplace)
        return _limited(self.network, theta, self.limit), state


def _limited(network: Network, theta: Array, limit: float) -> Array:
    """The parameters within the family: short incoming weights, no biases."""
    theta = theta.copy()
    for name, view in network.views(theta).items():
        view[...] = max_norm(view, limit=limit) if name.startswith("W") else 0
    return theta


def _with_one(x: Array) -> Array:
    return np.column_stack([x, np.ones(len(x), x.dtype)])
