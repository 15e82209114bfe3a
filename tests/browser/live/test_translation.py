"""What the page runs of the library, in a browser, beside the library: long ways, 1e-12."""

from __future__ import annotations

import inspect
from functools import partial

import numpy as np
import pytest

from nnedu import schedules
from nnedu.data.surfaces import SURFACES, bowl
from nnedu.gradient_noise import batch_variance
from nnedu.live import ROLES
from nnedu.optim.rules import RULES
from nnedu.optim.schedule_free import schedule_free_average
from nnedu.optim.stability import best, limit
from nnedu.schedules import ReduceOnPlateau, cosine
from tests.browser.live.conftest import ask

STEPS = 600
OTHER = {
    "momentum": 0.7,
    "dampening": 0.2,
    "rho": 0.8,
    "beta": 0.6,
    "beta1": 0.7,
    "beta2": 0.95,
    "eps": 1e-3,
    "eps_root": 1e-4,
    "eps_max": 1e-3,
    "weight_decay": 0.05,
    "weight": 0.5,
    "dip": 0.3,
    "momentum_decay": 0.01,
}
"""A second value for every hyper-parameter."""


def gradients() -> np.ndarray:
    """Noise, sparse, huge, tiny, never and changing sides: a column each."""
    rng = np.random.default_rng(0)
    g = rng.normal(size=(STEPS, 6))
    g[:, 1] *= rng.random(STEPS) < 0.1
    g[:, 2] *= 1e3
    g[:, 3] *= 1e-4
    g[:, 4] = 0
    g[:, 5] = np.abs(g[:, 5]) * (-1.0) ** np.arange(STEPS)
    return g


RULE = """([name, theta, grads, lrs, hyper]) => {
  const rule = nneduLive.library.rules[name];
  const states = theta.map(() => Array(rule.length - 3).fill(0));
  return grads.map((g, k) => {
    theta = theta.map((x, i) => {
      const [next, ...state] = rule(x, g[i], ...states[i], {...hyper, t: k + 1, lr: lrs[k]});
      states[i] = state;
      return next;
    });
    return theta.map((x, i) => [x, ...states[i]]);
  });
}"""


def in_python(rule, theta, grads, lrs, hyper):
    positional = [
        p for p in inspect.signature(rule).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD
    ]
    state = [np.zeros_like(theta) for _ in positional[2:]]
    found = []
    for k, (g, lr) in enumerate(zip(grads, lrs, strict=True)):
        theta, *state = rule(theta, g, *state, t=k + 1, lr=lr, **hyper)
        found.append(np.stack([theta, *state], axis=-1))
    return np.array(found)


def apart(ours, theirs) -> float:
    """The largest difference of each array, relative to its largest value; the worst of them."""
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    assert ours.shape == theirs.shape
    largest = np.abs(ours).max(axis=(0, 1))
    return float((np.abs(ours - theirs).max(axis=(0, 1)) / np.where(largest, largest, 1)).max())


@pytest.mark.parametrize("row", RULES, ids=lambda row: row.name)
def test_rule(library_page, row):
    grads, theta = gradients(), np.array([1.0, -2.0, 3.0, 0.5, 0.25, -1.5])
    words = inspect.signature(row.rule).parameters
    second = {name: OTHER[name] for name in words if name in OTHER}
    unknown = {n for n, p in words.items() if p.kind is p.KEYWORD_ONLY} - {"t", "lr", *second}
    assert not unknown, f"{unknown} need a second value in OTHER"
    lrs = 0.02 * (1.5 + np.sin(np.arange(STEPS)))
    for hyper in ({}, second):
        given = [row.name, theta.tolist(), grads.tolist(), lrs.tolist(), hyper]
        ours = in_python(row.rule, theta, grads, lrs, hyper)
        assert apart(ours, ask(library_page, RULE, given)) < 1e-12
        # and the comparison would notice a part in a billion
        given[3] = (lrs * (1 + 1e-9)).tolist()
        assert apart(ours, ask(library_page, RULE, given)) > 1e-12


DESCEND = """([name, condition, rule, hyper, steps]) => {
  const {library} = nneduLive;
  const surface = name === "bowl" ? library.surfaces.bowl(condition, {tilt: 0.3})
    : library.surfaces[name];
  let theta = surface.start;
  const states = [[], []].map(() => Array(library.rules[rule].length - 3).fill(0));
  const path = [theta];
  for (let t = 1; t <= steps; t += 1) {
    const g = surface.df(...theta);
    theta = theta.map((x, i) => {
      const [next, ...state] = library.rules[rule](x, g[i], ...states[i], {...hyper, t});
      states[i] = state;
      return next;
    });
    path.push(theta);
  }
  const {df, f, ...words} = surface;
  return {path, words};
}"""


