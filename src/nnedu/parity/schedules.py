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
    convention : str
        What differs between theirs and ours, and what ``theirs`` does about it.
    of : str
        The schedule's name where ``schedule`` binds it to another.
    """

    schedule: Callable[..., Any]
    numbers: Mapping[str, Any]
    theirs: Mapping[str, Callable[..., Any]]
    steps: int = 60
    convention: str = "The same formula."
    of: str = ""

    @property
    def name(self) -> str:
        """The name of the library's schedule."""
        return self.of or self.schedule.__name__

    @property
    def first(self) -> float:
        """The learning rate PyTorch's optimizer is made with: its scheduler multiplies it."""
        return float(self.numbers["base"] if "base" in self.numbers else self.run()[0])

    def run(self, **off: float) -> Array:
        """The library's values for ``t`` from 0; ``off`` multiplies arguments."""
        numbers = {name: _times(value, off.get(name, 1)) for name, value in self.numbers.items()}
        values: Array = partial(self.schedule, **numbers)(np.arange(self.steps))
        return values


def _times(value: Any, factor: float) -> Any:
    return [factor * each for each in value] if isinstance(value, list) else factor * value


def _warm_cosine(t: Any, *, base: float, total: float, updates: int, start: float) -> Any:
    """A warm-up before a cosine."""
    return schedules.warm_up(
        t, then=partial(schedules.cosine, base=base, total=total), updates=updates, start=start
    )


def wave(t: Any, *, base: float, total: float) -> Any:
    """A cosine that goes on past its end: up again, down again, for ever."""
    return base * (1 + np.cos(np.pi * np.asarray(t) / total)) / 2


def _factors(n: Mapping[str, Any]) -> dict[int, float]:
    """Values of a piecewise constant schedule as factors by boundary."""
    values = n["values"]
    return {int(b): values[i + 1] / values[i] for i, b in enumerate(n["boundaries"])}


_PIECES = {"boundaries": [7, 20, 21], "values": [0.25, 0.125, 0.5, 0.015625]}
_TRIANGLE = {"low": 0.01, "high": 0.2, "half": 7}
_WARM = {"base": 0.1, "total": 30, "updates": 10, "start": 0.01}


