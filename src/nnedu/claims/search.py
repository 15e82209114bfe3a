"""Experiments behind the claims of the chapter on search."""

import numpy as np

from nnedu._typing import Array
from nnedu.claims import Finding
from nnedu.claims.growing import Signed, grow, signed
from nnedu.claims.searching import (
    BOWL_SPACE,
    best_of,
    four_features,
    noisy_bowl,
    simulated_hits,
)
from nnedu.contests.tuning import RUNGS, recorded_tuning
from nnedu.search import (
    Subnetwork,
    WeakLearner,
    adanet,
    adanet_objective,
    adanet_penalties,
    coordinate_step,
    hyperband,
    random_search,
    successive_halving,
)


def random_beats_grid(*, matter: int = 1) -> Finding:
    """Random search beats grid search.

    Three knobs, 27 settings each way, and a region of two per cent of the space that counts as
    good; ``matter`` says along how many knobs it is narrow. Counted over 4,000 searches.

    Returns
    -------
    Finding
        Holds if random search hits the region more often. The number: how many times as often.
        Besides: ``recorded``, the grid's test loss over that of random search on the digits, from
        the record.
    """
    grid, random = simulated_hits(np.random.default_rng(0), 4000, matter=matter)
    _, recorded, _ = recorded_tuning().interval("grid")
    return Finding(random > grid, random / grid, {"recorded": recorded})


def halving_saves(*, digits: bool = False, seeds: int = 20) -> Finding:
    """Successive halving finds better settings than random search at the same cost.

    Learning rates for gradient descent on a bowl with noisy gradients, 729 units each way.
    ``digits`` is the control: three hyper-parameters of a network on the digits, each over nine
    orders of magnitude or nearly so, from the record.

    Returns
    -------
    Finding
        Holds if halving's loss is lower than random search's, the geometric mean over seeds. The
        number: the one over the other. Besides: ``hyperband``, the same for Hyperband.
    """
    if digits:
        record = recorded_tuning("absurd")
        _, ratio, high = record.interval("halving")
        return Finding(high < 1, ratio, {"hyperband": record.interval("hyperband")[1]})
    run, rows = noisy_bowl(), []
    for seed in range(seeds):
        a, b, c = (np.random.default_rng(seed) for _ in range(3))
        plain = random_search(run, BOWL_SPACE, trials=27, rng=a)
        halved = successive_halving(run, BOWL_SPACE, rungs=RUNGS, rng=b)
        bands = [hyperband(run, BOWL_SPACE, R=27, rng=c).best.loss for _ in range(2)]
        rows.append([plain.best.loss, halved.best.loss, min(bands)])
    plain_loss, halved_loss, band_loss = np.log(rows).mean(axis=0)
    ratio = float(np.exp(halved_loss - plain_loss))
    return Finding(ratio < 1, ratio, {"hyperband": float(np.exp(band_loss - plain_loss))})


def best_score(*, settings: int = 1000, splits: int = 30) -> Finding:
    """The validation error of the best setting says how good it is.

    Classifiers of four features out of 30, chosen by their errors on 60 tumours and judged on 409
    others; the mean over ``splits`` divisions of the data.

    Returns
    -------
    Finding
        Holds if the test error of the chosen one is within two points. The number: the test error
        less the validation error, in points. Besides: both errors, ``validation`` and ``test``.
    """
    rows = [best_of([settings], four_features(seed, settings))[0] for seed in range(splits)]
    validation, test = np.mean(rows, axis=0)
    gap = 100 * float(test - validation)
    return Finding(abs(gap) < 2, gap, {"validation": float(validation), "test": float(test)})


