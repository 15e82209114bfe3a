"""Every rule beside the frameworks' optimizers; and that one part in a million would be seen.

Keras and Optax run here; PyTorch was recorded (``python -m nnedu.parity.record_torch``) and runs
too where it is installed.
"""

from __future__ import annotations

from functools import cache
from inspect import signature

import numpy as np
import pytest

from nnedu.optim import RULES, row
from nnedu.parity import (
    ABSENT,
    ADDED,
    DEPARTED,
    ELSEWHERE,
    PAIRS,
    SETTINGS,
    TOLERANCE,
    Pair,
    Trajectory,
    deviation,
    framework,
    library_path,
    load,
    run,
)
from nnedu.parity.pairs.pair import SAME
from nnedu.parity.record import COMMAND, Record
from tests.needs import require

OFF = 1 + 1e-6
EVERY = (*PAIRS, *ADDED)
CASES = [(pair, i) for pair in EVERY for i in range(len(SETTINGS[pair.name]))]
RECORDED = [(pair, i) for pair, i in CASES if pair.framework == "torch"]
# Keras's and Optax's default start of AdaGrad's sum hides any epsilon as small as the default.
HIDDEN = {("adagrad", 0, "eps")}


def label(pair, i: int) -> str:
    return f"{pair}-{i}"


def cases(which):
    return pytest.mark.parametrize(("pair", "i"), which, ids=[label(*case) for case in which])


@cache
def recorded() -> Record:
    return load("optimizers")


@cache
def given(pair, i: int) -> Trajectory:
    if pair.framework == "torch":
        return recorded().trajectory
    return pair.given(SETTINGS[pair.name][i])


@cache
def theirs(pair, i: int) -> np.ndarray:
    if pair.framework == "torch":
        return recorded().path(pair.name, i, SETTINGS[pair.name][i])
    require({"keras": "tensorflow"}.get(pair.framework, pair.framework))
    return run(pair, SETTINGS[pair.name][i], given(pair, i))


def part(pair, i: int, **off: float) -> float:
    ours = library_path(pair, SETTINGS[pair.name][i], given(pair, i), off=off)
    return deviation(ours, theirs(pair, i))


@cases(CASES)
def test_agrees(pair, i: int) -> None:
    assert part(pair, i) < TOLERANCE


@cases(CASES)
def test_one_part_in_a_million_of_any_hyper_parameter_is_seen(pair, i: int) -> None:
    numbers = {"lr": 1.0, **SETTINGS[pair.name][i]}
    for name, value in numbers.items():
        if value == 0 or name in pair.fixed or (pair.name, i, name) in HIDDEN:
            continue
        assert part(pair, i, **{name: OFF}) > 50 * TOLERANCE, name
        assert part(pair, i, **{name: 2 - OFF}) > 50 * TOLERANCE, name


@pytest.mark.parametrize("pair", EVERY, ids=str)
def test_every_hyper_parameter_is_seen_in_some_setting(pair) -> None:
    seen = {
        name
        for i, numbers in enumerate(SETTINGS[pair.name])
        for name, value in numbers.items()
        if value != 0 and (pair.name, i, name) not in HIDDEN
    }
    assert seen == {name for numbers in SETTINGS[pair.name] for name in numbers}
    # What the rule has and the framework does not must be said: epsilon is in another place.
    own = signature(row(pair.rule).rule if isinstance(pair.rule, str) else pair.rule).parameters
    words = {name for name, p in own.items() if p.kind is p.KEYWORD_ONLY}
    assert words - {"t", "lr", "eps_root", "eps_max"} <= seen | set(pair.fixed)


@cases(
    [
        (pair, i)
        for pair, i in CASES
        if pair.adapter.name not in ("the same", "lr first")
        # Without dampening PyTorch's first gradient is whole anyway.
        and SETTINGS[pair.name][i].get("dampening") != 0
    ]
)
def test_without_its_adapter_a_pair_parts(pair, i: int) -> None:
    numbers = dict(SETTINGS[pair.name][i])
    start = {"G": numbers.pop("initial")} if "initial" in numbers else {}
    ours = given(pair, i).run(pair.rule, numbers, start)
    assert deviation(ours, theirs(pair, i)) > 1e-9


@pytest.mark.parametrize(("rule", "name"), ELSEWHERE, ids=str)
def test_where_no_adapter_helps_the_other_form_is_compared(rule: str, name: str) -> None:
    compared = {(pair.rule, pair.framework) for pair in PAIRS}
    assert (rule, name) not in compared
    other = ELSEWHERE[rule, name]
    assert (other, name) in compared
    # And the two forms do part on this trajectory, by more than rounding.
    trajectory = Trajectory.hard()
    for numbers in SETTINGS[rule]:
        plain = {word: value for word, value in numbers.items() if word != "dampening"}
        assert deviation(trajectory.run(rule, plain), trajectory.run(other, plain)) > 1e-3


