"""Which optimizer of which framework equals which rule, and by what convention.

One row a pair. Where two conventions differ, the row names its *adapter*: the value of a
hyper-parameter, or of the state's start, at which the rule makes the framework's steps.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

Numbers = Mapping[str, float]
"""A setting of a pair, in the library's words; ``initial`` is the start of a state array."""


@dataclass(frozen=True)
class Adapter:
    """How a rule is given a framework's convention.

    Attributes
    ----------
    name : str
        A few words for a table.
    sentence : str
        What differs, and what is done about it.
    hyper : callable
        ``hyper(numbers) -> dict``: the rule's hyper-parameters, numbers or schedules.
    initial : callable
        ``initial(numbers) -> dict``: start values of the rule's state.
    """

    name: str
    sentence: str
    hyper: Callable[[Numbers], dict[str, Any]] = dict
    initial: Callable[[Numbers], dict[str, float]] = lambda numbers: {}


@dataclass(frozen=True)
class Pair:
    """A rule of the library and its counterpart in a framework.

    Attributes
    ----------
    rule : str
        A row of ``nnedu.optim.RULES``.
    framework : {"keras", "torch", "optax"}
    theirs : str
        The counterpart, as one writes it.
    build : callable
        ``build(module, lr, numbers, parameters) -> optimizer`` of the framework; only PyTorch
        looks at ``parameters``.
    adapter : Adapter
    """

    rule: str
    framework: str
    theirs: str
    build: Callable[[Any, Any, Numbers, Any], Any]
    adapter: Adapter

    def __str__(self) -> str:
        """The rule and its counterpart."""
        return f"{self.rule}-{self.framework}"


def _without(name: str) -> Callable[[Numbers], dict[str, Any]]:
    return lambda numbers: {key: value for key, value in numbers.items() if key != name}


SAME = Adapter("the same", "The same formula.")
START = Adapter(
    "the same",
    "The same formula.",
    hyper=_without("initial"),
    initial=lambda n: {"G": n["initial"]},
)
EPSILON_HAT = Adapter(
    "epsilon hat",
    "Keras adds epsilon to the root before the correction for the start at zero: "
    "eps / sqrt(1 - beta2**t) in the paper's form.",
    hyper=lambda n: {**n, "eps": lambda k: n["eps"] / sqrt(1 - n["beta2"] ** (k + 1))},
)
WHOLE_FIRST = Adapter(
    "first gradient whole",
    "PyTorch starts its buffer at the whole first gradient: dampening is 0 at the first update.",
    hyper=lambda n: {**n, "dampening": lambda k: n["dampening"] if k else 0.0},
)
LR_INSIDE = Adapter(
    "lr first",
    "optax.sgd scales by the learning rate last; the same parts in the other order keep it "
    "inside the velocity.",
)
SUM_PLUS_EPS = Adapter(
    "sum starts at 0.1 + eps",
    "Keras and Optax start the sum at 0.1 (initial_accumulator_value) and add epsilon inside the "
    "root: a start of 0.1 + eps, with eps=0.",
    hyper=lambda n: {"eps": 0.0},
    initial=lambda n: {"G": n["initial"] + n["eps"]},
)
EPS_ROOT = Adapter(
    "eps inside the root",
    "Keras and Optax add epsilon inside the root: eps_root, with eps=0.",
    hyper=lambda n: {"rho": n["rho"], "eps": 0.0, "eps_root": n["eps"]},
)

