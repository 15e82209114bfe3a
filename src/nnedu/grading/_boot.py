"""Start an IPython kernel that sees what a lesson allows; runs inside the sandbox.

This file is copied beside the kernel and run as a script under ``python -I -S``: it imports
the standard library only, sets the limits (a limit on processes counts inside the user
namespace only if it is set there), and hands over to ipykernel. Its argument is a JSON object:
``path`` (list of folders to import from), ``limits`` (name of an RLIMIT to number), ``argv``.
"""

import json
import os
import sys


def main() -> None:
    """Set limits and import path, then run the kernel until it ends."""
    config = json.loads(sys.argv[1])
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
    if not config["parent"]:
        # In a process namespace of its own a kernel would take its parent for dead.
        os.environ.pop("JPY_PARENT_PID", None)
    sys.dont_write_bytecode = True
    sys.path.extend(config["path"])
    sys.argv[1:] = config["argv"]
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


if __name__ == "__main__":
    main()
