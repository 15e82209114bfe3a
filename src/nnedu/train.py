"""The training loop: one, visible, for surfaces and networks alike."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import numpy as np

from nnedu._check import batchable
from nnedu._typing import Array, Objective
from nnedu.optim import ClosureMethod, State


class Steps(Protocol):
    """What makes a step from a gradient: an Optimizer, a TensorOptimizer, or one under a mask."""

    def init(self, theta: Array) -> State:
        """The state before the first update."""

    def step(
        self, theta: Array, g: Array, state: State, *, inplace: bool = False
    ) -> tuple[Array, State]:
        """One update."""


Method = Steps | ClosureMethod
"""Whatever makes updates."""


@dataclass
class Run:
    """What a training run left behind.

    Attributes
    ----------
    theta : array
        The parameters after the last update.
    losses : float array, shape (updates,)
        The loss on each batch, before its update.
    evaluated : int array, shape (E,)
        Updates made when each evaluation took place.
    metrics : dict of str to float array, shape (E,)
        What the evaluations returned.
    reached : int or None
        Updates made when the target was first met; None if it never was.
    seconds : float
        Wall time.
    """

    theta: Array
    losses: Array
    evaluated: Array
    metrics: dict[str, Array]
    reached: int | None
    seconds: float


@dataclass
class _Recorder:
    """Evaluations as they come in."""

    at: list[int] = field(default_factory=list)
    values: list[dict[str, float]] = field(default_factory=list)

    def columns(self) -> dict[str, Array]:
        names = self.values[0] if self.values else {}
        return {name: np.array([row[name] for row in self.values]) for name in names}


def minibatches(rng: np.random.Generator, size: int, *arrays: Array) -> Iterator[tuple[Array, ...]]:
    """Mini-batches for ever: every epoch in a new random order, each example once an epoch.

    Parameters
    ----------
    rng : numpy.random.Generator
        Orders the examples.
    size : int, from 1 to N
        ``B``, the examples in a batch. What is left of an epoch after its last whole batch is
        dropped, so that every gradient averages over equally many; the next order takes from all.
    *arrays : arrays, first dimension N
        Inputs, labels, ...

    Yields
    ------
    tuple of arrays, first dimension B

    Raises
    ------
    ValueError
        If the arrays differ in length or ``size`` is not in 1 .. N.

    Examples
    --------
    >>> batches = minibatches(np.random.default_rng(0), 2, np.arange(4))
    >>> sorted(int(i) for batch in (next(batches), next(batches)) for i in batch[0])
    [0, 1, 2, 3]
    """
    batchable(size, arrays)
    return _minibatches(rng, size, arrays)


def _minibatches(
    rng: np.random.Generator, size: int, arrays: tuple[Array, ...]
) -> Iterator[tuple[Array, ...]]:
    """The generator behind ``minibatches``, which checks before the first batch is asked for."""
    N = len(arrays[0])
    while True:
        order = rng.permutation(N)
        for start in range(0, N - size + 1, size):
            chosen = order[start : start + size]
            yield tuple(array[chosen] for array in arrays)


@np.errstate(over="ignore", invalid="ignore")  # FloatingPointError says it better
def train(
    objective: Objective,
    theta: Array,
    optimizer: Method,
    batches: Iterator[tuple[Array, ...]],
    *,
    steps: int,
    evaluate: Callable[[Array], Mapping[str, float]] | None = None,
    every: int = 1,
    target: Callable[[Mapping[str, float]], bool] | None = None,
    names: Callable[[Array], Mapping[str, Array]] | None = None,
    progress: bool = False,
) -> Run:
    """Train: take a batch, ask for loss and gradient, make a step; look up from time to time.

    Parameters
    ----------
    objective : callable
        ``objective(theta, *batch) -> (loss, g)``, such as ``network.objective(loss)``.
    theta : float array, shape (P,)
        Where to start; not changed.
    optimizer : Optimizer, TensorOptimizer, or ClosureMethod
        Makes the updates. A :class:`~nnedu.optim.ClosureMethod`, such as SAM or L-BFGS, may ask
        for loss and gradient of the same batch elsewhere. L-BFGS needs the same batch at every
        update: all the data, ``itertools.repeat((x, labels))``.
    batches : iterator of tuples of arrays
        Such as :func:`minibatches`.
    steps : int, at least 1
        Updates to make.
    evaluate : callable, optional
        ``evaluate(theta) -> {name: number}``, called before the first update and after every
        ``every`` updates, with a copy of the parameters that it may keep.
    every : int, at least 1
        Updates between two evaluations.
    target : callable, optional
        ``target(metrics) -> bool``: stop at the first evaluation for which it is true.
    names : callable, optional
        Such as ``network.views``; names the parameter in an error.
    progress : bool
        Show a progress line on the error stream.

    Returns
    -------
    Run

    Raises
    ------
    FloatingPointError
        At the first loss or gradient that is not finite, naming the update and the parameter.
    ValueError
        If ``steps`` or ``every`` is below 1, ``target`` comes without ``evaluate``, or
        ``batches`` runs dry.
    """
    if steps < 1 or every < 1:
        raise ValueError(f"steps is {steps} and every {every}; expected both to be at least 1.")
    if target is not None and evaluate is None:
        raise ValueError("target needs evaluate: it looks at the metrics that evaluate returns.")
    start = time.perf_counter()
    state = optimizer.init(theta)
    theta = theta.copy()  # steps are made in place, and the caller's array stays as it was
    losses: list[float] = []
    recorder = _Recorder()
    reached = None
    bar = _progress_bar(steps) if progress else None

    for step in range(steps + 1):
        if evaluate is not None and step % every == 0:
            metrics = dict(evaluate(theta.copy()))
            recorder.at.append(step)
            recorder.values.append(metrics)
            if target is not None and target(metrics):
                reached = step
                break
        if step == steps:
            break
        batch = next(batches, None)
        if batch is None:
            raise ValueError(f"batches ran dry after {step} updates; expected {steps}.")
        loss, g = objective(theta, *batch)
        if not (np.isfinite(loss) and np.isfinite(g).all()):
            raise FloatingPointError(_not_finite(step, loss, g, names))
        if isinstance(optimizer, ClosureMethod):
            here = partial(_on_batch, objective, batch)
            theta, state = optimizer.step(here, theta, state, known=(loss, g))
        else:
            theta, state = optimizer.step(theta, g, state, inplace=True)
        losses.append(loss)
        if bar is not None:
            bar.set_postfix(loss=f"{loss:.4g}", refresh=False)
            bar.update()

    if bar is not None:
        bar.close()
    seconds = time.perf_counter() - start
    evaluated = np.array(recorder.at, dtype=int)
    return Run(theta, np.array(losses), evaluated, recorder.columns(), reached, seconds)


def descend(objective: Objective, theta: Array, optimizer: Method, *, steps: int) -> Array:
    """The path of an optimizer over a surface.

    Parameters
    ----------
    objective : callable
        ``objective(theta) -> (value, g)``, such as a :class:`~nnedu.data.Surface`.
    theta : float array, shape (P,)
        Where to start.
    optimizer : Optimizer, TensorOptimizer, or ClosureMethod
    steps : int, at least 0
        Updates to make. Unlike :func:`train` this goes on when the values explode, because that
        is what some pictures show; it stops early only where a value is no longer finite.

    Returns
    -------
    array, shape (at most steps + 1, P)
        Every point, the start first, all finite.

    Raises
    ------
    ValueError
        If ``steps`` is below 0.

    Examples
    --------
    >>> from nnedu.data import bowl
    >>> from nnedu.optim import Optimizer
    >>> descend(bowl(4), np.array([1.0, 1.0]), Optimizer("sgd", lr=0.25), steps=2)
    array([[1.    , 1.    ],
           [0.75  , 0.    ],
           [0.5625, 0.    ]])
    """
    if steps < 0:
        raise ValueError(f"steps is {steps}; expected at least 0.")
    path = [theta]
    state = optimizer.init(theta)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            if isinstance(optimizer, ClosureMethod):
                theta, state = optimizer.step(objective, theta, state)
            else:
                theta, state = optimizer.step(theta, objective(theta)[1], state)
            if not np.isfinite(theta).all():
                break
            path.append(theta)
    return np.array(path)


def _on_batch(objective: Objective, batch: tuple[Array, ...], theta: Array) -> tuple[float, Array]:
    """The objective of one batch as a function of the parameters alone."""
    return objective(theta, *batch)


def _not_finite(
    step: int, loss: float, g: Array, names: Callable[[Array], Mapping[str, Array]] | None
) -> str:
    """The message for a loss or gradient that is not finite."""
    what = [] if np.isfinite(loss) else [f"the loss is {loss}"]
    parts = names(g) if names else {}
    bad = next((name for name, part in parts.items() if not np.isfinite(part).all()), None)
    if not np.isfinite(g).all():
        what.append(f"the gradient of {bad} is not finite" if bad else "the gradient is not finite")
    return (
        f"{' and '.join(what)} at update {step + 1} (after {step} updates). The usual cause is a "
        "learning rate too large for the curvature: try a tenth of it. Also look for inputs that "
        "are not finite."
    )


def _progress_bar(steps: int) -> Any:
    """A progress line on the error stream."""
    try:
        from tqdm import tqdm
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "progress=True needs tqdm, which is missing. Run: pip install 'nnedu[data]'"
        ) from error
    return tqdm(total=steps, unit="step")
