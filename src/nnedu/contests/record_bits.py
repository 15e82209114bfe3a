"""Run the contests of the chapter on quantization: ``python -m nnedu.contests.record_bits PART``.

``aware`` and ``distilled`` need minutes; ``seconds`` needs PyTorch, whose int8 kernels it times.
"""

import argparse
import json
import platform
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from nnedu.contests import fewer_bits as contest
from nnedu.contests.fewer_bits import RACE_SEEDS, TUNING_SEEDS
from nnedu.contests.smaller import accuracy, provenance
from nnedu.parity.frameworks import framework
from nnedu.quantization import integer_matmul

PATH = Path(__file__).parent / "data" / "fewer_bits.json"
SIZES = ((360, 64, 128), (128, 512, 512), (1, 2048, 2048))
"""Products timed: examples, inputs, outputs."""

Settings = Sequence[Mapping[str, float]]


def _trial(
    settings: Settings,
    tune: Callable[[Mapping[str, float], int], float],
    run: Callable[[Mapping[str, float], int], float],
) -> dict[str, Any]:
    """The setting with the least ``tune`` on the tuning seeds, and what it does on the others."""
    tuning = [float(np.mean([tune(s, seed) for seed in TUNING_SEEDS])) for s in settings]
    chosen = settings[int(np.argmin(tuning))]
    accuracies = [run(chosen, seed) for seed in RACE_SEEDS]
    return {
        "settings": [dict(s) for s in settings],
        "tuning": [float(f"{value:.6g}") for value in tuning],
        "chosen": dict(chosen),
        "accuracies": [float(f"{value:.6g}") for value in accuracies],
    }


def aware() -> dict[str, Any]:
    """Every method at every number of bits."""

    def judge(method: contest.Method, bits: int, s: Mapping[str, float], seed: int) -> float:
        return contest.validation_loss(method(bits, seed, s["lr"]))

    def report(method: contest.Method, bits: int, s: Mapping[str, float], seed: int) -> float:
        return accuracy(method(bits, seed, s["lr"]))

    settings = [{"lr": lr} for lr in contest.LRS]
    return {
        "trials": {
            f"{bits} bits: {name}": _trial(
                settings, partial(judge, method, bits), partial(report, method, bits)
            )
            for bits in contest.BITS
            for name, method in contest.METHODS.items()
        }
    }


def distilled() -> dict[str, Any]:
    """Every way to teach a student."""

    def judge(name: str, s: Mapping[str, float], seed: int) -> float:
        return -contest.student_accuracy(contest.taught(name, seed, s), part="val")

    def report(name: str, s: Mapping[str, float], seed: int) -> float:
        return contest.student_accuracy(contest.taught(name, seed, s))

    return {
        "trials": {
            name: _trial(
                contest.student_settings(name), partial(judge, name), partial(report, name)
            )
            for name in contest.STUDENTS
        }
    }


def cpu_medians(calls: Sequence[Callable[[], object]], rounds: int = 21) -> list[float]:
    """Median processor time of each call, taken in turns.

    With one thread it is the time of an idle machine, whatever else runs on this one.

    Parameters
    ----------
    calls : sequence of callable
    rounds : int

    Returns
    -------
    list of float
        Seconds.
    """
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, times in zip(calls, taken, strict=True):
            begin = time.process_time()
            call()
            times.append(time.process_time() - begin)
    return [float(np.median(times)) for times in taken]


def seconds() -> dict[str, Any]:
    """Median processor times of matrix products, in microseconds, on one thread."""
    torch = framework("torch")
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    rng, rows = np.random.default_rng(0), []
    for N, I, O in SIZES:  # noqa: E741
        x, W = rng.normal(size=(N, I)).astype(np.float32), rng.normal(size=(I, O))
        q_x, q_W = (rng.integers(-127, 128, shape, np.int8) for shape in ((N, I), (I, O)))
        wide, W = torch.nn.Linear(I, O), W.astype(np.float32)
        # Weights in int8 once, inputs at every call: what a program does that takes floats.
        narrow = torch.ao.quantization.quantize_dynamic(
            torch.nn.Sequential(wide), {torch.nn.Linear}, dtype=torch.qint8
        )
        x_there = torch.tensor(x)
        calls: dict[str, Callable[[], object]] = {
            "NumPy float32": partial(np.matmul, x, W),
            "NumPy int8": partial(integer_matmul, q_x, q_W),
            "PyTorch float32": partial(wide, x_there),
            "PyTorch int8": partial(narrow, x_there),
        }
        with torch.inference_mode():
            for call in calls.values():
                call()
            took = cpu_medians(list(calls.values()))
        times = zip(calls, took, strict=True)
        rows.append({"size": [N, I, O], **{k: round(1e6 * s, 2) for k, s in times}})
    flags = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    wanted = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8")
    return {
        "microseconds": rows,
        "instructions": [name for name in wanted if f" {name}" in flags],
        "kernels": torch.backends.quantized.engine,
    }


PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "aware": aware,
    "distilled": distilled,
    "seconds": seconds,
}


def record(part: str) -> None:
    """Run one part and write it beside the others.

    Parameters
    ----------
    part : str
        One of ``PARTS``.
    """
    begin = time.process_time()
    found = PARTS[part]()
    said = provenance(f"python -m nnedu.contests.record_bits {part}")
    said["seconds"] = round(time.process_time() - begin)
    if part == "seconds":
        said["machine"] = f"{platform.system()} {platform.machine()}, one thread, processor time"
        said["versions"]["torch"] = framework("torch").__version__
    stored = json.loads(PATH.read_text()) if PATH.exists() else {}
    stored[part] = {"provenance": said, **found}
    PATH.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART")
    for name in parser.parse_args().parts or list(PARTS):
        record(name)
