"""Masks over a network's flat parameter vector."""

from collections.abc import Collection, Mapping

import numpy as np

from nnedu._check import known
from nnedu._typing import Array
from nnedu.nn import Network
from nnedu.pruning import cut, cut_overall


def prunable(network: Network, names: Collection[str] | None = None) -> Array:
    """Which entries of ``theta`` may be pruned: by default all weights, no bias.

    Parameters
    ----------
    network : Network
    names : collection of str, optional
        Parameters that may be pruned; by default those with at least two axes.

    Returns
    -------
    boolean array, shape (P,)

    Raises
    ------
    ValueError
        If a name is not one of the network's.

    Notes
    -----
    **Conventions.** Biases and normalisation are left alone, as is usual: they are few and each
    matters.

    Source: Frankle & Carbin (2019), "The lottery ticket hypothesis", section 2, prunes weights.

    Examples
    --------
    >>> from nnedu.nn import Dense
    >>> prunable(Network([Dense(1)], inputs=2))
    array([ True,  True, False])
    """
    matrices = [name for name, shape in network.shapes.items() if len(shape) > 1]
    chosen = matrices if names is None else names
    for name in chosen:
        known("parameter", name, list(network.shapes))
    return flat_mask(
        network, {name: np.full(shape, name in chosen) for name, shape in network.shapes.items()}
    )


def flat_mask(network: Network, masks: Mapping[str, Array]) -> Array:
    """Masks by name as one mask over ``theta``; what is not named stays.

    Parameters
    ----------
    network : Network
    masks : mapping of str to boolean array
        Such as ``{"W1": cut(magnitude(W1), sparsity=0.9)}``.

    Returns
    -------
    boolean array, shape (P,)
        True where the parameter stays.

    Raises
    ------
    ValueError
        If a name or a shape is not the network's.

    Notes
    -----
    **Conventions.** True stays, as everywhere in ``nnedu.pruning``.

    Source: Han et al. (2015), "Learning both weights and connections for efficient neural
    networks", section 3.

    Examples
    --------
    >>> from nnedu.nn import Dense
    >>> net = Network([Dense(1)], inputs=2)
    >>> flat_mask(net, {"W1": np.array([[True], [False]])})
    array([ True, False,  True])
    """
    flat = np.ones(network.size, bool)
    views = network.views(flat)
    for name, mask in masks.items():
        if name not in views or np.shape(mask) != views[name].shape:
            raise ValueError(
                f"the mask {name!r} has shape {np.shape(mask)}; expected one of {network.shapes}."
            )
        views[name][...] = mask
    return flat


def cut_theta(
    network: Network,
    scores: Array,
    *,
    sparsity: float,
    may: Array | None = None,
    mask: Array | None = None,
    layer_wise: bool = False,
) -> Array:
    """Cut the lowest scores of a whole network, together or in each array by itself.

    Parameters
    ----------
    network : Network
    scores : float array, shape (P,)
        Such as ``magnitude(theta)`` or ``snip(theta, g)``.
    sparsity : float in [0, 1]
        The share of the *prunable* parameters that is gone afterwards.
    may : boolean array, shape (P,), optional
        What may be cut; by default :func:`prunable`.
    mask : boolean array, shape (P,), optional
        What an earlier cut left.
    layer_wise : bool
        The same share of every array, instead of the lowest of all.

    Returns
    -------
    boolean array, shape (P,)
        True where the parameter stays; everywhere outside ``may``.

    Raises
    ------
    TypeError, ValueError
        As :func:`~nnedu.pruning.cut`.

    Notes
    -----
    **Conventions.** As :func:`~nnedu.pruning.cut` and :func:`~nnedu.pruning.cut_overall`, over the
    prunable entries alone.

    Source: Han et al. (2015), "Learning both weights and connections for efficient neural
    networks", section 3.

    Examples
    --------
    >>> from nnedu.nn import Dense
    >>> net = Network([Dense(1)], inputs=2)
    >>> cut_theta(net, np.array([2.0, 1.0, 0.0]), sparsity=0.5)
    array([ True, False,  True])
    """
    may = prunable(network) if may is None else may
    before = np.ones(network.size, bool) if mask is None else mask
    inside, values, kept = network.views(may), network.views(scores), before.copy()
    parts = {name: values[name][inside[name]] for name in network.shapes if inside[name].any()}
    left = {name: network.views(before)[name][inside[name]] for name in parts}
    if layer_wise:
        found = {k: cut(part, sparsity=sparsity, mask=left[k]) for k, part in parts.items()}
    else:
        found = cut_overall(parts, sparsity=sparsity, masks=left)
    for name, part in found.items():
        network.views(kept)[name][inside[name]] = part
    return kept
