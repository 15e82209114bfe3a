"""Settings for every test: quiet frameworks, reproducible examples, seconds per folder."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow talks past Python's warnings
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")  # the same numbers with and without a GPU

from hypothesis import settings

from tests import needs

# The same examples in every run: a failure can be looked at again, and green means green.
settings.register_profile("nnedu", derandomize=True, deadline=None)
settings.load_profile("nnedu")


@pytest.fixture(scope="session")
def require() -> Callable[..., str]:
    """``require("chromium")`` gives its path, or skips (under CI=true: fails) saying what to do."""
    return needs.require


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    seconds: Counter[str] = Counter()
    tests: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                folder = _folder(report.nodeid)
                seconds[folder] += report.duration
                tests[folder] += report.when == "call"
    if len(tests) > 1:
        terminalreporter.section("seconds")
        for name, stage in json.loads(os.environ.get("NNEDU_STAGES", "{}")).items():
            failed = "" if stage["passed"] else "   FAILED, see above"
            terminalreporter.write_line(f"{stage['seconds']:8.1f}  {name}{failed}")
        for folder, spent in seconds.most_common():
            terminalreporter.write_line(f"{spent:8.1f}  {folder} ({tests[folder]} tests)")


def _folder(nodeid: str) -> str:
    parts = nodeid.partition("::")[0].split("/")
    return "/".join(parts[:2]) if parts[0] == "tests" and len(parts) > 2 else parts[0]
