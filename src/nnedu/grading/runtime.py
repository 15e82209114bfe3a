"""Which packages a kernel sees: those a lesson allows, what they need, and nothing else.

A kernel starts without the environment's own site-packages (``python -I -S``). What it may
import is found from the installed packages' metadata and laid out in one folder of links (or,
in the sandbox, of read-only mounts). A package that is not there cannot be imported, however
the import is written.
"""

from __future__ import annotations

import functools
import importlib.metadata
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import nnedu
from nnedu.grading.lessons import BadLesson

ALWAYS = ("ipykernel", "numpy")
NEVER = ("debugpy",)
"""What ipykernel asks for, does without, and would import for a sixth of a second."""

FORKABLE = ("numpy", "scipy", "matplotlib", "keras", "tensorflow")
"""Packages that a process may have imported before it forks a kernel; tried, one by one.

A package that starts threads or a runtime when it is imported must not be here."""


@dataclass(frozen=True)
class Runtime:
    """What a kernel is started from.

    Parameters
    ----------
    kit : str
        Folder with the boot script and the part of nnedu that a lesson allows.
    site : str
        Folder of links to the allowed packages.
    entries : dict
        Name in `site` to the real path: what a sandbox mounts.
    warm : list of str
        Modules to import before kernels are forked.
    """

    kit: str
    site: str
    entries: dict[str, str]
    warm: list[str]


def make_runtime(imports: tuple[str, ...], folder: Path) -> Runtime:
    """Lay out what a lesson's kernels may import.

    Parameters
    ----------
    imports : tuple of str
        Distributions, top-level modules, or modules of nnedu.
    folder : Path
        Empty; the layout is written here and must outlive the kernels.

    Raises
    ------
    BadLesson
        If something a lesson imports is not installed.
    """
    own = [name for name in imports if name.split(".")[0] == "nnedu"]
    entries = _entries((*ALWAYS, *(name for name in imports if name not in own)))
    kit, site = folder / "kit", folder / "site"
    _lay_out_kit(kit, own)
    site.mkdir()
    for name, target in entries.items():
        (site / name).symlink_to(target)
    warm = [name for name in FORKABLE if name in {"numpy", *imports}]
    return Runtime(str(kit), str(site), entries, warm)


def _lay_out_kit(kit: Path, modules: list[str]) -> None:
    """Copy the allowed part of nnedu, and the scripts that start a kernel."""
    source = Path(nnedu.__file__).parent
    package, start = kit / "nnedu", kit / "start"
    package.mkdir(parents=True)
    start.mkdir()
    for name in ("boot", "seccomp", "zygote"):
        shutil.copy(source / "grading" / f"_{name}.py", start / f"{name}.py")
    shutil.copy(source / "__init__.py", package)
    for name in ["nnedu.lesson", *modules]:
        relative = Path(*name.split(".")[1:])
        if (source / relative).is_dir():
            shutil.copytree(
                source / relative,
                package / relative,
                dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
        elif relative.name and (source / relative).with_suffix(".py").is_file():
            (package / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy((source / relative).with_suffix(".py"), (package / relative).parent)
        else:
            raise BadLesson(f"imports name {name!r}; expected a module of nnedu, as nnedu.data.")


@functools.cache
def _entries(names: tuple[str, ...]) -> dict[str, str]:
    """Return the top-level files and folders of some distributions and all they require."""
    entries: dict[str, str] = {}
    seen: set[str] = {name for name in NEVER if name not in names}
    todo = [(name, True) for name in names]
    while todo:
        name, required = todo.pop()
        if canonicalize_name(name) in seen:
            continue
        seen.add(canonicalize_name(name))
        found = _distribution(name) if required else _installed(name)
        if found is None:
            continue
        seen.add(canonicalize_name(found.metadata["Name"]))
        for top in {str(file).partition("/")[0] for file in found.files or ()}:
            if top not in ("..", "__pycache__") and not top.endswith(".pth"):
                entries[top] = str(Path(str(found.locate_file(top))).resolve())
        for text in found.requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                todo.append((requirement.name, False))
    return entries


def _installed(name: str) -> importlib.metadata.Distribution | None:
    """Return a distribution if it is installed."""
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _distribution(name: str) -> importlib.metadata.Distribution | None:
    """Return the distribution of that name, or the one that holds the module of that name."""
    if name in sys.stdlib_module_names:
        return None
    found = _installed(name)
    if found is None:
        owners = importlib.metadata.packages_distributions().get(name)
        found = _installed(owners[0]) if owners else None
    if found is None:
        raise BadLesson(
            f"The lesson imports {name!r}, which is not installed. Install it "
            f"(`pip install {name}`; TensorFlow: `pip install nnedu[tensorflow]`)."
        )
    return found
