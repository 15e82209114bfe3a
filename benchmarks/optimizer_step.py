"""One optimizer step, side by side: ``make bench``, or ``python -m benchmarks.optimizer_step``.

Reported are medians over the rounds, as ratios to the floor: a loop that moves the same bytes and
computes next to nothing. Nothing is checked for NaN in any of them.
"""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.contenders import CONTENDERS
from benchmarks.side_by_side import compare, keep, table, worker

RULES = ("momentum", "adam", "adamw", "lion")
SIZES = (10_000_000, 55_050)
GROWTH = tuple(10**k for k in range(4, 9))
FEW = ("floor", "nnedu fused", "nnedu reference", "PyTorch fused", "Optax jitted", "Keras XLA")
AGAINST = ("floor", "PyTorch fused", "Keras eager")  # the ratios that targets are stated in


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--rules", nargs="+", choices=RULES, default=RULES)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument(
        "--growth", action="store_true", help="Adam from ten thousand to a hundred million"
    )
    parser.add_argument("--no-history", action="store_true", help="do not append to the history")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        name, rule, size = options.worker
        worker(CONTENDERS[name], (rule, int(size)))
        return
    if options.growth:  # all contenders at once would not fit into memory
        options.rules, options.sizes, options.contenders = ("adam",), GROWTH, FEW
    results = []
    for size in options.sizes:
        for rule in options.rules:
            times = 3 if size > 10**6 else 100
            found = compare(
                "benchmarks.optimizer_step",
                options.contenders,
                (rule, size),
                rounds=options.rounds,
                times=times,
                warm=1,
                against=AGAINST,
            )
            results.append({"rule": rule, "size": size, **found})
            print(f"measured {rule} {size:,}", flush=True)
    print(table(results, [f"{r['rule']} {r['size']:,}" for r in results], "floor"))
    for r in results:
        moved = list(r["result"].items())[1:]  # all but the floor
        odd = [name for name, by in moved if not np.isclose(by, moved[0][1], rtol=0.01)]
        if odd:
            print(f"{r['rule']} {r['size']:,}: {', '.join(odd)} moved otherwise than {moved[0][0]}")
    if not options.no_history:
        keep("optimizer_step", options.rounds, results, growth=options.growth)


if __name__ == "__main__":
    main()
