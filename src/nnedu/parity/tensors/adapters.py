"""How the frameworks' conventions are given to the rules for tensors."""

from math import sqrt
from typing import Any

from nnedu._typing import Array
from nnedu.parity.pairs import Numbers
from nnedu.parity.tensors.pair import TensorAdapter


def _without(numbers: Numbers, *names: str) -> dict[str, Any]:
    return {name: value for name, value in numbers.items() if name not in names}


def _shrunk(theta: Array, g: Array, lr: float, n: Numbers) -> tuple[Array, Array]:
    return theta * (1 - lr * n["weight_decay"]), g


def _capped(lrs: Array) -> Any:
    return lambda k: min(float(lrs[k]), 1 / sqrt(k + 1))


def _torch_adafactor(n: Numbers, lrs: Array) -> dict[str, Any]:
    lr = _capped(lrs)
    decay = n["weight_decay"]
    return {
        **n,
        "lr": lr,
        "eps1": 1e-300,
        "weight_decay": lambda k: decay * float(lrs[k]) / lr(k) if lr(k) else decay,
    }


def _nesterov(n: Numbers, lrs: Array) -> dict[str, Any]:
    return {**_without(n, "nesterov"), "look_ahead": n["momentum"] if n["nesterov"] else 1.0}


def _corrected(n: Numbers, lrs: Array) -> dict[str, Any]:
    """The share of the mean, and epsilon beside a direction whose weights sum to 1."""
    b, eps = n["momentum"], n["eps"]

    def mean(k: int) -> float:
        return b / (1 - b ** (k + 2)) if n["nesterov"] else 1 / (1 - b ** (k + 1))

    def gradient(k: int) -> float:
        return (1 - b) / (1 - b ** (k + 1)) if n["nesterov"] else 0.0

    return {
        **_without(n, "nesterov"),
        "look_ahead": lambda k: mean(k) / (mean(k) + gradient(k)),
        "eps": lambda k: eps / (mean(k) + gradient(k)),
    }


SAME = TensorAdapter("the same", "The same formula.")
NORM_OF_SUM = TensorAdapter(
    "norm of the sum",
    "optax.lars measures the gradient and its decay as one, ||g + weight_decay theta||, the paper "
    "each by itself: the rule is handed that sum, and no decay of its own.",
    hyper=lambda n, lrs: {**n, "weight_decay": 0.0},
    ahead=lambda theta, g, lr, n: (theta, g + n["weight_decay"] * theta),
)
DECAY_AHEAD = TensorAdapter(
    "decay ahead",
    "Keras shrinks the parameters by 1 - lr weight_decay ahead of the step, whose length then "
    "follows the shrunken tensor; the rule is handed that tensor, and no decay of its own.",
    hyper=lambda n, lrs: {**n, "weight_decay": 0.0},
    ahead=_shrunk,
)
DECAY_AHEAD_CAPPED = TensorAdapter(
    "decay ahead, falling step",
    "Keras shrinks the parameters ahead of the step, and lets the relative step fall: "
    "lr = min(lr, 1 / sqrt(t)).",
    hyper=lambda n, lrs: {**n, "lr": _capped(lrs), "weight_decay": 0.0},
    ahead=_shrunk,
)
FLOORS = TensorAdapter(
    "floors, falling step",
    "PyTorch takes eps1 for a floor under the means instead of adding it to the squares (added, "
    "1e-300 does nothing), lets the relative step fall, lr = min(lr, 1 / sqrt(t)), and decays by "
    "the lr that does not.",
    hyper=_torch_adafactor,
)
EPSILON_FLOOR = TensorAdapter(
    "epsilon as a floor",
    "PyTorch divides by max(norm, eps), not norm + eps: eps=0 where no gradient is 0. Its weights "
    "have shape (O, I), and its orthogonalisation runs in bfloat16, here kept from it.",
    hyper=lambda n, lrs: {**_nesterov(n, lrs), "eps": 0.0},
)
SUM = TensorAdapter(
    "sum in place of a mean",
    "Keras keeps the sum b = m / (1 - momentum), beside which its epsilon, fixed at 1e-7, is "
    "smaller: eps = 1e-7 (1 - momentum).",
    hyper=lambda n, lrs: {**_nesterov(n, lrs), "eps": 1e-7 * (1 - n["momentum"])},
)
CORRECTED = TensorAdapter(
    "mean corrected for its start",
    "optax.contrib.muon corrects the mean for its start, one update ahead of the gradient: the "
    "share of the mean, look_ahead, is a schedule.",
    hyper=_corrected,
)
DECAY_WITHOUT_LR = TensorAdapter(
    "decay without lr",
    "optax.adafactor's decay is not multiplied by the learning rate; compared without it.",
    hyper=lambda n, lrs: {**n, "weight_decay": 0.0},
)
EPSILON_FLOOR_RMS = TensorAdapter(
    EPSILON_FLOOR.name,
    EPSILON_FLOOR.sentence,
    hyper=lambda n, lrs: {**EPSILON_FLOOR.hyper(n, lrs), "rms": 0.2},
)
