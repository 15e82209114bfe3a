"""Parity: the library's rules beside Keras, PyTorch and Optax, in float64.

Both sides are given the same gradients and learning rates (:class:`Trajectory`); what is measured
is the largest difference between their parameters at any update, relative to the largest
parameter. ``PAIRS`` lists what is compared with what, and by which convention; ``certificate``
runs it and prints a table. Keras and Optax run live; PyTorch, several gigabytes on a plain Linux
machine, was recorded by ``python -m nnedu.parity.record_torch``.
"""

from nnedu.parity.certificate import TOLERANCE, Cell, Certificate, certificate, library_path
from nnedu.parity.frameworks import double_precision, framework, run
from nnedu.parity.pairs import ABSENT, ADDED, DEPARTED, ELSEWHERE, PAIRS, SETTINGS, Adapter, Pair
from nnedu.parity.record import Record, load
from nnedu.parity.trajectory import Trajectory, deviation

__all__ = [
    "ABSENT",
    "ADDED",
    "DEPARTED",
    "ELSEWHERE",
    "PAIRS",
    "SETTINGS",
    "TOLERANCE",
    "Adapter",
    "Cell",
    "Certificate",
    "Pair",
    "Record",
    "Trajectory",
    "certificate",
    "deviation",
    "double_precision",
    "framework",
    "library_path",
    "load",
    "run",
]
