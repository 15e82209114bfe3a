"""The ward of the step: learning rate, momentum, decay, and what becomes of the gradient."""

from typing import Any

import numpy as np

from nnedu._typing import Array, Objective
from nnedu.data import two_moons
from nnedu.hospital.case import Case, Sign
from nnedu.hospital.patient import Patient, patient
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, tanh
from nnedu.optim import Optimizer
from nnedu.optim.weight_decay import decoupled
from nnedu.schedules import cosine

WARD = "optimization"


def _moons(rng: np.random.Generator, **how: Any) -> Patient:
    """Two moons so noisy that no model gets them all right: the loss has a lowest value."""
    x, y = two_moons(800, noise=0.3, rng=rng)
    data = ((x[:400], y[:400]), (x[400:600], y[400:600]), (x[600:], y[600:]))
    return patient(rng, layers=[Dense(16), tanh, Dense(2)], activation=tanh, data=data, **how)


def lr_too_high(broken: bool, rng: np.random.Generator) -> Patient:
    """Plain SGD with a learning rate beyond what the curvature bears."""
    return patient(rng, activation=tanh, lr=12.0 if broken else 0.5)


def lr_too_low(broken: bool, rng: np.random.Generator) -> Patient:
    """The same with a thousandth of it."""
    return patient(rng, activation=tanh, lr=2e-4 if broken else 0.5)


def momentum_too_high(broken: bool, rng: np.random.Generator) -> Patient:
    """Momentum 0.99 with a learning rate that suited 0.9."""
    mu = 0.99 if broken else 0.9
    optimizer = Optimizer("momentum", lr=0.3, momentum=mu)
    return _moons(rng, optimizer=optimizer, size=400, steps=160, every=20)


def epsilon_too_large(broken: bool, rng: np.random.Generator) -> Patient:
    """Adam with an epsilon far above the root of its second moments."""
    optimizer = Optimizer("adam", lr=3e-3, eps=10.0 if broken else 1e-8)
    return patient(rng, optimizer=optimizer)


def no_lr_decay(broken: bool, rng: np.random.Generator) -> Patient:
    """Small batches of noisy labels at a constant learning rate."""
    lr = 0.7 if broken else lambda k: cosine(k, base=0.7, total=400)
    return _moons(rng, lr=lr, size=2, steps=400, every=25)


def decay_too_strong(broken: bool, rng: np.random.Generator) -> Patient:
    """Decoupled decay of everything, biases included, that outweighs the gradient."""
    decay = 0.3 if broken else 1e-3
    optimizer = Optimizer(decoupled("sgd"), lr=0.2, weight_decay=decay)
    return patient(rng, optimizer=optimizer)


def sum_for_mean(broken: bool, rng: np.random.Generator) -> Patient:
    """A loss that is summed over the batch, with the learning rate of the mean."""

    def summed(outputs: Array, labels: Array) -> tuple[float, Array]:
        loss, d = softmax_cross_entropy(outputs, labels)
        return len(labels) * loss, len(labels) * d

    return patient(rng, activation=tanh, loss=summed if broken else softmax_cross_entropy)


def gradients_not_zeroed(broken: bool, rng: np.random.Generator) -> Patient:
    """A training code that adds each gradient to those before and never starts anew."""
    sick = patient(rng, activation=tanh)
    plain = sick.objective
    sick.held = {"sum": np.zeros_like(sick.theta)}

    def adding(theta: Array, *batch: Array) -> tuple[float, Array]:
        loss, g = plain(theta, *batch)
        sick.held["sum"] = sick.held["sum"] + g
        return loss, sick.held["sum"]

    sick.objective = adding if broken else plain
    return sick


def _with_layer(sick: Patient, name: str, factor: float) -> Objective:
    plain = sick.objective

    def changed(theta: Array, *batch: Array) -> tuple[float, Array]:
        loss, g = plain(theta, *batch)
        sick.net.views(g)[name][...] *= factor
        return loss, g

    return changed


def sign_of_one_layer(broken: bool, rng: np.random.Generator) -> Patient:
    """A backward pass of one's own, with a minus lost in the hidden layer."""
    sick = patient(rng, activation=tanh)
    sick.objective = _with_layer(sick, "W1", -1.0 if broken else 1.0)
    return sick


def frozen_layer(broken: bool, rng: np.random.Generator) -> Patient:
    """A layer that was never handed to the optimizer."""
    sick = patient(rng)
    lrs = np.full_like(sick.theta, 0.2)
    if broken:
        sick.net.views(lrs)["W1"][...] = 0.0
    sick.optimizer = Optimizer("sgd", lr=lrs)
    return sick


