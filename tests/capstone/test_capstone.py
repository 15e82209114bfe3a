"""The capstone's network, recipe and settings; the right-hand column on images of CIFAR's shape."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pytest

from nnedu.capstone import (
    Batches,
    Rate,
    Recipe,
    attention_block,
    choose,
    classifier,
    digits,
    optimizer_of,
    photographs,
    residual_block,
    small_part,
)
from nnedu.capstone import choose as choosing
from nnedu.data import Images
from nnedu.device import Device, Gpu
from nnedu.nn import Network, Residual, SelfAttention
from nnedu.schedules import cosine, warm_up
from tests.needs import require

SERVER = Device("tensorflow", (Gpu("a GPU", (8, 0)),))


def like_cifar(count: int = 80) -> Images:
    """Random images of CIFAR's shape, brighter with the class: something can be learned."""
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 0.5, (count, 32, 32, 3)).astype(np.float32)
    y = np.arange(count) % 10
    x += (y / 20).astype(np.float32)[:, None, None, None]
    return Images("cifar10", x, y, x[:20], y[:20])


def test_a_block_whose_branch_is_zero_lets_what_is_positive_pass():
    x = keras.Input((4, 4, 3))
    for residual in (True, False):
        model = keras.Model(x, residual_block(x, 3, residual=residual, normalise=False))
        model.set_weights([0 * w for w in model.get_weights()])
        given = np.random.default_rng(0).normal(size=(2, 4, 4, 3)).astype(np.float32)
        expected = np.maximum(given, 0) if residual else 0 * given
        np.testing.assert_allclose(model(given), expected)


def test_the_attention_block_is_that_of_chapter_13():
    x = keras.Input((2, 3, 8))
    model = keras.Model(x, attention_block(x, 4))
    norm, attention = model.get_layer("attention_norm"), model.get_layer("attention")
    ours = Network([Residual([SelfAttention(4)])], inputs=(6, 8))
    theta = ours.init(np.random.default_rng(0))
    shapes = [w.shape for w in attention.get_weights()]
    weights = list(ours.views(theta).values())
    attention.set_weights([w.reshape(s) for w, s in zip(weights, shapes, strict=True)])
    given = np.random.default_rng(1).normal(size=(5, 2, 3, 8)).astype(np.float32)
    inner = np.asarray(norm(given.reshape(5, 6, 8)), np.float64)
    expected = ours.predict(theta, inner) - inner + given.reshape(5, 6, 8)
    np.testing.assert_allclose(model(given), expected, atol=1e-5)


def test_heads_must_divide_the_features():
    with pytest.raises(ValueError, match="3 heads do not divide 8"):
        attention_block(keras.Input((2, 2, 8)), 3)


def test_what_is_left_out_and_nothing_else():
    full = classifier((8, 8, 1), 10, widths=(8, 16))
    plain = classifier((8, 8, 1), 10, widths=(8, 16), residual=False)
    assert [w.shape for w in full.weights] == [w.shape for w in plain.weights]
    assert sum(isinstance(layer, keras.layers.Add) for layer in plain.layers) == 1  # attention's
    without = classifier((8, 8, 1), 10, widths=(8, 16), attention=False)
    attention = 4 * (16 + 1) * 16 + 2 * 16  # and its LayerNorm
    assert full.count_params() - without.count_params() == attention
    names = {
        type(layer).__name__
        for layer in classifier((8, 8, 1), 3, widths=(4,), normalise=False).layers
    }
    assert "BatchNormalization" not in names


def test_two_blocks_and_three_stages():
    model = classifier((32, 32, 3), 7, widths=(4, 8, 16), blocks=2, heads=8)
    assert model.output_shape == (None, 7)
    assert model.get_layer("attention").output.shape == (None, 64, 16)
    assert sum(isinstance(layer, keras.layers.Add) for layer in model.layers) == 3 * 2 + 1


def test_the_rate_is_the_librarys_and_keras_own():
    rate = Rate(0.02, total=200, updates=25)
    ours = partial(warm_up, then=partial(cosine, base=0.02, total=175), updates=25)
    theirs = keras.optimizers.schedules.CosineDecay(0.0, 175, warmup_target=0.02, warmup_steps=25)
    for t in (0, 1, 24, 25, 26, 100, 199, 200, 300):
        assert float(rate(t)) == pytest.approx(ours(t), abs=1e-8)
        assert float(rate(t)) == pytest.approx(float(theirs(t)), abs=1e-8)
    again = Rate.from_config(rate.get_config())
    assert float(again(60)) == float(rate(60))


def test_five_cycles_end_at_the_top_and_a_constant_stays():
    cycles = Rate(0.1, total=100, shape="cycles")
    for t in (0, 3, 10, 20, 77, 100):
        assert float(cycles(t)) == pytest.approx(0.05 * (1 + np.cos(np.pi * t / 10)), abs=1e-6)
    constant = Rate(0.1, total=100, updates=10, shape="constant")
    assert [round(float(constant(t)), 3) for t in (0, 5, 10, 99)] == [0.0, 0.05, 0.1, 0.1]


@pytest.mark.parametrize(
    "wrong", [{"base": 0.0}, {"total": 10, "updates": 10}, {"shape": "linear"}, {"updates": -1}]
)
def test_a_rate_is_checked(wrong):
    with pytest.raises(ValueError, match=r"expected|shape"):
        Rate(**{"base": 0.1, "total": 20, "updates": 2} | wrong)


def test_a_recipe_is_checked_and_says_what_is_left_out():
    assert Recipe().left_out == ()
    assert Recipe(shift=False, optimizer="momentum").left_out == ("shift", "optimizer")
    for wrong in ({"optimizer": "adams"}, {"schedule": "cosinus"}):
        with pytest.raises(ValueError, match=r"adam|cosine"):
            Recipe(**wrong)


