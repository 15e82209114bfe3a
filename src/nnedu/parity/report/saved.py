"""The report as it is kept: read, made and written."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from nnedu.parity.record import load
from nnedu.parity.report.comparison import Comparison, comparisons

COMMAND = "python -m nnedu.parity.report"
PACKAGES = ("keras", "tensorflow", "optax", "jax", "numpy")


@dataclass(frozen=True)
class Result:
    """One line: the words of a :class:`Comparison`, and what it found."""

    table: str
    case: str
    framework: str
    names: tuple[str, ...]
    theirs: str
    adapter: str
    sentence: str
    tolerance: float
    deviation: float
    without: float | None

    @property
    def agrees(self) -> bool:
        """Whether the deviation is within the tolerance."""
        return self.deviation <= self.tolerance


@dataclass(frozen=True)
class Saved:
    """The report.

    Attributes
    ----------
    about : dict
        Date, command, versions.
    results : tuple of Result
    """

    about: Mapping[str, Any]
    results: tuple[Result, ...]

    def of(self, name: str) -> tuple[Result, ...]:
        """What was found for a public name, such as ``"optim.adam"``."""
        return tuple(result for result in self.results if name in result.names)


def load_report() -> Saved:
    """Read the report that comes with the package."""
    text = files("nnedu.parity").joinpath("data/report.json").read_text("utf-8")
    kept = json.loads(text)
    results = (Result(**{**each, "names": tuple(each["names"])}) for each in kept["results"])
    return Saved(kept["about"], tuple(results))


def measured(comparison: Comparison) -> dict[str, Any]:
    """A comparison, run now, as it is kept: to three digits, since more would never repeat."""
    deviation, without = comparison.measure()
    return {
        **comparison.words,
        "deviation": float(f"{deviation:.2e}"),
        "without": None if without is None else float(f"{without:.2e}"),
    }


def save(tables: Collection[str] = ()) -> Path:
    """Run the comparisons of some tables, or of all, and write the report.

    Parameters
    ----------
    tables : collection of str
        Such as ``{"optimizers"}``; what stands in the others is kept.

    Returns
    -------
    Path
        Of what was written.

    Raises
    ------
    ValueError
        If there is no such table.
    """
    every = comparisons()
    known = {each.table for each in every}
    if not known.issuperset(tables):
        raise ValueError(f"got tables {sorted(tables)}; expected some of {', '.join(known)}.")
    where = Path(str(files("nnedu.parity"))) / "data" / "report.json"
    old = {} if not where.exists() else _by_place(json.loads(where.read_text("utf-8"))["results"])
    results = [
        old[_place(each.words)]
        if tables and each.table not in tables and _place(each.words) in old
        else measured(each)
        for each in every
    ]
    about = {
        "command": COMMAND,
        "date": date.today().isoformat(),
        "versions": {name: version(name) for name in PACKAGES},
        "torch": load("optimizers").about["torch"].split("+")[0],
        "torch_date": load("optimizers").about["date"],
    }
    lines = ",\n".join(json.dumps(each) for each in results)
    where.write_text(
        f'{{"about": {json.dumps(about)},\n"results": [\n{lines}\n]}}\n', encoding="utf-8"
    )
    return where


def _place(words: Mapping[str, Any]) -> tuple[str, str, str]:
    return words["table"], words["case"], words["framework"]


def _by_place(results: list[dict[str, Any]]) -> dict[tuple[str, str, str], dict[str, Any]]:
    return {_place(each): each for each in results}
