"""Convolution, by hand, by loops, and in a network that learns."""

import numpy as np
import pytest

from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Conv2D, Dense, MaxPool, Network, conv2d, flatten, relu
from nnedu.nn.windows import window_places
from nnedu.optim import Optimizer
from nnedu.train import minibatches, train


def by_loops(x, W, b, stride, padding):
    """The definition, one output at a time."""
    (h, w, _, outputs), (N, H, width, _) = W.shape, x.shape
    rows, top, bottom = window_places(H, h, stride[0], padding)
    columns, left, right = window_places(width, w, stride[1], padding)
    x = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    y = np.empty((N, rows, columns, outputs))
    for n, r, c, o in np.ndindex(y.shape):
        r0, c0 = r * stride[0], c * stride[1]
        y[n, r, c, o] = (x[n, r0 : r0 + h, c0 : c0 + w] * W[..., o]).sum() + b[o]
    return y


@pytest.mark.parametrize("padding", ["valid", "same", 2])
@pytest.mark.parametrize("stride", [(1, 1), (2, 1), (3, 2)], ids=str)
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (3, 2)], ids=str)
def test_agrees_with_its_definition(size, stride, padding) -> None:
    rng = np.random.default_rng(0)
    x, W, b = rng.normal(size=(2, 5, 6, 3)), rng.normal(size=(*size, 3, 4)), rng.normal(size=4)
    y, _ = conv2d(x, W, b, stride=stride, padding=padding)
    np.testing.assert_allclose(y, by_loops(x, W, b, stride, padding), rtol=1e-12, atol=1e-13)


def test_by_hand() -> None:
    x = np.array([1.0, 2.0, 4.0]).reshape(1, 1, 3, 1)
    W = np.array([1.0, 10.0, 100.0]).reshape(1, 3, 1, 1)
    y, backward = conv2d(x, W, np.array([0.5]), padding="same")
    np.testing.assert_array_equal(y.ravel(), [210.5, 421.5, 42.5])  # nothing is mirrored
    d_x, d_W, d_b = backward(np.array([1.0, 0.0, 2.0]).reshape(y.shape))
    np.testing.assert_array_equal(d_x.ravel(), [10.0, 102.0, 20.0])
    np.testing.assert_array_equal(d_W.ravel(), [4.0, 9.0, 2.0])
    np.testing.assert_array_equal(d_b, [3.0])


def test_a_shifted_image_gives_a_shifted_output() -> None:
    rng = np.random.default_rng(1)
    x, W = rng.normal(size=(1, 6, 8, 2)), rng.normal(size=(3, 3, 2, 3))
    y, _ = conv2d(x, W, np.zeros(3))
    shifted, _ = conv2d(np.roll(x, 1, axis=2), W, np.zeros(3))
    np.testing.assert_allclose(shifted[:, :, 1:], y[:, :, :-1], rtol=1e-12)


def test_first_weights_keep_the_size_of_a_signal() -> None:
    # Glorot between as many channels has variance 1 / (9 C): a sum of 9 C terms has variance 1.
    layer = Conv2D(64, 3)
    W = layer.init(np.random.default_rng(0), (8, 8, 64))["W"]
    assert W.shape == (3, 3, 64, 64)
    assert W.var() == pytest.approx(1 / (9 * 64), rel=0.02)
    numbered = Conv2D(2, (1, 3), weights=lambda rng, i, o: np.arange(i * o).reshape(i, o))
    first = numbered.init(np.random.default_rng(0), (1, 5, 2))["W"]
    np.testing.assert_array_equal(first[0, 1, 1], [18, 19])  # row 3 of 6 columns, the first two


def test_a_small_convolutional_network_learns_where_a_bar_stands() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(2, size=200)
    x = 0.3 * rng.normal(size=(200, 6, 6, 1))
    for image, upright, at in zip(x, labels, rng.integers(6, size=200), strict=True):
        (image[:, at] if upright else image[at])[...] += 1.0
    net = Network([Conv2D(4, 3), relu, MaxPool(2), flatten, Dense(2)], inputs=(6, 6, 1))
    assert list(net.shapes) == ["W1", "b1", "W2", "b2"]
    run = train(
        net.objective(softmax_cross_entropy),
        net.init(rng),
        Optimizer("adam", lr=0.01),
        minibatches(rng, 50, x[:150], labels[:150]),
        steps=150,
    )
    right = net.predict(run.theta, x[150:]).argmax(axis=1) == labels[150:]
    assert right.mean() > 0.9


def test_wrong_arguments_are_refused() -> None:
    x, W, b = np.zeros((1, 5, 5, 3)), np.zeros((3, 3, 3, 2)), np.zeros(2)
    for wrong in [(x[..., :2], W, b), (x, W, b[:1]), (x, W[0], b)]:
        with pytest.raises(ValueError, match=r"expected \(N, H, W, I\), \(h, w, I, O\) and \(O,\)"):
            conv2d(*wrong)
    with pytest.raises(ValueError, match=r"W \(2, 3, 3, 3\) .*W.transpose\(2, 3, 1, 0\)"):
        conv2d(x, W.transpose(3, 2, 0, 1), b)
    with pytest.raises(ValueError, match=r"images have shape \(5, 5\).*x\[..., np.newaxis\]"):
        Conv2D(2, 3).shapes((5, 5))
    with pytest.raises(ValueError, match="a window of 3 does not fit into 2"):
        Network([Conv2D(2, 3)], inputs=(2, 5, 1))
    for padding in ("full", -1, 1.5, True):
        with pytest.raises(ValueError, match="padding is"):
            Conv2D(2, 3, padding=padding)
    for stride in (0, (1, 0), (1, 1, 1), 1.5):
        with pytest.raises(ValueError, match="stride is"):
            Conv2D(2, 3, stride=stride)
