"""Every function of ``nnedu.search``, and every way to search, keeps these."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnedu import search
from nnedu.optim import Optimizer
from nnedu.search import Choice, Integer, LogUniform, Rung, Search, Uniform
from nnedu.train import train
from tests.contracts.docstrings import problems

FUNCTIONS = [name for name in search.__all__ if inspect.isfunction(getattr(search, name))]
SPACE = {
    "lr": LogUniform(1e-3, 1.0),
    "momentum": Uniform(0.0, 0.9),
    "width": Integer(1, 5),
    "act": Choice(["relu", "tanh"]),
}
Run = Callable[..., float]


def folds(run: Run, rng: np.random.Generator) -> Search:
    settings = search.draw(SPACE, 6, rng)
    found = search.select_by_folds(
        lambda setting, train, held_out, seed: run(setting, seed),
        settings,
        N=12,
        folds=3,
        rng=rng,
    )
    trials = tuple(trial for row in found.trials for trial in row)
    chosen = found.trials[found.best][0] if np.isfinite(found.means).any() else None
    return Search(trials, chosen)


# name -> (run, rng) -> Search, and how many runs it makes
SEARCHES: dict[str, tuple[Callable[[Run, Any], Search], int]] = {
    "random_search": (lambda run, rng: search.random_search(run, SPACE, trials=20, rng=rng), 20),
    "grid_search": (lambda run, rng: search.grid_search(run, SPACE, points=2, rng=rng), 16),
    "successive_halving": (
        lambda run, rng: search.successive_halving(
            run, SPACE, rungs=[Rung(8, 1), Rung(4, 2), Rung(2, 4)], rng=rng
        ),
        14,
    ),
    "hyperband": (lambda run, rng: search.hyperband(run, SPACE, R=9, rng=rng), 22),
    "select_by_folds": (folds, 18),
}
every_search = pytest.mark.parametrize("name", SEARCHES)


def good(setting: dict[str, Any], seed: int, budget: float = 1) -> float:
    noise = np.random.default_rng(seed).normal()
    return abs(math.log10(setting["lr"]) + 1) + setting["momentum"] / budget + 1e-3 * noise


def go(name: str, run: Run = good, seed: int = 0) -> Search:
    return SEARCHES[name][0](run, np.random.default_rng(seed))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring_is_complete_and_its_example_runs(name: str) -> None:
    of_no_paper = name == "measure"
    assert problems(getattr(search, name), conventions=True, source=not of_no_paper) == []


def test_every_way_to_search_is_in_the_table() -> None:
    words = {name: {*inspect.signature(getattr(search, name)).parameters} for name in FUNCTIONS}
    assert {name for name in FUNCTIONS if {"run", "rng"} <= words[name]} == {*SEARCHES}


@every_search
def test_same_generator_same_search_and_another_another(name: str) -> None:
    assert go(name) == go(name)
    assert go(name).trials != go(name, seed=1).trials


@every_search
def test_the_global_generator_is_left_alone(name: str) -> None:
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    go(name)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@every_search
def test_every_run_is_a_trial_in_order_with_its_setting_and_seed(name: str) -> None:
    called: list[tuple[Any, ...]] = []

    def noted(setting: dict[str, Any], seed: int, *budget: float) -> float:
        loss = good(setting, seed, *budget)
        called.append((dict(setting), seed, *(budget or (None,)), loss))
        return loss

    found = go(name, noted)
    assert [(t.setting, t.seed, t.budget, t.loss) for t in found.trials] == called
    assert len(called) == SEARCHES[name][1]
    for trial in found.trials:  # and each can be repeated from its record
        again = good(trial.setting, trial.seed, *([trial.budget] if trial.budget else []))
        assert again == trial.loss


@every_search
def test_a_run_that_writes_to_its_setting_changes_no_record(name: str) -> None:
    def careless(setting: dict[str, Any], seed: int, *budget: float) -> float:
        loss = good(setting, seed, *budget)
        setting["lr"] = -1.0
        return loss

    assert go(name, careless) == go(name)


def explode(setting: dict[str, Any]) -> float:
    far = Optimizer("sgd", lr=1e100)
    train(lambda w: (float(w @ w), 1e200 * w), np.ones(2), far, iter([()] * 9), steps=9)
    raise AssertionError("it should have exploded")


def not_a_number(setting: dict[str, Any]) -> float:
    return float("nan")


def overflow(setting: dict[str, Any]) -> float:
    return math.exp(1e4)


def warns(setting: dict[str, Any]) -> float:
    return float(np.exp(np.array([1e4])).sum())  # a warning, which tests make an error


WAYS = {
    "FloatingPointError: the loss": explode,
    "the loss is nan": not_a_number,
    "OverflowError": overflow,
    "the loss is inf": warns,
}


@every_search
@pytest.mark.parametrize("reason", WAYS)
def test_a_run_that_diverges_is_kept_with_its_reason_and_never_chosen(
    name: str, reason: str
) -> None:
    def some(setting: dict[str, Any], seed: int, *budget: float) -> float:
        if setting["act"] == "tanh":
            return WAYS[reason](setting)
        return good(setting, seed, *budget)

    found = go(name, some)
    assert len(found.trials) == SEARCHES[name][1]  # none was dropped
    bad = [trial for trial in found.trials if trial.setting["act"] == "tanh"]
    assert bad
    assert list(found.diverged) == bad
    for trial in bad:
        assert trial.loss == np.inf
        assert trial.reason.startswith(reason)
    assert found.best.setting["act"] == "relu"


@every_search
def test_where_every_run_diverges_the_search_ends_and_the_choice_says_why(name: str) -> None:
    def never(setting: dict[str, Any], seed: int, *budget: float) -> float:
        raise FloatingPointError("it exploded")

    found = go(name, never)
    assert len(found.trials) == SEARCHES[name][1]
    with pytest.raises(ValueError, match=r"every trial diverged .*it exploded.*expected at least"):
        _ = found.best


@every_search
def test_a_mistake_in_the_run_is_no_divergence(name: str) -> None:
    def wrong(setting: dict[str, Any], seed: int, *budget: float) -> float:
        return float(setting["learning_rate"])

    with pytest.raises(KeyError, match="learning_rate"):
        go(name, wrong)
    with pytest.raises(TypeError, match="the run returned None; expected one number"):
        go(name, lambda *given: None)


@every_search
def test_of_equal_losses_the_first_is_chosen(name: str) -> None:
    found = go(name, lambda *given: 1.0)
    assert found.best.number == 0
