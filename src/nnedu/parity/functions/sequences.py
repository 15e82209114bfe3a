"""Layers for sequences beside the frameworks'."""

from functools import partial
from typing import Any

import numpy as np

from nnedu import nn
from nnedu._typing import Array
from nnedu.parity.functions.function import Function, keras_call, layer
from nnedu.parity.pairs import Adapter

_rng = np.random.default_rng(10)
_QKV = tuple(_rng.normal(size=(3, 2, 3, 4, 5)))
# Four features a head: Keras rounds 1 / sqrt(features) to float32, and 1/2 survives that.
_HEADS = tuple(_rng.normal(size=shape) for shape in ((2, 5, 8), *((8, 8), (8,)) * 4))
_STEPS = tuple(_rng.normal(size=shape) for shape in ((2, 6, 3), (3, 4), (4, 4), (4,)))

HEADS_APART = Adapter(
    "heads apart", "Keras's weights are (D, heads, features of a head): reshaped."
)
STACKED = Adapter(
    "weights stacked",
    "PyTorch keeps the transposed weights of queries, keys and values in one array.",
)
TWO_BIASES = Adapter(
    "two biases",
    "PyTorch's recurrent layer keeps transposed weights and adds two biases: one is set to 0.",
)


def _torch_attention(t: Any, *QKV: Any, causal: bool) -> Any:
    return t.nn.functional.scaled_dot_product_attention(*QKV, is_causal=causal)


def _heads(*given: Array, causal: bool) -> tuple[Any, tuple[Array, ...]]:
    """With the bias of the keys last, a constant: its gradient is 0, and so nothing to compare."""
    *inputs, bk = given
    run = layer(partial(nn.multi_head_attention, heads=2, causal=causal))
    y, gradients = run(*inputs[:4], bk, *inputs[4:])
    return y, gradients[:4] + gradients[5:]


def _keras_heads(k: Any, x: Any, *given: Any, causal: bool) -> Any:
    made = k.layers.MultiHeadAttention(2, 4, dtype="float64")
    made.build(x.shape, x.shape)
    shapes = [(8, 2, 4), (2, 4)] * 3 + [(2, 4, 8), (8,)]
    weights = [*given[:3], given[-1], *given[3:-1]]
    weights = [k.ops.reshape(a, shape) for a, shape in zip(weights, shapes, strict=True)]
    return made.stateless_call(weights, [], x, x, use_causal_mask=causal)[0]


def _torch_heads(t: Any, x: Any, *given: Any, causal: bool) -> Any:
    made = t.nn.MultiheadAttention(8, 2, batch_first=True, dtype=t.float64)
    Wq, bq, Wk, Wv, bv, Wo, bo, bk = given
    weights = {
        "in_proj_weight": t.cat([Wq.T, Wk.T, Wv.T]),
        "in_proj_bias": t.cat([bq, bk, bv]),
        "out_proj.weight": Wo.T,
        "out_proj.bias": bo,
    }
    later = t.ones(5, 5, dtype=t.bool).triu(1) if causal else None
    how = {"attn_mask": later, "need_weights": False}
    return t.func.functional_call(made, weights, (x, x, x), how)[0]


def _torch_recurrent(t: Any, x: Any, W: Any, U: Any, b: Any) -> Any:
    made = t.nn.RNN(3, 4, batch_first=True, dtype=t.float64)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    given = dict(zip(names, (W.T, U.T, b, 0 * b), strict=True))
    return t.func.functional_call(made, given, (x,))[0]


def _attention(causal: bool) -> Function:
    # Keras's and JAX's functions of this name take the softmax in float32 whatever they are given.
    return Function(
        layer(partial(nn.attention, causal=causal)),
        _QKV,
        {"torch": partial(_torch_attention, causal=causal)},
    )


def _multi_head_attention(causal: bool) -> Function:
    return Function(
        partial(_heads, causal=causal),
        (*_HEADS[:4], *_HEADS[5:]),
        {
            "keras": partial(_keras_heads, causal=causal),
            "torch": partial(_torch_heads, causal=causal),
        },
        (_HEADS[4],),
        adapters={"keras": HEADS_APART, "torch": STACKED},
    )


SEQUENCES: dict[str, Function] = {
    "attention": _attention(causal=False),
    "attention, causal": _attention(causal=True),
    "multi_head_attention": _multi_head_attention(causal=False),
    "multi_head_attention, causal": _multi_head_attention(causal=True),
    "recurrent": Function(
        layer(nn.recurrent),
        _STEPS,
        {
            "keras": lambda k, x, W, U, b: keras_call(
                k.layers.SimpleRNN(4, return_sequences=True, dtype="float64"), x, (W, U, b)
            )[0],
            "torch": _torch_recurrent,
        },
        adapters={"torch": TWO_BIASES},
    ),
}
