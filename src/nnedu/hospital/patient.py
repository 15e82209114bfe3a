"""A training run as its code describes it, with every part open to being wrong."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from nnedu._typing import Array, Loss, Objective
from nnedu.data import load_digits
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Layer, Network, glorot_uniform, he_normal, relu, tanh
from nnedu.nn.layer import PlainLayer
from nnedu.optim import Optimizer
from nnedu.train import Steps, minibatches

Examples: TypeAlias = tuple[Array, Array]
"""Inputs (N, ...) and their classes (N,)."""


@dataclass
class Patient:
    """A training run before it starts: code, data and first values.

    Attributes
    ----------
    net : Network
        Its last layer is dense and gives the logits.
    theta : float array, shape (P,)
        Where it starts.
    optimizer : Optimizer or another that makes steps
    objective : callable
        The training code: ``objective(theta, x, labels) -> (loss, g)``.
    predict : callable
        The evaluation code: ``predict(theta, x) -> outputs``.
    batches : iterator of (x, labels)
    training, fresh : (x, labels)
        What it learns from; examples that nobody has touched, as the model will meet them.
    validation : callable
        ``validation() -> (x, labels)``: what the evaluation code is given.
    held : dict of str to array
        Whatever the code keeps from one call to the next: running statistics, summed gradients.
    rng : numpy.random.Generator
        What training draws from.
    bounds : (float, float) or None
        The values that the hidden activation cannot leave.
    steps, every : int
        Updates, and updates between two looks.
    """

    net: Network
    theta: Array
    optimizer: Steps
    objective: Objective
    predict: Callable[[Array, Array], Array]
    batches: Iterator[tuple[Array, ...]]
    training: Examples
    fresh: Examples
    validation: Callable[[], Examples]
    rng: np.random.Generator
    held: dict[str, Array] = field(default_factory=dict)
    bounds: tuple[float, float] | None = None
    steps: int = 160
    every: int = 20


@cache
def _digits() -> tuple[Examples, Examples, Examples]:
    d = load_digits()
    return (d.x_train, d.y_train), (d.x_val[:200], d.y_val[:200]), (d.x_test[:200], d.y_test[:200])


def digits(rng: np.random.Generator, N: int = 600) -> tuple[Examples, Examples, Examples]:
    """Digits to train on (``N`` at random), to validate on (200), and fresh ones (200)."""
    (x, y), validation, fresh = _digits()
    chosen = rng.permutation(len(x))[:N]
    return (x[chosen], y[chosen]), validation, fresh


def patient(
    rng: np.random.Generator,
    *,
    layers: Sequence[Layer | PlainLayer] | None = None,
    activation: PlainLayer = relu,
    weights: Callable[..., Array] | None = None,
    data: tuple[Examples, Examples, Examples] | None = None,
    optimizer: Steps | None = None,
    lr: Any = 0.2,
    size: int = 32,
    loss: Loss = softmax_cross_entropy,
    **parts: Any,
) -> Patient:
    """A healthy run, unless told otherwise: a network of 32 hidden units learns digits.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws data, first values and batches.
    layers : sequence of layers, optional
        The network; by default one hidden layer with ``activation``.
    activation : callable
        Of the hidden layer.
    weights : callable, optional
        The initialiser of both layers; by default He's for ReLU, Glorot's otherwise.
    data : (training, validation, fresh), optional
        By default 600, 200 and 200 digits.
    optimizer : Optimizer, optional
        By default SGD with ``lr``.
    lr : float
        Of the default optimizer.
    size : int
        Examples in a batch.
    loss : callable
        Of the training code.
    **parts
        Replace parts of the :class:`Patient`.

    Returns
    -------
    Patient
    """
    training, validation, fresh = data or digits(rng)
    draw = weights or (he_normal if activation is relu else glorot_uniform)
    classes = int(training[1].max()) + 1
    if layers is None:
        layers = [Dense(32, weights=draw), activation, Dense(classes, weights=draw)]
    net = Network(layers, inputs=training[0].shape[1:])
    held = dict(net.statistics())

    def predict(theta: Array, x: Array) -> Array:
        return net.predict(theta, x, {k: held[k] for k in net.statistics()})

    whole: dict[str, Any] = {
        "net": net,
        "theta": net.init(rng),
        "optimizer": optimizer or Optimizer("sgd", lr=lr),
        "objective": net.objective(loss, rng=rng, statistics=held),
        "predict": predict,
        "batches": minibatches(rng, size, *training),
        "training": training,
        "fresh": fresh,
        "validation": lambda: validation,
        "rng": rng,
        "held": held,
        "bounds": (-1.0, 1.0) if activation is tanh else None,
    }
    return Patient(**{**whole, **parts})
