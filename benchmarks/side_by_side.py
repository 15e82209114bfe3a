"""Contenders side by side: each in a process of its own, set up, warm, and waiting for its turn.

A benchmark is a module with ``CONTENDERS``, name to ``set_up(*arguments) -> (step, result)``, run
as ``python -m MODULE``; its processes are ``python -m MODULE --worker NAME ARGUMENTS``. Round after
round each contender makes some steps while the others sleep, in an order drawn anew, so that
whatever else the machine does, and what each leaves behind, falls on all alike.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
PACKAGES = ("nnedu", "numpy", "numba", "torch", "jax", "optax", "keras", "tensorflow")
PAUSE = 0.05
"""Seconds before each turn: OpenBLAS's threads go on looking for work for 2**26 cycles."""

SETTINGS = ("OMP_", "OPENBLAS_", "MKL_", "NUMBA_", "NNEDU_", "XLA_", "TF_NUM_", "TF_XLA_")
"""How the names of variables begin that change what is measured."""

SetUp = Callable[..., tuple[Callable[[], Any], Callable[[], float]]]
"""Gives ``step()``, which returns when it is done, and a number that all contenders share."""


def worker(set_up: SetUp, arguments: Sequence[Any]) -> None:
    """Set up one contender; then, for each line that comes in, make that many steps, timed."""

    def say(**what: Any) -> None:
        print(json.dumps(what), file=out, flush=True)

    # What libraries print must not get between the answers.
    out, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
    try:
        step, result = set_up(*arguments)
    except ModuleNotFoundError as error:
        say(missing=error.name)
        return
    step()
    say(result=float(result()))
    for line in sys.stdin:
        times, warm = (int(word) for word in line.split())
        for _ in range(warm):
            step()  # the processor's caches were somebody else's
        seconds = []
        for _ in range(times):
            start = time.perf_counter()
            step()
            seconds.append(time.perf_counter() - start)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # bytes, on Linux
        say(seconds=seconds, peak=peak)


class Process:
    """A contender in its process."""

    def __init__(self, module: str, name: str, arguments: Sequence[Any]) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, "--worker", name, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=HERE.parent,
        )
        self.first: dict[str, Any] = {}

    def wait(self) -> None:
        """Until it is set up."""
        self.first = self._read()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"missing": "an answer: the process ended"}

    def ask(self, times: int, warm: int) -> dict[str, Any]:
        assert self.process.stdin is not None
        time.sleep(PAUSE)
        print(times, warm, file=self.process.stdin, flush=True)
        return self._read()

    def end(self) -> None:
        self.process.communicate()


def compare(
    module: str,
    names: Sequence[str],
    arguments: Sequence[Any],
    *,
    rounds: int,
    times: int,
    warm: int,
    against: Sequence[str],
    more: int = 0,
) -> dict[str, Any]:
    """Median seconds of a step, ratios to some contenders, peak memory, and who is missing.

    Everybody runs with its defaults: variables of the environment that set threads or choose
    kernels (``OMP_NUM_THREADS``, ``OPENBLAS_CORETYPE``) are taken out, for this process too.
    With ``more``, the same of so many steps that follow at once in each turn, as ``in_a_row``.
    """
    for setting in [name for name in os.environ if name.startswith(SETTINGS)]:
        del os.environ[setting]
    everyone = [Process(module, name, arguments) for name in names]
    for process in everyone:  # all set up at once
        process.wait()
    absent = {p.name: p.first["missing"] for p in everyone if "missing" in p.first}
    present = [p for p in everyone if p.name not in absent]
    seconds: dict[str, list[float]] = {p.name: [] for p in present}
    in_a_row: dict[str, list[float]] = {p.name: [] for p in present}
    peak: dict[str, int] = {}
    order = np.random.default_rng(0)
    for _ in range(rounds):
        for process in (present[i] for i in order.permutation(len(present))):
            answer = process.ask(times + more, warm)
            seconds[process.name].append(float(np.median(answer["seconds"][:times])))
            if more:
                in_a_row[process.name].append(float(np.median(answer["seconds"][times:])))
            peak[process.name] = answer["peak"]
    for process in everyone:
        process.end()
    return {
        **summary(seconds, against),
        **({"in_a_row": summary(in_a_row, against)} if more else {}),
        "peak_bytes": peak,
        "result": {p.name: p.first["result"] for p in present},
        "missing": absent,
    }


def summary(seconds: dict[str, list[float]], against: Sequence[str]) -> dict[str, Any]:
    """Medians over the rounds, of times and of ratios to some contenders."""
    return {
        "median_seconds": {name: float(np.median(s)) for name, s in seconds.items()},
        "ratios": {
            base: {
                # The ratio within each round, then the median: a slow spell falls on both.
                name: float(np.median(np.array(s) / np.array(seconds[base])))
                for name, s in seconds.items()
            }
            for base in against
            if base in seconds
        },
    }


def machine() -> dict[str, Any]:
    """Where this is, as far as it matters."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(
            (li.split(":")[1].strip() for li in lines if li.startswith("model name")), model
        )
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)),
        "load": [round(load, 1) for load in os.getloadavg()],
        "settings": {k: v for k, v in sorted(os.environ.items()) if k.startswith(SETTINGS)},
        "system": platform.system(),
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """Of everything that is timed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "missing"
    return found


def table(results: Sequence[dict[str, Any]], heads: Sequence[str], base: str) -> str:
    """Ratios to one contender, a column for each result."""
    lines = [f"{'times ' + base:28}" + "".join(f"{head:>22}" for head in heads)]
    names = dict.fromkeys(name for r in results for name in (*r["median_seconds"], *r["missing"]))
    for name in names:
        cells = []
        for r in results:
            ratio = r["ratios"].get(base, {}).get(name)
            missing = r["missing"].get(name, "-")
            cells.append(f"{missing} missing" if ratio is None else f"{ratio:.2f}")
        lines.append(f"{name:28}" + "".join(f"{cell:>22}" for cell in cells))
    return "\n".join(lines)


def keep(benchmark: str, rounds: int, results: Sequence[dict[str, Any]], **more: Any) -> None:
    """Append a run to the benchmark's history."""
    when = datetime.now(UTC).isoformat(timespec="seconds")
    entry = {"when": when, "rounds": rounds, "machine": machine(), "versions": versions()}
    path = HERE / "history" / f"{benchmark}.jsonl"
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as history:
        print(json.dumps(entry | more | {"results": list(results)}), file=history)
    print(f"appended to {path.relative_to(HERE.parent)}")
