"""The range test: what it finds on a bowl whose limit is known, and what it refuses."""

from __future__ import annotations

from itertools import repeat

import numpy as np
import pytest

from nnedu.data import bowl, load_digits
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, tanh
from nnedu.range_test import lr_range_test
from nnedu.train import minibatches

START = np.array([1.0, 1.0])


def test_rates_rise_geometrically_and_losses_are_those_before_each_update() -> None:
    test = lr_range_test(bowl(20), START, repeat(()), low=1e-4, high=1e-2, steps=3)
    np.testing.assert_allclose(test.lrs, [1e-4, 1e-3, 1e-2])
    # theta after one update: (1 - lr, 1 - 20 lr)
    second = (0.9999**2 + 20 * 0.998**2) / 2
    np.testing.assert_allclose(test.losses[:2], [10.5, second])
    assert not test.diverged


def test_the_average_is_corrected_for_its_start() -> None:
    test = lr_range_test(bowl(20), START, repeat(()), low=1e-9, high=2e-9, steps=9, smoothing=0.9)
    np.testing.assert_allclose(test.smoothed, 10.5, rtol=1e-6)


@pytest.mark.parametrize("curvature", [2, 20, 200])
def test_it_explodes_beyond_the_limit_of_the_curvature(curvature: float) -> None:
    test = lr_range_test(bowl(curvature), START, repeat(()), low=1e-4, high=10, smoothing=0.5)
    assert test.diverged
    assert 2 / curvature < test.lrs[-1] < 8 * 2 / curvature
    assert test.steepest < 2 / curvature
    assert test.steepest < test.lowest


def test_on_digits_the_steepest_rate_trains() -> None:
    digits = load_digits()
    net = Network([Dense(16), tanh, Dense(10)], inputs=64)
    rng = np.random.default_rng(0)
    theta, objective = net.init(rng), net.objective(softmax_cross_entropy)
    batches = minibatches(rng, 64, digits.x_train, digits.y_train)
    before = theta.copy()
    test = lr_range_test(objective, theta, batches, rule="adam", low=1e-5, high=10.0)
    np.testing.assert_array_equal(theta, before)
    assert test.diverged or test.losses[-1] > test.losses.min()
    assert 1e-4 < test.steepest < 0.3


def test_what_never_falls_has_no_steepest_point() -> None:
    test = lr_range_test(bowl(20), START, repeat(()), low=0.5, high=5.0, steps=5, explodes=1e9)
    with pytest.raises(ValueError, match="the loss did not fall"):
        _ = test.steepest


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"low": 1.0, "high": 0.1}, r"low is 1.0 and high 0.1; expected 0 < low < high"),
        ({"steps": 1}, "steps is 1; expected at least 2"),
        ({"smoothing": 1.0}, "smoothing is 1.0"),
        ({"explodes": 1.0}, "explodes is 1.0"),
    ],
)
def test_ranges(numbers, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lr_range_test(bowl(20), START, repeat(()), **numbers)


def test_batches_that_run_dry_are_named() -> None:
    with pytest.raises(ValueError, match="ran dry after 2 updates"):
        lr_range_test(bowl(20), START, iter([(), ()]))


def test_a_loss_that_is_not_finite_at_once_is_an_error() -> None:
    with pytest.raises(ValueError, match="not finite before the first update"):
        lr_range_test(lambda theta: (np.nan, theta), START, repeat(()))
