"""Ranges: by hand, and the least error against a search of one's own."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.quantization import affine, fake_quantize, least_error, min_max, percentile, symmetric

X = np.random.default_rng(0).standard_t(2, size=(400, 3)) * [1, 10, 0.1] + [0, 5, 0]


@pytest.mark.parametrize("f", [min_max, percentile, least_error])
def test_channels_are_calibrated_alone(f) -> None:
    for axis, x in ((1, X), (0, X.T.copy()), (-1, X)):
        low, high = f(x, axis=axis)
        for c in range(3):
            alone = f(X[:, c])
            assert alone[0].shape == ()
            assert (low[c], high[c]) == alone


def test_min_max_and_percentile_by_hand() -> None:
    x = np.arange(101.0)[::-1].reshape(1, 101)
    assert min_max(x) == (0, 100)
    low, high = percentile(x, share=0.75)
    assert (float(low), float(high)) == (12.5, 87.5)
    assert percentile(x, share=1.0) == (0, 100)


def test_percentile_holds_its_share() -> None:
    x = X[:, 0]
    for share in (0.5, 0.9, 0.99):
        low, high = percentile(x, share=share)
        assert np.mean((x >= low) & (x <= high)) == pytest.approx(share, abs=2 / x.size)
        assert np.mean(x < low) == pytest.approx((1 - share) / 2, abs=1 / x.size)


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_least_error_is_the_least_of_all_candidates(bits: int) -> None:
    x = X[:, 1]
    widest = np.abs(x).max()

    def error(grid) -> float:
        return float(np.mean((fake_quantize(x, grid)[0] - x) ** 2))

    each = [error(symmetric(widest * i / 50, bits=bits)) for i in range(1, 51)]
    low, high = least_error(x, bits=bits, sym=True, candidates=50)
    assert float(high) == pytest.approx(widest * (1 + int(np.argmin(each))) / 50, rel=1e-14)
    assert low == -high
    start, end = min(x.min(), 0), max(x.max(), 0)
    each = [error(affine(start * i / 50, end * i / 50, bits=bits)) for i in range(1, 51)]
    found = affine(*least_error(x, bits=bits, candidates=50), bits=bits)
    assert error(found) == pytest.approx(min(each), rel=1e-14)
    assert error(found) <= error(affine(*min_max(x), bits=bits))


def test_few_bits_and_outliers_want_clipping() -> None:
    shares = [float(least_error(X[:, 0], bits=b, sym=True)[1]) for b in (2, 4, 6, 8)]
    assert shares == sorted(shares)
    assert shares[0] < 0.5 * np.abs(X[:, 0]).max()


def test_errors() -> None:
    with pytest.raises(ValueError, match="share is 99; expected a share"):
        percentile(X, share=99)
    with pytest.raises(ValueError, match="expected at least one example"):
        min_max(np.ones((0, 2)))
