"""Pruning at once, and how sparse a model is."""

import math
from collections.abc import Collection
from typing import Any

import numpy as np

from nnedu.keras.masks import sites
from nnedu.keras.patterns import Pattern, check_pattern, chosen, cut_sites


def prune(
    model: Any,
    sparsity: float | None = None,
    *,
    pattern: Any = "weights",
    layers: Collection[str] | None = None,
    layer_wise: bool = True,
) -> None:
    """Prune a trained model at once, in place; the masks hold in every later ``fit``.

    Parameters
    ----------
    model : keras.Model
    sparsity : float in [0, 1]
        The share that goes.
    pattern, layers, layer_wise
        As for :class:`Pruning`.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of its range, or there is nothing to prune.

    Examples
    --------
    >>> import keras
    >>> from nnedu.keras import prune, sparsity
    >>> model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(2, name="out")])
    >>> prune(model, pattern=(2, 4))
    >>> sparsity(model)
    {'out/kernel': 0.5}
    """
    kind = check_pattern(pattern)
    share = wanted_sparsity(sparsity, kind)
    if not layer_wise and kind != "weights":
        raise ValueError("layer_wise=False compares single weights; it needs pattern='weights'.")
    there = chosen(model, kind, layers)
    for site in there:
        site.install()
    cut_sites(there, kind, share, layer_wise=layer_wise, model=model)
    retraced(model)


def sparsity(model: Any) -> dict[str, float]:
    """The share of zeros in every weight that can be pruned.

    Parameters
    ----------
    model : keras.Model

    Returns
    -------
    dict of str to float
        By the layer's name and the weight's.

    Examples
    --------
    >>> import keras
    >>> from nnedu.keras import sparsity
    >>> layer = keras.layers.Dense(2, kernel_initializer="zeros", name="out")
    >>> sparsity(keras.Sequential([keras.Input((3,)), layer]))
    {'out/kernel': 1.0}
    """
    return {site.name: float(np.mean(site.variable.numpy() == 0)) for site in sites(model)}


def wanted_sparsity(sparsity: float | None, pattern: Pattern) -> float:
    """The sparsity that was asked for, or an error."""
    if isinstance(pattern, tuple):
        share = 1 - pattern[0] / pattern[1]
        if sparsity is not None and not math.isclose(sparsity, share):
            raise ValueError(
                f"sparsity is {sparsity} and pattern {pattern}, which means {share}; leave "
                "sparsity out."
            )
        return share
    if sparsity is None or not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity is {sparsity}; expected a share in [0, 1], such as 0.8.")
    return float(sparsity)


def retraced(model: Any) -> None:
    """Let the next step be compiled anew: a traced one knows nothing of new masks."""
    if getattr(model, "train_function", None) is not None:
        model.make_train_function(force=True)
