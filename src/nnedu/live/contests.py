"""The contests of the live race: surfaces, starts, and every optimizer's tuned learning rate.

A race is fair where everyone is tuned alike. Each optimizer tries the same rates from the same
start, and is given the one that keeps the loss lowest on the way.
"""

from functools import cache
from typing import Any

import numpy as np

from nnedu.data.surfaces import BEALE, HIMMELBLAU, RASTRIGIN, ROSENBROCK, SADDLE, Surface, bowl
from nnedu.optim import Optimizer

RUNNERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
"""Who runs, with the defaults of the library but for the learning rate."""

CONDITION, UPDATES = 100.0, 150
RATES = 10.0 ** (np.arange(-24, 9) / 4)
"""What each may try: four rates a decade."""

LOWEST = 1e-9
"""Losses below count as this one: whoever is there has arrived."""


def places() -> dict[str, tuple[str, Surface, tuple[float, float]]]:
    """The surfaces of the race: what each is called, the surface, the start.

    Returns
    -------
    dict of str to (str, Surface, (float, float))
    """
    turned = 0.8 * np.sqrt(2)
    found = {
        "along": ("bowl along the axes", bowl(CONDITION), (0.8, 0.8)),
        "turned": (
            "the same bowl, turned by 45°",
            bowl(CONDITION, tilt=np.pi / 4),
            (0.0, float(turned)),
        ),
    }
    for surface in (SADDLE, ROSENBROCK, BEALE, HIMMELBLAU, RASTRIGIN):
        found[surface.name.lower()] = (surface.name, surface, surface.start)
    return found


def scores(surface: Surface, start: tuple[float, float], runner: str) -> Any:
    """The mean logarithm of the loss above the minimum, over a run, for every rate.

    Parameters
    ----------
    surface : Surface
    start : (float, float)
    runner : str
        A rule's name.

    Returns
    -------
    float array, shape (len(RATES),)
        9 where the run leaves the picture, by more than half of its size.
    """
    lowest = min(float(surface.f(*minimum)) for minimum in surface.minima)
    theta = np.repeat(np.array(start, float)[:, None], len(RATES), axis=1)
    optimizer = Optimizer(runner, lr=np.broadcast_to(RATES, theta.shape).copy())
    state, total = optimizer.init(theta), np.zeros(len(RATES))
    lost = np.zeros(len(RATES), bool)
    window = np.array(surface.window)
    middle, reach = window.mean(axis=1)[:, None], np.diff(window, axis=1)
    with np.errstate(all="ignore"):
        for _ in range(UPDATES):
            g = np.array(np.broadcast_arrays(*surface.df(*theta)))
            lost |= ~(np.abs(theta - middle) <= reach).all(axis=0)
            theta, g = np.where(lost, 0.0, theta), np.where(lost, 0.0, g)
            theta, state = optimizer.step(theta, g, state)
            total += np.log10(np.maximum(surface.f(*theta) - lowest, LOWEST))
    return np.where(lost, 9.0, total / UPDATES)


@cache
def races() -> dict[str, Any]:
    """What the script of the page holds of the contests.

    Returns
    -------
    dict
        For each surface its title, its start, and for each runner the tuned learning rate.

    Raises
    ------
    RuntimeError
        If a tuned rate is the smallest or largest that was tried: then it is not tuned.
    """
    found = {}
    for key, (title, surface, start) in places().items():
        rates = {}
        for runner in RUNNERS:
            best = int(np.argmin(scores(surface, start, runner)))
            if best in (0, len(RATES) - 1):
                raise RuntimeError(f"{runner} on {title} is best at the end of its grid")
            rates[runner] = float(f"{RATES[best]:.3g}")
        found[key] = {"title": title, "start": list(start), "rates": rates}
    return found
