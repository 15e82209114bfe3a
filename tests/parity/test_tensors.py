"""Rules for tensors, SAM and L-BFGS beside the frameworks; one part in a million would be seen.

Keras and Optax run here; PyTorch was recorded (``python -m nnedu.parity.record_torch``) and runs
too where it is installed.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from nnedu.optim import TENSOR_RULES, TensorOptimizer
from nnedu.optim._ranges import WHOLE
from nnedu.parity import TOLERANCE, deviation, load
from nnedu.parity.record import COMMAND, Record
from nnedu.parity.tensors import (
    DEPARTURES,
    TENSOR_ABSENT,
    TENSOR_PAIRS,
    TENSOR_SETTINGS,
    TensorTrajectory,
    closures,
    library_tensor_path,
    run_tensors,
)
from tests.needs import require

OFF = 1 + 1e-6
CASES = [(pair, i) for pair in TENSOR_PAIRS for i in range(len(TENSOR_SETTINGS[pair.rule]))]
RECORDED = [(pair, i) for pair, i in CASES if pair.framework == "torch"]
# As small as their defaults these do nothing that could be seen; the second settings are larger.
HIDDEN = {
    ("lamb", 0, "eps"),
    ("adafactor", 0, "eps1"),
    ("adafactor", 0, "eps2"),
    ("muon", 0, "eps"),
    ("muon_rms", 0, "eps"),
}
SWITCHES = {"nesterov"}
NEEDS = {"keras": "tensorflow"}


def cases(which):
    return pytest.mark.parametrize(("pair", "i"), which, ids=[f"{pair}-{i}" for pair, i in which])


@cache
def recorded() -> Record:
    return load("tensor_optimizers")


@cache
def theirs(pair, i: int) -> np.ndarray:
    if pair.framework == "torch":
        return recorded().path(pair.rule, i, TENSOR_SETTINGS[pair.rule][i])
    require(NEEDS.get(pair.framework, pair.framework))
    return run_tensors(pair, TENSOR_SETTINGS[pair.rule][i])


def part(pair, i: int, **off: float) -> float:
    return deviation(
        library_tensor_path(pair, TENSOR_SETTINGS[pair.rule][i], off=off), theirs(pair, i)
    )


def looked_at(pair, i: int) -> list[str]:
    return [
        name
        for name, value in {"lr": 1.0, **TENSOR_SETTINGS[pair.rule][i]}.items()
        if value != 0
        and name not in {*pair.fixed, *WHOLE, *SWITCHES}
        and (pair.rule, i, name) not in HIDDEN
    ]


@cases(CASES)
def test_agrees(pair, i: int) -> None:
    assert part(pair, i) < TOLERANCE


@cases(CASES)
def test_one_part_in_a_million_of_any_hyper_parameter_is_seen(pair, i: int) -> None:
    for name in looked_at(pair, i):
        assert part(pair, i, **{name: OFF}) > 50 * TOLERANCE, name
        assert part(pair, i, **{name: 2 - OFF}) > 50 * TOLERANCE, name


@pytest.mark.parametrize("pair", TENSOR_PAIRS, ids=str)
def test_every_hyper_parameter_is_seen_in_some_setting(pair) -> None:
    seen = {name for i in range(len(TENSOR_SETTINGS[pair.rule])) for name in looked_at(pair, i)}
    settings = TENSOR_SETTINGS[pair.rule]
    shapes = {"W": (2, 2)}
    own = set(TensorOptimizer(pair.rule, shapes=shapes, lr=1.0).hyper)
    # momentum stands for look_ahead too, which the adapters make of it
    assert own - {"look_ahead"} - WHOLE - set(pair.fixed) == seen
    for name in own & WHOLE:
        assert len({numbers[name] for numbers in settings}) > 1


@cases(
    [
        (pair, i)
        for pair, i in CASES
        if pair.adapter.name != "the same"
        # Without decay it does not matter where it stands.
        and not (pair.adapter.name == "decay without lr" and i == 0)
    ]
)
def test_without_its_adapter_a_pair_parts(pair, i: int) -> None:
    numbers = TENSOR_SETTINGS[pair.rule][i]
    plain = {name: value for name, value in numbers.items() if name not in SWITCHES}
    lrs = pair.given.lr
    shapes = {name: pair.given.theta[name].shape for name in pair.names}
    opt = TensorOptimizer(pair.rule, shapes=shapes, lr=lambda k: float(lrs[k]), **plain)
    theta, gs = pair.given.flat(pair.names)
    state, path = opt.init(theta), []
    for g in gs:
        theta, state = opt.step(theta, g, state)
        path.append(theta)
    assert deviation(np.array(path), theirs(pair, i)) > 1e-10


def test_table_holds_three_frameworks_for_every_rule() -> None:
    compared = {(pair.rule, pair.framework) for pair in TENSOR_PAIRS}
    assert len(compared) == len(TENSOR_PAIRS)
    assert not compared & TENSOR_ABSENT
    rules = {entry.name for entry in TENSOR_RULES}
    every = {(rule, name) for rule in rules for name in ("keras", "torch", "optax")}
    assert compared | TENSOR_ABSENT == every


def test_what_is_absent_is_not_there() -> None:
    require("tensorflow")
    require("optax")
    import keras
    import optax

    theirs = {"keras": dir(keras.optimizers), "optax": dir(optax) + dir(optax.contrib)}
    for rule, name in TENSOR_ABSENT - {("muon", "keras")}:
        if name in theirs:
            assert rule not in [word.lower() for word in theirs[name]]


def test_trajectory_is_hard() -> None:
    given = TensorTrajectory.hard()
    assert len(given.lr) > 50
    assert 0 in given.lr
    assert (np.diff(given.lr) > 0).any()
    assert (np.diff(given.lr) < 0).any()
    for name in ("W1", "W2"):
        norms = np.linalg.norm(given.g[name], axis=(1, 2))
        assert norms.max() > 1e5 * norms.min() > 0
        rows = (given.g[name] == 0).all(axis=2)
        assert rows.any()
        assert not rows.all(axis=1).any()
    assert (given.g["b1"] == 0).all(axis=1).any(), "a tensor whose gradient is 0 once"
    # Relative steps that the cap of PyTorch and Keras cuts, and others that it leaves.
    capped = TensorTrajectory.hard(25.0).lr > 1 / np.sqrt(1 + np.arange(len(given.lr)))
    assert capped.any()
    assert not capped.all()


@pytest.mark.parametrize("departure", DEPARTURES, ids=lambda d: f"{d.rule}-{d.framework}")
def test_departures_are_as_large_as_stated(departure) -> None:
    if departure.framework == "torch":
        shipped = recorded().arrays[f"{departure.rule}/shipped"]
    else:
        require(departure.framework)
        shipped = departure.run()
    ours = library_tensor_path(departure.pair, TENSOR_SETTINGS[departure.rule][0])
    assert departure.least < deviation(ours, shipped) < departure.most


@pytest.mark.parametrize("base", closures.SAM_BASES)
def test_sam_agrees_with_optax(base: str) -> None:
    require("optax")
    for setting in closures.SAM_SETTINGS:
        path = closures.optax_sam_path(base, **setting)
        assert deviation(closures.sam_path(base, **setting), path) < TOLERANCE
        radius = setting["radius"]
        assert deviation(closures.sam_path(base, radius * OFF), path) > 50 * TOLERANCE
        assert deviation(closures.sam_path(base, radius, OFF), path) > 50 * TOLERANCE


@pytest.mark.parametrize("i", range(len(closures.LBFGS_SETTINGS)))
def test_lbfgs_directions_agree_with_optax_and_pytorch(i: int) -> None:
    require("optax")
    memory = closures.LBFGS_SETTINGS[i]["memory"]
    path = closures.optax_lbfgs_path(memory)
    assert deviation(closures.lbfgs_path(memory), path) < TOLERANCE
    assert deviation(closures.lbfgs_path(memory, lr_off=OFF), path) > 50 * TOLERANCE
    assert deviation(closures.lbfgs_path(memory + 1), path) > 1e-9
    torch = recorded().path("lbfgs", i, closures.LBFGS_SETTINGS[i])
    assert deviation(closures.lbfgs_path(memory, first_by_sum=True), torch) < TOLERANCE
    assert deviation(closures.lbfgs_path(memory), torch) > 1e-9


def test_line_search_needs_no_more_evaluations_than_pytorchs() -> None:
    end, evaluations = closures.library_search()
    np.testing.assert_allclose(end, recorded().arrays["lbfgs/search"], atol=1e-7)
    assert evaluations <= 1.25 * recorded().arrays["lbfgs/evaluations"]


def test_record_says_how_it_was_made() -> None:
    about = recorded().about
    assert about["command"] == f"{COMMAND} tensor_optimizers"
    assert {"date", "torch", "numpy", "python", "machine"} <= set(about)
    for rule, settings in TENSOR_SETTINGS.items():
        assert about["settings"][rule] == list(settings)
    with pytest.raises(KeyError, match=r"is not recorded. .*record_torch tensor_optimizers"):
        recorded().path("muon", 0, {"momentum": 0.5})


def test_torch_of_today_makes_the_recorded_steps() -> None:
    require("torch", optional=True)
    for pair, i in RECORDED:
        live = run_tensors(pair, TENSOR_SETTINGS[pair.rule][i])
        assert deviation(live, theirs(pair, i)) < TOLERANCE, str(pair)
    for i, setting in enumerate(closures.LBFGS_SETTINGS):
        live = closures.torch_lbfgs_path(**setting)
        assert deviation(live, recorded().arrays[f"lbfgs/{i}"]) < TOLERANCE
