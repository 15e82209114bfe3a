"""The parity certificate of losses, activations and layers: values and gradients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnedu._check import known
from nnedu._typing import Array
from nnedu.parity._table import markdown, plain
from nnedu.parity.certificate import TOLERANCE, _version
from nnedu.parity.frameworks import TITLES
from nnedu.parity.functions.function import Function, run_jax, run_keras
from nnedu.parity.pairs import Adapter
from nnedu.parity.record import load

ABSENT = "has none"


@dataclass(frozen=True)
class FunctionCertificate:
    """What a comparison found; prints as a table, and as Markdown in a notebook.

    Attributes
    ----------
    deviations : dict of (function, framework) to float
        The largest of the value's and the gradients'; a pair that is missing has no counterpart.
    adapters : dict of (function, framework) to Adapter
        Where the framework's convention is another.
    functions, frameworks : tuple of str
        Rows and columns.
    versions : dict of str to str
        What was compared, in words.
    """

    deviations: Mapping[tuple[str, str], float]
    adapters: Mapping[tuple[str, str], Adapter]
    functions: tuple[str, ...]
    frameworks: tuple[str, ...]
    versions: Mapping[str, str]

    @property
    def agrees(self) -> bool:
        """Whether every deviation is within the tolerance."""
        return all(deviation <= TOLERANCE for deviation in self.deviations.values())

    def _cell(self, name: str, framework: str) -> str:
        deviation = self.deviations.get((name, framework))
        if deviation is None:
            return ABSENT
        number = "0" if deviation == 0 else f"{deviation:.0e}"
        adapter = self.adapters.get((name, framework))
        words = f" ({adapter.name})" if adapter else ""
        return number + ("" if deviation <= TOLERANCE else " DIFFERS") + words

    def _table(self) -> list[list[str]]:
        head = ["Function", *(self.versions[framework] for framework in self.frameworks)]
        rows = [
            [name.replace("_", " "), *(self._cell(name, each) for each in self.frameworks)]
            for name in self.functions
        ]
        return [head, *rows]

    def _sentences(self) -> list[str]:
        used = {adapter.name: adapter.sentence for adapter in self.adapters.values()}
        return [
            "Largest deviation of the value and of each gradient, in float64, relative to the "
            f"largest entry; at most {TOLERANCE:.0e} agrees.",
            *(f"*{name}*: {sentence}" for name, sentence in used.items()),
        ]

    def _repr_markdown_(self) -> str:
        lines = markdown(self._table())
        first, *notes = self._sentences()
        return "\n".join([*lines, "", first, "", *(f"- {note}" for note in notes)]).rstrip() + "\n"

    def __str__(self) -> str:
        """The same table as plain text."""
        notes = [note.replace("*", "") for note in self._sentences()]
        return "\n".join([*plain(self._table()), "", *notes])


def function_certificate(
    table: Mapping[str, Function],
    family: str,
    *,
    frameworks: Sequence[str] = ("keras", "torch", "optax"),
) -> FunctionCertificate:
    """Compare differentiable functions with the frameworks' and certify how far they agree.

    Keras and Optax are run now; PyTorch's side is the record that comes with the package.

    Parameters
    ----------
    table : dict of str to Function
        Such as ``nnedu.parity.functions.LOSSES``, or a part of it.
    family : str
        The record's name, such as ``"losses"``.
    frameworks : sequence of str
        Some of "keras", "torch", "optax".

    Returns
    -------
    FunctionCertificate

    Raises
    ------
    ModuleNotFoundError
        If Keras or Optax is asked for and missing.
    ValueError
        If a framework is unknown.

    Examples
    --------
    >>> from nnedu.parity.functions import LOSSES
    >>> found = function_certificate({"mse": LOSSES["mse"]}, "losses", frameworks=["torch"])
    >>> found.agrees
    True
    """
    for framework in frameworks:
        known("framework", framework, tuple(TITLES))
    record = load(family)
    deviations, adapters = {}, {}
    for name, function in table.items():
        for framework in frameworks:
            if framework not in function.theirs:
                continue
            if framework == "torch":
                start = f"{name}/"
                theirs = {
                    key.removeprefix(start): array
                    for key, array in record.arrays.items()
                    if key.startswith(start)
                }
            else:
                theirs = {"keras": run_keras, "optax": run_jax}[framework](function)
            deviations[name, framework] = _deviation(function.run(), theirs)
            if framework in function.adapters:
                adapters[name, framework] = function.adapters[framework]
    versions = {framework: _version(framework, record.about) for framework in frameworks}
    return FunctionCertificate(deviations, adapters, tuple(table), tuple(frameworks), versions)


def _deviation(ours: Mapping[str, Array], theirs: Mapping[str, Array]) -> float:
    """The largest difference relative to the largest entry, over value and gradients."""
    if set(ours) != set(theirs):
        raise KeyError(
            f"the record holds {sorted(theirs)}; expected {sorted(ours)}. Record it anew: "
            "python -m nnedu.parity.record_torch"
        )
    return max(
        float(np.abs(value - theirs[key]).max() / np.abs(theirs[key]).max())
        for key, value in ours.items()
    )
