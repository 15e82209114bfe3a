"""The options of bubblewrap: what is taken away, and what a kernel is given instead."""

from __future__ import annotations

import functools
import itertools
import os
import shutil
import sys
import sysconfig
from pathlib import Path

from nnedu.grading.runtime import Runtime

HOME = "/home/student"
WRITABLE = ("/tmp", HOME, "/dev/shm")
"""The folders in memory that a submission can write to."""


def bwrap() -> str:
    """Return where bubblewrap is."""
    return shutil.which("bwrap") or "bwrap"


def isolation() -> list[str]:
    """Return the bubblewrap options that take everything away."""
    return [
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
    ]


def interpreter() -> str:
    """Return the interpreter itself, not the link of a virtual environment to it."""
    return str(Path(getattr(sys, "_base_executable", None) or sys.executable).resolve())


PYTHON = (interpreter(), "-I", "-S", "-B")
"""Python without the environment's packages, the user's settings, or written bytecode."""


def environment(home: str) -> dict[str, str]:
    """Return all the environment variables that a kernel has."""
    variables = {
        "HOME": home,
        "USER": "student",
        "LOGNAME": "student",
        "IPYTHONDIR": f"{home}/.ipython",
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "PATH": "/usr/bin:/bin",
        "KERAS_HOME": f"{home}/.keras",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "MPLBACKEND": "agg",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # Submissions run side by side, one to a core; one thread each also repeats exactly.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
    }
    if sys.platform == "win32":
        variables["SYSTEMROOT"] = os.environ.get("SYSTEMROOT", "")
    return variables


def processes() -> list[str]:
    """Return the options that show a sandbox its own processes.

    Bubblewrap leaves /proc/sys writable, where a superuser's submission would find, for one, the
    program that the machine starts as the superuser when something crashes.
    """
    return ["--proc", "/proc", "--remount-ro", "/proc"]


def room(megabytes: int) -> list[str]:
    """Return the options that give devices, and folders in memory to write in, with their size."""
    argv = ["--dev", "/dev"]
    # Whatever is in memory and can be written has a size; the rest of /dev cannot be written.
    for place in WRITABLE:
        argv += ["--size", str(megabytes * 2**20), "--tmpfs", place]
    return [*argv, "--remount-ro", "/dev"]


def furniture(runtime: Runtime) -> list[str]:
    """Return the options that give an environment, and all that can be read."""
    argv = ["--hostname", "sandbox", "--clearenv"]
    for name, value in environment(HOME).items():
        argv += ["--setenv", name, value]
    argv += [*system_mounts(), "--ro-bind", runtime.kit, "/kit"]
    for name, target in runtime.entries.items():
        argv += ["--ro-bind", target, f"/site/{name}"]
    return argv


@functools.cache
def system_mounts() -> list[str]:
    """Return the options that mount the shared libraries and the interpreter, read-only."""
    base = Path(sys.base_prefix).resolve()
    wanted = ["/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache"]
    wanted += ["/lib", "/lib64", str(base / "lib"), str(base / "lib64"), interpreter()]
    argv: list[str] = []
    for name in dict.fromkeys(wanted):
        path = Path(name)
        if path.is_symlink():
            argv += ["--symlink", os.readlink(path), name]
        elif path.exists():
            argv += ["--ro-bind", name, name]
    # The interpreter's own site-packages may hold nnedu or a framework.
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = {
        *(str(folder / kind) for folder in base.glob(f"lib*/{version}") for kind in _KINDS),
        *(str(folder) for folder in Path("/usr/lib").glob("python3*/dist-packages")),
        *(sysconfig.get_path(kind) for kind in ("purelib", "platlib")),
    }
    mounted = [Path(name) for flag, name in itertools.pairwise(argv) if flag == "--ro-bind"]
    for name in sorted(packages):
        folder = Path(name)
        if folder.is_dir() and any(folder.is_relative_to(place) for place in mounted):
            argv += ["--tmpfs", str(folder.resolve()), "--remount-ro", str(folder.resolve())]
    return argv


_KINDS = ("site-packages", "dist-packages")
