"""The Python side of live code: run a page's cells, each after those that it builds on.

This file, ``needs.py`` and ``show.py`` travel to the reader's browser and run there in Pyodide,
beside nnedu itself; the tests run them in CPython. They need the standard library only, and touch
Pyodide nowhere.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import json
import linecache
import logging
import os
import sys
import time
import traceback
import types
from typing import Any

from . import show
from .needs import needed
from .show import Emit

# What may be loaded when an import fails for want of it: the import's name and the package's.
ON_DEMAND = {"matplotlib": "matplotlib", "sklearn": "scikit-learn", "scipy": "scipy"}
HERE = os.path.dirname(__file__)


class Page:
    """One page's cells, what has been run of them, and the names they share."""

    def __init__(self) -> None:
        self.ran: dict[int, tuple[int, str]] = {}  # by number: when, and the text that ran
        self.clock = 0
        self.namespace = fresh()

    def plan(self, cells: dict[int, str], target: int) -> list[int]:
        """What to run for ``target``, itself included, last.

        A cell that was run counts as long as its text is what ran, and nothing that it may build
        on ran after it.
        """
        todo, newest = [], 0
        for number in needed(cells, target):
            when, text = self.ran.get(number, (0, None))
            if todo or text != cells[number] or when < newest:
                todo.append(number)
            newest = max(newest, when)
        return [*todo, target]

    def run(self, number: int, code: str, emit: Emit) -> str | None:
        """Run one cell; None if all went well, a package's name if one has to be loaded first.

        Raises
        ------
        CellError
            If the cell raised; its text is the traceback, without this file's lines.
        """
        try:
            run(number, code, self.namespace, emit)
        except BaseException as error:
            missing = missing_package(error)
            if missing:
                return missing
            self.ran.pop(number, None)
            raise CellError(_traceback(error)) from None
        self.clock += 1
        self.ran[number] = (self.clock, code)
        return None


class CellError(Exception):
    """A cell raised; the text is its traceback."""


def missing_package(error: BaseException | None) -> str | None:
    """The package to load, if an import failed for want of one of those that can be loaded."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            top = error.name.partition(".")[0]
            if top in ON_DEMAND and top not in sys.modules:
                return ON_DEMAND[top]
        error = error.__cause__ or error.__context__
    return None


def fresh() -> dict[str, Any]:
    """The names a page begins with."""
    return {"__name__": "__main__", "__builtins__": builtins}


def run(number: int, code: str, namespace: dict[str, Any], emit: Emit) -> None:
    """Run a cell as a notebook does: the value of a last expression is shown."""
    name = f"<cell {number}>"
    # So that tracebacks show its lines, and functions defined in it have a source.
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    tree = ast.parse(code, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    show.To.emit = emit
    with contextlib.redirect_stdout(_Out(emit)), contextlib.redirect_stderr(_Out(emit)):
        exec(compile(tree, name, "exec"), namespace)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), name, "eval"), namespace)
            if value is not None:
                namespace["_"] = value
                show.display(value)
    for data in show.open_figures():
        emit("image", data)


class _Out(io.TextIOBase):
    """Text that a cell prints, handed on as it comes."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text:
            self._emit("text", text)
        return len(text)


def _traceback(error: BaseException) -> str:
    """The lines of the cells and of the libraries, without those of this file."""
    if isinstance(error, SyntaxError):
        return "".join(traceback.format_exception_only(error)).rstrip()
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if os.path.dirname(f.filename) != HERE
    ]
    first = next((i for i, f in enumerate(frames) if f.filename.startswith("<cell ")), 0)
    lines = ["Traceback (most recent call last):\n", *traceback.format_list(frames[first:])]
    return "".join(lines + traceback.format_exception_only(error)).rstrip()


class _Worker:
    """The one page of a worker."""

    page: Page


def begin() -> None:
    """Get ready, in the worker."""
    os.environ["MPLBACKEND"] = "agg"
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # that it looks for fonts
    show.stand_in_for_ipython()
    page = _Worker.page = Page()
    sys.modules["__main__"] = types.ModuleType("__main__")  # what cells define says it is there
    vars(sys.modules["__main__"]).update(page.namespace)
    page.namespace = vars(sys.modules["__main__"])


def plan(cells: str, target: int) -> str:
    """:meth:`Page.plan` in JSON."""
    decoded = {int(number): code for number, code in json.loads(cells).items()}
    return json.dumps(_Worker.page.plan(decoded, target))


def run_cell(number: int, code: str, emit: Emit) -> str:
    """:meth:`Page.run` in JSON: seconds, and an error's text or the package that is missing."""
    started = time.perf_counter()
    said: dict[str, Any] = {}
    try:
        said["missing"] = _Worker.page.run(number, code, emit)
    except CellError as error:
        said["error"] = str(error)
    return json.dumps(said | {"seconds": time.perf_counter() - started})
