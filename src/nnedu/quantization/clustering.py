"""Weight clustering: every weight is one of a few shared values."""

from dataclasses import dataclass

import numpy as np

from nnedu._check import examples, same_shape, whole
from nnedu._typing import Array


@dataclass(frozen=True)
class Clusters:
    """Weights as indices into a codebook.

    Attributes
    ----------
    codebook : float array, shape (K,)
        The shared values, rising.
    codes : integer array, shape of the weights
        Which value each weight is.
    """

    codebook: Array
    codes: Array

    @property
    def weights(self) -> Array:
        """The clustered weights, of the codebook's dtype."""
        w: Array = self.codebook[self.codes]
        return w

    @property
    def nbytes(self) -> int:
        """Bytes of the codes, ``ceil(log2 K)`` bits each, and of the codebook."""
        bits = max(int(self.codebook.size - 1).bit_length(), 1)
        return -(-self.codes.size * bits // 8) + self.codebook.nbytes


def cluster(w: Array, k: int, *, rounds: int = 100) -> Clusters:
    """Cluster weights by k-means: each goes to the nearest centre, each centre to its mean.

    The centres start evenly spaced from the smallest weight to the largest. A centre that has no
    weights stays where it is.

    Parameters
    ----------
    w : float array, at least one entry
    k : int, at least 1
        Centres.
    rounds : int, at least 1
        At most so many; it stops when no weight changes its centre.

    Returns
    -------
    Clusters

    Raises
    ------
    TypeError
        If ``w`` is not a float array.
    ValueError
        If ``w`` is empty or not finite, or ``k`` is below 1.

    Notes
    -----
    **Conventions.** Linear initialisation, as the paper recommends; ``tfmot.clustering`` offers it
    as ``CentroidInitialization.LINEAR``. Half-way between two centres the lower wins.

    Source: Han, Mao & Dally (2016), "Deep compression", section 3, for the shared weights and
    their initialisation; Lloyd (1982), "Least squares quantization in PCM", for the iteration.

    Examples
    --------
    >>> found = cluster(np.array([0.0, 0.2, 5.0, 5.2]), 2)
    >>> found.codebook, found.codes
    (array([0.1, 5.1]), array([0, 0, 1, 1], dtype=uint8))
    """
    examples("w", w)
    whole("k", k, least=1)
    whole("rounds", rounds, least=1)
    if not np.isfinite(w).all():
        raise ValueError("w is not finite; expected finite weights: no centre lies near infinity.")
    flat = w.ravel().astype(np.float64)
    centres = np.linspace(flat.min(), flat.max(), k)
    codes = _nearest(flat, centres)
    for _ in range(rounds):
        held = np.bincount(codes, minlength=k)
        sums = np.bincount(codes, weights=flat, minlength=k)
        centres = np.where(held > 0, sums / np.maximum(held, 1), centres)
        before, codes = codes, _nearest(flat, centres)
        if np.array_equal(before, codes):
            break
    kind = np.min_scalar_type(k - 1)
    return Clusters(centres.astype(w.dtype), codes.reshape(w.shape).astype(kind))


def cluster_gradient(g: Array, clusters: Clusters) -> Array:
    """The gradient of the shared values: the sum over the weights that share each.

    ``d_codebook[c] = sum of g[i] over the weights i with code c``

    Parameters
    ----------
    g : float array, shape of the weights
        The gradient with respect to the clustered weights.
    clusters : Clusters

    Returns
    -------
    array, shape (K,), dtype of ``g``

    Raises
    ------
    ValueError
        If ``g`` does not have the shape of the weights.

    Notes
    -----
    **Conventions.** The gradient of ``loss(codebook[codes])`` at fixed codes; no framework's
    optimizer does it for you.

    Source: Han, Mao & Dally (2016), "Deep compression", section 3.3, equation 3.

    Examples
    --------
    >>> shared = Clusters(np.array([0.0, 1.0]), np.array([0, 1, 1]))
    >>> cluster_gradient(np.array([1.0, 2.0, 3.0]), shared)
    array([1., 5.])
    """
    same_shape("g", g, "the codes", clusters.codes)
    size = clusters.codebook.size
    sums = np.bincount(clusters.codes.ravel(), weights=g.ravel(), minlength=size)
    return np.asarray(sums, dtype=g.dtype)


def _nearest(flat: Array, centres: Array) -> Array:
    """Centres rise, so the borders between them are their midpoints."""
    return np.searchsorted((centres[1:] + centres[:-1]) / 2, flat, side="left")
