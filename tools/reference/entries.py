"""The public names of a family, in the order in which one should read them."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from tools.reference.docstrings import class_problems, in_notes, problems, sections
from tools.reference.families import FAMILIES, Family


class UndocumentedError(Exception):
    """Public names whose documentation is not complete."""


@dataclass(frozen=True)
class Entry:
    """One public name.

    Attributes
    ----------
    package, name : str
        ``nnedu.<package>.<name>`` is how one imports it.
    found : object
        The thing itself.
    path : Path
        Where it is defined.
    line : int
        Its place in the file.
    doc : str
        Its cleaned docstring.
    """

    package: str
    name: str
    found: Any
    path: Path
    line: int
    doc: str

    @property
    def qualified(self) -> str:
        """The name below ``nnedu``."""
        return f"{self.package}.{self.name}"

    @property
    def label(self) -> str:
        """What links lead to."""
        kind = "class-" if self.is_class else ""  # labels know no capitals: dense, Dense
        return f"ref-{kind}{self.qualified}".replace(".", "-").replace("_", "-").lower()

    @property
    def is_function(self) -> bool:
        """Whether it is a plain function."""
        return inspect.isfunction(self.found)

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return inspect.isclass(self.found)

    @property
    def parts(self) -> dict[str, str]:
        """The sections of its docstring."""
        return sections(self.doc)

    def problems(self, family: Family) -> list[str]:
        """What its documentation lacks on this page."""
        needed = family.methods and self.name not in family.exempt
        if self.is_function:
            return problems(self.found, conventions=needed, source=needed, examples=False) + (
                ["there is no example"] if family.methods and ">>>" not in self.doc else []
            )
        if self.is_class:
            return class_problems(self.found)
        return [] if self.doc else ["there is no docstring after its assignment"]


def public(package: str) -> dict[str, Any]:
    """The public names of ``nnedu.<package>``: its ``__all__``, or what it defines itself."""
    module = import_module(f"nnedu.{package}")
    names = getattr(module, "__all__", None) or [
        name
        for name, found in vars(module).items()
        if not name.startswith("_") and getattr(found, "__module__", None) == module.__name__
    ]
    return {name: getattr(module, name) for name in names}


@cache
def entries(family: Family) -> tuple[Entry, ...]:
    """Everything on a family's page, in order.

    Files stand as the package's table and then its docstring name them; within a file what comes
    first is first.

    Raises
    ------
    UndocumentedError
        Names every public name that is not completely documented, and what it lacks.
    """
    found: list[tuple[tuple[object, ...], Entry]] = []
    for i, package in enumerate(family.packages):
        module = import_module(f"nnedu.{package}")
        places = {stem: k for k, stem in enumerate(family.files)} or _places(module)
        for name, thing in public(package).items():
            entry = _entry(module, package, name, thing)
            stem = entry.path.stem
            if family.holds(stem):
                place = (places.get(stem, len(places)), stem, entry.line)
                found.append(((i, _row(thing), *place), entry))
    found.sort(key=lambda pair: pair[0])
    wrong = [
        f"nnedu.{entry.qualified}: {'; '.join(said)}"
        for _, entry in found
        if (said := entry.problems(family))
    ]
    if wrong:
        raise UndocumentedError("\n".join(wrong))
    return tuple(entry for _, entry in found)


@cache
def registry() -> dict[str, Entry]:
    """Every entry of every page by its qualified name."""
    return {entry.qualified: entry for family in FAMILIES for entry in entries(family)}


def find(reference: str, package: str = "") -> Entry | None:
    """The entry that a role such as ``:func:`~nnedu.optim.adam``` means, if there is one."""
    words = reference.lstrip("~.").removeprefix("nnedu.").rstrip("()").split(".")
    known = registry()
    for name in (".".join(words[:2]), f"{package}.{words[0]}", f"{package}.{words[-1]}"):
        if name in known:
            return known[name]
    same = [entry for entry in known.values() if entry.name == words[-1]]
    return same[0] if len(same) == 1 else None


def _entry(module: ModuleType, package: str, name: str, found: Any) -> Entry:
    if inspect.isfunction(found) or inspect.isclass(found):
        path = Path(inspect.getsourcefile(found) or "")
        line = inspect.getsourcelines(found)[1]
        return Entry(package, name, found, path, line, inspect.getdoc(found) or "")
    path, line, doc = _assignment(module, name)
    return Entry(package, name, found, path, line, doc)


def _assignment(module: ModuleType, name: str) -> tuple[Path, int, str]:
    """Where a constant is assigned, and the string after the assignment."""
    root = Path(module.__file__ or "")
    files = sorted(root.parent.glob("*.py")) if root.name == "__init__.py" else [root]
    for path in files:
        for node, after in _constants(path):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(each, ast.Name) and each.id == name for each in targets):
                return path, node.lineno, after
    raise UndocumentedError(f"{module.__name__}.{name} is public, but is assigned nowhere in it.")


@cache
def _constants(path: Path) -> list[tuple[ast.Assign | ast.AnnAssign, str]]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    found = []
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            said = after.value if isinstance(after, ast.Expr) else None
            text = said.value if isinstance(said, ast.Constant) else ""
            found.append((node, inspect.cleandoc(text) if isinstance(text, str) else ""))
    return found


def _places(module: ModuleType) -> dict[str, int]:
    """Files by where the package's docstring names them first."""
    named = re.findall(r"``(\w+)``", module.__doc__ or "")
    return {stem: place for place, stem in reversed(list(enumerate(named)))}


@cache
def _rows() -> dict[str, int]:
    optim = sys.modules.get("nnedu.optim") or import_module("nnedu.optim")
    rules = [row.rule for row in optim.RULES]
    for row in optim.TENSOR_RULES:
        rules += [row.rule, *([row.vectors.rule] if row.vectors else [])]
    return {rule.__qualname__: place for place, rule in enumerate(rules)}


def in_table(found: Any) -> bool:
    """Whether it is a rule of one of the optimizers' tables."""
    return _row(found) < len(_rows())


def _row(found: Any) -> int:
    """The place in the table of rules; everything else comes after."""
    own = getattr(found, "__module__", "").startswith("nnedu.optim.")
    name = getattr(found, "__qualname__", "") if own else ""
    return _rows().get(name, len(_rows()))


__all__ = ["Entry", "UndocumentedError", "entries", "find", "in_notes", "in_table", "registry"]
