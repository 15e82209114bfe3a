"""Networks over one flat vector: views, gradients, errors."""

import numpy as np
import pytest

from nnedu.gradcheck import check_gradient
from nnedu.losses import binary_cross_entropy, mse, softmax_cross_entropy
from nnedu.nn import Dense, Layer, Network, relu, sigmoid, tanh

RNG = np.random.default_rng(0)


def two_layers(activation=tanh) -> Network:
    return Network([Dense(4), activation, Dense(3)], inputs=2)


@pytest.mark.parametrize("activation", [relu, sigmoid, tanh])
@pytest.mark.parametrize("loss", [mse, softmax_cross_entropy])
def test_gradient_agrees_with_finite_differences(activation, loss) -> None:
    net = two_layers(activation)
    theta = net.init(np.random.default_rng(1)) + 0.1
    x = np.random.default_rng(2).normal(size=(6, 2))
    targets = {mse: np.linspace(-1, 1, 18).reshape(6, 3), softmax_cross_entropy: np.arange(6) % 3}
    found = check_gradient(net.objective(loss), theta, x, targets[loss])
    assert found.error < 1e-8
    assert np.abs(found.analytic).min() > 0, "every parameter must be seen"


def test_gradient_of_a_deep_network_ending_in_one_unit() -> None:
    net = Network([Dense(3), tanh, Dense(3), sigmoid, Dense(2), tanh, Dense(1)], inputs=2)
    theta = net.init(np.random.default_rng(3)) + 0.05
    x, y = RNG.normal(size=(5, 2)), np.array([[0.0], [1.0], [1.0], [0.0], [1.0]])
    assert check_gradient(net.objective(binary_cross_entropy), theta, x, y).error < 1e-8


def test_two_layers_by_hand() -> None:
    # x = (1, 2): hidden relu(1*1 - 2 + 0, 1 + 2*2 + 1) = (0, 6); y = 3*0 + 0.5*6 - 1 = 2.
    net = Network([Dense(2), relu, Dense(1)], inputs=2)
    theta = np.array([1.0, 1.0, -1.0, 2.0, 0.0, 1.0, 3.0, 0.5, -1.0])
    value, g = net.objective(mse)(theta, np.array([[1.0, 2.0]]), np.array([[1.0]]))
    assert value == 1.0
    # d_y = 2; d_W2 = 2 (0, 6); d_hidden = 2 (3, 0.5), the first cut by the ReLU.
    np.testing.assert_array_equal(g, [0.0, 1.0, 0.0, 2.0, 0.0, 1.0, 0.0, 12.0, 2.0])


def test_views_cover_the_vector_once_in_order() -> None:
    net = two_layers()
    theta = np.arange(net.size, dtype=float)
    views = net.views(theta)
    assert list(views) == ["W1", "b1", "W2", "b2"]
    np.testing.assert_array_equal(np.concatenate([v.ravel() for v in views.values()]), theta)
    views["W2"][0, 0] = -1.0
    assert theta[12] == -1.0
    assert all(np.shares_memory(view, theta) for view in views.values())


def test_init_puts_weights_in_place_and_keeps_dtype() -> None:
    net = two_layers()
    theta = net.init(np.random.default_rng(0), np.float32)
    assert theta.dtype == np.float32
    views = net.views(theta)
    assert not views["b1"].any()
    assert not views["b2"].any()
    assert np.abs(views["W1"]).min() > 0
    assert np.abs(views["W2"]).max() <= (6 / 7) ** 0.5
    np.testing.assert_array_equal(theta, net.init(np.random.default_rng(0), np.float32))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept_and_inputs_are_not_changed(dtype) -> None:
    net = two_layers()
    theta, x = net.init(np.random.default_rng(0), dtype), np.ones((3, 2), dtype)
    theta.flags.writeable = x.flags.writeable = False
    y, backward = net.forward(theta, x)
    g = backward(np.ones((3, 3), dtype))
    assert (y.dtype, g.dtype, g.shape) == (dtype, dtype, theta.shape)
    np.testing.assert_array_equal(net.predict(theta, x), y)


def test_a_network_without_parameters_or_with_one_layer() -> None:
    assert Network([tanh], inputs=2).size == 0
    net = Network([Dense(1)], inputs=3)
    np.testing.assert_array_equal(
        net.predict(np.array([1.0, 2.0, 3.0, 4.0]), np.ones((2, 3))), [[10.0], [10.0]]
    )


def test_wrong_arguments_are_refused() -> None:
    net = two_layers()
    theta = net.init(np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"x has shape \(2,\); expected \(N, 2\)"):
        net.forward(theta, np.ones(2))
    with pytest.raises(ValueError, match=r"x has shape \(4, 2, 2\).*x.reshape\(len\(x\), -1\)"):
        net.forward(theta, np.ones((4, 2, 2)))
    with pytest.raises(TypeError, match="x has dtype int64"):
        net.forward(theta, np.ones((4, 2), int))
    with pytest.raises(TypeError, match="theta has dtype int64"):
        net.forward(np.ones(net.size, int), np.ones((4, 2)))
    with pytest.raises(TypeError, match="x has dtype float64 and theta float32; expected one"):
        net.forward(theta.astype(np.float32), np.ones((4, 2)))
    with pytest.raises(ValueError, match=r"theta has shape \(26,\); expected \(27,\) .*W1, b1"):
        net.views(theta[:-1])
    with pytest.raises(ValueError, match="layers is empty"):
        Network([], inputs=2)
    for inputs in (0, -1, 2.5, True):
        with pytest.raises(ValueError, match=r"inputs is .*; expected a whole number"):
            Network([Dense(1)], inputs=inputs)


