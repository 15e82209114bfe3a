"""Workers with one defence off, to see that it is the one which stops an attack."""

from __future__ import annotations

from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context


def _look_at_nothing(*_: object) -> None:
    return None


def _prepare(defence: str) -> None:
    """Prepare a worker as grading does, then take a defence away."""
    from nnedu.grading import kernel, runner, sandbox, warm

    runner.prepare_worker()
    if defence == "the watch on the shared folder":
        kernel.strange_files = lambda sockets: False
    elif defence == "ending what a kernel leaves behind":
        kernel.end_orphans = _look_at_nothing  # type: ignore[assignment]
    elif defence == "the look at a running kernel":
        kernel.LimitedKernel._look = _look_at_nothing  # type: ignore[assignment, method-assign]
    elif defence == "texts that can be written":
        runner.printable = str
    elif defence == "the filter of system calls":
        warm.filtered = sandbox.filtered = str  # type: ignore[attr-defined]
    elif defence == "the warm start":
        warm.KEEPER.give_up("a test wants kernels to start cold")
    else:
        raise ValueError(defence)


def worker_without(defence: str) -> Executor:
    """Return a pool of one worker that lacks a defence."""
    context = get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_prepare, initargs=(defence,))
