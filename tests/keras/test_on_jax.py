"""The same tests with Keras on JAX, in one process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import require

HERE = Path(__file__).parent
# What differs between backends: state that a compiled step sees, gradients, rules that branch.
CHOSEN = (
    "cubic or reference or survive or compiled_before or many_steps or grids or range_that"
    " or saved_models or lars or soap or shampoo or schedule_free or go_on or fifty or statistics"
)
FILES = ["test_pruning.py", "test_quantize_aware.py", "test_optimizers.py", "test_sam.py"]


def test_the_kit_works_on_jax():
    require("optax")  # which brings JAX
    if os.environ.get("KERAS_BACKEND") == "jax":
        pytest.fail("this test starts the others on JAX; run it on TensorFlow")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"),
            *("-k", CHOSEN),
            *(str(HERE / name) for name in FILES),
        ],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
