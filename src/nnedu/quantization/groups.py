"""Four-bit weights in groups: one scale for every few weights, two codes in a byte."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnedu._check import floating, whole
from nnedu._typing import Array


@dataclass(frozen=True)
class Groups:
    """Weights as four-bit codes with one scale a group.

    Attributes
    ----------
    packed : uint8 array
        Two codes in a byte, the even one in the lower half.
    scales : float array, shape (O, groups)
        The step of each group.
    shape : tuple of int
        Of the weights, (I, O).
    group : int
        Neighbouring inputs that share a scale.
    """

    packed: Array
    scales: Array
    shape: tuple[int, int]
    group: int

    @property
    def nbytes(self) -> int:
        """Bytes of codes and scales."""
        return self.packed.nbytes + self.scales.nbytes

    @property
    def bits_per_weight(self) -> float:
        """Bits a weight takes, its share of the scales included."""
        return 8 * self.nbytes / (self.shape[0] * self.shape[1])


def pack_nibbles(q: Array) -> Array:
    """Two four-bit codes in a byte: the first in the lower half.

    Parameters
    ----------
    q : integer array, any shape
        Codes from -8 to 7.

    Returns
    -------
    uint8 array, shape (ceil(size / 2),)
        An odd last code has 0 beside it.

    Raises
    ------
    TypeError
        If ``q`` is not an array of integers.
    ValueError
        If a code does not fit four bits.

    Notes
    -----
    **Conventions.** Two's complement, lower half first, as ``keras.quantizers.pack_int4``.

    Source: the layout is a choice, not a result; see Dettmers et al. (2023), "QLoRA: efficient
    finetuning of quantized LLMs", for its use.

    Examples
    --------
    >>> pack_nibbles(np.array([1, -1, 7])).tolist() == [0xF1, 0x07]
    True
    """
    if not isinstance(q, np.ndarray) or not np.issubdtype(q.dtype, np.integer):
        got = q.dtype if isinstance(q, np.ndarray) else type(q).__name__
        raise TypeError(f"q is {got}; expected an array of integer codes.")
    if q.size and (q.min() < -8 or q.max() > 7):
        raise ValueError(f"codes run from {q.min()} to {q.max()}; expected -8 to 7: four bits.")
    half = (q.ravel() & 0xF).astype(np.uint8)
    half = np.append(half, np.zeros(half.size % 2, np.uint8))
    packed: Array = half[::2] | (half[1::2] << np.uint8(4))
    return packed


def unpack_nibbles(packed: Array, size: int) -> Array:
    """The four-bit codes of :func:`pack_nibbles`.

    Parameters
    ----------
    packed : uint8 array, shape (ceil(size / 2),)
    size : int, at least 0
        How many codes there are.

    Returns
    -------
    int8 array, shape (size,)

    Raises
    ------
    ValueError
        If ``packed`` is not of the length that ``size`` needs.

    Notes
    -----
    **Conventions.** As :func:`pack_nibbles`.

    Source: as :func:`pack_nibbles`; Dettmers et al. (2023).

    Examples
    --------
    >>> unpack_nibbles(np.array([0xF1, 0x07], np.uint8), 3)
    array([ 1, -1,  7], dtype=int8)
    """
    if packed.shape != (-(-size // 2),) or packed.dtype != np.uint8:
        raise ValueError(
            f"packed is {packed.dtype} of shape {packed.shape}; expected uint8 of shape "
            f"({-(-size // 2)},) for {size} codes."
        )
    both = np.stack([packed & np.uint8(0xF), packed >> np.uint8(4)], axis=1).ravel()[:size]
    codes: Array = ((both ^ np.uint8(8)).astype(np.int8) - 8).astype(np.int8)  # 8..15: -8..-1
    return codes


def quantize_groups(W: Array, *, group: int = 32, scales: Any = np.float16) -> Groups:
    """Four-bit weights: each group of neighbouring inputs of an output has its own step.

    ``scale = max(|w|) / 7`` over a group, stored in its dtype and then used as stored;
    ``q = clip(round(w / scale), -7, 7)``

    Parameters
    ----------
    W : float array, shape (I, O)
        The weights of one layer.
    group : int, at least 1
        Inputs that share a scale; the last group may be shorter.
    scales : float dtype
        What the scales are stored in.

    Returns
    -------
    Groups
        ``4 + 16 / group`` bits a weight with float16 scales and whole groups.

    Raises
    ------
    TypeError
        If ``W`` is not a float array.
    ValueError
        If ``W`` is not two-dimensional or empty, or a scale overflows its dtype.

    Notes
    -----
    **Conventions.** Symmetric, codes -7 to 7, groups along the inputs, as the four-bit formats of
    weight-only quantization; those with -8 or with zero points give other codes.

    Source: Shen et al. (2020), "Q-BERT: Hessian based ultra low precision quantization of BERT",
    section 3.2, for groups.

    Examples
    --------
    An outlier spoils its own group only.

    >>> W = np.array([[0.7], [0.1], [70.0], [0.1]])
    >>> dequantize_groups(quantize_groups(W, group=2)).ravel().round(2)
    array([ 0.7,  0.1, 70. ,  0. ])
    """
    floating("W", W)
    whole("group", group, least=1)
    if W.ndim != 2 or W.size == 0:
        raise ValueError(f"W has shape {W.shape}; expected (I, O) with at least one weight.")
    rows = _grouped(W.T, group)
    with np.errstate(over="ignore"):
        steps = (np.abs(rows).max(axis=2) / 7).astype(scales)
    if not np.isfinite(steps).all():
        raise ValueError(
            f"a scale does not fit {np.dtype(scales)}; expected finite weights below "
            f"{7 * float(np.finfo(scales).max):.3g}."
        )
    steps = np.where(steps > 0, steps, 1).astype(scales)
    q = np.rint(rows / steps[..., None].astype(W.dtype)).clip(-7, 7).astype(np.int8)
    codes = q.reshape(W.shape[1], -1)[:, : W.shape[0]]  # what padded the last group goes
    return Groups(pack_nibbles(codes), steps, (W.shape[0], W.shape[1]), group)


def dequantize_groups(stored: Groups, *, dtype: Any = np.float64) -> Array:
    """The weights that four-bit codes stand for.

    ``w = q scale``

    Parameters
    ----------
    stored : Groups
    dtype : float dtype

    Returns
    -------
    array, shape (I, O), dtype ``dtype``

    Notes
    -----
    **Conventions.** As :func:`quantize_groups`.

    Source: Shen et al. (2020), "Q-BERT: Hessian based ultra low precision quantization of BERT",
    section 3.2.

    Examples
    --------
    >>> dequantize_groups(quantize_groups(np.array([[7.0], [-3.0]])))
    array([[ 7.],
           [-3.]])
    """
    inputs, outputs = stored.shape
    codes = unpack_nibbles(stored.packed, inputs * outputs).reshape(outputs, inputs)
    rows = _grouped(codes.astype(dtype), stored.group)
    W = (rows * stored.scales[..., None].astype(dtype)).reshape(outputs, -1)[:, :inputs]
    return np.ascontiguousarray(W.T)


def _grouped(rows: Array, group: int) -> Array:
    """(O, I) as (O, groups, group), the last group filled with zeros."""
    outputs, inputs = rows.shape
    padded = np.pad(rows, ((0, 0), (0, -inputs % group)))
    return padded.reshape(outputs, -1, group)
