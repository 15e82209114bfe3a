"""Proximal steps: by hand, and the zeros that subgradients never reach."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.data import load_table, standardize
from nnedu.optim import Optimizer
from nnedu.regularization import ista, l1, proximal_elastic_net, proximal_l1, proximal_l2
from nnedu.train import descend


def test_by_hand() -> None:
    theta = np.array([3.0, -0.5, 1.0, -2.0])
    np.testing.assert_allclose(proximal_l1(theta, strength=10.0, lr=0.1), [2, 0, 0, -1])
    np.testing.assert_allclose(proximal_l2(theta, strength=10.0, lr=0.1), theta / 2)
    np.testing.assert_allclose(
        proximal_elastic_net(theta, l1=10.0, l2=10.0, lr=0.1), [1, 0, 0, -0.5]
    )


def lasso(step: str, lr: float = 0.1, updates: int = 2000) -> np.ndarray:
    """Minimise (theta - a)**2 / 2 + strength abs(theta) for several a."""
    a, strength, theta = np.array([1.0, 0.25, -0.2, -3.0]), 0.3, np.ones(4)
    for _ in range(updates):
        g = theta - a
        if step == "proximal":
            theta = proximal_l1(theta - lr * g, strength=strength, lr=lr)
        else:
            theta = theta - lr * (g + l1(theta, strength=strength)[1])
    return theta


def test_proximal_steps_solve_the_lasso_with_exact_zeros() -> None:
    # The solution is the soft threshold of a itself.
    np.testing.assert_allclose(lasso("proximal"), [0.7, 0, 0, -2.7], atol=1e-12)
    assert (lasso("proximal")[1:3] == 0).all()


def test_subgradient_steps_never_land_on_zero() -> None:
    theta = lasso("subgradient")
    np.testing.assert_allclose(theta[[0, 3]], [0.7, -2.7])
    assert (theta[1:3] != 0).all()
    assert (np.abs(theta[1:3]) < 0.1 * 0.3 * 2).all()


@pytest.mark.parametrize(("l1_strength", "l2_strength"), [(0.1, 0.0), (0.03, 0.0), (0.05, 0.1)])
def test_ista_ends_where_scikit_learn_does(l1_strength: float, l2_strength: float) -> None:
    from sklearn.linear_model import ElasticNet  # which carries the data, too

    table = load_table("diabetes")
    x, y = standardize(table.x)(table.x), (table.y - table.y.mean()) / table.y.std()
    A, b = x.T @ x / len(x), x.T @ y / len(x)
    opt = Optimizer(ista, lr=1 / np.linalg.eigvalsh(A)[-1], l1=l1_strength, l2=l2_strength)
    ours = descend(lambda theta: (0.0, A @ theta - b), np.zeros(10), opt, steps=1500)[-1]
    alpha = l1_strength + l2_strength
    share = {"alpha": alpha, "l1_ratio": l1_strength / alpha, "tol": 1e-12, "max_iter": 10_000}
    theirs = ElasticNet(**share).fit(x, y).coef_
    np.testing.assert_allclose(ours, theirs, atol=1e-9)
    np.testing.assert_array_equal(ours == 0, theirs == 0)
    assert 2 <= (ours == 0).sum() <= 7


def test_a_negative_learning_rate_is_refused() -> None:
    with pytest.raises(ValueError, match=r"lr is -0\.1; expected a finite number of at least 0"):
        proximal_l1(np.ones(2), strength=1.0, lr=-0.1)
