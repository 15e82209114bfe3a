"""The recorded report: it is about what is compared today, and says what a comparison finds."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from nnedu.parity import load
from nnedu.parity.record import Record
from nnedu.parity.report import comparisons, load_report, measured
from nnedu.parity.report.saved import COMMAND, PACKAGES, Result

ROOT = Path(__file__).parents[2]
REPORT = load_report()
RENEW = f"the report is stale; renew it with: {COMMAND}"
RECORDED = {(each.table, each.case): each for each in comparisons() if each.framework == "torch"}


def words(result: Result) -> tuple[object, ...]:
    return (
        result.table,
        result.case,
        result.framework,
        result.names,
        result.theirs,
        result.adapter,
        result.sentence,
        result.tolerance,
    )


def test_it_is_about_every_comparison_and_no_other() -> None:
    live = [tuple(each.words.values()) for each in comparisons()]
    live = [tuple(tuple(w) if isinstance(w, list) else w for w in each) for each in live]
    assert [words(result) for result in REPORT.results] == live, RENEW


def test_every_comparison_agrees() -> None:
    assert [result for result in REPORT.results if not result.agrees] == []
    for result in REPORT.results:
        if result.without is not None:
            assert result.without > 50 * result.tolerance, result


@pytest.mark.parametrize("table", sorted({table for table, _ in RECORDED}))
def test_what_needs_no_framework_is_found_again(table: str) -> None:
    kept = {(r.table, r.case): r for r in REPORT.results if r.framework == "torch"}
    for place, comparison in RECORDED.items():
        if place[0] != table:
            continue
        found = measured(comparison)
        assert found["deviation"] <= kept[place].tolerance
        # Rounding differs between machines; what the adapter is worth does not.
        without = kept[place].without
        assert (found["without"] is None) == (without is None), RENEW
        assert without is None or found["without"] == pytest.approx(without, rel=0.02), RENEW


def test_a_wrong_rule_would_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = load("optimizers").arrays
    wrong = {**arrays, "adam/0": arrays["adam/0"] * (1 + 1e-9)}
    record: Record = replace(load("optimizers"), arrays=wrong)
    monkeypatch.setattr("nnedu.parity.report.comparison.load", lambda family: record)
    assert not Result(**measured(RECORDED["optimizers", "adam"])).agrees


def test_its_versions_are_those_that_are_pinned() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name in PACKAGES:
        pinned = re.findall(rf"^{name}==([\d.]+)", lock, re.MULTILINE)
        assert REPORT.about["versions"][name] in (*pinned, version(name)), RENEW
    assert REPORT.about["torch"] == load("optimizers").about["torch"].split("+")[0], RENEW
    assert REPORT.about["command"] == COMMAND
