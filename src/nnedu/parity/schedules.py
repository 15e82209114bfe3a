"""Schedules beside their counterparts in the frameworks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from nnedu import schedules
from nnedu._typing import Array
from nnedu.parity.frameworks import double_precision, framework


@dataclass(frozen=True)
class ScheduleCase:
    """A schedule with its numbers, and the same schedule in each framework that has it.

    Attributes
    ----------
    schedule : callable
        From ``nnedu.schedules``.
    numbers : dict
        Its arguments.
    theirs : dict of str to callable
        ``build(module, numbers) -> schedule`` for Keras and Optax; for PyTorch
        ``build(module, numbers, optimizer) -> scheduler``.
    steps : int
        How far the two agree: PyTorch's cosine rises again after its end.
    """

    schedule: Callable[..., Any]
    numbers: Mapping[str, float]
    theirs: Mapping[str, Callable[..., Any]]
    steps: int = 60

    def run(self, **off: float) -> Array:
        """The library's values for ``t`` from 0; ``off`` multiplies arguments."""
        numbers = {name: value * off.get(name, 1) for name, value in self.numbers.items()}
        values: Array = partial(self.schedule, **numbers)(np.arange(self.steps))
        return values


SCHEDULES: dict[str, ScheduleCase] = {
    "constant": ScheduleCase(
        schedules.constant,
        {"base": 0.1},
        {
            "optax": lambda o, n: o.constant_schedule(n["base"]),
            "torch": lambda t, n, opt: t.optim.lr_scheduler.LambdaLR(opt, lambda k: 1.0),
        },
    ),
    "exponential": ScheduleCase(
        schedules.exponential,
        {"base": 0.1, "rate": 0.9},
        {
            "keras": lambda k, n: k.optimizers.schedules.ExponentialDecay(
                n["base"], np.float64(1), n["rate"]
            ),
            "optax": lambda o, n: o.exponential_decay(n["base"], 1, n["rate"]),
            "torch": lambda t, n, opt: t.optim.lr_scheduler.ExponentialLR(opt, n["rate"]),
        },
    ),
    "exponential, every 8": ScheduleCase(
        schedules.exponential,
        {"base": 0.1, "rate": 0.5, "every": 8},
        {
            "keras": lambda k, n: k.optimizers.schedules.ExponentialDecay(
                n["base"], n["every"], n["rate"]
            ),
            "optax": lambda o, n: o.exponential_decay(n["base"], n["every"], n["rate"]),
        },
    ),
    "inverse_time": ScheduleCase(
        schedules.inverse_time,
        {"base": 0.1, "scale": 16},
        {
            "keras": lambda k, n: k.optimizers.schedules.InverseTimeDecay(
                n["base"], n["scale"], np.float64(1)
            )
        },
    ),
    "cosine": ScheduleCase(
        schedules.cosine,
        {"base": 0.1, "total": 40, "final": 0.02},
        {
            "keras": lambda k, n: k.optimizers.schedules.CosineDecay(
                n["base"], n["total"], alpha=n["final"] / n["base"]
            ),
            "optax": lambda o, n: o.cosine_decay_schedule(
                n["base"], n["total"], alpha=n["final"] / n["base"]
            ),
        },
    ),
    "cosine, up to its end": ScheduleCase(
        schedules.cosine,
        {"base": 0.1, "total": 40, "final": 0.02},
        {
            "torch": lambda t, n, opt: t.optim.lr_scheduler.CosineAnnealingLR(
                opt, n["total"], n["final"]
            )
        },
        steps=41,
    ),
}


def schedule_values(case: ScheduleCase, name: str) -> Array:
    """The values of a framework's schedule, in float64.

    Parameters
    ----------
    case : ScheduleCase
    name : {"keras", "torch", "optax"}

    Returns
    -------
    float64 array, shape (case.steps,)
    """
    module = framework(name)
    if name == "torch":
        parameter = module.zeros(1, requires_grad=True)
        optimizer = module.optim.SGD([parameter], lr=case.numbers["base"])
        scheduler = case.theirs[name](module, case.numbers, optimizer)
        values = []
        for _ in range(case.steps):
            values.append(float(scheduler.get_last_lr()[0]))
            optimizer.step()
            scheduler.step()
        return np.array(values)
    with double_precision(name):
        # NumPy's float64, since Keras takes a Python float for float32.
        numbers = {key: np.float64(value) for key, value in case.numbers.items()}
        schedule = case.theirs[name](module, numbers)
        return np.array([float(schedule(t)) for t in range(case.steps)])
