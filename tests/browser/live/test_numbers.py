"""The numbers that live figures give, beside the library's."""

from __future__ import annotations

import re

import numpy as np
import pytest

from nnedu.data import bowl
from nnedu.live.contests import LOWEST, RUNNERS, places, races
from nnedu.optim import Optimizer
from nnedu.optim.rules import row
from nnedu.optim.stability import best, iteration_matrix, rate
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


@pytest.mark.parametrize(
    ("rule", "h", "mu"), [("momentum", 0.5, 0.2), ("nesterov", 1.2, 0.7), ("momentum", 4, 0.5)]
)
def test_momentum(use, rule, h, mu):
    condition = 50.0
    query = f"#live-momentum?h={h}&momentum={mu}&condition={condition}&rule={rule}"
    with use("momentum", query) as figure:
        words = figure.words
    worst = max(rate(rule, c, lr=h / condition, momentum=mu) for c in (1.0, condition))
    tuned = best(rule, 1.0, condition)
    given = numbers(words)
    assert given[:3] == [near(h / condition), near(mu), pytest.approx(worst, rel=6e-4)]
    if worst > 1:
        assert "the run diverges" in words
    else:
        roots = [
            np.linalg.eigvals(iteration_matrix(rule, c, lr=h / condition, momentum=mu))
            for c in (1.0, condition)
        ]
        swings = [bool(np.iscomplex(each).any()) for each in roots]
        assert ("the flat direction swings" in words or "both directions swing" in words) == swings[
            0
        ]
        assert ("the steep one swings" in words or "both directions swing" in words) == swings[1]
        assert given[3] == pytest.approx(np.log(1e-6) / np.log(worst), abs=1.1)
    lr, momentum, fastest, plain = given[-4:]
    assert [lr, momentum] == [near(tuned["lr"]), near(tuned["momentum"])]
    at_best = max(rate(rule, c, **tuned) for c in (1.0, condition))
    assert fastest == pytest.approx(np.log(1e-6) / np.log(at_best), abs=1.1)
    assert plain == pytest.approx(np.log(1e-6) / np.log(49 / 51), abs=1.1)
