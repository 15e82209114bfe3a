"""Layers for rows at every place: the same as convolutions of size 1."""

import numpy as np

from nnedu.nn import BatchNorm, Dense, EachPlace, conv2d


def test_a_dense_layer_at_each_place_is_a_convolution_of_size_one() -> None:
    rng = np.random.default_rng(0)
    x, W, b = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(5, 6)), rng.normal(size=6)
    y, backward = EachPlace([Dense(6)])(x, W, b)
    z, backward_conv = conv2d(x, W[None, None], b)
    np.testing.assert_allclose(y, z, rtol=1e-12)
    for one, two in zip(backward(np.cos(y)), backward_conv(np.cos(y)), strict=True):
        np.testing.assert_allclose(one, two.reshape(one.shape), rtol=1e-11)


def test_training_sees_the_places_of_all_examples_as_one_batch() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 1))
    layer = EachPlace([BatchNorm(momentum=0)])
    y, _, mean, var = layer.training(None, x, np.ones(1), np.zeros(1), np.zeros(1), np.ones(1))
    assert abs(y.mean()) < 1e-15
    np.testing.assert_allclose([mean.item(), var.item()], [x.mean(), x.var()], rtol=1e-14)
