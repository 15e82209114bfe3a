"""What the last runs in the history say, as one page: ``python -m benchmarks.report``.

Written to ``results.md``. Every ratio is the one in the history: taken within each round, then the
median over the rounds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from benchmarks.side_by_side import HERE

Run = dict[str, Any]
PAGE = HERE / "results.md"


def last(benchmark: str, wanted: Callable[[Run], bool] = lambda run: True) -> Run | None:
    """The last run in a benchmark's history that is wanted."""
    path = HERE / "history" / f"{benchmark}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((run for run in map(json.loads, reversed(lines)) if wanted(run)), None)


def where(run: Run) -> str:
    """When and on what a run was made."""
    m = run["machine"]
    settings = " ".join(f"{k}={v}" for k, v in m.get("settings", {}).items()) or "none"
    versions = ", ".join(f"{k} {v}" for k, v in run["versions"].items())
    return (
        f"{run['when'][:10]}, {m['processor']}, {m['cores']} cores, {m['system']}, Python "
        f"{m['python']}; {versions}. Medians of {run['rounds']} rounds; load at the end "
        f"{m['load'][0]}; thread settings: {settings}."
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, numbers to the right."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def names(results: Iterable[Run]) -> list[str]:
    """All contenders, in their order."""
    return list(dict.fromkeys(n for r in results for n in (*r["median_seconds"], *r["missing"])))


def ratio(result: Run, base: str, name: str) -> str:
    """A ratio as it is printed; a dash for who was not there."""
    value = result["ratios"].get(base, {}).get(name)
    return "-" if value is None else f"{value:.2f}" if value < 100 else f"{value:,.0f}"


def time(seconds: float | None) -> str:
    """A time in the unit that suits it."""
    if seconds is None:
        return "-"
    return f"{seconds * 1e6:,.0f} µs" if seconds < 1e-3 else f"{seconds * 1e3:,.1f} ms"


def memory(peak: int | None) -> str:
    """Bytes in MiB."""
    return "-" if peak is None else f"{peak / 2**20:,.0f} MiB"


def added(results: Sequence[Run], name: str) -> str:
    """Bytes that each parameter adds between two sizes."""
    peaks = [r["peak_bytes"].get(name) for r in results]
    if len(peaks) < 2 or None in peaks:
        return "-"
    return f"{(peaks[1] - peaks[0]) / (results[1]['size'] - results[0]['size']):.1f}"


def steps(run: Run) -> Iterable[str]:
    """One optimizer step."""
    yield "## One optimizer step\n"
    yield where(run) + "\n"
    for base in ("floor", "PyTorch fused", "Keras eager"):
        results = [r for r in run["results"] if base in r["ratios"]]
        if not results:
            continue
        says = ": what must be read and written" if base == "floor" else ""
        yield f"Times {base}{says}:\n"
        head = ["", *(f"{r['rule']}, {r['size']:,}" for r in results)]
        rows = ([name, *(ratio(r, base, name) for r in results)] for name in names(results))
        yield table(head, rows) + "\n"


def growth(run: Run) -> Iterable[str]:
    """How a step grows with the number of parameters."""
    yield "## How a step of Adam grows\n"
    yield where(run) + "\n"
    results = run["results"]
    head = ["", *(f"{r['size']:,}" for r in results)]
    every = names(results)
    yield "Median time of a step:\n"
    rows = ([name, *(time(r["median_seconds"].get(name)) for r in results)] for name in every)
    yield table(head, rows) + "\n"
    yield (
        "Largest memory of the process, libraries and setting up included, and how many bytes each "
        "of the last nine tenths of the parameters added:\n"
    )
    rows = (
        [name, *(memory(r["peak_bytes"].get(name)) for r in results), added(results[-2:], name)]
        for name in every
    )
    yield table([*head, "bytes a parameter"], rows) + "\n"


def epoch(run: Run) -> Iterable[str]:
    """One epoch of the small network."""
    yield "## One epoch of the 784-64-64-10 network\n"
    yield where(run) + "\n"
    yield "An epoch after a pause, while the others had their turns; then three in a row.\n"
    results = run["results"]
    base = "JAX, scanned epoch"
    head = [""]
    for r in results:
        head += [f"{r['rule']}: times {base}", "median", "in a row", "median", "memory"]
    rows = []
    for name in names(results):
        row = [name]
        for r in results:
            for part in (r, r["in_a_row"]):
                row.append(ratio(part, base, name))
                row.append(time(part["median_seconds"].get(name)))
            row.append(memory(r["peak_bytes"].get(name)))
        rows.append(row)
    yield table(head, rows) + "\n"


def main() -> None:
    page = [
        "# Results\n",
        "Written by `python -m benchmarks.report` from the last runs in `history/`; "
        "[README](README.md) says what is compared and how. In one step nobody looks for NaN; in "
        "one epoch this library does at every update, and nobody else.\n",
    ]
    parts: list[tuple[Run | None, Callable[[Run], Iterable[str]]]] = [
        (last("optimizer_step", lambda run: not run.get("growth")), steps),
        (last("optimizer_step", lambda run: bool(run.get("growth"))), growth),
        (last("one_epoch"), epoch),
    ]
    for run, write in parts:
        if run is not None:
            page += write(run)
    PAGE.write_text("\n".join(page), encoding="utf-8")
    print(f"written to {PAGE.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
