"""A worker ends with the process it works for, and takes along what it started.

``kill -9`` gives a grading process no chance to end its workers. Each worker therefore watches
the process that started it, and ends within half a second after that did. Its temporary files
are in a folder of its own, which goes with it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import threading
import time
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path
from types import FrameType

LOOK = 0.5
"""Seconds between two looks where the system cannot be asked to wait."""


def hold() -> None:
    """Tie this process's life to that of the process which started it."""
    folder = tempfile.tempdir = tempfile.mkdtemp(prefix="nnw-")
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
    from nnedu.grading.kernel import end_orphans

    try:
        end_orphans()
        remove_folder(Path(folder))
    finally:
        os._exit(128 + number)


def remove_folder(folder: Path) -> None:
    """Remove a folder, whatever a student's code left in it.

    Folders nested too deep for `shutil.rmtree` are brought up one by one; closed ones are opened.
    """
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
