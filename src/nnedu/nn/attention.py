"""Self-attention: every step of a sequence looks at every other and takes what it needs."""

import math
from collections.abc import Callable

import numpy as np

from nnedu._check import floating, whole
from nnedu._typing import Array, Backward
from nnedu.nn.initializers import glorot_uniform
from nnedu.nn.layer import Layer, Shape


def attention(Q: Array, K: Array, V: Array, *, causal: bool = False) -> tuple[Array, Backward]:
    """Scaled dot-product attention: a weighted mean of values, the weights by likeness.

    ``A = softmax(Q K^T / sqrt(D))``, each row a probability, and ``y = A V``;
    ``d_V = A^T d_y``, ``d_A = d_y V^T``, ``d_S = A (d_A - sum(A d_A))`` row by row,
    ``d_Q = d_S K / sqrt(D)``, ``d_K = d_S^T Q / sqrt(D)``

    Parameters
    ----------
    Q, K : float arrays, shape (..., T, D)
        What each step asks for, and what each offers.
    V : float array, shape (..., T, E)
        What each gives.
    causal : bool
        A step sees itself and those before it only.

    Returns
    -------
    y : array, shape (..., T, E)
    backward : callable
        ``backward(d_y) -> (d_Q, d_K, d_V)``.

    Raises
    ------
    TypeError, ValueError
        If they are not float arrays, or the shapes do not fit.

    Notes
    -----
    **Conventions.** ``torch.nn.functional.scaled_dot_product_attention``, whose ``is_causal`` is
    ``causal``. ``jax.nn.dot_product_attention`` and ``keras.ops.dot_product_attention`` have the
    heads after the steps, and take the softmax in float32 whatever they are given.

    Source: Vaswani et al. (2017), "Attention is all you need", equation 1.

    Examples
    --------
    >>> Q, K, V = np.zeros((2, 1)), np.zeros((2, 1)), np.array([[2.0], [4.0]])
    >>> attention(Q, K, V)[0].ravel(), attention(Q, K, V, causal=True)[0].ravel()
    (array([3., 3.]), array([2., 3.]))
    """
    floating("Q", Q)
    if Q.ndim < 2 or K.shape != Q.shape or V.shape[:-1] != Q.shape[:-1]:
        raise ValueError(
            f"Q has shape {Q.shape}, K {K.shape} and V {V.shape}; expected (..., T, D), the same, "
            "and (..., T, E)."
        )
    scale = 1 / math.sqrt(Q.shape[-1])
    S = scale * (Q @ K.swapaxes(-1, -2))
    if causal:
        later = np.triu(np.ones(S.shape[-2:], bool), k=1)
        S = np.where(later, S.dtype.type(-np.inf), S)
    A = np.exp(S - S.max(axis=-1, keepdims=True))
    A /= A.sum(axis=-1, keepdims=True)

    def backward(d_y: Array) -> tuple[Array, ...]:
        d_A = d_y @ V.swapaxes(-1, -2)
        d_S = scale * A * (d_A - (A * d_A).sum(axis=-1, keepdims=True))
        return d_S @ K, d_S.swapaxes(-1, -2) @ Q, A.swapaxes(-1, -2) @ d_y

    return A @ V, backward


def multi_head_attention(
    x: Array,
    Wq: Array,
    bq: Array,
    Wk: Array,
    bk: Array,
    Wv: Array,
    bv: Array,
    Wo: Array,
    bo: Array,
    *,
    heads: int,
    causal: bool = False,
) -> tuple[Array, Backward]:
    """Multi-head self-attention: several attentions side by side, each on its own features.

    ``Q, K, V = x Wq + bq, x Wk + bk, x Wv + bv``, cut into heads; ``y = [heads] Wo + bo``

    Parameters
    ----------
    x : float array, shape (N, T, D)
        Sequences of ``T`` steps.
    Wq, Wk, Wv : float arrays, shape (D, A)
        ``A / heads`` features a head, those of a head side by side.
    bq, bk, bv : float arrays, shape (A,)
    Wo : float array, shape (A, D)
    bo : float array, shape (D,)
    heads : int, divides A
    causal : bool
        A step sees itself and those before it only.

    Returns
    -------
    y : array, shape (N, T, D)
    backward : callable
        ``backward(d_y) -> (d_x, d_Wq, d_bq, ..., d_bo)``.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a float array (N, T, D), the shapes do not fit, or ``heads`` does not
        divide A.

    Notes
    -----
    **Conventions.** ``keras.layers.MultiHeadAttention(heads, A / heads)(x, x)``, whose weights are
    (D, heads, A / heads); ``torch.nn.MultiheadAttention(D, heads)``, which has ``A = D`` and stacks
    the transposes of ``Wq, Wk, Wv`` in ``in_proj_weight``.

    Source: Vaswani et al. (2017), "Attention is all you need", section 3.2.2.

    Examples
    --------
    >>> x, W, b = np.array([[[2.0, 4.0], [4.0, 8.0]]]), np.eye(2), np.zeros(2)
    >>> none = np.zeros((2, 2))  # asks for nothing: every step gets the mean
    >>> multi_head_attention(x, none, b, none, b, W, b, W, b, heads=2)[0]
    array([[[3., 6.],
            [3., 6.]]])
    """
    floating("x", x)
    _check(x, (Wq, Wk, Wv, Wo), (bq, bk, bv, bo))
    N, T, D = x.shape
    width = Wq.shape[1]
    _divides(heads, width)
    rows = x.reshape(N * T, D)

    def cut(features: Array) -> Array:
        return features.reshape(N, T, heads, -1).swapaxes(1, 2)

    def join(by_head: Array) -> Array:
        return by_head.swapaxes(1, 2).reshape(N * T, width)

    Q, K, V = (cut(rows @ W + b) for W, b in ((Wq, bq), (Wk, bk), (Wv, bv)))
    seen, look = attention(Q, K, V, causal=causal)
    joined = join(seen)
    y = joined @ Wo + bo

    def backward(d_y: Array) -> tuple[Array, ...]:
        d_y = d_y.reshape(N * T, D)
        d_features = [join(d) for d in look(cut(d_y @ Wo.T))]
        d_x = sum(d @ W.T for d, W in zip(d_features, (Wq, Wk, Wv), strict=True))
        gradients = [part for d in d_features for part in (rows.T @ d, d.sum(axis=0))]
        return np.reshape(d_x, x.shape), *gradients, joined.T @ d_y, d_y.sum(axis=0)

    return y.reshape(x.shape), backward