def test_table_holds_three_frameworks_for_every_rule_it_names() -> None:
    compared = (
        {(pair.rule, pair.framework) for pair in PAIRS} | set(ELSEWHERE) | ABSENT | set(DEPARTED)
    )
    assert len(EVERY) == len({str(pair) for pair in EVERY})
    named = {pair.rule for pair in PAIRS}
    assert compared == {(rule, name) for rule in named for name in ("keras", "torch", "optax")}
    assert named <= {entry.name for entry in RULES}
    assert set(SETTINGS) == named | {pair.name for pair in ADDED}
    assert not ABSENT & {(pair.rule, pair.framework) for pair in PAIRS}


def test_keras_on_tensorflow_departs_from_schedule_free_adamw_as_said() -> None:
    require("tensorflow")
    keras = framework("keras")
    if keras.config.backend() != "tensorflow":
        pytest.skip("this departure is that of the TensorFlow backend")
    trajectory = Trajectory.hard()
    n = SETTINGS["schedule_free_adamw"][1]
    beta1, beta2, eps = n["beta1"], n["beta2"], n["eps"]
    theirs = run(
        Pair(
            "schedule_free_adamw",
            "keras",
            "keras.optimizers.ScheduleFreeAdamW",
            lambda k, lr, n, _: k.optimizers.ScheduleFreeAdamW(
                lr, beta_1=n["beta1"], beta_2=n["beta2"], epsilon=n["eps"]
            ),
            SAME,
        ),
        n,
        trajectory,
    )
    ours = trajectory.run("schedule_free_adamw", {**n, "weight_decay": 0.0})
    assert deviation(ours[:1], theirs[:1]) < TOLERANCE
    assert deviation(ours, theirs) > 1e-3

    # What DEPARTED says it does: the average recovered with the new z. This is no more than that.
    def path(reads_new: bool) -> np.ndarray:
        y = z = trajectory.theta
        v, points = np.zeros_like(y), []
        for t, (g, lr) in enumerate(zip(trajectory.g, trajectory.lr, strict=True), 1):
            v = beta2 * v + (1 - beta2) * g**2
            new = z - lr * g / (np.sqrt(v / (1 - beta2**t)) + eps)
            x = (y - (1 - beta1) * (new if reads_new else z)) / beta1
            x = (1 - 1 / t) * x + new / t
            y, z = (1 - beta1) * new + beta1 * x, new
            points.append(y)
        return np.array(points)

    assert deviation(path(reads_new=True), theirs) < TOLERANCE
    assert deviation(path(reads_new=False), ours) < TOLERANCE


def test_settings_are_exact_in_float32() -> None:
    for settings in SETTINGS.values():
        for numbers in settings:
            for value in numbers.values():
                assert float(np.float32(value)) == value


def test_trajectory_is_hard() -> None:
    trajectory = Trajectory.hard()
    g, lr = trajectory.g, trajectory.lr
    sizes = np.abs(g)[g != 0]
    assert len(lr) >= 60
    assert sizes.max() > 1e3
    assert sizes.min() < 1e-8
    touched = (g != 0).sum(axis=0)
    assert 0 in touched, "a coordinate never touched"
    assert any(0 < count < 15 for count in touched), "sparse coordinates"
    assert ((np.diff(np.sign(g), axis=0) != 0).sum(axis=0) > 20).any(), "sign flips"
    assert len(np.unique(lr)) > 50
    assert (np.diff(lr) > 0).any()
    assert (np.diff(lr) < 0).any()
    assert 0 in lr
    np.testing.assert_array_equal(lr.astype(np.float32), lr)


def test_record_says_how_it_was_made() -> None:
    about = recorded().about
    assert about["command"] == f"{COMMAND} optimizers"
    assert {"date", "torch", "numpy", "python", "machine"} <= set(about)
    assert about["settings"] == {name: list(settings) for name, settings in SETTINGS.items()}
    # It was made over today's trajectory; cosines may differ in the last place elsewhere.
    now, then = Trajectory.hard(), recorded().trajectory
    np.testing.assert_allclose(then.g, now.g, rtol=1e-14)
    np.testing.assert_allclose(then.lr, now.lr, rtol=1e-6)


def test_what_is_not_recorded_says_how_to_record_it() -> None:
    with pytest.raises(KeyError, match=r"is not recorded. .*nnedu.parity.record_torch"):
        recorded().path("nesterov_velocity", 0, {"momentum": 0.9})
    with pytest.raises(KeyError, match="not recorded"):
        recorded().path("sgd", 0, {"momentum": 0.5})


@cases(RECORDED)
def test_torch_of_today_makes_the_recorded_steps(pair, i: int) -> None:
    require("torch", optional=True)
    live = run(pair, SETTINGS[pair.name][i], recorded().trajectory)
    assert deviation(live, theirs(pair, i)) < TOLERANCE
    ours = library_path(pair, SETTINGS[pair.name][i], recorded().trajectory)
    assert deviation(ours, live) < TOLERANCE


def test_deviation_sees_what_it_should() -> None:
    one = np.array([[1.0, 2.0], [4.0, 8.0]])
    assert deviation(one, one) == 0
    assert deviation(one + np.array([[0, 0], [0.5, 0]]), one) == 0.0625
    assert deviation(one * np.nan, one) == np.inf
    with pytest.raises(ValueError, match=r"ours has shape \(1, 2\) and theirs \(2, 2\)"):
        deviation(one[:1], one)
