"""Everything that is compared, from every table of parity, in one form."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.parity.certificate import TOLERANCE, library_path
from nnedu.parity.clipping import CLIPPING
from nnedu.parity.frameworks import run
from nnedu.parity.functions import ACTIVATIONS, LAYERS, LOSSES, Function, run_jax, run_keras
from nnedu.parity.loss_scaling import LOSS_SCALING
from nnedu.parity.pairs import ADDED, PAIRS, SETTINGS, Pair
from nnedu.parity.pruning import PRUNING
from nnedu.parity.quantization import QUANTIZATION
from nnedu.parity.record import load
from nnedu.parity.schedules import SCHEDULES, ScheduleCase, schedule_values
from nnedu.parity.tensors import (
    TENSOR_PAIRS,
    TENSOR_SETTINGS,
    TensorPair,
    closures,
    library_tensor_path,
    run_tensors,
)
from nnedu.parity.trajectory import deviation
from nnedu.parity.values import ValueCase

IN_FLOAT32 = 2e-7
"""What agrees where one side computes in float32: PyTorch's observers, Keras's quantizers."""

Measured = tuple[float, float | None]
"""The deviation, and what it would be without the adapter where that can be asked."""

VALUES: dict[str, tuple[dict[str, ValueCase], dict[str, tuple[str, ...]]]] = {
    "clipping": (
        CLIPPING,
        {
            "value": ("optim.clip_by_value",),
            "norm": ("optim.clip_by_norm",),
            "global": ("optim.clip_by_global_norm", "optim.global_norm"),
        },
    ),
    "loss_scaling": (LOSS_SCALING, {"dynamic": ("optim.LossScaled", "optim.next_scale")}),
    "pruning": (
        PRUNING,
        {
            "magnitude, layer-wise": ("pruning.magnitude", "pruning.cut", "pruning.count"),
            "magnitude, global": ("pruning.cut_overall",),
            "any score": ("pruning.wanda",),
            "units of": ("pruning.cut_units", "pruning.unit_norms"),
            "2 of 4": ("pruning.n_of_m",),
        },
    ),
    "quantization": (
        QUANTIZATION,
        {
            "fake,": ("quantization.fake_quantize",),
            "affine grids": ("quantization.affine",),
            "symmetric grids": ("quantization.symmetric",),
            "bfloat16": ("quantization.bfloat16",),
            "float16": ("quantization.float16",),
            "nudged": ("quantization.nudged",),
            "codes by": ("quantization.quantize",),
        },
    ),
}
"""Tables of arrays, and which public names a case is about, by how its name begins."""


@dataclass(frozen=True)
class Comparison:
    """One of the library's functions beside one of a framework's.

    Attributes
    ----------
    table, case : str
        Where it stands.
    framework : {"keras", "torch", "optax"}
    names : tuple of str
        The public names it is about, without ``nnedu.``.
    theirs : str
        The counterpart, as one writes it, where the table says it.
    adapter, sentence : str
        The convention that had to be given, empty where there is none.
    measure : callable
        ``measure() -> (deviation, deviation without the adapter or None)``.
    tolerance : float
        What agrees.
    """

    table: str
    case: str
    framework: str
    names: tuple[str, ...]
    theirs: str
    adapter: str
    sentence: str
    measure: Callable[[], Measured]
    tolerance: float = TOLERANCE

    @property
    def words(self) -> dict[str, Any]:
        """All but the numbers."""
        return {
            "table": self.table,
            "case": self.case,
            "framework": self.framework,
            "names": list(self.names),
            "theirs": self.theirs,
            "adapter": self.adapter,
            "sentence": self.sentence,
            "tolerance": self.tolerance,
        }


def comparisons() -> tuple[Comparison, ...]:
    """All of them, in the order of the tables."""
    return (
        *_functions("losses", LOSSES, "losses"),
        *_functions("activations", ACTIVATIONS, "nn"),
        *_functions("layers", LAYERS, "nn"),
        *map(_pair, (*PAIRS, *ADDED)),
        *map(_tensor_pair, TENSOR_PAIRS),
        *_closures(),
        *_schedules(),
        *(each for name in VALUES for each in _values(name)),
    )


@cache
def _recorded(family: str) -> dict[str, Array]:
    return load(family).arrays


def _of_record(family: str, case: str) -> dict[str, Array]:
    start = f"{case}/"
    found = _recorded(family).items()
    return {key.removeprefix(start): array for key, array in found if key.startswith(start)}


def _used(adapter: Any) -> tuple[str, str]:
    """An adapter's words, where it does anything."""
    plain = adapter is None or adapter.name in ("the same", "same")
    return ("", "") if plain else (adapter.name, adapter.sentence)


def _apart(ours: dict[str, Array], theirs: dict[str, Array]) -> float:
    """The largest difference of any array, relative to its largest finite entry."""
    worst = 0.0
    for part, b in theirs.items():
        a, b = np.asarray(ours[part], float), np.asarray(b, float)
        with np.errstate(invalid="ignore"):  # infinite on both sides
            difference = np.where(a == b, 0.0, np.abs(a - b))
        worst = max(worst, float(difference.max() / (np.abs(b[np.isfinite(b)]).max() or 1.0)))
    return worst


