"""Matrix products of integer codes, accumulated in int32."""

import numpy as np

from nnedu._typing import Array


def integer_matmul(q_x: Array, q_W: Array, *, zero_x: int = 0, zero_W: int | Array = 0) -> Array:
    """The product of two arrays of codes, each minus its zero point, in 32-bit integers.

    ``sum_i (q_x[n, i] - zero_x) (q_W[i, o] - zero_W[o])``, computed as
    ``q_x q_W - zero_W rowsum(q_x) - zero_x colsum(q_W) + I zero_x zero_W``: the first product is
    of 8-bit codes as they lie in memory, the rest is one sum a row and one a column.

    Parameters
    ----------
    q_x : int8 or uint8 array, shape (N, I)
    q_W : int8 or uint8 array, shape (I, O)
    zero_x : int
        The zero point of ``q_x``.
    zero_W : int, or integer array of shape (O,)
        The zero point of ``q_W``, one for all outputs or one each.

    Returns
    -------
    int32 array, shape (N, O)
        Exact. Times ``scale_x scale_W`` it is the product of what the codes stand for.

    Raises
    ------
    TypeError
        If an array does not hold 8-bit codes.
    ValueError
        If the shapes do not fit, or ``I`` is so large that int32 could overflow.

    Notes
    -----
    **Conventions.** The accumulation of LiteRT's and PyTorch's int8 kernels. NumPy has no fast
    integer product: this one is exact, not quick. Speed needs a processor's int8 instructions.

    Source: Jacob et al. (2018), "Quantization and training of neural networks for efficient
    integer-arithmetic-only inference", section 2.3, equation 7.

    Examples
    --------
    >>> q_x, q_W = np.array([[127, 127]], np.int8), np.array([[127], [127]], np.int8)
    >>> integer_matmul(q_x, q_W, zero_x=-1)  # 128 * 127 + 128 * 127
    array([[32512]], dtype=int32)
    """
    for name, q in (("q_x", q_x), ("q_W", q_W)):
        if not isinstance(q, np.ndarray) or q.dtype not in (np.int8, np.uint8):
            got = q.dtype if isinstance(q, np.ndarray) else type(q).__name__
            raise TypeError(f"{name} is {got}; expected an array of int8 or uint8 codes.")
    if q_x.ndim != 2 or q_W.ndim != 2 or q_x.shape[1] != q_W.shape[0]:
        raise ValueError(f"q_x has shape {q_x.shape} and q_W {q_W.shape}; expected (N, I), (I, O).")
    zeros = np.asarray(zero_W)
    if zeros.shape not in ((), q_W.shape[1:]):
        raise ValueError(f"zero_W has shape {zeros.shape}; expected () or {q_W.shape[1:]}.")
    inputs = q_x.shape[1]
    # The exact result is at most I 255 255. A partial sum beyond int32 wraps round and back.
    most = np.iinfo(np.int32).max // 255**2
    if inputs > most:
        raise ValueError(
            f"the sum runs over {inputs} products; expected at most {most}, so that the "
            "result fits int32. Split the sum."
        )
    if not -128 <= zero_x <= 255 or np.any((zeros < -128) | (zeros > 255)):
        raise ValueError(f"the zero points are {zero_x} and {zero_W}; expected 8-bit codes.")
    wide_x, wide_W = q_x.astype(np.int32), q_W.astype(np.int32)
    z_x, z_W = np.int32(zero_x), zeros.astype(np.int32)
    total = wide_x @ wide_W
    total -= z_W * wide_x.sum(axis=1, dtype=np.int32)[:, None]
    total -= z_x * wide_W.sum(axis=0, dtype=np.int32)
    total += np.int32(inputs) * z_x * z_W
    return total
