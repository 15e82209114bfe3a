"""Run the capstone's ablation: ``python -m nnedu.contests.record_capstone [PART ...]``.

The parts are ``all``, ``few`` and ``smaller``; the other parts of the record are kept. What is
written after each contender is read again by the next call with ``--resume``.
"""

import argparse
import json
import math
import os
import platform
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from nnedu.contests import capstone as contest
from nnedu.contests.smaller import provenance

PATH = Path(__file__).parent / "data" / "capstone.json"
PARTS = (*contest.REGIMES, "smaller")
SPARSITY, AGAIN, RATE = 0.8, 12, 1 / 3
"""The share of weights that is pruned, the epochs that come after the recipe's, and their learning
rate as a share of the recipe's."""


def contender(name: str, regime: str) -> dict[str, Any]:
    """Tune and run one contender."""
    run = contest.Runner(name, regime)

    def losses(lr: float) -> list[float]:
        return [run(lr, seed)["val"] for seed in contest.TUNING_SEEDS]

    rates, tuning, best = contest.tune(losses, contest.FIRST[run.recipe.optimizer])
    rows = [run(rates[best], seed) for seed in contest.SEEDS]
    return {
        "rates": rates,
        "tuning": [[_short(value) for value in row] for row in tuning],
        "lr": rates[best],
        "parameters": int(run.model.count_params()),
        "results": {key: [_short(row[key]) for row in rows] for key in rows[0]},
    }


def smaller(lr: float) -> dict[str, Any]:
    """The full recipe, trained on as it is or pruned meanwhile, and either in int8, by seed."""
    run = contest.Runner("full")
    rows = [_smaller_of(run, lr, seed) for seed in contest.SEEDS]
    return {
        name: {key: [_short(row[name][key]) for row in rows] for key in rows[0][name]}
        for name in rows[0]
    }


def _smaller_of(run: contest.Runner, lr: float, seed: int) -> dict[str, dict[str, float]]:
    import keras

    from nnedu.keras import Pruning, export_litert, prune, sparsity, strip

    first = run.train(lr, seed).get_weights()
    setting, found = run.data, {"float": run.report()}
    x, y = setting.x_test, setting.y_test
    models = {}
    for name in ("trained on", "pruned", "pruned at once"):
        model = setting.model(seed=seed)
        model.set_weights(first)
        if name == "pruned at once":
            prune(model, SPARSITY, layer_wise=False)
        else:
            setting.compile(model, lr=RATE * lr, epochs=AGAIN)
            callbacks = [Pruning(SPARSITY, layer_wise=False)] if name == "pruned" else []
            batches = setting.batches(seed=1000 + seed)
            model.fit(batches, epochs=AGAIN, shuffle=False, verbose=0, callbacks=callbacks)
        loss, wrong = contest.judged(model(x, training=False), y)
        found[name] = {"test": loss, "test_wrong": wrong}
        if name != "trained on":
            found[name]["sparsity"] = float(np.mean(list(sparsity(model).values())))
        models[name] = strip(model)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("trained on", "pruned"):
            file = f"{folder}/model.tflite"
            int8 = export_litert(models[name], file, precision="int8", data=setting.x_train[:200])
            loss, wrong = contest.judged(int8.predict(x), y)
            found[f"{name}, int8"] = {"test": loss, "test_wrong": wrong}
    keras.backend.clear_session()
    return found


def _threads() -> int:
    """How many TensorFlow computes with: another number rounds otherwise."""
    return int(os.environ.get("TF_NUM_INTRAOP_THREADS", "0")) or os.cpu_count() or 1


def _short(value: float) -> float:
    return float(f"{value:.5g}") if math.isfinite(value) else 1e9


def _written() -> dict[str, Any]:
    return dict(json.loads(PATH.read_text())) if PATH.exists() else {}


def _write(part: str, results: dict[str, Any], seconds: float) -> None:
    stored = _written()
    said = provenance(f"python -m nnedu.contests.record_capstone {part}")
    said["seconds"] = round(seconds)
    said["machine"] = f"{platform.system()} {platform.machine()}, threads: {_threads()}"
    said["versions"] |= {name: version(name) for name in ("keras", "tensorflow")}
    stored[part] = {"provenance": said, "results": results}
    PATH.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def record(parts: list[str], *, resume: bool = False) -> None:
    """Run parts of the ablation, and write each contender when it is done.

    Parameters
    ----------
    parts : list of str
        Some of ``PARTS``.
    resume : bool
        Keep the contenders that are in the record already.
    """
    for part in parts:
        before = _written().get(part, {}) if resume else {}
        results = dict(before.get("results", {}))
        spent = before.get("provenance", {}).get("seconds", 0) - time.process_time()
        if part == "smaller":
            lr = _written()["all"]["results"]["full"]["lr"]
            _write(part, smaller(lr), spent + time.process_time())
            continue
        for name in contest.REGIMES[part]:
            if name not in results:
                results[name] = contender(name, part)
                _write(part, results, spent + time.process_time())


def main() -> None:
    """Record what the command line asks for."""
    from nnedu.book import quiet_keras

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    parser.add_argument("--resume", action="store_true")
    given = parser.parse_args()
    quiet_keras()
    record(given.parts, resume=given.resume)


if __name__ == "__main__":
    main()
