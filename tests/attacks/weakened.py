"""Workers with one defence off, to see that it is the one which stops an attack."""

from __future__ import annotations

import os
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any


def _look_at_nothing(*_: object) -> None:
    return None


def _without_sizes(options: list[str]) -> list[str]:
    """Take the sizes out of bubblewrap's options."""
    while "--size" in options:
        place = options.index("--size")
        options = options[:place] + options[place + 2 :]
    return options


def _number_only(plugin: Any, items: list[Any]) -> None:
    """Leave to nbval which cells are run."""
    for number, item in enumerate(items):
        item.number = number


def _believe(kernel: Any, frames: list[bytes]) -> Any:
    """Decode a message as if a kernel sent none that is malformed."""
    session = kernel.kc.session
    return session.deserialize(session.feed_identities(frames)[1])


def _prepare(defence: str) -> None:
    """Prepare a worker as grading does, then take a defence away."""
    from nnedu.grading import kernel, lifeline, runner, sandbox, warm

    runner.prepare_worker()
    if defence == "the watch on the shared folder":
        kernel.strange_files = lambda sockets: False
    elif defence == "ending what a kernel leaves behind":
        kernel.end_orphans = _look_at_nothing  # type: ignore[assignment]
    elif defence == "the look at a running kernel":
        kernel.LimitedKernel._look = _look_at_nothing  # type: ignore[assignment, method-assign]
    elif defence == "few replies at a time":
        kernel.CappedClient.max_replies = 0  # no limit
    elif defence == "a processor of its own":
        lifeline._processor.clear()
    elif defence == "doubt about messages":
        kernel.LimitedKernel._parse = _believe  # type: ignore[method-assign]
    elif defence == "texts that can be written":
        runner.printable = str
    elif defence == "the filter of system calls":
        warm.filtered = sandbox.filtered = str  # type: ignore[attr-defined]
    elif defence == "the warm start":
        warm.KEEPER.give_up("a test wants kernels to start cold")
    elif defence == "a size for what is in memory":
        room = sandbox.room
        sandbox.room = warm.room = lambda size: _without_sizes(room(size))  # type: ignore[attr-defined]
    elif defence == "a /proc that is only read":
        sandbox.processes = warm.processes = lambda: ["--proc", "/proc"]  # type: ignore[attr-defined]
    elif defence == "a clean environment":
        clean = sandbox.environment
        sandbox.environment = lambda home: {**os.environ, **clean(home)}
    elif defence == "running every cell":
        runner._Plugin.pytest_collection_modifyitems = _number_only  # type: ignore[method-assign]
    else:
        raise ValueError(defence)


def worker_without(defence: str) -> Executor:
    """Return a pool of one worker that lacks a defence."""
    context = get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_prepare, initargs=(defence,))
