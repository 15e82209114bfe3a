"""Every mutant in the table is rejected by the test that the table names, and by no lesser one."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.table import MUTANTS, STILL, still

HOUSE = Path(__file__).parent.parent.parent
SOURCES = HOUSE / "src" / "nnedu"
FILES = sorted({mutant.file for mutant in MUTANTS})


def code(tree: ast.Module) -> str:
    """The code without its docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(None)
    return ast.dump(tree)


def run(file: str) -> dict[str, dict[str, str]]:
    """By slip: what became of each test."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutants.runner", file],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["slip"]: line["outcomes"] for line in lines}


def of(outcomes: dict[str, str], test: str) -> list[str]:
    """The outcomes of one test, whatever its parameters."""
    return [
        outcome for name, outcome in outcomes.items() if name == test or name.startswith(f"{test}[")
    ]


@pytest.mark.parametrize("file", FILES)
def test_each_mutant_is_rejected_by_its_killer_alone(file: str) -> None:
    results = run(file)
    for mutant in MUTANTS:
        if mutant.file != file:
            continue
        outcomes = results[mutant.slip]
        killed = of(outcomes, mutant.killer)
        assert "error" not in outcomes.values(), f"{mutant.slip} does not even load"
        assert "failed" in killed, f"{mutant.slip} survives {mutant.killer}"
        for test in still(mutant):
            passed = of(outcomes, test)
            assert passed, f"{test} did not run"
            assert set(passed) == {"passed"}, f"{mutant.slip} is too easy for {test}"


def test_each_slip_is_in_the_code_of_its_file_and_is_its_own() -> None:
    for mutant in MUTANTS:
        text = (SOURCES / mutant.file).read_text(encoding="utf-8")
        slipped = ast.parse(text.replace(mutant.old, mutant.new))
        assert code(slipped) != code(ast.parse(text)), f"{mutant.file} has no {mutant.old!r}"
    assert len(MUTANTS) == len({(mutant.file, mutant.slip) for mutant in MUTANTS})


def test_every_file_with_tests_of_its_own_has_a_mutant() -> None:
    # A new optimizer inherits contracts without any edit; once its author writes tests by hand,
    # a mutant shows that they see something. Engines are held to the rules by other tests.
    wanted = {
        f"{family}/{path.name}"
        for family in STILL
        for path in (SOURCES / family).glob("*.py")
        if (HOUSE / "tests" / family / f"test_{path.stem}.py").exists()
    } - {"nn/fused.py", "optim/fused.py", "optim/rules.py"}
    assert {"optim/adam.py", "losses/mse.py", "nn/dense.py", "schedules/decay.py"} <= wanted
    assert wanted <= set(FILES)
