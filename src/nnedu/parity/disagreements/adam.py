"""Adam and its relatives, Muon, and schedule-free AdamW."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from nnedu.parity.disagreements.disagreement import Disagreement, Side, default, sides
from nnedu.parity.disagreements.one_step import (
    first,
    keras_steps,
    optax_steps,
    torch_steps,
    value,
)
from nnedu.parity.frameworks import framework, run
from nnedu.parity.pairs import PAIRS
from nnedu.parity.trajectory import Trajectory, deviation

FAMILY = "optimizers"
ONE = [[1.0]]
TINY = [[1e-8]]


def _beside_the_paper(name: str) -> Callable[[Any], float]:
    """How far a framework's schedule-free AdamW is from the rule, at a constant learning rate."""
    numbers = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-7, "weight_decay": 0.0}
    optax = next(p for p in PAIRS if (p.name, p.framework) == ("schedule_free_adamw", "optax"))
    keras = replace(
        optax,
        framework="keras",
        build=lambda k, lr, n, _: k.optimizers.ScheduleFreeAdamW(
            lr, beta_1=n["beta1"], beta_2=n["beta2"], epsilon=n["eps"], warmup_steps=0
        ),
    )

    def measure(module: Any) -> float:
        hard = Trajectory.hard()
        given = Trajectory(hard.theta, hard.g[:30], np.full(30, 2.0**-7))
        theirs = run({"keras": keras, "optax": optax}[name], numbers, given)
        return deviation(given.run(optax.rule, {**numbers, "weight": 1.0}, {}), theirs)

    return measure


_W = np.random.default_rng(1).normal(size=(64, 16))


def _rms(step: Any) -> float:
    return float(np.sqrt((np.asarray(step, float) ** 2).mean()))


def _muon_keras(keras: Any) -> float:
    at = keras.Variable(np.zeros(_W.shape), dtype="float32", name="kernel")
    g = keras.ops.convert_to_tensor(_W, "float32")
    keras.optimizers.Muon(1.0, weight_decay=0.0).apply([g], [at])
    return _rms(at.numpy())


def _muon_torch(torch: Any) -> float:
    at = torch.zeros(_W.T.shape, dtype=torch.float64, requires_grad=True)
    at.grad = torch.tensor(_W.T.copy())
    torch.optim.Muon([at], lr=1.0, weight_decay=0.0).step()
    return _rms(at.detach().numpy())


def _muon_optax(optax: Any) -> float:
    zero = framework("jax").numpy.zeros(_W.shape)
    optimizer = optax.contrib.muon(1.0)
    return _rms(optimizer.update(_W.astype(np.float32), optimizer.init(zero), zero)[0])


