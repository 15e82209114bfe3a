"""Data sets and surfaces, available without a network.

``surfaces`` are functions of two variables with a known minimum; ``digits`` is the real data set
of the book, ``tables`` and ``images`` load others; ``generators`` and ``signals`` make as many
examples as asked for. ``splits``, ``preprocessing``, ``augmentation`` and ``adaptation`` prepare
them. ``sampling`` chooses the examples of a batch; ``records`` and ``streaming`` hold data larger
than memory.
"""

from nnedu.data.adaptation import coral, reestimate
from nnedu.data.augmentation import cutout, flip, mixup, noise, shift
from nnedu.data.digits import Digits, load_digits
from nnedu.data.generators import spirals, two_moons
from nnedu.data.images import Images, load_images
from nnedu.data.preprocessing import Affine, condition_number, standardize, whiten
from nnedu.data.records import Records, write_records
from nnedu.data.sampling import buffer_order, in_order, with_replacement
from nnedu.data.signals import signals
from nnedu.data.splits import k_fold, split
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
from nnedu.data.tables import TABLES, Table, load_table

__all__ = [
    "BEALE",
    "HIMMELBLAU",
    "RASTRIGIN",
    "ROSENBROCK",
    "SADDLE",
    "SURFACES",
    "TABLES",
    "Affine",
    "Digits",
    "Images",
    "Records",
    "Surface",
    "Table",
    "bowl",
    "buffer_order",
    "condition_number",
    "coral",
    "cutout",
    "flip",
    "in_order",
    "k_fold",
    "load_digits",
    "load_images",
    "load_table",
    "mixup",
    "noise",
    "reestimate",
    "shift",
    "signals",
    "spirals",
    "split",
    "standardize",
    "stream",
    "two_moons",
    "whiten",
    "with_replacement",
    "write_records",
]