def _cyclic(torch: Any, n: Mapping[str, Any], optimizer: Any, mode: str) -> Any:
    return torch.optim.lr_scheduler.CyclicLR(
        optimizer,
        n["low"],
        n["high"],
        step_size_up=n["half"],
        mode=mode,
        gamma=n.get("rate", 1.0),
        cycle_momentum=False,
    )


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
    "cosine, rising again": ScheduleCase(
        wave,
        {"base": 0.1, "total": 10},
        {"torch": lambda t, n, opt: t.optim.lr_scheduler.CosineAnnealingLR(opt, n["total"])},
        steps=101,
        convention="Past its end PyTorch's rises again: no min(t, total), and so a period of "
        "2 total.",
        of="cosine",
    ),
    "polynomial": ScheduleCase(
        schedules.polynomial,
        {"base": 0.1, "total": 40, "final": 0.02, "power": 2.5},
        {
            "keras": lambda k, n: k.optimizers.schedules.PolynomialDecay(
                n["base"], n["total"], n["final"], n["power"]
            ),
            "optax": lambda o, n: o.polynomial_schedule(
                n["base"], n["final"], n["power"], n["total"]
            ),
        },
    ),
    "polynomial, down to 0": ScheduleCase(
        schedules.polynomial,
        {"base": 0.1, "total": 40, "power": 2.5},
        {"torch": lambda t, n, opt: t.optim.lr_scheduler.PolynomialLR(opt, n["total"], n["power"])},
        convention="PyTorch's ends at 0.",
    ),
    "piecewise_constant": ScheduleCase(
        schedules.piecewise_constant,
        _PIECES,
        {
            "optax": lambda o, n: o.piecewise_constant_schedule(n["values"][0], _factors(n)),
        },
        convention="The frameworks take factors instead of values.",
    ),
    "piecewise_constant, one factor": ScheduleCase(
        schedules.piecewise_constant,
        {"boundaries": [7, 20], "values": [0.4, 0.1, 0.025]},
        {
            "torch": lambda t, n, opt: t.optim.lr_scheduler.MultiStepLR(
                opt, [int(b) for b in n["boundaries"]], n["values"][1] / n["values"][0]
            )
        },
        convention="PyTorch takes one factor for all boundaries.",
    ),
    "piecewise_constant, one update later": ScheduleCase(
        schedules.piecewise_constant,
        _PIECES,
        {
            "keras": lambda k, n: k.optimizers.schedules.PiecewiseConstantDecay(
                [int(b) - 1 for b in n["boundaries"]], [float(v) for v in n["values"]]
            )
        },
        convention="Keras changes one update later, at t > boundary: its boundaries are ours - 1.",
    ),
    "triangular": ScheduleCase(
        schedules.triangular,
        _TRIANGLE,
        {"torch": lambda t, n, opt: _cyclic(t, n, opt, "triangular")},
    ),
    "triangular2": ScheduleCase(
        schedules.triangular2,
        _TRIANGLE,
        {"torch": lambda t, n, opt: _cyclic(t, n, opt, "triangular2")},
    ),
    "exp_range": ScheduleCase(
        schedules.exp_range,
        {**_TRIANGLE, "rate": 0.97},
        {"torch": lambda t, n, opt: _cyclic(t, n, opt, "exp_range")},
    ),
    "one_cycle": ScheduleCase(
        schedules.one_cycle,
        {"base": 0.01, "peak": 0.2, "up": 12, "total": 40, "final": 0.001},
        {
            "optax": lambda o, n: o.cosine_onecycle_schedule(
                int(n["total"]),
                n["peak"],
                n["up"] / n["total"],
                n["peak"] / n["base"],
                n["base"] / n["final"],
            )
        },
        convention="Optax gives start and end as divisors: div_factor, final_div_factor.",
    ),
    "one_cycle, to the last update": ScheduleCase(
        schedules.one_cycle,
        {"base": 0.01, "peak": 0.2, "up": 11, "total": 39, "final": 0.001},
        {
            "torch": lambda t, n, opt: t.optim.lr_scheduler.OneCycleLR(
                opt,
                n["peak"],
                n["total"] + 1,
                pct_start=(n["up"] + 1) / (n["total"] + 1),
                cycle_momentum=False,
                div_factor=n["peak"] / n["base"],
                final_div_factor=n["base"] / n["final"],
            )
        },
        steps=40,
        convention="PyTorch's total_steps is total + 1, and up = pct_start total_steps - 1. Past "
        "the end it raises an error.",
    ),
    "warm_restarts": ScheduleCase(
        schedules.warm_restarts,
        {"base": 0.1, "period": 8, "growth": 1.5, "shrink": 0.8, "final": 0.02},
        {
            "keras": lambda k, n: k.optimizers.schedules.CosineDecayRestarts(
                n["base"], n["period"], n["growth"], n["shrink"], n["final"] / n["base"]
            )
        },
    ),
    "warm_restarts, to the same top": ScheduleCase(
        schedules.warm_restarts,
        {"base": 0.1, "period": 8, "growth": 2, "final": 0.02},
        {
            "torch": lambda t, n, opt: t.optim.lr_scheduler.CosineAnnealingWarmRestarts(
                opt, n["period"], n["growth"], n["final"]
            )
        },
        convention="PyTorch's tops do not shrink, and its growth is a whole number.",
    ),
    "warm_up, then cosine": ScheduleCase(
        _warm_cosine,
        _WARM,
        {
            "keras": lambda k, n: k.optimizers.schedules.CosineDecay(
                n["start"], n["total"], warmup_target=n["base"], warmup_steps=n["updates"]
            ),
            "torch": lambda t, n, opt: t.optim.lr_scheduler.SequentialLR(
                opt,
                [
                    t.optim.lr_scheduler.LinearLR(opt, n["start"] / n["base"], 1, n["updates"]),
                    t.optim.lr_scheduler.CosineAnnealingLR(opt, n["total"]),
                ],
                [n["updates"]],
            ),
        },
        steps=41,
        convention="The length of the cosine does not include the warm-up.",
        of="warm_up",
    ),
    "warm_up, inside the length": ScheduleCase(
        _warm_cosine,
        _WARM,
        {
            "optax": lambda o, n: o.warmup_cosine_decay_schedule(
                n["start"], n["base"], n["updates"], n["updates"] + n["total"]
            )
        },
        convention="Optax's decay_steps is the length of both: updates + total.",
        of="warm_up",
    ),
}


def _double(value: Any) -> Any:
    return [np.float64(each) for each in value] if isinstance(value, list) else np.float64(value)


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
        optimizer = module.optim.SGD([parameter], lr=case.first)
        scheduler = case.theirs[name](module, case.numbers, optimizer)
        values = []
        for _ in range(case.steps):
            values.append(float(scheduler.get_last_lr()[0]))
            optimizer.step()
            scheduler.step()
        return np.array(values)
    with double_precision(name):
        # NumPy's float64, since Keras takes a Python float for float32.
        numbers = {key: _double(value) for key, value in case.numbers.items()}
        schedule = case.theirs[name](module, numbers)
        return np.array([float(schedule(t)) for t in range(case.steps)])
