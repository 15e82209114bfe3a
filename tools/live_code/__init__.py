"""Live code: the cells that readers can run in the page, and what their browser is given for it.

A page's cells run in Pyodide, in a worker, once the reader asks. Until then a page carries a small
script and the numbers of its cells. What the script then needs of the site is one file, made here:
the worker, the Python beside it (``browser.py`` and two more) and nnedu itself. Pyodide comes from
a folder of the site where ``make live`` has put one (``pyodide.py``), else from its public CDN.

Not every cell gets a button: one that imports what no browser has (TensorFlow, PyTorch), or uses
a name that only such a cell gives, runs on a computer only.
"""

from __future__ import annotations

import ast
import base64
import io
import json
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tools.live_code import needs
from tools.site import entry

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
LOCK = HERE / "pyodide-lock.json"  # of the packages used; part of the one Pyodide publishes
VERSION: str = json.loads(LOCK.read_text(encoding="utf-8"))["info"]["version"]
CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"  # asked only when a reader says Run
FOLDER = "pyodide"  # of the site, where make live puts it
PARTS = "nnedu-run-parts.js"
OURS = ("browser.py", "needs.py", "show.py")  # a package of their own in the browser: live_code

# The pages whose cells run in a browser; tests/live_code runs them all.
PAGES = ("book/03_gradient_descent", "book/05_momentum", "book/06_adaptive")

IMPORTS = {"numpy", "matplotlib", "sklearn", "IPython", "nnedu"} | set(sys.stdlib_module_names)
# Of nnedu: what needs a framework, processes or a notebook's server.
ELSEWHERE = {"parity", "keras", "device", "grading", "live", "distributed", "cli", "lesson"}
FRAMEWORKS = {"quiet_keras"}


@dataclass(frozen=True)
class Cell:
    """A cell of code that a browser can run."""

    number: int  # among all cells of the notebook
    code: str
    shown: bool  # whether its code stands in the page


def cells(notebook: str) -> list[Cell]:
    """The cells of a notebook (its text) that run in a browser, in order."""
    found, lost, had = [], set[str](), set[str]()
    for number, cell in enumerate(json.loads(notebook)["cells"]):
        if cell["cell_type"] != "code":
            continue
        code = "".join(cell["source"])
        binds, reads = needs.names(code)
        if foreign(code) or reads & lost:
            lost |= binds - had
            continue
        had |= binds
        lost -= binds
        tags = set(cell["metadata"].get("tags", ()))
        shown = not tags & {"remove-input", "remove-cell"}
        found.append(Cell(number, code, shown))
    return found


def foreign(code: str) -> bool:
    """Whether code imports what a browser does not have."""
    for node in ast.walk(ast.parse(code)):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
            if FRAMEWORKS & set(names):
                return True
            modules = [node.module or ""]
            if node.module == "nnedu":
                modules += [f"nnedu.{name}" for name in names]
        for module in modules:
            top, _, rest = module.partition(".")
            if top not in IMPORTS or (top == "nnedu" and rest.partition(".")[0] in ELSEWHERE):
                return True
    return False


def library(root: Path = ROOT) -> list[Path]:
    """The files of nnedu that a browser is given: its Python and its tables, without the faces."""
    folder = root / "src" / "nnedu"
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".py", ".toml"}
        and path.relative_to(folder).parts[0].removesuffix(".py") not in ELSEWHERE - {"parity"}
    ]


def packed(root: Path = ROOT) -> bytes:
    """These files and our own as a zip, the same for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        files = {f"live_code/{name}": (HERE / name).read_bytes() for name in OURS}
        files |= {
            path.relative_to(root / "src").as_posix(): path.read_bytes() for path in library(root)
        }
        for name, content in files.items():
            archive.writestr(entry(name), content)
    return out.getvalue()


def write_parts(site: Path, root: Path = ROOT) -> Path:
    """Write the file that the page's script loads when a reader says Run."""
    parts = {
        "version": VERSION,
        "cdn": CDN,
        "here": f"{FOLDER}/" if (site / FOLDER / "pyodide.js").exists() else None,
        "worker": (HERE / "worker.js").read_text(encoding="utf-8"),
        "library": base64.b64encode(packed(root)).decode(),
    }
    target = site / "_static" / PARTS
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"window.nneduRunParts = {json.dumps(parts)};\n", encoding="utf-8")
    return target


def sources(root: Path = ROOT) -> list[Path]:
    """Every file that the parts are made of."""
    here = [path for path in sorted(HERE.iterdir()) if path.is_file()]
    return [*library(root), *here]
