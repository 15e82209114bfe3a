"""Experiments behind the claims of the chapter on gradient descent."""

import numpy as np

from nnedu._typing import Array
from nnedu.claims import Finding
from nnedu.data import HIMMELBLAU, RASTRIGIN, SADDLE, Surface, bowl
from nnedu.optim import Optimizer, sgd
from nnedu.train import descend


def lr_too_large(*, beyond: float = 1.01, most: int = 20_000) -> Finding:
    """Too large a learning rate is merely slow, and too small a one does not arrive.

    Counts the updates on the bowl of condition number 20 until the distance to the minimum is a
    millionth of the first, at shares of the limit ``2/L``.

    Parameters
    ----------
    beyond : float
        The share that stands for "too large".
    most : int
        The updates a run may take.

    Returns
    -------
    Finding
        Holds if the run at ``beyond`` arrives, and the one at a hundredth of the limit does not.
        The number: updates to arrive at a hundredth of the limit (0 if it does not).
    """
    shares = (0.01, 0.1, 0.5, 0.95, 0.99, beyond)
    steps = {share: _updates(share * 2 / 20, most) for share in shares}
    also = {f"at_{round(100 * share)}": number for share, number in steps.items()}
    return Finding(steps[beyond] > 0 and steps[0.01] == 0, steps[0.01], also)


def _updates(lr: float, most: int) -> int:
    """Updates until the distance has shrunk by a million; 0 if ``most`` are too few."""
    curvatures, theta = np.array([1.0, 20.0]), np.array([1.0, 1.0])
    for t in range(1, most + 1):
        (theta,) = sgd(theta, curvatures * theta, t=t, lr=lr)
        distance = np.linalg.norm(theta)
        if distance <= 1e-6 * np.sqrt(2):
            return t
        if distance > 1e9:  # growing by a constant factor: it never turns
            return 0
    return 0


def oscillation(*, power: int = 2, lr: float = 0.021, scale: float = 100.0) -> Finding:
    """Descent oscillates because gradients are large, and clipping them cures it.

    Runs on ``scale theta**power / power`` with and without clipping of the gradient to [-1, 1].

    Returns
    -------
    Finding
        Holds if a start where the gradient is small changes sides less often than one where it is
        large, and a clipped run from there no longer changes sides in the end. The number: how
        often the run with the small gradient changes sides, as a share of its updates.
    """

    def gradient(theta: Array) -> Array:
        slope: Array = scale * np.sign(theta) * np.abs(theta) ** (power - 1)
        return slope

    def changes(start: float, clip: float, steps: int) -> Array:
        path = descend(
            lambda theta: (0.0, np.clip(gradient(theta), -clip, clip)),
            np.array([start]),
            Optimizer("sgd", lr=lr),
            steps=steps,
        )
        ends[:] = path[-2:, 0]
        return path[1:, 0] * path[:-1, 0] < 0

    ends = np.zeros(2)
    small, large = (float(changes(start, np.inf, 20).mean()) for start in (1e-6, 4.0))
    cured = not changes(4.0, 1.0, 2000)[-50:].any()
    also = {"large": large, "low": ends.min(), "high": ends.max()}
    return Finding(small < large and cured, small, also)


def convex_global(*, share: float = 1.9) -> Finding:
    """Descent finds the global minimum of a convex function from any start.

    Parameters
    ----------
    share : float
        The learning rate on the bowl of condition number 20, in units of ``1/L``.

    Returns
    -------
    Finding
        Holds if all of 1,000 random starts on the bowl arrive. The number: the share that does;
        beside it the shares on two surfaces that are not convex, at a small learning rate.
    """
    arrived = _arriving(bowl(20), share / 20)
    also = {
        "himmelblau": _arriving(HIMMELBLAU, 0.005),
        "rastrigin": _arriving(RASTRIGIN, 0.001),
    }
    return Finding(arrived == 1.0, arrived, also)


def _arriving(surface: Surface, lr: float, steps: int = 3000) -> float:
    """The share of 1,000 random starts that end in a global minimum, where the value is 0."""
    (x0, x1), (y0, y1) = surface.window
    rng = np.random.default_rng(0)
    theta = np.stack([rng.uniform(x0, x1, 1000), rng.uniform(y0, y1, 1000)])
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(steps):
            (theta,) = sgd(theta, np.stack(surface.df(*theta)), t=t + 1, lr=lr)
        return float(np.mean(surface.f(*theta) < 1e-6))


def saddle_is_minimum(*, y: float = 0.0) -> Finding:
    """A saddle point is a local minimum.

    Parameters
    ----------
    y : float
        Where to look on the surface ``x**2 / 2 - y**2 / 2 + y**4 / 4``, at ``x = 0``.

    Returns
    -------
    Finding
        Holds if no eigenvalue of the Hessian there is below 0. The number: the smallest one.
    """
    point, h = np.array([0.0, y]), 1e-5
    columns = [
        (SADDLE(point + h * unit)[1] - SADDLE(point - h * unit)[1]) / (2 * h) for unit in np.eye(2)
    ]
    low, high = np.linalg.eigvalsh(columns)
    return Finding(bool(low >= 0), float(low), {"high": float(high)})
