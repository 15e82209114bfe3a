"""Masks hold under any optimizer, through saving, and rise as the schedule says."""

from __future__ import annotations

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from nnedu.keras import Pruning, PruningMask, prune, sparsity, strip
from nnedu.pruning import cubic, cut, magnitude
from tests.keras.zoo import ZOO, attention, convnet, digits, trained

# Keras saves its own variables by a call of NumPy that NumPy 2 will change.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
X, Y = digits()


def zeros(model):
    return {
        v.path: v.numpy() == 0
        for v in model.trainable_variables
        if isinstance(v.constraint, PruningMask)
    }


@pytest.mark.parametrize("make", ZOO.values(), ids=ZOO)
def test_keras_models_end_as_sparse_as_was_asked(make):
    model = trained(make, callbacks=[Pruning(0.75, frequency=1, end_step=4)])
    found = sparsity(model)
    assert len(found) >= 3
    for site, share in found.items():
        size = next(v for v in model.variables if v.path.endswith(site)).numpy().size
        assert share == round(0.75 * size) / size, site


@pytest.mark.parametrize(
    "optimizer",
    [
        keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
        keras.optimizers.AdamW(1e-2, weight_decay=0.1),
    ],
    ids=lambda o: o.name,
)
def test_what_is_gone_stays_gone_after_the_callback_has_left(optimizer):
    model = trained(convnet, optimizer, callbacks=[Pruning(0.8, frequency=2)])
    before = zeros(model)
    assert all(mask.any() for mask in before.values())
    model.fit(X, Y, batch_size=16, verbose=0)
    after = zeros(model)
    assert before.keys() == after.keys()
    for path, gone in before.items():
        assert np.array_equal(gone, after[path]), path


def test_an_average_of_weights_is_put_under_the_masks():
    adam = keras.optimizers.Adam(1e-2, use_ema=True, ema_momentum=0.9)
    model = trained(convnet, adam, callbacks=[Pruning(0.8, frequency=2)])
    expected = sparsity(model)
    assert expected["out/kernel"] == pytest.approx(0.8, abs=0.01)
    if keras.backend.backend() == "jax":
        return  # Keras 3.15 on JAX cannot fit twice with use_ema: it donates one buffer twice
    model.fit(X, Y, batch_size=16, verbose=0)  # Keras writes its average over the weights
    assert sparsity(strip(model)) == expected


def test_sparsity_follows_the_cubic_and_cuts_the_smallest():
    model = trained(convnet)
    seen, states = [], []

    class Look(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(sparsity(self.model)["out/kernel"])
            states.append(self.model.get_layer("out").kernel.numpy())

    callback = Pruning(0.9, begin_step=1, end_step=9, frequency=2, initial_sparsity=0.1)
    model.fit(X, Y, batch_size=16, epochs=2, verbose=0, callbacks=[callback, Look()])
    size = states[0].size
    t, expected = 0, []
    for step in range(1, 13):
        if step % 2 == 0 or step == 9:
            t = min(step, 9)
        s = cubic(t, final=0.9, initial=0.1, start=1, total=8) if t else 0
        expected.append(round(s * size) / size)
    assert seen == expected
    # Of the weights at the second cut, the smallest went, and what had gone counted.
    kept = cut(magnitude(states[2]), sparsity=seen[3])
    assert (states[3] != 0).sum() == kept.sum()
    assert abs(states[3])[states[3] != 0].min() > 0


def test_training_with_the_callback_equals_the_reference():
    """Gradual pruning of a linear model by plain descent, step by step, as the library does it."""
    from nnedu.compression import Masked, gradual
    from nnedu.losses import mse
    from nnedu.nn import Dense, Network
    from nnedu.optim import Optimizer

    rng = np.random.default_rng(0)
    x = rng.normal(size=(32, 6))
    y = x @ rng.normal(size=(6, 3))
    net = Network([Dense(3)], inputs=6)
    theta = 0.1 * rng.normal(size=net.size)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(3)])
    model.set_weights([net.views(theta)["W1"], net.views(theta)["b1"]])
    model.compile(keras.optimizers.SGD(0.25, momentum=0.5), "mse")
    callback = Pruning(0.5, end_step=8, frequency=2)
    model.fit(x, y, batch_size=32, epochs=10, verbose=0, shuffle=False, callbacks=[callback])

    choose = gradual(net, lambda t: cubic(t, final=0.5, total=8))
    optimizer = Masked(
        Optimizer("heavy_ball", lr=0.25, momentum=0.5),
        np.ones(net.size, bool),
        choose=choose,
        every=2,
    )
    objective, state = net.objective(mse), optimizer.init(theta)
    for _ in range(10):
        _, g = objective(theta, x, y)
        theta, state = optimizer.step(theta, g, state)
    W, b = model.get_weights()
    assert np.array_equal(W == 0, net.views(theta)["W1"] == 0)
    np.testing.assert_allclose(W, net.views(theta)["W1"], atol=2e-6)
    np.testing.assert_allclose(b, net.views(theta)["b1"], atol=2e-6)


