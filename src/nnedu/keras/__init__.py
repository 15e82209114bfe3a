"""A compression kit for Keras 3: prune, train for quantization, shrink, export.

For any functional or Sequential model, on TensorFlow, JAX and PyTorch (``export_litert`` on
TensorFlow alone): ``Pruning`` is a callback, ``quantization_aware`` returns a model to ``fit``,
``shrink`` and ``strip`` return plain Keras models. ``LARS``, ``SOAP``, ``Shampoo``, schedule-free
descent, ``SAMModel`` and any other rule of ``nnedu.optim`` are there for ``compile``.

Import this module before you load a model that was saved with masks or fake quantization.
"""

# ruff: noqa: E402, the first import says what to install
from nnedu.keras._require import require_keras

require_keras()

from nnedu.keras.at_once import prune, sparsity
from nnedu.keras.contents import Contents, Operator, Stored, contents
from nnedu.keras.export import export_litert
from nnedu.keras.integers import run_in_integers
from nnedu.keras.litert import Agreement, LiteRT, agreement
from nnedu.keras.masks import PruningMask
from nnedu.keras.optimizers import LARS, SOAP, Shampoo
from nnedu.keras.pruning import Pruning
from nnedu.keras.quantization import calibrate, quantization_aware
from nnedu.keras.quantize_aware import QuantizeAware
from nnedu.keras.rule_optimizer import RuleOptimizer
from nnedu.keras.sam import SAMModel
from nnedu.keras.schedule_free import ScheduleFreeAdamW, ScheduleFreeSGD
from nnedu.keras.shrink import shrink
from nnedu.keras.strip import strip

__all__ = [
    "LARS",
    "SOAP",
    "Agreement",
    "Contents",
    "LiteRT",
    "Operator",
    "Pruning",
    "PruningMask",
    "QuantizeAware",
    "RuleOptimizer",
    "SAMModel",
    "ScheduleFreeAdamW",
    "ScheduleFreeSGD",
    "Shampoo",
    "Stored",
    "agreement",
    "calibrate",
    "contents",
    "export_litert",
    "prune",
    "quantization_aware",
    "run_in_integers",
    "shrink",
    "sparsity",
    "strip",
]
