"""The Python side of live code: decide which cells to run, run them, and show what they return.

This file travels to the reader's browser and runs there in Pyodide, beside nnedu itself; the
tests run it in CPython. It needs the standard library only, and touches Pyodide nowhere.
"""

from __future__ import annotations

import ast
import base64
import builtins
import contextlib
import html
import io
import json
import linecache
import logging
import os
import re
import symtable
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterable
from typing import Any

Emit = Callable[[str, str], None]  # what kind it is ("text", "html" or "image"), and the thing

# What may be loaded when an import fails for want of it: the import's name and the package's.
ON_DEMAND = {"matplotlib": "matplotlib", "sklearn": "scikit-learn", "scipy": "scipy"}
MUTATE = {"append", "extend", "insert", "update", "setdefault", "add", "remove", "pop", "popitem"}
MUTATE |= {"clear", "sort", "reverse", "fill", "shuffle", "put", "write"}
KINDS = ("text/html", "image/svg+xml", "image/png", "text/markdown", "text/plain")
LONGEST = 20_000  # characters of one text that are shown


# ------------------------------------------------------------------ which cells a cell needs


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


# ------------------------------------------------------------------ running a cell


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
    _Now.emit = emit
    with contextlib.redirect_stdout(_Out(emit)), contextlib.redirect_stderr(_Out(emit)):
        exec(compile(tree, name, "exec"), namespace)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), name, "eval"), namespace)
            if value is not None:
                namespace["_"] = value
                display(value)
    for data in _open_figures():
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
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
    first = next((i for i, f in enumerate(frames) if f.filename.startswith("<cell ")), 0)
    lines = ["Traceback (most recent call last):\n", *traceback.format_list(frames[first:])]
    return "".join(lines + traceback.format_exception_only(error)).rstrip()


def _open_figures() -> Iterable[str]:
    """Figures that a cell left open with pyplot, as PNG in base64."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    for number in pyplot.get_fignums():
        out = io.BytesIO()
        pyplot.figure(number).savefig(out, format="png", dpi=110, bbox_inches="tight")
        pyplot.close(number)
        yield base64.b64encode(out.getvalue()).decode()


# ------------------------------------------------------------------ showing a value


class _Now:
    """Where what is shown goes, and the page that runs: there is one in a worker."""

    emit: Emit
    page: Page


def display(*values: Any) -> None:
    """Show values as a notebook does."""
    for value in values:
        bundle = mime_bundle(value)
        kind = next(kind for kind in KINDS if kind in bundle)
        data = bundle[kind]
        if kind == "text/plain":
            cut = f"{data[:LONGEST]}\n… {len(data) - LONGEST:,} characters more"
            _Now.emit("text", (data if len(data) <= LONGEST else cut) + "\n")
        elif kind == "image/png":
            _Now.emit("image", data if isinstance(data, str) else base64.b64encode(data).decode())
        else:
            _Now.emit("html", markdown(data) if kind == "text/markdown" else _fonts(data))


def _fonts(svg: str) -> str:
    """Matplotlib before 3.9 writes size and family as one; the page's family makes that invalid."""
    return re.sub(
        r"font: ((?:[a-z]+ )*)(\d+ )?([\d.]+px) inherit",
        lambda m: f"font-size: {m[3]}" + (f"; font-weight: {m[2].strip()}" if m[2] else ""),
        svg,
    )


def mime_bundle(value: Any) -> dict[str, Any]:
    """The forms in which a value can be shown."""
    bundle = {"text/plain": repr(value)}
    method = getattr(value, "_repr_mimebundle_", None)
    if method is not None and not isinstance(value, type):
        made = method()
        bundle |= made[0] if isinstance(made, tuple) else made
    for kind, name in (
        ("text/html", "_repr_html_"),
        ("image/svg+xml", "_repr_svg_"),
        ("image/png", "_repr_png_"),
        ("text/markdown", "_repr_markdown_"),
    ):
        method = getattr(value, name, None)
        if method is not None and not isinstance(value, type):
            made = method()
            if made is not None:
                bundle[kind] = made
    return bundle


