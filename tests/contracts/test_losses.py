"""Every loss in ``nnedu.losses.__all__`` (what is not in ``HELPERS``) keeps these."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from nnedu import losses
from nnedu.gradcheck import check_gradient
from tests.contracts.docstrings import problems

HELPERS = {"log_softmax", "softmax"}  # probabilities, not losses
LOSSES: dict[str, Callable[..., Any]] = {
    **{name: getattr(losses, name) for name in losses.__all__ if name not in HELPERS},
    # Knobs as they come from np.linspace: a float64 of NumPy's, which promotes where it can.
    "huber, small delta": partial(losses.huber, delta=np.float64(0.125)),
    "distillation, warm": partial(losses.distillation, temperature=np.float64(1.5)),
    "softmax_cross_entropy, smoothed": partial(
        losses.softmax_cross_entropy, label_smoothing=np.float64(0.1)
    ),
    "softmax_cross_entropy, uniform": partial(losses.softmax_cross_entropy, label_smoothing=1.0),
    "binary_cross_entropy, smoothed": partial(
        losses.binary_cross_entropy, label_smoothing=np.float64(0.1)
    ),
}
every_loss = pytest.mark.parametrize("name", LOSSES)


def has_classes(name: str) -> bool:
    return name.startswith("softmax")  # labels are integers (N,)


def batch(name: str, N: int = 6, dtype: Any = np.float64) -> tuple[Any, Any]:
    rng = np.random.default_rng(3)
    if has_classes(name):
        return rng.normal(size=(N, 4)).astype(dtype), rng.integers(4, size=N)
    if name.startswith("distillation"):  # from logits to logits
        return tuple(rng.normal(size=(2, N, 4)).astype(dtype))
    return rng.normal(size=N).astype(dtype), rng.integers(2, size=N).astype(dtype)


@pytest.mark.parametrize("name", losses.__all__)
def test_docstring_is_complete_and_its_example_runs(name: str) -> None:
    is_loss = name not in HELPERS
    assert problems(getattr(losses, name), conventions=is_loss, source=is_loss) == []


@every_loss
def test_gradient_agrees_with_finite_differences(name: str) -> None:
    outputs, targets = batch(name)
    assert check_gradient(LOSSES[name], outputs, targets).error < 1e-8


@every_loss
def test_gradient_agrees_with_finite_differences_far_out(name: str) -> None:
    outputs, targets = batch(name)
    assert check_gradient(LOSSES[name], 8 * outputs, targets).error < 1e-6


@every_loss
def test_inputs_are_not_changed(name: str) -> None:
    outputs, targets = batch(name)
    copies = outputs.copy(), targets.copy()
    outputs.flags.writeable = targets.flags.writeable = False
    _, d_outputs = LOSSES[name](outputs, targets)
    np.testing.assert_array_equal(outputs, copies[0])
    np.testing.assert_array_equal(targets, copies[1])
    assert not np.shares_memory(d_outputs, outputs)


@every_loss
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_value_is_a_float_and_gradient_keeps_shape_and_dtype(name: str, dtype: Any) -> None:
    outputs, targets = batch(name, dtype=dtype)
    if not has_classes(name):
        targets = targets.astype(np.float64)  # what a data set often is
    value, d_outputs = LOSSES[name](outputs, targets)
    assert type(value) is float
    assert value >= 0
    assert d_outputs.dtype == dtype
    assert d_outputs.shape == outputs.shape


@every_loss
def test_is_the_mean_over_examples(name: str) -> None:
    loss = LOSSES[name]
    outputs, targets = batch(name)
    value, d_outputs = loss(outputs, targets)
    parts = [loss(outputs[i : i + 1], targets[i : i + 1]) for i in range(len(outputs))]
    assert value == pytest.approx(np.mean([part for part, _ in parts]), rel=1e-14)
    each = np.concatenate([d for _, d in parts]) / len(outputs)
    np.testing.assert_allclose(d_outputs, each, rtol=1e-13, atol=1e-16)


@every_loss
def test_order_of_examples_does_not_matter(name: str) -> None:
    outputs, targets = batch(name)
    order = np.random.default_rng(4).permutation(len(outputs))
    value, d_outputs = LOSSES[name](outputs, targets)
    turned, d_turned = LOSSES[name](outputs[order], targets[order])
    assert turned == pytest.approx(value, rel=1e-14)
    np.testing.assert_array_equal(d_turned, d_outputs[order])


@every_loss
def test_huge_outputs_give_no_nan(name: str) -> None:
    outputs, targets = batch(name)
    value, d_outputs = LOSSES[name](1e4 * outputs, targets)
    assert np.isfinite(value)
    assert np.isfinite(d_outputs).all()


@every_loss
@pytest.mark.filterwarnings("error")
def test_huge_float32_outputs_do_not_overflow(name: str) -> None:
    outputs, targets = batch(name, dtype=np.float32)
    with np.errstate(over="ignore" if name == "mse" else "warn"):
        value, d_outputs = LOSSES[name](np.float32(1e30) * outputs, targets)
    # The square of 1e30 is no float32: mse says infinite, and means it.
    assert value == np.inf if name == "mse" else np.isfinite(value)
    assert np.isfinite(d_outputs).all()
    assert d_outputs.dtype == np.float32


@every_loss
def test_wrong_arguments_are_refused(name: str) -> None:
    loss = LOSSES[name]
    outputs, targets = batch(name)
    with pytest.raises(TypeError, match="expected float32 or float64"):
        loss(outputs.astype(int), targets)
    with pytest.raises(TypeError, match="is a list; expected a NumPy array"):
        loss(outputs.tolist(), targets)
    with pytest.raises(ValueError, match="An empty batch"):
        loss(outputs[:0], targets[:0])
    with pytest.raises(ValueError, match=r"shape .*; expected|expected the same shape"):
        loss(outputs, targets[:-1])
    with pytest.raises(ValueError, match=r"shape .*; expected|expected the same shape"):
        loss(outputs, targets[:, None])
