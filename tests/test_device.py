"""What is picked for the devices that may be there, and what each backend is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from nnedu import device
from nnedu.device import Device, Gpu, find_device
from tests.needs import require

T4, A100, P100 = Gpu("T4", (7, 5)), Gpu("A100", (8, 0), 80 * 2**30), Gpu("P100", (6, 0))


@pytest.mark.parametrize(
    ("gpus", "policy"),
    [
        ((), "float32"),
        ((P100,), "float32"),
        ((T4,), "mixed_float16"),
        ((A100,), "mixed_bfloat16"),
        ((Gpu("unknown"),), "mixed_float16"),
        ((A100, T4), "mixed_float16"),  # the weakest decides
        ((A100, P100), "float32"),
        ((A100, Gpu("unknown")), "mixed_bfloat16"),
    ],
)
def test_precision_follows_the_hardware(gpus: tuple[Gpu, ...], policy: str) -> None:
    assert Device("tensorflow", gpus).policy == policy


def test_a_cpu_gets_the_reduced_size_and_a_gpu_the_full_one() -> None:
    cpu, one, two = (Device("jax", (A100,) * n) for n in range(3))
    assert [d.pick(cpu="small", gpu="large") for d in (cpu, one, two)] == ["small", *["large"] * 2]
    assert [d.batch_size(cpu=32, gpu=256) for d in (cpu, one, two)] == [32, 256, 512]
    assert [d.kind for d in (cpu, one)] == ["cpu", "gpu"]


def test_several_gpus_are_mirrored_where_the_backend_can() -> None:
    assert Device("tensorflow", (A100, A100)).strategy_name == "mirrored"
    torch = Device("torch", (A100, A100))
    assert (torch.strategy_name, torch.replicas) == ("one device", 1)
    assert torch.batch_size(cpu=32, gpu=256) == 256
    assert Device("torch", (A100, A100)).strategy() is None
    with Device("jax").scope():
        pass


def test_the_line_says_what_was_found_and_what_is_done_with_it() -> None:
    assert str(Device("tensorflow", cores=2)) == (
        "Keras on tensorflow finds no GPU: 2 CPU cores, the reduced size, float32."
    )
    assert "1 CPU core," in str(Device("jax", cores=1))
    assert str(Device("tensorflow", (A100,))) == (
        "Keras on tensorflow finds 1 GPU (A100, 80 GiB each): the full size, mixed_bfloat16, "
        "one device."
    )
    assert "2 GPUs (A100 + T4, 80 GiB each)" in str(Device("jax", (A100, T4)))
    assert ", of which it uses one:" in str(Device("torch", (A100, A100)))


def test_tensorflow_is_asked_for_names_and_capabilities() -> None:
    asked = SimpleNamespace(
        list_physical_devices=lambda kind: [SimpleNamespace(name=f"/physical:{kind}:0")] * 2,
        experimental=SimpleNamespace(
            get_device_details=lambda _: {"device_name": "A100", "compute_capability": (8, 0)}
        ),
    )
    assert device._tensorflow(SimpleNamespace(config=asked)) == [Gpu("A100", (8, 0))] * 2
    asked.experimental.get_device_details = lambda _: {}
    assert device._tensorflow(SimpleNamespace(config=asked))[0] == Gpu("/physical:GPU:0")


def test_jax_is_asked_for_gpus_among_its_devices() -> None:
    def one(platform: str, **more: Any) -> SimpleNamespace:
        return SimpleNamespace(
            platform=platform, device_kind="H200", memory_stats=lambda: {"bytes_limit": 9}, **more
        )

    devices = [one("cpu"), one("gpu", compute_capability="9.0"), one("gpu")]
    jax = SimpleNamespace(local_devices=lambda: devices)
    assert device._jax(jax) == [Gpu("H200", (9, 0), 9), Gpu("H200", None, 9)]


def test_torch_is_asked_for_each_index() -> None:
    of = SimpleNamespace(name="T4", major=7, minor=5, total_memory=15)
    cuda = SimpleNamespace(device_count=lambda: 1, get_device_properties=lambda index: of)
    assert device._torch(SimpleNamespace(cuda=cuda)) == [Gpu("T4", (7, 5), 15)]


@pytest.mark.parametrize(("backend", "needs"), [("tensorflow", "tensorflow"), ("jax", "optax")])
def test_it_finds_what_is_here_and_believes_in_what_it_is_given(backend: str, needs: str) -> None:
    require(needs)
    program = f"""
import keras
from nnedu.device import Gpu, find_device
here = find_device()
assert here.backend == "{backend}" and here.cores >= 1, here
with here.scope():
    keras.Variable(1.0)
two = find_device([Gpu("T4", (7, 5))] * 2)
kind = {{"tensorflow": "MirroredStrategy", "jax": "DataParallel"}}["{backend}"]
assert type(two.strategy()).__name__ == kind
print(find_device([Gpu("T4", (7, 5))]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        f"Keras on {backend} finds 1 GPU (T4): the full size, mixed_float16, one device.\n"
    )


def test_without_keras_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(device, "import_module", missing)
    with pytest.raises(ModuleNotFoundError, match=r"needs keras.*nnedu\[tensorflow\]"):
        find_device()
