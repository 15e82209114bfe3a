"""MNIST, Fashion-MNIST and CIFAR-10 where the network allows; elsewhere the digits, and why."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnedu._check import known
from nnedu._typing import Array
from nnedu.data.digits import load_digits

IMAGES = ("mnist", "fashion_mnist", "cifar10")


@dataclass(frozen=True)
class Images:
    """Images with labels, for training and for reporting.

    Attributes
    ----------
    name : str
        What was loaded: the name asked for, or "digits".
    x_train, x_test : float arrays, shape (N, H, W, channels)
        Pixels in [0, 1].
    y_train, y_test : int arrays, shape (N,)
    note : str
        Empty, or one sentence that says why these are the digits.
    """

    name: str
    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array
    note: str = ""


def load_images(name: str, *, dtype: Any = np.float32) -> Images:
    """Load a data set of images through Keras, which keeps a copy; offline, the digits.

    Parameters
    ----------
    name : {"mnist", "fashion_mnist", "cifar10"}
    dtype : float dtype
        Of the pixels.

    Returns
    -------
    Images
        Where the data cannot be had (no network and no copy, or no Keras), the 1,797 digits of
        scikit-learn as (N, 8, 8, 1), with the reason in ``note``: print it.

    Raises
    ------
    ModuleNotFoundError
        If scikit-learn is missing too.
    ValueError
        If there is no such data set.

    Notes
    -----
    Source: LeCun, Bottou, Bengio & Haffner (1998) for MNIST; Xiao, Rasul & Vollgraf (2017) for
    Fashion-MNIST; Krizhevsky (2009) for CIFAR-10.

    Without a network::

        images = load_images("mnist")
        print(images.note)  # mnist could not be loaded (no network?); these are the ...
    """
    known("data set", name, IMAGES)
    try:
        (x_train, y_train), (x_test, y_test) = _from_keras(name)
    except ModuleNotFoundError as error:
        return _digits(name, f"{error.name} is missing", dtype)
    except Exception as error:  # Keras raises a bare Exception for a download that failed
        if "URL fetch failure" not in str(error) and not isinstance(error, OSError):
            raise
        return _digits(name, "no network?", dtype)
    return Images(
        name,
        _pixels(x_train, dtype),
        _classes(y_train),
        _pixels(x_test, dtype),
        _classes(y_test),
    )


def _from_keras(name: str) -> Any:
    """Both parts as Keras returns them; what it prints while loading is its progress bar."""
    from importlib import import_module

    return import_module(f"keras.datasets.{name}").load_data()  # imports nothing of nnedu


def _digits(name: str, why: str, dtype: Any) -> Images:
    digits = load_digits(dtype=dtype)
    x = np.concatenate([digits.x_train, digits.x_val]).reshape(-1, 8, 8, 1)
    y = np.concatenate([digits.y_train, digits.y_val])
    note = (
        f"{name} could not be loaded ({why}); these are the 1,797 digits of scikit-learn instead."
    )
    return Images("digits", x, y, digits.x_test.reshape(-1, 8, 8, 1), digits.y_test, note)


def _pixels(x: Array, dtype: Any) -> Array:
    scaled = (x / 255).astype(dtype)
    return scaled if scaled.ndim == 4 else scaled[..., None]


def _classes(y: Array) -> Array:
    return y.reshape(-1).astype(np.int64)
