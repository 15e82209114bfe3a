"""Distillation: a small network learns from the outputs of a large one."""

from collections.abc import Callable

from nnedu._typing import Array
from nnedu.losses import distillation, softmax_cross_entropy
from nnedu.nn import Network


def distillation_objective(
    network: Network, *, temperature: float = 4.0, share: float = 0.9
) -> Callable[[Array, Array, Array, Array], tuple[float, Array]]:
    """The objective of a student: the teacher's softened outputs, and the labels.

    ``share T**2 KL(teacher_T, student_T) + (1 - share) cross-entropy(labels)``

    Parameters
    ----------
    network : Network
        The student.
    temperature : float, above 0
        ``T``: what both logits are divided by in the first term.
    share : float in [0, 1]
        The weight of the first term.

    Returns
    -------
    callable
        ``objective(theta, x, labels, teacher_logits) -> (value, g)``: batches come from
        ``minibatches(rng, size, x, labels, teacher_logits)``.

    Raises
    ------
    ValueError
        If ``share`` is not in [0, 1].

    Notes
    -----
    **Conventions.** As the objective usual in PyTorch, ``KLDivLoss(batchmean)`` times ``T**2`` plus
    cross-entropy; some write ``alpha`` for ``1 - share``.

    Source: Hinton, Vinyals & Dean (2015), "Distilling the knowledge in a neural network",
    section 2.

    Examples
    --------
    A student that is wrong where its teacher is wrong pays for the labels alone.

    >>> import numpy as np
    >>> from nnedu.nn import Dense
    >>> net = Network([Dense(2)], inputs=1)
    >>> objective = distillation_objective(net, share=1.0)
    >>> theta, x = np.array([1.0, 0.0, 0.0, 0.0]), np.array([[3.0]])
    >>> value, g = objective(theta, x, np.array([1]), np.array([[3.0, 0.0]]))
    >>> value, bool(np.abs(g).max() < 1e-12)
    (0.0, True)
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share is {share}; expected a share in [0, 1].")

    def objective(
        theta: Array, x: Array, labels: Array, teacher_logits: Array
    ) -> tuple[float, Array]:
        logits, backward = network.forward(theta, x)
        soft, d_soft = distillation(logits, teacher_logits, temperature=temperature)
        hard, d_hard = softmax_cross_entropy(logits, labels)
        g: Array = backward(share * d_soft + (1 - share) * d_hard)
        return share * soft + (1 - share) * hard, g

    return objective
