"""The parity certificate: every optimizer beside the frameworks' own, and how far they part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnedu._check import known
from nnedu._typing import Array
from nnedu.optim import RULES, row
from nnedu.parity._table import markdown, plain
from nnedu.parity.frameworks import TITLES, framework, run
from nnedu.parity.pairs import ABSENT, DEPARTED, ELSEWHERE, PAIRS, SETTINGS, Adapter, Pair
from nnedu.parity.record import Record, load
from nnedu.parity.trajectory import STEPS, Trajectory, deviation

TOLERANCE = 1e-12
"""The largest deviation that passes, relative to the largest parameter."""


def library_path(
    pair: Pair,
    numbers: Mapping[str, float],
    trajectory: Trajectory,
    *,
    off: Mapping[str, float] | None = None,
) -> Array:
    """The library's side of a comparison.

    Parameters
    ----------
    pair : Pair
    numbers : dict
        The setting.
    trajectory : Trajectory
    off : dict, optional
        Factors by which hyper-parameters (or ``lr``) are wrong on this side: a comparison that
        does not notice 1.000001 proves nothing.

    Returns
    -------
    array, shape (T, P)
    """
    factors = off or {}
    wrong = {name: value * factors.get(name, 1.0) for name, value in numbers.items()}
    given = Trajectory(trajectory.theta, trajectory.g, trajectory.lr * factors.get("lr", 1.0))
    return given.run(pair.rule, pair.adapter.hyper(wrong), pair.adapter.initial(wrong))


@dataclass(frozen=True)
class Cell:
    """One rule against one framework.

    Attributes
    ----------
    pair : Pair
    deviation : float
        The largest over all settings.
    """

    pair: Pair
    deviation: float

    @property
    def agrees(self) -> bool:
        """Whether the deviation is within the tolerance."""
        return self.deviation <= TOLERANCE

    def __str__(self) -> str:
        """The deviation, and the adapter where one is needed."""
        number = "0" if self.deviation == 0 else f"{self.deviation:.0e}"
        verdict = "" if self.agrees else " DIFFERS"
        adapter = "" if self.pair.adapter.name == "the same" else f" ({self.pair.adapter.name})"
        return number + verdict + adapter


@dataclass(frozen=True)
class Certificate:
    """What a comparison found; prints as a table, and as Markdown in a notebook.

    Attributes
    ----------
    cells : dict of (rule, framework) to Cell
    rules, frameworks : tuple of str
        Rows and columns.
    versions : dict of str to str
        What was compared, in words.
    updates : int
        The length of each run.
    """

    cells: Mapping[tuple[str, str], Cell]
    rules: tuple[str, ...]
    frameworks: tuple[str, ...]
    versions: Mapping[str, str]
    updates: int

    @property
    def agrees(self) -> bool:
        """Whether every cell is within the tolerance."""
        return all(cell.agrees for cell in self.cells.values())

    @property
    def adapters(self) -> tuple[Adapter, ...]:
        """The conventions in use, each once."""
        used = {cell.pair.adapter.name: cell.pair.adapter for cell in self.cells.values()}
        return tuple(adapter for name, adapter in used.items() if name != "the same")

    def _cell(self, rule: str, name: str) -> str:
        if (rule, name) in self.cells:
            return str(self.cells[rule, name])
        if (rule, name) in ELSEWHERE:
            return f"see {row(ELSEWHERE[rule, name]).title}"
        if (rule, name) in DEPARTED:
            return "departs"
        return "has none" if (rule, name) in ABSENT else "not compared"

    def _notes(self) -> list[tuple[str, str]]:
        """The conventions in use, and who departs from what, in words."""
        notes = [(adapter.name, adapter.sentence) for adapter in self.adapters]
        return notes + [
            (f"departs ({row(rule).title})", sentence)
            for (rule, name), sentence in DEPARTED.items()
            if rule in self.rules and name in self.frameworks
        ]

    def _table(self) -> list[list[str]]:
        head = ["Optimizer", *(self.versions[name] for name in self.frameworks)]
        body = [
            [row(rule).title, *(self._cell(rule, name) for name in self.frameworks)]
            for rule in self.rules
        ]
        return [head, *body]

    def _sentence(self) -> str:
        return (
            f"Largest deviation over {self.updates} updates and all settings, in float64, relative "
            f"to the largest parameter; at most {TOLERANCE:.0e} agrees."
        )

    def _repr_markdown_(self) -> str:
        lines = markdown(self._table())
        notes = [f"- *{name}*: {sentence}" for name, sentence in self._notes()]
        return "\n".join([*lines, "", self._sentence(), "", *notes]).rstrip() + "\n"

    def __str__(self) -> str:
        """The same table as plain text."""
        notes = [f"{name}: {sentence}" for name, sentence in self._notes()]
        return "\n".join([*plain(self._table()), "", self._sentence(), *notes])


def certificate(
    rules: Sequence[str] | None = None,
    *,
    frameworks: Sequence[str] = ("keras", "torch", "optax"),
) -> Certificate:
    """Compare rules with the frameworks' optimizers and certify how far they agree.

    Keras and Optax are run now; PyTorch's side is the record that comes with the package.

    Parameters
    ----------
    rules : sequence of str, optional
        Names in ``nnedu.optim.RULES``; all of them by default.
    frameworks : sequence of str
        Some of "keras", "torch", "optax".

    Returns
    -------
    Certificate

    Raises
    ------
    ModuleNotFoundError
        If Keras or Optax is asked for and missing.
    ValueError
        If a name is unknown.

    Examples
    --------
    >>> found = certificate(["sgd", "momentum"], frameworks=["torch"])
    >>> found.agrees
    True
    """
    chosen = tuple(entry.name for entry in RULES) if rules is None else tuple(rules)
    for rule in chosen:
        row(rule)
    for name in frameworks:
        known("framework", name, tuple(TITLES))
    record = load("optimizers")
    cells = {
        (pair.name, pair.framework): _compare(pair, record)
        for pair in PAIRS
        if pair.name in chosen and pair.framework in frameworks
    }
    versions = {name: _version(name, record.about) for name in frameworks}
    return Certificate(cells, chosen, tuple(frameworks), versions, STEPS)


def _compare(pair: Pair, record: Record) -> Cell:
    largest = 0.0
    for i, numbers in enumerate(SETTINGS[pair.name]):
        if pair.framework == "torch":
            given, theirs = record.trajectory, record.path(pair.name, i, numbers)
        else:
            given = pair.given(numbers)
            theirs = run(pair, numbers, given)
        largest = max(largest, deviation(library_path(pair, numbers, given), theirs))
    return Cell(pair, largest)


def _version(name: str, about: Mapping[str, Any]) -> str:
    if name == "torch":
        return f"PyTorch {about['torch'].split('+')[0]} (recorded {about['date']})"
    return f"{TITLES[name]} {framework(name).__version__}"