CASES = (
    Case(
        "lr-too-high",
        WARD,
        "Jumping",
        "The loss leaps to many times its first value and stays there, trembling.",
        "The learning rate is too high for the curvature: each update moves the weights by "
        "a third of their length or more and overshoots.",
        "Divide lr by ten until the loss falls steadily; then find the largest that still does.",
        lr_too_high,
        "update ratio",
        (Sign("median update ratio", 0.15),),
    ),
    Case(
        "lr-too-low",
        WARD,
        "Hardly moving",
        "Both losses fall in a straight, nearly level line and end where they began.",
        "The learning rate is too low: an update changes the weights by less than a "
        "ten-thousandth of their length.",
        "Raise lr tenfold, again and again, until the loss gets worse; a range test does it in "
        "one run.",
        lr_too_low,
        "update ratio",
        (Sign("median update ratio", 1e-4, above=False),),
    ),
    Case(
        "momentum-too-high",
        WARD,
        "Rolling on",
        "The training loss rises on its way, ends where it should, and the validation loss turns "
        "and climbs: step and gradient have hardly anything to do with each other.",
        "The momentum is too high for this lr: the buffer carries the weights on long after the "
        "gradient has turned, and each gradient counts 1 / (1 - momentum) = 100 times in the end.",
        "Lower the momentum; a lower lr alone leaves the swings, only slower.",
        momentum_too_high,
        "uphill",
        (Sign("share of updates uphill", 0.12),),
    ),
    Case(
        "adam-epsilon",
        WARD,
        "Adam in name only",
        "With Adam and its customary lr the loss hardly falls.",
        "Epsilon is larger than the root of the second moments, so that nothing is divided by "
        "them: what is left is momentum with a tiny lr.",
        "Set epsilon back to 1e-8; where you want it large, raise lr with it.",
        epsilon_too_large,
        "update ratio",
        (Sign("step for ten times the gradient", 3.0),),
    ),
    Case(
        "no-lr-decay",
        WARD,
        "A floor of noise",
        "The loss falls fast and then flickers on a level, however long you train (solid: the "
        "loss of 64 training examples, since a batch has only two).",
        "The learning rate stays as large as it was: the noise of the batches keeps the weights "
        "moving around the minimum.",
        "Let lr fall to 0 over the run, or average the last weights.",
        no_lr_decay,
        "averaged / last",
        (Sign("gain from averaging", 0.05), Sign("training loss, last / first", 0.3)),
    ),
    Case(
        "decay-too-strong",
        WARD,
        "Wasting away",
        "The training loss stops falling early and far up; training and validation agree.",
        "The weight decay is so strong that the weights shrink faster than the gradient can "
        "rebuild them.",
        "Divide the decay by ten until the training loss falls; leave biases and scales out.",
        decay_too_strong,
        "weight norm",
        (Sign("weight norm", 0.5, above=False),),
    ),
    Case(
        "sum-for-mean",
        WARD,
        "A loss of the wrong size",
        "The first loss is not ln C but a large multiple, and then it jumps.",
        "The loss is summed over the batch and lr was chosen for the mean: every gradient is B "
        "times too long.",
        "Take the mean, or divide lr by the batch size.",
        sum_for_mean,
        "gradient norm",
        (Sign("doubled batch / batch", 1.5),),
    ),
    Case(
        "gradients-not-zeroed",
        WARD,
        "A gradient that grows",
        "The loss falls at first, then swings ever more wildly; the gradient norm only grows.",
        "The gradients are added up from update to update, because nobody sets them to zero.",
        "Set the gradients to zero before each backward pass.",
        gradients_not_zeroed,
        "gradient norm",
        (Sign("slope / gradient", 0.5, above=False), Sign("slope / gradient", -0.5)),
    ),
    Case(
        "sign-of-a-layer",
        WARD,
        "One layer against the rest",
        "The loss stays where it started, although each update is of a healthy size.",
        "The gradient of one layer has the wrong sign: that layer climbs while the others descend.",
        "Compare every layer's gradient with finite differences, and mend the one that is off.",
        sign_of_one_layer,
        "slope / gradient",
        (Sign("slope / gradient", -0.5, above=False),),
    ),
    Case(
        "frozen-layer",
        WARD,
        "A layer that stands still",
        "Training works, only less well than it did before.",
        "A layer's weights never change: it was not handed to the optimizer, or is frozen.",
        "List the parameters the optimizer holds; unfreeze the layer.",
        frozen_layer,
        "least moved layer",
        (Sign("least moved layer", 1e-9, above=False),),
    ),
)
"""The patients of this ward."""
