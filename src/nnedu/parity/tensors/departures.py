"""Where a framework computes with less than it was given, and how far that takes it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from nnedu._typing import Array
from nnedu.parity.tensors.pair import TensorPair
from nnedu.parity.tensors.pairs import TENSOR_PAIRS, TENSOR_SETTINGS
from nnedu.parity.tensors.run import run_tensors


@dataclass(frozen=True)
class Departure:
    """A framework's optimizer as it is shipped, beside the same in float64.

    Attributes
    ----------
    rule : str
        A row of ``nnedu.optim.TENSOR_RULES``.
    framework : {"keras", "torch", "optax"}
    theirs : str
        The counterpart, as one writes it.
    sentence : str
        What is computed with less, and what comes of it.
    least, most : float
        Between these lies its deviation over the hard trajectory, in the first setting.
    run : callable
        ``run() -> array, shape (T, P)``: the parameters after each of its updates.
    """

    rule: str
    framework: str
    theirs: str
    sentence: str
    least: float
    most: float
    run: Callable[[], Array]

    @property
    def pair(self) -> TensorPair:
        """The comparison in float64."""
        return next(p for p in TENSOR_PAIRS if (p.rule, p.framework) == (self.rule, self.framework))


def _shipped_adafactor() -> Array:
    def build(optax: Any, lr: Any, n: Any, parameters: Any) -> Any:
        return optax.adafactor(
            lr,
            min_dim_size_to_factor=2,
            decay_rate=n["decay"],
            clipping_threshold=n["clip"],
            eps=n["eps1"],
        )

    return run_tensors(replace(ADAFACTOR.pair, build=build), TENSOR_SETTINGS["adafactor"][0])


def _shipped_muon() -> Array:
    return run_tensors(MUON.pair, TENSOR_SETTINGS["muon"][0], as_shipped=True)


ADAFACTOR = Departure(
    "adafactor",
    "optax",
    "optax.adafactor",
    "Optax computes Adafactor's beta in float32, also for float64 parameters, which moves its path "
    "by a billionth.",
    1e-11,
    1e-7,
    _shipped_adafactor,
)
MUON = Departure(
    "muon",
    "torch",
    "torch.optim.Muon",
    "PyTorch orthogonalises in bfloat16, which has three digits, whatever the parameters have: its "
    "path moves by a thousandth.",
    1e-5,
    1e-2,
    _shipped_muon,
)
DEPARTURES = (ADAFACTOR, MUON)
