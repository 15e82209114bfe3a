"""Do two outputs agree, and if not, how do they differ?

An output is the lines that `nnedu.lesson.show` printed: ``label: float64 (3,) [0.1 -0.5 2.0]``.
Everything but the numbers must match exactly: label, dtype, shape, text. Numbers must agree
within the tolerance that the check states.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_NUMBER = re.compile(r"(?<![\w.])([-+]?(?:\d+(?:\.\d*)?(?:e[-+]?\d+)?|nan|inf))(?![\w.])")
_ARRAY = re.compile(r"(?P<dtype>[a-z]+\d*|<U\d+) (?P<shape>\([\d, ]*\)) (?P<values>.*)")


@dataclass(frozen=True)
class Tolerance:
    """Numbers agree when they differ by at most ``atol + rtol * abs(expected)``."""

    rtol: float = 1e-5
    atol: float = 1e-8
    nan_agrees: bool = False  # with NaN; to recognise a mistake, never for points

    def agree(self, expected: float, got: float) -> bool:
        """Say whether two numbers agree; NaN agrees with nothing unless that is asked for.

        Examples
        --------
        >>> Tolerance().agree(0.1, 0.100001), Tolerance().agree(0.1, 0.10001)
        (True, False)
        >>> Tolerance().agree(math.nan, math.nan)
        False
        """
        if expected == got or (self.nan_agrees and math.isnan(expected) and math.isnan(got)):
            return True
        if not (math.isfinite(expected) and math.isfinite(got)):
            return False
        # One unit in the sixth printed digit may be exactly rtol: allow the last bits of it.
        return abs(got - expected) <= (self.atol + self.rtol * abs(expected)) * (1 + 1e-9)


@dataclass(frozen=True)
class Difference:
    """How an output differs.

    Parameters
    ----------
    label : str
        Of the first line that differs.
    summary : str
        What differs, without any expected value.
    expected, got : str
        The two lines; empty where one is missing. Not to be shown for hidden inputs.
    """

    label: str
    summary: str
    expected: str = ""
    got: str = ""


def lines_of(text: str) -> list[str]:
    """Return the lines of an output that have the form of those that `show` prints.

    Everything else, such as a framework's warning, is nobody's answer.

    Examples
    --------
    >>> lines_of("x: 0.5\\nWARNING:tensorflow:slow\\nhere\\n")
    ['x: 0.5']
    """
    lines = (line.rstrip() for line in text.split("\n"))
    return [line for line in lines if re.match(r"[^:]+:( |$)", line)]


def label_of(line: str) -> str:
    """Return what stands before the colon."""
    return line.partition(":")[0]


def difference(expected: list[str], got: list[str], tolerance: Tolerance) -> Difference | None:
    """Return how `got` differs from `expected`, or None if they agree.

    Lines whose label the reference never prints are left out: a print for debugging costs
    nothing, and gains nothing.

    Examples
    --------
    >>> difference(["x: 0.5"], ["debug: 3", "x: 0.500001"], Tolerance()) is None
    True
    >>> right, mine = "x: float64 (2,) [1.0 2.0]", "x: float64 (2,) [1.0 2.5]"
    >>> found = difference([right], [mine], Tolerance())
    >>> found.summary
    'entry (1,) of x is wrong, by about 2e-01 of its size (1 of 2 entries is wrong)'
    """
    labels = {label_of(line) for line in expected}
    got = [line for line in got if label_of(line) in labels]
    for number, line in enumerate(expected):
        label = label_of(line)
        if number >= len(got):
            return Difference(label, f"{label} was not printed", line)
        if label_of(got[number]) != label:
            return Difference(label, f"expected {label} here", line, got[number])
        summary = _line_difference(label, line, got[number], tolerance)
        if summary:
            return Difference(label, summary, line, got[number])
    if len(got) > len(expected):
        label = label_of(got[len(expected)])
        return Difference(label, f"{label} was printed too often", "", got[len(expected)])
    return None


def _line_difference(label: str, expected: str, got: str, tolerance: Tolerance) -> str:
    """Say how two lines with one label differ; nothing if they agree."""
    expected, got = (line.partition(": ")[2] for line in (expected, got))
    a, b = _ARRAY.fullmatch(expected), _ARRAY.fullmatch(got)
    if (a is None) != (b is None):
        kinds = [f"an array of shape {m['shape']}" if m else "a single value" for m in (b, a)]
        return f"{label} is {kinds[0]}; expected {kinds[1]}"
    if a is not None and b is not None:
        texts = a["dtype"].startswith("<U") and b["dtype"].startswith("<U")
        for what in ("shape",) if texts else ("shape", "dtype"):  # <U5: the longest has 5 letters
            if a[what] != b[what]:
                return f"{label} has {what} {b[what][:40]}; expected {a[what]}"
        return _values_difference(label, a["values"], b["values"], a["shape"], tolerance)
    return _values_difference(label, expected, got, "", tolerance)


def _values_difference(label: str, expected: str, got: str, shape: str, tol: Tolerance) -> str:
    """Compare numbers within the tolerance and the text between them exactly."""
    a, b = _NUMBER.split(expected), _NUMBER.split(got)
    if a[::2] != b[::2]:
        entries = list(zip(expected[1:-1].split(" "), got[1:-1].split(" "), strict=False))
        if shape and expected.count(" ") == got.count(" ") > 0:
            places = [place for place, (right, mine) in enumerate(entries) if right != mine]
            return _entries(label, places, len(entries), shape, "differs from the expected one")
        if _kind(got) == _kind(expected):
            return f"{label} differs from the expected one"
        return f"{label} is {_kind(got)}; expected {_kind(expected)}"
    wrong = [i for i in range(1, len(a), 2) if not _numbers_agree(a[i], b[i], tol)]
    if not wrong:
        return ""
    how = _size(float(a[wrong[0]]), float(b[wrong[0]]))
    return _entries(label, [i // 2 for i in wrong], len(a) // 2, shape, how)


def _entries(label: str, places: list[int], total: int, shape: str, how: str) -> str:
    """Say how the first of some wrong entries differs, and how many there are."""
    if total == 1:
        return f"{label} {how}"
    count = f"{len(places)} of {total} entries {'is' if len(places) == 1 else 'are'} wrong"
    return f"entry {_position(places[0], shape)} of {label} {how} ({count})"


def _numbers_agree(expected: str, got: str, tolerance: Tolerance) -> bool:
    """Compare two written numbers: whole ones exactly, as soon as both are whole."""
    if not any(mark in expected + got for mark in ".en"):
        return expected == got
    return tolerance.agree(float(expected), float(got))


def _position(index: int, shape: str) -> str:
    """Return the index of an entry in an array whose entries were written row by row."""
    sizes = [int(size) for size in re.findall(r"\d+", shape)]
    if not sizes:
        return str(index)
    position: list[int] = []
    for size in reversed(sizes):
        index, rest = divmod(index, max(size, 1))
        position.insert(0, rest)
    return f"({', '.join(map(str, position))}{',' if len(position) == 1 else ''})"


def _size(expected: float, got: float) -> str:
    """Say how wrong a number is without saying what is right."""
    if math.isnan(got):
        return "is NaN"
    if math.isinf(got) and not math.isinf(expected):
        return "is infinite"
    if not math.isfinite(expected):
        return "is finite and should not be"
    if expected * got < 0 and abs(got + expected) <= 1e-4 * abs(expected):
        return "has the wrong sign"
    if expected == 0:
        return "should be zero"
    error = abs(got - expected) / abs(expected)
    return f"is wrong, by about {error:.0e} of its size"


def _kind(text: str) -> str:
    """Say what kind of value a text is."""
    if text in ("True", "False"):
        return "a truth value"
    return "a number" if _NUMBER.fullmatch(text) else "a text"
