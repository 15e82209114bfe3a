"""Gradient accumulation: the gradient of a batch too large for memory, part by part."""

import numpy as np

from nnedu._check import whole
from nnedu._typing import Array, Objective


def accumulated(objective: Objective, size: int) -> Objective:
    """An objective that looks at a batch in micro-batches and averages what it finds.

    ``loss = sum(n_i / N loss_i)`` and ``g = sum(n_i / N g_i)`` over micro-batches of ``n_i`` of
    the ``N`` examples

    For a loss that is a mean over examples this is the loss and the gradient of the whole batch,
    up to rounding, whatever the size of the last micro-batch; the memory that is needed is that of
    one. Layers that look at a batch as a whole, such as BatchNorm in training, see only the
    micro-batch.

    Parameters
    ----------
    objective : callable
        ``objective(theta, *batch) -> (loss, g)``, with a loss that is a mean over examples.
    size : int, at least 1
        Examples in a micro-batch; the last may have fewer.

    Returns
    -------
    callable
        For ``train``: ``objective(theta, *batch) -> (loss, g)``.

    Raises
    ------
    ValueError
        If ``size`` is below 1; when called, if the arrays of the batch are empty or differ in
        length.

    Notes
    -----
    **Conventions.** ``gradient_accumulation_steps`` of Keras's optimizers and ``optax.MultiSteps``
    average the gradients of the micro-batches as they are, which is the same while all are equally
    large: an example in a smaller one counts for more there. PyTorch adds up gradients and leaves
    the division to the caller.

    Source: Ott et al. (2018), "Scaling neural machine translation".

    Examples
    --------
    Two micro-batches, of two examples and of one.

    >>> mean = lambda theta, x: (float(np.mean(theta * x)), np.array([np.mean(x)]))
    >>> accumulated(mean, 2)(np.array([2.0]), np.array([3.0, 6.0, 0.0]))
    (6.0, array([3.]))
    """
    whole("size", size, least=1)

    def in_parts(theta: Array, *batch: Array) -> tuple[float, Array]:
        lengths = [len(array) for array in batch]
        if len(set(lengths)) != 1 or not lengths[0]:
            raise ValueError(
                f"the arrays of the batch have lengths {lengths}; expected one length above 0."
            )
        loss, g = 0.0, np.zeros_like(theta)
        for start in range(0, lengths[0], size):
            part = [array[start : start + size] for array in batch]
            share = len(part[0]) / lengths[0]
            part_loss, part_g = objective(theta, *part)
            loss += share * part_loss
            g += share * part_g
        return loss, g

    return in_parts
