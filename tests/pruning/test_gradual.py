"""The cubic schedule at the paper's own numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.pruning import cubic


def test_the_published_formula() -> None:
    # s_t = s_f + (s_i - s_f) (1 - (t - t_0) / (n dt))**3 for t in {t_0, t_0 + dt, ...}.
    s_i, s_f, t_0, n, dt = 0.1, 0.875, 2000, 100, 500
    for step in range(n + 1):
        t = t_0 + step * dt
        expected = s_f + (s_i - s_f) * (1 - (t - t_0) / (n * dt)) ** 3
        assert cubic(t, final=s_f, initial=s_i, start=t_0, total=n * dt) == pytest.approx(
            expected, rel=1e-14
        )


def test_by_hand() -> None:
    s = cubic(np.array([0, 5, 6, 7, 8, 9, 100]), final=0.64, total=4, start=5)
    # 1 - (3/4)**3 = 37/64, 1 - (1/2)**3 = 56/64, 1 - (1/4)**3 = 63/64 of the way.
    np.testing.assert_allclose(s, [0, 0, 0.37, 0.56, 0.63, 0.64, 0.64], rtol=1e-14, atol=1e-16)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.5, 1e4), st.floats(0, 1e4))
def test_ends_and_never_turns(initial: float, final: float, total: float, start: float) -> None:
    t = np.linspace(0, 2 * (start + total), 200)
    s = cubic(t, final=final, initial=initial, start=start, total=total)
    assert s[0] == pytest.approx(initial, abs=1e-12) or start < t[1]
    assert s[-1] == pytest.approx(final, abs=1e-12)
    assert (np.diff(s) * np.sign(final - initial) >= -1e-12).all()
    assert type(cubic(3, final=final, initial=initial, start=start, total=total)) is float


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"t": -1}, "t is -1"),
        ({"final": 1.5}, "final is 1.5"),
        ({"initial": float("nan")}, "initial is nan"),
        ({"total": 0}, "total is 0"),
        ({"power": -1}, "power is -1"),
        ({"start": -1}, "start is -1"),
    ],
)
def test_ranges(words: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cubic(**{"t": 1, "final": 0.5, "total": 10, **words})
