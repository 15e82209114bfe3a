"""Which of a page's cells a cell builds on, by the names that they read, bind and change.

It travels to the reader's browser with ``browser.py``; while the book is built, it also tells
which cells a browser can run at all (``tools/live_code/__init__.py``).
"""

from __future__ import annotations

import ast
import symtable

MUTATE = {"append", "extend", "insert", "update", "setdefault", "add", "remove", "pop", "popitem"}
MUTATE |= {"clear", "sort", "reverse", "fill", "shuffle", "put", "write"}


def names(code: str) -> tuple[set[str], set[str]]:
    """The names that a cell binds, or may change, and those that it reads.

    Raises
    ------
    SyntaxError
        If it is not Python.
    """
    tree = ast.parse(code)
    table = symtable.symtable(code, "<cell>", "exec")
    symbols = table.get_symbols()
    binds = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    reads = {s.get_name() for s in symbols if s.is_referenced()} | _reads_within(table)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            binds |= _root(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in MUTATE:
                binds |= _root(node.func)
        elif isinstance(node, ast.Name) and "rng" in node.id:
            binds.add(node.id)  # whoever draws from a generator leaves it changed
    return binds, reads


def _reads_within(table: symtable.SymbolTable) -> set[str]:
    """What functions, classes and comprehensions read of the cell's own names."""
    found: set[str] = set()
    for child in table.get_children():
        found |= {s.get_name() for s in child.get_symbols() if s.is_global()}
        found |= _reads_within(child)
    return found


def _root(node: ast.AST) -> set[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _names(code: str) -> tuple[set[str], set[str]]:
    try:
        return names(code)
    except SyntaxError:  # it is shown when that cell runs
        return set(), set()


def needed(cells: dict[int, str], target: int) -> list[int]:
    """The earlier cells that ``target`` builds on, in the order of the page.

    Parameters
    ----------
    cells
        Code by number; numbers grow down the page.
    target
        The cell to be run.
    """
    wanted = set(_names(cells[target])[1])
    earlier = {number: _names(code) for number, code in cells.items() if number < target}
    found: set[int] = set()
    while True:  # a function may read what is bound after it, so one pass is not enough
        more = {n for n, (binds, _) in earlier.items() if n not in found and binds & wanted}
        if not more:
            return sorted(found)
        found |= more
        wanted.update(*(earlier[number][1] for number in more))
