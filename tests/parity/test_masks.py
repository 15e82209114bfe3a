"""A decay for some parameters, beside PyTorch's groups, Optax's masks, Keras's exclusions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from nnedu.optim import ENGINES, Optimizer
from nnedu.parity import TOLERANCE, Trajectory, deviation, double_precision, framework
from tests.needs import require

BETA1, BETA2, EPS, DECAY = 0.75, 0.9375, 2.0**-10, 0.25  # exact in float32
GIVEN = Trajectory.hard()
HALF = len(GIVEN.theta) // 2  # the first half is weights, which decay; the second half biases


def keras_path() -> np.ndarray:
    keras = framework("keras")
    with double_precision("keras"):
        parts = np.split(GIVEN.theta, [HALF])
        pair = [
            keras.Variable(part, dtype="float64", name=name)
            for part, name in zip(parts, ("weight", "bias"), strict=True)
        ]
        optimizer = keras.optimizers.AdamW(
            0.1, beta_1=BETA1, beta_2=BETA2, epsilon=EPS, weight_decay=DECAY
        )
        optimizer.exclude_from_weight_decay(var_names=["bias"])
        path = []
        for g, lr in zip(GIVEN.g, GIVEN.lr, strict=True):
            optimizer.learning_rate = float(lr)
            optimizer.apply([keras.ops.convert_to_tensor(x) for x in np.split(g, [HALF])], pair)
            path.append(np.concatenate([np.array(variable.numpy()) for variable in pair]))
        return np.array(path)


def optax_path() -> np.ndarray:
    optax, jax = framework("optax"), framework("jax")
    with double_precision("optax"):

        def tree(x: np.ndarray) -> dict[str, object]:
            return {"weight": x[..., :HALF], "bias": x[..., HALF:]}

        lrs = jax.numpy.asarray(GIVEN.lr)
        optimizer = optax.adamw(
            lambda k: lrs[k],
            b1=BETA1,
            b2=BETA2,
            eps=EPS,
            weight_decay=DECAY,
            mask={"weight": True, "bias": False},
        )

        def step(carry, g):
            theta, state = carry
            updates, state = optimizer.update(g, state, theta)
            theta = optax.apply_updates(theta, updates)
            return (theta, state), theta

        theta = tree(jax.numpy.asarray(GIVEN.theta))
        gs = tree(jax.numpy.asarray(GIVEN.g))
        _, path = jax.lax.scan(step, (theta, optimizer.init(theta)), gs)
        return np.concatenate([path["weight"], path["bias"]], axis=1)


def torch_path() -> np.ndarray:
    torch = framework("torch")
    weight, bias = (torch.tensor(x, requires_grad=True) for x in np.split(GIVEN.theta, [HALF]))
    optimizer = torch.optim.AdamW(
        [{"params": [weight], "weight_decay": DECAY}, {"params": [bias], "weight_decay": 0.0}],
        betas=(BETA1, BETA2),
        eps=EPS,
    )
    path = []
    for g, lr in zip(GIVEN.g, GIVEN.lr, strict=True):
        for group in optimizer.param_groups:
            group["lr"] = float(lr)
        weight.grad, bias.grad = (torch.tensor(part) for part in np.split(g, [HALF]))
        optimizer.step()
        path.append(np.concatenate([x.detach().numpy().copy() for x in (weight, bias)]))
    return np.array(path)


def ours(engine: str, theirs: str, decay: float = DECAY) -> np.ndarray:
    """The path of one vector, with a decay of 0 for its second half."""
    eps: float | Callable[[int], float] = EPS
    if theirs == "keras":
        eps = lambda k: EPS / (1 - BETA2 ** (k + 1)) ** 0.5  # noqa: E731 (epsilon hat)
    opt = Optimizer(
        "adamw",
        lr=lambda k: float(GIVEN.lr[k]),
        beta1=BETA1,
        beta2=BETA2,
        eps=eps,
        weight_decay=np.where(np.arange(len(GIVEN.theta)) < HALF, decay, 0.0),
        engine=engine,
    )
    theta, path = GIVEN.theta, []
    state = opt.init(theta)
    for g in GIVEN.g:
        theta, state = opt.step(theta, g, state)
        path.append(theta)
    return np.array(path)


PATHS = {"keras": keras_path, "optax": optax_path, "torch": torch_path}


@pytest.mark.parametrize("theirs", PATHS)
def test_one_vector_with_a_decay_for_each_makes_the_steps_of_their_groups(theirs: str) -> None:
    require({"keras": "tensorflow"}.get(theirs, theirs), optional=theirs == "torch")
    require("numba")
    path = PATHS[theirs]()
    for engine in ENGINES:
        assert deviation(ours(engine, theirs), path) < TOLERANCE
    assert deviation(ours(ENGINES[0], theirs, decay=DECAY * (1 + 1e-6)), path) > 50 * TOLERANCE
