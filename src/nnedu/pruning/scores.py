"""What a weight is worth, without asking the loss: by itself, or with the inputs it multiplies.

A score is one number a weight; low goes first. Scores that look at derivatives of the loss are in
``sensitivity``.
"""

import numpy as np

from nnedu._check import floating, same_dtype
from nnedu._typing import Array


def random(w: Array, rng: np.random.Generator) -> Array:
    """Random scores: the control every other score has to beat.

    Parameters
    ----------
    w : float array, any shape
        The weights; only their shape matters.
    rng : numpy.random.Generator

    Returns
    -------
    array, shape and dtype of ``w``
        Uniform in [0, 1).

    Raises
    ------
    TypeError
        If ``w`` is not a float array.

    Notes
    -----
    **Conventions.** ``torch.nn.utils.prune.random_unstructured`` draws likewise, from its own
    generator: the same distribution of masks, not the same mask.

    Source: Blalock et al. (2020), "What is the state of neural network pruning?", who ask for
    this baseline.

    Examples
    --------
    >>> random(np.zeros((2, 3)), np.random.default_rng(0)).shape
    (2, 3)
    """
    floating("w", w)
    scores: Array = rng.random(w.shape).astype(w.dtype)
    return scores


def magnitude(w: Array) -> Array:
    """Magnitude: a small weight contributes little.

    ``score = |w|``

    Parameters
    ----------
    w : float array, any shape
        The weights.

    Returns
    -------
    array, shape and dtype of ``w``

    Raises
    ------
    TypeError
        If ``w`` is not a float array.

    Notes
    -----
    **Conventions.** The score of ``torch.nn.utils.prune.L1Unstructured`` and of
    ``tfmot.sparsity.keras.prune_low_magnitude``; which entries go is :func:`~nnedu.pruning.cut`'s
    matter.

    Source: Han et al. (2015), "Learning both weights and connections for efficient neural
    networks", section 3.

    Examples
    --------
    >>> magnitude(np.array([-2.0, 0.5]))
    array([2. , 0.5])
    """
    floating("w", w)
    scores: Array = np.abs(w)
    return scores


def wanda(w: Array, x: Array) -> Array:
    """Wanda: a weight counts with the size of the input it multiplies.

    ``score[i, o] = |w[i, o]| norm(x[:, i])``

    Parameters
    ----------
    w : float array, shape (I, O)
        The weights of one layer.
    x : float array, shape (N, I)
        The inputs of this layer on a few examples.

    Returns
    -------
    array, shape (I, O), dtype of ``w``
        How far the layer's outputs move, in Euclidean norm over the ``N`` examples, when this
        weight alone is set to 0: exactly.

    Raises
    ------
    TypeError
        If an array is not of floats, or the dtypes differ.
    ValueError
        If the shapes do not fit.

    Notes
    -----
    **Conventions.** Compared within a column (:func:`~nnedu.pruning.cut_columns`): outputs are not
    weighed against each other. No framework has it.

    Source: Sun et al. (2024), "A simple and effective pruning approach for large language
    models", section 3.

    Examples
    --------
    The smaller weight matters more: its input is ten times larger.

    >>> wanda(np.array([[1.0], [0.5]]), np.array([[3.0, 30.0], [4.0, 40.0]]))
    array([[ 5.],
           [25.]])
    """
    floating("w", w)
    floating("x", x)
    same_dtype("x", x, "w", w)
    if w.ndim != 2 or x.ndim != 2 or x.shape[1] != w.shape[0]:
        raise ValueError(f"w has shape {w.shape} and x {x.shape}; expected (I, O) and (N, I).")
    scores: Array = np.abs(w) * np.linalg.norm(x, axis=0)[:, None]
    return scores
