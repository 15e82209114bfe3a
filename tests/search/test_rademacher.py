"""AdaNet's complexity, against the complexity itself where it can be counted out."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from nnedu.search import rademacher_bound

M = 8
SIGNS = np.array(list(product([-1.0, 1.0], repeat=M)))  # every sigma there is
X = np.random.default_rng(0).normal(size=(M, 3))


@pytest.mark.parametrize("p", [1, 1.5, 2, 4, np.inf])
def test_depth_1_is_bounded_and_every_step_of_the_bound_is_an_inequality(p: float) -> None:
    limit = 1.7
    q = {1: np.inf, np.inf: 1}.get(p, p / (p - 1) if p not in (1, np.inf) else None)
    sums = SIGNS @ X
    exact = limit * np.mean(np.linalg.norm(sums, ord=q, axis=1)) / M
    by_largest = limit * 3 ** (1 / q) * np.mean(np.abs(sums).max(axis=1)) / M
    massart = limit * 3 ** (1 / q) * np.abs(X).max() * np.sqrt(2 * np.log(6) / M)
    bound = rademacher_bound(X, limits=[limit], p=p)
    assert exact <= by_largest * (1 + 1e-12)
    assert by_largest <= bound
    assert bound == pytest.approx(massart, rel=1e-14)


def test_the_closed_form_by_hand() -> None:
    # 5 examples, 3 features, the largest 2; units 4 and 6; limits 1, 0.5, 3; the 2-norm.
    x = np.array([[0.0, -2.0, 1.0]] * 5)
    expected = 2 * (2 * 1) * (2 * 0.5) * (2 * 3) * np.sqrt(3 * 4 * 6) * np.sqrt(np.log(6) / 10)
    assert rademacher_bound(x, limits=[1, 0.5, 3], widths=[4, 6]) == pytest.approx(
        expected, rel=1e-14
    )


@pytest.mark.parametrize("p", [1, 2, np.inf])
def test_a_layer_more_multiplies_by_its_own_factor(p: float) -> None:
    shallow = rademacher_bound(X, limits=[1.5], p=p)
    deep = rademacher_bound(X, limits=[1.5, 0.7], widths=[9], p=p)
    assert deep / shallow == pytest.approx(2 * 0.7 * 9 ** (1 - 1 / p), rel=1e-13)


def test_depth_2_is_bounded_where_the_supremum_can_be_found() -> None:
    # One feature, the 1-norm: the supremum puts all weight on the one best unit tanh(v x).
    x = np.random.default_rng(1).normal(size=(M, 1))
    v = np.linspace(-2, 2, 401)
    units = np.tanh(x * v)  # (M, 401)
    exact = 1.5 * np.mean(np.abs(SIGNS @ units).max(axis=1)) / M
    bound = rademacher_bound(x, limits=[2.0, 1.5], widths=[50], p=1)
    assert 0.05 * bound < exact < bound


def test_four_times_the_examples_halve_it_and_the_scale_of_x_scales_it() -> None:
    once = rademacher_bound(X, limits=[1.0])
    assert rademacher_bound(np.tile(X, (4, 1)), limits=[1.0]) == pytest.approx(once / 2, rel=1e-14)
    assert rademacher_bound(-3 * X, limits=[1.0]) == pytest.approx(3 * once, rel=1e-14)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"limits": []}, "0 limits and 0 widths; expected a limit for each"),
        ({"limits": [1.0, 1.0]}, "2 limits and 0 widths"),
        ({"limits": [0.0]}, "a limit is 0.0; expected finite numbers above 0"),
        ({"limits": [1.0, 1.0], "widths": [0]}, "a width is 0; expected a whole number"),
        ({"limits": [1.0], "p": 0.5}, "p is 0.5; expected at least 1"),
    ],
)
def test_errors(words, message) -> None:
    with pytest.raises(ValueError, match=message):
        rademacher_bound(X, **words)
    with pytest.raises(ValueError, match=r"x has shape \(8,\); expected \(N, I\)"):
        rademacher_bound(X[:, 0], limits=[1.0])
