"""Dimensions, draws and grids, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.search import Choice, Integer, LogUniform, Uniform, draw, grid

MANY = 4000


def drawn(dimension: object) -> np.ndarray:
    settings = draw({"a": dimension}, MANY, np.random.default_rng(0))  # type: ignore[dict-item]
    return np.array([setting["a"] for setting in settings])


def test_uniform_has_equal_shares_in_equal_lengths() -> None:
    counts, _ = np.histogram(drawn(Uniform(-2.0, 6.0)), bins=8, range=(-2, 6))
    assert counts.sum() == MANY
    assert np.abs(counts / MANY - 1 / 8).max() < 4 * np.sqrt(1 / 8 * 7 / 8 / MANY)


def test_log_uniform_has_equal_shares_in_equal_factors() -> None:
    counts, _ = np.histogram(np.log10(drawn(LogUniform(1e-4, 1.0))), bins=8, range=(-4, 0))
    assert counts.sum() == MANY
    assert np.abs(counts / MANY - 1 / 8).max() < 4 * np.sqrt(1 / 8 * 7 / 8 / MANY)


def test_integer_reaches_both_ends_as_often_as_the_middle() -> None:
    values, counts = np.unique(drawn(Integer(-1, 3)), return_counts=True)
    assert values.tolist() == [-1, 0, 1, 2, 3]
    assert np.abs(counts / MANY - 1 / 5).max() < 4 * np.sqrt(1 / 5 * 4 / 5 / MANY)


def test_choice_takes_each_as_often() -> None:
    values, counts = np.unique(drawn(Choice(["a", "b", "c"])), return_counts=True)
    assert values.tolist() == ["a", "b", "c"]
    assert np.abs(counts / MANY - 1 / 3).max() < 4 * np.sqrt(1 / 3 * 2 / 3 / MANY)


@pytest.mark.parametrize("u", [0.0, 0.25, 0.5, np.nextafter(1.0, 0.0)])
def test_quantiles_by_hand(u: float) -> None:
    assert Uniform(2.0, 4.0).at(u) == pytest.approx(2 + 2 * u, rel=1e-15)
    assert LogUniform(0.01, 100.0).at(u) == pytest.approx(10 ** (4 * u - 2), rel=1e-12)
    assert Integer(0, 3).at(u) == int(4 * u)
    assert Choice(["a", "b", "c", "d"]).at(u) == "abcd"[int(4 * u)]


def test_draws_are_independent_and_a_longer_list_begins_with_the_shorter() -> None:
    space = {"a": Uniform(0, 1), "b": Uniform(0, 1)}
    long = draw(space, MANY, np.random.default_rng(0))
    assert draw(space, 7, np.random.default_rng(0)) == long[:7]
    pairs = np.array([[setting["a"], setting["b"]] for setting in long])
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 4 / np.sqrt(MANY)


def test_a_grid_is_every_combination_and_random_tells_more_of_each() -> None:
    space = {"lr": LogUniform(1e-4, 1.0), "momentum": Uniform(0.0, 0.8)}
    settings = grid(space, {"lr": 3, "momentum": 3})
    assert settings == grid(space, 3)
    np.testing.assert_allclose(
        [(setting["lr"], setting["momentum"]) for setting in settings],
        [(lr, m) for lr in (1e-4, 1e-2, 1.0) for m in (0, 0.4, 0.8)],
        rtol=1e-12,
        atol=1e-15,
    )
    assert len({setting["lr"] for setting in settings}) == 3
    at_random = draw(space, 9, np.random.default_rng(0))
    assert len({setting["lr"] for setting in at_random}) == 9


def test_a_grid_of_integers_repeats_none() -> None:
    assert Integer(1, 3).grid(7) == [1, 2, 3]
    assert grid({"n": Integer(0, 10), "c": Choice(["a", ""][:1])}, 2)[1]["n"] == 10


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Uniform(1.0, 1.0), "Uniform goes from 1.0 to 1.0; expected low < high"),
        (lambda: Uniform(0.0, np.inf), "expected low < high, both finite"),
        (lambda: LogUniform(0.0, 1.0), "LogUniform starts at 0.0; expected above 0"),
        (lambda: Integer(1, 2.5), "high is 2.5; expected a whole number"),
        (lambda: Choice([]), r"values is \[\]; expected at least one"),
        (lambda: Choice("relu"), "values is 'relu'; expected at least one, such as"),
        (lambda: Uniform(0, 1).grid(1), "points is 1; expected a whole number of at least 2"),
        (lambda: grid({}, 2), "the space is empty"),
        (lambda: grid({"a": Uniform(0, 1)}, {"b": 2}), "points names b; expected a"),
        (lambda: draw({"a": Uniform(0, 1)}, 0, np.random.default_rng(0)), "count is 0; expected"),
        (lambda: draw({}, 1, np.random.default_rng(0)), "expected at least one name, such as"),
    ],
)
def test_errors(wrong, message) -> None:
    with pytest.raises(ValueError, match=message):
        wrong()


def test_a_fixed_value_is_no_dimension() -> None:
    with pytest.raises(TypeError, match=r"lr is 0.1; expected Uniform.*Pass Choice"):
        draw({"lr": 0.1}, 1, np.random.default_rng(0))  # type: ignore[dict-item]
