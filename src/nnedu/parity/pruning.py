"""Masks beside PyTorch's ``torch.nn.utils.prune`` and its sparsifiers.

Sparsities are chosen so that a share of the entries falls exactly on a half: one part in a million
then changes the mask, and so does another way of rounding.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnedu import pruning
from nnedu._typing import Array
from nnedu.parity.frameworks import framework
from nnedu.parity.pairs import Adapter
from nnedu.parity.values import Parts, ValueCase

_rng = np.random.default_rng(11)
_W = _rng.normal(size=(25, 40))  # 1000 entries
_V = _rng.normal(size=(40, 25)) * 1.5
_KERNEL = _rng.normal(size=(3, 3, 6, 10))  # ten output channels
_INPUTS = _rng.normal(size=(9, 25)) * _rng.uniform(0.1, 4, 25)


def _layers(torch: Any, *weights: Array) -> list[Any]:
    """A module for each array, with it as ``weight``."""
    modules = []
    for W in weights:
        module = torch.nn.Module()
        module.weight = torch.nn.Parameter(torch.tensor(W))
        modules.append(module)
    return modules


def _prune() -> Any:
    return framework("torch.nn.utils.prune")


def _mask(module: Any) -> Array:
    return np.asarray(module.weight_mask.numpy() != 0)


def _layer_wise(torch: Any, sparsity: float) -> Parts:
    (module,) = _layers(torch, _W)
    _prune().l1_unstructured(module, "weight", amount=sparsity)
    return {"mask": _mask(module)}


def _twice(torch: Any, first: float, second: float) -> Parts:
    (module,) = _layers(torch, _W)
    for amount in (first, second):
        _prune().l1_unstructured(module, "weight", amount=amount)
    return {"mask": _mask(module)}


def _twice_here(first: float, second: float) -> Parts:
    scores = pruning.magnitude(_W)
    gone = pruning.count(first, _W.size)
    total = gone + pruning.count(second, _W.size - gone)
    mask = pruning.cut(scores, sparsity=first)
    return {"mask": pruning.cut(scores, sparsity=total / _W.size, mask=mask)}


def _overall(torch: Any, sparsity: float) -> Parts:
    modules = _layers(torch, _W, _V)
    _prune().global_unstructured(
        [(module, "weight") for module in modules],
        pruning_method=_prune().L1Unstructured,
        amount=sparsity,
    )
    return {name: _mask(module) for name, module in zip("WV", modules, strict=True)}


def _by_scores(torch: Any, sparsity: float) -> Parts:
    (module,) = _layers(torch, _W)
    scores = np.abs(_W) * np.sqrt((_INPUTS**2).sum(axis=0))[:, None]
    _prune().l1_unstructured(
        module, "weight", amount=sparsity, importance_scores=torch.tensor(scores)
    )
    return {"mask": _mask(module)}


def _units(axis: int, order: float) -> Callable[..., Parts]:
    def run(torch: Any, sparsity: float) -> Parts:
        (module,) = _layers(torch, _KERNEL)
        _prune().ln_structured(module, "weight", amount=sparsity, n=order, dim=axis)
        return {"mask": _mask(module)}

    return run


def _two_of_four(torch: Any) -> Parts:
    layer = torch.nn.Linear(40, 25, bias=False, dtype=torch.float64)
    layer.weight = torch.nn.Parameter(torch.tensor(_V.T.copy()))
    model = torch.nn.Sequential(layer)
    sparsifier = framework("torch.ao.pruning").WeightNormSparsifier(
        sparsity_level=1.0, sparse_block_shape=(1, 4), zeros_per_block=2
    )
    sparsifier.prepare(model, [{"tensor_fqn": "0.weight"}])
    sparsifier.step()
    return {"mask": model[0].parametrizations.weight[0].mask.numpy().T.copy()}


PRUNING: dict[str, ValueCase] = {
    "magnitude, layer-wise": ValueCase(
        lambda sparsity: {"mask": pruning.cut(pruning.magnitude(_W), sparsity=sparsity)},
        {"sparsity": 0.5625},
        {"torch": _layer_wise},
    ),
    "magnitude, layer-wise, the other half": ValueCase(
        lambda sparsity: {"mask": pruning.cut(pruning.magnitude(_W), sparsity=sparsity)},
        {"sparsity": 0.9375},
        {"torch": _layer_wise},
    ),
    "magnitude, layer-wise, twice": ValueCase(
        _twice_here,
        {"first": 0.1875, "second": 0.125},  # 187.5 go: 188; then 101.5 of the 812 left
        {"torch": _twice},
        {
            "torch": Adapter(
                "share of what is left",
                "PyTorch's second pruning takes its share of the weights that are left; here a "
                "sparsity always counts all weights.",
            )
        },
    ),
    "magnitude, global": ValueCase(
        lambda sparsity: dict(
            pruning.cut_overall(
                {"W": pruning.magnitude(_W), "V": pruning.magnitude(_V)}, sparsity=sparsity
            )
        ),
        {"sparsity": 0.59375},
        {"torch": _overall},
    ),
    "any score": ValueCase(
        lambda sparsity: {"mask": pruning.cut(pruning.wanda(_W, _INPUTS), sparsity=sparsity)},
        {"sparsity": 0.3125},
        {"torch": _by_scores},
    ),
    **{
        f"units of axis {axis} by norm {order:g}": ValueCase(
            lambda sparsity, axis=axis, order=order: {
                "mask": pruning.cut_units(_KERNEL, sparsity=sparsity, axis=axis, order=order)
            },
            {"sparsity": sparsity},
            {"torch": _units(axis, order)},
        )
        for axis, order, sparsity in (
            (3, 1, 0.25),
            (3, 2, 0.35),
            (-1, np.inf, 0.65),
            (2, 2, 0.25),
            (0, 2, 0.5),
        )
    },
    "2 of 4": ValueCase(
        lambda: {"mask": pruning.n_of_m(pruning.magnitude(_V))}, {}, {"torch": _two_of_four}
    ),
}