def test_n_of_m_leaves_n_of_every_m_inputs():
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((8, 8, 4)), keras.layers.Conv2D(8, 3, name="conv"), keras.layers.Dense(5)]
    )
    model.compile("sgd", "mse")
    model.fit(
        np.random.default_rng(0).normal(size=(16, 8, 8, 4)),
        np.zeros((16, 6, 6, 5)),
        batch_size=4,
        verbose=0,
        callbacks=[Pruning(pattern=(2, 4), frequency=1, end_step=3)],
    )
    for layer in model.layers:
        w = layer.kernel.numpy()
        groups = np.moveaxis(w, -2, -1).reshape(-1, 4)
        assert ((groups != 0).sum(axis=1) == 2).all()


def test_units_go_with_their_bias_and_normalisation():
    model = trained(ZOO["residual"], callbacks=[Pruning(0.5, pattern="units", frequency=2)])
    inner, norm = model.get_layer("inner"), model.get_layer("norm")
    dead = ~inner.kernel.numpy().any(axis=(0, 1, 2))
    assert dead.sum() == 4
    assert np.array_equal(norm.gamma.numpy() == 0, dead)
    assert (norm.beta.numpy()[dead] == 0).all()
    hidden = model.get_layer("hidden")
    gone = ~hidden.kernel.numpy().any(axis=0)
    assert gone.sum() == 6
    assert (hidden.bias.numpy()[gone] == 0).all()
    # Branches of a sum and the last layer keep their units.
    for name in ("stem", "back", "out"):
        assert model.get_layer(name).kernel_constraint is None


def test_the_smallest_of_all_layers_go_where_layers_are_compared():
    model = trained(convnet)
    w = np.concatenate([abs(model.get_layer(n).kernel.numpy()).ravel() for n in ("conv1", "out")])
    prune(model, 0.5, layers=["conv1", "out"], layer_wise=False)
    left = np.concatenate([model.get_layer(n).kernel.numpy().ravel() for n in ("conv1", "out")])
    assert (left != 0).sum() == w.size - round(0.5 * w.size)
    assert w[left == 0].max() <= w[left != 0].min()
    assert len(set(sparsity(model).values())) == 3


def test_a_fit_after_prune_keeps_zeros_although_the_step_was_compiled_before():
    model = trained(convnet)
    prune(model, 0.6)
    before = zeros(model)
    model.fit(X, Y, batch_size=16, verbose=0)
    prune(model, 0.8)  # and again
    model.fit(X, Y, batch_size=16, verbose=0)
    after = zeros(model)
    for path, gone in before.items():
        assert after[path][gone].all()
        assert after[path].mean() == pytest.approx(0.8, abs=0.01)


def test_many_steps_in_one_execution_prune_as_well():
    keras.utils.set_random_seed(0)
    model = convnet()
    model.compile("adam", "sparse_categorical_crossentropy", steps_per_execution=3)
    model.fit(X, Y, batch_size=16, epochs=2, verbose=0, callbacks=[Pruning(0.5, end_step=7)])
    assert sparsity(model)["out/kernel"] == 0.5


def test_other_layers_with_kernels_and_models_within_models(tmp_path):
    inner = keras.Sequential(
        [keras.Input((6, 4)), keras.layers.SeparableConv1D(6, 3, name="sep")], name="inner"
    )
    inputs = keras.Input((8,), dtype="int32")
    x = keras.layers.Embedding(20, 4)(inputs)
    x = keras.layers.Conv1D(4, 3, name="conv")(x)
    x = keras.layers.TimeDistributed(keras.layers.Dense(6), name="each")(inner(x))
    x = keras.layers.LSTM(6, name="lstm")(x)
    model = keras.Model(inputs, keras.layers.Dense(2, name="out")(x))
    prune(model, 0.5)
    expected = sparsity(model)
    assert {name for name, share in expected.items() if share == 0.5} == {
        "conv/kernel",
        "sep/depthwise_kernel",
        "sep/pointwise_kernel",
        "dense/kernel" if "dense/kernel" in expected else next(k for k in expected if "dense" in k),
        "lstm/kernel",
        "lstm/recurrent_kernel",
        "out/kernel",
    }
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    again.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mse")
    again.fit(np.arange(16).reshape(2, 8), np.ones((2, 2)), epochs=2, verbose=0)
    found = sparsity(again)
    assert [found[k] for k in sorted(found)] == [expected[k] for k in sorted(expected)]


def test_a_constraint_that_was_there_is_still_applied():
    layer = keras.layers.Dense(4, kernel_constraint=keras.constraints.NonNeg(), name="out")
    model = keras.Sequential([keras.Input((6,)), layer])
    prune(model, 0.5)
    model.compile("adam", "mse")
    model.fit(np.ones((8, 6)), -np.ones((8, 4)), epochs=3, verbose=0)
    assert (layer.kernel.numpy() >= 0).all()
    assert isinstance(strip(model).get_layer("out").kernel_constraint, keras.constraints.NonNeg)


