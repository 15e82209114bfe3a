"""Rules for whole tensors, SAM and L-BFGS beside the frameworks, in float64.

As for the elementwise rules (:mod:`nnedu.parity`): ``TENSOR_PAIRS`` lists what is compared with
what, and by which convention; ``DEPARTURES`` what no convention explains, because a framework
computes with less than it was given.
"""

from nnedu.parity.tensors import closures
from nnedu.parity.tensors.departures import DEPARTURES, Departure
from nnedu.parity.tensors.pair import TensorAdapter, TensorPair, library_tensor_path
from nnedu.parity.tensors.pairs import TENSOR_ABSENT, TENSOR_PAIRS, TENSOR_SETTINGS
from nnedu.parity.tensors.run import run_tensors
from nnedu.parity.tensors.trajectory import TensorTrajectory

__all__ = [
    "DEPARTURES",
    "TENSOR_ABSENT",
    "TENSOR_PAIRS",
    "TENSOR_SETTINGS",
    "Departure",
    "TensorAdapter",
    "TensorPair",
    "TensorTrajectory",
    "closures",
    "library_tensor_path",
    "run_tensors",
]