def test_optimizers_of_recipes():
    adam = optimizer_of(Recipe(), 0.01, total=80)
    assert type(adam).__name__ == "Adam"
    assert float(adam.learning_rate) == 0.0  # the warm-up's first update
    momentum = optimizer_of(Recipe(optimizer="momentum", warm_up=False), 0.01, total=80)
    assert momentum.momentum == 0.9
    assert float(momentum.learning_rate) == pytest.approx(0.01)


def test_batches_shuffle_and_repeat():
    x = np.arange(10, dtype=np.float32).reshape(10, 1, 1, 1) * np.ones((1, 3, 3, 1), np.float32)
    batches = Batches(x, np.arange(10), size=3, seed=5)
    assert len(batches) == 3
    first = [batches[k] for k in range(3)]
    assert len({int(label) for _, y in first for label in y}) == 9
    for images, labels in first:
        np.testing.assert_array_equal(images[:, 0, 0, 0], labels)
    again = Batches(x, np.arange(10), size=3, seed=5)
    np.testing.assert_array_equal(first[2][0], again[2][0])
    batches.on_epoch_end()
    assert not np.array_equal(np.concatenate([b[1] for b in first]), batches._order[:9])


def test_batches_move_and_mirror_as_they_are_told():
    x = np.zeros((8, 5, 5, 1), np.float32)
    x[:, 2, 1] = 1
    moved = Batches(x, np.zeros(8, int), size=8, seed=0, most=1)[0][0]
    places = np.argwhere(moved[..., 0])[:, 1:]
    assert len(places) == 8
    assert np.abs(places - (2, 1)).max() == 1
    mirrored = Batches(x, np.zeros(8, int), size=8, seed=0, mirrored=1.0)[0][0]
    np.testing.assert_array_equal(np.argwhere(mirrored[..., 0])[:, 1:], [[2, 3]] * 8)
    with pytest.raises(ValueError, match="there are 8"):
        Batches(x, np.zeros(8, int), size=9, seed=0)


def test_the_small_part_has_as_many_of_each_and_is_repeated():
    x, y = np.arange(60.0), np.tile([0, 1, 2], 20)
    few_x, few_y = small_part(x, y, 5)
    assert len(few_x) == 60
    assert len(np.unique(few_x)) == 15
    np.testing.assert_array_equal(few_y, few_x % 3)


def test_the_choice_follows_the_device(monkeypatch):
    here = choose(Device("tensorflow", cores=2))
    assert here.name == "digits"
    assert here.x_train.shape == (1078, 8, 8, 1)
    assert "2 CPU cores" in here.note
    module = __import__("sys").modules[choosing.__module__]
    monkeypatch.setattr(module, "load_images", lambda name: like_cifar())
    there = choose(SERVER)
    assert (there.name, there.policy) == ("cifar10", "mixed_bfloat16")
    assert (len(there.x_train), len(there.x_val), len(there.x_test)) == (72, 8, 20)
    assert there.recipe.flip
    missing = replace(like_cifar(), name="digits", note="cifar10 could not be loaded.")
    monkeypatch.setattr(module, "load_images", lambda name: missing)
    without = choose(SERVER)
    assert without.name == "digits"
    assert without.note.endswith("But cifar10 could not be loaded.")


def test_splits_differ_and_parts_share_no_image():
    zero, one = digits(seed=0), digits(seed=1)
    assert not np.array_equal(zero.y_test, one.y_test)
    setting = photographs(like_cifar(), SERVER)
    ids = [{x.tobytes() for x in part} for part in (setting.x_train, setting.x_val)]
    assert not ids[0] & ids[1]


def test_the_full_size_can_be_built():
    model = photographs(like_cifar(), SERVER).model(seed=0)
    assert model.output_shape == (None, 10)
    assert model.output.dtype == "float32"
    assert 2e6 < model.count_params() < 4e6


def test_images_of_cifars_shape_train_prune_and_go_into_int8(tmp_path):
    """What the page could not measure: the same calls, at a size for a CPU, in 16 bits."""
    require("ai_edge_litert")
    from nnedu.keras import Pruning, agreement, export_litert, sparsity, strip

    setting = replace(
        photographs(like_cifar(), SERVER), widths=(8, 8, 16), blocks=1, batch=24, epochs=2
    )
    model = setting.model(seed=0)
    assert model.layers[1].compute_dtype == "bfloat16"
    setting.compile(model)
    history = model.fit(
        setting.batches(seed=0),
        epochs=setting.epochs,
        shuffle=False,
        verbose=0,
        callbacks=[Pruning(0.5, layer_wise=False, frequency=1)],
    ).history
    assert len(history["loss"]) == 2
    assert np.isfinite(history["loss"]).all()
    assert np.mean(list(sparsity(model).values())) > 0.3
    # Files are written from arithmetic in 32 bits: the same weights in another policy.
    whole = replace(setting, policy="float32").model(seed=1)
    whole.set_weights(strip(model).get_weights())
    made = export_litert(whole, tmp_path / "m.tflite", precision="int8", data=setting.x_train[:16])
    assert made.input_dtype == np.int8
    assert agreement(whole, made, setting.x_test).relative < 0.3


def test_a_seed_is_a_start_and_the_policy_is_put_back():
    setting = digits()
    before = keras.config.dtype_policy().name
    a, b, c = (setting.model(seed=s).get_weights() for s in (3, 3, 4))
    assert all(np.array_equal(p, q) for p, q in zip(a, b, strict=True))
    assert not all(np.array_equal(p, q) for p, q in zip(a, c, strict=True))
    assert keras.config.dtype_policy().name == before
