"""Which files of a package a piece of code depends on, found without running anything.

A chapter is executed again when a file it depends on changes, so two mistakes are possible: a file
too many costs seconds, a file too few leaves a stale picture in the book. Where the source does not
say for certain, everything below the package in question counts: so it is where text is run as
code or a module is imported by a computed name, unless a comment on that line vouches for it.

What is followed: ``from nnedu.optim import adam`` goes through the re-exporting ``__init__`` to the
file that defines ``adam``, and from there through that file's own imports. An ``__init__`` that
merely passes a name on does not count itself, unless it runs statements other than imports and
definitions. Attributes of an imported module (``optim.adam``) are followed like names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

_HARMLESS = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.AnnAssign,
    ast.Pass,
)
_DYNAMIC = {"import_module", "__import__", "exec", "eval", "run_path", "run_module"}
HARMLESS_CALL = "# imports nothing of nnedu"  # beside such a call: its author vouches for it


@dataclass(frozen=True)
class _Import:
    """One imported thing: ``name`` of ``module``, or the module itself where name is None."""

    module: str
    name: str | None
    alias: str  # the name it is bound to where it is imported
    whole: bool = False  # `import a.b` without `as`: all of a may be reached through it


class _Source:
    """What one file, or a notebook's code, imports and binds."""

    def __init__(self, text: str, module: str, is_package: bool) -> None:
        self.tree = ast.parse(text)
        self.lines = text.splitlines()
        self.module = module
        self.is_package = is_package

    @cached_property
    def imports(self) -> list[_Import]:
        return list(self._imports(self.tree))

    def _imports(self, node: ast.AST) -> Iterator[_Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
                for statement in child.orelse:
                    yield from self._imports(statement)
            elif isinstance(child, ast.Import):
                for name in child.names:
                    alias = name.asname or name.name.partition(".")[0]
                    yield _Import(name.name, None, alias, whole=name.asname is None)
            elif isinstance(child, ast.ImportFrom):
                module = self._absolute(child)
                for name in child.names:
                    yield _Import(module, name.name, name.asname or name.name)
            else:
                yield from self._imports(child)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.module.split(".")
        cut = node.level - (1 if self.is_package else 0)
        base = parts[: len(parts) - cut] if cut else parts
        return ".".join([*base, *([node.module] if node.module else [])])

    @cached_property
    def defined(self) -> set[str]:
        """Names bound at the top level by anything but an import."""
        names: set[str] = set()
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(node.name)
            elif not isinstance(node, ast.Import | ast.ImportFrom):
                names |= {
                    part.id
                    for part in ast.walk(node)
                    if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
                }
        return names

    @cached_property
    def only_defines(self) -> bool:
        """Whether running the file does nothing but bind names."""
        return all(
            isinstance(node, _HARMLESS)
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
            for node in self.tree.body
        )

    @cached_property
    def is_dynamic(self) -> bool:
        """Whether it imports by computed names or runs text as code."""
        return any(
            isinstance(node, ast.Call)
            and (getattr(node.func, "id", None) or getattr(node.func, "attr", None)) in _DYNAMIC
            and HARMLESS_CALL not in self.lines[node.lineno - 1]
            for node in ast.walk(self.tree)
        )

    def attributes_of(self, alias: str) -> set[str] | None:
        """Attributes read from a module bound to ``alias``; None where it is used otherwise."""
        attributes, behind_a_dot = set(), set()
        for node in ast.walk(self.tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == alias
            ):
                attributes.add(node.attr)
                behind_a_dot.add(id(node.value))
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and node.id == alias and id(node) not in behind_a_dot:
                return None
        return attributes

    @cached_property
    def strings(self) -> set[str]:
        return {
            node.value
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }


@dataclass
class _Walk:
    files: set[Path] = field(default_factory=set)
    names: set[tuple[str, str]] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)


