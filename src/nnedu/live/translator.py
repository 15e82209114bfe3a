"""From a function's syntax tree to JavaScript: the page runs what the page shows.

What is translated is the small part of Python that rules, schedules and surfaces are written in:
arithmetic, NumPy's elementwise functions, calls, assignments, conditions and loops. A rule that
takes arrays becomes a function of numbers, to be called for each coordinate. Anything else is an
error that names the construct, the function and the line.

Checks of arguments are left out: statements that call a function whose result is None, and
``if ...: raise``. The controls of a figure keep their ranges.
"""

import ast
import builtins
import functools
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from nnedu.live.expressions import Expressions
from nnedu.live.words import safe


class Translator(Expressions):
    """One function or class, and the other ones that it turned out to need.

    Parameters
    ----------
    thing : function or class
        Defined in a ``.py`` file.

    Attributes
    ----------
    needs : dict of str to object
        Functions and constants of the module that the translation calls by name.
    """

    def __init__(self, thing: Callable[..., Any] | type) -> None:
        plain = inspect.unwrap(thing)
        self.thing = plain
        self.cached = isinstance(thing, functools._lru_cache_wrapper)
        lines, self.first_line = inspect.getsourcelines(plain)
        self.names = {**vars(builtins), **vars(inspect.getmodule(plain))}
        self.needs: dict[str, Any] = {}
        self.local: set[str] = set()
        self.tree = ast.parse(textwrap.dedent("".join(lines))).body[0]

    def javascript(self) -> str:
        """The declaration, ready to stand among others."""
        if isinstance(self.tree, ast.ClassDef):
            return self._class(self.tree)
        if not isinstance(self.tree, ast.FunctionDef):
            raise self._error(self.tree, "it is neither a function nor a class")
        text = self._function(self.tree)
        name = safe(self.tree.name)
        return f"const {name} = py.cache({text});" if self.cached else text

    # --- declarations -----------------------------------------------------------------------

    def _class(self, node: ast.ClassDef) -> str:
        words = {"__init__": "constructor", "__call__": "call"}
        methods = []
        for item in node.body:
            if isinstance(item, ast.FunctionDef):
                text = self._function(item, words.get(item.name, item.name), method=True)
                methods.append(textwrap.indent(text, "  "))
        return f"class {node.name} {{\n" + "\n".join(methods) + "\n}"

    def _function(
        self, node: ast.FunctionDef, name: str | None = None, *, method: bool = False
    ) -> str:
        outer, inside = self.local, set()
        given = [*node.args.posonlyargs, *node.args.args][1 if method else 0 :]
        taken = {a.arg for a in [*given, *node.args.kwonlyargs]}
        for each in _own(node):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                inside.add(each.id)
        nested = {each.name for each in _own(node) if isinstance(each, ast.FunctionDef)}
        self.local = outer | taken | inside | nested | ({"self"} if method else set())
        head = f"{name or safe(node.name)}({self._parameters(node, given)})"
        new = sorted(safe(each) for each in inside - taken)
        lines = [f"let {', '.join(new)};"] if new else []
        lines += self._block(node.body)
        self.local = outer
        body = textwrap.indent("\n".join(lines), "  ")
        return f"{'' if method else 'function '}{head} {{\n{body}\n}}"

    def _parameters(self, node: ast.FunctionDef, given: list[ast.arg]) -> str:
        if node.args.vararg or node.args.kwarg:
            raise self._error(node, "it takes *args or **kwargs")
        late = node.args.defaults
        defaults: list[ast.expr | None] = [None] * (len(given) - len(late)) + list(late)
        words = [self._parameter(a, d) for a, d in zip(given, defaults, strict=True)]
        if node.args.kwonlyargs:
            pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            inner = ", ".join(self._parameter(a, d) for a, d in pairs)
            optional = all(d is not None for d in node.args.kw_defaults)
            words.append(f"{{{inner}}}" + (" = {}" if optional else ""))
        return ", ".join(words)

    def _parameter(self, argument: ast.arg, default: ast.expr | None) -> str:
        name = safe(argument.arg)
        return name if default is None else f"{name} = {self._expression(default)}"

    # --- statements -------------------------------------------------------------------------

    def _block(self, body: list[ast.stmt]) -> list[str]:
        return [line for statement in body for line in self._statement(statement)]

    def _statement(self, node: ast.stmt) -> list[str]:
        if isinstance(node, ast.Expr):
            if isinstance(node.value, ast.Constant) or self._is_check(node.value):
                return []
            return [f"{self._expression(node.value)};"]
        if isinstance(node, ast.Return):
            return [f"return {self._expression(node.value)};" if node.value else "return;"]
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            return [f"{self._expression(node.targets[0])} = {self._expression(node.value)};"]
        if isinstance(node, ast.AnnAssign) and node.value:
            return [f"{self._expression(node.target)} = {self._expression(node.value)};"]
        if isinstance(node, ast.AugAssign):
            value = ast.BinOp(node.target, node.op, node.value)
            return [f"{self._expression(node.target)} = {self._expression(value)};"]
        if isinstance(node, ast.If):
            return self._if(node)
        if isinstance(node, ast.While):
            return [f"while ({self._expression(node.test)}) {{", *self._inner(node.body), "}"]
        if isinstance(node, ast.For):
            body = self._inner(node.body)
            if not body:  # a loop of checks
                return []
            head = f"for (const {self._expression(node.target)} of {self._expression(node.iter)})"
            return [f"{head} {{", *body, "}"]
        if isinstance(node, ast.With):  # a lock: JavaScript has one thread
            return self._block(node.body)
        if isinstance(node, ast.FunctionDef):
            return self._function(node).splitlines()
        raise self._error(node, f"{type(node).__name__} has no translation")

    def _inner(self, body: list[ast.stmt]) -> list[str]:
        return [f"  {line}" for line in self._block(body)]

    def _if(self, node: ast.If) -> list[str]:
        if len(node.body) == 1 and isinstance(node.body[0], ast.Raise) and not node.orelse:
            return []
        lines = [f"if ({self._expression(node.test)}) {{", *self._inner(node.body), "}"]
        if node.orelse:
            lines[-1] = "} else {"
            lines += [*self._inner(node.orelse), "}"]
        return lines

    def _is_check(self, node: ast.expr) -> bool:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            return False
        called = self.names.get(node.func.id)
        if not inspect.isfunction(called):
            return False
        return inspect.signature(called).return_annotation in (None, "None")


def _own(node: ast.FunctionDef) -> list[ast.AST]:
    """The nodes of a function that are not inside a function in it; those themselves included."""
    found: list[ast.AST] = []
    stack: list[ast.AST] = list(node.body)
    while stack:
        each = stack.pop()
        found.append(each)
        if not isinstance(each, ast.FunctionDef | ast.Lambda):
            stack.extend(ast.iter_child_nodes(each))
    return found
