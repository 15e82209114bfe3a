"""Experiments behind the claims of the chapter on losses."""

import numpy as np

from nnedu._typing import Array, Loss
from nnedu.claims import Finding
from nnedu.data import load_digits
from nnedu.losses import mse, softmax, softmax_cross_entropy


def squared_error_classifier(*, certain_and_wrong: bool = False) -> Finding:
    """A classifier trained on squared errors is worse than one trained on cross-entropy.

    Softmax regression on the digits, 300 full-batch updates with each loss; the squared errors are
    those of the probabilities. Each loss has the same three learning rates to choose from, by the
    accuracy on the validation digits. With ``certain_and_wrong`` both start from a model that was
    trained to name the next digit, its weights multiplied by three; otherwise from zero.

    Returns
    -------
    Finding
        Holds if squared errors get at least 5 points fewer of the test digits right. The number:
        their accuracy on the test digits.
    """
    digits = load_digits()
    x, labels = _with_bias(digits.x_train), digits.y_train
    start = np.zeros((65, 10))
    if certain_and_wrong:
        start = 3 * _train(softmax_cross_entropy, x, (labels + 1) % 10, start, lr=1.0, steps=100)
    x_val, x_test = _with_bias(digits.x_val), _with_bias(digits.x_test)
    accuracies = []
    for loss in (_squared_error, softmax_cross_entropy):
        trained = [_train(loss, x, labels, start, lr=lr, steps=300) for lr in (0.3, 3.0, 30.0)]
        best = max(trained, key=lambda W: _accuracy(x_val @ W, digits.y_val))
        accuracies.append(_accuracy(x_test @ best, digits.y_test))
    squared, entropy = accuracies
    return Finding(squared <= entropy - 0.05, squared, {"entropy": entropy})


def _squared_error(logits: Array, labels: Array) -> tuple[float, Array]:
    """Mean squared error of the softmax probabilities against one-hot labels."""
    p = softmax(logits)
    value, d_p = mse(p, np.eye(logits.shape[1])[labels])
    return value, p * (d_p - (d_p * p).sum(axis=1, keepdims=True))


def _train(loss: Loss, x: Array, labels: Array, W: Array, *, lr: float, steps: int) -> Array:
    """Weights of a linear classifier after gradient descent."""
    for _ in range(steps):
        W = W - lr * (x.T @ loss(x @ W, labels)[1])
    return W


def _with_bias(x: Array) -> Array:
    """The examples with a constant input of 1."""
    return np.column_stack([x, np.ones(len(x))])


def _accuracy(logits: Array, labels: Array) -> float:
    """The share of examples whose largest logit is the label's."""
    return float(np.mean(logits.argmax(axis=1) == labels))
