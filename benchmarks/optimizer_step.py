"""One optimizer step, side by side: ``make bench``, or ``python -m benchmarks.optimizer_step``.

Every contender sits in a process of its own, set up and warm, and waits. Round after round each
in turn makes some steps while the others sleep, so that whatever else the machine does falls on
all alike. Reported are medians over the rounds, as ratios to the floor: a loop that moves the same
bytes and computes next to nothing. Nothing is checked for NaN in any of them.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.contenders import CONTENDERS

HERE = Path(__file__).parent
HISTORY = HERE / "history" / "optimizer_step.jsonl"
RULES = ("momentum", "adam")
SIZES = (10_000_000, 55_050)
AGAINST = ("floor", "PyTorch fused", "Keras eager")  # the ratios that targets are stated in
PACKAGES = ("nnedu", "numpy", "numba", "torch", "jax", "optax", "keras", "tensorflow")


def worker(name: str, rule: str, size: int) -> None:
    """Set up one contender; then, for each line that comes in, make that many steps, timed."""

    def say(**what: Any) -> None:
        print(json.dumps(what), file=out, flush=True)

    # What libraries print must not get between the answers.
    out, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
    try:
        step, theta = CONTENDERS[name](rule, size)
    except ModuleNotFoundError as error:
        say(missing=error.name)
        return
    step()
    say(moved=float(np.abs(theta() - 1).mean()))
    for line in sys.stdin:
        step()  # the processor's caches were somebody else's
        seconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            step()
            seconds.append(time.perf_counter() - start)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # bytes, on Linux
        say(seconds=float(np.median(seconds)), peak=peak)


class Process:
    """A contender in its process."""

    def __init__(self, name: str, rule: str, size: int) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.optimizer_step", "--worker", name, rule, str(size)],
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

    def ask(self, steps: int) -> dict[str, Any]:
        assert self.process.stdin is not None
        print(steps, file=self.process.stdin, flush=True)
        return self._read()

    def end(self) -> None:
        self.process.communicate()


def measure(names: Sequence[str], rule: str, size: int, rounds: int) -> dict[str, Any]:
    """The contenders on one rule and size."""
    everyone = [Process(name, rule, size) for name in names]
    for process in everyone:  # all set up at once
        process.wait()
    absent = {p.name: p.first["missing"] for p in everyone if "missing" in p.first}
    present = [p for p in everyone if p.name not in absent]
    steps = 3 if size > 10**6 else 100
    seconds: dict[str, list[float]] = {p.name: [] for p in present}
    peak: dict[str, int] = {}
    for _ in range(rounds):
        for process in present:
            answer = process.ask(steps)
            seconds[process.name].append(answer["seconds"])
            peak[process.name] = answer["peak"]
    for process in everyone:
        process.end()
    return {
        "rule": rule,
        "size": size,
        "median_seconds": {name: float(np.median(s)) for name, s in seconds.items()},
        "ratios": {
            base: {
                # The ratio within each round, then the median: a slow spell falls on both.
                name: float(np.median(np.array(s) / np.array(seconds[base])))
                for name, s in seconds.items()
            }
            for base in AGAINST
            if base in seconds
        },
        "peak_bytes": peak,
        "moved_by_first_step": {p.name: p.first["moved"] for p in present},
        "missing": absent,
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
        "system": platform.system(),
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "missing"
    return found


def table(results: list[dict[str, Any]]) -> str:
    """Ratios to the floor, a column for each rule and size."""
    heads = [f"{r['rule']} {r['size']:,}" for r in results]
    lines = [f"{'times the floor':20}" + "".join(f"{head:>22}" for head in heads)]
    measured = [r["median_seconds"] | r["missing"] for r in results]
    for name in (name for name in CONTENDERS if any(name in names for names in measured)):
        cells = []
        for r in results:
            ratio = r["ratios"].get("floor", {}).get(name)
            cells.append(
                f"{r['missing'].get(name, '-')} missing" if ratio is None else f"{ratio:.2f}"
            )
        lines.append(f"{name:20}" + "".join(f"{cell:>22}" for cell in cells))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--rules", nargs="+", choices=RULES, default=RULES)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument("--no-history", action="store_true", help="do not append to the history")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        name, rule, size = options.worker
        worker(name, rule, int(size))
        return
    results = []
    for size in options.sizes:
        for rule in options.rules:
            results.append(measure(options.contenders, rule, size, options.rounds))
            print(f"measured {rule} {size:,}", flush=True)
    print(table(results))
    for r in results:
        moved = list(r["moved_by_first_step"].items())[1:]  # all but the floor
        odd = [name for name, by in moved if not np.isclose(by, moved[0][1], rtol=0.01)]
        if odd:
            print(f"{r['rule']} {r['size']:,}: {', '.join(odd)} moved otherwise than {moved[0][0]}")
    if not options.no_history:
        when = datetime.now(UTC).isoformat(timespec="seconds")
        entry = {"when": when, "rounds": options.rounds, "machine": machine()}
        entry |= {"versions": versions(), "results": results}
        HISTORY.parent.mkdir(exist_ok=True)
        with HISTORY.open("a", encoding="utf-8") as history:
            print(json.dumps(entry), file=history)
        print(f"appended to {HISTORY.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
