"""Throughput against batch size and precision, and memory with and without recomputation.

Keras alone is used, so that one program runs on TensorFlow, JAX and PyTorch. What each tells about
memory differs: XLA under JAX plans its buffers when it compiles, and says how many bytes they
take; otherwise it is the peak of the GPU's allocator, or on a CPU the growth of the process's peak
resident memory. Each number carries which of these it is.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from nnedu.device import Device

POLICIES = ("float32", "mixed_bfloat16", "mixed_float16")
DEPTH = 36
SEGMENTS = (0, 6, 36)
"""None, the square root of the depth, and each layer on its own."""


def measure(device: Device, *, quick: bool = False) -> dict[str, Any]:
    """All measurements of the chapter.

    Parameters
    ----------
    device : Device
        Decides the sizes.
    quick : bool
        Tiny sizes, to try the program.

    Returns
    -------
    dict
        ``throughput``: the network's ``width`` and ``hidden`` layers, the ``batches`` and, by
        dtype policy, examples a second at each. ``memory``: the sizes, and for each policy and
        number of segments the bytes of one step and its seconds.
    """
    width = 16 if quick else device.pick(cpu=256, gpu=4096)
    batches = [4, 8] if quick else device.pick(cpu=_doublings(4, 256), gpu=_doublings(16, 16384))
    seconds = 0.05 if quick else 0.5
    speed = {policy: throughput(policy, width, batches, seconds) for policy in POLICIES}
    chain = {
        "width": 8 if quick else device.pick(cpu=64, gpu=1024),
        "batch": 64 if quick else 16384,
        "depth": DEPTH,
    }
    steps = []
    for policy, segments in _memory_runs(quick):
        steps.append(_alone(policy, segments, **chain))
        print(steps[-1], flush=True)
    return {
        "throughput": {"width": width, "hidden": 3, "batches": batches, "rates": speed},
        "memory": {**chain, "steps": steps},
    }


def _doublings(first: int, last: int) -> list[int]:
    return [first * 2**i for i in range((last // first).bit_length())]


def _memory_runs(quick: bool) -> Iterator[tuple[str, int]]:
    for policy in ("float32", "mixed_bfloat16"):
        for segments in SEGMENTS:
            if not quick or (policy, segments) in (("float32", 0), ("float32", 6)):
                yield policy, segments


def throughput(
    policy: str, width: int, batches: list[int], seconds: float, *, say: bool = True
) -> list[float]:
    """Examples a second that one training step takes at each batch size.

    Parameters
    ----------
    policy : str
        Keras's dtype policy; float16 comes with Keras's loss scaling.
    width : int
        Inputs, and units in each of three hidden layers.
    batches : list of int
    seconds : float
        To spend at each.
    say : bool
        Print a line for each.

    Returns
    -------
    list of float
        Of the fastest step: others on a busy machine were kept waiting. Its data are on the device
        beforehand, and it ends when the loss has arrived.
    """
    keras = import_module("keras")
    rates = []
    with _policy(keras, policy):
        layers = [keras.layers.Dense(width, activation="relu") for _ in range(3)]
        model = keras.Sequential(
            [keras.Input((width,)), *layers, keras.layers.Dense(10, dtype="float32")]
        )
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.SGD(0.01), loss)
        for batch in batches:
            x, y = _batch(keras, batch, width)
            taken = _times(partial(model.train_on_batch, x, y), seconds)
            rates.append(float(f"{batch / min(taken):.4g}"))
            if say:
                print(f"{policy}, batch {batch}: {rates[-1]:,.0f} examples a second", flush=True)
    return rates


class _policy:
    """Keras's global dtype policy, for a while."""

    def __init__(self, keras: Any, policy: str) -> None:
        self.config, self.policy = keras.config, policy

    def __enter__(self) -> None:
        self.before = self.config.dtype_policy()
        self.config.set_dtype_policy(self.policy)

    def __exit__(self, *_: object) -> None:
        self.config.set_dtype_policy(self.before)