class Package:
    """A package's files, and what code that imports from it depends on.

    Parameters
    ----------
    folder : Path
        The package's own folder, for instance ``src/nnedu``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name
        self._sources: dict[Path, _Source] = {}

    def used_by(self, code: str) -> set[Path]:
        """The package's files, data files included, that ``code`` depends on.

        Raises
        ------
        SyntaxError
            If ``code`` is not Python (strip a notebook's magics first).
        """
        walk = _Walk()
        self._follow_imports(_Source(code, "__main__", is_package=False), walk)
        return {path for path in walk.files if path.is_file()} | set(self._data_beside(walk.files))

    def _path(self, module: str) -> Path | None:
        base = self.folder.parent.joinpath(*module.split("."))
        for path in (base / "__init__.py", base.with_suffix(".py")):
            if path.is_file():
                return path
        return None

    def _source(self, path: Path, module: str) -> _Source:
        if path not in self._sources:
            text = path.read_text(encoding="utf-8")
            self._sources[path] = _Source(text, module, path.name == "__init__.py")
        return self._sources[path]

    def _ours(self, module: str) -> bool:
        return module == self.name or module.startswith(self.name + ".")

    def _follow_imports(self, source: _Source, walk: _Walk) -> None:
        if source.is_dynamic:
            self._everything(self.name, walk)
        for item in source.imports:
            if self._ours(item.module):
                self._follow(item, source, walk)

    def _follow(self, item: _Import, source: _Source, walk: _Walk) -> None:
        self._parents(item.module, walk)
        if item.name is not None:
            submodule = f"{item.module}.{item.name}"
            if item.name != "*" and self._is_just_a_module(item.module, item.name):
                self._module_object(submodule, item.alias, source, walk)
            else:
                self._name(item.module, item.name, walk)
        elif item.whole:
            if item.module == self.name:
                self._module_object(self.name, item.alias, source, walk)
            else:  # `import nnedu.a.b` binds nnedu itself
                self._everything(self.name, walk)
        else:
            self._module_object(item.module, item.alias, source, walk)

    def _is_just_a_module(self, module: str, name: str) -> bool:
        path = self._path(module)
        if path is None or path.name != "__init__.py":
            return False
        source = self._source(path, module)
        if name in source.defined or self._path(f"{module}.{name}") is None:
            return False
        return all(
            item.module == module and item.name == name
            for item in source.imports
            if item.alias == name
        )

    def _module_object(self, module: str, alias: str, source: _Source, walk: _Walk) -> None:
        attributes = source.attributes_of(alias)
        path = self._path(module)
        if path is None or attributes is None:
            self._everything(module, walk)
        elif path.name == "__init__.py":
            self._parents(module, walk)
            for attribute in attributes:
                if self._is_just_a_module(module, attribute):
                    self._everything(f"{module}.{attribute}", walk)
                else:
                    self._name(module, attribute, walk)
        else:
            self._whole_file(path, module, walk)

    def _name(self, module: str, name: str, walk: _Walk) -> None:
        """Follow one name of a module to the file that defines it."""
        if (module, name) in walk.names:
            return
        walk.names.add((module, name))
        path = self._path(module)
        if path is None or name == "*":
            self._everything(module if path else self.name, walk)
            return
        if path.name != "__init__.py":
            self._whole_file(path, module, walk)
            return
        self._parents(module, walk)
        source = self._source(path, module)
        if name in source.defined:
            self._whole_file(path, module, walk)
            return
        for item in source.imports:
            if item.alias == name:
                if not self._ours(item.module):
                    self._whole_file(path, module, walk)
                elif item.name is None:
                    self._everything(item.module, walk)
                elif self._is_just_a_module(item.module, item.name):
                    self._everything(f"{item.module}.{item.name}", walk)
                else:
                    self._name(item.module, item.name, walk)
                return
        if self._path(f"{module}.{name}"):
            self._everything(f"{module}.{name}", walk)
        else:  # made by __getattr__, a star import, or not at all
            self._everything(module, walk)

    def _parents(self, module: str, walk: _Walk) -> None:
        """Count each enclosing ``__init__`` that does more than bind names."""
        parts = module.split(".")
        for length in range(1, len(parts) + 1):
            parent = ".".join(parts[:length])
            path = self._path(parent)
            if path is None or path.name != "__init__.py" or parent in walk.modules:
                continue
            if not self._source(path, parent).only_defines:
                self._whole_file(path, parent, walk)

    def _whole_file(self, path: Path, module: str, walk: _Walk) -> None:
        if path in walk.files:
            return
        walk.files.add(path)
        walk.modules.add(module)
        self._parents(module, walk)
        self._follow_imports(self._source(path, module), walk)

    def _everything(self, module: str, walk: _Walk) -> None:
        path = self._path(module)
        if path is None or path.name != "__init__.py":
            if path is not None:
                self._whole_file(path, module, walk)
            return
        if path.parent in walk.files:
            return
        walk.files.add(path.parent)  # a folder stands for all below it; _data_beside expands it
        for file in sorted(path.parent.rglob("*.py")):
            parts = list(file.relative_to(self.folder.parent).with_suffix("").parts)
            if parts[-1] == "__init__":
                parts.pop()
            self._whole_file(file, ".".join(parts), walk)

    def _data_beside(self, files: Iterable[Path]) -> Iterator[Path]:
        """Files that are not Python, in the folders of the modules and in plain folders below."""
        folders = {path if path.is_dir() else path.parent for path in files}
        while folders:
            for path in folders.pop().iterdir():
                if path.is_dir():
                    if path.name != "__pycache__" and not (path / "__init__.py").exists():
                        folders.add(path)
                elif path.suffix not in {".py", ".pyc"}:
                    yield path


def strings_in(code: str) -> set[str]:
    """Every string constant in ``code``: some of them name files that it reads."""
    return _Source(code, "__main__", is_package=False).strings
