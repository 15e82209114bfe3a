"""Intervals of paired differences and of shares, by hand and beside SciPy, and their verdicts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnedu.contests.capstone import MARGIN
from nnedu.contests.intervals import paired, verdict, wilson


def test_intervals_by_hand() -> None:
    low, mean, high = paired(np.array([0.03, 0.04, 0.05]), np.zeros(3))
    assert mean == pytest.approx(0.04)
    assert high - mean == pytest.approx(4.303 * 0.01 / math.sqrt(3))
    assert mean - low == pytest.approx(high - mean)
    low, high = wilson(0, 10)
    assert low == pytest.approx(0, abs=1e-12)
    assert high == pytest.approx(1.96**2 / (10 + 1.96**2))
    for right, of in ((5, 0), (11, 10)):
        with pytest.raises(ValueError, match="expected"):
            wilson(right, of)
    with pytest.raises(ValueError, match="1 pairs"):
        paired(np.ones(1), np.ones(1))


def test_students_quantiles_are_students() -> None:
    from scipy.stats import t

    for S in range(2, 31):
        d = np.zeros(S)
        d[0] = 1.0
        _, mean, high = paired(d, np.zeros(S))
        half = t.ppf(0.975, S - 1) * d.std(ddof=1) / math.sqrt(S)
        assert high - mean == pytest.approx(half, rel=3e-4)


def test_verdicts() -> None:
    assert verdict(-MARGIN, MARGIN, MARGIN) == "equivalent"
    assert verdict(0.001, 0.009, MARGIN) == "equivalent"  # certain, and of no consequence
    assert verdict(0.001, 0.02, MARGIN) == "better"
    assert verdict(-0.02, -0.001, MARGIN) == "worse"
    assert verdict(-0.02, 0.001, MARGIN) == "inconclusive"
