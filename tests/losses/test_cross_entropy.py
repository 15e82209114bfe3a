"""Softmax and cross-entropy: by hand, and what must hold for any logits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nnedu.losses import binary_cross_entropy, log_softmax, softmax, softmax_cross_entropy

LOGITS = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, max_side=6),
    elements=st.floats(-1e3, 1e3, allow_nan=False),
)


def test_softmax_by_hand() -> None:
    np.testing.assert_allclose(
        softmax(np.log([[1.0, 2.0, 5.0], [3.0, 3.0, 2.0]])),
        [[0.125, 0.25, 0.625], [0.375, 0.375, 0.25]],
        rtol=1e-15,
    )


@given(LOGITS)
def test_softmax_rows_are_probabilities(logits: np.ndarray) -> None:
    p = softmax(logits)
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-14)
    assert (log_softmax(logits) <= 0).all()


@given(LOGITS, st.floats(-1e4, 1e4))
def test_softmax_does_not_see_a_shift(logits: np.ndarray, shift: float) -> None:
    # logits + shift is rounded at 1e-16 of 1e4; the probabilities then differ by as much.
    np.testing.assert_allclose(softmax(logits + shift), softmax(logits), rtol=2e-11, atol=1e-300)


@given(LOGITS, st.randoms(use_true_random=False))
def test_softmax_moves_with_its_classes(logits: np.ndarray, random: object) -> None:
    order = np.arange(logits.shape[1])
    random.shuffle(order)
    np.testing.assert_allclose(
        softmax(logits)[:, order], softmax(logits[:, order]), rtol=1e-13, atol=1e-300
    )


@given(LOGITS)
def test_gradient_rows_sum_to_zero(logits: np.ndarray) -> None:
    labels = np.arange(len(logits)) % logits.shape[1]
    value, d = softmax_cross_entropy(logits, labels)
    assert value >= 0
    np.testing.assert_allclose(d.sum(axis=1), 0, atol=1e-15)


def test_equal_logits_cost_the_log_of_the_number_of_classes() -> None:
    for C in (2, 10, 1000):
        value, d = softmax_cross_entropy(np.zeros((3, C)), np.zeros(3, int))
        assert value == pytest.approx(np.log(C), rel=1e-14)
        np.testing.assert_allclose(d[:, 0], (1 / C - 1) / 3, rtol=1e-14)
        np.testing.assert_allclose(d[:, 1:], 1 / C / 3, rtol=1e-14)


def test_rows_of_unlike_size_do_not_disturb_each_other() -> None:
    p = softmax(np.array([[1e4, 1e4], [0.0, 0.0], [-1e4, -1e4]]))
    np.testing.assert_array_equal(p, np.full((3, 2), 0.5))


def test_value_is_minus_the_mean_log_probability_of_the_labels() -> None:
    logits = np.log([[1.0, 2.0, 5.0], [3.0, 3.0, 2.0]])
    value, d = softmax_cross_entropy(logits, np.array([2, 0]))
    assert value == pytest.approx(-(np.log(0.625) + np.log(0.375)) / 2, rel=1e-14)
    np.testing.assert_allclose(d, [[0.0625, 0.125, -0.1875], [-0.3125, 0.1875, 0.125]], rtol=1e-14)


def test_certain_and_wrong_costs_the_distance_of_the_logits() -> None:
    value, d = softmax_cross_entropy(np.array([[1000.0, 0.0]]), np.array([1]))
    assert value == 1000.0
    np.testing.assert_array_equal(d, [[1.0, -1.0]])


def test_labels_are_checked() -> None:
    logits = np.zeros((3, 4))
    with pytest.raises(
        ValueError, match=r"labels has shape \(3, 4\).*One-hot\? Pass labels.argmax"
    ):
        softmax_cross_entropy(logits, np.eye(4)[:3])
    with pytest.raises(ValueError, match="labels has dtype float64; expected an array of integers"):
        softmax_cross_entropy(logits, np.zeros(3))
    with pytest.raises(ValueError, match="labels has dtype list"):
        softmax_cross_entropy(logits, [0, 1, 2])
    with pytest.raises(ValueError, match="labels run from 1 to 4; expected 0 to 3"):
        softmax_cross_entropy(logits, np.array([1, 2, 4]))
    with pytest.raises(ValueError, match="labels run from -1 to 2"):
        softmax_cross_entropy(logits, np.array([-1, 2, 0]))
    with pytest.raises(ValueError, match=r"logits has shape \(3,\); expected \(N, C\)"):
        softmax_cross_entropy(np.zeros(3), np.zeros(3, int))


def test_binary_by_hand() -> None:
    # sigmoid(log 3) = 3/4: -log(3/4) for a 1, -log(1/4) for a 0.
    z, y = np.log([3.0, 3.0]), np.array([1.0, 0.0])
    value, d = binary_cross_entropy(z, y)
    assert value == pytest.approx(-(np.log(0.75) + np.log(0.25)) / 2, rel=1e-14)
    np.testing.assert_allclose(d, [-0.125, 0.375], rtol=1e-14)


@given(st.lists(st.floats(-700, 700), min_size=1, max_size=9), st.floats(0, 1))
def test_binary_is_softmax_of_two_classes(logits: list[float], label: float) -> None:
    z = np.array(logits)
    y = np.full_like(z, round(label))
    two = np.stack([np.zeros_like(z), z], axis=1)
    value, d = binary_cross_entropy(z, y)
    other, d_two = softmax_cross_entropy(two, y.astype(int))
    assert value == pytest.approx(other, rel=1e-12, abs=1e-15)
    np.testing.assert_allclose(d, d_two[:, 1], rtol=1e-12, atol=1e-16)


@given(st.floats(-1e3, 1e3), st.floats(0, 1))
def test_binary_does_not_see_which_class_is_called_one(z: float, y: float) -> None:
    one, d_one = binary_cross_entropy(np.array([z]), np.array([y]))
    two, d_two = binary_cross_entropy(np.array([-z]), np.array([1 - y]))
    assert one == pytest.approx(two, rel=1e-9, abs=1e-12)
    np.testing.assert_allclose(d_one, -d_two, atol=1e-12)


@pytest.mark.parametrize("labels", [[-1.0, 1.0], [0.0, 2.0], [0.0, np.nan]], ids=str)
def test_binary_labels_outside_zero_to_one_are_refused(labels: list[float]) -> None:
    with pytest.raises(ValueError, match=r"labels run from .*; expected values in \[0, 1\]"):
        binary_cross_entropy(np.zeros(2), np.array(labels))


def test_smoothed_by_hand() -> None:
    # p = (1/8, 1/4, 5/8), true class 2, s = 0.3: the target is (0.1, 0.1, 0.8).
    logits = np.log([[1.0, 2.0, 5.0]])
    value, d = softmax_cross_entropy(logits, np.array([2]), label_smoothing=0.3)
    by_hand = -(0.1 * np.log(0.125) + 0.1 * np.log(0.25) + 0.8 * np.log(0.625))
    assert value == pytest.approx(by_hand, rel=1e-14)
    np.testing.assert_allclose(d, [[0.025, 0.15, -0.175]], rtol=1e-13)


@given(st.integers(2, 20), st.floats(1e-3, 1.0))
def test_the_smoothed_loss_is_least_at_its_finite_gap(C: int, s: float) -> None:
    gap = np.log(1 + C * (1 - s) / s)
    logits, labels = np.zeros((1, C)), np.array([C // 2])
    logits[0, labels] = gap
    least, d = softmax_cross_entropy(logits, labels, label_smoothing=s)
    np.testing.assert_allclose(d, 0, atol=1e-15)
    q = np.full(C, s / C)
    q[labels] += 1 - s
    assert least == pytest.approx(-np.sum(q * np.log(q)), rel=1e-12)  # the target's entropy
    for other in (gap - 0.5, gap + 0.5):
        logits[0, labels] = other
        assert softmax_cross_entropy(logits, labels, label_smoothing=s)[0] > least


def test_a_class_ruled_out_costs_nothing_without_smoothing_and_all_with_it() -> None:
    logits, labels = np.array([[0.0, 0.0, -np.inf]]), np.array([0])
    value, d = softmax_cross_entropy(logits, labels)
    assert value == pytest.approx(np.log(2), rel=1e-15)
    np.testing.assert_allclose(d, [[-0.5, 0.5, 0.0]], rtol=1e-15)
    assert softmax_cross_entropy(logits, labels, label_smoothing=0.1)[0] == np.inf


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=9), st.floats(0, 1))
def test_binary_smoothing_is_softmax_smoothing_of_two_classes(
    logits: list[float], s: float
) -> None:
    z = np.array(logits)
    labels = np.arange(len(z)) % 2
    two = np.stack([np.zeros_like(z), z], axis=1)
    value, d = binary_cross_entropy(z, labels, label_smoothing=s)
    other, d_two = softmax_cross_entropy(two, labels, label_smoothing=s)
    assert value == pytest.approx(other, rel=1e-12, abs=1e-15)
    np.testing.assert_allclose(d, d_two[:, 1], rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("s", [-0.1, 1.1, float("nan")])
def test_smoothing_must_be_a_share(s: float) -> None:
    with pytest.raises(ValueError, match=r"label_smoothing is .*; expected a share from 0 to 1"):
        softmax_cross_entropy(np.zeros((1, 2)), np.zeros(1, int), label_smoothing=s)
    with pytest.raises(ValueError, match=r"label_smoothing is .*; expected a share from 0 to 1"):
        binary_cross_entropy(np.zeros(1), np.zeros(1), label_smoothing=s)
