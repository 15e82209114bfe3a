"""Every block of the guide runs, in order, and prints what the guide says it prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.needs import require

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "book" / "guide" / "keras.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_guide_runs_and_says_what_happens(tmp_path):
    require("ai_edge_litert")
    blocks = BLOCK.findall(GUIDE)
    program = "\n".join(code for kind, code in blocks if kind == "python")
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "", "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout == "".join(text for kind, text in blocks if kind == "text")


def test_ten_lines_are_ten_lines():
    kit = [code for kind, code in BLOCK.findall(GUIDE) if kind == "python"][1]
    assert "## In ten lines" in GUIDE
    assert len([line for line in kit.splitlines() if line.strip()]) <= 10


RESULTS = ("Agreement", "Contents", "LiteRT", "Operator", "PruningMask", "Stored", "calibrate")


def test_the_guide_names_what_there_is():
    import nnedu.keras

    for name in set(re.findall(r"nk\.(\w+)", GUIDE)):
        assert name in nnedu.keras.__all__
    for name in nnedu.keras.__all__:
        if name not in (
            "Agreement",
            "Contents",
            "LiteRT",
            "Operator",
            "PruningMask",
            "Stored",
            "calibrate",
        ):
            assert f"`{name}" in GUIDE or f"nk.{name}" in GUIDE, name
