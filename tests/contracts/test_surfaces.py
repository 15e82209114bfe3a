"""Every surface in ``nnedu.data.SURFACES`` keeps these."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.data import SURFACES, Surface, bowl
from nnedu.gradcheck import check_gradient

TILTED = bowl(30, tilt=0.5)
pytestmark = pytest.mark.parametrize("surface", [*SURFACES, TILTED], ids=lambda s: s.name)


def points(surface: Surface, count: int) -> np.ndarray:
    (x0, x1), (y0, y1) = surface.window
    return np.random.default_rng(0).uniform([x0, y0], [x1, y1], size=(count, 2))


def test_gradient_agrees_with_finite_differences(surface: Surface) -> None:
    for point in points(surface, 20):
        assert check_gradient(surface, point).error < 1e-6


def test_minima_are_minima(surface: Surface) -> None:
    values = [surface(np.array(minimum))[0] for minimum in surface.minima]
    assert values
    assert max(values) - min(values) < 1e-12
    seen = points(surface, 4000)
    assert surface.f(seen[:, 0], seen[:, 1]).min() >= min(values) - 1e-12
    for minimum in surface.minima:
        assert np.abs(surface(np.array(minimum))[1]).max() < 1e-9
        for turn in np.linspace(0, 2 * np.pi, 8):
            near = np.array(minimum) + 1e-3 * np.array([np.cos(turn), np.sin(turn)])
            assert surface(near)[0] > min(values)


def test_start_and_minima_lie_in_the_window_and_apart(surface: Surface) -> None:
    low, high = np.array(surface.window).T
    for point in (surface.start, *surface.minima):
        assert (low <= point).all()
        assert (point <= high).all()
    value, g = surface(np.array(surface.start))
    assert value > surface(np.array(surface.minima[0]))[0]
    assert np.abs(g).max() > 1e-4, "nothing would move from here"


def test_arrays_give_the_numbers_of_their_points(surface: Surface) -> None:
    grid = points(surface, 12).reshape(3, 4, 2)
    values, (d_x, d_y) = (
        surface.f(grid[..., 0], grid[..., 1]),
        surface.df(grid[..., 0], grid[..., 1]),
    )
    for index in np.ndindex(3, 4):
        value, g = surface(grid[index])
        assert values[index] == pytest.approx(value, rel=1e-13, abs=1e-13)
        assert [d_x[index], d_y[index]] == pytest.approx(g, rel=1e-13, abs=1e-13)


def test_value_is_a_float_and_gradient_has_the_dtype(surface: Surface) -> None:
    value, g = surface(np.array(surface.start, np.float32))
    assert type(value) is float
    assert g.dtype == np.float32
    assert g.shape == (2,)


def test_wrong_points_are_refused(surface: Surface) -> None:
    with pytest.raises(ValueError, match=r"theta has shape \(3,\); expected \(2,\): a point"):
        surface(np.zeros(3))
    with pytest.raises(TypeError, match="theta has dtype int64"):
        surface(np.array([1, 1]))


def test_name_is_its_own(surface: Surface) -> None:
    assert [other.name for other in SURFACES].count(surface.name) == (surface is not TILTED)
