"""A worker ends with the process it works for, and takes along what it started.

``kill -9`` gives a grading process no chance to end its workers. Each worker therefore watches
the process that started it, and ends within half a second after that did. Its temporary files
are in a folder of its own, which goes with it.

What ``kill -9`` leaves behind of the killed process itself is removed by the next run: each
temporary folder holds a file that its owner keeps locked, and the system unlocks it when the
owner ends, however that happens.

In the same way a worker holds a processor: its kernels run on that one, so that a submission
which keeps hundreds of processes busy slows down nobody else's.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path
from types import FrameType

try:
    import fcntl
except ModuleNotFoundError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOOK = 0.5
"""Seconds between two looks where the system cannot be asked to wait."""

LOCK = ".live"
_OURS = re.compile(r"nn[bkrwz]-\w+")
_held: dict[str, int] = {}
_processor: list[tuple[int, socket.socket]] = []


def hold() -> None:
    """Tie this process's life to that of the process which started it."""
    folder = tempfile.tempdir = claimed_folder("nnw-")
    # Unlike atexit, this is also run where multiprocessing ends a worker.
    Finalize(None, remove_folder, (Path(folder),), exitpriority=0)
    signal.signal(signal.SIGTERM, partial(_end, folder))
    parent = os.getppid()
    threading.Thread(target=_watch, args=(folder, parent), daemon=True, name="lifeline").start()


def _watch(folder: str, parent: int) -> None:
    """Wait for the parent's end."""
    from multiprocessing import parent_process

    known = parent_process()
    if known is not None:
        known.join()
    else:
        while os.getppid() == parent:
            time.sleep(LOOK)
    _end(folder)


def _end(folder: str, number: int = 0, frame: FrameType | None = None) -> None:
    """End this process and its kernels, without waiting for anything."""
    from nnedu.grading.processes import end_orphans

    try:
        end_orphans()
        remove_folder(Path(folder))
    finally:
        os._exit(128 + number)


def claim_processor() -> None:
    """Take a processor that no worker on this machine has, for as long as this process lives.

    Where there are more workers than processors, the rest have none of their own. A name bound to
    a socket that nobody listens at is the claim: the system ends it with the process.
    """
    if not hasattr(os, "sched_getaffinity"):  # macOS, Windows
        return
    for number in sorted(os.sched_getaffinity(0)):
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0nnedu-grading-processor-{number}")
        except OSError:
            claim.close()
        else:
            _processor.append((number, claim))
            return


def own_processor() -> int | None:
    """Return the processor that this worker's kernels run on, if it claimed one."""
    return _processor[0][0] if _processor else None


def claimed_folder(prefix: str) -> str:
    """Return a new temporary folder that `sweep` leaves alone as long as this process lives."""
    folder = tempfile.mkdtemp(prefix=prefix)
    if fcntl is not None:
        handle, name = tempfile.mkstemp(dir=folder)
        fcntl.flock(handle, fcntl.LOCK_EX)
        # It gets its name when it is locked: a sweep never sees it in between.
        os.rename(name, f"{folder}/{LOCK}")
        _held[folder] = handle
    return folder


@contextlib.contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """Give a claimed folder, and remove it."""
    folder = Path(claimed_folder(prefix))
    try:
        yield folder
    finally:
        remove_folder(folder)


def sweep() -> None:
    """Remove the temporary folders of this user whose owners are dead."""
    if fcntl is None:
        return
    for entry in os.scandir(tempfile.gettempdir()):
        with contextlib.suppress(OSError):
            if not _OURS.fullmatch(entry.name) or not entry.is_dir(follow_symlinks=False):
                continue
            if entry.stat(follow_symlinks=False).st_uid != os.geteuid():
                continue
            handle = os.open(f"{entry.path}/{LOCK}", os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove_folder(Path(entry.path))
            finally:
                os.close(handle)


def remove_folder(folder: Path) -> None:
    """Remove a folder, whatever a student's code left in it.

    Folders nested too deep for `shutil.rmtree` are brought up one by one; closed ones are opened.
    """
    handle = _held.pop(str(folder), None)
    if handle is not None:
        os.close(handle)
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        flat = Path(tempfile.mkdtemp(dir=folder))
        waiting, moved = [folder], 0
        while waiting:
            place = waiting.pop()
            with os.scandir(place) as entries:
                for entry in entries:
                    if not entry.is_dir(follow_symlinks=False):
                        os.unlink(entry.path)
                    elif entry.path != str(flat):
                        os.chmod(entry.path, 0o700)
                        waiting.append(flat / str(moved))
                        os.rename(entry.path, waiting[-1])
                        moved += 1
            if place != folder:
                os.rmdir(place)
        os.rmdir(flat)
        os.rmdir(folder)