def _check(x: Array, weights: tuple[Array, ...], biases: tuple[Array, ...]) -> None:
    """Raise ValueError unless the shapes of a multi-head attention fit."""
    Wq, *_, Wo = weights
    fits = x.ndim == 3 and Wq.ndim == 2 and x.shape[2] == Wq.shape[0] and Wo.shape == Wq.shape[::-1]
    fits = fits and all(W.shape == Wq.shape for W in weights[:-1])
    if not fits or any(b.shape != W.shape[1:] for W, b in zip(weights, biases, strict=True)):
        raise ValueError(
            f"x has shape {x.shape}, the weights {[W.shape for W in weights]} and the biases "
            f"{[b.shape for b in biases]}; expected (N, T, D), three of (D, A) and one of (A, D), "
            "three of (A,) and one of (D,)."
        )


def _divides(heads: int, width: int) -> None:
    whole("heads", heads, least=1)
    if width % heads:
        raise ValueError(f"heads is {heads}; expected a divisor of {width}, the features.")


class SelfAttention(Layer):
    """:func:`multi_head_attention` as a layer, as wide as its input.

    The places of an image (H, W, C) are taken for ``H W`` steps, row by row.

    Parameters
    ----------
    heads : int, divides D
    causal : bool
        A step sees itself and those before it only.
    weights : callable
        ``weights(rng, inputs, outputs)``: the initialiser. Biases start at 0.

    Examples
    --------
    >>> shapes = SelfAttention(heads=2).shapes(inputs=(5, 4))
    >>> list(shapes), shapes["Wq"], shapes["bq"]
    (['Wq', 'bq', 'Wk', 'bk', 'Wv', 'bv', 'Wo', 'bo'], (4, 4), (4,))
    """

    def __init__(
        self,
        heads: int,
        *,
        causal: bool = False,
        weights: Callable[[np.random.Generator, int, int], Array] = glorot_uniform,
    ) -> None:
        whole("heads", heads, least=1)
        self.heads, self.causal, self.weights = heads, causal, weights

    def shapes(self, inputs: Shape) -> dict[str, Shape]:
        """Weights and biases of queries, keys, values and outputs."""
        if len(inputs) < 2:
            raise ValueError(
                f"the sequences have shape {inputs}; expected (steps, features), or images "
                "(height, width, channels)."
            )
        D = inputs[-1]
        _divides(self.heads, D)
        return {
            f"{kind}{which}": (D, D) if kind == "W" else (D,) for which in "qkvo" for kind in "Wb"
        }

    def init(self, rng: np.random.Generator, inputs: Shape) -> dict[str, Array]:
        """Weights from the initialiser, biases 0."""
        return {
            name: self.weights(rng, *shape) if len(shape) == 2 else np.zeros(shape)
            for name, shape in self.shapes(inputs).items()
        }

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Apply :func:`multi_head_attention` to the places, one after the other."""
        steps = x.reshape(len(x), -1, x.shape[-1])
        y, through = multi_head_attention(steps, *arrays, heads=self.heads, causal=self.causal)

        def backward(d_y: Array) -> tuple[Array, ...]:
            d_x, *d_parameters = through(d_y.reshape(steps.shape))
            return d_x.reshape(x.shape), *d_parameters

        return y.reshape(x.shape), backward
