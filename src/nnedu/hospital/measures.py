"""What is measured at every look at a run. All of it can be had of any training code."""

from collections.abc import Callable
from functools import partial

import numpy as np

from nnedu._typing import Array
from nnedu.hospital.patient import Patient
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Network, recurrent
from nnedu.nn.recurrent import Recurrent


def _rms(array: Array) -> np.float64:
    """Root mean square, as NumPy's number: over 0 it is infinite instead of an error."""
    return np.float64(np.sqrt(np.mean(np.square(array))))


def _entropy(outputs: Array, labels: Array) -> float:
    return softmax_cross_entropy(outputs, labels)[0]


def steady(patient: Patient, look: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Look without leaving a trace: what the code holds and draws is put back."""
    held = {name: array.copy() for name, array in patient.held.items()}
    drawn = patient.rng.bit_generator.state
    try:
        with np.errstate(all="ignore"):
            return look()
    finally:
        patient.held.update(held)
        patient.rng.bit_generator.state = drawn


def of_evaluation(patient: Patient, theta: Array) -> dict[str, float]:
    """Losses by the evaluation code, and whether that code gives the same answer twice."""
    x, labels = patient.validation()
    outputs = patient.predict(theta, x)
    right = outputs.argmax(axis=1) == labels
    again = patient.validation()
    sums, size = outputs.sum(axis=1), _rms(outputs - outputs.mean(axis=1, keepdims=True))
    alone = patient.predict(theta, x[:1]) - outputs[:1]
    loss = np.float64(_entropy(outputs, labels))
    fresh = _entropy(patient.predict(theta, patient.fresh[0]), patient.fresh[1])
    return {
        "validation loss": loss,
        "validation accuracy": float(right.mean()),
        "least recall": min(float(right[labels == c].mean()) for c in np.unique(labels)),
        "fresh loss": fresh,
        "fresh / validation": fresh / loss,
        "changes when repeated": abs(_entropy(patient.predict(theta, again[0]), again[1]) - loss),
        "draws in evaluation": _rms(patient.predict(theta, x) - outputs) / size,
        "depends on company": _rms(alone) / size,
        "outputs that sum to 1": float(np.mean(np.abs(sums - 1) < 1e-6)),
        "largest output": float(np.abs(outputs).max()),
    }


def of_training(patient: Patient, theta: Array) -> dict[str, float]:
    """Losses and gradients by the training code, on 64 training examples."""
    x, labels = patient.training[0][:64], patient.training[1][:64]
    evaluated = np.float64(_entropy(patient.predict(theta, x), labels))
    loss, g = patient.objective(theta, x, labels)
    doubled = np.concatenate([x, x]), np.concatenate([labels, labels])
    twice = np.float64(patient.objective(theta, *doubled)[0])
    arrays = [each for name, each in patient.net.views(g).items() if name[0] in "WU"]
    zeros = np.concatenate([each.ravel() for each in arrays]) == 0
    return {
        "evaluated loss": evaluated,
        "evaluated / trained": evaluated / loss,
        "doubled batch / batch": twice / loss,
        "zeros in the gradient": float(zeros.mean()),
        "first / last layer": _rms(arrays[0]) / max(_rms(arrays[-1]), 1e-300),
        "slope / gradient": _slopes(patient, theta),
        "step for ten times the gradient": _tenfold(patient, theta, g),
    }


def _tenfold(patient: Patient, theta: Array, g: Array) -> float:
    """How much longer Adam's first step is where the gradient is ten times as long."""
    if getattr(patient.optimizer, "name", "") != "adam":
        return float("nan")
    first = patient.optimizer.init(theta)
    steps = [patient.optimizer.step(theta, k * g, first)[0] - theta for k in (1.0, 10.0)]
    return float(_rms(steps[1]) / _rms(steps[0]))


def _slopes(patient: Patient, theta: Array, h: float = 1e-5) -> float:
    """The slope along each array's gradient, over that gradient's length: 1 if it is right.

    The lowest of them. Not a number where the training code draws: its loss has no slope then.
    """
    x, labels = patient.training[0][:32], patient.training[1][:32]
    loss, g = patient.objective(theta, x, labels)
    if patient.objective(theta, x, labels)[0] != loss:
        return float("nan")
    found = []
    for name, part in patient.net.views(g).items():
        length = np.linalg.norm(part)
        if not length > 1e-12:
            continue
        direction = np.zeros_like(theta)
        patient.net.views(direction)[name][...] = part / length
        up = patient.objective(theta + h * direction, x, labels)[0]
        down = patient.objective(theta - h * direction, x, labels)[0]
        found.append((up - down) / (2 * h) / length)
    return float(min(found, default=np.nan))


def of_units(patient: Patient, theta: Array) -> dict[str, float]:
    """What the last hidden layer does on the training inputs."""
    net = patient.net
    inner = Network(net.layers[:-1], inputs=net.inputs)
    statistics = {name: patient.held[name] for name in inner.statistics()}
    h = inner.predict(theta[: inner.size], patient.training[0][:200], statistics)
    saturated = 0.0
    if patient.bounds is not None:
        low, high = patient.bounds
        edge = 0.02 * (high - low)
        saturated = float(np.mean((h < low + edge) | (h > high - edge)))
    W = net.views(theta)["W1"]
    apart = _rms(W - W.mean(axis=-1, keepdims=True)) / max(_rms(W), 1e-300)
    return {
        "dead units": float(np.mean(np.all(h == 0, axis=0))),
        "saturated": saturated,
        "activations": _rms(h - h.mean(axis=0)),
        "units unlike": apart,
    }


def of_weights(patient: Patient, theta: Array) -> dict[str, float]:
    """How far the weights have come."""
    now, first = patient.net.views(theta), patient.net.views(patient.theta)
    pairs = [(now[name], first[name]) for name in now if name[0] in "WU"]
    moved = [np.linalg.norm(a - b) / max(float(np.linalg.norm(b)), 1e-300) for a, b in pairs]
    size = max(float(np.linalg.norm(patient.theta)), 1e-300)
    return {
        "weight norm": float(np.linalg.norm(theta)) / size,
        "least moved layer": float(min(moved)),
    }


def of_time(patient: Patient, theta: Array) -> dict[str, float]:
    """For a recurrent network: the slope at the first step of time over that at the last."""
    net = patient.net
    if not isinstance(net.layers[0], Recurrent):
        return {}
    x, labels = patient.training[0][:64], patient.training[1][:64]
    views = net.views(theta)
    h, _ = recurrent(x, *(views[name] for name in ("W1", "U1", "b1")))
    _, d_y = softmax_cross_entropy(h[:, -1] @ views["W2"] + views["b2"], labels)
    d = d_y @ views["W2"].T
    last = _rms(d)
    for t in reversed(range(1, h.shape[1])):
        d = (d * (1 - h[:, t] ** 2)) @ views["U1"].T
    return {"first / last step": _rms(d) / last}


def of_data(patient: Patient) -> dict[str, float]:
    """What the data say before any training."""
    x, labels = patient.training
    flat = x.reshape(len(x), -1)
    seen = {row.tobytes() for row in flat}
    validation = patient.validation()[0]
    shared = [row.tobytes() in seen for row in validation.reshape(len(validation), -1)]
    means = np.stack([flat[labels == c].mean(axis=0) for c in np.unique(labels)])
    shares = np.array([np.mean(labels == c) for c in np.unique(labels)])
    between = shares @ (means - flat.mean(axis=0)) ** 2
    with np.errstate(all="ignore"):
        explained = np.nan_to_num(between / flat.var(axis=0))
    return {
        "shared rows": float(np.mean(shared)),
        "best single input": float(explained.max()),
        "largest input": float(np.sqrt(np.mean(flat**2, axis=0)).max()),
    }


def look(patient: Patient, theta: Array) -> dict[str, float]:
    """Every measure at once."""
    parts = (of_evaluation, of_training, of_units, of_weights, of_time)
    found: dict[str, float] = {}
    for part in parts:
        found |= steady(patient, partial(part, patient, theta))
    return found
