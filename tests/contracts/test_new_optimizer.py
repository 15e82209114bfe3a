"""One file and one row: a new optimizer inherits the contracts, and a broken one breaks them.

A copy of the package gets a rule the way CONTRIBUTING says, and the contracts run on it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).parent.parent.parent
NEWCOMER = '''"""Newcomer: the sign of a momentum."""

from numpy import sign

from nnedu._typing import Array


def newcomer(
    theta: Array,
    g: Array,
    m: Array,
    *,
    t: int,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.99,
    weight_decay: float = 0.0,
) -> tuple[Array, Array]:
    """Newcomer: a step of length lr in every coordinate, by the sign of two mixed momenta.

    ``theta <- theta - lr (sign(beta1 m + (1 - beta1) g) + weight_decay theta)``, then
    ``m <- beta2 m + (1 - beta2) g``

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    m : float array, shape of ``theta``
        The moving mean of the gradients; starts at 0.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate: the length of every step.
    beta1, beta2 : floats in [0, 1)
        What the direction and the mean keep of ``m``.
    weight_decay : float, at least 0
        The decoupled decay.

    Returns
    -------
    theta, m : arrays
        The parameters and the mean after the update.

    Notes
    -----
    **Conventions.** Equals ``optax.lion``.

    Source: Chen et al. (2023), "Symbolic discovery of optimization algorithms", Algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> newcomer(np.array([0.0]), np.array([3.0]), np.array([0.0]), t=1, lr=0.5, beta2=0.75)
    (array([-0.5]), array([0.75]))
    """
    step = sign(beta1 * m + (1 - beta1) * g) + weight_decay * theta
    return theta - lr * step, beta2 * m + (1 - beta2) * g
'''

# A slip a newcomer makes, and the contract that says so.
BROKEN = {
    "updates its state in place": (
        "    step = sign(",
        "    m *= beta2\n    m += (1 - beta2) * g\n    step = sign(",
        "test_inputs_are_not_changed_or_handed_on",
    ),
    "climbs": ("theta - lr * step", "theta + lr * step", "test_goes_down_the_bowl"),
    "promotes": (
        "    return theta",
        "    import numpy as np\n\n    lr = np.float64(lr)\n    return theta",
        "test_dtype_is_kept",
    ),
    "mixes coordinates": (
        "    return theta",
        "    step = step + 1e-9 * abs(theta).ravel()[:1].sum()\n    return theta",
        "test_order_of_coordinates_does_not_matter",
    ),
    "forgets a parameter": (
        "    weight_decay : float, at least 0\n        The decoupled decay.\n",
        "",
        "test_docstring_is_complete_and_its_example_runs",
    ),
    "shows a wrong example": (
        "(array([-0.5]), array([0.75]))",
        "(array([-0.5]), array([0.25]))",
        "test_docstring_is_complete_and_its_example_runs",
    ),
    "gives NaN at rest": (
        "    step = sign(",
        "    step = g / abs(g) + 0 * sign(",
        "test_zero_gradients_give_no_nan",
    ),
    "takes state by keyword": (
        "    m: Array,\n    *,\n",
        "    *,\n    m: Array,\n",
        "test_signature_is_that_of_a_rule",
    ),
}


def add(folder: Path, sources: dict[str, str]) -> Path:
    """A copy of the house with one file and one row more for each source."""
    for name in ("losses", "optim", "schedules", "nn", "data"):
        shutil.copytree(
            HOUSE / "src" / "nnedu" / name,
            folder / "src" / "nnedu" / name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    for path in (HOUSE / "src" / "nnedu").glob("*.py"):
        shutil.copy(path, folder / "src" / "nnedu")
    (folder / "tests").mkdir()
    for name in ("pyproject.toml", "tests/__init__.py", "tests/conftest.py", "tests/needs.py"):
        shutil.copy(HOUSE / name, folder / name)
    shutil.copytree(HOUSE / "tests" / "contracts", folder / "tests" / "contracts")
    (folder / "tools").symlink_to(HOUSE / "tools")  # the rules of a docstring are the book's
    optim = folder / "src" / "nnedu" / "optim"
    table = (optim / "rules.py").read_text(encoding="utf-8")
    for name, source in sources.items():
        (optim / f"{name}.py").write_text(source, encoding="utf-8")
        table = table.replace(
            "from nnedu.optim.sgd", f"from nnedu.optim.{name} import {name}\nfrom nnedu.optim.sgd"
        )
        row = f'    Row({name}, "{name.capitalize()}", bowl_lr=0.01),\n)\n'
        table, rows = re.subn(r"(?m)^\)\n", row, table, count=1)
        assert rows == 1
    (optim / "rules.py").write_text(table, encoding="utf-8")
    return folder


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of the new rows, and of them alone."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-k",
            "newcomer",
            "--tb=line",
            "tests/contracts/test_optim.py",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": str(folder / "src"),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # half of the time otherwise
        },
    )


def test_a_new_row_inherits_every_contract(tmp_path: Path) -> None:
    done = contracts(add(tmp_path, {"newcomer": NEWCOMER}))
    assert done.returncode == 0, done.stdout + done.stderr
    passed = int(re.search(r"(\d+) passed", done.stdout)[1])
    source = (HOUSE / "tests" / "contracts" / "test_optim.py").read_text(encoding="utf-8")
    assert passed >= source.count("\ndef test_"), "each test, once for the new row"


def test_a_broken_row_breaks_the_contract_that_names_the_slip(tmp_path: Path) -> None:
    sources = {}
    for i, (old, new, _) in enumerate(BROKEN.values()):
        assert NEWCOMER.count(old) == 1
        sources[f"newcomer{i}"] = NEWCOMER.replace(old, new).replace("newcomer(", f"newcomer{i}(")
    done = contracts(add(tmp_path, sources))
    assert done.returncode == 1, done.stdout + done.stderr
    for i, (slip, (_, _, contract)) in enumerate(BROKEN.items()):
        found = re.search(
            rf"^FAILED .*::{contract}\[(.*-)?newcomer{i}\]", done.stdout, re.MULTILINE
        )
        assert found, f"{slip}: {contract} passed\n{done.stdout}"
