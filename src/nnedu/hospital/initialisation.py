"""The ward of first values: units that are dead, alike or full, and signals that do not arrive."""

from functools import partial

import numpy as np

from nnedu._typing import Array
from nnedu.hospital.case import Case, Sign
from nnedu.hospital.patient import Examples, Patient, patient
from nnedu.nn import (
    Dense,
    Layer,
    Recurrent,
    glorot_uniform,
    he_normal,
    last_step,
    orthogonal,
    relu,
    sigmoid,
    tanh,
)
from nnedu.nn.layer import PlainLayer
from nnedu.optim import Optimizer, clip_by_global_norm, clipped

WARD = "initialisation"


def dead_relus(broken: bool, rng: np.random.Generator) -> Patient:
    """Hidden biases that start so low that hardly any unit ever fires."""
    sick = patient(rng)
    if broken:
        sick.net.views(sick.theta)["b1"][...] = -4.0
    return sick


def saturated_sigmoids(broken: bool, rng: np.random.Generator) -> Patient:
    """Sigmoid units whose weights start twenty times too large."""

    def weights(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
        large = 20.0 if broken and inputs == 64 else 1.0
        return large * glorot_uniform(rng, inputs, outputs)

    adam = Optimizer("adam", lr=0.01)
    return patient(rng, activation=sigmoid, weights=weights, optimizer=adam, bounds=(0.0, 1.0))


def all_alike(broken: bool, rng: np.random.Generator) -> Patient:
    """Every weight starts at zero, and so every hidden unit stays the others' twin."""

    def zeros(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
        return (0.0 if broken else 1.0) * glorot_uniform(rng, inputs, outputs)

    adam = Optimizer("adam", lr=0.01)
    return patient(rng, activation=sigmoid, weights=zeros, optimizer=adam)


def too_large(broken: bool, rng: np.random.Generator) -> Patient:
    """Weights drawn with standard deviation 1, whatever the number of inputs."""

    def ones(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
        return rng.normal(size=(inputs, outputs))

    return patient(rng, weights=ones if broken else he_normal)


def deep_sigmoids(broken: bool, rng: np.random.Generator) -> Patient:
    """Six layers of sigmoids under Glorot's start."""
    f: PlainLayer = sigmoid if broken else relu
    draw = glorot_uniform if broken else he_normal
    layers: list[Layer | PlainLayer] = []
    for _ in range(6):
        layers += [Dense(24, weights=draw), f]
    layers.append(Dense(10))
    adam = Optimizer("adam", lr=3e-3)
    return patient(rng, layers=layers, optimizer=adam)


def recall(rng: np.random.Generator, N: int, steps: int) -> Examples:
    """Sequences (N, steps, 1) of noise whose first number gives the class away by its sign."""
    x = 0.3 * rng.normal(size=(N, steps, 1))
    labels = rng.integers(2, size=N)
    x[:, 0, 0] = 2.0 * labels - 1
    return x, labels


def recurrent_patient(rng: np.random.Generator, gain: float, steps: int = 25) -> Patient:
    """A recurrent cell that has to remember the first number of a sequence; no clipping."""
    data = recall(rng, 200, steps), recall(rng, 80, steps), recall(rng, 80, steps)
    cell = Recurrent(16, recurrent_weights=partial(orthogonal, gain=gain))
    layers: list[Layer | PlainLayer] = [cell, last_step, Dense(2)]
    return patient(rng, layers=layers, activation=tanh, data=data, lr=0.1, steps=120, every=20)


def _clipped(sick: Patient) -> Patient:
    sick.objective = clipped(sick.objective, partial(clip_by_global_norm, limit=1.0))
    return sick


def forgetful_cell(broken: bool, rng: np.random.Generator) -> Patient:
    """A recurrent cell whose state halves at every step."""
    return _clipped(recurrent_patient(rng, gain=0.5 if broken else 1.0))


def exploding_cell(broken: bool, rng: np.random.Generator) -> Patient:
    """A recurrent cell whose matrix stretches every state."""
    sick = recurrent_patient(rng, gain=3.0 if broken else 1.0)
    return sick if broken else _clipped(sick)


CASES = (
    Case(
        "dead-relus",
        WARD,
        "Units that never fire",
        "The loss stops far up, and training and validation agree.",
        "Most ReLU units are at 0 for every example: no slope passes, so they stay there.",
        "Start the biases at 0 and the weights with He's variance; or use a leaky ReLU.",
        dead_relus,
        "dead units",
        (Sign("dead units", 0.5),),
    ),
    Case(
        "saturated-sigmoids",
        WARD,
        "Units at their stops",
        "Training is slow from the first update, and worse on new data.",
        "The weights start so large that the units sit at 0 or 1, where their slope is almost 0.",
        "Draw the weights with Glorot's variance, on inputs of size about 1.",
        saturated_sigmoids,
        "saturated",
        (Sign("saturated, at first", 0.4),),
    ),
    Case(
        "equal-start",
        WARD,
        "Units like one another",
        "The loss creeps down a little and stays far up; training and validation agree.",
        "All weights started at zero: equal units get equal gradients and stay equal, so that "
        "many count for one.",
        "Draw the weights at random; biases may start at 0.",
        all_alike,
        "units unlike",
        (Sign("units unlike", 1e-6, above=False),),
    ),
    Case(
        "start-too-large",
        WARD,
        "Certain and wrong",
        "The first loss is many times ln C; the training loss catches up, the validation loss "
        "does not.",
        "The weights start too large: the untrained network is certain of its answers.",
        "Divide by the root of the number of inputs: He's or Glorot's start.",
        too_large,
        "activations",
        (Sign("first loss / ln C", 3.0),),
    ),
    Case(
        "deep-sigmoids",
        WARD,
        "Nothing gets through",
        "The loss falls to ln C and stays there.",
        "A sigmoid's slope is at most 1/4, so that every layer shrinks the gradient and the first "
        "layers learn next to nothing: a vanishing gradient.",
        "ReLU with He's start; or tanh, normalisation, residual connections.",
        deep_sigmoids,
        "first / last layer",
        (Sign("first / last layer, at first", 1e-2, above=False),),
    ),
    Case(
        "forgetful-cell",
        WARD,
        "A memory that fades",
        "The loss stays at ln 2: the cell learns nothing about the beginning of its sequences.",
        "The recurrent matrix shrinks every state, so that the gradient has vanished before it "
        "reaches the first step of time.",
        "Start the recurrent matrix orthogonal.",
        forgetful_cell,
        "first / last step",
        (Sign("first / last step, at first", 1e-2, above=False),),
    ),
    Case(
        "exploding-cell",
        WARD,
        "A thunderclap",
        "The loss stays at ln 2, after a first gradient many times longer than all that follow.",
        "The recurrent matrix stretches the gradient at every step back in time.",
        "Start it orthogonal, and clip the gradient by its global norm.",
        exploding_cell,
        "gradient norm",
        (Sign("first / last step, at first", 30.0),),
    ),
)
"""The patients of this ward."""