@pytest.mark.parametrize("surface", SURFACES, ids=lambda s: s.name)
@pytest.mark.parametrize(
    ("rule", "lr"), [("sgd", 5e-4), ("momentum", 5e-5), ("rmsprop", 2e-3), ("adam", 1e-2)]
)
def test_way_down_a_surface(library_page, surface, rule, lr):
    name = surface.name.split(",")[0].lower()
    if name == "bowl":
        surface = bowl(25.0, tilt=0.3)
    found = ask(library_page, DESCEND, [name, 25.0, rule, {"lr": lr}, STEPS])
    row = next(row for row in RULES if row.name == rule)
    theta, path = np.array(surface.start), [surface.start]
    positional = [
        p
        for p in inspect.signature(row.rule).parameters.values()
        if p.kind is p.POSITIONAL_OR_KEYWORD
    ]
    state = [np.zeros(2) for _ in positional[2:]]
    for t in range(1, STEPS + 1):
        theta, *state = row.rule(theta, surface(theta)[1], *state, t=t, lr=lr)
        path.append(theta)
    path, theirs = np.array(path), np.array(found["path"])
    assert np.abs(path - theirs).max() < 1e-12 * np.abs(path).max()
    assert np.abs(path[-1] - path[0]).max() > 1e-3
    assert found["words"]["name"] == surface.name
    assert np.array_equal(found["words"]["minima"], surface.minima)
    assert np.array_equal(found["words"]["window"], surface.window)


@pytest.mark.parametrize("surface", SURFACES, ids=lambda s: s.name)
def test_surface(library_page, surface):
    name = surface.name.split(",")[0].lower()
    (x0, x1), (y0, y1) = surface.window
    x, y = (grid.ravel() for grid in np.meshgrid(np.linspace(x0, x1, 41), np.linspace(y0, y1, 41)))
    theirs = ask(
        library_page,
        """([name, xs, ys]) => {
          const all = nneduLive.library.surfaces;
          const surface = name === "bowl" ? all.bowl(10) : all[name];
          return xs.map((x, i) => [surface.f(x, ys[i]), ...surface.df(x, ys[i])]);
        }""",
        [name, x.tolist(), y.tolist()],
    )
    ours = np.stack([surface.f(x, y), *np.broadcast_arrays(*surface.df(x, y))], axis=-1)
    assert apart(ours[:, None], np.array(theirs)[:, None]) < 1e-12


GIVEN = {
    "constant": [{"base": 0.1}],
    "cosine": [{"base": 0.1, "total": 700}, {"base": 0.1, "total": 300.5, "final": 0.01}],
    "exponential": [{"base": 0.2, "rate": 0.97}, {"base": 0.2, "rate": 0.5, "every": 130}],
    "inverse_time": [{"base": 0.3}, {"base": 0.3, "scale": 40, "power": 0.6}],
    "polynomial": [{"base": 0.3, "total": 700, "power": 2.5, "final": 0.02}],
    "piecewise_constant": [{"boundaries": [100, 250.5, 600], "values": [1.0, 0.3, 0.1, 0.0]}],
    "inverse_sqrt": [{"base": 0.1, "warm_up": 64}],
    "warmup_stable_decay": [
        {"base": 0.1, "warm_up": 50, "stable": 300, "decay": 200, "final": 0.01}
    ],
    "triangular": [{"low": 0.01, "high": 0.2, "half": 70}],
    "triangular2": [{"low": 0.01, "high": 0.2, "half": 70.5}],
    "exp_range": [{"low": 0.01, "high": 0.2, "half": 70, "rate": 0.995}],
    "one_cycle": [{"base": 0.01, "peak": 0.2, "up": 200, "total": 700, "final": 1e-4}],
    "warm_restarts": [
        {"base": 0.1, "period": 90},
        {"base": 0.1, "period": 50, "growth": 1.5, "shrink": 0.8, "final": 0.002},
    ],
    "warm_up": [{"updates": 60, "start": 0.01}],
    "ReduceOnPlateau": [{}],
}


@pytest.mark.parametrize("name", schedules.__all__)
def test_schedule(library_page, name):
    t = list(range(1000))
    for given in GIVEN[name]:
        if name == "ReduceOnPlateau":
            given = {"factor": 0.5, "patience": 5, "cooldown": 3, "lowest": 0.01}
            metrics = (1 / (1 + np.arange(300)) + np.random.default_rng(1).random(300)).tolist()
            ours = [(plateau := ReduceOnPlateau(0.4, **given)).value]
            ours += [plateau.look(metric) for metric in metrics]
            assert len(set(ours)) > 3
            script = """([given, metrics]) => {
              const plateau = new nneduLive.library.schedules.ReduceOnPlateau(0.4, given);
              return [plateau.call(0), ...metrics.map((m) => plateau.look(m))];
            }"""
            assert ask(library_page, script, [given, metrics]) == ours
            continue
        schedule = getattr(schedules, name)
        then = {"base": 0.1, "total": 500}
        extra = {"then": partial(cosine, **then)} if name == "warm_up" else {}
        ours = schedule(np.array(t), **given, **extra)
        script = """([name, given, then, ts]) => {
          const all = nneduLive.library.schedules;
          const more = name === "warm_up" ? {then: (t) => all.cosine(t, then)} : {};
          return ts.map((t) => all[name](t, {...given, ...more}));
        }"""
        theirs = np.array(ask(library_page, script, [name, given, then, t]))
        assert np.abs(ours - theirs).max() < 1e-12 * np.abs(ours).max()


def test_everything_is_compared():
    assert set(GIVEN) == set(schedules.__all__)
    facts = {limit, best, batch_variance, schedule_free_average}
    assert set(ROLES["facts"]) == facts
    assert ROLES["rules"] == [row.rule for row in RULES]
