"""Movement pruning during fine-tuning: the weights stay dense, the mask follows the scores."""

from collections.abc import Callable

import numpy as np

from nnedu._check import floating
from nnedu._typing import Array, Objective
from nnedu.pruning import cut, movement


class MovementPruning:
    """An objective that prunes while it is trained: hand it to ``train`` in place of the loss.

    Each call evaluates the loss at the masked weights, hands their gradient straight through to
    all weights, adds it to the scores, and chooses the mask for the next call.

    Parameters
    ----------
    objective : callable
        ``objective(theta, *batch) -> (loss, g)``.
    theta : float array, shape (P,)
        Where training starts.
    sparsity : callable
        Share of the prunable weights that is masked after ``t`` calls, such as
        ``partial(cubic, final=0.9, total=1000)``. At 0 in the beginning: all scores are 0 then.
    prunable : boolean array, shape (P,), optional
        What may be masked; everything by default.

    Attributes
    ----------
    mask : boolean array, shape (P,)
        The mask of the next call. After training, ``np.where(mask, theta, 0)`` is the result.
    scores : array, shape (P,)

    Notes
    -----
    Source: Sanh, Wolf & Rush (2020), "Movement pruning: adaptive sparsity by fine-tuning",
    section 4.

    Examples
    --------
    The first weight is pulled up, the second towards 0.

    >>> pull = lambda w: (0.0, np.array([-1.0, 1.0]))
    >>> pruning = MovementPruning(pull, np.array([1.0, 1.0]), sparsity=lambda t: 0.5)
    >>> value, g = pruning(np.array([1.0, 1.0]))
    >>> pruning.mask
    array([ True, False])
    """

    def __init__(
        self,
        objective: Objective,
        theta: Array,
        *,
        sparsity: Callable[[int], float],
        prunable: Array | None = None,
    ) -> None:
        floating("theta", theta)
        self.objective, self.sparsity, self.t = objective, sparsity, 0
        self.prunable = np.ones(theta.shape, bool) if prunable is None else prunable
        self.mask = np.ones(theta.shape, bool)
        self.scores = np.zeros_like(theta)

    def __call__(self, theta: Array, *batch: Array) -> tuple[float, Array]:
        """The loss at the masked weights, and its gradient there."""
        value, g = self.objective(np.where(self.mask, theta, np.zeros((), theta.dtype)), *batch)
        self.scores = movement(self.scores, theta, g)
        self.t += 1
        self.mask = np.ones(theta.shape, bool)  # chosen anew: a masked weight may come back
        self.mask[self.prunable] = cut(self.scores[self.prunable], sparsity=self.sparsity(self.t))
        return value, g
