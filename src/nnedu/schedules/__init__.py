"""Learning-rate schedules: pure functions of the number of updates already made.

``t`` is 0 at the first update and may be an integer or an array of them. Bind the rest with
``functools.partial`` and hand the result to an optimizer::

    Optimizer("sgd", lr=partial(cosine, base=0.1, total=1000))
    Optimizer("adam", lr=partial(warm_up, updates=100, then=partial(cosine, base=1e-3, total=900)))

The files stand in order of increasing complexity: ``decay``, ``steps``, ``warm_up``, ``cycles``.
:class:`ReduceOnPlateau` (``plateau``) is the exception: it looks at a metric.
"""

from nnedu.schedules.cycles import exp_range, one_cycle, triangular, triangular2, warm_restarts
from nnedu.schedules.decay import constant, cosine, exponential, inverse_time, polynomial
from nnedu.schedules.plateau import ReduceOnPlateau
from nnedu.schedules.steps import piecewise_constant
from nnedu.schedules.warm_up import inverse_sqrt, warm_up, warmup_stable_decay

__all__ = [
    "ReduceOnPlateau",
    "constant",
    "cosine",
    "exp_range",
    "exponential",
    "inverse_sqrt",
    "inverse_time",
    "one_cycle",
    "piecewise_constant",
    "polynomial",
    "triangular",
    "triangular2",
    "warm_restarts",
    "warm_up",
    "warmup_stable_decay",
]
