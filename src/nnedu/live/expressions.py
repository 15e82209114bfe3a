"""Expressions: arithmetic, conditions, calls, and the names they use."""

import ast
import dataclasses
import inspect
import json
from typing import Any

import numpy as np

from nnedu.live.words import (
    BINARY,
    CALLS,
    COMPARE,
    CONSTANTS,
    KEYWORDS,
    PRECEDENCE,
    UNARY,
    TranslationError,
    safe,
)


class Expressions:
    """The expressions of one function; ``names`` are its module's, ``local`` its own."""

    thing: Any
    first_line: int
    names: dict[str, Any]
    needs: dict[str, Any]
    local: set[str]

    def _expression(self, node: ast.expr, above: int = 0) -> str:
        """The text of an expression, in parentheses where what is around binds tighter."""
        text, binds = self._bound(node)
        return f"({text})" if binds < above else text

    def _bound(self, node: ast.expr) -> tuple[str, int]:
        if isinstance(node, ast.BinOp):
            return self._binary(node)
        if isinstance(node, ast.UnaryOp) and type(node.op) in UNARY:
            return UNARY[type(node.op)] + self._expression(node.operand, 15), 14
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARE:
            left, right = self._expression(node.left, 10), self._expression(node.comparators[0], 10)
            return f"{left} {COMPARE[type(node.ops[0])]} {right}", 9
        if isinstance(node, ast.BoolOp):
            word, level = ("&&", 5) if isinstance(node.op, ast.And) else ("||", 4)
            return f" {word} ".join(self._expression(each, 6) for each in node.values), level
        if isinstance(node, ast.IfExp):
            parts = [self._expression(each, 3) for each in (node.test, node.body, node.orelse)]
            return "{} ? {} : {}".format(*parts), 2
        if isinstance(node, ast.Lambda):
            names = {a.arg for a in node.args.args}
            self.local |= names
            inner = ", ".join(safe(a.arg) for a in node.args.args)
            return f"({inner}) => {self._expression(node.body, 2)}", 2
        return self._atom(node), 20

    def _binary(self, node: ast.BinOp) -> tuple[str, int]:
        if isinstance(node.op, ast.Pow):
            power = node.right.value if isinstance(node.right, ast.Constant) else None
            if power == 2 and isinstance(node.left, ast.Name):
                name = self._expression(node.left)
                return f"{name} * {name}", 12
            base, exponent = self._expression(node.left), self._expression(node.right)
            return (f"py.square({base})" if power == 2 else f"Math.pow({base}, {exponent})"), 20
        if type(node.op) not in BINARY:
            raise self._error(node, f"the operator {type(node.op).__name__} has no translation")
        word = BINARY[type(node.op)]
        level = PRECEDENCE[word]
        left, right = self._expression(node.left, level), self._expression(node.right, level + 1)
        return f"{left} {word} {right}", level

    def _atom(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant):
            return "null" if node.value is None else json.dumps(node.value)
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.Tuple | ast.List):
            return "[" + ", ".join(self._expression(each, 2) for each in node.elts) + "]"
        if isinstance(node, ast.Starred):
            return "..." + self._expression(node.value, 2)
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            inner = (f"{self._expression(k)}: {self._expression(v, 2)}" for k, v in pairs if k)
            return "{" + ", ".join(inner) + "}"
        if isinstance(node, ast.JoinedStr):
            return "".join(["`", *map(self._piece, node.values), "`"])
        if isinstance(node, ast.Subscript):
            return self._item(node)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        raise self._error(node, f"{type(node).__name__} has no translation")

    def _piece(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant):
            return str(node.value).replace("`", "\\`").replace("$", "\\$")
        assert isinstance(node, ast.FormattedValue)
        return f"${{py.text({self._expression(node.value)})}}"

    def _name(self, node: ast.Name) -> str:
        if node.id == "self" and "self" in self.local:
            return "this"
        if node.id not in self.local:
            found = self.names.get(node.id)
            if found is None:
                raise self._error(node, f"{node.id} is not known")
            if found is not float:  # a dtype, as in np.asarray(t, float): every number is one
                self.needs[node.id] = found
        return safe(node.id)

    def _item(self, node: ast.Subscript) -> str:
        base, at = self._expression(node.value, 20), node.slice
        if isinstance(at, ast.UnaryOp) and isinstance(at.op, ast.USub):
            return f"{base}[{base}.length - {self._expression(at.operand)}]"
        return f"{base}[{self._expression(at)}]"

    def _attribute(self, node: ast.Attribute) -> str:
        found = self._value(node)
        if found is not None:
            for constant, text in CONSTANTS:
                if found is constant:
                    return text
            raise self._error(node, f"{ast.unparse(node)} has no translation")
        return f"{self._expression(node.value, 20)}.{node.attr}"

    def _value(self, node: ast.expr) -> Any:
        """What an expression such as ``np.cos`` names in the module; None for what is local."""
        if isinstance(node, ast.Name):
            if node.id in self.local:
                return None
            return self.names.get(node.id)
        if isinstance(node, ast.Attribute):
            base = self._value(node.value)
            return getattr(base, node.attr, None) if inspect.ismodule(base) else None
        return None

    def _call(self, node: ast.Call) -> str:
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("append", "max"):
            base = self._expression(node.func.value, 20)
            if node.func.attr == "append":
                return f"{base}.push({self._expression(node.args[0], 2)})"
            if not node.args and [k.arg for k in node.keywords] == ["initial"]:  # of one number
                return f"Math.max({base}, {self._expression(node.keywords[0].value, 2)})"
        found = self._value(node.func)
        words = [self._expression(each, 2) for each in node.args]
        for called, form in CALLS:
            if found is called:
                if [ast.unparse(k) for k in node.keywords] not in ([], KEYWORDS.get(called)):
                    raise self._error(node, f"{ast.unparse(node)} has no translation")
                return form(*words)
        if isinstance(found, np.ufunc) or inspect.isbuiltin(found):
            raise self._error(node, f"{ast.unparse(node.func)} has no translation")
        if inspect.isclass(found) and dataclasses.is_dataclass(found):
            names = [field.name for field in dataclasses.fields(found)]
            pairs = [*zip(names, words, strict=False), *self._keywords(node)]
            return "{" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}"
        keywords = ", ".join(
            name if name == value else f"{name}: {value}" for name, value in self._keywords(node)
        )
        words += [f"{{{keywords}}}"] if keywords else []
        return f"{self._expression(node.func, 20)}({', '.join(words)})"

    def _keywords(self, node: ast.Call) -> list[tuple[str, str]]:
        if any(k.arg is None for k in node.keywords):
            raise self._error(node, "it is called with **")
        return [(str(k.arg), self._expression(k.value, 2)) for k in node.keywords]

    def _error(self, node: ast.AST, why: str) -> TranslationError:
        line = getattr(node, "lineno", 1) + self.first_line - 1
        return TranslationError(f"{self.thing.__qualname__}, line {line}: {why}.")