class Meter(Layer):
    """Remembers the mean of what passed, adds noise in training, and scales."""

    def shapes(self, inputs):
        return {"scale": inputs}

    def init(self, rng, inputs):
        return {"scale": np.full(inputs, 2.0)}

    def statistics(self, inputs):
        return {"mean": np.zeros(inputs), "seen": np.zeros(())}

    def __call__(self, x, scale, mean, seen):
        return scale * (x - mean), lambda d_y: (scale * d_y, ((x - mean) * d_y).sum(axis=0))

    def training(self, rng, x, scale, mean, seen):
        y, backward = self(x + rng.normal(size=x.shape).astype(x.dtype), scale, 0 * mean, seen)
        return y, backward, x.mean(axis=0), seen + len(x)


def test_objective_leaves_the_new_statistics_in_their_place() -> None:
    net = Network([Dense(2), Meter()], inputs=2)
    theta, x = net.init(np.random.default_rng(0)), RNG.normal(size=(6, 2))
    statistics = net.statistics()
    assert list(statistics) == ["mean2", "seen2"]
    before = dict(statistics)
    objective = net.objective(mse, rng=np.random.default_rng(1), statistics=statistics)
    for seen in (6, 12):
        objective(theta, x, np.zeros((6, 2)))
        assert statistics["seen2"] == seen
    assert before["seen2"] == 0, "a copy of the dict is a picture of it"
    hidden = x @ net.views(theta)["W1"]
    np.testing.assert_allclose(statistics["mean2"], hidden.mean(axis=0), rtol=1e-14)
    y = net.predict(theta, x, statistics)
    np.testing.assert_allclose(y, 2 * (hidden - hidden.mean(axis=0)), rtol=1e-13, atol=1e-14)


def test_statistics_are_asked_for_and_checked() -> None:
    net = Network([Meter()], inputs=2)
    theta, x = net.init(np.random.default_rng(0)), np.ones((3, 2))
    with pytest.raises(ValueError, match=r"the statistics are \(\); expected \('mean1', 'seen1'\)"):
        net.predict(theta, x)
    with pytest.raises(ValueError, match=r"statistics = net.statistics\(\), and pass them"):
        net.objective(mse, rng=np.random.default_rng(0))(theta, x, x)
    with pytest.raises(
        TypeError, match=r"statistics\['mean1'\] has dtype float32 and theta float64"
    ):
        net.predict(theta, x, net.statistics(np.float32))
    with pytest.raises(ValueError, match=r"expected \(\)"):
        two_layers().predict(np.zeros(27), x, net.statistics())


def test_forward_in_training_changes_nothing_it_was_given() -> None:
    net = Network([Meter()], inputs=2)
    theta, x, statistics = net.init(np.random.default_rng(0)), np.ones((3, 2)), net.statistics()
    first = net.forward_training(theta, x, statistics, rng=np.random.default_rng(5))
    again = net.forward_training(theta, x, statistics, rng=np.random.default_rng(5))
    np.testing.assert_array_equal(first[0], again[0])
    assert np.abs(first[0] - net.predict(theta, x, statistics)).min() > 0
    assert not statistics["mean1"].any()
    assert first[2]["mean1"].all()


def flat(x):
    return x.reshape(len(x), -1), lambda d_y: (d_y.reshape(x.shape),)


def test_a_function_may_change_the_shape() -> None:
    net = Network([flat, tanh, Dense(3)], inputs=(4, 2, 1))
    assert net.shapes == {"W1": (8, 3), "b1": (3,)}
    assert (net.inputs, net.outputs) == ((4, 2, 1), (3,))
    theta, x = net.init(np.random.default_rng(1)), RNG.normal(size=(5, 4, 2, 1))
    assert check_gradient(net.objective(mse), theta, x, RNG.normal(size=(5, 3))).error < 1e-8


def test_wrong_layers_and_shapes_are_refused() -> None:
    with pytest.raises(TypeError, match=r"a layer is 3; expected a Layer such as Dense\(3\)"):
        Network([3], inputs=2)
    with pytest.raises(TypeError, match=r"a layer is the class Dense; expected Dense\(...\)"):
        Network([Dense], inputs=2)
    with pytest.raises(ValueError, match=r"Dense is given examples of shape \(4, 2, 1\).*flatten"):
        Network([Dense(1)], inputs=(4, 2, 1))
    for inputs in ((), (3, 0), (2.0, 2)):
        with pytest.raises(ValueError, match=r"inputs is .*; expected a whole number"):
            Network([tanh], inputs=inputs)
    net = Network([flat, Dense(1)], inputs=(4, 2, 1))
    theta = net.init(np.random.default_rng(0))
    with pytest.raises(
        ValueError, match=r"x has shape \(5, 8\); expected \(N, 4, 2, 1\).*reshape\(-1,"
    ):
        net.predict(theta, np.ones((5, 8)))
