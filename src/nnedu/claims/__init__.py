"""The claims ledger: what people say about training, each decided by an experiment.

``ledger.toml`` holds the words (what is said, the verdict, when it flips, the source) and the
deciding number; the experiments are functions in the file named after their chapter. A claim's id
is its experiment's name with hyphens. Tests run every experiment and its control: the number in
the ledger is the experiment's, and the control comes out the other way.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from nnedu._check import known

VERDICTS = ("holds", "fails", "depends")


@dataclass(frozen=True)
class Finding:
    """What an experiment found.

    Attributes
    ----------
    holds : bool
        Whether what is said came out true in this run.
    number : float
        The number that decides it.
    also : dict of str to number
        Others that the answer mentions.
    """

    holds: bool
    number: float
    also: Mapping[str, float] = field(default_factory=dict)


Experiment = Callable[..., Finding]
"""``experiment(**control) -> Finding``: without arguments the claim's own setting."""


@dataclass(frozen=True)
class Claim:
    """One entry of the ledger; its fields are explained at the top of ``ledger.toml``."""

    id: str
    chapter: str
    module: str
    said: str
    verdict: str
    quantity: str
    format: str
    number: str
    answer: str
    flips: str
    control: Mapping[str, Any]
    source: tuple[str, ...]

    def text(self, finding: Finding, control: Finding) -> str:
        """The answer, with its numbers filled in.

        Raises
        ------
        KeyError
            If the answer names a number that the experiment does not return.
        """
        numbers = {
            "number": format(finding.number, self.format),
            "control": format(control.number, self.format),
            **finding.also,
        }

        def fill(match: re.Match[str]) -> str:
            name, how = match[1], match[2] or ""
            if name not in numbers:
                has = ", ".join(numbers)
                raise KeyError(f"{self.id}: the answer names {name!r}; the experiment has {has}.")
            return format(numbers[name], how)

        return re.sub(r"\{\{(\w+)(?::([^}]*))?\}\}", fill, f"{self.answer.strip()} {self.flips}")


@cache
def ledger() -> dict[str, Claim]:
    """All claims by id, in the order of the chapters.

    Raises
    ------
    ValueError
        If an entry lacks a field or has one too many, an id comes twice, or a verdict is unknown.
    """
    with files("nnedu.claims").joinpath("ledger.toml").open("rb") as file:
        entries = tomllib.load(file).get("claim", [])
    return _read(entries)


def _read(entries: list[dict[str, Any]]) -> dict[str, Claim]:
    claims: dict[str, Claim] = {}
    for entry in entries:
        try:
            claim = Claim(**{**entry, "source": tuple(entry.get("source", ()))})
        except TypeError as error:
            raise ValueError(f"ledger.toml, claim {entry.get('id')!r}: {error}") from error
        known("verdict", claim.verdict, VERDICTS)
        if claim.id in claims:
            raise ValueError(f"ledger.toml has the claim {claim.id!r} twice.")
        claims[claim.id] = claim
    return claims


def claim_of(experiment: Experiment) -> Claim:
    """The claim that an experiment decides.

    Raises
    ------
    ValueError
        If the ledger has no claim of that name.
    """
    name = experiment.__name__.replace("_", "-")
    claims = ledger()
    known("claim", name, list(claims))
    return claims[name]


def decide(experiment: Experiment) -> tuple[Claim, Finding, Finding]:
    """Run a claim's experiment and its control.

    Parameters
    ----------
    experiment
        A function of this package; the words come from the ledger's entry of its name.

    Returns
    -------
    claim : Claim
    finding, control : Finding
        What the experiment finds in the claim's own setting, and in its control's.

    Raises
    ------
    ValueError
        If the ledger has no such claim, or its verdict is not what the experiment finds.
    """
    claim = claim_of(experiment)
    finding, control = experiment(), experiment(**claim.control)
    expected = {"holds": True, "fails": False}.get(claim.verdict, finding.holds)
    if finding.holds is not expected or control.holds is expected:
        raise ValueError(
            f"{claim.id}: the ledger says {claim.verdict!r}; the experiment finds "
            f"holds={finding.holds}, its control holds={control.holds}. Has the library changed?"
        )
    return claim, finding, control
