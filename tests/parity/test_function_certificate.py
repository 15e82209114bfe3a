"""The certificate of losses, activations and layers: what it says, and that it would say no."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnedu.parity.functions import LOSSES, function_certificate
from tests.needs import require


def test_every_loss_has_its_line() -> None:
    found = function_certificate(LOSSES, "losses", frameworks=["torch"])
    assert found.agrees
    assert {name for name, _ in found.deviations} == set(LOSSES)
    for text in (str(found), found._repr_markdown_()):
        assert "DIFFERS" not in text
        assert "recorded 20" in text
        assert "labels smoothed by hand" in text
    lines = found._repr_markdown_().splitlines()
    assert lines[1] == "| --- | --- |"
    assert {line.count("|") for line in lines[: 2 + len(LOSSES)]} == {3}


def test_a_wrong_number_is_not_certified() -> None:
    for name, function in LOSSES.items():
        for number, value in function.numbers.items():
            wrong = replace(function, numbers={number: value * (1 + 1e-9)})
            found = function_certificate({name: wrong}, "losses", frameworks=["torch"])
            assert not found.agrees
            assert "DIFFERS" in str(found)


def test_a_framework_without_the_function_is_named() -> None:
    require("optax")
    found = function_certificate({"mae": LOSSES["mae"]}, "losses", frameworks=["optax"])
    assert not found.deviations
    assert "has none" in str(found)


def test_live_columns_agree() -> None:
    require("optax")
    found = function_certificate({"mse": LOSSES["mse"]}, "losses", frameworks=["optax", "torch"])
    assert found.agrees
    assert np.isfinite(list(found.deviations.values())).all()


def test_what_is_not_recorded_says_how_to_record_it() -> None:
    with pytest.raises(KeyError, match=r"Record it anew: python -m nnedu.parity.record_torch"):
        function_certificate({"never": LOSSES["mse"]}, "losses", frameworks=["torch"])


def test_unknown_framework_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown framework 'pytorch'"):
        function_certificate(LOSSES, "losses", frameworks=["pytorch"])
