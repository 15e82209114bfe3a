"""The digits: whole, split without overlap, the same for the same seed."""

import sys

import numpy as np
import pytest

from nnedu.data import load_digits


def test_split_takes_every_image_once() -> None:
    digits = load_digits()
    parts = [(digits.x_train, digits.y_train), (digits.x_val, digits.y_val)]
    parts.append((digits.x_test, digits.y_test))
    assert [x.shape for x, _ in parts] == [(1078, 64), (359, 64), (360, 64)]
    assert [y.shape for _, y in parts] == [(1078,), (359,), (360,)]
    from sklearn import datasets

    images = datasets.load_digits()
    ours = np.concatenate([np.column_stack([x * 16, y]) for x, y in parts])
    theirs = np.column_stack([images.data, images.target])
    np.testing.assert_array_equal(ours[np.lexsort(ours.T)], theirs[np.lexsort(theirs.T)])


def test_pixels_and_labels() -> None:
    digits = load_digits(dtype=np.float32)
    assert digits.x_train.dtype == np.float32
    assert (digits.x_train.min(), digits.x_train.max()) == (0.0, 1.0)
    assert digits.y_train.dtype == np.int64
    for y in (digits.y_train, digits.y_val, digits.y_test):
        assert sorted(set(y.tolist())) == list(range(10))


def test_seed_decides_the_split() -> None:
    one, same, other = load_digits(seed=1), load_digits(seed=1), load_digits(seed=2)
    np.testing.assert_array_equal(one.x_test, same.x_test)
    assert not np.array_equal(one.x_test, other.x_test)


def test_missing_scikit_learn_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'nnedu\[data\]'"):
        load_digits()
