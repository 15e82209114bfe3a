"""Second derivatives, and networks made smaller without changing what they say."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.compression import (
    backpropagated_curvature,
    flat_mask,
    second_derivatives,
    shrink,
)
from nnedu.losses import mse
from nnedu.nn import Dense, Network, relu, sigmoid, tanh
from nnedu.nn.layer import Layer
from nnedu.pruning import cut_units, obd

X = np.random.default_rng(0).normal(size=(12, 3))
Y = np.random.default_rng(1).normal(size=(12, 2))


def made(*layers, seed: int = 2) -> tuple[Network, np.ndarray]:
    net = Network(list(layers), inputs=3)
    return net, net.init(np.random.default_rng(seed)) + 0.1


def both(net: Network, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    y = net.predict(theta, X)
    targets = Y[:, : y.shape[1]]
    exact = second_derivatives(net.objective(mse), theta, X, targets)
    return backpropagated_curvature(net, theta, X, np.full(y.shape, 2 / y.size)), exact


def test_backpropagated_is_exact_through_one_hidden_layer_of_relus() -> None:
    net, theta = made(Dense(5), relu, Dense(2))
    fast, exact = both(net, theta)
    np.testing.assert_allclose(fast, exact, rtol=1e-6, atol=1e-8)
    assert (exact > 0).sum() > 20


def test_and_of_the_last_layer_behind_anything() -> None:
    net, theta = made(Dense(4), tanh, Dense(4), sigmoid, Dense(2))
    fast, exact = (net.views(part) for part in both(net, theta))
    for name in ("W3", "b3"):
        np.testing.assert_allclose(fast[name], exact[name], rtol=1e-6)
    for name in fast:
        assert (fast[name] >= 0).all()
    # What is left out matters elsewhere: the exact one may even be negative.
    assert np.abs(fast["W1"] - exact["W1"]).max() > 1e-3 * np.abs(exact["W1"]).max()


def test_saliency_predicts_the_rise_of_the_loss_of_a_linear_network() -> None:
    # At the minimum of a quadratic the saliency is the rise itself.
    net = Network([Dense(2)], inputs=3)
    design = np.hstack([X, np.ones((12, 1))])
    best = np.linalg.lstsq(design, Y, rcond=None)[0]
    theta = best.ravel()  # rows of W1, then b1
    objective = net.objective(mse)
    h = backpropagated_curvature(net, theta, X, np.full(Y.shape, 2 / Y.size))
    value = objective(theta, X, Y)[0]
    rises = [objective(np.where(np.arange(8) == i, 0, theta), X, Y)[0] - value for i in range(8)]
    np.testing.assert_allclose(obd(theta, h), rises, rtol=1e-9, atol=1e-13)


def test_a_layer_that_nothing_is_known_of_is_refused() -> None:
    class Odd(Layer):
        def __call__(self, x, *arrays):
            return x, lambda d_y: (d_y,)

    net, theta = made(Dense(2), Odd(), Dense(1))
    with pytest.raises(TypeError, match="the network has a Odd; expected Dense layers"):
        backpropagated_curvature(net, theta, X, np.ones((12, 1)))
    with pytest.raises(TypeError, match="the network has a Odd"):
        shrink(net, theta)
    net, theta = made(Dense(2))
    with pytest.raises(ValueError, match=r"h_outputs has shape \(3, 3\)"):
        backpropagated_curvature(net, theta, X, np.ones((3, 3)))
    with pytest.raises(TypeError, match="expected float64"):
        second_derivatives(net.objective(mse), theta.astype(np.float32), X, Y)


@pytest.mark.parametrize("activation", [relu, tanh, sigmoid])
def test_a_shrunken_network_says_the_same(activation) -> None:
    net, theta = made(Dense(8), activation, Dense(6), activation, Dense(2))
    views = net.views(theta)
    masks = {name: cut_units(views[name], sparsity=0.5) for name in ("W1", "W2")}
    theta = np.where(flat_mask(net, masks), theta, 0)
    net.views(theta)["W3"][~masks["W2"].any(axis=0)] = 0.7  # the constants must be heard
    small, left = shrink(net, theta)
    assert small.shapes["W1"] == (3, 4)
    assert small.shapes["W2"] == (4, 3)
    assert small.shapes["W3"] == (3, 2)
    np.testing.assert_allclose(small.predict(left, X), net.predict(theta, X), rtol=1e-12)


def test_what_is_not_heard_goes_and_takes_others_with_it() -> None:
    net, theta = made(Dense(4), tanh, Dense(3), tanh, Dense(2))
    views = net.views(theta)
    views["W3"][1] = 0  # unit 1 of the second layer is not heard,
    views["W2"][2, [0, 2]] = 0  # and unit 2 of the first speaks to it alone
    small, left = shrink(net, theta)
    assert (small.shapes["W1"], small.shapes["W2"]) == ((3, 3), (3, 2))
    np.testing.assert_allclose(small.predict(left, X), net.predict(theta, X), rtol=1e-12)
    assert shrink(small, left)[0].shapes == small.shapes


def test_one_unit_is_left_where_all_could_go() -> None:
    net, theta = made(Dense(4), relu, Dense(2))
    net.views(theta)["W1"][:] = 0
    small, left = shrink(net, theta.astype(np.float32))
    assert small.shapes["W1"] == (3, 1)
    assert left.dtype == np.float32
    narrow = small.predict(left, X.astype(np.float32))
    np.testing.assert_allclose(narrow, net.predict(theta, X), rtol=1e-6)
