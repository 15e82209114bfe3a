"""The digits: 1,797 scanned handwritten digits of 8 x 8 pixels, shipped with scikit-learn."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnedu._typing import Array


@dataclass(frozen=True)
class Digits:
    """The digits, split for training, choosing and reporting.

    Attributes
    ----------
    x_train, x_val, x_test : float arrays, shapes (1078, 64), (359, 64), (360, 64)
        Pixels, row by row, in [0, 1]; 0 is paper.
    y_train, y_val, y_test : int arrays, shapes (1078,), (359,), (360,)
        The digit, 0 to 9.
    """

    x_train: Array
    y_train: Array
    x_val: Array
    y_val: Array
    x_test: Array
    y_test: Array


def load_digits(*, seed: int = 0, dtype: Any = np.float64) -> Digits:
    """Load the digits and split them 60 : 20 : 20 at random, with no image in two parts.

    Fit on ``train``, choose on ``val``, report on ``test``, once.

    Parameters
    ----------
    seed : int
        Of the split. The same seed gives the same split.
    dtype : float dtype
        Of the pixels.

    Returns
    -------
    Digits

    Raises
    ------
    ModuleNotFoundError
        If scikit-learn, which carries the data, is missing.

    Notes
    -----
    Source: Alpaydin & Kaynak (1998), "Optical recognition of handwritten digits", UCI machine
    learning repository; the 1,797 images of its test set, as in scikit-learn. All of them come
    from 13 writers, so the parts of a random split share writers: expect lower accuracy on the
    hand of a fourteenth.
    """
    try:
        from sklearn import datasets
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "the digits come with scikit-learn, which is missing. Run: pip install 'nnedu[data]'"
        ) from error
    images = datasets.load_digits()
    x = (images.data / 16).astype(dtype)  # 17 grey levels, 0 to 16
    y = images.target.astype(np.int64)
    order = np.random.default_rng(seed).permutation(len(x))
    train, val, test = np.split(order, [1078, 1437])
    return Digits(x[train], y[train], x[val], y[val], x[test], y[test])
