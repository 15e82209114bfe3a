"""From a recording of layers to the text of two functions."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from math import prod

from nnedu.nn._record import PRODUCT, Recording

INDENT = "    "
LETTERS = "ijklmnopqr"

DEEPEST = 30
"""How far expressions may be written into one another."""


def layers_text(some: Recording, more: Recording, shapes: Sequence[tuple[int, ...]]) -> str:
    """``forward(theta, x) -> (y, *kept)`` and ``backward(theta, x, *kept, d_y, g)``.

    Parameters
    ----------
    some, more : Recording
        Of the same layers with two numbers of examples: sizes that differ are that number.
    shapes : sequence of tuple
        Those of the parameters, in the order in which they lie in ``theta``.

    Returns
    -------
    str
    """
    names = list(some.lines)
    writer = _Writer(some, more)
    after = writer.needed(names[some.forward :], some.gradients)
    read = {*map(_base, some.gradients), *writer.read(after)}
    kept = [name for name in names[: some.forward] if name in read]
    before = writer.needed(names[: some.forward], [some.output, *kept])
    stores = {f"g{i}": name for i, name in enumerate(some.gradients)}
    alike = {f"g{i}" for i, s in enumerate(shapes) if some.shapes[some.gradients[i]] == s}
    return "\n".join(
        [
            "def forward(theta, x):",
            *_views("p", "theta", shapes, {_base(some.output), *writer.read(before)}),
            *writer.statements(before, [some.output, *kept], {}, {}),
            f"{INDENT}return ({', '.join([some.output, *kept])},)",
            "",
            f"def backward({', '.join(['theta', 'x', *kept, 'd_y', 'g'])}):",
            *_views("p", "theta", shapes, read),
            *_views("g", "g", shapes, {f"g{i}" for i in range(len(shapes))}),
            *(writer.statements(after, some.gradients, stores, {}, alike) or [f"{INDENT}pass"]),
            "",
        ]
    )


def loss_text(some: Recording, more: Recording) -> str:
    """``loss(x, t) -> (known, value, d_x)``.

    ``known`` is whether every branch was the one taken in the trials; else there is no value.

    Parameters
    ----------
    some, more : Recording
        Of the same loss with two numbers of examples.

    Returns
    -------
    str
    """
    writer, branches = _Writer(some, more), some.branches or {}
    results = [some.output, *some.gradients]
    names = writer.needed(list(some.lines), [*results, *branches])
    return "\n".join(
        [
            "def loss(x, t):",
            *writer.statements(names, [*results, *branches], {}, branches),
            f"{INDENT}return True, {', '.join(results)}",
            "",
        ]
    )


def objective_text(kept: int) -> str:
    """``objective(theta, x, t, g) -> (known, value)``; the gradient is written where ``known``.

    Parameters
    ----------
    kept : int
        How many arrays forward keeps for backward.

    Returns
    -------
    str
    """
    arrays = "".join(f", k{i}" for i in range(kept))
    return f"""def objective(theta, x, t, g):
    y{arrays or ","} = forward(theta, x)
    known, value, d_y = loss(y, t)
    if known:
        backward(theta, x{arrays}, d_y, g)
    return known, value
