"""Early stopping: when it stops, what it keeps, and Keras's callback over the same series."""

from __future__ import annotations

from itertools import repeat

import numpy as np
import pytest

from nnedu.data import bowl
from nnedu.early_stopping import EarlyStopping
from nnedu.optim import Optimizer
from nnedu.parity import framework
from nnedu.train import train
from tests.needs import require

SERIES = [3.0, 2.0, 2.1, 1.0, 1.5, 0.9995, 1.2, 1.1, 1.0, 0.2]


def run(series: list[float], **numbers: float) -> tuple[int, EarlyStopping]:
    """The number of looks made, and the object afterwards; theta at look k is [k]."""
    values = iter(series)
    stopping = EarlyStopping(lambda theta: {"loss": next(values)}, watch="loss", **numbers)
    for k in range(len(series)):
        if stopping.is_over(stopping.evaluate(np.array([float(k)]))):
            return k + 1, stopping
    return len(series), stopping


def test_it_stops_after_patience_looks_without_improvement() -> None:
    looks, stopping = run(SERIES, patience=3)
    assert (looks, stopping.look, stopping.best) == (9, 5, 0.9995)
    np.testing.assert_array_equal(stopping.theta, [5.0])


def test_too_small_an_improvement_is_none() -> None:
    looks, stopping = run(SERIES, patience=3, min_delta=0.01)
    assert (looks, stopping.look, stopping.best) == (7, 3, 1.0)


def test_what_is_kept_is_a_copy() -> None:
    stopping = EarlyStopping(lambda theta: {"loss": float(theta[0])}, watch="loss", patience=1)
    theta = np.array([1.0])
    stopping.evaluate(theta)
    theta[0] = 5.0
    np.testing.assert_array_equal(stopping.theta, [1.0])


def test_in_the_training_loop_it_stops_the_run_and_has_the_best_parameters() -> None:
    # Beyond the limit 2/20 the loss falls along x and explodes along y, sooner or later.
    def evaluate(theta: np.ndarray) -> dict[str, float]:
        return {"loss": float(theta[0] ** 2 / 2 + 1e-6 * theta[1] ** 2)}

    stopping = EarlyStopping(evaluate, watch="loss", patience=4)
    done = train(
        bowl(20),
        np.array([1.0, 1e-3]),
        Optimizer("sgd", lr=0.11),
        repeat(()),
        steps=1000,
        evaluate=stopping.evaluate,
        target=stopping.is_over,
    )
    assert done.reached == stopping.look + 4 < 1000
    assert done.metrics["loss"].argmin() == stopping.look
    assert evaluate(stopping.theta)["loss"] == stopping.best < evaluate(done.theta)["loss"]


@pytest.mark.parametrize(("patience", "min_delta"), [(1, 0.0), (3, 0.0), (3, 0.01), (2, 0.6)])
def test_keras_stops_at_the_same_look(patience: int, min_delta: float) -> None:
    require("tensorflow")
    keras = framework("keras")

    class Model:
        stop_training = False
        kept: float | None = None

        def get_weights(self) -> float:
            return self.at

        def set_weights(self, weights: float) -> None:
            self.kept = weights

    model = Model()
    theirs = keras.callbacks.EarlyStopping(
        monitor="loss", patience=patience, min_delta=min_delta, restore_best_weights=True
    )
    theirs.set_model(model)
    theirs.on_train_begin()
    looks = 0
    for model.at, value in enumerate(SERIES):
        looks += 1
        theirs.on_epoch_end(looks - 1, {"loss": value})
        if model.stop_training:
            break
    theirs.on_train_end()
    ours, stopping = run(SERIES, patience=patience, min_delta=min_delta)
    assert (looks, model.kept) == (ours, stopping.look)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [({"patience": 0}, "patience is 0"), ({"patience": 1, "min_delta": -1}, "min_delta is -1")],
)
def test_ranges(numbers, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        EarlyStopping(lambda theta: {}, watch="loss", **numbers)


def test_a_metric_that_is_missing_or_no_number_is_named() -> None:
    with pytest.raises(ValueError, match="loss"):
        EarlyStopping(lambda theta: {"acc": 1.0}, watch="loss", patience=1).evaluate(np.ones(1))
    with pytest.raises(ValueError, match="loss is nan at look 0"):
        run([float("nan")], patience=1)
