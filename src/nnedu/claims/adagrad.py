"""Experiments behind what is said about AdaGrad's formula and memory."""

from math import exp, sqrt

import numpy as np

from nnedu.claims import Finding
from nnedu.optim import Optimizer, adagrad


def adagrad_first_moment(*, rule: str = "adagrad") -> Finding:
    """AdaGrad uses first-moment information only: the mean of gradients, not of their squares.

    Feeds the gradients 1, 1, 1, 1 and then 1, -1, 1, -1, whose means are 1 and 0.

    Returns
    -------
    Finding
        Holds if what the rule remembers tells the two apart. The number: what it remembers of the
        alternating ones.
    """
    same, flip = (_remembered(rule, signs) for signs in ([1, 1, 1, 1], [1, -1, 1, -1]))
    return Finding(same != flip, flip, {"same": same})


def _remembered(rule: str, gradients: list[int]) -> float:
    optimizer, theta = Optimizer(rule, lr=0.1), np.zeros(1)
    state = optimizer.init(theta)
    for g in gradients:
        theta, state = optimizer.step(theta, np.array([float(g)]), state)
    return float(next(iter(state.arrays.values()))[0])


def adagrad_formula(*, updates: int = 100) -> Finding:
    """AdaGrad divides lr by ``sqrt(1 / (1 + exp(-lambda)))``, lambda the sum of squared gradients.

    Gradients of size 1 come one after another, and the last step is compared with the first.

    Parameters
    ----------
    updates : int, at least 1

    Returns
    -------
    Finding
        Holds if the formula shortens the steps as the published rule does, within a tenth. The
        number: how many times shorter the last step is than the first under the formula;
        ``published``: the same under the rule of the paper.
    """
    theta, G, steps = np.zeros(1), np.zeros(1), []
    for t in range(1, updates + 1):
        before = theta
        theta, G = adagrad(theta, np.ones(1), G, t=t, lr=1.0)
        steps.append(float(before[0] - theta[0]))
    published = steps[0] / steps[-1]
    formula = sqrt((1 + exp(-1.0)) / (1 + exp(-float(updates))))
    return Finding(abs(formula / published - 1) < 0.1, formula, {"published": published})