"""


def _views(
    letter: str, vector: str, shapes: Sequence[tuple[int, ...]], used: set[str]
) -> list[str]:
    """Statements that give parts of a flat vector their names and shapes."""
    places = pairwise(accumulate(map(prod, shapes), initial=0))
    return [
        f"{INDENT}{letter}{i} = {vector}[{start}:{stop}]"
        + (f".reshape({shape})" if len(shape) != 1 else "")
        for i, ((start, stop), shape) in enumerate(zip(places, shapes, strict=True))
        if f"{letter}{i}" in used
    ]


def _base(name: str) -> str:
    """The array of which another may be the transpose."""
    return name.removesuffix(".T")


class _Writer:
    """Writes operations as statements."""

    def __init__(self, some: Recording, more: Recording) -> None:
        self.lines, self.shapes, self.other = some.lines, some.shapes, more.shapes

    def read(self, names: Iterable[str]) -> set[str]:
        """The arrays that operations read."""
        return {
            _base(argument)
            for name in names
            for argument in self.lines[name].arguments
            if isinstance(argument, str)
        }

    def needed(self, names: Sequence[str], results: Iterable[str]) -> list[str]:
        """Those of the operations that results follow from, in order."""
        wanted = {_base(name) for name in results}
        for name in reversed(names):
            if name in wanted:
                wanted |= self.read([name])
        return [name for name in names if name in wanted]

    def statements(
        self,
        names: Sequence[str],
        results: Sequence[str],
        stores: Mapping[str, str],
        branches: Mapping[str, bool],
        alike: Collection[str] = (),
    ) -> list[str]:
        """Operations in order; one of elements that is used once is written where it is used.

        ``stores`` are arrays that results are written to; a product goes at once to one that is
        ``alike`` in shape.
        ``branches`` are truth values that must be as they are here; else the function ends.
        """
        uses = Counter(map(_base, results))
        for name in names:
            uses.update(_base(each) for each in self.lines[name].arguments if isinstance(each, str))
        inside: set[str] = set()
        depth = dict.fromkeys(names, 0)
        for name in names:
            line = self.lines[name]
            if not line.elementwise or line.text.count("{0}") > 1:  # it would be written twice
                continue
            for argument in line.arguments:
                if (
                    isinstance(argument, str)
                    and argument in depth
                    and self.lines[argument].elementwise
                    and uses[argument] == 1
                    and self.shapes[argument] == self.shapes[name]
                    and depth[argument] < DEEPEST
                ):
                    inside.add(argument)
                    depth[name] = max(depth[name], depth[argument] + 1)
        found: list[str] = []
        at_once = set()
        for name in names:
            line = self.lines[name]
            if line.elementwise:
                found += [] if name in inside else self._loop(name, inside)
            else:
                call = line.text.format(*line.arguments)
                place = next((place for place, stored in stores.items() if stored == name), None)
                if line.text == PRODUCT and place in alike:
                    call = f"{call[:-1]}, {place})"
                    at_once.add(place)
                found.append(f"{name} = {call}")
            if name in branches:
                unlike = f"not {name}" if branches[name] else name
                found += [f"if {unlike}:", f"{INDENT}return False, 0.0, x"]
        found += [
            f"{place}[...] = {name}" for place, name in stores.items() if place not in at_once
        ]
        return [INDENT + line for line in found]

    def _loop(self, name: str, inside: set[str]) -> list[str]:
        """A loop over the elements of a result; none for a number."""
        if not self.shapes[name]:
            return [f"{name} = {self._element(name, '', inside)}"]
        sizes = [
            str(size) if size == other else "len(x)"
            for size, other in zip(self.shapes[name], self.other[name], strict=True)
        ]
        letters = LETTERS[: len(sizes)]
        shape = f"({', '.join(sizes)})" if len(sizes) > 1 else sizes[0]
        found = [f"{name} = np.empty({shape}, {self.lines[name].dtype})"]
        for depth, (letter, size) in enumerate(zip(letters, sizes, strict=True)):
            found.append(f"{INDENT * depth}for {letter} in range({size}):")
        element = f"{name}[{', '.join(letters)}]"
        found.append(f"{INDENT * len(sizes)}{element} = {self._element(name, letters, inside)}")
        return found

    def _element(self, name: str, letters: str, inside: set[str]) -> str:
        """What one element of a result is, in terms of elements of arrays."""
        line, texts = self.lines[name], []
        for argument in line.arguments:
            if not isinstance(argument, str) or argument not in self.shapes:
                number = str(argument).replace("inf", "np.inf").replace("nan", "np.nan")
                texts.append(f"{line.dtype.replace('np.bool_', 'real')}({number})")
            elif argument in inside:
                texts.append(f"({self._element(argument, letters, inside)})")
            else:
                shape = self.shapes[argument]
                at = [
                    letter if size > 1 else "0"  # numbers of examples are 2 and 3
                    for letter, size in zip(
                        letters[len(letters) - len(shape) :], shape, strict=True
                    )
                ]
                turned = argument.endswith(".T")
                place = ", ".join(reversed(at) if turned else at)
                texts.append(f"{_base(argument)}[{place}]" if place else argument)
        return line.text.format(*texts)
