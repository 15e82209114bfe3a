"""Data sets and surfaces, available without a network.

``surfaces`` are functions of two variables with a known minimum; ``digits`` is the real data set
of the book; ``generators`` make two moons and spirals, as many examples as asked for. ``sampling``
chooses the examples of a batch; ``records`` and ``streaming`` hold data larger than memory.
"""

from nnedu.data.digits import Digits, load_digits
from nnedu.data.generators import spirals, two_moons
from nnedu.data.records import Records, write_records
from nnedu.data.sampling import buffer_order, in_order, with_replacement
from nnedu.data.streaming import stream
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
    "Records",
    "Surface",
    "bowl",
    "buffer_order",
    "in_order",
    "load_digits",
    "spirals",
    "stream",
    "two_moons",
    "with_replacement",
    "write_records",
]