PAIRS = (
    Pair("sgd", "keras", "keras.optimizers.SGD", lambda k, lr, n, _: k.optimizers.SGD(lr), SAME),
    Pair("sgd", "torch", "torch.optim.SGD", lambda t, lr, n, p: t.optim.SGD(p, lr), SAME),
    Pair("sgd", "optax", "optax.sgd", lambda o, lr, n, _: o.sgd(lr), SAME),
    Pair(
        "momentum",
        "torch",
        "torch.optim.SGD(momentum=...)",
        lambda t, lr, n, p: t.optim.SGD(p, lr, momentum=n["momentum"], dampening=n["dampening"]),
        WHOLE_FIRST,
    ),
    Pair(
        "momentum",
        "optax",
        "optax.chain(scale(1 - dampening), trace(momentum), scale_by_learning_rate(lr))",
        lambda o, lr, n, _: (
            o.chain(
                o.scale(1 - n["dampening"]), o.trace(n["momentum"]), o.scale_by_learning_rate(lr)
            )
            if n["dampening"]
            else o.sgd(lr, momentum=n["momentum"])
        ),
        SAME,
    ),
    Pair(
        "heavy_ball",
        "keras",
        "keras.optimizers.SGD(momentum=...)",
        lambda k, lr, n, _: k.optimizers.SGD(lr, momentum=n["momentum"]),
        SAME,
    ),
    Pair(
        "heavy_ball",
        "optax",
        "optax.chain(scale_by_learning_rate(lr), trace(momentum))",
        lambda o, lr, n, _: o.chain(o.scale_by_learning_rate(lr), o.trace(n["momentum"])),
        LR_INSIDE,
    ),
    Pair(
        "nesterov",
        "torch",
        "torch.optim.SGD(nesterov=True)",
        lambda t, lr, n, p: t.optim.SGD(p, lr, momentum=n["momentum"], nesterov=True),
        SAME,
    ),
    Pair(
        "nesterov",
        "optax",
        "optax.sgd(nesterov=True)",
        lambda o, lr, n, _: o.sgd(lr, momentum=n["momentum"], nesterov=True),
        SAME,
    ),
    Pair(
        "nesterov_velocity",
        "keras",
        "keras.optimizers.SGD(nesterov=True)",
        lambda k, lr, n, _: k.optimizers.SGD(lr, momentum=n["momentum"], nesterov=True),
        SAME,
    ),
    Pair(
        "nesterov_velocity",
        "optax",
        "optax.chain(scale_by_learning_rate(lr), trace(momentum, nesterov=True))",
        lambda o, lr, n, _: o.chain(
            o.scale_by_learning_rate(lr), o.trace(n["momentum"], nesterov=True)
        ),
        LR_INSIDE,
    ),
    Pair(
        "adagrad",
        "keras",
        "keras.optimizers.Adagrad",
        lambda k, lr, n, _: k.optimizers.Adagrad(
            lr, initial_accumulator_value=n["initial"], epsilon=n["eps"]
        ),
        SUM_PLUS_EPS,
    ),
    Pair(
        "adagrad",
        "torch",
        "torch.optim.Adagrad",
        lambda t, lr, n, p: t.optim.Adagrad(
            p, lr, initial_accumulator_value=n["initial"], eps=n["eps"]
        ),
        START,
    ),
    Pair(
        "adagrad",
        "optax",
        "optax.adagrad",
        lambda o, lr, n, _: o.adagrad(lr, initial_accumulator_value=n["initial"], eps=n["eps"]),
        SUM_PLUS_EPS,
    ),
    Pair(
        "rmsprop",
        "keras",
        "keras.optimizers.RMSprop",
        lambda k, lr, n, _: k.optimizers.RMSprop(lr, rho=n["rho"], epsilon=n["eps"]),
        EPS_ROOT,
    ),
    Pair(
        "rmsprop",
        "torch",
        "torch.optim.RMSprop",
        lambda t, lr, n, p: t.optim.RMSprop(p, lr, alpha=n["rho"], eps=n["eps"]),
        SAME,
    ),
    Pair(
        "rmsprop",
        "optax",
        "optax.rmsprop",
        lambda o, lr, n, _: o.rmsprop(lr, decay=n["rho"], eps=n["eps"]),
        EPS_ROOT,
    ),
    Pair(
        "adam",
        "keras",
        "keras.optimizers.Adam",
        lambda k, lr, n, _: k.optimizers.Adam(
            lr, beta_1=n["beta1"], beta_2=n["beta2"], epsilon=n["eps"]
        ),
        EPSILON_HAT,
    ),
    Pair(
        "adam",
        "torch",
        "torch.optim.Adam",
        lambda t, lr, n, p: t.optim.Adam(p, lr, betas=(n["beta1"], n["beta2"]), eps=n["eps"]),
        SAME,
    ),
    Pair(
        "adam",
        "optax",
        "optax.adam",
        lambda o, lr, n, _: o.adam(lr, b1=n["beta1"], b2=n["beta2"], eps=n["eps"]),
        SAME,
    ),
)
"""Every comparison; the rules in the order of ``nnedu.optim.RULES``."""

ELSEWHERE = {
    ("momentum", "keras"): "heavy_ball",
    ("heavy_ball", "torch"): "momentum",
    ("nesterov", "keras"): "nesterov_velocity",
    ("nesterov_velocity", "torch"): "nesterov",
}
"""Pairs that no hyper-parameter brings together: the rule that has the framework's form."""


def _exact(**numbers: float) -> dict[str, float]:
    """Rounded to float32, through which Keras passes every Python float."""
    return {name: float(np.float32(value)) for name, value in numbers.items()}


SETTINGS: dict[str, tuple[dict[str, float], ...]] = {
    "sgd": (_exact(),),
    "momentum": (
        _exact(momentum=0.9, dampening=0.0),
        _exact(momentum=0.97, dampening=0.25),
        _exact(momentum=0.5, dampening=0.5),
    ),
    "heavy_ball": (_exact(momentum=0.9), _exact(momentum=0.5)),
    "nesterov": (_exact(momentum=0.9), _exact(momentum=0.5)),
    "nesterov_velocity": (_exact(momentum=0.9), _exact(momentum=0.5)),
    "adagrad": (
        _exact(initial=0.1, eps=1e-7),
        _exact(initial=0.0, eps=1e-3),
        _exact(initial=1e-4, eps=1e-2),
    ),
    "rmsprop": (
        _exact(rho=0.9, eps=1e-7),
        _exact(rho=0.99, eps=1e-3),
        _exact(rho=0.5, eps=1e-5),
    ),
    "adam": (
        _exact(beta1=0.9, beta2=0.999, eps=1e-7),
        _exact(beta1=0.8, beta2=0.95, eps=1e-3),
        _exact(beta1=0.5, beta2=0.9, eps=1e-5),
    ),
}
"""Settings in which each rule is compared: the customary one first."""
