"""The numbers that live figures give, beside the library's."""

from __future__ import annotations

import re

import numpy as np
import pytest

from nnedu.data import bowl
from nnedu.live.contests import LOWEST, RUNNERS, places, races
from nnedu.optim import Optimizer
from nnedu.optim.rules import row
from nnedu.train import descend


def numbers(words: str) -> list[float]:
    """The numbers in a sentence, in its order."""
    high = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    plain = re.sub(r" · 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "e" + m[1].translate(high), words)
    found = re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?", plain.replace("−", "-"))
    return [float(each) for each in found]


def near(value):
    return pytest.approx(value, rel=6e-3)


@pytest.mark.parametrize(
    ("lr", "condition", "fate"), [(0.05, 30, "converges"), (0.09, 25, "diverges")]
)
def test_bowl(use, lr, condition, fate):
    query = f"#live-bowl?x=-0.8&y=0.6&lr={lr}&condition={condition}&updates=25"
    with use("bowl", query) as figure:
        words = figure.words
    path = descend(bowl(condition), np.array([-0.8, 0.6]), Optimizer("sgd", lr=lr), steps=25)
    assert fate in words
    given = numbers(words.replace("2/L", ""))
    expected = [lr, 2 / condition, 1 - lr, 1 - lr * condition, 25, 1.0, np.hypot(*path[-1])]
    assert given[:7] == [near(each) for each in expected]


@pytest.mark.parametrize("key", ["turned", "beale"])
def test_race(use, key):
    _, surface, start = places()[key]
    start = (start[0] + 0.05, start[1] - 0.05)
    with use("race", f"#live-race?surface={key}&x={start[0]}&y={start[1]}&times=0.5") as figure:
        words = figure.words
    lowest = min(surface.f(*minimum) for minimum in surface.minima)
    for name in RUNNERS:
        lr = 0.5 * races()[key]["rates"][name]
        path = descend(surface, np.array(start), Optimizer(name, lr=lr), steps=150)
        said = re.search(rf"\b{row(name).title} ([^(]*)\(lr ([^)]*)\)", words)
        assert numbers(said[2]) == [near(lr)]
        loss = surface.f(*path[-1]) - lowest
        if "below" in said[1]:
            assert loss < 1.01 * LOWEST
        else:
            assert numbers(said[1]) == [pytest.approx(loss, rel=0.06)]
