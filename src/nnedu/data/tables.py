"""Small real data sets that come with scikit-learn: two to classify, one to regress."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnedu._check import known
from nnedu._typing import Array

TABLES = ("breast_cancer", "wine", "diabetes")
"""The names that :func:`load_table` knows."""


@dataclass(frozen=True)
class Table:
    """A table of measurements, in its own units.

    Attributes
    ----------
    x : float array, shape (N, I)
        Not standardised: see :func:`nnedu.data.standardize`.
    y : int array of classes or float array of numbers, shape (N,)
    features : tuple of str, length I
    """

    x: Array
    y: Array
    features: tuple[str, ...]


def load_table(name: str, *, dtype: Any = np.float64) -> Table:
    """Load a table: ``breast_cancer`` (2 classes), ``wine`` (3 classes) or ``diabetes`` (a number).

    Parameters
    ----------
    name : {"breast_cancer", "wine", "diabetes"}
    dtype : float dtype
        Of ``x``, and of ``y`` where it is a number.

    Returns
    -------
    Table
        569 x 30, 178 x 13, 442 x 10. The diabetes features come in their own units, not scaled as
        scikit-learn's default is.

    Raises
    ------
    ModuleNotFoundError
        If scikit-learn, which carries the data, is missing.
    ValueError
        If there is no such table.

    Notes
    -----
    Source: Street, Wolberg & Mangasarian (1993) for breast_cancer; Forina et al., "PARVUS", for
    wine; Efron, Hastie, Johnstone & Tibshirani (2004), "Least angle regression", for diabetes.

    Examples
    --------
    >>> table = load_table("wine")
    >>> table.x.shape, np.bincount(table.y)
    ((178, 13), array([59, 71, 48]))
    """
    known("table", name, TABLES)
    try:
        from sklearn import datasets
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{name} comes with scikit-learn, which is missing. Run: pip install 'nnedu[data]'"
        ) from error
    more = {"scaled": False} if name == "diabetes" else {}
    bunch = getattr(datasets, f"load_{name}")(**more)
    y = bunch.target.astype(dtype if name == "diabetes" else np.int64)
    return Table(bunch.data.astype(dtype), y, tuple(str(each) for each in bunch.feature_names))
