"""The race's learning rates: tuned alike, inside the grid, and of use."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.live import contests


def test_every_rate_is_the_best_of_its_grid_and_inside_it():
    for key, (_, surface, start) in contests.places().items():
        for runner, rate in contests.races()[key]["rates"].items():
            found = contests.scores(surface, start, runner)
            at = int(np.argmin(np.abs(np.log(contests.RATES / rate))))
            assert found[at] == found.min()
            assert 0 < at < len(contests.RATES) - 1


def test_the_score_is_the_mean_log_loss_of_the_run():
    from nnedu.optim import Optimizer
    from nnedu.train import descend

    _, surface, start = contests.places()["turned"]
    at = 12
    lr = float(contests.RATES[at])
    path = descend(surface, np.array(start), Optimizer("adam", lr=lr), steps=contests.UPDATES)
    expected = np.log10(surface.f(*path[1:].T)).mean()
    assert contests.scores(surface, start, "adam")[at] == pytest.approx(expected, rel=1e-12)
    lost = contests.scores(surface, start, "sgd")[contests.RATES > 0.03]  # 2/L is 0.02
    assert np.all(lost == 9)


def test_an_untuned_rate_is_refused(monkeypatch):
    monkeypatch.setattr(contests, "RATES", np.array([1e-4, 1e-3]))
    with pytest.raises(RuntimeError, match="best at the end of its grid"):
        contests.races.__wrapped__()


def test_turning_the_bowl_takes_the_advantage():
    """What the chapter says of it: SGD does not notice, AdaGrad does."""
    bowl, turned = (contests.places()[key] for key in ("along", "turned"))

    def best(place, runner):
        return contests.scores(place[1], place[2], runner).min()

    assert abs(best(bowl, "sgd") - best(turned, "sgd")) < 1e-6
    assert best(bowl, "adagrad") < best(turned, "adagrad") - 3
    assert best(bowl, "adagrad") < best(bowl, "sgd") - 3
