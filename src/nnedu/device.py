"""The device this program finds, and the size, precision and strategy that suit it.

Chapters and lessons that can use a GPU ask here, once, and say what was found: ``find_device()``
looks through whatever backend Keras is configured for, and its answer picks full size on a GPU
and a reduced one on a CPU. Whatever is checked afterwards is checked on both.
"""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

Size = TypeVar("Size")


@dataclass(frozen=True)
class Gpu:
    """One GPU.

    Attributes
    ----------
    name : str
        As its driver says it, such as ``"NVIDIA A100-SXM4-80GB"``.
    capability : tuple of int, optional
        NVIDIA's compute capability, such as ``(8, 0)``; None where the backend does not say.
    memory : int, optional
        Bytes that the backend may use; None where it does not say.
    """

    name: str
    capability: tuple[int, int] | None = None
    memory: int | None = None


@dataclass(frozen=True)
class Device:
    """What was found, and what follows from it.

    Attributes
    ----------
    backend : str
        Keras's: ``"tensorflow"``, ``"jax"`` or ``"torch"``.
    gpus : tuple of Gpu
        Empty on a CPU.
    cores : int
        CPU cores that this process may use.

    Examples
    --------
    >>> laptop = Device("tensorflow", cores=8)
    >>> laptop.pick(cpu=64, gpu=1024), laptop.policy
    (64, 'float32')
    >>> server = Device("tensorflow", (Gpu("A100", (8, 0)),) * 2, cores=32)
    >>> server.pick(cpu=64, gpu=1024), server.batch_size(cpu=64, gpu=256), server.policy
    (1024, 512, 'mixed_bfloat16')
    """

    backend: str
    gpus: tuple[Gpu, ...] = ()
    cores: int = 1

    @property
    def kind(self) -> str:
        """``"gpu"`` or ``"cpu"``."""
        return "gpu" if self.gpus else "cpu"

    @property
    def replicas(self) -> int:
        """How many copies of a model train at once: one a GPU where the strategy mirrors it."""
        return len(self.gpus) if self.strategy_name == "mirrored" else 1

    @property
    def policy(self) -> str:
        """The Keras dtype policy: 16-bit arithmetic where the hardware is made for it.

        bfloat16 from compute capability 8.0 on (it needs no loss scaling), float16 from 7.0 on and
        where nothing is known of the GPU, float32 on older ones and on a CPU.
        """
        if not self.gpus:
            return "float32"
        known = [gpu.capability for gpu in self.gpus if gpu.capability is not None]
        least = min(known, default=(7, 0))
        if least < (7, 0):
            return "float32"
        return "mixed_bfloat16" if known and least >= (8, 0) else "mixed_float16"

    @property
    def strategy_name(self) -> str:
        """``"mirrored"`` where several GPUs can share a batch, otherwise ``"one device"``."""
        return "mirrored" if len(self.gpus) > 1 and self.backend != "torch" else "one device"

    def pick(self, *, cpu: Size, gpu: Size) -> Size:
        """One of two sizes, widths, lists of sizes, ...: that of a GPU, or the reduced one.

        Parameters
        ----------
        cpu, gpu : anything

        Returns
        -------
        ``gpu`` where there is a GPU, otherwise ``cpu``
        """
        return gpu if self.gpus else cpu

    def batch_size(self, *, cpu: int, gpu: int) -> int:
        """Examples in a whole batch: so many on a CPU, or so many for each GPU that takes a share.

        Parameters
        ----------
        cpu, gpu : int, at least 1

        Returns
        -------
        int
        """
        return self.pick(cpu=cpu, gpu=gpu) * self.replicas

    def strategy(self) -> Any:
        """The distribution strategy, new.

        Returns
        -------
        tf.distribute.Strategy
            On TensorFlow: ``MirroredStrategy`` over several GPUs, otherwise the default one.
        keras.distribution.DataParallel
            On JAX, over several GPUs.
        None
            Otherwise: there is nothing to distribute.
        """
        if self.backend == "tensorflow":
            distribute = import_module(self.backend).distribute
            mirrored = self.strategy_name == "mirrored"
            return distribute.MirroredStrategy() if mirrored else distribute.get_strategy()
        if self.strategy_name == "mirrored":
            return import_module("keras").distribution.DataParallel()
        return None

    def scope(self) -> AbstractContextManager[Any]:
        """Where a model is built so that the strategy holds: ``with device.scope(): ...``."""
        strategy = self.strategy()
        return nullcontext() if strategy is None else strategy.scope()

    def __str__(self) -> str:
        """One honest line."""
        keras = f"Keras on {self.backend}"
        if not self.gpus:
            cores = f"{self.cores} CPU core" + "s" * (self.cores != 1)
            return f"{keras} finds no GPU: {cores}, the reduced size, {self.policy}."
        names = " + ".join(dict.fromkeys(gpu.name for gpu in self.gpus))
        count = f"{len(self.gpus)} GPU" + "s" * (len(self.gpus) != 1)
        unused = "" if self.replicas == len(self.gpus) else ", of which it uses one"
        sizes = [gpu.memory for gpu in self.gpus if gpu.memory is not None]
        memory = f", {min(sizes) / 2**30:.0f} GiB each" if sizes else ""
        return (
            f"{keras} finds {count} ({names}{memory}){unused}: the full size, {self.policy}, "
            f"{self.strategy_name}."
        )


def find_device(gpus: Sequence[Gpu] | None = None) -> Device:
    """Look for GPUs through the Keras backend that is configured.

    Import Keras first if you want another backend than its default (``KERAS_BACKEND``). A backend
    that sees no GPU may be a build without GPU support: the line says what *it* finds, not what is
    in the machine.

    Parameters
    ----------
    gpus : sequence of Gpu, optional
        Believe in these rather than look: to see what would be picked elsewhere.

    Returns
    -------
    Device
        ``print`` it.

    Raises
    ------
    ModuleNotFoundError
        If Keras or its backend is missing.

    Examples
    --------
    What it prints where Keras runs on TensorFlow and finds one GPU:

    >>> print(Device("tensorflow", (Gpu("T4", (7, 5), 15 * 2**30),)))
    Keras on tensorflow finds 1 GPU (T4, 15 GiB each): the full size, mixed_float16, one device.
    """
    try:
        backend = str(import_module("keras").config.backend())
        found = tuple(_LOOK[backend](import_module(backend)) if gpus is None else gpus)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"finding a device needs {error.name}, which is missing. "
            "Run: pip install 'nnedu[tensorflow]'",
            name=error.name,
        ) from error
    return Device(backend, found, _cores())


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _tensorflow(tf: Any) -> list[Gpu]:
    found = []
    for device in tf.config.list_physical_devices("GPU"):
        details = tf.config.experimental.get_device_details(device)
        capability = details.get("compute_capability")
        found.append(Gpu(details.get("device_name", device.name), capability))
    return found


def _jax(jax: Any) -> list[Gpu]:
    found = []
    for device in jax.local_devices():
        if device.platform != "gpu":
            continue
        said = str(getattr(device, "compute_capability", "")).split(".")
        capability = (int(said[0]), int(said[1])) if len(said) == 2 else None
        memory = (device.memory_stats() or {}).get("bytes_limit")
        found.append(Gpu(device.device_kind, capability, memory))
    return found


def _torch(torch: Any) -> list[Gpu]:
    found = []
    for index in range(torch.cuda.device_count()):
        of = torch.cuda.get_device_properties(index)
        found.append(Gpu(of.name, (of.major, of.minor), of.total_memory))
    return found


_LOOK = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
