"""One epoch of the 784-64-64-10 network, side by side: ``python -m benchmarks.one_epoch``.

60,000 examples in batches of 128, in the order in which they lie, so that everybody moves the same
bytes; 96 are left for the last batch. Keras, TensorFlow and JAX get whole batches only, because
another shape would be compiled once more. Float32, softmax cross-entropy, mean over the batch. The
numbers are random: what is timed does not depend on them. The loss of 20 other batches after the
first epoch is compared. This library's loop looks at every loss and gradient for NaN; nobody
else's does.
"""

from __future__ import annotations

import argparse
import itertools
import os
from collections.abc import Callable
from functools import partial
from statistics import mean
from typing import Any

import numpy as np

from benchmarks.side_by_side import compare, keep, table, worker

N, B, C = 60_000, 128, 10
STEPS = N // B
WIDTHS = (784, 64, 64, C)
LR = {"sgd": 0.01, "adam": 1e-3}
AGAINST = ("JAX, scanned epoch", "PyTorch, fused", "Keras fit")
Contender = tuple[Callable[[], Any], Callable[[], float]]


def examples(steps: int = STEPS, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and labels: the whole batches of an epoch."""
    rng = np.random.default_rng(seed)
    x = rng.random(size=(steps * B, WIDTHS[0]), dtype=np.float32)
    return x, rng.integers(C, size=steps * B)


def others() -> list[tuple[np.ndarray, np.ndarray]]:
    """Batches to ask for the loss after an epoch; singly, so as not to change the memory in use."""
    x, y = (a.reshape(20, B, *a.shape[1:]) for a in examples(20, seed=2))
    return list(zip(x, y, strict=True))


def weights() -> list[tuple[np.ndarray, np.ndarray]]:
    """The same first weights for everybody."""
    rng = np.random.default_rng(1)
    layers = []
    for inputs, outputs in itertools.pairwise(WIDTHS):
        W = rng.normal(size=(inputs, outputs), scale=np.sqrt(2 / inputs)).astype(np.float32)
        layers.append((W, np.zeros(outputs, np.float32)))
    return layers


def ours(engine: str) -> Callable[[str], Contender]:
    def set_up(rule: str) -> Contender:
        from nnedu.data import in_order
        from nnedu.losses import softmax_cross_entropy
        from nnedu.nn import Dense, Network, relu
        from nnedu.optim import Optimizer
        from nnedu.train import train

        net = Network([Dense(64), relu, Dense(64), relu, Dense(C)], inputs=WIDTHS[0])
        theta = np.concatenate([part.ravel() for layer in weights() for part in layer])
        objective = net.objective(softmax_cross_entropy, engine=engine)
        opt = Optimizer(rule, lr=LR[rule], engine=engine)
        if opt.engine != engine:
            raise ModuleNotFoundError("No module named 'numba'", name="numba")
        batches = in_order(B, *examples())

        def step() -> None:
            nonlocal theta
            theta = train(objective, theta, opt, batches, steps=STEPS).theta

        return step, lambda: mean(objective(theta, x, y)[0] for x, y in others())

    return set_up


def keras_model(rule: str, **how: Any) -> Any:
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    layers = [keras.layers.Dense(64, activation="relu") for _ in range(2)]
    model = keras.Sequential([keras.Input((WIDTHS[0],)), *layers, keras.layers.Dense(C)])
    model.set_weights([part for layer in weights() for part in layer])
    adam = partial(keras.optimizers.Adam, epsilon=1e-8)  # everybody else's default
    opt = {"sgd": keras.optimizers.SGD, "adam": adam}[rule](LR[rule])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(opt, loss, **how)
    return model


def keras_fit(**how: Any) -> Callable[[str], Contender]:
    def set_up(rule: str) -> Contender:
        model = keras_model(rule, **how)
        x, y = examples()
        step = partial(model.fit, x, y, batch_size=B, epochs=1, shuffle=False, verbose=0)
        return step, lambda: mean(float(model.loss(y, model(x))) for x, y in others())

    return set_up


def tf_epoch(jit: bool) -> Callable[[str], Contender]:
    def set_up(rule: str) -> Contender:
        import tensorflow as tf

        model = keras_model(rule)
        x, y = (tf.constant(a.reshape(STEPS, B, *a.shape[1:])) for a in examples())

        @tf.function(jit_compile=jit)
        def epoch() -> Any:
            value = tf.constant(0.0)
            for k in tf.range(STEPS):
                with tf.GradientTape() as tape:
                    value = model.loss(y[k], model(x[k], training=True))
                gs = tape.gradient(value, model.trainable_variables)
                model.optimizer.apply(gs, model.trainable_variables)
            return value

        model.optimizer.build(model.trainable_variables)
        return lambda: float(epoch()), lambda: mean(
            float(model.loss(y, model(x))) for x, y in others()
        )

    return set_up


def torch(**how: bool) -> Callable[[str], Contender]:
    def set_up(rule: str) -> Contender:
        import torch

        layers: list[Any] = []
        for W, b in weights():
            linear = torch.nn.Linear(*W.shape)
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(W.T))
                linear.bias.copy_(torch.from_numpy(b))
            layers += [linear, torch.nn.ReLU()]
        model = torch.nn.Sequential(*layers[:-1])
        make = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[rule]
        opt = make(model.parameters(), lr=LR[rule], **how)
        x, y = (torch.from_numpy(a) for a in examples())
        cross_entropy = torch.nn.functional.cross_entropy

        def step() -> float:
            for start in range(0, len(x), B):
                opt.zero_grad()
                loss = cross_entropy(model(x[start : start + B]), y[start : start + B])
                loss.backward()
                opt.step()
            return loss.item()

        return step, lambda: mean(
            cross_entropy(model(x), y).item()
            for x, y in map(partial(map, torch.from_numpy), others())
        )

    return set_up


def jax(scanned: bool) -> Callable[[str], Contender]:
    def set_up(rule: str) -> Contender:
        import jax
        import optax

        def loss(params: Any, x: Any, y: Any) -> Any:
            for W, b in params[:-1]:
                x = jax.nn.relu(x @ W + b)
            W, b = params[-1]
            return optax.softmax_cross_entropy_with_integer_labels(x @ W + b, y).mean()

        opt = {"sgd": optax.sgd, "adam": optax.adam}[rule](LR[rule])

        def update(carry: Any, batch: Any) -> Any:
            params, state = carry
            value, gs = jax.value_and_grad(loss)(params, *batch)
            changes, state = opt.update(gs, state, params)
            return (optax.apply_updates(params, changes), state), value

        x, y = (jax.numpy.asarray(a.reshape(STEPS, B, *a.shape[1:])) for a in examples())
        params = [tuple(map(jax.numpy.asarray, layer)) for layer in weights()]
        carry = (params, opt.init(params))
        if scanned:
            epoch = jax.jit(lambda carry, x, y: jax.lax.scan(update, carry, (x, y)))
        else:
            jitted = jax.jit(update, donate_argnums=0)
            batches = [(x[k], y[k]) for k in range(STEPS)]

        def step() -> float:
            nonlocal carry
            if scanned:
                carry, values = epoch(carry, x, y)
                value = values[-1]
            else:
                for batch in batches:
                    carry, value = jitted(carry, batch)
            return float(value)

        return step, lambda: mean(float(loss(carry[0], x, y)) for x, y in others())

    return set_up


CONTENDERS: dict[str, Callable[[str], Contender]] = {
    "nnedu, fused": ours("fused"),
    "nnedu, reference": ours("reference"),
    "Keras fit": keras_fit(),
    "Keras fit, 64 steps a call": keras_fit(steps_per_execution=64),
    "Keras fit, XLA": keras_fit(jit_compile=True),
    "tf.function, whole epoch": tf_epoch(jit=False),
    "tf.function, XLA": tf_epoch(jit=True),
    "PyTorch": torch(),
    "PyTorch, fused": torch(fused=True),
    "JAX, jitted step": jax(scanned=False),
    "JAX, scanned epoch": jax(scanned=True),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--rules", nargs="+", choices=LR, default=list(LR))
    parser.add_argument("--no-history", action="store_true", help="do not append to the history")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        worker(CONTENDERS[options.worker[0]], options.worker[1:])
        return
    results = []
    for rule in options.rules:
        found = compare(
            "benchmarks.one_epoch",
            options.contenders,
            (rule,),
            rounds=options.rounds,
            times=1,
            warm=0,
            against=AGAINST,
            more=3,
        )
        results.append({"rule": rule, **found})
        print(f"measured {rule}", flush=True)
        print({name: f"{seconds:.3f} s" for name, seconds in found["median_seconds"].items()})
    base = next(name for name in (*AGAINST[:1], *options.contenders) if name in options.contenders)
    print(table(results, [r["rule"] for r in results], base))
    for r in results:
        reached = r["result"]
        if max(reached.values()) - min(reached.values()) > 3e-3:  # rounding turns a ReLU or two
            print(f"{r['rule']}: the loss after the first epoch differs: {reached}")
    if not options.no_history:
        keep("one_epoch", options.rounds, results, examples=N, batch=B, widths=WIDTHS)


if __name__ == "__main__":
    main()
