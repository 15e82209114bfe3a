"""Tables, images with and without a network, and signals."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.data import images, load_images, load_table, signals


@pytest.mark.parametrize(
    ("name", "shape", "kinds"), [("breast_cancer", (569, 30), 2), ("wine", (178, 13), 3)]
)
def test_tables_to_classify(name: str, shape: tuple[int, int], kinds: int) -> None:
    table = load_table(name, dtype=np.float32)
    assert (table.x.shape, table.x.dtype) == (shape, np.float32)
    assert len(table.features) == shape[1]
    assert (np.unique(table.y) == np.arange(kinds)).all()


def test_the_diabetes_table_is_in_its_own_units() -> None:
    table = load_table("diabetes")
    assert table.x.shape == (442, 10)
    assert 18 < table.x[:, 0].min() < table.x[:, 0].max() < 80  # years
    assert table.y.dtype == np.float64


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="breast_cancer"):
        load_table("breast")
    with pytest.raises(ValueError, match="mnist"):
        load_images("mnits")


def without_network(name: str) -> None:
    raise Exception(f"URL fetch failure on {name}: None -- unreachable")  # as Keras does


def test_without_a_network_the_digits_come_with_a_sentence(monkeypatch) -> None:
    monkeypatch.setattr(images, "_from_keras", without_network)
    found = load_images("mnist")
    assert (found.name, found.x_train.shape, found.x_test.shape) == (
        "digits",
        (1437, 8, 8, 1),
        (360, 8, 8, 1),
    )
    assert found.note.startswith("mnist could not be loaded (no network?); these are the 1,797")
    assert found.x_train.dtype == np.float32


def test_any_other_error_is_not_hidden(monkeypatch) -> None:
    def broken(name: str) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(images, "_from_keras", broken)
    with pytest.raises(ValueError, match="a bug"):
        load_images("mnist")


def test_what_keras_returns_is_scaled_and_shaped(monkeypatch) -> None:
    def grey(name: str):
        return (np.full((3, 28, 28), 255, np.uint8), np.arange(3, dtype=np.uint8)), (
            np.zeros((2, 28, 28), np.uint8),
            np.array([[1], [2]], np.uint8),  # CIFAR's labels come in a column
        )

    monkeypatch.setattr(images, "_from_keras", grey)
    found = load_images("fashion_mnist", dtype=np.float64)
    assert (found.name, found.note) == ("fashion_mnist", "")
    assert (found.x_train == 1.0).all()
    assert found.x_train.shape == (3, 28, 28, 1)
    np.testing.assert_array_equal(found.y_test, [1, 2])
    assert found.y_test.dtype == np.int64


def test_signals_of_a_class_share_a_shape_wherever_it_stands() -> None:
    x, labels = signals(2000, noise=0.0, rng=np.random.default_rng(0))
    assert x.shape == (2000, 40)
    peak = x[labels == 2]  # one peak in the middle: its place moves
    assert np.unique(peak.argmax(axis=1)).size > 10
    still, same = signals(2000, noise=0.0, most_shift=0, rng=np.random.default_rng(0))
    assert np.unique(still[same == 2].argmax(axis=1)).size < np.unique(peak.argmax(axis=1)).size


def test_position_is_what_makes_signals_hard_for_a_linear_rule() -> None:
    def accuracy(most_shift: int | None) -> float:
        x, labels = signals(3000, most_shift=most_shift, rng=np.random.default_rng(1))
        features = np.column_stack([x, np.ones(len(x))])
        theta, *_ = np.linalg.lstsq(features[:2000], np.eye(10)[labels[:2000]], rcond=None)
        return np.mean((features[2000:] @ theta).argmax(axis=1) == labels[2000:])

    assert accuracy(0) > 0.7
    assert accuracy(None) < accuracy(0) - 0.1


def test_signals_in_range() -> None:
    for bad in ({"N": 5}, {"N": 20, "length": 10}, {"N": 20, "noise": -1.0}):
        with pytest.raises(ValueError, match="expected"):
            signals(**bad, rng=np.random.default_rng(0))
