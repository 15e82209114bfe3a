"""AdaNet: what joins, how deep it grows, when it stops, and that it learns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnedu.data import load_table, split, standardize, two_moons
from nnedu.gradcheck import check_gradient
from nnedu.nn import Dense, Network, tanh
from nnedu.search import (
    LOGISTIC,
    Subnetwork,
    WeakLearner,
    adanet,
    adanet_objective,
    adanet_penalties,
    coordinate_step,
    fit_weights,
    rademacher_bound,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
Y = np.where(X[:, 0] + 0.5 * RNG.normal(size=40) > 0, 1, -1)


def column(number: int, depth: int, complexity: float = 1.0) -> Subnetwork:
    return Subnetwork(depth, complexity, lambda x: x[:, number])


def test_rounds_by_hand() -> None:
    asked: list[tuple[Any, int]] = []

    def grow(f: Any, depth: int) -> Subnetwork:
        asked.append((f.copy(), depth))
        return column(0 if depth == 1 else 1, depth)

    found = adanet(X, Y, grow, rounds=1, strength=0.01, beta=0.02)
    assert [depth for _, depth in asked] == [1, 2]
    assert all((f == 0).all() for f, _ in asked)
    w = [coordinate_step(np.zeros(40), X[:, k], Y, 0.03) for k in (0, 1)]
    values = [adanet_objective(np.array([w[k]]), X[:, [k]], Y, np.array([0.03])) for k in (0, 1)]
    (first,) = found.rounds
    assert [proposal.weight for proposal in first.proposals] == pytest.approx(w)
    assert [proposal.objective for proposal in first.proposals] == pytest.approx(values)
    assert first.taken == int(np.argmin(values)) == 0
    assert found.depth == 1
    np.testing.assert_allclose(found.predict(X), w[0] * X[:, 0], rtol=1e-14)


@pytest.mark.parametrize("corrective", [False, True])
def test_the_record_is_the_objective_of_what_was_built(corrective: bool) -> None:
    def grow(f: Any, depth: int) -> Subnetwork:
        # The column that fits what the ensemble misses best.
        edges = np.abs(X.T @ (Y * np.exp(-Y * f)))
        return column(int(np.argmax(edges)), depth, complexity=float(depth))

    words = {"strength": 0.02, "beta": 0.001}
    found = adanet(X, Y, grow, rounds=6, corrective=corrective, **words)
    assert len(found.members) > 1
    h = np.column_stack([member.predict(X) for member in found.members])
    gamma = adanet_penalties(np.array([m.complexity for m in found.members]), **words)
    values = [record.objective for record in found.rounds]
    assert values[-1] == pytest.approx(adanet_objective(found.weights, h, Y, gamma), rel=1e-12)
    taken = [record.objective for record in found.rounds if record.taken is not None]
    assert (np.diff([np.e, *taken]) < 0).all()
    if not corrective:
        chosen = [r.proposals[r.taken].objective for r in found.rounds if r.taken is not None]
        assert chosen == pytest.approx(taken, rel=1e-12)
    else:
        least = adanet_objective(fit_weights(h, Y, gamma), h, Y, gamma)
        assert values[-1] == pytest.approx(least, abs=1e-6)


def test_depth_grows_by_one_at_most_and_only_if_it_pays() -> None:
    asked: list[int] = []
    # Each depth gets four more examples right; complexity is dear or cheap.
    h = np.column_stack([Y * np.where(np.arange(40) < 24 + 4 * k, 1.0, -1.0) for k in range(5)])

    def grow(f: Any, depth: int) -> Subnetwork:
        asked.append(depth)
        return Subnetwork(depth, float(4**depth), lambda x: h[:, min(depth, 5) - 1])

    cheap = adanet(X, Y, grow, rounds=3, strength=0.0, beta=0.1)
    assert [member.depth for member in cheap.members] == [2, 3, 4]
    assert asked == [1, 2, 2, 3, 3, 4]
    dear = adanet(X, Y, grow, rounds=3, strength=0.05, beta=0.1)
    assert dear.depth == 1


def test_it_stops_where_nothing_pays_and_says_what_was_proposed() -> None:
    found = adanet(X, Y, lambda f, depth: column(0, depth), rounds=9, strength=0.0, beta=0.01)
    assert len(found.members) == 1  # the same again is of no use
    assert len(found.rounds) == 2
    last = found.rounds[-1]
    assert last.taken is None
    assert last.objective == found.rounds[0].objective
    assert all(proposal.excess <= 1e-9 for proposal in last.proposals)
    none = adanet(X, Y, lambda f, depth: column(0, depth), rounds=9, strength=9.0, beta=0.0)
    assert none.members == ()
    assert none.depth == 0
    assert (none.predict(X) == 0).all()


def test_of_equals_the_shallower_is_taken() -> None:
    found = adanet(X, Y, lambda f, depth: column(0, depth), rounds=1, strength=0.0, beta=0.01)
    assert found.rounds[0].taken == 0


@pytest.mark.parametrize("way", ["raises", "nan"])
def test_a_candidate_that_diverges_is_in_the_record_and_not_in_the_ensemble(way: str) -> None:
    def grow(f: Any, depth: int) -> Subnetwork:
        if depth == 1:
            return column(0, depth)
        if way == "raises":
            raise FloatingPointError("it exploded")
        return Subnetwork(depth, 0.0, lambda x: np.full(len(x), np.nan))

    found = adanet(X, Y, grow, rounds=1, strength=0.0, beta=0.01)
    bad = found.rounds[0].proposals[1]
    assert bad.reason.startswith("FloatingPointError: it")
    assert bad.objective == np.inf
    assert found.depth == 1


def test_a_candidate_keeps_within_its_family() -> None:
    x, y = X, Y
    grow = WeakLearner(x, y, width=5, limit=0.7, steps=30, rng=np.random.default_rng(0))
    with_one = np.column_stack([x, np.ones(40)])
    for depth in (1, 2, 3):
        member = grow(np.zeros(40), depth)
        assert member.complexity == pytest.approx(
            rademacher_bound(with_one, limits=[0.7] * depth, widths=[5] * (depth - 1)), rel=1e-14
        )
        # abs(h) is at most limit times the norm of what the last unit sees.
        size = np.linalg.norm(with_one, axis=1) if depth == 1 else np.sqrt(5) * np.ones(40)
        assert (np.abs(member.predict(x)) <= 0.7 * size + 1e-12).all()


def test_depth_1_is_linear_and_depth_2_is_not() -> None:
    grow = WeakLearner(X, Y, width=5, steps=30, rng=np.random.default_rng(0))
    for depth in (1, 2):
        h = grow(np.zeros(40), depth).predict
        # Of a linear function and a constant: h(a) + h(-a) is 2 h(0).
        bend = np.abs(h(X) + h(-X) - 2 * h(0 * X)).max()
        assert (bend < 1e-12) == (depth == 1)


def test_a_candidate_descends_the_gradient_of_the_objective() -> None:
    grow = WeakLearner(X, Y, width=4, rng=np.random.default_rng(0), surrogate=LOGISTIC)
    network = Network([Dense(4), tanh, Dense(1)], inputs=4)
    f = np.random.default_rng(1).normal(size=40)
    theta = network.init(np.random.default_rng(2))
    assert check_gradient(grow._objective(network, f), theta).error < 1e-7
    member = grow(f, 2)
    before, after = (LOGISTIC.value(1 - Y * (f + h)).mean() for h in (0, member.predict(X)))
    assert after < 0.8 * before


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_two_moons_need_depth_and_a_price_keeps_it_small(dtype: Any) -> None:
    rng = np.random.default_rng(0)
    (x, labels), (x_new, new) = (two_moons(N, noise=0.15, rng=rng) for N in (200, 500))
    x, x_new, y = x.astype(dtype), x_new.astype(dtype), 2 * labels - 1
    found = {}
    for strength in (0.0, 1e-3, 0.1):
        grow = WeakLearner(x, y, width=8, steps=120, rng=np.random.default_rng(1))
        found[strength] = adanet(x, y, grow, rounds=3, strength=strength, beta=1e-3)
    assert found[1e-3].weights.dtype == found[1e-3].predict(x).dtype == dtype
    right = np.mean(np.sign(found[1e-3].predict(x_new)) == 2 * new - 1)
    # What a line can do, for comparison.
    a, b = np.column_stack([x, np.ones(200)]), np.column_stack([x_new, np.ones(500)])
    line = np.sign(b @ np.linalg.lstsq(a, y.astype(dtype), rcond=None)[0])
    assert np.mean(line == 2 * new - 1) < 0.9
    assert right > 0.96
    assert found[0.0].depth > found[1e-3].depth >= 2
    assert found[0.1].depth <= 1


def test_breast_cancer_is_left_linear() -> None:
    table = load_table("breast_cancer")
    y = 2 * table.y - 1
    rng = np.random.default_rng(0)
    train, test = split(len(y), shares=(0.7, 0.3), rng=rng, labels=table.y)
    scale = standardize(table.x[train])
    x, x_new = scale(table.x[train]), scale(table.x[test])
    grow = WeakLearner(x, y[train], width=4, limit=1.0, steps=100, rng=rng)
    found = adanet(x, y[train], grow, rounds=3, strength=3e-3, beta=1e-3)
    assert found.depth == 1
    assert np.mean(np.sign(found.predict(x_new)) == y[test]) > 0.95


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            lambda: adanet(X, (Y + 1) // 2, None, rounds=1, strength=0, beta=0),
            r"y holds \[0, 1\]; expected -1 and 1",
        ),
        (
            lambda: adanet(X, Y, lambda f, d: column(0, 1), rounds=1, strength=0, beta=1),
            r"grow returned depth 1 with outputs \(40,\); expected depth 2",
        ),
        (
            lambda: adanet(
                X, Y, lambda f, d: Subnetwork(d, 1.0, lambda x: x), rounds=1, strength=0, beta=1
            ),
            r"outputs \(40, 3\); expected depth 1 with \(40,\). Take the column",
        ),
        (
            lambda: adanet(X, Y, lambda f, d: column(0, d), rounds=0, strength=0, beta=1),
            "rounds is 0; expected a whole number of at least 1",
        ),
        (
            lambda: WeakLearner(X, Y, width=2, limit=0, rng=RNG),
            "limit is 0; expected a finite number above 0",
        ),
    ],
)
def test_errors(wrong, message) -> None:
    with pytest.raises(ValueError, match=message):
        wrong()
