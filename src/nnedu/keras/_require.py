"""Keras 3, or an error that says what to install."""

from importlib import import_module
from typing import Any


def require_keras() -> Any:
    """The module ``keras``, version 3.

    Raises
    ------
    ModuleNotFoundError
        If it, or the backend that is configured for it, is missing.
    ImportError
        If it is Keras 2.
    """
    try:
        keras = import_module("keras")
    except ModuleNotFoundError as error:
        if error.name == "keras":
            why = "nnedu.keras needs Keras 3, which is missing"
        else:
            why = f"nnedu.keras needs Keras 3, whose backend needs {error.name}, which is missing"
        raise ModuleNotFoundError(
            f"{why}. Run: pip install 'nnedu[tensorflow]' (or keras and one of its backends, such "
            "as jax, with KERAS_BACKEND=jax in the environment).",
            name=error.name,
        ) from error
    if not str(getattr(keras, "__version__", "0")).startswith("3"):
        raise ImportError(
            f"nnedu.keras needs Keras 3 and found {getattr(keras, '__version__', '?')}. "
            "Run: pip install 'keras>=3'",
            name="keras",
        )
    return keras
