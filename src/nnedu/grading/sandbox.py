"""The command that starts a kernel: under bubblewrap, or plain where that is asked for.

Under bubblewrap a kernel has no network, its own process table, no file but the read-only
runtime, and an empty folder in memory. The plain command gives the same kernel a
cleaned environment, an empty folder of its own and the same limits, but it can read what the
user who grades can read; who uses it is told so.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

from nnedu.grading.runtime import Runtime

HOME = "/home/student"


@dataclass(frozen=True)
class Limits:
    """What one kernel may use.

    Parameters
    ----------
    cell : float
        Seconds for one cell.
    total : float
        Seconds for the whole notebook, start excluded.
    output : int
        Bytes of messages for one cell.
    memory : int
        Megabytes of address space; 0 for no limit.
    processes : int
        Processes and threads.
    file : int
        Megabytes of the largest file, and of the working folder.
    """

    cell: float = 20.0
    total: float = 120.0
    output: int = 2**20
    memory: int = 4096
    processes: int = 256
    file: int = 64

    def rlimits(self, own_user: bool) -> dict[str, int]:
        """Return the limits that the operating system enforces, by their names.

        Parameters
        ----------
        own_user : bool
            Whether the kernel has a user namespace of its own; elsewhere a limit on processes
            would count everything that its user runs.
        """
        megabyte = 2**20
        limits = {
            "RLIMIT_FSIZE": self.file * megabyte,
            # Several threads may count at once; wall time is the limit that bites first.
            "RLIMIT_CPU": int(self.total * 4) + 10,
            "RLIMIT_CORE": 0,
        }
        if self.memory:
            limits["RLIMIT_AS"] = self.memory * megabyte
        if own_user:
            limits["RLIMIT_NPROC"] = self.processes
        return limits


@dataclass(frozen=True)
class KernelCommand:
    """How to start one kernel.

    Parameters
    ----------
    argv : list of str
        ``{connection_file}`` stands for the connection file.
    env : dict
    cwd : str
    """

    argv: list[str]
    env: dict[str, str] = field(default_factory=dict)
    cwd: str = "/"


class NoSandbox(Exception):
    """Bubblewrap is missing or does not work here; the message says what to do."""


@functools.cache
def sandbox_problem() -> str | None:
    """Return why bubblewrap cannot be used here, or None if it can."""
    advice = (
        "Install it (Debian, Ubuntu: `apt install bubblewrap`; Fedora: `dnf install bubblewrap`), "
        "or accept the risk with --no-sandbox: submissions then run as you, and can read your "
        "files and use the network."
    )
    if not sys.platform.startswith("linux"):
        return f"The sandbox needs Linux; this is {sys.platform}. {advice}"
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        return f"bubblewrap (bwrap) is not installed. {advice}"
    command = [bwrap, *_isolation(), "--ro-bind", "/", "/", "true"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.SubprocessError) as error:
        return f"bubblewrap does not start: {error}. {advice}"
    if done.returncode == 0:
        return None
    return (
        f"bubblewrap does not work here: {done.stderr.strip()[:200]}. Are user namespaces allowed? "
        f"{advice}"
    )


def _isolation() -> list[str]:
    """Return the bubblewrap options that take everything away."""
    return [
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
    ]


def _boot(runtime: Runtime, limits: Limits, site: str, kit: str, parent: bool) -> list[str]:
    """Return the Python command of a kernel."""
    config = {
        "path": [kit, site],
        "limits": limits.rlimits(own_user=not parent),
        "parent": parent,
        "argv": [
            "-f",
            "{connection_file}",
            "--HistoryManager.enabled=False",
            "--InteractiveShell.colors=NoColor",
            "--IPKernelApp.capture_fd_output=False",
        ],
    }
    return [_python(), "-I", "-S", "-B", f"{kit}/boot.py", json.dumps(config)]


def _python() -> str:
    """Return the interpreter itself, not the link of a virtual environment to it."""
    return str(Path(getattr(sys, "_base_executable", None) or sys.executable).resolve())


def _environment(home: str) -> dict[str, str]:
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


def plain_command(runtime: Runtime, limits: Limits, home: Path) -> KernelCommand:
    """Return the command of a kernel without a sandbox, in an empty folder of its own."""
    return KernelCommand(
        _boot(runtime, limits, runtime.site, runtime.kit, parent=True),
        _environment(str(home)),
        str(home),
    )


def sandbox_command(runtime: Runtime, limits: Limits, sockets: Path) -> KernelCommand:
    """Return the command of a kernel under bubblewrap.

    Parameters
    ----------
    runtime : Runtime
    limits : Limits
    sockets : Path
        Folder of the connection file and its sockets: the one place that both sides see.
    """
    problem = sandbox_problem()
    if problem:
        raise NoSandbox(problem)
    argv = [shutil.which("bwrap") or "bwrap", *_isolation(), "--hostname", "sandbox"]
    argv += ["--clearenv"]
    for name, value in _environment(HOME).items():
        argv += ["--setenv", name, value]
    argv += _system_mounts()
    argv += ["--proc", "/proc", "--dev", "/dev"]
    # Whatever is in memory and can be written has a size; the rest of /dev cannot be written.
    for place in ("/tmp", HOME, "/dev/shm"):
        argv += ["--size", str(limits.file * 2**20), "--tmpfs", place]
    argv += ["--remount-ro", "/dev"]
    argv += ["--ro-bind", runtime.kit, "/kit"]
    for name, target in runtime.entries.items():
        argv += ["--ro-bind", target, f"/site/{name}"]
    argv += ["--bind", str(sockets), str(sockets), "--remount-ro", "/", "--chdir", HOME, "--"]
    argv += _boot(runtime, limits, "/site", "/kit", parent=False)
    return KernelCommand(argv, {}, str(sockets))


@functools.cache
def _system_mounts() -> list[str]:
    """Return the options that mount the shared libraries and the interpreter, read-only."""
    base = Path(sys.base_prefix).resolve()
    wanted = ["/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache"]
    wanted += ["/lib", "/lib64", str(base / "lib"), str(base / "lib64"), _python()]
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
