"""Start an IPython kernel that sees what a lesson allows; runs inside the sandbox.

This file is copied beside the kernel and run as a script under ``python -I -S``: it imports
the standard library only, sets the limits (a limit on processes counts inside the user
namespace only if it is set there), and hands over to ipykernel. Its argument is a JSON object:
``path`` (list of folders to import from), ``limits`` (name of an RLIMIT to number), ``processor``
(the one to run on, or nothing), ``filter`` (the machine whose system calls are filtered, or
nothing), ``argv``. ``_zygote`` starts kernels with the same functions.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))


def confine(config: dict[str, Any]) -> None:
    """Put this process under its limits, for good."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        pass
    else:
        for name, value in config["limits"].items():
            wanted = getattr(resource, name, None)
            if wanted is not None:
                hard = resource.getrlimit(wanted)[1]
                value = value if hard == resource.RLIM_INFINITY else min(value, hard)
                resource.setrlimit(wanted, (value, value))
    if config["processor"] is not None:
        with contextlib.suppress(OSError):  # it is no longer there
            os.sched_setaffinity(0, {config["processor"]})
    if config["filter"]:
        sibling("seccomp").install(config["filter"])


def sibling(name: str) -> Any:
    """Import a module from beside this one, from where a notebook cannot import it."""
    sys.path.insert(0, HERE)
    try:
        return __import__(name)
    finally:
        sys.path.remove(HERE)
        sys.modules.pop(name, None)


def launch(argv: list[str]) -> None:
    """Be a kernel until it ends."""
    sys.argv[1:] = argv
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


def main() -> None:
    """Set limits and import path, then run the kernel until it ends."""
    config = json.loads(sys.argv[1])
    confine(config)
    if not config["parent"]:
        # In a process namespace of its own a kernel would take its parent for dead.
        os.environ.pop("JPY_PARENT_PID", None)
    sys.dont_write_bytecode = True
    sys.path.extend(config["path"])
    launch(config["argv"])


if __name__ == "__main__":
    main()
