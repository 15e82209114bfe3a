"""Every row of ``nnedu.pruning.PRUNERS``, and every way to cut by its scores, keeps these."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnedu import pruning
from nnedu.pruning import PRUNERS, Pruner, cut
from tests.contracts.docstrings import problems

FUNCTIONS = [name for name in pruning.__all__ if inspect.isfunction(getattr(pruning, name))]
SHAPE = (8, 6)
every_pruner = pytest.mark.parametrize("pruner", PRUNERS, ids=lambda pruner: pruner.name)

# From scores to a mask; each at a sparsity that all of them can reach exactly.
CUTS: dict[str, Callable[[Any], Any]] = {
    "cut": lambda scores: pruning.cut(scores, sparsity=0.5),
    "cut_overall": lambda scores: pruning.cut_overall({"W": scores}, sparsity=0.5)["W"],
    "cut_columns": lambda scores: pruning.cut_columns(scores, sparsity=0.5),
    "cut_below": lambda scores: pruning.cut_below(scores, sparsity=0.5),
    "cut_units": lambda scores: pruning.cut_units(scores, sparsity=0.5),
    "n_of_m": pruning.n_of_m,
}
every_cut = pytest.mark.parametrize("name", CUTS)


def inputs(pruner: Pruner, dtype: Any = np.float64) -> dict[str, Any]:
    """What a score looks at, by the names of its arguments."""
    rng = np.random.default_rng(3)
    all_of_them: dict[str, Any] = {
        "s": rng.normal(size=SHAPE).astype(dtype),
        "w": rng.normal(size=SHAPE).astype(dtype),
        "g": rng.normal(size=SHAPE).astype(dtype),
        "h": rng.uniform(0.1, 2, SHAPE).astype(dtype),
        "x": rng.normal(size=(5, SHAPE[0])).astype(dtype),
        "rng": np.random.default_rng(4),
    }
    names = [
        p.name
        for p in inspect.signature(pruner.score).parameters.values()
        if p.kind is p.POSITIONAL_OR_KEYWORD
    ]
    return {name: all_of_them[name] for name in names}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring_is_complete_and_its_example_runs(name: str) -> None:
    helper = name == "count"  # the part of a rule that decides how a share is rounded
    assert problems(getattr(pruning, name), conventions=True, source=not helper) == []


def test_every_score_and_every_cut_is_in_a_table() -> None:
    other = {"count", "cubic", "trial_and_keep", "csr_bytes", "report", "unit_norms"}
    assert {*FUNCTIONS} == {pruner.name for pruner in PRUNERS} | {*CUTS} | other
    assert {pruner.choice for pruner in PRUNERS} <= {*CUTS}


@every_pruner
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_score_a_weight_in_its_dtype(pruner: Pruner, dtype: Any) -> None:
    scores = pruner.score(**inputs(pruner, dtype))
    assert scores.shape == SHAPE
    assert scores.dtype == dtype
    assert np.isfinite(scores).all()


@every_pruner
def test_inputs_are_not_changed(pruner: Pruner) -> None:
    given = inputs(pruner)
    arrays = {name: value for name, value in given.items() if isinstance(value, np.ndarray)}
    copies = {name: value.copy() for name, value in arrays.items()}
    for value in arrays.values():
        value.flags.writeable = False
    scores = pruner.score(**given)
    for name, value in arrays.items():
        np.testing.assert_array_equal(value, copies[name])
        assert not np.shares_memory(scores, value)


@pytest.mark.parametrize("pruner", PRUNERS[1:], ids=lambda pruner: pruner.name)
def test_outputs_in_another_order_have_their_scores_in_that_order(pruner: Pruner) -> None:
    given, order = inputs(pruner), np.random.default_rng(0).permutation(SHAPE[1])
    moved = {name: v[:, order] if name in "swgh" else v for name, v in given.items()}
    # SNIP's sum may round differently in another order.
    np.testing.assert_allclose(pruner.score(**moved), pruner.score(**given)[:, order], rtol=1e-14)


# Random does not look; movement is about how a weight got there.
LOOK = [pruner for pruner in PRUNERS if pruner.name not in ("random", "movement")]


@pytest.mark.parametrize("pruner", LOOK, ids=lambda pruner: pruner.name)
def test_a_weight_at_zero_has_no_worth_of_its_own(pruner: Pruner) -> None:
    given = inputs(pruner)
    given["w"][2, 3] = 0
    scores = pruner.score(**given)
    assert scores[2, 3] == 0
    assert (np.delete(scores.ravel(), 2 * SHAPE[1] + 3) > 0).all()


@every_pruner
def test_integers_are_refused(pruner: Pruner) -> None:
    given = inputs(pruner)
    given["w"] = np.ones(SHAPE, int)
    with pytest.raises(TypeError, match="w has dtype int64; expected float32 or float64"):
        pruner.score(**given)


@every_cut
def test_a_cut_gives_booleans_of_the_shape_and_the_share_asked_for(name: str) -> None:
    scores = np.random.default_rng(0).random(SHAPE)
    kept = CUTS[name](scores)
    assert kept.dtype == bool
    assert kept.shape == SHAPE
    assert kept.mean() == 0.5


@every_cut
def test_cutting_what_is_cut_changes_nothing(name: str) -> None:
    w = np.random.default_rng(0).normal(size=SHAPE)
    kept = CUTS[name](np.abs(w))
    np.testing.assert_array_equal(CUTS[name](np.abs(w * kept)), kept)


@every_cut
def test_a_cut_looks_at_the_order_of_scores_alone(name: str) -> None:
    scores = np.random.default_rng(0).random(SHAPE)
    kept = CUTS[name](scores)
    np.testing.assert_array_equal(CUTS[name](1e-3 * scores), kept)
    np.testing.assert_array_equal(CUTS[name](scores.astype(np.float32)), kept)


@every_cut
def test_a_cut_leaves_its_scores_alone(name: str) -> None:
    scores = np.random.default_rng(0).random(SHAPE)
    scores.flags.writeable = False
    assert not np.shares_memory(CUTS[name](scores), scores)
    assert CUTS[name](scores).flags.writeable


def test_every_pruner_but_random_beats_random_where_it_should() -> None:
    # A linear model at the minimum of its loss: what a pruner keeps should cost less than chance.
    rng = np.random.default_rng(5)
    x = rng.normal(size=(200, 40)) * rng.uniform(0.2, 3, 40)
    best = rng.normal(size=(40, 1))

    def loss(w: Any) -> float:
        return float(np.mean((x @ w - x @ best) ** 2))

    cold = best + 0.3 * rng.normal(size=best.shape)
    looks_at = {
        "w": best,
        "h": 2 * np.mean(x**2, axis=0)[:, None],
        "x": x,
        "s": np.zeros_like(best),
        "rng": rng,
    }
    costs = {}
    for pruner in PRUNERS:
        names = inspect.signature(pruner.score).parameters
        given = {name: looks_at[name] for name in names if name in looks_at}
        if "g" in names:  # away from the minimum, where there is a slope
            given |= {"w": cold, "g": 2 * x.T @ (x @ (cold - best)) / len(x)}
        if pruner.name == "movement":  # on the way from 0 to the minimum
            given |= {"w": 0.5 * best, "g": -x.T @ (x @ best) / len(x)}
        costs[pruner.name] = loss(best * cut(pruner.score(**given), sparsity=0.5))
    chance = [loss(best * (rng.permutation(40) < 20)[:, None]) for _ in range(100)]
    for name in ("magnitude", "obd", "movement", "wanda"):
        assert costs[name] < np.quantile(chance, 0.02), name
    assert costs["random"] > np.quantile(chance, 0.02)
