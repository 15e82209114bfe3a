"""The words of Python and NumPy that have one in JavaScript.

Adding a function is adding its line to ``CALLS``; the texts of the arguments go in, the text of
the call comes out. ``tests/live`` holds what is made of them against Python.
"""

import ast
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnedu.schedules._numbers import number


class TranslationError(ValueError):
    """A construct without translation: the message names it, its function and its line."""


PRECEDENCE = {"*": 12, "/": 12, "+": 11, "-": 11}
BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
UNARY = {ast.USub: "-", ast.UAdd: "+", ast.Not: "!"}
COMPARE = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "===",
    ast.NotEq: "!==",
}

_RESERVED = """
await break case catch class const continue debugger default delete do else enum export extends
finally for function if import in instanceof let new return static super switch this throw try
typeof var void while with yield
"""
RESERVED = frozenset(_RESERVED.split())


def safe(name: str) -> str:
    """The name as JavaScript takes it: its reserved words get an underscore."""
    return f"{name}_" if name in RESERVED else name


def _math(word: str) -> Callable[..., str]:
    return lambda *arguments: f"Math.{word}({', '.join(arguments)})"


def _itself(value: str, *_: str) -> str:
    return value


CALLS: list[tuple[Any, Callable[..., str]]] = [
    (np.sqrt, _math("sqrt")),
    (np.abs, _math("abs")),
    (abs, _math("abs")),
    (np.sign, _math("sign")),
    (np.maximum, _math("max")),
    (np.minimum, _math("min")),
    (max, _math("max")),
    (min, _math("min")),
    (np.floor, _math("floor")),
    (np.cos, _math("cos")),
    (np.sin, _math("sin")),
    (np.exp, _math("exp")),
    (np.log, _math("log")),
    (np.tanh, _math("tanh")),
    (np.rint, lambda x: f"py.rint({x})"),
    (np.clip, lambda x, low, high: f"Math.min(Math.max({x}, {low}), {high})"),
    (np.where, lambda test, yes, no: f"(({test}) ? {yes} : {no})"),
    (np.searchsorted, lambda sorted_, x: f"py.countUpTo({sorted_}, {x})"),
    (np.asarray, _itself),
    (number, _itself),
    (float, _itself),
    (len, lambda x: f"{x}.length"),
]
"""What is called, and the text of the call."""

KEYWORDS = {np.searchsorted: ["side='right'"]}
"""Keywords that a form above already means; no other may stand in its call."""

CONSTANTS: list[tuple[Any, str]] = [
    (np.pi, "Math.PI"),
    (np.inf, "Infinity"),
    (math.inf, "Infinity"),
]
