"""What PyTorch did, once: the family ``tensor_optimizers`` of the records."""

from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.parity.tensors.closures import LBFGS_SETTINGS, torch_lbfgs_path, torch_search
from nnedu.parity.tensors.departures import DEPARTURES
from nnedu.parity.tensors.pairs import TENSOR_PAIRS, TENSOR_SETTINGS
from nnedu.parity.tensors.run import run_tensors


def tensor_optimizers() -> tuple[dict[str, Array], dict[str, Any]]:
    """Paths over the hard trajectory of tensors, and L-BFGS over one function."""
    arrays = {
        f"{pair.rule}/{i}": run_tensors(pair, numbers)
        for pair in TENSOR_PAIRS
        if pair.framework == "torch"
        for i, numbers in enumerate(TENSOR_SETTINGS[pair.rule])
    }
    for departure in DEPARTURES:
        if departure.framework == "torch":
            arrays[f"{departure.rule}/shipped"] = departure.run()
    for i, setting in enumerate(LBFGS_SETTINGS):
        arrays[f"lbfgs/{i}"] = torch_lbfgs_path(**setting)
    end, evaluations = torch_search()
    arrays |= {"lbfgs/search": end, "lbfgs/evaluations": np.array(evaluations)}
    settings = {name: list(each) for name, each in TENSOR_SETTINGS.items()}
    return arrays, {"settings": {**settings, "lbfgs": list(LBFGS_SETTINGS)}}
