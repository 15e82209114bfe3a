"""The record of the chapter on pruning is what its command would record: slices run again."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.claims.pruning import prune_speed
from nnedu.compression import shrink
from nnedu.contests import pruning, pruning_costs, smaller
from nnedu.contests.pruned import provenance, recorded, recorded_race
from nnedu.contests.pruning import LRS, MAY, METHODS, ONLY, RACE_SEEDS, SPARSITIES, TUNING_SEEDS
from nnedu.contests.smaller import NET, accuracy, points, trained
from nnedu.nn.cost import multiply_adds

RACE = recorded_race()


def test_the_record_is_of_this_contest() -> None:
    assert set(RACE) == set(METHODS)
    for name, entries in RACE.items():
        wanted = ONLY.get(name, SPARSITIES)
        assert len(entries) == len(wanted)
        for entry, sparsity in zip(entries, wanted, strict=True):
            assert entry.sparsity == pytest.approx(sparsity, abs=0.006), name
            assert entry.tuning.shape == (len(LRS), len(TUNING_SEEDS))
            assert entry.lr == LRS[int(np.argmin(np.log(entry.tuning).mean(axis=1)))]
            assert entry.accuracies.shape == (len(RACE_SEEDS),)
    for part in ("race", "trials", "tickets", "speed"):
        assert provenance(part)["command"] == f"python -m nnedu.contests.record_pruning {part}"


@pytest.mark.parametrize(
    ("method", "sparsity"),
    [("magnitude", 0.8), ("gradual", 0.9), ("units", 0.9), ("SNIP", 0.8), ("movement", 0.8)],
)
def test_an_entry_of_the_race_repeats(method, sparsity) -> None:
    entry = RACE[method][SPARSITIES.index(sparsity)]
    theta = METHODS[method](sparsity, 0, entry.lr)
    assert pruning.sparsity_of(theta) == pytest.approx(entry.sparsity, abs=0.002)
    # Rounding moves a run a little, and with it a few of the 360 digits.
    assert accuracy(theta) == pytest.approx(entry.accuracies[0], abs=8 / 360)


def test_trials_repeat() -> None:
    mask = pruning.trial_masks(trained(0), 0, trials=(300,))[300]
    rows = recorded("trials")["trial, 300 trials"]
    assert 1 - mask[MAY].mean() == pytest.approx(rows["sparsity"][0], abs=0.04)
    kept = np.where(mask, trained(0), 0)
    assert accuracy(kept, part="val") >= accuracy(trained(0), part="val")


def test_tickets_repeat() -> None:
    found, stored = pruning.tickets(0, rounds=1), recorded("tickets")
    for kind, by_sparsity in found.items():
        np.testing.assert_allclose(list(by_sparsity), stored["sparsity"][:2], atol=1e-3)
        np.testing.assert_allclose(
            list(by_sparsity.values()), stored[kind][0][:2], atol=8 / 360, err_msg=kind
        )


def test_units_are_removed_and_the_outputs_stay() -> None:
    theta = trained(1)
    mask = pruning.unit_mask(theta, 0.9)
    small, left = shrink(NET, np.where(mask, theta, 0))
    u = pruning.units_left(0.9)
    assert small.shapes["W2"] == (u, u)
    assert 64 * u + u * u + 10 * u <= 0.1 * MAY.sum() < 64 * (u + 1) + (u + 1) ** 2 + 10 * (u + 1)
    x = smaller.digits().x_test
    np.testing.assert_allclose(
        small.predict(left, x), NET.predict(np.where(mask, theta, 0), x), atol=1e-10
    )
    assert multiply_adds(small) == 64 * u + u * u + 10 * u


def test_the_sparse_pass_is_the_networks() -> None:
    theta = np.where(pruning.mask_of("magnitude", trained(0), 0.95, 0), trained(0), 0)
    logits = NET.predict(theta, smaller.digits().x_test)
    np.testing.assert_allclose(pruning_costs.sparse_forward(theta)(), logits, atol=1e-4)


def test_bytes_by_hand() -> None:
    theta = np.zeros(NET.size)
    rows, bits = 4 * (64 + 1) + 4 * (128 + 1), 1280 // 8  # nothing left: the smaller of the two
    assert pruning_costs.stored_bytes(theta) == (4 * 266 + rows + bits, "CSR and bit mask")
    theta[:] = 1
    assert pruning_costs.stored_bytes(theta) == (4 * NET.size, "dense")
    theta[MAY] = np.arange(MAY.sum()) % 2
    assert pruning_costs.stored_bytes(theta) == (4 * 266 + 25_856 // 8 + 2 * 25_856, "bit mask")


def test_every_form_of_the_layer_has_the_same_weights() -> None:
    calls = pruning_costs.layer_calls(0.9, 3)
    np.testing.assert_allclose(calls["CSR"]().T, calls["masked"](), rtol=1e-3, atol=1e-3)
    side = calls["shrunk"]().shape[1]
    assert side**2 == pytest.approx(0.1 * pruning_costs.SIZE**2, rel=0.01)


@pytest.mark.parametrize("form", ["masked", "CSR", "shrunk"])
def test_the_verdict_on_speed_is_the_records(form) -> None:
    found = recorded("speed")
    ratio = found["64"][form][found["sparsities"].index(0.9)]
    finding = prune_speed(form=form)
    assert (finding.holds, finding.number) == (ratio < 0.9, ratio)


def test_recorded_points_are_the_races() -> None:
    made = {point.name: point for point in points("14_pruning")}
    entry = RACE["units"][SPARSITIES.index(0.9)]
    np.testing.assert_allclose(made["units 90 %"].accuracies, entry.accuracies, atol=8 / 360)
    u = pruning.units_left(0.9)
    assert made["units 90 %"].nbytes == 4 * (64 * u + u * u + 10 * u + 2 * u + 10)
    n, left = int(MAY.sum()), round(0.1 * MAY.sum())
    assert made["magnitude 90 %"].nbytes == pytest.approx(4 * 266 + n / 8 + 4 * left, abs=8)
