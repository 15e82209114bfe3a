"""Experiments behind the claims of the chapter on backpropagation."""

from collections.abc import Callable

import numpy as np

from nnedu._typing import Array, Backward
from nnedu.claims import Finding
from nnedu.data import Digits, load_digits
from nnedu.gradcheck import numerical_gradient
from nnedu.losses import binary_cross_entropy, mse, softmax_cross_entropy
from nnedu.nn import Dense, Network, glorot_uniform, he_normal, relu, sigmoid, tanh
from nnedu.nn.layer import Layer, PlainLayer
from nnedu.optim import Optimizer
from nnedu.train import minibatches, train

XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0.0, 1.0, 1.0, 0.0])
"""Inputs (4, 2) and targets (4,)."""


def column(x: Array) -> tuple[Array, Backward]:
    """The only column of an (N, 1) array, as (N,): what a binary loss expects."""
    return x[:, 0], lambda d_y: (d_y[:, None],)


def xor_perceptron(*, hidden: int = 0, steps: int = 10_000) -> Finding:
    """Ten thousand full-batch steps teach a single layer XOR; with ``hidden``, two layers.

    Returns
    -------
    Finding
        Holds if every answer is on the right side of one half by 0.1. The number: the
        cross-entropy at the end. Besides: ``answer``, that for (1, 1).
    """
    first: list[Layer | PlainLayer] = [Dense(hidden), tanh] if hidden else []
    net = Network([*first, Dense(1), column], inputs=2)
    objective, optimizer = net.objective(binary_cross_entropy), Optimizer("sgd", lr=0.5)
    theta = net.init(np.random.default_rng(1))
    state = optimizer.init(theta)
    for _ in range(steps):
        theta, state = optimizer.step(theta, objective(theta, *XOR)[1], state)
    answers = sigmoid(net.predict(theta, XOR[0]))[0]
    right = bool(np.all(np.abs(answers - XOR[1]) < 0.4))
    return Finding(right, objective(theta, *XOR)[0], {"answer": float(answers[3])})


def missing_derivative(*, bias: float = 0.0) -> Finding:
    """The gradient of a ReLU layer is minus (target - output) times input.

    One layer of eight units under half the squared error, 20 examples; ``bias`` is added to every
    unit.

    Returns
    -------
    Finding
        Holds if that gradient agrees with finite differences to a millionth. The number: the share
        of units, over all examples, that are at 0. Besides: ``error``, the largest difference
        relative to the largest entry, and ``right``, the same with the derivative kept.
    """
    rng = np.random.default_rng(0)
    x, W, target = rng.normal(size=(20, 5)), rng.normal(size=(5, 8)), rng.normal(size=(20, 8))

    def half_squared_error(W: Array) -> float:
        return float(np.sum((relu(x @ W + bias)[0] - target) ** 2) / 2)

    y, backward = relu(x @ W + bias)
    numeric = numerical_gradient(half_squared_error, W)
    largest = np.abs(numeric).max()
    error = float(np.abs(-x.T @ (target - y) - numeric).max() / largest)
    right = float(np.abs(x.T @ backward(y - target)[0] - numeric).max() / largest)
    return Finding(error < 1e-6, float(np.mean(y == 0)), {"error": error, "right": right})


def random_targets(*, rule: bool = False, steps: int = 1000) -> Finding:
    """A training loss that falls on random targets shows that the model learns.

    The 10-10-1 network of ReLU units, Adam at 0.01, 1,000 full-batch steps, 100 examples with
    uniform inputs; targets uniform too, or (``rule``) the mean of the inputs. 2,000 held out.

    Returns
    -------
    Finding
        Holds if the held-out loss ends below 0.9 of the variance of the targets. The number: their
        ratio. Besides: ``train``, the same for the training loss.
    """
    rng = np.random.default_rng(0)
    x = rng.uniform(size=(2100, 10))
    target = x.mean(axis=1, keepdims=True) if rule else rng.uniform(size=(2100, 1))
    net = Network([Dense(10), relu, Dense(1)], inputs=10)
    objective, optimizer = net.objective(mse), Optimizer("adam", lr=0.01)
    theta = net.init(rng)
    state = optimizer.init(theta)
    for _ in range(steps):
        theta, state = optimizer.step(theta, objective(theta, x[:100], target[:100])[1], state)
    train_loss = objective(theta, x[:100], target[:100])[0] / np.var(target[:100])
    held_out = objective(theta, x[100:], target[100:])[0] / np.var(target[100:])
    return Finding(bool(held_out < 0.9), float(held_out), {"train": float(train_loss)})


def relu_better(*, hidden_layers: int = 6, steps: int = 250) -> Finding:
    """ReLU trains better than sigmoid: digits, 32 units a layer, each at its best of three rates.

    Returns
    -------
    Finding
        Holds if ReLU's validation accuracy is higher by 0.05 or more. The number: ReLU's accuracy
        minus sigmoid's. Besides: ``relu``, ``sigmoid``, and ``small``, ReLU's from weights with a
        standard deviation of 0.01.
    """

    def small(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
        return rng.normal(0, 0.01, size=(inputs, outputs))

    kinds = {
        "relu": (relu, he_normal),
        "sigmoid": (sigmoid, glorot_uniform),
        "small": (relu, small),
    }
    data = load_digits()
    best = {
        name: max(
            _digits_accuracy(data, f, weights, hidden_layers, lr, steps) for lr in (0.1, 1.0, 3.0)
        )
        for name, (f, weights) in kinds.items()
    }
    gain = best["relu"] - best["sigmoid"]
    return Finding(gain >= 0.05, gain, best)


def _digits_accuracy(
    data: Digits,
    f: Callable[[Array], tuple[Array, Backward]],
    weights: Callable[[np.random.Generator, int, int], Array],
    hidden_layers: int,
    lr: float,
    steps: int,
) -> float:
    """Validation accuracy on the digits after SGD in batches of 64; 0 where the run explodes."""
    hidden = [layer for _ in range(hidden_layers) for layer in (Dense(32, weights=weights), f)]
    net = Network([*hidden, Dense(10)], inputs=64)
    batches = minibatches(np.random.default_rng(1), 64, data.x_train, data.y_train)
    theta = net.init(np.random.default_rng(0))
    objective, optimizer = net.objective(softmax_cross_entropy), Optimizer("sgd", lr=lr)
    try:
        run = train(objective, theta, optimizer, batches, steps=steps)
    except FloatingPointError:
        return 0.0
    return float(np.mean(net.predict(run.theta, data.x_val).argmax(axis=1) == data.y_val))
