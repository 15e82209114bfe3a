"""Every claim is decided by its experiment, and its control comes out the other way."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from nnedu.book import is_it_true
from nnedu.claims import Finding, _read, claim_of, ledger
from nnedu.claims.every import decide_every, entry, experiment_of

BOOK = Path(__file__).parent.parent.parent / "book"
IDS = list(ledger())


@cache
def found(name: str) -> tuple[Finding, Finding]:
    claim = ledger()[name]
    run = experiment_of(claim)
    return run(), run(**claim.control)


@pytest.mark.parametrize("name", IDS)
def test_the_experiment_gives_the_verdict_and_its_control_the_other(name: str) -> None:
    finding, control = found(name)
    claim = ledger()[name]
    assert isinstance(finding.holds, bool)
    assert control.holds is not finding.holds
    if claim.verdict != "depends":
        assert finding.holds is (claim.verdict == "holds")


@pytest.mark.parametrize("name", IDS)
def test_the_number_is_the_experiments(name: str) -> None:
    finding, control = found(name)
    claim = ledger()[name]
    assert format(finding.number, claim.format) == claim.number
    assert "{{" not in claim.text(finding, control)


@pytest.mark.parametrize("name", IDS)
def test_the_words_are_complete(name: str) -> None:
    claim = ledger()[name]
    for field in (claim.said, claim.answer, claim.flips, claim.quantity):
        assert field.strip(), f"{name} has an empty field"
    assert claim.flips.strip().endswith(".")
    assert claim.control, "a control differs from the experiment in something"
    entries = (BOOK / "references.bib").read_text(encoding="utf-8")
    for key in claim.source:
        assert re.search(rf"@\w+\{{{key},", entries), f"references.bib has no {key}"


@pytest.mark.parametrize("name", IDS)
def test_the_box_stands_in_its_chapter(name: str) -> None:
    text = (BOOK / f"{ledger()[name].chapter}.ipynb").read_text(encoding="utf-8")
    assert f"is_it_true({name.replace('-', '_')})" in text


def test_an_entry_that_is_not_complete_is_named() -> None:
    with pytest.raises(ValueError, match=r"claim 'half'.*missing"):
        _read([{"id": "half"}])


def test_an_experiment_without_an_entry_is_an_error() -> None:
    def never_heard_of() -> Finding:
        return Finding(holds=True, number=1.0)

    with pytest.raises(ValueError, match="never-heard-of"):
        claim_of(never_heard_of)


def test_a_box_whose_verdict_is_wrong_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {
        "id": "always",
        "chapter": "03_gradient_descent",
        "module": "none",
        "said": "It is always so.",
        "verdict": "fails",
        "quantity": "a count",
        "format": ".0f",
        "number": "2",
        "answer": "It came out {{number}}, and {{steps:,}} steps later {{control}}.",
        "flips": "It flips.",
        "control": {"other": True},
        "source": [],
    }

    def always(other: bool = False) -> Finding:
        return Finding(holds=other, number=1.0 + other, also={"steps": 1234})

    monkeypatch.setattr("nnedu.claims.ledger", lambda: _read([entry]))
    assert "1, and 1,234 steps later 2. It flips." in repr(is_it_true(always))
    assert '"It is always so."' in is_it_true(always)._repr_mimebundle_()["text/markdown"]
    monkeypatch.setattr("nnedu.claims.ledger", lambda: _read([{**entry, "verdict": "holds"}]))
    with pytest.raises(ValueError, match="the ledger says 'holds'"):
        is_it_true(always)


def test_an_entry_of_the_list_says_all_that_a_box_says(monkeypatch: pytest.MonkeyPatch) -> None:
    only = {"adagrad-formula": ledger()["adagrad-formula"]}
    monkeypatch.setattr("nnedu.claims.every.ledger", lambda: only)
    ((claim, finding, control),) = decide_every()
    text = entry(claim, finding, control, "chapter 6")
    assert claim.said in text
    assert "Fails. " in text
    assert "{cite}`duchi2011adaptive`" in text
    assert f": {claim.number}; in the control 1.00." in text
    assert text.endswith("{ref}`chapter 6 <claim-adagrad-formula>`")
