"""A network's compiled layers: the numbers of its layers, or an error that says what cannot be."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import partial, wraps
from typing import Any

import numpy as np
import pytest

from nnedu import losses
from nnedu._compile import ENGINES, UntranslatableError
from nnedu.data import in_order
from nnedu.gradcheck import check_gradient
from nnedu.losses import distillation, mse, softmax_cross_entropy
from nnedu.nn import (
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Layer,
    LayerNorm,
    Network,
    Recompute,
    Residual,
    RMSNorm,
    flatten,
    gelu,
    gelu_tanh,
    leaky_relu,
    relu,
    sigmoid,
    silu,
    tanh,
)
from nnedu.nn.fused import FusedLayers, compiled, loss_source
from nnedu.optim import Optimizer
from nnedu.train import train
from tests.needs import require

ACTIVATIONS = (relu, leaky_relu, sigmoid, tanh, silu, gelu_tanh)
NETWORKS = {f.__name__: [Dense(6), f, Dense(5), f, Dense(3)] for f in ACTIVATIONS} | {
    "one layer": [Dense(3)],
    "no parameters first": [tanh, Dense(3)],
    "no parameters last": [Dense(3), sigmoid],
    "block": [Dense(5), Residual([Dense(5), relu, Dense(5)]), relu, Dense(3)],
    "recomputed": [Recompute([Dense(4), tanh]), Dense(3)],
    "one unit": [Dense(1), relu, Dense(3)],
    "LayerNorm": [Dense(5), LayerNorm(), relu, Dense(3)],
    "RMSNorm": [Dense(5), RMSNorm(), relu, Dense(3)],
}
networks = pytest.mark.parametrize("layers", NETWORKS.values(), ids=NETWORKS)


@pytest.fixture(autouse=True)
def _packages() -> None:
    require("numba")
    require("scipy")


def batch(N: int, inputs: Any = (7,), dtype: Any = float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(N)
    return rng.normal(size=(N, *inputs)).astype(dtype), rng.integers(3, size=N)


def start(net: Network, dtype: Any = float) -> np.ndarray:
    rng = np.random.default_rng(1)
    return (net.init(rng) + 0.1 * rng.normal(size=net.size)).astype(dtype)


@networks
@pytest.mark.parametrize("N", [1, 2, 3, 64])
def test_the_numbers_are_those_of_the_layers(layers: Any, N: int) -> None:
    net = Network(layers, inputs=7)
    theta, (x, labels) = start(net), batch(N)
    before = theta.copy(), x.copy()
    expected, expected_g = net.objective(softmax_cross_entropy)(theta, x, labels)
    objective = net.objective(softmax_cross_entropy, engine="fused")
    for _ in range(2):  # from the second call on the loss is compiled too
        value, g = objective(theta, x, labels)
        assert abs(value - expected) < 1e-14
        np.testing.assert_allclose(g, expected_g, atol=1e-15, rtol=1e-13)
    np.testing.assert_array_equal(before[0], theta)
    np.testing.assert_array_equal(before[1], x)


@networks
def test_float32_errs_no_more_than_the_layers_do(layers: Any) -> None:
    net = Network(layers, inputs=7)
    theta, (x, labels) = start(net, np.float32), batch(64, dtype=np.float32)
    exact = net.objective(softmax_cross_entropy)(theta.astype(float), x.astype(float), labels)[1]
    errors = {}
    for engine in ("reference", "fused"):
        objective = net.objective(softmax_cross_entropy, engine=engine)
        objective(theta, x, labels)
        _, g = objective(theta, x, labels)
        assert g.dtype == np.float32
        errors[engine] = float(np.linalg.norm(g - exact))
    assert errors["fused"] <= 2 * errors["reference"] + np.finfo(np.float32).eps


def test_the_gradient_is_that_of_finite_differences() -> None:
    net = Network([Dense(6), tanh, Dense(3)], inputs=7)
    objective = net.objective(softmax_cross_entropy, engine="fused")
    assert check_gradient(objective, start(net), *batch(5)).error < 1e-7


def test_a_thousand_steps_end_where_the_layers_end() -> None:
    net = Network([Dense(6), relu, Dense(3)], inputs=7)
    x, labels = batch(96, dtype=np.float32)

    def end(engine: str, dtype: Any) -> np.ndarray:
        objective = net.objective(softmax_cross_entropy, engine=engine)
        batches = in_order(32, x.astype(dtype), labels)
        opt = Optimizer("momentum", lr=0.01, engine=engine)
        return train(objective, start(net, dtype), opt, batches, steps=1000).theta

    exact = end("reference", float)
    assert np.abs(end("fused", float) - exact).max() < 1e-10
    far = {
        engine: np.linalg.norm(end(engine, np.float32) - exact) for engine in ("reference", "fused")
    }
    assert far["fused"] <= 2 * far["reference"]


def test_any_memory_layout_will_do() -> None:
    net = Network([Dense(4), relu, Dense(3)], inputs=7)
    theta, (x, labels) = start(net), batch(6)
    objective = net.objective(softmax_cross_entropy, engine="fused")
    objective(theta, x, labels)
    expected = objective(theta, x, labels)
    both = np.stack([labels, labels], axis=1)
    apart = np.empty((net.size, 2))
    apart[:, 1] = theta
    for at, rows, places in (
        (apart[:, 1], x, labels),
        (theta, np.asfortranarray(x), both[:, 1]),
        (theta, x[::-1][::-1], labels[::-1][::-1]),
    ):
        value, g = objective(at, rows, places)
        assert value == expected[0]
        np.testing.assert_array_equal(g, expected[1])


LABELS = np.arange(6) % 3
SHARES = np.linspace(0, 1, 18).reshape(6, 3)
TARGETS = {
    "mse": SHARES,
    "mae": SHARES,
    "huber": SHARES,
    "binary_cross_entropy": SHARES,
    "softmax_cross_entropy": LABELS,
    "distillation": SHARES,
}
KNOBS: dict[str, dict[str, float]] = {
    "huber": {"delta": 0.3},
    "binary_cross_entropy": {"label_smoothing": 0.1},
    "softmax_cross_entropy": {"label_smoothing": 0.1},
    "distillation": {"temperature": 2.0},
}
LOSSES = [(name, {}) for name in TARGETS] + list(KNOBS.items())


def test_every_loss_of_the_library_is_here() -> None:
    assert {*TARGETS} == {*losses.__all__} - {"softmax", "log_softmax"}


@pytest.mark.parametrize(("name", "knobs"), LOSSES)
@pytest.mark.parametrize("dtype", [np.float32, float])
def test_a_loss_is_compiled_with_the_layers(name: str, knobs: Any, dtype: Any) -> None:
    loss = partial(getattr(losses, name), **knobs)
    net = Network([Dense(4), relu, Dense(3)], inputs=7)
    theta, (x, _) = start(net, dtype), batch(6, dtype=dtype)
    targets = TARGETS[name] if name.startswith("soft") else TARGETS[name].astype(dtype)
    assert loss_source(loss, (3,), targets) is not None
    objective, layers = net.objective(loss, engine="fused"), net.objective(loss)
    exact = net.objective(loss)
    for N in (6, 6, 1, 5):  # the first call is the loss's own
        value, g = objective(theta, x[:N], targets[:N])
        expected, expected_g = layers(theta, x[:N], targets[:N])
        assert type(value) is float
        assert g.dtype == dtype
        if dtype is float:
            assert value == pytest.approx(expected, rel=1e-14)
            np.testing.assert_allclose(g, expected_g, rtol=1e-12, atol=1e-15)
            continue
        true = targets[:N] if targets.dtype.kind == "i" else targets[:N].astype(float)
        right, right_g = exact(theta.astype(float), x[:N].astype(float), true)
        far, far_g = abs(expected - right), np.linalg.norm(expected_g - right_g)
        eps = np.finfo(dtype).eps
        assert abs(value - right) <= 2 * far + eps
        assert np.linalg.norm(g - right_g) <= 2 * far_g + eps * np.linalg.norm(right_g)


def test_a_loss_that_stands_elsewhere_runs_as_it_is() -> None:
    """It may have effects, or a memory: none is lost."""
    values = []

    def loss(outputs: Any, targets: Any) -> Any:
        value, d_outputs = mse(outputs, targets)
        values.append(value)
        return len(values) * value, d_outputs

    net = Network([Dense(4), relu, Dense(3)], inputs=7)
    objective, expected = net.objective(loss, engine="fused"), net.objective(mse)
    for k in range(3):
        value, g = objective(start(net), batch(6)[0], SHARES)
        right, right_g = expected(start(net), batch(6)[0], SHARES)
        assert value == pytest.approx((k + 1) * right, rel=1e-14)
        np.testing.assert_allclose(g, right_g, rtol=1e-13, atol=1e-15)
    assert len(values) == 3


@pytest.mark.parametrize("dtype", ["u1", "u8", "i4", ">i8"])
def test_labels_of_any_whole_numbers_will_do(dtype: str) -> None:
    net = Network([Dense(4), relu, Dense(3)], inputs=7)
    theta, (x, labels) = start(net), batch(6)
    expected = net.objective(softmax_cross_entropy)(theta, x, labels)
    objective, given = net.objective(softmax_cross_entropy, engine="fused"), labels.astype(dtype)
    given.flags.writeable = False
    for _ in range(2):
        value, g = objective(theta, x, given)
        assert value == pytest.approx(expected[0], rel=1e-14)
        np.testing.assert_allclose(g, expected[1], rtol=1e-13, atol=1e-15)


def test_targets_of_several_kinds_do_not_get_in_each_other_s_way() -> None:
    net = Network([Dense(4), Dense(1)], inputs=7)
    theta, (x, _) = start(net, np.float32), batch(6, dtype=np.float32)
    objective, layers = net.objective(mse, engine="fused"), net.objective(mse)
    whole, real = np.arange(6).reshape(6, 1), np.ones((6, 1), np.float32)
    for _ in range(2):
        for targets in (whole, real, real.astype(float)):
            value, g = objective(theta, x, targets)
            expected, expected_g = layers(theta, x, targets)
            assert value == pytest.approx(expected, rel=1e-6)
            np.testing.assert_allclose(g, expected_g, rtol=1e-4, atol=1e-5)


def test_where_a_branch_goes_the_other_way_the_loss_itself_is_asked() -> None:
    """The divergence from oneself is 0, and where rounding makes it less the loss says 0."""
    net = Network([Dense(3)], inputs=7)
    objective = net.objective(distillation, engine="fused")
    alike = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        theta, x = rng.normal(size=net.size), rng.normal(size=(1, 7))
        teacher = net.predict(theta, x)
        value, g = objective(theta, x, teacher)
        alike.append(value)
        assert value >= 0
        np.testing.assert_allclose(g, 0, atol=1e-14)
    assert 0.0 in alike


def test_what_was_given_is_not_held() -> None:
    net = Network([tanh, Dense(3)], inputs=7)
    objective, (x, labels) = net.objective(softmax_cross_entropy, engine="fused"), batch(4)
    _, first = objective(start(net), x, labels)
    kept = first.copy()
    objective(start(net), 2 * x, labels)
    np.testing.assert_array_equal(first, kept)


class Twice(Layer):
    """A weight used twice, a sum that is broadcast, comparisons joined, a power, a mean."""

    def shapes(self, inputs: Any) -> Any:
        return {"W": (*inputs, *inputs)}

    def init(self, rng: Any, inputs: Any) -> Any:
        return {"W": rng.normal(size=(*inputs, *inputs))}

    def __call__(self, x: Any, *arrays: Any) -> Any:
        (W,) = arrays
        total = x.sum(axis=0)
        inside = (x > -1) & ~(x >= 1)
        y = x @ W @ W + total**2 / len(x) * inside

        def backward(d_y: Any) -> Any:
            d_total = 2 / len(x) * (total * inside * d_y).sum(axis=0)
            d_x = d_y @ W.T @ W.T + d_total
            return d_x, x.T @ (d_y @ W.T) + (x @ W).T @ d_y

        return y, backward


def test_a_newcomer_s_layer_is_compiled_as_it_is() -> None:
    net = Network([Dense(4), Twice(), Dense(3)], inputs=7)
    theta, (x, labels) = start(net), batch(6)
    objective = net.objective(softmax_cross_entropy, engine="fused")
    assert check_gradient(objective, theta, x, labels).error < 1e-6
    np.testing.assert_allclose(
        objective(theta, x, labels)[1],
        net.objective(softmax_cross_entropy)(theta, x, labels)[1],
        rtol=1e-12,
        atol=1e-14,
    )


def picks(x: Any) -> Any:
    return x[:, ::-1], lambda d_y: (d_y[:, ::-1],)


def asks(x: Any) -> Any:
    return (x, lambda d_y: (d_y,)) if x.max() > 0 else (-x, lambda d_y: (-d_y,))


def reshapes(x: Any) -> Any:
    return x.reshape(-1, x.shape[1]) + 0, lambda d_y: (d_y,)


def overwrites(x: Any) -> Any:
    x *= 2
    return x, lambda d_y: (2 * d_y,)


def fills(x: Any) -> Any:
    y = x * 1
    y[y < 0] = 0
    return y, lambda d_y: (d_y * (y > 0),)


def counts(x: Any) -> Any:
    half = float(len(x) // 2)
    return half * x, lambda d_y: (half * d_y,)


def numbers(x: Any) -> Any:
    size = float(x.mean())
    return x / size, lambda d_y: (d_y / size,)


class Switch(Layer):
    """Branches on a parameter of one element."""

    def shapes(self, inputs: Any) -> Any:
        return {"s": (1,)}

    def init(self, rng: Any, inputs: Any) -> Any:
        return {"s": np.ones(1)}

    def __call__(self, x: Any, *arrays: Any) -> Any:
        sign = 1 if arrays[0] > 0 else -1
        return sign * x, lambda d_y: (sign * d_y, np.zeros(1))


def looks(x: Any) -> Any:
    """Turns all round where the largest is below 0."""
    sign = 1 if np.asarray(x).view(np.ndarray).max() > 0 else -1
    return sign * x, lambda d_y: (sign * d_y,)


def sums(x: Any) -> Any:
    return x + x.sum(), lambda d_y: (d_y + d_y.sum(),)


def weighs(x: Any) -> Any:
    return x * x.dtype.type(0.1), lambda d_y: (d_y * d_y.dtype.type(0.1),)


def few(x: Any) -> Any:
    share = min(len(x), 8) / len(x)
    return share * x, lambda d_y: (share * d_y,)


def majority(x: Any) -> Any:
    open_ = (x > 0).sum(axis=0) > 1
    return x * open_, lambda d_y: (d_y * open_,)


def either(x: Any) -> Any:
    mask = ((x > 0) + (x > -1)) == 1
    return x * mask, lambda d_y: (d_y * mask,)


def leaks(x: Any) -> Any:
    scale = 1.0 if np.asarray(x).max() > 100 else 0.5
    return scale * x, lambda d_y: (scale * d_y,)


def peeks(x: Any) -> Any:
    share = len(x.nonzero()[0]) / len(x)
    return share * x, lambda d_y: (share * d_y,)


def turns(x: Any) -> Any:
    y = x * 1
    y.shape = y.shape[::-1]
    return y.T * 2, lambda d_y: (2 * d_y,)


def across(x: Any) -> Any:
    return x, lambda d_y: (d_y + d_y.sum(axis=2),)


def double(x: Any) -> Any:
    mask = x > np.float64(0.1)
    return x * mask, lambda d_y: (d_y * mask,)


class Depth(Layer):
    """Skips itself now and then."""

    def shapes(self, inputs: Any) -> Any:
        return {}

    def init(self, rng: Any, inputs: Any) -> Any:
        return {}

    def __call__(self, x: Any, *arrays: Any) -> Any:
        return x * 1, lambda d_y: (d_y,)

    def training(self, rng: Any, x: Any, *arrays: Any) -> Any:
        keep = 1.0 if rng.random() < 0.9 else 0.0
        return x * keep, lambda d_y: (d_y * keep,)


def promotes(x: Any) -> Any:
    return np.float64(2) * x, lambda d_y: (np.float64(2) * d_y,)


def leaves(x: Any) -> Any:
    y = np.asarray(x, copy=True).view(np.ndarray)
    return y, lambda d_y: (d_y,)


def breaks(x: Any) -> Any:
    return x + {}[x.ndim], lambda d_y: (d_y,)


REFUSED = {
    "picks": ([Dense(3), picks], r"picks \(.*test_fused.py, line \d+\) picks out elements"),
    "asks": ([Dense(3), asks], r"asks \(.*\) branches on numbers"),
    "Switch": ([Dense(3), Switch()], r"Switch.__call__ \(.*\) branches on numbers"),
    "numbers": ([Dense(3), numbers], r"numbers \(.*\) turns an array into a number"),
    "reshapes": ([Dense(3), reshapes], r"reshapes \(.*\) uses .reshape of an array"),
    "overwrites": ([Dense(3), overwrites], r"overwrites \(.*\) calls np.multiply with out"),
    "fills": ([Dense(3), fills], r"fills \(.*\) writes into an array"),
    "looks": ([Dense(3), looks], "to 2 examples is not what is done to more"),
    "counts": ([Dense(3), counts], "to 2 examples is not what is done to more"),
    "weighs": ([Dense(3), weighs], "uses a number of NumPy's float|what is done to 2 examples"),
    "few": ([Dense(3), few], "what is done to 2 examples is not what is done to more"),
    "majority": ([Dense(3), majority], r"majority \(.*\) calls sum of 2 dimensions of bool"),
    "either": ([Dense(3), either], r"either \(.*\) calls np.add of truth values"),
    "leaks": ([Dense(3), leaks], "what is done to 2 examples is not what is done to more"),
    "peeks": ([Dense(3), peeks], r"peeks \(.*\) uses .nonzero of an array"),
    "turns": ([Dense(3), turns], r"turns \(.*\) sets .shape of an array"),
    "across": ([Dense(3), across], r"across.* calls sum of 2 dimensions of float32 with axis=2"),
    "double": ([Dense(3), double], r"double \(.*\) uses a number of NumPy's float64"),
    "Depth": ([Dense(3), Depth()], r"Depth.training \(.*\) draws random numbers"),
    "promotes": ([Dense(3), promotes], r"promotes \(.*\) makes float64 of the dtype of theta"),
    "leaves": ([Dense(3), leaves], "give back what does not follow from their input"),
    "gelu": ([Dense(3), gelu], r"gelu \(.*smooth_rectifiers.py, line \d+\) calls np.erfc"),
    "sums": ([Dense(3), sums], r"sums \(.*\) calls sum of 2 dimensions of float32 with axis=None"),
    "Dropout": ([Dense(3), Dropout(0.5)], r"Dropout.training \(.*\) draws random numbers"),
    "BatchNorm": ([Dense(3), BatchNorm()], r"keeps statistics \(mean2, var2\)"),
}


@pytest.mark.parametrize(("layers", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_compiled_is_refused(layers: Any, why: str) -> None:
    net = Network(layers, inputs=7)
    with pytest.raises(UntranslatableError, match=why) as caught:
        net.objective(softmax_cross_entropy, engine="fused")
    assert "engine='reference'" in str(caught.value)


def test_outputs_that_grow_with_the_batch_have_a_loss_of_their_own() -> None:
    """Where there is a class for each example, the first batch's number is not all batches'."""

    def pairs(x: Any) -> Any:
        y = x @ x.T
        return y, lambda d_y: (d_y @ x + d_y.T @ x,)

    net = Network([Dense(3), pairs], inputs=7)
    objective, layers = (net.objective(softmax_cross_entropy, engine=e) for e in ENGINES[::-1])
    for N in (5, 5, 9, 3, 1):
        x, labels = batch(N)[0], np.arange(N) // 2
        value, g = objective(start(net), x, labels)
        expected, expected_g = layers(start(net), x, labels)
        assert value == pytest.approx(expected, rel=1e-12, abs=1e-15)
        np.testing.assert_allclose(g, expected_g, rtol=1e-11, atol=1e-13)


def test_a_wrapped_loss_of_the_library_is_not_the_library_s() -> None:
    seen = []

    @wraps(mse)
    def watched(outputs: Any, targets: Any) -> Any:
        seen.append(len(outputs))
        return mse(outputs, targets)

    net = Network([Dense(3)], inputs=7)
    objective = net.objective(watched, engine="fused")
    for _ in range(3):
        objective(start(net), batch(6)[0], SHARES)
    assert seen == [6, 6, 6]


def both_ways(x: Any) -> Any:
    """An array once as it is and once turned."""
    half = x * 0.5
    y = half @ (x.T @ half)

    def backward(d_y: Any) -> Any:
        A = x.T @ half
        d_half = d_y @ A.T + x @ (half.T @ d_y)
        return (0.5 * d_half + half @ (half.T @ d_y).T,)

    return y, backward


def chained(x: Any) -> Any:
    """More operations one after the other than Python takes parentheses, and squares."""
    z, slope = x, 1.0
    for _ in range(80):
        z = z * 0.99 + 0.001
        slope = slope * 0.99
    y = z**2
    w = (y + 1) ** 2
    return w, lambda d_y: (slope * 2 * z * 2 * (y + 1) * d_y,)


@pytest.mark.parametrize("layer", [both_ways, chained])
def test_texts_that_once_could_not_be_compiled(layer: Any) -> None:
    net = Network([Dense(3), layer, Dense(3)], inputs=7)
    theta, (x, labels) = start(net), batch(6)
    value, g = net.objective(softmax_cross_entropy, engine="fused")(theta, x, labels)
    expected, expected_g = net.objective(softmax_cross_entropy)(theta, x, labels)
    assert value == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(g, expected_g, rtol=1e-10, atol=1e-12)


def test_a_network_without_parameters_has_an_empty_gradient() -> None:
    net = Network([tanh], inputs=3)
    x = batch(6, inputs=(3,))[0]
    value, g = net.objective(mse, engine="fused")(np.empty(0), x, SHARES)
    assert value == pytest.approx(net.objective(mse)(np.empty(0), x, SHARES)[0], rel=1e-14)
    assert g.shape == (0,)


def test_images_and_what_fails_on_stand_ins_are_refused() -> None:
    images = Network([Conv2D(2, 3), flatten, Dense(3)], inputs=(6, 6, 1))
    with pytest.raises(UntranslatableError, match=r"conv2d \(.*conv.py, line"):
        images.objective(softmax_cross_entropy, engine="fused")
    with pytest.raises(UntranslatableError, match=r"KeyError\(2\) was raised on arrays that"):
        FusedLayers(breaks, [], (7,))


BAD = {
    "dtype of x": lambda theta, x, labels: (theta, x.astype(np.float32), labels),
    "width of x": lambda theta, x, labels: (theta, x[:, 1:], labels),
    "size of theta": lambda theta, x, labels: (theta[1:], x, labels),
    "labels": lambda theta, x, labels: (theta, x, labels + 3),
    "labels below 0": lambda theta, x, labels: (theta, x, labels - 1),
    "number of labels": lambda theta, x, labels: (theta, x, labels[1:]),
    "one-hot labels": lambda theta, x, labels: (theta, x, np.eye(3, dtype=int)[labels]),
    "labels that are no array": lambda theta, x, labels: (theta, x, list(labels)),
    "no examples": lambda theta, x, labels: (theta, x[:0], labels[:0]),
}


@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD)
def test_bad_input_meets_the_error_it_always_meets(spoil: Any) -> None:
    net = Network([Dense(4), relu, Dense(3)], inputs=7)
    given = spoil(start(net), *batch(6))
    with pytest.raises((TypeError, ValueError)) as expected:
        net.objective(softmax_cross_entropy)(*given)
    objective = net.objective(softmax_cross_entropy, engine="fused")
    for _ in range(2):
        with pytest.raises(expected.type, match=re.escape(str(expected.value))):
            objective(*given)
        objective(start(net), *batch(6))  # the second time the loss is compiled


def test_other_dtypes_and_gradients_of_another_shape_are_refused() -> None:
    net = Network([Dense(4), relu, Dense(3)], inputs=7)
    for dtype, name in ((np.float16, "float16"), (">f8", ">f8")):
        given = start(net, dtype), *batch(6, dtype=dtype)
        with pytest.raises(TypeError, match=f"theta has dtype {name}; the fused engine expected"):
            net.objective(softmax_cross_entropy, engine="fused")(*given)
    theta, (x, labels) = start(net), batch(6)
    with pytest.raises(ValueError, match=r"the gradient of the loss has shape \(6, 1\)"):
        net.objective(lambda y, t: (0.0, np.ones((6, 1))), engine="fused")(theta, x, labels)
    with pytest.raises(TypeError, match="float32"):
        net.objective(lambda y, t: (0.0, y.astype(np.float32)), engine="fused")(theta, x, labels)
    with pytest.raises(ValueError, match=r"the statistics are \('mean1',\); expected \(\)"):
        net.objective(mse, engine="fused", statistics={"mean1": np.zeros(4)})
    with pytest.raises(
        ValueError, match=r"unknown engine 'fast'; expected one of reference, fused"
    ):
        net.objective(softmax_cross_entropy, engine="fast")


@pytest.mark.parametrize("package", ["numba", "scipy"])
def test_without_a_package_the_layers_run_and_a_warning_says_so(package: str) -> None:
    code = f"""
