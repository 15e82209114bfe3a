"""The Keras optimizers are the library's rules, over long trajectories in float64."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from nnedu.keras import (
    LARS,
    SOAP,
    RuleOptimizer,
    ScheduleFreeAdamW,
    ScheduleFreeSGD,
    Shampoo,
    prune,
)
from nnedu.keras.rule_optimizer import ROWS
from nnedu.optim import RULES, TENSOR_RULES, Optimizer, TensorOptimizer, schedule_free_average
from nnedu.optim._hyper import signature
from nnedu.parity.frameworks import double_precision
from nnedu.parity.trajectory import Trajectory, deviation
from tests.keras.zoo import convnet, digits

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
on_jax = keras.backend.backend() == "jax"
HARD = Trajectory.hard()


def keras_path(optimizer, thetas, gradients, rates):
    """Parameters after each update; on JAX through a compiled step, as ``fit`` makes it."""
    variables = [keras.Variable(theta, dtype="float64") for theta in thetas]
    optimizer.build(variables)
    rows = []
    if on_jax:
        import jax

        step = jax.jit(optimizer.stateless_apply)
        trained, state = [v.value for v in variables], [v.value for v in optimizer.variables]
        where = [v is optimizer._learning_rate for v in optimizer.variables].index(True)
        for slopes, rate in zip(gradients, rates, strict=True):
            state[where] = jax.numpy.asarray(rate)
            trained, state = step(state, list(slopes), trained)
            rows.append(np.concatenate([np.asarray(v).ravel() for v in trained]))
        return np.array(rows)
    for slopes, rate in zip(gradients, rates, strict=True):
        optimizer.learning_rate = float(rate)
        tensors = [keras.ops.convert_to_tensor(g, dtype="float64") for g in slopes]
        optimizer.apply(tensors, variables)
        rows.append(np.concatenate([v.numpy().ravel() for v in variables]))
    return np.array(rows)


def other_values(rule):
    """Hyper-parameters that are not the defaults."""
    changed = {"momentum": 0.8, "beta1": 0.85, "beta": 0.8, "beta2": 0.97, "rho": 0.8, "eps": 1e-5}
    return {name: changed[name] for name in signature(rule)[1] if name in changed} | (
        {"weight_decay": 0.03} if "weight_decay" in signature(rule)[1] else {}
    )


@pytest.mark.parametrize("row", [r for r in RULES if r.name != "nadam"], ids=lambda r: r.name)
def test_elementwise_rules_are_followed_to_the_last_digit(row):
    hyper = other_values(row.rule)
    ours = HARD.run(row.rule, hyper)
    with double_precision("keras"):
        optimizer = RuleOptimizer(row.name, 0.1, **hyper)
        theirs = keras_path(optimizer, [HARD.theta], HARD.g[:, None], HARD.lr)
    assert deviation(ours, theirs) < 1e-12


NAMED = {
    "lars": (LARS, {"momentum": 0.8, "weight_decay": 0.03, "trust": 0.02}),
    "shampoo": (Shampoo, {"eps": 1e-3}),
    "soap": (SOAP, {"beta1": 0.85, "beta2": 0.9, "weight_decay": 0.03, "every": 7}),
    "schedule_free_sgd": (ScheduleFreeSGD, {"beta": 0.8}),
    "schedule_free_adamw": (ScheduleFreeAdamW, {"beta1": 0.8, "weight_decay": 0.03}),
}


@pytest.mark.parametrize("row", TENSOR_RULES, ids=lambda r: r.name)
def test_rules_of_whole_tensors_see_each_variable_in_its_shape(row):
    shapes = {"W": (5, 5), "K": (2, 2, 4), "b": (3,)}
    if row.name in ("soap", "shampoo"):  # eigenvectors of rank-deficient matrices are not unique
        shapes["K"] = (1, 4, 4)
    rng, size = np.random.default_rng(0), sum(int(np.prod(s)) for s in shapes.values())
    theta, gradients = rng.normal(size=size), rng.normal(size=(52, size))
    hyper = NAMED[row.name][1] if row.name in NAMED else other_values(row.rule)
    vectors_need_another = row.matrices_only and row.vectors is None
    others = None
    if vectors_need_another:
        others = Optimizer("adam", lr=lambda k: HARD.lr[k])
    ours = TensorOptimizer(
        row.name, shapes=shapes, others=others, lr=lambda k: float(HARD.lr[k]), **hyper
    )
    state, rows, point = ours.init(theta), [], theta
    for g in gradients:
        point, state = ours.step(point, g, state)
        rows.append(point)
    cuts = np.cumsum([int(np.prod(s)) for s in shapes.values()])[:-1]

    def split(flat):
        parts = np.split(flat, cuts)
        return [part.reshape(s) for part, s in zip(parts, shapes.values(), strict=True)]

    with double_precision("keras"):
        made = (
            NAMED[row.name][0](0.1, **hyper)
            if row.name in NAMED
            else RuleOptimizer(row.name, 0.1, **hyper)
        )
        theirs = keras_path(made, split(theta), [split(g) for g in gradients], HARD.lr[:52])
    assert deviation(np.array(rows), theirs) < 1e-8


def test_a_hyper_parameter_off_by_a_millionth_is_seen():
    ours = HARD.run("momentum", {"momentum": 0.8 * (1 + 1e-6)})
    with double_precision("keras"):
        theirs = keras_path(
            RuleOptimizer("momentum", 0.1, momentum=0.8), [HARD.theta], HARD.g[:, None], HARD.lr
        )
    assert deviation(ours, theirs) > 1e-7


@pytest.mark.parametrize(
    "optimizer",
    [
        LARS(keras.optimizers.schedules.CosineDecay(1.0, 50), others="heavy_ball", clipnorm=1.0),
        SOAP(0.01, every=3),
        RuleOptimizer("adam", weight_decay=0.01),
    ],
    ids=lambda o: type(o).__name__,
)
def test_they_train_are_saved_and_go_on_where_they_stopped(optimizer, tmp_path):
    x, y = digits(64)
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    )
    jit = isinstance(optimizer, LARS)
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=jit or "auto")
    losses = model.fit(x, y, batch_size=16, epochs=4, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    own, trained = optimizer.variables, {id(v) for v in model.trainable_variables}
    assert len({id(v) for v in own}) == len(own)
    assert not any(id(v) in trained for v in own)
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    assert again.optimizer.get_config() == optimizer.get_config()
    for each in (model, again):
        each.fit(x, y, batch_size=16, verbose=0, shuffle=False)
    for ours, theirs in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(theirs, ours, rtol=1e-5, atol=1e-6)


def test_configurations_come_back():
    for made in (
        LARS(2.0, trust=0.01),
        Shampoo(eps=1e-3),
        SOAP(every=5),
        ScheduleFreeSGD(beta=0.8),
        ScheduleFreeAdamW(weight_decay=0.1),
        RuleOptimizer("muon", others="lion", momentum=0.9),
    ):
        config = made.get_config()
        again = type(made).from_config(dict(config))
        assert again.get_config() == config
        data = keras.saving.serialize_keras_object(made)
        assert keras.saving.deserialize_keras_object(data).get_config() == config


def test_evaluation_sees_the_average():
    optimizer, w = (
        ScheduleFreeSGD(0.25, beta=0.75),
        keras.Variable(np.array([1.0, -2.0], "float32")),
    )
    for k in range(5):
        optimizer.apply([keras.ops.convert_to_tensor(w) * (k + 1)], [w])
    theta, d = w.numpy(), optimizer._parts[0].state[0].numpy()
    with optimizer.averaged():
        np.testing.assert_allclose(w.numpy(), schedule_free_average(theta, d, beta=0.75), rtol=1e-6)
        assert abs(w.numpy() - theta).max() > 1e-3
    np.testing.assert_array_equal(w.numpy(), theta)


def test_excluded_variables_do_not_decay_and_pruned_weights_count_in_no_norm():
    layer = keras.layers.Dense(2, name="out")
    model = keras.Sequential([keras.Input((4,)), layer])
    prune(model, 0.5)
    gone = layer.kernel.numpy() == 0
    optimizer = LARS(1.0, momentum=0.0, trust=0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    before, g = layer.kernel.numpy(), np.ones((4, 2), "float32")
    layer.bias.assign([3.0, 4.0])
    optimizer.apply([keras.ops.convert_to_tensor(g), keras.ops.ones(2)], model.trainable_variables)
    g[gone] = 0
    ratio = 0.1 * np.linalg.norm(before) / (np.linalg.norm(g) + np.linalg.norm(0.5 * before))
    expected = before - ratio * (g + 0.5 * before)
    np.testing.assert_allclose(layer.kernel.numpy(), expected, rtol=1e-5, atol=1e-7)
    bias = np.array([3.0, 4.0]) - 0.1 * 5 / 2**0.5
    np.testing.assert_allclose(layer.bias.numpy(), bias, rtol=1e-5)


def test_what_is_wrong_is_named():
    with pytest.raises(ValueError, match=r"rule='nadam'; expected one of .* Keras has Nadam"):
        RuleOptimizer("nadam")
    with pytest.raises(ValueError, match=r"lars got momentum=1.0; expected a number in \[0, 1\)"):
        LARS(momentum=1.0)
    with pytest.raises(ValueError, match=r"Argument\(s\) not recognized: {'mommentum'"):
        RuleOptimizer("momentum", 0.1, mommentum=0.9)
    with pytest.raises(TypeError, match=r"momentum needs lr"):
        RuleOptimizer("momentum")
    assert set(ROWS) > {"sgd", "lars"}
    assert convnet().built