DISAGREEMENTS: tuple[Disagreement, ...] = (
    Disagreement(
        "adam-epsilon",
        "Where Adam's epsilon stands",
        FAMILY,
        "Keras adds Adam's epsilon to the root before the correction for the start at zero, "
        "PyTorch and Optax after it.",
        "Length of the first step against a gradient of 1e-8 with epsilon 1e-8, at `lr = 1`.",
        sides(
            {
                "keras": (
                    "keras.optimizers.Adam",
                    0.03065,
                    first(keras_steps(lambda k: k.optimizers.Adam(1.0, epsilon=1e-8), [0.0], TINY)),
                ),
                "torch": (
                    "torch.optim.Adam",
                    0.5,
                    first(torch_steps(lambda t, p: t.optim.Adam(p, 1.0, eps=1e-8), [0.0], TINY)),
                ),
                "optax": (
                    "optax.adam",
                    0.5,
                    first(optax_steps(lambda o: o.adam(1.0, eps=1e-8), [0.0], TINY)),
                ),
            }
        ),
        "Nothing where gradients are far above epsilon. Otherwise "
        "`eps=lambda k: eps / sqrt(1 - beta2**(k + 1))` here makes Keras's steps.",
    ),
    Disagreement(
        "adam-epsilon-default",
        "How large Adam's epsilon is",
        FAMILY,
        "The default epsilon of Adam and its relatives is ten times larger in Keras.",
        "The default epsilon of Adam.",
        (
            default("keras", "keras.optimizers.Adam", "epsilon", 1e-7),
            default("torch", "torch.optim.Adam", "eps", 1e-8),
            default("optax", "optax.adam", "eps", 1e-8),
        ),
        "Give epsilon when you compare.",
    ),
    Disagreement(
        "adam-weight-decay",
        "Weight decay of Adam",
        FAMILY,
        "`weight_decay` of Adam is an L2 penalty in PyTorch, added to the gradient and scaled with "
        "it; in Keras it is decoupled, as AdamW's.",
        "What is left of a parameter of 1 after one update with `weight_decay = 0.1`, `lr = 0.1` "
        "and a gradient of 0.",
        sides(
            {
                "keras": (
                    "keras.optimizers.Adam(weight_decay=0.1)",
                    0.99,
                    value(
                        keras_steps(
                            lambda k: k.optimizers.Adam(0.1, weight_decay=0.1), [1.0], [[0.0]]
                        )
                    ),
                ),
                "torch": (
                    "torch.optim.Adam(weight_decay=0.1)",
                    0.9,
                    value(
                        torch_steps(
                            lambda t, p: t.optim.Adam(p, 0.1, weight_decay=0.1), [1.0], [[0.0]]
                        )
                    ),
                ),
            }
        ),
        "Ask for AdamW by name where you want decay, and never carry `weight_decay` of Adam over.",
    ),
    Disagreement(
        "adamw-decay",
        "How much AdamW decays",
        FAMILY,
        "AdamW's default decay differs by a factor of a hundred.",
        "The default `weight_decay`.",
        (
            default("keras", "keras.optimizers.AdamW", "weight_decay", 0.004),
            default("torch", "torch.optim.AdamW", "weight_decay", 0.01),
            default("optax", "optax.adamw", "weight_decay", 1e-4),
        ),
        "Give it.",
    ),
    Disagreement(
        "nadam-momentum",
        "Nadam's momentum",
        FAMILY,
        "Nadam's momentum rises as 0.96^t in Keras, as 0.96^(0.004 t) in the paper and PyTorch, "
        "and not at all in Optax.",
        "How far 20 gradients of 1 lead, at `lr = 1`.",
        sides(
            {
                "keras": (
                    "keras.optimizers.Nadam",
                    16.522,
                    first(keras_steps(lambda k: k.optimizers.Nadam(1.0), [0.0], ONE * 20)),
                ),
                "torch": (
                    "torch.optim.NAdam",
                    17.158,
                    first(torch_steps(lambda t, p: t.optim.NAdam(p, 1.0), [0.0], ONE * 20)),
                ),
                "optax": (
                    "optax.nadam",
                    20.888,
                    first(optax_steps(lambda o: o.nadam(1.0), [0.0], ONE * 20)),
                ),
            }
        ),
        "Set `momentum_decay=1` here for Keras's, `dip=0` for Optax's.",
    ),
    Disagreement(
        "muon-length",
        "How long Muon's step is",
        FAMILY,
        "An orthogonal matrix has entries that shrink with its size. PyTorch and Optax make up for "
        "it by the root of outputs over inputs where that is above 1, Keras by 0.2 times the root "
        "of the larger of the two.",
        "Root mean square of the first step on weights from 64 inputs to 16 outputs, at `lr = 1`.",
        (
            Side("keras", "keras.optimizers.Muon", 0.2, _muon_keras),
            Side("torch", "torch.optim.Muon", 0.125, _muon_torch),
            Side("optax", "optax.contrib.muon", 0.125, _muon_optax),
        ),
        "Do not carry a learning rate over: `muon` and `muon_rms` here are the two lengths.",
        within=0.1,
    ),
    Disagreement(
        "schedule-free-keras",
        "Schedule-free AdamW in Keras on TensorFlow",
        FAMILY,
        "`keras.optimizers.ScheduleFreeAdamW` on TensorFlow reads a variable after it has changed "
        "it, and leaves the paper's path from the second update on. On JAX it does not.",
        "Distance from the paper's path over 30 updates, relative to the largest parameter. This "
        "library's is that path; Optax agrees with it.",
        (
            Side(
                "keras", "keras.optimizers.ScheduleFreeAdamW", 0.02902, _beside_the_paper("keras")
            ),
            Side("optax", "optax.contrib.schedule_free_adamw", 0.0, _beside_the_paper("optax")),
        ),
        "Do not imitate it: use Optax's, this library's, or Keras on JAX.",
    ),
)
