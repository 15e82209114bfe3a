"""The numbers that live figures give, beside the library's."""

from __future__ import annotations

import re

import numpy as np
import pytest

from nnedu.data import bowl
from nnedu.optim import Optimizer
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
