"""Compression by hand, unbiased where it says so, and nothing is lost with feedback."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.distributed import int8, sign, top_k, with_feedback

COMPRESSORS = {"top_k": partial(top_k, k=3), "int8": int8, "sign": sign}


def test_top_k_by_hand() -> None:
    sent, nbytes = top_k(np.array([1.0, -5.0, 3.0, -3.0]), 2)
    assert sent.tolist() == [0, -5, 3, 0]  # of the two threes the earlier
    assert nbytes == 16


def test_int8_by_hand() -> None:
    sent, nbytes = int8(np.array([254.0, 1.0, 3.0, -5.1]))
    assert sent.tolist() == [254, 0, 4, -6]  # steps of 2, halves to even
    assert nbytes == 8
    assert int8(np.array([100.0, 1.2]), peak=254.0)[0].tolist() == [100, 2]


def test_int8_with_dice_is_right_on_average_and_without_them_is_not() -> None:
    g = np.full(20_000, 0.3)
    g[0] = 127.0
    dice = int8(g, rng=np.random.default_rng(0))[0][1:]
    assert set(dice.tolist()) == {0.0, 1.0}
    assert dice.mean() == pytest.approx(0.3, abs=0.02)
    assert int8(g)[0][1:].max() == 0


def test_sign_by_hand() -> None:
    sent, nbytes = sign(np.array([3.0, -1.0, 0.0, -4.0, 2.0, 2.0, 2.0, 2.0, 2.0]))
    assert sent.tolist() == [2, -2, 2, -2, 2, 2, 2, 2, 2]
    assert nbytes == 2 + 4


@pytest.mark.parametrize("name", COMPRESSORS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shape_and_dtype_are_kept_and_zero_is_zero(name: str, dtype: type) -> None:
    g = np.random.default_rng(0).normal(size=9).astype(dtype)
    before = g.copy()
    sent, _ = COMPRESSORS[name](g)
    assert sent.shape == g.shape
    assert sent.dtype == dtype
    np.testing.assert_array_equal(g, before)
    assert not COMPRESSORS[name](np.zeros(9, dtype))[0].any()


@given(seed=st.integers(0, 200))
@pytest.mark.parametrize("name", COMPRESSORS)
def test_what_arrives_and_what_is_remembered_add_up(name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    memory, total, arrived = np.zeros(9), np.zeros(9), np.zeros(9)
    for _ in range(20):
        g = rng.normal(size=9)
        sent, memory, nbytes = with_feedback(COMPRESSORS[name], g, memory)
        total += g
        arrived += sent
    np.testing.assert_allclose(arrived + memory, total, atol=1e-12)
    assert nbytes == COMPRESSORS[name](g)[1]


@given(seed=st.integers(0, 200))
@pytest.mark.parametrize("name", COMPRESSORS)
def test_no_compressor_makes_the_error_longer_than_the_gradient(name: str, seed: int) -> None:
    g = np.random.default_rng(seed).normal(size=30)
    assert np.linalg.norm(COMPRESSORS[name](g)[0] - g) < np.linalg.norm(g)


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="k is 5; expected at most 3"):
        top_k(np.ones(3), 5)
    with pytest.raises(ValueError, match="peak is 1"):
        int8(np.array([2.0]), peak=1.0)
    with pytest.raises(ValueError, match="Pass g"):
        sign(np.ones((2, 2)))
    with pytest.raises(TypeError, match="dtype int"):
        top_k(np.ones(3, int), 1)
    with pytest.raises(ValueError, match="memory has shape"):
        with_feedback(sign, np.ones(3), np.ones(2))