def _batch(keras: Any, batch: int, width: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    x = keras.ops.convert_to_tensor(rng.normal(size=(batch, width)).astype("float32"))
    return x, keras.ops.convert_to_tensor(rng.integers(10, size=batch))


def _times(step: Callable[[], object], seconds: float) -> list[float]:
    """Seconds of each of at least five steps, after two that compile."""
    step()
    step()
    taken: list[float] = []
    while len(taken) < 5 or sum(taken) < seconds:
        begin = time.perf_counter()
        step()
        taken.append(time.perf_counter() - begin)
    return taken


def _alone(policy: str, segments: int, *, width: int, batch: int, depth: int) -> dict[str, Any]:
    """One measurement in a process of its own: no peak is left from another."""
    words = [policy, *map(str, (segments, width, batch, depth))]
    done = subprocess.run(
        [sys.executable, "-m", "nnedu.recordings.memory_precision", *words],
        env={**os.environ, "KERAS_BACKEND": import_module("keras").config.backend()},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def one_step(policy: str, segments: int, width: int, batch: int, depth: int) -> dict[str, Any]:
    """Bytes and seconds of one training step of a deep chain, in this process.

    Parameters
    ----------
    policy : str
        Keras's dtype policy.
    segments : int
        Into how many the chain is cut, each recomputed on its own; 0 keeps everything.
    width, batch, depth : int

    Returns
    -------
    dict
        ``bytes`` is None where nothing tells.
    """
    keras = import_module("keras")
    with _policy(keras, policy):
        chain = _chain(keras, width, depth, segments)
        model = keras.Sequential([keras.Input((width,)), *chain, keras.layers.Dense(10)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.SGD(0.01), loss)
        model.train_on_batch(*_batch(keras, 8, width))  # what a first step prepares is not its own
        x, y = _batch(keras, batch, width)
        size, how = _bytes(keras, model, x, y)
        taken = _times(partial(model.train_on_batch, x, y), 0.5)
    return {
        "policy": policy,
        "segments": segments,
        "bytes": size,
        "bytes_are": how,
        "seconds": float(f"{min(taken):.3g}"),
    }


def _chain(keras: Any, width: int, depth: int, segments: int) -> list[Any]:
    """Layers of ``tanh`` units in segments that are recomputed, or in one that is not."""

    class Segment(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self, count: int) -> None:
            super().__init__()
            self.parts = [keras.layers.Dense(width, activation="tanh") for _ in range(count)]

        def build(self, shape: Any) -> None:
            for part in self.parts:
                part.build(shape)

        def through(self, x: Any) -> Any:
            for part in self.parts:
                x = part(x)
            return x

        def call(self, x: Any) -> Any:
            return keras.remat(self.through)(x) if segments else self.through(x)

    count = segments or 1
    return [Segment(depth // count) for _ in range(count)]


def _bytes(keras: Any, model: Any, x: Any, y: Any) -> tuple[int | None, str]:
    """What one step takes, and what that number is."""
    if keras.config.backend() == "jax":
        return _planned(import_module("jax"), model, x, y), "temporary buffers as compiled"
    before, how = _peak(keras)
    model.train_on_batch(x, y)
    after, _ = _peak(keras)
    return (None if before is None or after is None else after - before), how


def _planned(jax: Any, model: Any, x: Any, y: Any) -> int:
    """Bytes of temporary buffers that XLA plans for the gradient."""

    def loss(trainable: Any, rest: Any) -> Any:
        outputs, _ = model.stateless_call(trainable, rest, x)
        return model.loss(y, outputs)

    values = (
        [v.value for v in each]
        for each in (model.trainable_variables, model.non_trainable_variables)
    )
    compiled = jax.jit(jax.grad(loss)).lower(*values).compile()
    return int(compiled.memory_analysis().temp_size_in_bytes)


def _peak(keras: Any) -> tuple[int | None, str]:
    """The most bytes that were in use so far: of the GPU's allocator, or of this process."""
    name, gpu = keras.config.backend(), "the GPU's allocator, peak"
    backend = import_module(name)
    if name == "tensorflow" and backend.config.list_physical_devices("GPU"):
        return int(backend.config.experimental.get_memory_info("GPU:0")["peak"]), gpu
    if name == "torch" and backend.cuda.is_available():
        return int(backend.cuda.max_memory_allocated()), gpu
    how = "the process, growth of its peak"
    try:
        usage = import_module("resource")
    except ModuleNotFoundError:  # on Windows
        return None, how
    most = usage.getrusage(usage.RUSAGE_SELF).ru_maxrss
    return int(most) * (1 if sys.platform == "darwin" else 1024), how


if __name__ == "__main__":
    print(json.dumps(one_step(sys.argv[1], *map(int, sys.argv[2:]))))
