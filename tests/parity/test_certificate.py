"""The certificate: what it says, and that it would say no."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from nnedu.optim import RULES, adam
from nnedu.parity import Certificate, certificate, framework
from tests.needs import require


@pytest.fixture(scope="module")
def torch_only() -> Certificate:
    return certificate(frameworks=["torch"])


def test_every_rule_has_its_line(torch_only: Certificate) -> None:
    text, markdown = str(torch_only), torch_only._repr_markdown_()
    assert torch_only.agrees
    for entry in RULES:
        assert any(line.startswith(entry.title) for line in text.splitlines())
        assert f"| {entry.title} |" in markdown
    assert "recorded 20" in text
    assert "see Momentum" in text
    assert "DIFFERS" not in text


def test_markdown_is_a_table_followed_by_the_conventions(torch_only: Certificate) -> None:
    lines = torch_only._repr_markdown_().splitlines()
    assert lines[1] == "| --- | --- |"
    assert {line.count("|") for line in lines[: 2 + len(RULES)]} == {3}
    assert any(line.startswith("- *first gradient whole*: PyTorch starts") for line in lines)


def test_a_wrong_rule_is_not_certified(monkeypatch: pytest.MonkeyPatch) -> None:
    def off(theta, g, m, v, *, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        return adam(theta, g, m, v, t=t, lr=lr * (1 + 1e-9), beta1=beta1, beta2=beta2, eps=eps)

    off.__name__ = "adam"
    rows = tuple(replace(entry, rule=off) if entry.name == "adam" else entry for entry in RULES)
    monkeypatch.setattr("nnedu.optim.rules.RULES", rows)
    found = certificate(["adam"], frameworks=["torch"])
    assert not found.agrees
    assert "DIFFERS" in str(found)
    assert "DIFFERS" in found._repr_markdown_()


def test_live_columns_name_their_versions() -> None:
    require("optax")
    found = certificate(["adagrad"], frameworks=["optax", "torch"])
    head = str(found).splitlines()[0]
    assert f"Optax {framework('optax').__version__}" in head
    assert "(sum starts at 0.1 + eps)" in str(found)
    assert found.agrees
    assert np.isfinite([cell.deviation for cell in found.cells.values()]).all()


def test_a_rule_without_a_counterpart_is_shown_as_not_compared(
    torch_only: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = {key: cell for key, cell in torch_only.cells.items() if key[0] != "adam"}
    assert "not compared" in str(replace(torch_only, cells=without))


def test_a_framework_that_has_none_or_something_else_is_said(torch_only: Certificate) -> None:
    assert "has none" in next(line for line in str(torch_only).splitlines() if "Lion" in line)
    both = replace(torch_only, frameworks=("torch", "keras"), versions={"torch": "", "keras": ""})
    line = next(x for x in str(both).splitlines() if x.startswith("Schedule-free AdamW"))
    assert line.split() == ["Schedule-free", "AdamW", "has", "none", "departs"]
    assert "- *departs (Schedule-free AdamW)*: Keras 3" in both._repr_markdown_()
    assert "departs" not in str(torch_only)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(
        ValueError, match="unknown framework 'pytorch'; expected one of keras, torch"
    ):
        certificate(frameworks=["pytorch"])
    with pytest.raises(ValueError, match="unknown optimizer 'adamm'"):
        certificate(["adamm"], frameworks=["torch"])


def test_missing_framework_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optax", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'nnedu\[parity\]'"):
        certificate(["sgd"], frameworks=["optax"])
