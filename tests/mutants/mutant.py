"""One slip in one file of the library, and the test that rejects it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One slip: ``old`` becomes ``new`` in ``file``, and ``killer`` fails."""

    file: str
    slip: str
    old: str
    new: str
    killer: str


def slips(file: str, *each: tuple[str, str, str, str]) -> list[Mutant]:
    """The mutants of one file, each as (slip, old, new, killer)."""
    return [Mutant(file, *one) for one in each]
