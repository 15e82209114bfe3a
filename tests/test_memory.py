"""Bytes, measured."""

import numpy as np
import pytest

from nnedu.memory import traced_bytes


def test_what_is_returned_is_held_and_temporaries_are_in_the_peak() -> None:
    x = np.ones((1000, 100))

    def call() -> np.ndarray:
        temporary = np.concatenate([x, x])
        return temporary[:500].copy()

    call()
    found = traced_bytes(call)
    assert found.held == pytest.approx(x.nbytes / 2, rel=0.01)
    assert found.peak == pytest.approx(x.nbytes * 2.5, rel=0.01)


def test_what_was_there_before_does_not_count() -> None:
    kept = [np.ones(10_000)]
    assert traced_bytes(lambda: kept).held < 1000


def test_an_error_inside_ends_the_measurement() -> None:
    with pytest.raises(ZeroDivisionError):
        traced_bytes(lambda: 1 / 0)
    traced_bytes(lambda: None)
    with pytest.raises(RuntimeError, match="one measurement at a time"):
        traced_bytes(lambda: traced_bytes(lambda: None))
