"""Losses, activations and layers beside their counterparts in the frameworks.

One file a family; ``FUNCTIONS`` is all of them.
"""

from nnedu.parity.functions.activations import ACTIVATIONS
from nnedu.parity.functions.certificate import FunctionCertificate, function_certificate
from nnedu.parity.functions.function import Function, run_jax, run_keras, run_torch
from nnedu.parity.functions.layers import LAYERS
from nnedu.parity.functions.losses import LOSSES

FUNCTIONS: dict[str, Function] = ACTIVATIONS | LAYERS | LOSSES

__all__ = [
    "ACTIVATIONS",
    "FUNCTIONS",
    "LAYERS",
    "LOSSES",
    "Function",
    "FunctionCertificate",
    "function_certificate",
    "run_jax",
    "run_keras",
    "run_torch",
]
