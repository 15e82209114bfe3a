"""The cost model by hand, its limits, and the fit."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.distributed import (
    Job,
    Link,
    fit_link,
    halving_seconds,
    ring_all_reduce,
    ring_seconds,
    server_seconds,
    training_seconds,
    tree_seconds,
    updates_to_target,
)
from nnedu.distributed.measure import recorded

LINK = Link(alpha=2.0, beta=0.5)


def test_the_ring_by_hand() -> None:
    assert ring_seconds(4, 40.0, LINK) == 6 * (2.0 + 0.5 * 10)
    assert ring_seconds(1, 40.0, LINK) == 0


@pytest.mark.parametrize("n", [2, 4, 5])
def test_the_ring_costs_what_its_messages_cost(n: int) -> None:
    _, sends = ring_all_reduce([np.ones(20 * n, np.float32) for _ in range(n)])
    steps = {send.step: send.size for send in sends}
    one_after_another = sum(LINK.seconds(4 * size) for size in steps.values())
    assert ring_seconds(n, 4 * 20 * n, LINK) == pytest.approx(one_after_another)


def test_the_server_and_the_tree_by_hand() -> None:
    assert server_seconds(4, 40.0, LINK) == 6 * (2.0 + 0.5 * 40)
    assert tree_seconds(4, 40.0, LINK) == 4 * (2.0 + 0.5 * 40)
    assert tree_seconds(5, 40.0, LINK) == 6 * (2.0 + 0.5 * 40)


def test_halving_sends_the_bytes_of_the_ring_in_few_messages() -> None:
    assert halving_seconds(4, 40.0, LINK) == 2 * (2.0 + 0.5 * 20) + 2 * (2.0 + 0.5 * 10)
    bytes_alone = Link(0.0, 0.5)
    assert halving_seconds(16, 40.0, bytes_alone) == ring_seconds(16, 40.0, bytes_alone)
    assert halving_seconds(2, 40.0, LINK) == ring_seconds(2, 40.0, LINK)


def test_many_workers_pay_for_two_vectors_and_for_latency() -> None:
    free = Link(alpha=0.0, beta=1.0)
    n = np.array([2, 10, 1e6])
    np.testing.assert_allclose(ring_seconds(n, 3.0, free), [3.0, 5.4, 6.0], rtol=1e-5)
    assert ring_seconds(1001, 0.0, Link(1.0, 0.0)) == 2000


def test_the_fit_finds_the_link_and_small_exchanges_count() -> None:
    n, M = np.array([2, 3, 4, 5]), np.array([10.0, 1e3, 1e5, 1e7])
    link = Link(3e-4, 2e-9)
    seconds = np.array([ring_seconds(k, m, link) for k, m in zip(n, M, strict=True)])
    found = fit_link(2 * (n - 1), M / n, seconds)
    assert found.alpha == pytest.approx(3e-4, rel=1e-9)
    assert found.beta == pytest.approx(2e-9, rel=1e-9)


def test_a_large_exchange_that_was_disturbed_does_not_hide_the_latency() -> None:
    size = np.array([0.0, 10.0, 1e6, 2e6])
    found = fit_link(np.ones(4), size, np.array([1.0, 2.0, 1e5, 2.6e5]))
    assert found.alpha == pytest.approx(1.0, abs=0.15)


def test_a_latency_below_zero_is_no_latency() -> None:
    found = fit_link(np.ones(2), np.array([10.0, 20.0]), np.array([1.0, 3.0]))
    assert found.alpha == 0
    assert found.beta == pytest.approx((10 / 1 + 20 / 3) / (10**2 + (20 / 3) ** 2))


def test_training_by_hand_and_its_limit() -> None:
    job = Job(8, seconds=0.25, bytes=40.0, critical=64, least=10)
    assert updates_to_target(2, job) == 10 * (1 + 64 / 16)
    assert training_seconds(2, job, LINK) == 50 * (8 * 0.25 + 2 * (2.0 + 0.5 * 20))
    free = Link(0.0, 0.0)
    speedup = training_seconds(1, job, free) / training_seconds(1e9, job, free)
    assert speedup == pytest.approx(1 + 64 / 8)


def test_the_model_says_what_slowed_links_were_measured_to_need() -> None:
    found = recorded()
    link = Link(found["provenance"]["wait"], 1 / found["provenance"]["rate"])
    costs = {"ring": ring_seconds, "server": server_seconds}
    for row in found["slowed"]:
        model = costs[row["kind"]](row["n"], row["bytes"], link)
        assert 0.99 < row["seconds"] / model < 2.5, row


@pytest.mark.parametrize("cost", [ring_seconds, server_seconds, tree_seconds, halving_seconds])
def test_bad_numbers_are_named(cost) -> None:
    with pytest.raises(ValueError, match="at least 1 worker"):
        cost(0, 1.0, LINK)
    with pytest.raises(ValueError, match="number of bytes"):
        cost(2, -1.0, LINK)


def test_a_link_from_the_past_is_refused() -> None:
    with pytest.raises(ValueError, match="alpha is -1"):
        Link(-1.0, 0.0)
    with pytest.raises(ValueError, match="two different sizes"):
        fit_link(np.ones(2), np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="numbers above 0"):
        fit_link(np.ones(2), np.arange(2.0), np.zeros(2))
    with pytest.raises(ValueError, match="seconds is 0"):
        Job(8, seconds=0, bytes=1, critical=1)
