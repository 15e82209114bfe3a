"""The loop that trains under many schedules at once makes the updates of the training loop."""

from __future__ import annotations

import numpy as np

from nnedu.claims.noisy_digits import HIDDEN, final_losses, noisy_batches
from nnedu.data import load_digits
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, relu
from nnedu.optim import Optimizer
from nnedu.train import train

LRS = np.array([[0.25, 0.2, 0.1, 0.05, 0.0], [0.1, 0.1, 0.1, 0.1, 0.1]])


def test_each_row_is_the_run_that_train_makes_under_its_schedule() -> None:
    digits, net = load_digits(), Network([Dense(HIDDEN), relu, Dense(10)], inputs=64)
    pixels = np.random.default_rng(10_000).standard_normal((4 * len(digits.x_val), 64))
    held = np.tile(digits.x_val, (4, 1)) + 0.5 * pixels
    expected = []
    for row in LRS:
        rng = np.random.default_rng(7)
        start = net.init(rng)
        optimizer = Optimizer("sgd", lr=lambda k, row=row: float(row[k]))
        objective = net.objective(softmax_cross_entropy)
        run = train(objective, start, optimizer, noisy_batches(rng, digits), steps=5)
        outputs = net.predict(run.theta, held)
        expected.append(softmax_cross_entropy(outputs, np.tile(digits.y_val, 4))[0])
    np.testing.assert_allclose(final_losses(LRS, 7), expected, rtol=1e-10)


def test_looks_are_losses_on_the_way_and_an_explosion_is_no_error() -> None:
    seen = final_losses(LRS, 7, looks=(3, 5))
    assert seen.shape == (2, 2)
    np.testing.assert_allclose(seen[1], final_losses(LRS, 7))
    np.testing.assert_allclose(seen[0], final_losses(LRS[:, :3], 7))
    assert final_losses(np.full((1, 60), 1e6), 7) > 1e3
