"""Generators: where their points lie, how many of each class, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.data import spirals, two_moons


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_moons_without_noise_lie_on_their_half_circles() -> None:
    x, labels = two_moons(101, noise=0.0, rng=rng())
    upper, lower = x[labels == 0], x[labels == 1] - [1, 0.5]
    assert (len(upper), len(lower)) == (51, 50)
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*lower.T), 1)
    assert (upper[:, 1] >= 0).all()
    assert (lower[:, 1] <= 0).all()


def test_noise_has_its_standard_deviation() -> None:
    x, labels = two_moons(20_000, noise=0.2, rng=rng())
    clean, same = two_moons(20_000, noise=0.0, rng=rng())
    assert (labels == same).all()
    assert (x - clean).std() == pytest.approx(0.2, rel=0.02)


def test_no_line_separates_the_moons() -> None:
    x, labels = two_moons(400, noise=0.0, rng=rng())
    features, signs = np.column_stack([x, np.ones(400)]), 2 * labels - 1
    theta, *_ = np.linalg.lstsq(features, signs, rcond=None)
    assert 0.02 < np.mean(np.sign(features @ theta) != signs) < 0.3


def test_an_arm_of_the_spirals_is_where_its_formula_says() -> None:
    x, labels = spirals(300, classes=3, turns=1.5, noise=0.0, rng=rng())
    radius = np.hypot(*x.T)
    assert 0.1 <= radius.min() < radius.max() <= 1
    turned = np.arctan2(x[:, 1], x[:, 0]) / (2 * np.pi) - 1.5 * radius - labels / 3
    np.testing.assert_allclose(turned - np.round(turned), 0, atol=1e-12)


@pytest.mark.parametrize("make", [two_moons, spirals])
def test_examples_come_shuffled_and_the_same_again(make) -> None:
    (x, labels), (again, _) = make(60, rng=rng()), make(60, rng=rng())
    np.testing.assert_array_equal(x, again)
    assert 5 < np.abs(np.diff(labels)).sum() < 59


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: two_moons(1, rng=rng()), "N is 1; expected a whole number of at least 2"),
        (lambda: two_moons(9, noise=-1, rng=rng()), "noise is -1; expected a number of at least 0"),
        (lambda: two_moons(9, noise=float("nan"), rng=rng()), "noise is nan"),
        (lambda: spirals(9, classes=1, rng=rng()), "classes"),
        (lambda: spirals(2, classes=3, rng=rng()), "N"),
        (lambda: spirals(9, turns=-0.5, rng=rng()), "turns is -0.5"),
    ],
)
def test_what_makes_no_sense_is_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
