"""Lottery tickets and movement pruning, on problems whose answer is known."""

from __future__ import annotations

from itertools import count as counting
from itertools import repeat

import numpy as np
import pytest

from nnedu.compression import MovementPruning, lottery_tickets
from nnedu.optim import Optimizer
from nnedu.train import train

BEST = np.array([3.0, -0.1, 2.0, 0.2, -1.0])
THETA = np.array([0.1, 0.9, -0.2, 0.8, 0.3])


def bowl(w: np.ndarray, *batch: object) -> tuple[float, np.ndarray]:
    return float(np.sum((w - BEST) ** 2)), 2 * (w - BEST)


def tickets(**changes):
    words = {"steps": 40, "rounds": 3, "share": 0.4, **changes}
    return lottery_tickets(bowl, THETA, Optimizer("sgd", lr=0.1), lambda: repeat(()), **words)


def test_rounds_by_hand() -> None:
    found = tickets()
    # 5 weights: 1 - 0.6 = 0.4 -> 2, 0.64 -> 3 (3.2), 0.784 -> 4 (3.92) are gone.
    assert [round(5 * ticket.sparsity) for ticket in found] == [0, 2, 3, 4]
    by_size = np.argsort(np.abs(BEST))
    for ticket, gone in zip(found, (0, 2, 3, 4), strict=True):
        assert set(np.flatnonzero(~ticket.mask)) == set(by_size[:gone])
        np.testing.assert_array_equal(ticket.start, np.where(ticket.mask, THETA, 0))
        assert not ticket.theta[~ticket.mask].any()
        np.testing.assert_allclose(ticket.theta[ticket.mask], BEST[ticket.mask], atol=1e-3)


def test_rewinding_goes_back_to_the_weights_of_that_update() -> None:
    early = train(bowl, THETA, Optimizer("sgd", lr=0.1), repeat(()), steps=7).theta
    found = tickets(rewind=7)
    for ticket in found:
        np.testing.assert_array_equal(ticket.start, np.where(ticket.mask, early, 0))


def test_every_round_sees_the_same_batches_from_the_rewinding_point_on() -> None:
    seen: list[int] = []

    def noted(w: np.ndarray, number: int) -> tuple[float, np.ndarray]:
        seen.append(number)
        return bowl(w)

    opt = Optimizer("sgd", lr=0.1)
    batches = lambda: ((k,) for k in counting())  # noqa: E731
    lottery_tickets(noted, THETA, opt, batches, steps=5, rounds=1, rewind=2)
    assert seen == [0, 1, 2, 3, 4, 2, 3, 4]


def test_only_what_may_be_cut_is_cut() -> None:
    may = np.array([True, False, True, False, True])
    for ticket in tickets(prunable=may):
        assert ticket.mask[~may].all()
    # Of three prunable weights: 1.2, 1.92 and 2.352 are gone.
    assert [round(3 * ticket.sparsity) for ticket in tickets(prunable=may)] == [0, 1, 2, 2]


def test_lottery_errors() -> None:
    for words, message in (
        ({"share": 1.0}, "share is 1.0"),
        ({"steps": 3, "rewind": 3}, "steps is 3"),
        ({"rounds": -1}, "rounds is -1"),
    ):
        with pytest.raises(ValueError, match=message):
            tickets(**words)


def test_movement_keeps_what_grows_where_magnitude_would_not() -> None:
    start = np.array([1.0, 1.2, 0.5, -0.6])
    goal = np.array([0.0, 0.1, 2.0, -3.0])  # the large ones shrink, the small ones grow

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        return float(np.sum((w - goal) ** 2)), 2 * (w - goal)

    pruning = MovementPruning(loss, start, sparsity=lambda t: 0.5 * (t >= 3))
    run = train(pruning, start, Optimizer("sgd", lr=0.002), repeat(()), steps=8)
    np.testing.assert_array_equal(pruning.mask, [False, False, True, True])
    assert np.abs(run.theta[:2]).min() > np.abs(run.theta[2:]).max(), "by magnitude they would go"
    assert run.theta.all(), "weights stay dense under their mask"


def test_movement_looks_at_the_masked_weights_and_lets_them_come_back() -> None:
    seen = []

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        seen.append(w.copy())
        return 0.0, np.array([1.0, -0.5, 0.0]) if len(seen) == 1 else np.array([-9.0, 0.0, 0.0])

    pruning = MovementPruning(loss, np.ones(3), sparsity=lambda t: 1 / 3)
    theta = np.array([1.0, 2.0, 3.0])
    for expected in ([1, 2, 3], [0, 2, 3], [1, 2, 0]):
        pruning(theta)
        np.testing.assert_array_equal(seen[-1], expected)
    may = np.array([False, True, True])
    pruning = MovementPruning(bowl, np.ones(3), sparsity=lambda t: 1.0, prunable=may)
    pruning.objective = loss
    pruning(theta)
    np.testing.assert_array_equal(pruning.mask, ~may)
