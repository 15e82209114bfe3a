"""Inputs on one scale: standardisation and whitening, measured on training data, applied to any.

Each is fitted once and is then a value: ``transform = standardize(x_train)``, and
``transform(x_test)`` uses the training data's numbers. Fitting on anything that is tested later is
leakage.
"""

from dataclasses import dataclass

import numpy as np

from nnedu._check import floating, known, not_negative
from nnedu._typing import Array


@dataclass(frozen=True)
class Affine:
    """An affine map of inputs: ``(x - mean) A``.

    Attributes
    ----------
    mean : float array, shape (I,)
    A : float array, shape (I, I)
    """

    mean: Array
    A: Array

    def __call__(self, x: Array) -> Array:
        """Transform inputs of shape (N, I); their dtype is kept.

        Raises
        ------
        TypeError, ValueError
            If ``x`` is not a float array of shape (N, I).
        """
        _rows("x", x, len(self.mean))
        result: Array = ((x - self.mean) @ self.A).astype(x.dtype)
        return result


def standardize(x: Array, *, eps: float = 0.0) -> Affine:
    """Standardisation: every feature to mean 0 and variance 1.

    ``(x - mean) / sqrt(var + eps)``

    Parameters
    ----------
    x : float array, shape (N, I)
        Training inputs.
    eps : float, at least 0
        Added to the variances. A feature that never changes has variance 0: with ``eps=0`` it is
        mapped to 0.

    Returns
    -------
    Affine

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a float array of shape (N, I) with N at least 1, or ``eps`` is negative.

    Notes
    -----
    **Conventions.** The variance is divided by N, as in ``sklearn.preprocessing.StandardScaler``
    and ``keras.layers.Normalization``.

    Source: LeCun, Bottou, Orr & Müller (1998), "Efficient BackProp", section 4.3.

    Examples
    --------
    >>> transform = standardize(np.array([[1.0, 5.0], [3.0, 5.0]]))
    >>> transform(np.array([[3.0, 5.0], [5.0, 6.0]]))
    array([[1., 0.],
           [3., 0.]])
    """
    _rows("x", x)
    not_negative(eps=eps)
    variance = x.var(axis=0, dtype=np.float64) + eps
    scale = np.divide(1.0, np.sqrt(variance), out=np.zeros_like(variance), where=variance > 0)
    return Affine(x.mean(axis=0, dtype=np.float64), np.diag(scale))


def whiten(x: Array, *, eps: float = 1e-6, kind: str = "zca") -> Affine:
    """Whitening: features without correlation, each of variance 1.

    ``(x - mean) V diag(1 / sqrt(d + eps)) V^T`` for the eigenvectors ``V`` and eigenvalues ``d`` of
    the covariance; "pca" leaves out the last ``V^T``

    Parameters
    ----------
    x : float array, shape (N, I)
        Training inputs.
    eps : float, at least 0
        Added to the eigenvalues. Directions without variance would be blown up by ``1 / 0``.
    kind : {"zca", "pca"}
        "zca" turns back to the original axes (an image still looks like one); "pca" gives the
        principal components, the largest variance first.

    Returns
    -------
    Affine

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a float array of shape (N, I), ``kind`` is unknown, ``eps`` is negative, or
        it is 0 and a direction has no variance.

    Notes
    -----
    **Conventions.** The covariance is divided by N. "pca" equals
    ``sklearn.decomposition.PCA(whiten=True)`` up to signs, but for its division by N - 1.

    Source: Bell & Sejnowski (1997), "The 'independent components' of natural scenes are edge
    filters", for ZCA.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(1000, 2)) @ np.array([[3.0, 1.0], [0.0, 0.1]])
    >>> z = whiten(x, eps=0.0)(x)
    >>> bool(np.allclose(z.T @ z / 1000, np.eye(2)))
    True
    """
    _rows("x", x)
    not_negative(eps=eps)
    known("kind", kind, ("zca", "pca"))
    mean = x.mean(axis=0, dtype=np.float64)
    d, V = np.linalg.eigh(_covariance(x))
    d, V = np.maximum(d[::-1], 0), V[:, ::-1]
    if eps == 0 and d[-1] <= d[0] * len(d) * np.finfo(float).eps:
        raise ValueError(
            f"eps is 0 and x has directions without variance (the smallest is {d[-1]:.2g}, the "
            f"largest {d[0]:.2g}); expected eps above 0, such as 1e-6, or fewer features."
        )
    A = V / np.sqrt(d + eps)
    return Affine(mean, A @ V.T if kind == "zca" else A)


def condition_number(x: Array) -> float:
    """Condition number of the inputs' second moments: what gradient descent on them feels.

    ``L / l`` for the largest and the smallest eigenvalue of ``x^T x / N`` with a column of ones
    appended, the Hessian of linear regression with a bias

    Parameters
    ----------
    x : float array, shape (N, I)

    Returns
    -------
    float
        At least 1; infinite if a direction has no variance.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a float array of shape (N, I).

    Examples
    --------
    >>> condition_number(np.array([[2.0], [-2.0]]))
    4.0
    """
    _rows("x", x)
    ones = np.column_stack([x.astype(np.float64), np.ones(len(x))])
    d = np.linalg.eigvalsh(ones.T @ ones / len(x))
    smallest = d[0] if d[0] > d[-1] * len(d) * np.finfo(float).eps else 0.0
    return float(d[-1] / smallest) if smallest else float("inf")


def _covariance(x: Array) -> Array:
    centred = x.astype(np.float64) - x.mean(axis=0, dtype=np.float64)
    product: Array = centred.T @ centred / len(x)
    return product


def _rows(name: str, x: Array, features: int | None = None) -> None:
    floating(name, x)
    wanted = "I" if features is None else features
    if x.ndim != 2 or len(x) < 1 or (features is not None and x.shape[1] != features):
        raise ValueError(
            f"{name} has shape {x.shape}; expected (N, {wanted}), one row an example. Images? Pass "
            "x.reshape(len(x), -1)."
        )
