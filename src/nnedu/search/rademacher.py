"""How rich a family of networks is: the bound that AdaNet's penalty is made of."""

from collections.abc import Sequence
from math import log, sqrt

import numpy as np

from nnedu._check import examples, whole
from nnedu._typing import Array


def rademacher_bound(
    x: Array, *, limits: Sequence[float], widths: Sequence[int] = (), p: float = 2
) -> float:
    """A bound on the Rademacher complexity of networks of depth ``k`` with weights of limited size.

    ``r_k = r_inf  2 L_1 ... 2 L_k  (n_0 ... n_{k-1})^(1/q)  sqrt(log(2 n_0) / (2 m))``,
    with ``1/p + 1/q = 1`` and ``r_inf = max abs(x)``

    The family ``H_1`` holds ``u . x``; ``H_k`` holds ``sum_j u_j phi(h_j(x))`` with ``n_{k-1}``
    units ``h_j`` of ``H_{k-1}``, ``phi`` of slope at most 1 and ``phi(0) = 0``, such as ReLU and
    tanh; the ``p``-norm of ``u`` is at most ``L_k`` at depth ``k``.

    Parameters
    ----------
    x : float array, shape (N, I)
        ``m = N`` examples of ``n_0 = I`` features. A bias is a feature that is always 1.
    limits : sequence of float, length k, each above 0
        ``L_1, ..., L_k``: the limits of the norm of one unit's incoming weights.
    widths : sequence of int, length k - 1
        ``n_1, ..., n_{k-1}``: units in each hidden layer.
    p : float, at least 1, or infinity
        Which norm is limited. With 1 the widths do not count.

    Returns
    -------
    float
        How well the family can follow random signs: above the empirical Rademacher complexity
        ``E_sigma sup_h 1/m sum_i sigma_i h(x_i)`` of this ``x``.

    Raises
    ------
    TypeError
        If ``x`` is not a float array.
    ValueError
        If there are no examples, or a number is out of range.

    Notes
    -----
    **Conventions.** By hand: the supremum over ``u`` is the dual norm, at most ``n_0^(1/q)`` times
    the largest of ``2 n_0`` signed sums, whose mean Massart's lemma bounds by
    ``r_inf sqrt(2 m log(2 n_0))``; this is ``r_1``. Each further layer costs the dual norm again,
    the contraction of ``phi``, and 2 for the absolute value: ``r_k = 2 L_k n_{k-1}^(1/q) r_{k-1}``.
    Worst cases multiply: from the second layer on it is far above the truth, and AdaNet's
    ``lambda`` sets its scale. It holds for limits chosen before training, not for norms measured
    afterwards.

    Source: Cortes, Gonzalvo, Kuznetsov, Mohri & Yang (2017), "AdaNet: adaptive structural learning
    of artificial neural networks", section 4, with units that look at the layer below alone.

    Examples
    --------
    One feature, two examples, depth 1: ``2 sqrt(log(2) / 4)``.

    >>> x = np.array([[1.0], [1.0]])
    >>> round(rademacher_bound(x, limits=[1.0]), 4)
    0.8326

    Twice the limit, ten hidden units: ``2 * 2 * sqrt(10)`` times that.

    >>> round(rademacher_bound(x, limits=[1.0, 2.0], widths=[10]) / 0.8326, 2)
    12.65
    """
    examples("x", x)
    if x.ndim != 2:
        raise ValueError(f"x has shape {x.shape}; expected (N, I): one row an example.")
    if not limits or len(widths) != len(limits) - 1:
        raise ValueError(
            f"{len(limits)} limits and {len(widths)} widths; expected a limit for each of k layers "
            "and a width for each of the k - 1 hidden ones."
        )
    for limit in limits:
        if not 0 < limit < np.inf:
            raise ValueError(f"a limit is {limit}; expected finite numbers above 0.")
    for width in widths:
        whole("a width", width, least=1)
    if not p >= 1:
        raise ValueError(f"p is {p}; expected at least 1, such as 1 or 2.")
    m, n_0 = x.shape
    r_inf = float(np.abs(x).max())
    one_over_q = 1 - 1 / p
    norms = float(np.prod([2 * float(limit) for limit in limits]))
    units = float(np.prod([float(n) ** one_over_q for n in (n_0, *widths)]))
    return r_inf * norms * units * sqrt(log(2 * n_0) / (2 * m))
