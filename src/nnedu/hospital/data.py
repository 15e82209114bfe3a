"""The ward of data: what the network is fed, and in which order."""

import numpy as np

from nnedu._typing import Array
from nnedu.data import in_order, load_table, standardize
from nnedu.hospital.case import Case, Sign
from nnedu.hospital.patient import Examples, Patient, digits, patient
from nnedu.nn import Dense, relu, tanh
from nnedu.optim import Optimizer
from nnedu.train import minibatches

WARD = "data"


def sorted_data(broken: bool, rng: np.random.Generator) -> Patient:
    """Examples in the order of the file, which is that of their classes."""
    sick = patient(rng)
    x, y = sick.training
    order = np.argsort(y, kind="stable")
    if broken:
        sick.batches = in_order(32, x[order], y[order])
    return sick


def unscaled_inputs(broken: bool, rng: np.random.Generator) -> Patient:
    """Wines whose features are in units from tenths to thousands."""
    wine = load_table("wine")
    parts = np.split(rng.permutation(len(wine.y)), [110, 144])
    x = wine.x if broken else standardize(wine.x[parts[0]])(wine.x)
    train, validation, fresh = ((x[part], wine.y[part]) for part in parts)
    data = (train, validation, fresh)
    return patient(rng, layers=[Dense(16), tanh, Dense(3)], activation=tanh, data=data)


def leaking_feature(broken: bool, rng: np.random.Generator) -> Patient:
    """A feature that was filled in after the answer was known, and is empty in use."""
    train, validation, fresh = digits(rng, 300)

    def with_column(part: Examples, known: bool) -> Examples:
        x, y = part
        column = (y[:, None] / 4.5 - 1) * (broken and known)
        return np.hstack([x, np.eye(10)[y] * (broken and known), column]), y

    data = (with_column(train, True), with_column(validation, True), with_column(fresh, False))
    return patient(rng, data=data)


def shared_rows(broken: bool, rng: np.random.Generator) -> Patient:
    """Few examples, copied before the split: most of the validation set was trained on."""
    (x, y), validation, fresh = digits(rng, 60)
    if broken:
        validation = x, y
    data = ((np.tile(x, (4, 1)), np.tile(y, 4)), validation, fresh)
    return patient(rng, data=data)


def shifted_labels(broken: bool, rng: np.random.Generator) -> Patient:
    """A table joined one row off: every example has the label of its neighbour."""
    parts: list[Examples] = []
    for x, y in digits(rng, 200):
        parts.append((x, np.roll(y, 1) if broken else y))
    train, validation, fresh = parts
    data = (train, validation, fresh)
    adam = Optimizer("adam", lr=0.01)
    return patient(rng, layers=[Dense(64), relu, Dense(10)], data=data, optimizer=adam, steps=240)


def too_little_data(broken: bool, rng: np.random.Generator) -> Patient:
    """Forty digits for a network that can learn them by heart."""
    return patient(rng, data=digits(rng, 40 if broken else 1078), size=20, lr=0.3)


def rare_class(broken: bool, rng: np.random.Generator) -> Patient:
    """One class in forty, and accuracy as the measure of success."""
    (x, y), (x_val, y_val), (x_fresh, y_fresh) = digits(rng, 1078)

    def rare(x: Array, y: Array, keep: int) -> Examples:
        eights, others = np.flatnonzero(y == 8)[:keep], np.flatnonzero(y != 8)
        chosen = rng.permutation(np.concatenate([eights, others]))
        return x[chosen], (y[chosen] == 8).astype(np.int64)

    training = rare(x, y, 20)
    data = training, rare(x_val, y_val, 10), rare(x_fresh, y_fresh, 10)
    sick = patient(rng, data=data, lr=0.05)
    if not broken:
        x, y = training
        copies = np.concatenate([np.arange(len(y)), np.tile(np.flatnonzero(y == 1), 40)])
        sick.batches = minibatches(rng, 32, x[copies], y[copies])
    return sick


CASES = (
    Case(
        "sorted-data",
        WARD,
        "A saw",
        "The training loss leaps up, falls and leaps again every few updates; the validation loss "
        "hardly falls.",
        "The examples come in the order of their classes: each batch holds one class, and the "
        "network forgets the others.",
        "Shuffle before every epoch.",
        sorted_data,
        "classes in a batch",
        (Sign("variety of a batch", 0.2, above=False),),
    ),
    Case(
        "unscaled-inputs",
        WARD,
        "Deaf",
        "The loss gets to ln C and no further, or jumps, at any lr you try.",
        "Features in the hundreds beside features in the tenths: the large ones fill the units "
        "and drown the rest.",
        "Standardise every feature with the training set's mean and deviation.",
        unscaled_inputs,
        "saturated",
        (Sign("largest input", 10.0),),
    ),
    Case(
        "leaking-feature",
        WARD,
        "Too good",
        "Validation is nearly perfect within some updates; in use the model is bad.",
        "Some features contain the answer, in training and validation alike: label leakage.",
        "Find the feature that by itself explains the label; remove what is not known when the "
        "model is asked.",
        leaking_feature,
        "fresh / validation",
        (Sign("best single input", 0.95), Sign("fresh / validation loss", 2.0)),
    ),
    Case(
        "shared-rows",
        WARD,
        "A familiar exam",
        "Validation loss follows the training loss down; fresh data do not.",
        "Rows of the training set stand in the validation set, for instance because the data were "
        "copied before they were split.",
        "Split first, by source; look for equal rows.",
        shared_rows,
        "fresh / validation",
        (Sign("shared rows", 0.05),),
    ),
    Case(
        "shifted-labels",
        WARD,
        "Learning by heart",
        "The training loss falls, slowly; the validation loss never gets below ln C and rises.",
        "Inputs and labels do not belong together, so that there is nothing to learn but the "
        "training set itself.",
        "Look at twenty examples with their labels; repair the join.",
        shifted_labels,
        "validation accuracy",
        (
            Sign("best validation loss / ln C", 0.9),
            Sign("training loss, last / first", 0.8, above=False),
        ),
    ),
    Case(
        "too-little-data",
        WARD,
        "Overfitting",
        "The training loss goes to 0; the validation loss stops falling far above it.",
        "Too few examples for so flexible a model.",
        "More data, or augmentation, regularisation, early stopping.",
        too_little_data,
        "validation accuracy",
        (
            Sign("validation minus training loss", 0.4),
            Sign("training loss, last / first", 0.1, above=False),
        ),
    ),
    Case(
        "rare-class",
        WARD,
        "Ninety-five per cent",
        "Accuracy is high from the first update and does not change.",
        "One class is rare, and the network never names it.",
        "Report recall for each class; weight or resample the rare one.",
        rare_class,
        "least recall",
        (Sign("least recall", 0.1, above=False), Sign("validation accuracy", 0.8)),
    ),
)
"""The patients of this ward."""
