"""Attention, by hand; what it sees and what it does not."""

import numpy as np
import pytest

from nnedu.losses import mse
from nnedu.nn import (
    Dense,
    EachPlace,
    LayerNorm,
    Network,
    Residual,
    SelfAttention,
    attention,
    gelu,
    multi_head_attention,
)
from nnedu.optim import Optimizer
from nnedu.train import minibatches, train

RNG = np.random.default_rng(0)


def weights(D: int, A: int) -> list[np.ndarray]:
    shapes = [(D, A), (A,), (D, A), (A,), (D, A), (A,), (A, D), (D,)]
    return [RNG.normal(size=shape) for shape in shapes]


def test_by_hand() -> None:
    # Scores 2 log 3 / sqrt(4) = log 3 and 0: weights 3/4 and 1/4; the second step has 1/2 and 1/2.
    Q = np.array([[2.0, 0, 0, 0], [0, 0, 0, 0]])
    K = np.array([[np.log(3.0), 0, 0, 0], [0, 0, 0, 0]])
    V = np.array([[4.0], [8.0]])
    y, backward = attention(Q, K, V)
    np.testing.assert_allclose(y, [[5.0], [6.0]], rtol=1e-14)
    d_Q, d_K, d_V = backward(np.array([[1.0], [0.0]]))
    np.testing.assert_allclose(d_V, [[0.75], [0.25]], rtol=1e-14)
    # d_S = A (d_A - sum(A d_A)) = (3/4 (4 - 5), 1/4 (8 - 5)), halved by the root of 4.
    np.testing.assert_allclose(d_Q[0, 0], -0.375 * np.log(3), rtol=1e-13)
    np.testing.assert_allclose(d_K[:, 0], [-0.75, 0.75], rtol=1e-13)


def test_causal_does_not_see_what_comes_later() -> None:
    x, parameters = RNG.normal(size=(2, 5, 4)), weights(4, 4)
    y, _ = multi_head_attention(x, *parameters, heads=2, causal=True)
    changed = x.copy()
    changed[:, 3:] = 7.0
    z, _ = multi_head_attention(changed, *parameters, heads=2, causal=True)
    np.testing.assert_array_equal(z[:, :3], y[:, :3])
    assert np.abs(z[:, 3:] - y[:, 3:]).min() > 0
    everything, _ = multi_head_attention(x, *parameters, heads=2)
    np.testing.assert_allclose(everything[:, -1], y[:, -1], rtol=1e-12)  # the last sees all


def test_without_a_mask_the_order_of_steps_does_not_matter() -> None:
    x, parameters = RNG.normal(size=(2, 5, 4)), weights(4, 6)
    order = np.array([3, 0, 4, 1, 2])
    y, _ = multi_head_attention(x, *parameters, heads=3)
    turned, _ = multi_head_attention(x[:, order], *parameters, heads=3)
    np.testing.assert_allclose(turned, y[:, order], rtol=1e-11)


def test_heads_are_attentions_of_their_own_features() -> None:
    x = RNG.normal(size=(1, 4, 3))
    Wq, bq, Wk, bk, Wv, bv, Wo, bo = weights(3, 6)
    y, _ = multi_head_attention(x, Wq, bq, Wk, bk, Wv, bv, Wo, bo, heads=2)
    parts = 0.0
    for own in (slice(0, 3), slice(3, 6)):
        seen, _ = attention(*(x @ W[:, own] + b[own] for W, b in ((Wq, bq), (Wk, bk), (Wv, bv))))
        parts = parts + seen @ Wo[own]
    np.testing.assert_allclose(y, parts + bo, rtol=1e-11)


def test_large_scores_give_no_nan() -> None:
    Q = 1e4 * RNG.normal(size=(3, 2))
    y, backward = attention(Q, Q, Q, causal=True)
    assert np.isfinite(y).all()
    assert all(np.isfinite(d).all() for d in backward(y))


def test_a_transformer_block_learns_to_look_back() -> None:
    # The target at every step is the first number of the sequence.
    rng = np.random.default_rng(0)
    x = rng.normal(size=(256, 5, 4))
    x[:, :, 0] = [5.0, 0, 0, 0, 0]  # marks the step to be found
    y = np.repeat(x[:, :1, 1:2], 5, axis=1)
    block = [
        Residual([SelfAttention(2, causal=True)]),
        Residual([LayerNorm(), EachPlace([Dense(8), gelu, Dense(4)])]),
        EachPlace([Dense(1)]),
    ]
    net = Network(block, inputs=(5, 4))
    batches = minibatches(rng, 64, x, y)
    start = net.init(rng)
    run = train(net.objective(mse), start, Optimizer("adam", lr=0.02), batches, steps=150)
    assert mse(net.predict(run.theta, x), y)[0] < 0.1 * y.var()


def test_wrong_arguments_are_refused() -> None:
    x, parameters = RNG.normal(size=(2, 5, 4)), weights(4, 4)
    with pytest.raises(ValueError, match="heads is 3; expected a divisor of 4"):
        multi_head_attention(x, *parameters, heads=3)
    with pytest.raises(ValueError, match=r"x has shape \(2, 4\).*expected \(N, T, D\), three of"):
        multi_head_attention(x[:, 0], *parameters, heads=2)
    with pytest.raises(ValueError, match="expected \\(N, T, D\\), three of"):
        multi_head_attention(x, *parameters[:-1], np.zeros(3), heads=2)
    with pytest.raises(ValueError, match=r"Q has shape \(5, 4\), K \(4, 4\)"):
        attention(x[0], x[0, :4], x[0])
    with pytest.raises(ValueError, match=r"the sequences have shape \(4,\)"):
        SelfAttention(2).shapes((4,))
    with pytest.raises(ValueError, match="heads is 3; expected a divisor of 4"):
        SelfAttention(3).shapes((5, 4))
