"""Surfaces, by hand: values and curvatures that have names."""

import numpy as np
import pytest

from nnedu.data import BEALE, HIMMELBLAU, RASTRIGIN, ROSENBROCK, SADDLE, bowl
from nnedu.gradcheck import numerical_gradient


def hessian(surface, point) -> np.ndarray:
    rows = [
        numerical_gradient(lambda at, i=i: float(surface(at)[1][i]), np.array(point))
        for i in range(2)
    ]
    return np.array(rows)


def test_published_values() -> None:
    assert ROSENBROCK.f(-1.2, 1.0) == pytest.approx(24.2, rel=1e-14)
    assert BEALE.f(0.0, 0.0) == 1.5**2 + 2.25**2 + 2.625**2
    assert HIMMELBLAU.f(0.0, 0.0) == 170.0
    assert RASTRIGIN.f(1.0, 1.0) == pytest.approx(2.0, abs=1e-12)
    assert SADDLE.f(0.0, 1.0) == -0.25


@pytest.mark.parametrize("tilt", [0.0, 0.3, -1.0])
def test_bowl_has_the_curvatures_it_names_whatever_its_tilt(tilt: float) -> None:
    H = hessian(bowl(25, tilt=tilt), (0.3, -0.2))
    assert np.linalg.eigvalsh(H) == pytest.approx([1, 25], rel=1e-7)
    valley = np.array([np.cos(tilt), np.sin(tilt)])
    np.testing.assert_allclose(H @ valley, valley, atol=1e-6)


def test_saddle_is_strict() -> None:
    low, high = np.linalg.eigvalsh(hessian(SADDLE, (0.0, 0.0)))
    assert low == pytest.approx(-1, rel=1e-6)
    assert high == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("condition", [0.5, 0, -3, float("nan")])
def test_condition_below_one_is_refused(condition: float) -> None:
    with pytest.raises(ValueError, match=r"condition is .*; expected at least 1"):
        bowl(condition)