def adanet_rl(*, policy: bool = False, searches: int = 8, rounds: int = 3) -> Finding:
    """AdaNet searches with reinforcement learning.

    Searches for a classifier of even and odd digits, on the same data and with a weak learner that
    starts alike in all of them: what is left to chance is the searcher's own. ``policy`` is the
    control: the depth of each newcomer is drawn from a policy, which REINFORCE changes by the
    validation accuracy that came of it.

    Returns
    -------
    Finding
        Holds if decisions are not those of the objective. The number: the share of decisions for
        which the other candidate had the lower objective. Besides: ``structures``, how many
        different ones were found.
    """
    (x, y), validation, _ = signed("even or odd")
    chooser = _Policy(rounds) if policy else None
    structures, against, decisions = set(), 0, 0
    for _ in range(searches):
        inner = grow(x, y)
        if chooser is None:
            taken, pairs = _adanet(x, y, inner, rounds)
        else:
            taken, pairs, reward = chooser.episode(x, y, inner, validation)
            chooser.learn(taken, reward)
        f = np.zeros(len(y))
        for k, pair in zip(taken, pairs, strict=True):
            joined = [_join(member, f, x, y) for member in pair]
            against += int(joined[k][2] > joined[1 - k][2])
            f = f + joined[k][0] * joined[k][1]
        structures.add(tuple(pair[k].depth for k, pair in zip(taken, pairs, strict=True)))
        decisions += len(taken)
    share = against / decisions
    return Finding(share > 0, share, {"structures": float(len(structures))})


Pairs = list[tuple[Subnetwork, Subnetwork]]
STRENGTH, BETA = 1e-4, 1e-3


def _join(member: Subnetwork, f: Array, x: Array, y: Array) -> tuple[float, Array, float]:
    """A newcomer's best weight, its outputs, and the objective but for what was spent before."""
    h = member.predict(x)
    price = adanet_penalties(np.array([member.complexity]), strength=STRENGTH, beta=BETA)
    weight = coordinate_step(f, h, y, float(price[0]))
    both, prices = np.column_stack([f, h]), np.append(np.zeros(1), price)
    return weight, h, adanet_objective(np.array([1.0, weight]), both, y, prices)


def _adanet(x: Array, y: Array, inner: WeakLearner, rounds: int) -> tuple[list[int], Pairs]:
    """What AdaNet took in each round, and the two candidates that it had."""
    seen: list[Subnetwork] = []

    def spied(f: Array, depth: int) -> Subnetwork:
        seen.append(inner(f, depth))
        return seen[-1]

    found = adanet(x, y, spied, rounds=rounds, strength=STRENGTH, beta=BETA)
    taken = [each.taken for each in found.rounds if each.taken is not None]
    return taken, list(zip(seen[::2], seen[1::2], strict=True))[: len(taken)]


class _Policy:
    """A policy over structures: the chance of the deeper candidate, one logit a round."""

    def __init__(self, rounds: int) -> None:
        self.theta, self.rng = np.zeros(rounds), np.random.default_rng(0)
        self.rewards: list[float] = []

    def episode(
        self, x: Array, y: Array, inner: WeakLearner, validation: Signed
    ) -> tuple[list[int], Pairs, float]:
        """Draw a structure, train it, and see what it is worth."""
        f, g, depth, pairs = np.zeros(len(y)), np.zeros(len(validation[1])), 1, []
        taken = (self.rng.random(len(self.theta)) < self._chances()).astype(int).tolist()
        for k in taken:
            pairs.append((inner(f, depth), inner(f, depth + 1)))
            member = pairs[-1][k]
            weight, h, _ = _join(member, f, x, y)
            f, g = f + weight * h, g + weight * member.predict(validation[0])
            depth = member.depth
        return taken, pairs, float(np.mean(np.sign(g) == validation[1]))

    def learn(self, taken: list[int], reward: float, lr: float = 4.0) -> None:
        """REINFORCE: ``theta + lr (reward - baseline) d log pi(taken)``."""
        usual = float(np.mean(self.rewards)) if self.rewards else reward
        self.rewards.append(reward)
        self.theta = self.theta + lr * (reward - usual) * (np.array(taken) - self._chances())

    def _chances(self) -> Array:
        return np.asarray(1 / (1 + np.exp(-self.theta)))
