"""The numbers that live figures give, beside the library's."""

from __future__ import annotations

import re
from functools import partial

import numpy as np
import pytest

from nnedu.compression.masks import prunable
from nnedu.data import bowl
from nnedu.gradient_noise import batch_variance, gradient_variance
from nnedu.live.contests import LOWEST, RUNNERS, places, races
from nnedu.live.samples import clouds, digit_reader, line_fit, line_fit_gradients
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, relu, tanh
from nnedu.optim import Optimizer, adam
from nnedu.optim.rules import row
from nnedu.optim.stability import best, iteration_matrix, rate
from nnedu.pruning.threshold import cut_below
from nnedu.quantization import fake_quantize, symmetric
from nnedu.schedules import cosine, one_cycle, warm_up, warmup_stable_decay
from nnedu.train import descend


def numbers(words: str) -> list[float]:
    """The numbers in a sentence, in its order."""
    high = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    plain = re.sub(r" · 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "e" + m[1].translate(high), words)
    found = re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?", plain.replace("−", "-"))
    return [float(each) for each in found]


def near(value):
    return pytest.approx(value, rel=6e-3)


@pytest.mark.parametrize(
    ("lr", "condition", "fate"), [(0.05, 30, "converges"), (0.09, 25, "diverges")]
)
def test_bowl(use, lr, condition, fate):
    query = f"#live-bowl?x=-0.8&y=0.6&lr={lr}&condition={condition}&updates=25"
    with use("bowl", query) as figure:
        words = figure.words
    path = descend(bowl(condition), np.array([-0.8, 0.6]), Optimizer("sgd", lr=lr), steps=25)
    assert fate in words
    given = numbers(words.replace("2/L", ""))
    expected = [lr, 2 / condition, 1 - lr, 1 - lr * condition, 25, 1.0, np.hypot(*path[-1])]
    assert given[:7] == [near(each) for each in expected]


@pytest.mark.parametrize("key", ["turned", "beale"])
def test_race(use, key):
    _, surface, start = places()[key]
    start = (start[0] + 0.05, start[1] - 0.05)
    with use("race", f"#live-race?surface={key}&x={start[0]}&y={start[1]}&times=0.5") as figure:
        words = figure.words
    lowest = min(surface.f(*minimum) for minimum in surface.minima)
    for name in RUNNERS:
        lr = 0.5 * races()[key]["rates"][name]
        path = descend(surface, np.array(start), Optimizer(name, lr=lr), steps=150)
        said = re.search(rf"\b{row(name).title} ([^(]*)\(lr ([^)]*)\)", words)
        assert numbers(said[2]) == [near(lr)]
        loss = surface.f(*path[-1]) - lowest
        if "below" in said[1]:
            assert loss < 1.01 * LOWEST
        else:
            assert numbers(said[1]) == [pytest.approx(loss, rel=0.06)]


@pytest.mark.parametrize(
    ("rule", "h", "mu"), [("momentum", 0.5, 0.2), ("nesterov", 1.2, 0.7), ("momentum", 4, 0.5)]
)
def test_momentum(use, rule, h, mu):
    condition = 50.0
    query = f"#live-momentum?h={h}&momentum={mu}&condition={condition}&rule={rule}"
    with use("momentum", query) as figure:
        words = figure.words
    worst = max(rate(rule, c, lr=h / condition, momentum=mu) for c in (1.0, condition))
    tuned = best(rule, 1.0, condition)
    given = numbers(words)
    assert given[:3] == [near(h / condition), near(mu), pytest.approx(worst, rel=6e-4)]
    if worst > 1:
        assert "the run diverges" in words
    else:
        for c, said in ((1.0, "the flat direction swings"), (condition, "the steep one swings")):
            roots = np.linalg.eigvals(iteration_matrix(rule, c, lr=h / condition, momentum=mu))
            swings = said in words or "both directions swing" in words
            assert swings == bool(np.iscomplex(roots).any())
        assert given[3] == pytest.approx(np.log(1e-6) / np.log(worst), abs=1.1)
    lr, momentum, fastest, plain = given[-4:]
    assert [lr, momentum] == [near(tuned["lr"]), near(tuned["momentum"])]
    at_best = max(rate(rule, c, **tuned) for c in (1.0, condition))
    assert fastest == pytest.approx(np.log(1e-6) / np.log(at_best), abs=1.1)
    assert plain == pytest.approx(np.log(1e-6) / np.log(49 / 51), abs=1.1)


@pytest.mark.parametrize("stream", ["spike", "turning"])
def test_adam(use, stream):
    t, beta1, beta2 = 33, 0.8, 0.97
    query = f"#live-adam?stream={stream}&t={t}&beta1={beta1}&beta2={beta2}"
    with use("adam", query) as figure:
        given = numbers(figure.words.replace("²", ""))
    k = np.arange(1, t + 1)
    g = {"spike": np.where(k == 15, 3.0, 0.1), "turning": np.where(k <= 30, 1.0, -1.0)}[stream]
    theta, m, v = (np.zeros(1) for _ in range(3))
    for step in k:
        before = theta, m, v
        theta, m, v = adam(theta, g[[step - 1]], m, v, t=step, lr=1.0, beta1=beta1, beta2=beta2)
    c1, c2 = 1 - beta1**t, 1 - beta2**t
    first = [t, beta1, before[1][0], 1 - beta1, g[-1], m[0], c1, m[0] / c1]
    second = [beta2, before[2][0], 1 - beta2, g[-1], v[0], c2, v[0] / c2]
    bare = m[0] / np.sqrt(v[0])
    last = [(before[0] - theta)[0], bare, c1 / np.sqrt(c2)]
    assert given == [near(each) for each in (*first, *second, *last)]


@pytest.mark.parametrize("kind", ["cosine", "wsd", "one_cycle"])
def test_schedule(use, kind):
    base, total, warm, final = 0.06, 400, 40, 20
    query = f"#live-schedule?kind={kind}&base={base}&total={total}&warm={warm}&final={final}"
    with use("schedule", query) as figure:
        words = figure.words
    t, last = np.arange(total), base * final / 100
    then = partial(cosine, base=base, total=total - warm, final=last)
    lrs = {
        "cosine": lambda: warm_up(t, then=then, updates=warm),
        "wsd": lambda: warmup_stable_decay(
            t, base=base, warm_up=warm, stable=0.7 * total - warm, decay=0.3 * total, final=last
        ),
        "one_cycle": lambda: one_cycle(
            t, base=base / 10, peak=base, up=warm, total=total, final=last
        ),
    }[kind]()
    curvatures, ends = np.array([1.0, 10.0]), []
    for rates in (lrs, np.full(total, base)):
        v = np.full(2, 100.0)
        for lr in rates:
            v = (1 - lr * curvatures) ** 2 * v + lr**2
        ends.append(curvatures @ v / 2)
    floor = np.sum(lrs[-1] / (2 * (2 - lrs[-1] * curvatures)))
    given = numbers(words)
    assert given[:5] == [near(each) for each in (total, base, ends[0], base, ends[1])]
    assert given[-2:] == [near(lrs[-1]), near(floor)]
    # One run is noise around its expectation.
    assert 1e-3 < given[5] / ends[0] < 20


@pytest.mark.parametrize("draw", ["with", "without"])
def test_batch(use, draw):
    theta, batch = np.array([0.4, 2.0]), 16
    with use("batch", f"#live-batch?x=0.4&y=2&k=4&draw={draw}") as figure:
        given = numbers(figure.words)
    each = line_fit_gradients(theta)
    law = batch_variance(gradient_variance(each), batch, N=64, replacement=draw == "with")
    assert given[:2] == [64, near(np.linalg.norm(each.mean(axis=0)))]
    assert given[2:5] == [batch, near(law), near(np.sqrt(law))]
    assert given[5:7] == [300, pytest.approx(law, rel=0.25)]
    # Ten updates with all examples: no noise, so the same numbers.
    data, full = line_fit(), theta
    for _ in range(10):
        full = full - 0.3 * line_fit_gradients(full).mean(axis=0)
    losses = [np.mean((data["x"] @ at - data["y"]) ** 2) / 2 for at in (full, data["best"])]
    assert given[-1] == near(losses[0] - losses[1])


@pytest.mark.parametrize(
    ("data", "rule", "lr", "decay"),
    [("moons", "adam", 0.01, 0.0), ("spirals", "momentum", 0.1, 0.01)],
)
def test_network(use, data, rule, lr, decay):
    """It truly trains: the library's network, from the same start, goes the same way."""
    units, updates = 7, 250
    query = f"#live-network?data={data}&rule={rule}&lr={lr}&units={units}&updates={updates}"
    with use("network", f"{query}&decay={decay}&x=-0.4&y=1") as figure:
        words = figure.words
        script = "document.getElementById('live-network').liveFigure.first"
        theta = np.array(figure.page.evaluate(script))
    net = Network([Dense(units), tanh, Dense(units), tanh, Dense(2)], inputs=2)
    objective, sets = net.objective(softmax_cross_entropy), clouds()[data]
    train, test = ((sets[part]["x"], sets[part]["labels"]) for part in ("train", "test"))
    optimizer, tests = Optimizer(rule, lr=lr), []
    state = optimizer.init(theta)
    for t in range(updates + 1):
        tests.append(objective(theta, *test)[0])
        if t < updates:
            g = objective(theta, *train)[1] + decay * theta
            theta, state = optimizer.step(theta, g, state)
    right = 100 * np.mean(net.predict(theta, test[0]).argmax(axis=1) == test[1])
    given = numbers(words)
    assert given[:3] == [updates, near(objective(theta, *train)[0]), 60]
    assert given[3:6] == [near(tests[-1]), 200, pytest.approx(right, abs=0.06)]
    looks = tests[::10]
    assert given[6:8] == [near(min(looks)), 10 * int(np.argmin(looks))]
    logits = net.predict(theta, np.array([[-0.4, 1.0]]))[0]
    p = np.exp(logits.max()) / np.exp(logits).sum()
    assert given[8] == near(p)
    assert ("circles", "triangles")[logits.argmax()] in words


@pytest.mark.parametrize(
    ("sparsity", "bits", "scale"), [(0.7, 3, "channel"), (0.3, 2, "tensor"), (0.85, 9, "tensor")]
)
def test_compress(use, sparsity, bits, scale):
    query = f"#live-compress?sparsity={sparsity}&bits={bits}&scale={scale}"
    with use("compress", query) as figure:
        given = numbers(figure.words)
    reader = digit_reader()
    net = Network([Dense(reader["hidden"]), relu, Dense(10)], inputs=64)
    x = (np.array([ord(each) for each in reader["pixels"]]) - ord("a")).reshape(-1, 64) / 16
    labels = np.array([int(each) for each in reader["labels"]])
    weights, theta = prunable(net), reader["theta"]
    stays = cut_below(np.abs(theta[weights]), sparsity=sparsity)
    made = theta.copy()
    made[weights] *= stays
    scales = 0
    if bits < 9:
        for W in net.views(made).values():
            if W.ndim == 2:
                axis = 1 if scale == "channel" else None
                peak = np.abs(W).max(axis=0 if axis else None)
                W[:] = fake_quantize(W, symmetric(peak, bits=bits, axis=axis))[0]
                scales += peak.size

    def right(theta):
        return 100 * np.mean(net.predict(theta, x).argmax(axis=1) == labels)

    # The bytes of everything that has to be written down.
    width, remain = (32 if bits == 9 else bits), np.count_nonzero(stays & (theta[weights] != 0))
    size = min(weights.sum() * width, remain * width + weights.sum()) / 8
    size = np.ceil(size) + 4 * ((~weights).sum() + scales)
    assert given[:2] == [remain, weights.sum()]
    ends = [near(size), near(4 * theta.size), near(4 * theta.size / size), 300]
    assert given[3:7] == ends
    assert given[-2:] == [
        pytest.approx(right(made), abs=0.06),
        pytest.approx(right(theta), abs=0.06),
    ]
    assert right(theta) > 95
