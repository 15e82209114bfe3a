"""What the page runs of the library, and the text that declares it all.

Functions that a listed one calls come along by themselves.
"""

import dataclasses
import inspect
import json
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from nnedu import schedules
from nnedu.data import surfaces
from nnedu.gradient_noise import batch_variance
from nnedu.live.translator import Translator
from nnedu.live.words import TranslationError
from nnedu.optim.rules import RULES
from nnedu.optim.schedule_free import schedule_free_average
from nnedu.optim.stability import best, limit

Thing = Callable[..., Any]

ROLES: dict[str, list[Thing]] = {
    "rules": [row.rule for row in RULES],
    "schedules": [getattr(schedules, name) for name in schedules.__all__],
    "surfaces": [surfaces.bowl],
    "facts": [limit, best, schedule_free_average, batch_variance],
}
"""Functions and classes, by what they are: each group is an object of the script's library."""


def declarations(things: Iterable[Thing]) -> str:
    """Translate functions and all they need.

    Parameters
    ----------
    things : iterable of functions and classes

    Returns
    -------
    str
        JavaScript declarations; what is needed stands before what needs it.

    Raises
    ------
    TranslationError
        If something has no translation, or two different things have one name.
    """
    texts: dict[str, str] = {}
    known: dict[str, Any] = {}

    def add(name: str, thing: Any) -> None:
        if name in known:
            if known[name] is not thing:
                raise TranslationError(
                    f"{name} is two different things in what is translated; expected one. Rename "
                    "one of them: all stand in one scope."
                )
            return
        known[name] = thing
        if not (inspect.isroutine(thing) or inspect.isclass(thing) or hasattr(thing, "cache_info")):
            texts[name] = f"const {name} = {literal(thing)};"
            return
        translator = Translator(thing)
        text = translator.javascript()
        for other, needed in translator.needs.items():
            add(other, needed)
        texts[name] = text

    for thing in things:
        add(thing.__name__, thing)
    return "\n".join(texts.values())


def literal(value: Any) -> str:
    """A value as JavaScript writes it; a dataclass is an object, a function is its name."""
    if dataclasses.is_dataclass(value):
        fields = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        return "{" + ", ".join(f"{name}: {literal(each)}" for name, each in fields) + "}"
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{json.dumps(k)}: {literal(each)}" for k, each in value.items()) + "}"
        )
    if isinstance(value, np.ndarray):
        return literal(value.tolist())
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if inspect.isfunction(value):
        return value.__name__
    return json.dumps(value)


def library() -> str:
    """The library of the page: ``const library = {rules: ..., schedules: ..., ...};``."""
    fixed = [surface for surface in surfaces.SURFACES if not surface.name.startswith("bowl")]
    parts = [each for surface in fixed for each in (surface.f, surface.df)]
    text = declarations([*(each for group in ROLES.values() for each in group), *parts])
    groups = [
        f"{role}: {{{', '.join(each.__name__ for each in group)}}}"
        for role, group in ROLES.items()
        if role != "surfaces"
    ]
    named = ", ".join(f"{surface.name.lower()}: {literal(surface)}" for surface in fixed)
    groups.append(f"surfaces: {{bowl, {named}}}")
    inner = "\n".join([text, f"return {{{', '.join(groups)}}};"])
    return f"const library = (() => {{\n{inner}\n}})();"
