"""Who makes the step: for each contender a function that sets it up and gives ``(step, moved)``.

``step()`` makes one update and waits until it is done; ``moved()`` says how far the parameters are
from where they started, on average. All start from ones and see the same gradient at every step. A
contender whose package is missing raises ModuleNotFoundError.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

Contender = tuple[Callable[[], Any], Callable[[], float]]
DECAY = 0.01
LR = 1e-3
NETWORK = [(784, 64), (64,), (64, 64), (64,), (64, 10), (10,)]  # the network of the chapters


def shapes(size: int) -> list[tuple[int, ...]]:
    """The tensors that frameworks hold: the network's, or matrices of a million entries."""
    if size == sum(int(np.prod(shape)) for shape in NETWORK):
        return NETWORK
    return [(1000, 1000)] * (size // 10**6) + [(size % 10**6,)] * (size % 10**6 > 0)


def gradient(size: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(size, np.float32)


def parts(flat: np.ndarray) -> list[np.ndarray]:
    """Views of a flat vector with the frameworks' shapes."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes(flat.size)])[:-1]
    return [
        part.reshape(s) for part, s in zip(np.split(flat, ends), shapes(flat.size), strict=True)
    ]


def moved(tensors: Any) -> float:
    flat = np.concatenate([np.asarray(tensor).ravel() for tensor in tensors])
    return float(np.abs(flat - 1).mean())


def ours(engine: str) -> Callable[[str, int], Contender]:
    def set_up(rule: str, size: int) -> Contender:
        from nnedu.optim import Optimizer

        decay = {"weight_decay": DECAY} if rule in ("adamw", "lion") else {}
        opt = Optimizer(rule, lr=LR, engine=engine, **decay)
        if opt.engine != engine:
            raise ModuleNotFoundError("No module named 'numba'", name="numba")
        theta, g = np.ones(size, np.float32), gradient(size)
        state = opt.init(theta)

        def step() -> None:
            nonlocal theta, state
            # The reference engine is timed as it is meant to be used: each step a new value.
            theta, state = opt.step(theta, g, state, inplace=engine == "fused")

        return step, lambda: moved([theta])

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

    two = rule in ("adam", "adamw")  # state arrays; momentum and Lion have one
    loop = numba.njit(adam if two else momentum, parallel=threads > 1)
    arrays = [np.ones(size, np.float32) for _ in range(3 if two else 2)]
    theta, *state = arrays
    g = gradient(size)
    return lambda: loop(theta, g, *state), lambda: moved([theta])


def torch(**how: bool) -> Callable[[str, int], Contender]:
    def set_up(rule: str, size: int) -> Contender:
        import torch

        tensors = [torch.nn.Parameter(torch.ones(shape)) for shape in shapes(size)]
        for tensor, g in zip(tensors, parts(gradient(size)), strict=True):
            tensor.grad = torch.from_numpy(g.copy())
        make = {
            "momentum": lambda: torch.optim.SGD(tensors, lr=LR, momentum=0.9, **how),
            "adam": lambda: torch.optim.Adam(tensors, lr=LR, **how),
            "adamw": lambda: torch.optim.AdamW(tensors, lr=LR, weight_decay=DECAY, **how),
        }
        if rule not in make:
            raise ModuleNotFoundError(f"PyTorch has no {rule}", name=f"torch.optim.{rule}")
        return make[rule]().step, lambda: moved(t.detach() for t in tensors)

    return set_up


def optax(rule: str, size: int) -> Contender:
    import jax
    import optax

    opt = {
        "momentum": lambda: optax.sgd(LR, momentum=0.9),
        "adam": lambda: optax.adam(LR),
        "adamw": lambda: optax.adamw(LR, weight_decay=DECAY),
        "lion": lambda: optax.lion(LR, weight_decay=DECAY),
    }[rule]()

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

    return step, lambda: moved(params)


def keras(how: str) -> Callable[[str, int], Contender]:
    def set_up(rule: str, size: int) -> Contender:
        os.environ["KERAS_BACKEND"] = "tensorflow"
        import keras
        import tensorflow as tf

        variables = [keras.Variable(np.ones(s, np.float32)) for s in shapes(size)]
        gs = [tf.constant(g) for g in parts(gradient(size))]
        opt = {
            "momentum": lambda: keras.optimizers.SGD(LR, momentum=0.9),
            "adam": lambda: keras.optimizers.Adam(LR),
            "adamw": lambda: keras.optimizers.AdamW(LR, weight_decay=DECAY),
            "lion": lambda: keras.optimizers.Lion(LR, weight_decay=DECAY),
        }[rule]()
        opt.build(variables)

        def apply() -> None:
            opt.apply(gs)

        if how != "eager":
            apply = tf.function(apply, jit_compile=how == "xla")

        def step() -> None:
            apply()
            variables[-1].numpy()[:1]  # wait

        return step, lambda: moved(v.numpy() for v in variables)

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
