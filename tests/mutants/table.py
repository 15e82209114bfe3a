"""Wrong variants of the library's files, and the test that rejects each: one file a family.

Every mutant runs, keeps shapes and dtypes, and an optimizer's still goes down a bowl: what is
wrong with it can only be seen by a test that knows the right answer. A file in ``families/`` is
named like its folder in ``src/nnedu``, with a word more where a folder has several, and holds
``MUTANTS`` and ``STILL``, the tests that its mutants still pass.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.mutants.mutant import Mutant

FAMILIES = sorted(path.stem for path in (Path(__file__).parent / "families").glob("[a-z]*.py"))
_MODULES = {name: import_module(f"tests.mutants.families.{name}") for name in FAMILIES}
MUTANTS: list[Mutant] = [mutant for module in _MODULES.values() for mutant in module.MUTANTS]
STILL: dict[str, list[str]] = {name: module.STILL for name, module in _MODULES.items()}
_STILL = {mutant: module.STILL for module in _MODULES.values() for mutant in module.MUTANTS}


def still(mutant: Mutant) -> list[str]:
    """The tests that a mutant passes: those of the family file that lists it."""
    return _STILL[mutant]
