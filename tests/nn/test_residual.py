"""Residual blocks: the sum, the gradient that passes by, names."""

import numpy as np
import pytest

from nnedu.nn import BatchNorm, Conv2D, Dense, Network, Residual, relu, sigmoid


def test_by_hand() -> None:
    # f(x) = 2 x + 1, so y = 3 x + 1.
    y, backward = Residual([Dense(1)])(np.array([[5.0]]), np.array([[2.0]]), np.ones(1))
    assert y.item() == 16.0
    assert [d.item() for d in backward(np.array([[10.0]]))] == [30.0, 50.0, 10.0]


def test_names_tell_the_block_and_its_shortcut() -> None:
    block = Residual([Conv2D(4, 3, padding="same"), BatchNorm(), relu], shortcut=[Conv2D(4, 1)])
    net = Network([Conv2D(2, 1), block, Residual([relu])], inputs=(6, 6, 1))
    assert list(net.shapes)[2:] == ["W2.1", "b2.1", "gamma2.2", "beta2.2", "W2.s1", "b2.s1"]
    assert list(net.statistics()) == ["mean2.2", "var2.2"]
    assert net.outputs == (6, 6, 4)


def test_statistics_and_parameters_of_both_ways_do_not_mix() -> None:
    block = Residual([BatchNorm(), Dense(1)], shortcut=[Dense(1), BatchNorm()])
    x = np.array([[1.0], [3.0]])
    parameters = [np.full(shape, 2.0) for shape in block.shapes((1,)).values()]
    zeros = [np.zeros(1)] * 4
    _, _, *new = block.training(None, x, *parameters, *zeros)
    # 1, 3: mean 2, variance 1. The shortcut sees 2 x + 2 = 4, 8: mean 6, variance 4.
    np.testing.assert_allclose(np.ravel(new), [0.2, 0.1, 0.6, 0.4], rtol=1e-12)


def test_a_deep_chain_loses_the_gradient_and_residual_blocks_keep_it() -> None:
    def first_gradient(layers) -> float:
        net = Network([layers for _ in range(20)], inputs=8)
        theta = net.init(np.random.default_rng(0))
        _, backward = net.forward(theta, np.random.default_rng(1).normal(size=(4, 8)))
        return float(np.abs(next(iter(net.views(backward(np.ones((4, 8)))).values()))).max())

    plain = Residual([Dense(8), sigmoid]).block
    assert first_gradient(plain) < 1e-9
    assert first_gradient(Residual([Dense(8), sigmoid])) > 0.1


def test_shapes_that_cannot_be_added_are_refused() -> None:
    with pytest.raises(ValueError, match=r"the layers give \(3,\) and the shortcut \(2,\)"):
        Network([Residual([Dense(3)])], inputs=2)
    with pytest.raises(ValueError, match="layers is empty"):
        Residual([])