import sys, warnings
sys.modules["{package}"] = None  # what an import of it then raises is an ImportError
import numpy as np
from nnedu.losses import mse
from nnedu.nn import Dense, Network
net = Network([Dense(1)], inputs=1)
with warnings.catch_warnings(record=True) as notes:
    warnings.simplefilter("always")
    objective = net.objective(mse, engine="fused")
print(len(notes), notes[0].filename, notes[0].message)
print(objective(np.array([2.0, 0.0]), np.ones((1, 1)), np.ones((1, 1))))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert first.startswith("1 <string> engine='fused' needs numba and scipy, which cannot be impo")
    assert first.endswith("Run: pip install 'nnedu[fast]'")
    assert second == "(1.0, array([2., 2.]))"


def test_neighbouring_operations_on_elements_are_one_loop() -> None:
    net = Network([Dense(4), sigmoid, Dense(3)], inputs=7)
    source = FusedLayers(net.chain, list(net.shapes.values()), net.inputs).source
    backward = source[source.index("def backward") :]
    assert backward.count("for i in range(len(x)):") == 1  # d_y * y * (1 - y)
    assert backward.count("np.dot(") == 3  # nobody asks for the gradient of the input


def test_networks_of_the_same_text_share_their_machine_code() -> None:
    def run(N: int) -> None:
        net = Network([Dense(2), tanh, Dense(3)], inputs=7)
        net.objective(softmax_cross_entropy, engine="fused")(start(net), *batch(N))

    run(4)
    before = compiled.cache_info().currsize
    run(5)
    assert compiled.cache_info().currsize == before
