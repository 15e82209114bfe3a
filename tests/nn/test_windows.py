"""Windows: where they lie, and what each place collects on the way back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.nn.windows import window_places, windows


@given(length=st.integers(1, 40), size=st.integers(1, 8), stride=st.integers(1, 6))
def test_same_gives_one_window_for_each_stride_and_pads_more_after(length, size, stride) -> None:
    count, before, after = window_places(length, size, stride, "same")
    assert count == -(-length // stride)
    assert 0 <= after - before <= 1
    # Not one place more than needed.
    assert before + after == 0 or (count - 1) * stride + size == length + before + after


@pytest.mark.parametrize(
    ("length", "size", "stride", "padding", "expected"),
    [
        (5, 3, 1, "valid", (3, 0, 0)),
        (6, 3, 2, "valid", (2, 0, 0)),  # the last place lies in no window
        (6, 3, 2, "same", (3, 0, 1)),
        (6, 3, 2, 1, (3, 1, 1)),  # PyTorch's usual: as many, but not the same ones
        (7, 3, 2, "same", (4, 1, 1)),
        (5, 2, 1, "same", (5, 0, 1)),
        (3, 1, 3, "same", (1, 0, 0)),
    ],
)
def test_places_by_hand(length, size, stride, padding, expected) -> None:
    assert window_places(length, size, stride, padding) == expected


@given(
    shape=st.tuples(st.integers(1, 2), st.integers(3, 7), st.integers(3, 7), st.integers(1, 2)),
    size=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.sampled_from(["valid", "same", 1]),
)
def test_the_way_back_is_the_transpose(shape, size, stride, padding) -> None:
    # sum(windows(x) d) = sum(x back(d)) for every x and d: each number of a window goes back to
    # the place it came from, and to no other.
    rng = np.random.default_rng(0)
    x = rng.normal(size=shape)
    view, back = windows(x, size, stride, padding)
    d = rng.normal(size=view.shape)
    assert (view * d).sum() == pytest.approx((x * back(d)).sum(), rel=1e-9, abs=1e-9)


def test_windows_by_hand() -> None:
    x = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)
    view, back = windows(x, (2, 2), (1, 1), "valid")
    np.testing.assert_array_equal(view[0, 0, 1, :, :, 0], [[2, 3], [5, 6]])
    np.testing.assert_array_equal(view[0, 1, 0, :, :, 0], [[4, 5], [7, 8]])
    np.testing.assert_array_equal(
        back(np.ones(view.shape))[0, :, :, 0], [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    )
    padded, _ = windows(x, (2, 2), (2, 2), "same", fill=-1.0)
    np.testing.assert_array_equal(padded[0, 1, 1, :, :, 0], [[9, -1], [-1, -1]])


def test_windows_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="a window of 3 does not fit into 2; expected a smaller"):
        windows(np.zeros((1, 2, 5, 1)), (3, 3), (1, 1), "valid")
    with pytest.raises(ValueError, match=r"x has shape \(8, 8, 1\); expected \(N, H, W, C\)"):
        windows(np.zeros((8, 8, 1)), (3, 3), (1, 1), "valid")
