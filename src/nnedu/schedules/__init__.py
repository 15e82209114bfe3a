"""Learning-rate schedules: pure functions of the number of updates already made.

``t`` is 0 at the first update and may be an integer or an array of them. Bind the rest with
``functools.partial`` and hand the result to an optimizer::

    Optimizer("sgd", lr=partial(cosine, base=0.1, total=1000))

The functions stand in order of increasing complexity.
"""

from nnedu.schedules.decay import constant, cosine, exponential, inverse_time

__all__ = ["constant", "cosine", "exponential", "inverse_time"]
