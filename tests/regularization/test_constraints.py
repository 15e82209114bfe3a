"""Max-norm: by hand, for convolutions, and Keras's constraint."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.parity import framework
from nnedu.regularization import max_norm
from tests.needs import require

W = np.array([[3.0, 0.3, 0.0], [-4.0, 0.4, 0.0]])


def test_each_unit_is_scaled_by_its_own_norm() -> None:
    np.testing.assert_allclose(max_norm(W, limit=1.0), [[0.6, 0.3, 0], [-0.8, 0.4, 0]])


def test_what_is_short_enough_is_unchanged_to_the_last_bit() -> None:
    np.testing.assert_array_equal(max_norm(W, limit=1.0)[:, 1:], W[:, 1:])


def test_several_axes_for_a_convolution() -> None:
    kernel = np.random.default_rng(0).normal(size=(3, 3, 2, 5))
    norms = np.sqrt((max_norm(kernel, limit=1.5, axis=(0, 1, 2)) ** 2).sum(axis=(0, 1, 2)))
    np.testing.assert_allclose(norms, np.minimum(1.5, np.sqrt((kernel**2).sum(axis=(0, 1, 2)))))


def test_keras_differs_by_its_epsilon_alone() -> None:
    require("tensorflow")
    theirs = np.array(framework("keras").constraints.MaxNorm(1.0, axis=0)(W))
    ours = max_norm(W, limit=1.0)
    norm = np.sqrt((W**2).sum(axis=0))
    np.testing.assert_allclose(theirs, ours * norm / (1e-7 + norm), rtol=1e-12)
    assert np.abs(theirs - ours).max() > 1e-9


@pytest.mark.parametrize("limit", [0, -1, float("nan")])
def test_bad_limits_are_refused(limit: float) -> None:
    with pytest.raises(ValueError, match=f"limit is {limit}; expected a finite number above 0"):
        max_norm(W, limit=limit)
