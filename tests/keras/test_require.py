"""Without Keras the error says what to install; with it, nothing else imports TensorFlow."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nnedu.keras._require import require_keras

REFUSE = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == MISSING:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Refuse())
try:
    import nnedu.keras
except ModuleNotFoundError as error:
    print(error.name, error)
"""


@pytest.mark.parametrize("missing", ["keras", "tensorflow"])
def test_what_is_missing_is_named_with_the_way_to_get_it(missing):
    done = subprocess.run(
        [sys.executable, "-c", REFUSE.replace("MISSING", repr(missing))],
        env={"PYTHONPATH": "src", "PATH": "", "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith(f"{missing} nnedu.keras needs Keras 3, "), done.stderr
    assert "pip install 'nnedu[tensorflow]'" in done.stdout


def test_keras_2_is_turned_away(monkeypatch):
    import keras

    monkeypatch.setattr(keras, "__version__", "2.15.0")
    with pytest.raises(ImportError, match=r"needs Keras 3 and found 2\.15\.0"):
        require_keras()


def test_importing_nnedu_imports_no_keras():
    program = "import nnedu, sys; print('keras' in sys.modules, 'nnedu.keras' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]
