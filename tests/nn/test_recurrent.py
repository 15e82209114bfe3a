"""The recurrent layer, by hand, and the gradient through time."""

import numpy as np
import pytest

from nnedu.nn import Recurrent, last_step, recurrent

RNG = np.random.default_rng(0)


def test_by_hand() -> None:
    # tanh(log 2) = 3/5; the second step sees nothing but 5/3 log 3 times that: tanh(log 3) = 4/5.
    x, one = np.array([[[np.log(2.0)], [0.0]]]), np.ones((1, 1))
    U = 5 / 3 * np.log(3.0) * one
    h, backward = recurrent(x, one, U, np.zeros(1))
    np.testing.assert_allclose(h.ravel(), [0.6, 0.8], rtol=1e-14)
    d_x, d_W, d_U, d_b = backward(np.array([[[0.0], [1.0]]]))
    last = 1 - 0.64
    first = last * U.item() * (1 - 0.36)
    np.testing.assert_allclose(d_x.ravel(), [first, last], rtol=1e-13)
    np.testing.assert_allclose(d_W.item(), first * np.log(2), rtol=1e-13)
    np.testing.assert_allclose(d_U.item(), last * 0.6, rtol=1e-13)
    np.testing.assert_allclose(d_b.item(), first + last, rtol=1e-13)


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.25])
def test_the_gradient_grows_by_the_size_of_u_at_every_step(factor: float) -> None:
    # Near 0 the tanh is a line: k steps back the gradient is factor**k as long.
    U = factor * Recurrent(4).init(np.random.default_rng(0), (30, 2))["U"]
    x = np.zeros((1, 30, 4))
    _, backward = recurrent(x, np.eye(4), U, np.zeros(4))
    d_h = np.zeros((1, 30, 4))
    d_h[:, -1, 0] = 1
    lengths = np.linalg.norm(backward(d_h)[0][0], axis=1)
    np.testing.assert_allclose(lengths, factor ** np.arange(29, -1, -1.0), rtol=1e-12)


def test_a_step_sees_those_before_it_only() -> None:
    parameters = [RNG.normal(size=shape) for shape in ((2, 3), (3, 3), (3,))]
    x = RNG.normal(size=(2, 6, 2))
    h, _ = recurrent(x, *parameters)
    x[:, 4:] = 9.0
    changed, _ = recurrent(x, *parameters)
    np.testing.assert_array_equal(changed[:, :4], h[:, :4])
    assert np.abs(changed[:, 4:] - h[:, 4:]).max() > 1e-3


def test_last_step_by_hand() -> None:
    x = np.arange(6.0).reshape(1, 3, 2)
    y, backward = last_step(x)
    np.testing.assert_array_equal(y, [[4.0, 5.0]])
    np.testing.assert_array_equal(backward(y)[0][0], [[0, 0], [0, 0], [4, 5]])


def test_wrong_arguments_are_refused() -> None:
    x, W, U, b = np.zeros((1, 4, 2)), np.zeros((2, 3)), np.zeros((3, 3)), np.zeros(3)
    for wrong in [(x[0], W, U, b), (x, W.T, U, b), (x, W, U[:2], b), (x, W, U, b[:1])]:
        with pytest.raises(
            ValueError, match=r"expected \(N, T, I\), \(I, H\), \(H, H\) and \(H,\)"
        ):
            recurrent(*wrong)
    with pytest.raises(ValueError, match=r"the sequences have shape \(2,\)"):
        Recurrent(3).shapes((2,))
    with pytest.raises(ValueError, match=r"x has shape \(4, 2\); expected \(N, T, H\)"):
        last_step(x[0])
    with pytest.raises(ValueError, match="outputs is 0"):
        Recurrent(0)
