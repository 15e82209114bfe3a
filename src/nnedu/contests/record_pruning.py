"""Record what the chapter on pruning shows: ``python -m nnedu.contests.record_pruning PART``.

Parts: ``race`` (methods, sparsities, seeds), ``trials`` (trial and keep), ``tickets`` (the lottery
and its controls), ``speed`` (bytes and seconds of a layer), ``points`` (part IV's figure; needs the
race). Each replaces its own part of ``data/pruning.json``.
"""

import argparse
import fcntl
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nnedu.contests import pruning, pruning_costs, smaller

PATH = Path(__file__).parent / "data" / "pruning.json"


def race(*names: str) -> dict[str, Any]:
    """Every method, or those named: validation losses while tuning, accuracies on the test."""
    found: dict[str, Any] = {}
    for name in names or pruning.METHODS:
        method, rows = pruning.METHODS[name], []
        for sparsity in pruning.ONLY.get(name, pruning.SPARSITIES):
            losses = [
                [pruning.validation_loss(method(sparsity, s, lr)) for s in pruning.TUNING_SEEDS]
                for lr in pruning.LRS
            ]
            lr = pruning.LRS[int(np.argmin(np.log(losses).mean(axis=1)))]
            thetas = [method(sparsity, s, lr) for s in pruning.RACE_SEEDS]
            rows.append(
                {
                    "sparsity": sum(map(pruning.sparsity_of, thetas)) / len(thetas),
                    "lr": lr,
                    "tuning": losses,
                    "accuracies": [smaller.accuracy(theta) for theta in thetas],
                }
            )
            print(name, rows[-1]["sparsity"], lr, rows[-1]["accuracies"], flush=True)
        found[name] = rows
    return found


def trials() -> dict[str, Any]:
    """Trial and keep, judged by the validation digits, beside magnitude at the same sparsity."""
    found: dict[str, Any] = {}
    for seed in pruning.RACE_SEEDS:
        theta = smaller.trained(seed)
        for number, mask in pruning.trial_masks(theta, seed).items():
            gone = 1 - float(mask[pruning.MAY].mean())
            masks = {"trial": mask, "magnitude": pruning.mask_of("magnitude", theta, gone, seed)}
            for name, kept in masks.items():
                row = found.setdefault(f"{name}, {number} trials", {})
                cut = np.where(kept, theta, 0)
                runs = [pruning.retrain(theta, kept, seed, lr) for lr in pruning.LRS]
                chosen = min(runs, key=pruning.validation_loss)
                for key, value in {
                    "sparsity": gone,
                    "validation": smaller.accuracy(cut, part="val"),
                    "test": smaller.accuracy(cut),
                    "retrained": smaller.accuracy(chosen),
                }.items():
                    row.setdefault(key, []).append(value)
        print("trials", seed, flush=True)
    return found


def tickets() -> dict[str, Any]:
    """Accuracies of lottery tickets by round, and of their controls, for every seed."""
    found: dict[str, Any] = {}
    for seed in pruning.RACE_SEEDS:
        for kind, rows in pruning.tickets(seed).items():
            found.setdefault(kind, []).append(list(rows.values()))
            found["sparsity"] = list(rows)
        print("tickets", seed, flush=True)
    return found


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "race": race,
    "trials": trials,
    "tickets": tickets,
    "speed": pruning_costs.speed,
    "points": pruning_costs.write_points,
}


def record(part: str, *names: str) -> None:
    """Measure one part and write it, with its provenance, in place of what was there.

    With names, only these methods of the race are renewed.
    """
    begin = time.perf_counter()
    found = PARTS[part](*names)
    said = smaller.provenance(f"python -m nnedu.contests.record_pruning {part}")
    said["seconds"] = round(time.perf_counter() - begin)
    with PATH.open("r+" if PATH.exists() else "w+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # parts may be recorded side by side
        text = file.read()
        stored = json.loads(text) if text else {}
        if names and part in stored:
            said["seconds"] += stored[part]["provenance"]["seconds"]
            found = stored[part]["found"] | found
        stored[part] = {"provenance": said, "found": found}
        file.seek(0)
        file.truncate()
        file.write(json.dumps(stored, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("methods", nargs="*", help="of the race; all where none is named")
    given = parser.parse_args()
    record(given.part, *given.methods)
