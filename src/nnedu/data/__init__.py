"""Data sets and surfaces, available without a network.

``surfaces`` are functions of two variables with a known minimum; ``digits`` is the real data set
of the book; ``generators`` make two moons and spirals, as many examples as asked for.
"""

from nnedu.data.digits import Digits, load_digits
from nnedu.data.generators import spirals, two_moons
from nnedu.data.surfaces import (
    BEALE,
    HIMMELBLAU,
    RASTRIGIN,
    ROSENBROCK,
    SADDLE,
    SURFACES,
    Surface,
    bowl,
)

__all__ = [
    "BEALE",
    "HIMMELBLAU",
    "RASTRIGIN",
    "ROSENBROCK",
    "SADDLE",
    "SURFACES",
    "Digits",
    "Surface",
    "bowl",
    "load_digits",
    "spirals",
    "two_moons",
]
