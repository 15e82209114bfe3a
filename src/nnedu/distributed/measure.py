"""Measured exchanges between worker processes of this machine, live and as they were recorded."""

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import numpy as np

from nnedu._check import known
from nnedu.distributed.workers import heard, run_workers

KINDS = ("ring", "server")


def measure(
    kind: str,
    n: int,
    sizes: Sequence[int],
    *,
    rounds: int = 20,
    rate: float | None = None,
    wait: float = 0.0,
    timeout: float = 120.0,
) -> list[float]:
    """Seconds of an exchange of float32 vectors between ``n`` real processes over TCP sockets.

    Parameters
    ----------
    kind : str
        ``"ring"`` or ``"server"``.
    n : int, at least 2
        Processes.
    sizes : sequence of int, at least 1
        Numbers in a vector.
    rounds : int
        How often each size is exchanged.
    rate : float, bytes a second, optional
        Slows every worker's sending down to this, so that links rather than cores are the limit.
    wait : float, seconds
        With ``rate``: what every message waits first.
    timeout : float, seconds
        For all of it.

    Returns
    -------
    list of float
        For each size: the slowest worker's time, the least over the rounds. (Other programs only
        ever add to a time.)

    Raises
    ------
    ValueError
        If the kind is unknown.
    TimeoutError, RuntimeError
        From :func:`nnedu.distributed.run_workers`.
    """
    known("kind", kind, KINDS)
    settings = {"kind": kind, "sizes": [int(s) for s in sizes], "rounds": rounds}
    settings |= {"rate": rate, "wait": wait}
    ended = run_workers("nnedu.distributed.ring_worker", settings, n=n, timeout=timeout)
    each = [[said["seconds"] for said in heard(worker)] for worker in ended]
    slowest = np.max(each, axis=0).reshape(len(sizes), rounds + 1)[:, 1:]
    return [float(seconds) for seconds in slowest.min(axis=1)]


def recorded() -> dict[str, Any]:
    """The recorded measurement.

    Returns
    -------
    dict
        ``provenance``, and lists of rows ``loopback`` and ``slowed``, each row with ``kind``,
        ``n``, ``bytes`` and ``seconds``.
    """
    text = files("nnedu.distributed").joinpath("data", "loopback.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
