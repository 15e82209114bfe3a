"""The ward of evaluation: the model may be well, and the number about it is wrong."""

import numpy as np

from nnedu._typing import Array
from nnedu.data import noise
from nnedu.hospital.case import Case, Sign
from nnedu.hospital.patient import Patient, patient
from nnedu.losses import softmax_cross_entropy
from nnedu.losses.cross_entropy import softmax
from nnedu.nn import BatchNorm, Dense, Dropout, Layer, relu
from nnedu.nn.layer import PlainLayer
from nnedu.optim import Optimizer

WARD = "evaluation"


def dropout_left_on(broken: bool, rng: np.random.Generator) -> Patient:
    """Evaluation in training mode: half of the units drop out while the model is judged."""
    sick = patient(rng, layers=[Dense(32), relu, Dropout(0.5), Dense(10)])
    net = sick.net

    def dropping(theta: Array, x: Array) -> Array:
        return net.forward_training(theta, x, rng=rng)[0]

    sick.predict = dropping if broken else sick.predict
    return sick


def _normalised(rng: np.random.Generator, momentum: float) -> Patient:
    layers: list[Layer | PlainLayer] = [Dense(32), BatchNorm(momentum=momentum), relu, Dense(10)]
    return patient(rng, layers=layers)


def company(broken: bool, rng: np.random.Generator) -> Patient:
    """BatchNorm in training mode while the model is judged, in batches of eight."""
    sick = _normalised(rng, 0.9)
    net = sick.net

    def by_batch(theta: Array, x: Array) -> Array:
        parts = [x[start : start + 8] for start in range(0, len(x), 8)]
        return np.concatenate([net.forward_training(theta, part, sick.held)[0] for part in parts])

    sick.predict = by_batch if broken else sick.predict
    return sick


def late_statistics(broken: bool, rng: np.random.Generator) -> Patient:
    """Running statistics so slow that they still hold their first values."""
    return _normalised(rng, 0.9999 if broken else 0.9)


def softmax_twice(broken: bool, rng: np.random.Generator) -> Patient:
    """Probabilities handed to a loss that expects logits."""

    def twice(outputs: Array, labels: Array) -> tuple[float, Array]:
        p = softmax(outputs)
        loss, d_p = softmax_cross_entropy(p, labels)
        return loss, p * (d_p - np.sum(d_p * p, axis=1, keepdims=True))

    adam = Optimizer("adam", lr=0.02)
    sick = patient(rng, loss=twice if broken else softmax_cross_entropy, optimizer=adam)
    plain = sick.predict
    sick.predict = (lambda theta, x: softmax(plain(theta, x))) if broken else plain
    return sick


def augmented_validation(broken: bool, rng: np.random.Generator) -> Patient:
    """The pipeline that adds noise to the training images is used for validation, too."""
    sick = patient(rng)
    x, y = sick.validation()
    sick.validation = lambda: (noise(x, rng=rng, scale=0.4), y) if broken else (x, y)
    return sick


CASES = (
    Case(
        "dropout-left-on",
        WARD,
        "Never the same twice",
        "The validation loss is higher than it was with last week's code, and another one each "
        "time it is computed.",
        "Dropout is still on while the model is judged.",
        "Switch to inference before every evaluation.",
        dropout_left_on,
        "draws in evaluation",
        (Sign("draws in evaluation", 0.05),),
    ),
    Case(
        "batchnorm-mode",
        WARD,
        "Mind the company",
        "Validation is worse than training and changes with the evaluation's batch size.",
        "BatchNorm is in training mode while the model is judged: an example's output depends on "
        "the others in its batch.",
        "Switch to inference before every evaluation.",
        company,
        "depends on company",
        (Sign("depends on company", 0.05),),
    ),
    Case(
        "batchnorm-statistics",
        WARD,
        "Two models in one",
        "The training loss falls, and the evaluation of the same examples, with inputs prepared "
        "alike, is far worse.",
        "BatchNorm's running statistics have not arrived: training uses the batch's, evaluation "
        "the first values.",
        "Lower their momentum (in PyTorch, raise it), train longer, or estimate them anew in one "
        "pass.",
        late_statistics,
        "evaluated / trained",
        (Sign("evaluated / trained", 1.6),),
    ),
    Case(
        "softmax-twice",
        WARD,
        "A loss with a floor",
        "Accuracy is good, but the loss cannot get below a value near 1.5 for ten classes.",
        "Softmax is applied twice: the loss expects logits and is given probabilities.",
        "Hand over logits.",
        softmax_twice,
        "outputs that sum to 1",
        (Sign("outputs that sum to 1", 0.5),),
    ),
    Case(
        "augmented-validation",
        WARD,
        "An exam in a storm",
        "Validation is worse than fresh data, and differs from one evaluation to the next.",
        "The validation examples are augmented like the training examples.",
        "Two pipelines: augment training data only.",
        augmented_validation,
        "changes when repeated",
        (
            Sign("changes when repeated", 1e-3),
            Sign("draws in evaluation", 1e-3, above=False),
        ),
    ),
)
"""The patients of this ward."""
