"""Who makes the step: for each contender a function that sets it up and gives ``(step, theta)``.

``step()`` makes one update and waits until it is done; ``theta()`` gives the parameters as one flat
NumPy array. All start from ones and see the same gradient at every step. A contender whose package
is missing raises ModuleNotFoundError.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

Contender = tuple[Callable[[], Any], Callable[[], np.ndarray]]
LR = 1e-3
NETWORK = [(784, 64), (64,), (64, 64), (64,), (64, 10), (10,)]  # the network of the chapters


def shapes(size: int) -> list[tuple[int, ...]]:
    """The tensors that frameworks hold: the network's, or matrices of a million entries."""
    if size == sum(int(np.prod(shape)) for shape in NETWORK):
        return NETWORK
    return [(1000, 1000)] * (size // 10**6) + [(size % 10**6,)] * (size % 10**6 > 0)


def gradient(size: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=size).astype(np.float32)


def parts(flat: np.ndarray) -> list[np.ndarray]:
    """Views of a flat vector with the frameworks' shapes."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes(flat.size)])[:-1]
    return [
        part.reshape(s) for part, s in zip(np.split(flat, ends), shapes(flat.size), strict=True)
    ]


def joined(tensors: Any) -> np.ndarray:
    return np.concatenate([np.asarray(tensor).ravel() for tensor in tensors])


def ours(engine: str) -> Callable[[str, int], Contender]:
    def set_up(rule: str, size: int) -> Contender:
        from nnedu.optim import Optimizer

        opt = Optimizer(rule, lr=LR, engine=engine)
        if opt.engine != engine:
            raise ModuleNotFoundError("No module named 'numba'", name="numba")
        theta, g = np.ones(size, np.float32), gradient(size)
        state = opt.init(theta)

        def step() -> None:
            nonlocal theta, state
            # The reference engine is timed as it is meant to be used: each step a new value.
            theta, state = opt.step(theta, g, state, inplace=engine == "fused")

        return step, lambda: theta

    return set_up


def floor(rule: str, size: int) -> Contender:
    """Reads and writes what the rule must, and does next to nothing with it."""
    import numba

    threads = 1 if size < 10**6 else len(os.sched_getaffinity(0))
    numba.set_num_threads(threads)

    def momentum(theta: Any, g: Any, b: Any) -> None:
        for i in numba.prange(theta.size):
            b[i] += g[i]
            theta[i] += g[i]

    def adam(theta: Any, g: Any, m: Any, v: Any) -> None:
        for i in numba.prange(theta.size):
            m[i] += g[i]
            v[i] += g[i]
            theta[i] += g[i]

    loop = numba.njit({"momentum": momentum, "adam": adam}[rule], parallel=threads > 1)
    arrays = [np.ones(size, np.float32) for _ in range({"momentum": 2, "adam": 3}[rule])]
    theta, *state = arrays
    g = gradient(size)
    return lambda: loop(theta, g, *state), lambda: theta


def torch(**how: bool) -> Callable[[str, int], Contender]:
    def set_up(rule: str, size: int) -> Contender:
        import torch

        tensors = [torch.nn.Parameter(torch.ones(shape)) for shape in shapes(size)]
        for tensor, g in zip(tensors, parts(gradient(size)), strict=True):
            tensor.grad = torch.from_numpy(g.copy())
        make = {
            "momentum": lambda: torch.optim.SGD(tensors, lr=LR, momentum=0.9, **how),
            "adam": lambda: torch.optim.Adam(tensors, lr=LR, **how),
        }
        return make[rule]().step, lambda: joined(t.detach() for t in tensors)

    return set_up


def optax(rule: str, size: int) -> Contender:
    import jax
    import optax

    opt = optax.sgd(LR, momentum=0.9) if rule == "momentum" else optax.adam(LR)

    def update(params: Any, state: Any, gs: Any) -> Any:
        changes, state = opt.update(gs, state, params)
        return optax.apply_updates(params, changes), state

    jitted = jax.jit(update, donate_argnums=(0, 1))
    params = [jax.numpy.ones(shape) for shape in shapes(size)]
    gs = [jax.numpy.asarray(g) for g in parts(gradient(size))]
    state = opt.init(params)

    def step() -> None:
        nonlocal params, state
        params, state = jitted(params, state, gs)
        jax.block_until_ready(params)

    return step, lambda: joined(params)


def keras(how: str) -> Callable[[str, int], Contender]:
    def set_up(rule: str, size: int) -> Contender:
        os.environ["KERAS_BACKEND"] = "tensorflow"
        import keras
        import tensorflow as tf

        variables = [keras.Variable(np.ones(s, np.float32)) for s in shapes(size)]
        gs = [tf.constant(g) for g in parts(gradient(size))]
        opt = (
            keras.optimizers.SGD(LR, momentum=0.9)
            if rule == "momentum"
            else keras.optimizers.Adam(LR)
        )
        opt.build(variables)

        def apply() -> None:
            opt.apply(gs)

        if how != "eager":
            apply = tf.function(apply, jit_compile=how == "xla")

        def step() -> None:
            apply()
            variables[-1].numpy()[:1]  # wait

        return step, lambda: joined(v.numpy() for v in variables)

    return set_up


CONTENDERS: dict[str, Callable[[str, int], Contender]] = {
    "floor": floor,
    "nnedu fused": ours("fused"),
    "nnedu reference": ours("reference"),
    "PyTorch for-loop": torch(foreach=False),
    "PyTorch foreach": torch(foreach=True),
    "PyTorch fused": torch(fused=True),
    "Optax jitted": optax,
    "Keras eager": keras("eager"),
    "Keras tf.function": keras("function"),
    "Keras XLA": keras("xla"),
}