def _functions(table: str, functions: dict[str, Function], package: str) -> list[Comparison]:
    def measure(case: str, name: str) -> Measured:
        function = functions[case]
        live = {"keras": run_keras, "optax": run_jax}
        theirs = live[name](function) if name in live else _of_record(table, case)
        return _apart(function.run(), theirs), None

    return [
        Comparison(
            table,
            case,
            name,
            (f"{package}.{case.split(',')[0]}",),
            "",
            *_used(function.adapters.get(name)),
            partial(measure, case, name),
        )
        for case, function in functions.items()
        for name in function.theirs
    ]


def _pair(pair: Pair) -> Comparison:
    def measure() -> Measured:
        found, without = [], []
        for i, numbers in enumerate(SETTINGS[pair.name]):
            if pair.framework == "torch":
                record = load("optimizers")
                given, theirs = record.trajectory, record.path(pair.name, i, numbers)
            else:
                given = pair.given(numbers)
                theirs = run(pair, numbers, given)
            found.append(deviation(library_path(pair, numbers, given), theirs))
            plain = dict(numbers)
            start = {"G": plain.pop("initial")} if "initial" in plain else {}
            without.append(deviation(given.run(pair.rule, plain, start), theirs))
        return max(found), max(without) if adapter[0] and adapter[0] != "lr first" else None

    adapter = _used(pair.adapter)
    maker = {"_l2": "optim.with_l2", "_decoupled": "optim.decoupled"}
    made = (by for end, by in maker.items() if pair in ADDED and pair.name.endswith(end))
    names = (next(made, f"optim.{pair.name}"),)
    return Comparison(
        "optimizers", pair.name, pair.framework, names, pair.theirs, *adapter, measure
    )


def _tensor_pair(pair: TensorPair) -> Comparison:
    def measure() -> Measured:
        found = []
        for i, numbers in enumerate(TENSOR_SETTINGS[pair.rule]):
            if pair.framework == "torch":
                theirs = load("tensor_optimizers").path(pair.rule, i, dict(numbers))
            else:
                theirs = run_tensors(pair, numbers)
            found.append(deviation(library_tensor_path(pair, numbers), theirs))
        return max(found), None

    return Comparison(
        "tensors",
        pair.rule,
        pair.framework,
        (f"optim.{pair.rule}",),
        pair.theirs,
        *_used(pair.adapter),
        measure,
    )


def _closures() -> list[Comparison]:
    def sam() -> Measured:
        return max(
            deviation(closures.sam_path(base, **each), closures.optax_sam_path(base, **each))
            for base in closures.SAM_BASES
            for each in closures.SAM_SETTINGS
        ), None

    def lbfgs() -> Measured:
        return max(
            deviation(
                closures.lbfgs_path(each["memory"]), closures.optax_lbfgs_path(each["memory"])
            )
            for each in closures.LBFGS_SETTINGS
        ), None

    def lbfgs_torch() -> Measured:
        record = load("tensor_optimizers")
        found, without = [], []
        for i, each in enumerate(closures.LBFGS_SETTINGS):
            theirs = record.path("lbfgs", i, dict(each))
            found.append(deviation(closures.lbfgs_path(each["memory"], first_by_sum=True), theirs))
            without.append(deviation(closures.lbfgs_path(each["memory"]), theirs))
        return max(found), max(without)

    names = ("optim.LBFGS", "optim.two_loops")
    by_sum = _used(closures.FIRST_STEP)
    return [
        Comparison("closures", "sam", "optax", ("optim.SAM",), "optax.contrib.sam", "", "", sam),
        Comparison("closures", "lbfgs", "optax", names, "optax.scale_by_lbfgs", "", "", lbfgs),
        Comparison("closures", "lbfgs", "torch", names, "torch.optim.LBFGS", *by_sum, lbfgs_torch),
    ]


def _schedules() -> list[Comparison]:
    def measure(case: str, name: str) -> Measured:
        schedule: ScheduleCase = SCHEDULES[case]
        recorded = name == "torch"
        theirs = _recorded("schedules")[case] if recorded else schedule_values(schedule, name)
        return _apart({"lr": schedule.run()}, {"lr": theirs}), None

    def words(case: ScheduleCase, name: str) -> tuple[str, str]:
        same = case.convention == "The same formula."
        return ("", "") if same else (name.partition(", ")[2] or "other words", case.convention)

    return [
        Comparison(
            "schedules",
            name,
            theirs,
            (f"schedules.{case.name}",),
            "",
            *words(case, name),
            partial(measure, name, theirs),
        )
        for name, case in SCHEDULES.items()
        for theirs in case.theirs
    ]


def _values(table: str) -> list[Comparison]:
    cases, about = VALUES[table]

    def names(case: str) -> tuple[str, ...]:
        found = [each for start, each in about.items() if case.startswith(start)]
        if len(found) != 1:
            raise KeyError(f"{table} has the case {case!r}; say in VALUES what it is about.")
        return found[0]

    def measure(case: str, name: str) -> Measured:
        torch = name == "torch"
        theirs = _of_record(table, case) if torch else cases[case].run_theirs(name)
        return _apart(cases[case].run(), theirs), None

    return [
        Comparison(
            table,
            name,
            theirs,
            names(name),
            "",
            *_used(case.adapters.get(theirs)),
            partial(measure, name, theirs),
            # As tests/parity/test_compression.py: observers and Keras compute in float32.
            IN_FLOAT32
            if table == "quantization" and (theirs == "keras" or "width" in case.numbers)
            else TOLERANCE,
        )
        for name, case in cases.items()
        for theirs in case.theirs
    ]