FRESH = """
import sys, keras, numpy as np
import nnedu.keras
from tests.keras.zoo import digits
x, y = digits()
for path in sys.argv[1:]:
    model = keras.saving.load_model(path)
    before = model.predict(x[:8], verbose=0)
    masks = [(v, v.constraint.variable(v).numpy()) for v in model.trainable_variables
             if isinstance(v.constraint, nnedu.keras.PruningMask)]
    assert len(masks) >= 3 and all((v.numpy()[~mask] == 0).all() for v, mask in masks)
    model.fit(x, y, batch_size=16, verbose=0)
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy")
    model.fit(x, y, batch_size=16, verbose=0)
    kept = all((v.numpy()[~mask] == 0).all() and (v.numpy()[mask] != 0).any() for v, mask in masks)
    np.savez(path + ".npz", before=before, kept=kept, steps=model.optimizer.iterations.numpy())
"""


def in_a_fresh_process(program, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": "src:."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_masks_survive_saving_and_a_fresh_process(tmp_path):
    made = {
        "attention": trained(attention, callbacks=[Pruning(0.8, frequency=2)]),
        "residual": trained(
            ZOO["residual"], callbacks=[Pruning(0.5, pattern="units", frequency=2)]
        ),
    }
    paths = [tmp_path / f"{name}.keras" for name in made]
    for path, model in zip(paths, made.values(), strict=True):
        model.save(path)
    in_a_fresh_process(FRESH, *paths)
    for path, model in zip(paths, made.values(), strict=True):
        with np.load(f"{path}.npz") as found:
            np.testing.assert_allclose(
                found["before"], model.predict(X[:8], verbose=0), rtol=1e-5, atol=1e-6
            )
            assert found["kept"]
            assert found["steps"] == 6


def test_a_stripped_model_needs_no_nnedu(tmp_path):
    model = trained(attention, callbacks=[Pruning(0.8, frequency=2)])
    plain = strip(model)
    assert sparsity(plain) == sparsity(model)
    np.testing.assert_array_equal(plain.predict(X[:8], verbose=0), model.predict(X[:8], verbose=0))
    plain.save(tmp_path / "plain.keras")
    said = in_a_fresh_process(
        "import sys, keras\n"
        "model = keras.saving.load_model(sys.argv[1])\n"
        "print(model.count_params(), 'nnedu' in sys.modules)",
        tmp_path / "plain.keras",
    )
    assert said.split() == [str(model.count_params()), "False"]


def test_masks_are_a_bit_a_weight_in_the_configuration():
    mask = np.random.default_rng(0).random((100, 80)) < 0.2
    config = PruningMask({"": mask}).get_config()
    again = PruningMask.from_config(config)
    assert np.array_equal(again.variables[""].numpy(), mask)
    assert len(config["masks"][""]["bits"]) < 100 * 80 / 8 * 4 / 3 + 100


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sparsity": 80}, r"sparsity is 80; expected a share"),
        ({}, r"sparsity is None; expected a share"),
        ({"sparsity": 0.5, "pattern": "rows"}, r"expected 'weights', 'units', or a pair"),
        ({"sparsity": 0.9, "pattern": (2, 4)}, r"means 0.5; leave sparsity out"),
        ({"sparsity": 0.5, "frequency": 0}, r"frequency is 0"),
        ({"sparsity": 0.5, "begin_step": 5, "end_step": 5}, r"end_step is 5"),
        ({"sparsity": 0.5, "pattern": "units", "layer_wise": False}, r"compares single weights"),
    ],
)
def test_arguments_out_of_range_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        Pruning(**arguments)


def test_what_cannot_be_pruned_is_named():
    model = ZOO["residual"]()
    with pytest.raises(ValueError, match=r"Did you mean 'inner'"):
        prune(model, 0.5, layers=["iner"])
    with pytest.raises(ValueError, match=r"cannot prune out; .* Here: inner, hidden"):
        prune(model, 0.5, pattern="units", layers=["out"])
    with pytest.raises(ValueError, match=r"cannot prune stem/kernel of shape \(3, 3, 1, 8\)"):
        prune(model, pattern=(2, 4), layers=["stem"])
    flat = keras.Sequential([keras.Input((3,)), keras.layers.Rescaling(2.0)])
    with pytest.raises(ValueError, match="no weights that pattern='weights' could prune"):
        prune(flat, 0.5)


def test_training_that_ends_too_early_says_so():
    model = convnet()
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.warns(UserWarning, match=r"ended after 6 updates, .* end_step=100"):
        model.fit(X, Y, batch_size=16, verbose=0, callbacks=[Pruning(0.8, end_step=100)])