def _inline(text: str) -> str:
    """Code, bold, maths and links to the glossary, within a line of Markdown."""
    text = re.sub(r"\s*\{cite(?::\w+)?\}`[^`]*`", "", text)  # the page has the references
    text = re.sub(r"\{\w+(?::\w+)?\}`([^`<]*?)\s*(?:<[^`]*>)?`", r"\1", text)
    parts = re.split(r"(`[^`]+`|\$[^$\n]+\$)", text)
    for i, part in enumerate(parts):
        if i % 2:
            inner = html.escape(part[1:-1], quote=False)
            parts[i] = f"<code>{inner}</code>" if part[0] == "`" else rf"\({inner}\)"
        else:
            part = html.escape(part, quote=False)
            part = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", part)
            parts[i] = re.sub(r"(?<![\w*])\*(?!\s)(.+?)\*(?!\w)", r"<em>\1</em>", part)
    return "".join(parts)


def _table(lines: list[str]) -> str:
    def row(line: str, tag: str) -> str:
        cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
        return "".join(f"<{tag}>{_inline(c.strip())}</{tag}>" for c in cells)

    body = "".join(f"<tr>{row(line, 'td')}</tr>" for line in lines[2:])
    return f"<table><thead><tr>{row(lines[0], 'th')}</tr></thead><tbody>{body}</tbody></table>"


def markdown(text: str) -> str:
    """As much of Markdown as the book's cells write: tables, fences, boxes and paragraphs."""
    lines, blocks = text.splitlines(), []
    while lines:
        if not lines[0].strip():
            lines.pop(0)
            continue
        fence = re.match(r"(`{3,}|:{3,})\s*(\{\w+\}|\w*)\s*(.*)", lines[0])
        if fence:
            end = next((i for i, s in enumerate(lines) if i and s.rstrip() == fence[1]), len(lines))
            inner, lines = lines[1:end], lines[end + 1 :]
            if fence[2].startswith("{"):
                inner = [s for s in inner if not re.match(r":\w+:", s)]
                title = f'<p class="nnedu-run-title">{_inline(fence[3])}</p>' if fence[3] else ""
                inside = title + markdown("\n".join(inner))
                blocks.append(f'<div class="nnedu-run-box">{inside}</div>')
            else:
                shown = html.escape("\n".join(inner), quote=False)
                blocks.append(f'<pre tabindex="0">{shown}</pre>')
            continue
        end = next((i for i, s in enumerate(lines) if not s.strip()), len(lines))
        block, lines = lines[:end], lines[end:]
        if len(block) > 1 and re.fullmatch(r"[\s|:-]+", block[1]) and "|" in block[0]:
            blocks.append(_table(block))
        else:
            blocks.append(f"<p>{_inline(' '.join(block))}</p>")
    return "".join(blocks)


# ------------------------------------------------------------------ what a notebook brings


def _form(kind: str) -> type:
    """A class of IPython.display: text that says what it is."""

    class Form:
        def __init__(self, data: Any = "", **_: Any) -> None:
            self.data = data

        def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
            return {kind: self.data}

    return Form


def stand_in_for_ipython() -> None:
    """Cells import a few names of IPython, which is large; here they are these."""
    shell, shown = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    for name, kind in (("HTML", "text/html"), ("Markdown", "text/markdown")):
        setattr(shown, name, _form(kind))
    shown.SVG = _form("image/svg+xml")  # type: ignore[attr-defined]
    shown.display = display  # type: ignore[attr-defined]
    shell.display = shown  # type: ignore[attr-defined]
    shell.get_ipython = lambda: None  # type: ignore[attr-defined]
    shell.version_info = (9, 0, 0)  # type: ignore[attr-defined]  # matplotlib looks at it
    sys.modules |= {"IPython": shell, "IPython.display": shown}


# ------------------------------------------------------------------ what the worker calls


def begin() -> None:
    """Get ready, in the worker."""
    os.environ["MPLBACKEND"] = "agg"
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # that it looks for fonts
    stand_in_for_ipython()
    page = _Now.page = Page()
    sys.modules["__main__"] = types.ModuleType("__main__")  # what cells define says it is there
    vars(sys.modules["__main__"]).update(page.namespace)
    page.namespace = vars(sys.modules["__main__"])


def plan(cells: str, target: int) -> str:
    """:meth:`Page.plan` in JSON."""
    decoded = {int(number): code for number, code in json.loads(cells).items()}
    return json.dumps(_Now.page.plan(decoded, target))


def run_cell(number: int, code: str, emit: Emit) -> str:
    """:meth:`Page.run` in JSON: seconds, and an error's text or the package that is missing."""
    started = time.perf_counter()
    said: dict[str, Any] = {}
    try:
        said["missing"] = _Now.page.run(number, code, emit)
    except CellError as error:
        said["error"] = str(error)
    return json.dumps(said | {"seconds": time.perf_counter() - started})
