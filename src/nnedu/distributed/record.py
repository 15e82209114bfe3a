"""Measure exchanges at length and write them down: ``python -m nnedu.distributed.record``."""

import json
import os
import platform
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nnedu.distributed.measure import KINDS, measure

RATE, WAIT = 20e6, 3e-3


def _rows(kind: str, n: int, sizes: Sequence[int], **how: Any) -> list[dict[str, Any]]:
    seconds = measure(kind, n, sizes, **how)
    return [
        {"kind": kind, "n": n, "bytes": 4 * size, "seconds": round(taken, 8)}
        for size, taken in zip(sizes, seconds, strict=True)
    ]


def main() -> None:
    """Measure, and write the record."""
    begin = time.perf_counter()
    sizes = [2**k for k in range(8, 23, 2)]  # 1 kB to 16 MB
    loopback = _rows("ring", 2, sizes, rounds=60) + _rows("server", 2, sizes, rounds=60)
    slow: dict[str, Any] = {"rate": RATE, "wait": WAIT, "rounds": 12}
    slowed = []
    for n in (2, 3, 4, 6, 8):
        for kind in KINDS:
            slowed += _rows(kind, n, [16, 250_000], **slow)
    slowed += _rows("ring", 4, [2**k for k in range(10, 20, 2)], **slow)
    found = {
        "provenance": {
            "command": "python -m nnedu.distributed.record",
            "date": datetime.now(UTC).date().isoformat(),
            "seconds": round(time.perf_counter() - begin),
            "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
            "shared with other programs",
            "versions": {"python": platform.python_version(), "numpy": version("numpy")},
            "rate": RATE,
            "wait": WAIT,
        },
        "loopback": loopback,
        "slowed": slowed,
    }
    path = Path(__file__).parent / "data" / "loopback.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
