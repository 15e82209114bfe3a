"""Structured sparsity made real: units that do nothing are removed, and the network is smaller."""

import numpy as np

from nnedu._typing import Array
from nnedu.compression.curvature import _layers
from nnedu.nn import Dense, Network


def shrink(network: Network, theta: Array) -> tuple[Network, Array]:
    """Remove hidden units without influence: the same outputs from smaller matrices.

    A unit whose incoming weights are all 0 has the constant output ``f(b)``, which moves into the
    biases of the next layer; a unit whose outgoing weights are all 0 is not heard. Removing one
    may leave another without influence, so it goes on until nothing changes.

    Parameters
    ----------
    network : Network
        Of ``Dense`` layers and elementwise activations.
    theta : float array, shape (P,)
        With zeros where units were pruned.

    Returns
    -------
    network : Network
        Smaller; a layer keeps at least one unit.
    theta : array, shape (P',), dtype of ``theta``

    Raises
    ------
    TypeError
        If the network has another kind of layer.

    Notes
    -----
    **Conventions.** A mask alone saves neither bytes nor seconds: only this does, and without any
    sparse kernel.

    Source: Li et al. (2017), "Pruning filters for efficient convnets", section 3.1, which removes
    the corresponding weights of the next layer.

    Examples
    --------
    The second unit is constant: relu(0.5) times its weight 10 moves into the last bias.

    >>> from nnedu.nn import relu
    >>> net = Network([Dense(2), relu, Dense(1)], inputs=1)
    >>> small, left = shrink(net, np.array([1.0, 0.0, 0.0, 0.5, 2.0, 10.0, 0.0]))
    >>> small.shapes["W1"], left
    ((1, 1), array([1., 0., 2., 5.]))
    """
    layers = [layer for _, layer in _layers(network)]
    dense = [i for i, layer in enumerate(layers) if isinstance(layer, Dense)]
    views = network.views(theta)
    W = [views[f"W{k + 1}"].copy() for k in range(len(dense))]
    b = [views[f"b{k + 1}"].copy() for k in range(len(dense))]
    changed = True
    while changed:
        changed = False
        for k in range(len(dense) - 1):
            constant, unheard = ~W[k].any(axis=0), ~W[k + 1].any(axis=1)
            gone = np.asarray(constant | unheard)
            if gone.all():
                gone[0] = False
            if not gone.any():
                continue
            at = b[k][None, :]
            for activation in layers[dense[k] + 1 : dense[k + 1]]:
                at = activation(at)[0]
            folded = gone & constant
            b[k + 1] += at[0, folded] @ W[k + 1][folded]
            W[k], b[k], W[k + 1] = W[k][:, ~gone], b[k][~gone], W[k + 1][~gone]
            changed = True
    smaller = list(layers)
    for i, part in zip(dense, b, strict=True):
        smaller[i] = Dense(part.size, weights=layers[i].weights)  # type: ignore[union-attr]
    made = Network(smaller, inputs=network.inputs)
    left = np.concatenate([part.ravel() for pair in zip(W, b, strict=True) for part in pair])
    return made, left.astype(theta.dtype)
