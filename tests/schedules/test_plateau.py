"""Reduce on plateau: by hand, and beside Keras and PyTorch over a hard series."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.optim import Optimizer
from nnedu.parity import framework
from nnedu.schedules import ReduceOnPlateau
from tests.needs import require

# Falls, stands still, falls by less than min_delta, rises, and falls again.
METRICS = [3, 2, 2, 2, 1.9995, 1.5, 1.6, 1.7, 1.8, 1.4999, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 1.0, 1, 1]
SETTINGS = [
    {"factor": 0.5, "patience": 2, "min_delta": 1e-3, "cooldown": 0, "lowest": 0.0},
    {"factor": 0.5, "patience": 2, "min_delta": 1e-3, "cooldown": 3, "lowest": 0.0},
    {"factor": 0.25, "patience": 1, "min_delta": 0.15, "cooldown": 1, "lowest": 0.004},
]


def ours(numbers: dict[str, float]) -> list[float]:
    lr = ReduceOnPlateau(0.5, **numbers)
    return [lr.look(metric) for metric in METRICS]


def test_by_hand() -> None:
    # Two bad looks in a row halve it.
    found = ours(SETTINGS[0])
    assert found[:8] == [0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.125]


def test_falling_by_less_than_min_delta_is_no_improvement() -> None:
    lr = ReduceOnPlateau(1.0, factor=0.5, patience=2, min_delta=0.01)
    assert [lr.look(metric) for metric in (2.0, 1.995, 1.992, 1.98)] == [1.0, 1.0, 0.5, 0.5]


def test_during_the_rest_nothing_is_counted() -> None:
    calm = ReduceOnPlateau(1.0, factor=0.5, patience=1, cooldown=2)
    assert [calm.look(1.0) for _ in range(6)] == [1.0, 0.5, 0.5, 0.25, 0.25, 0.125]


def test_it_ends_at_the_lowest() -> None:
    lr = ReduceOnPlateau(1.0, factor=0.1, patience=1, lowest=0.05)
    assert [lr.look(1.0) for _ in range(4)] == [1.0, 0.1, 0.05, 0.05]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # in Keras
@pytest.mark.parametrize("numbers", SETTINGS, ids=str)
def test_keras_reduces_at_the_same_looks(numbers: dict[str, float]) -> None:
    require("tensorflow")
    keras = framework("keras")

    class Model:
        optimizer = keras.optimizers.SGD(0.5)

    theirs = keras.callbacks.ReduceLROnPlateau(
        monitor="loss",
        factor=numbers["factor"],
        patience=numbers["patience"],
        min_delta=numbers["min_delta"],
        cooldown=numbers["cooldown"],
        min_lr=numbers["lowest"],
    )
    theirs.set_model(Model())
    theirs.on_train_begin()
    values = []
    for metric in METRICS:
        theirs.on_epoch_end(0, {"loss": metric})
        values.append(float(Model.optimizer.learning_rate))
    np.testing.assert_allclose(ours(numbers), values, rtol=1e-6)  # Keras's lr is a float32


@pytest.mark.parametrize("numbers", SETTINGS[:1], ids=str)
def test_torch_waits_for_one_look_more(numbers: dict[str, float]) -> None:
    require("torch", optional=True)
    torch = framework("torch")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer,
        factor=numbers["factor"],
        patience=numbers["patience"] - 1,
        threshold=numbers["min_delta"],
        threshold_mode="abs",
    )
    values = []
    for metric in METRICS:
        theirs.step(metric)
        values.append(optimizer.param_groups[0]["lr"])
    np.testing.assert_allclose(ours(numbers), values, rtol=1e-12)


def test_an_optimizer_uses_the_value_of_now() -> None:
    lr = ReduceOnPlateau(0.5, factor=0.1, patience=1)
    opt, theta = Optimizer("sgd", lr=lr), np.zeros(1)
    state = opt.init(theta)
    theta, state = opt.step(theta, np.ones(1), state)
    lr.look(1.0)
    lr.look(1.0)
    after, state = opt.step(theta, np.ones(1), state)
    assert theta == pytest.approx(-0.5)
    assert after == pytest.approx(-0.55)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"factor": 1.0}, "factor is 1.0; expected a number between 0 and 1"),
        ({"patience": 0}, "patience is 0; expected a finite number above 0"),
        ({"min_delta": -1}, "min_delta is -1"),
        ({"cooldown": -1}, "cooldown is -1"),
        ({"lowest": -1}, "lowest is -1"),
    ],
)
def test_ranges(numbers: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ReduceOnPlateau(0.1, **numbers)


def test_a_metric_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="metric is nan; expected a number"):
        ReduceOnPlateau(0.1).look(float("nan"))
