"""What figures compute beside rules: facts about parabolas and batches, and a small network."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.gradient_noise import batch_variance
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, dropout, relu, tanh
from nnedu.optim.schedule_free import schedule_free_average
from nnedu.optim.stability import best, limit
from tests.browser.live.conftest import ask


@pytest.mark.parametrize("rule", ["sgd", "momentum", "nesterov"])
def test_facts_about_parabolas(library_page, rule):
    call = "([rule, a]) => [nneduLive.library.facts.limit(rule, a), {}]"
    assert ask(library_page, call, [rule, 0.7])[0] == pytest.approx(limit(rule, 0.7), rel=1e-14)
    call = "([rule, L]) => nneduLive.library.facts.best(rule, 1, L)"
    for condition in (1.0, 7.5, 100.0):
        theirs = ask(library_page, call, [rule, condition])
        assert theirs == pytest.approx(best(rule, 1.0, condition), rel=1e-13)


def test_facts_about_batches_and_averages(library_page):
    call = """([s, B, N, replacement, x, d]) => {
      const {batch_variance, schedule_free_average} = nneduLive.library.facts;
      return [batch_variance(s, B, {N, replacement}), schedule_free_average(x, d, {beta: 0.7})];
    }"""
    for B, replacement in ((5, True), (5, False), (40, False)):
        theirs = ask(library_page, call, [2.5, B, 40, replacement, 1.5, 0.25])
        average = schedule_free_average(np.array(1.5), np.array(0.25), beta=0.7)
        ours = [batch_variance(2.5, B, N=40, replacement=replacement), float(average)]
        assert theirs == pytest.approx(ours, rel=1e-14)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_network(library_page, activation):
    """Forward and backward, with dropout's masks, beside the library's layers."""
    rng, rate = np.random.default_rng(0), 0.25
    sizes = [3, 5, 4, 2]
    layers = [Dense(5), Dense(4), Dense(2)]
    net = Network(layers, inputs=3)
    theta = rng.normal(size=net.size)
    x, labels = rng.normal(size=(6, 3)), rng.integers(2, size=6)
    kept = [rng.random((6, size)) >= rate for size in (5, 4)]
    bend, h, back = {"tanh": tanh, "relu": relu}[activation], x, []
    views = list(net.views(theta).values())
    for k, layer in enumerate(layers):
        h, through = layer(h, *views[2 * k : 2 * k + 2])
        back.append(through)
        if k < 2:
            h, bent = bend(h)
            h, dropped = dropout(h, kept[k], rate=rate)
            back += [bent, dropped]
    loss, through = softmax_cross_entropy(h, labels)
    d, found = through, []
    for step in reversed(back):
        d, *of_parameters = step(d)
        found = [*of_parameters, *found]
    ours = np.concatenate([each.ravel() for each in found])
    masks = [[(mask[n] / (1 - rate)).tolist() for mask in kept] for n in range(6)]
    theirs = ask(
        library_page,
        """([sizes, activation, theta, x, labels, masks]) => {
          const net = nneduLive.perceptron(sizes, activation);
          const {loss, d} = net.objective(theta, x, labels, {masks});
          return [loss, Array.from(d)];
        }""",
        [sizes, activation, theta.tolist(), x.tolist(), labels.tolist(), masks],
    )
    assert theirs[0] == pytest.approx(float(loss), rel=1e-12)
    assert np.abs(ours - theirs[1]).max() < 1e-12 * np.abs(ours).max()
