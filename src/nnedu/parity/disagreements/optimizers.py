"""Optimizers: what stands behind the same name, and behind the same argument."""

from typing import Any

from nnedu.parity.disagreements.disagreement import Disagreement, default, sides
from nnedu.parity.disagreements.one_step import (
    first,
    keras_steps,
    optax_steps,
    torch_steps,
    value,
)

FAMILY = "optimizers"
ONE = [[1.0]]


def _keras_exactly(keras: Any) -> float:
    """One step of Keras as it is, without the care that a comparison takes."""
    at = keras.Variable([0.0], dtype="float64")
    keras.optimizers.SGD(0.1).apply([keras.ops.ones(1, dtype="float64")], [at])
    return abs(-float(at.numpy()[0]) - 0.1)


DISAGREEMENTS: tuple[Disagreement, ...] = (
    Disagreement(
        "float32-numbers",
        "Numbers that pass through float32",
        FAMILY,
        "Keras passes the numbers it is given through float32, also where the parameters are "
        "float64.",
        "How far the first step of gradient descent against a gradient of 1 is from 0.1 at "
        "`lr = 0.1`, in float64.",
        sides(
            {
                "keras": (
                    "keras.optimizers.SGD(0.1)",
                    1.49e-9,
                    _keras_exactly,
                ),
                "torch": (
                    "torch.optim.SGD(p, 0.1)",
                    0.0,
                    lambda t: abs(
                        first(torch_steps(lambda t, p: t.optim.SGD(p, 0.1), [0.0], ONE))(t) - 0.1
                    ),
                ),
                "optax": (
                    "optax.sgd(0.1)",
                    0.0,
                    lambda o: abs(first(optax_steps(lambda o: o.sgd(0.1), [0.0], ONE))(o) - 0.1),
                ),
            }
        ),
        "Compare in float64 with numbers that float32 holds exactly, or expect 1e-8 of difference.",
    ),
    Disagreement(
        "momentum-lr",
        "Where momentum keeps the learning rate",
        FAMILY,
        "Keras keeps the learning rate inside the velocity, PyTorch and Optax outside the buffer.",
        "Where momentum 0.9 ends after two gradients of 1, the first with `lr = 1`, the second "
        "with `lr = 0`.",
        sides(
            {
                "keras": (
                    "keras.optimizers.SGD(momentum=0.9)",
                    -1.9,
                    value(
                        keras_steps(
                            lambda k: k.optimizers.SGD(1.0, momentum=0.9),
                            [0.0],
                            ONE * 2,
                            [1.0, 0.0],
                        )
                    ),
                ),
                "torch": (
                    "torch.optim.SGD(momentum=0.9)",
                    -1.0,
                    value(
                        torch_steps(
                            lambda t, p: t.optim.SGD(p, 1.0, momentum=0.9),
                            [0.0],
                            ONE * 2,
                            [1.0, 0.0],
                        )
                    ),
                ),
                "optax": (
                    "optax.sgd(momentum=0.9)",
                    -1.0,
                    value(
                        optax_steps(
                            lambda o: o.sgd(lambda k: 1.0 - k, momentum=0.9), [0.0], ONE * 2
                        )
                    ),
                ),
            }
        ),
        "Nothing while the rate is constant. A schedule that falls steeply brakes PyTorch and "
        "Optax at once, and Keras only as the velocity decays.",
    ),
    Disagreement(
        "adagrad-start",
        "AdaGrad's start",
        FAMILY,
        "AdaGrad's sum of squares starts at 0 in PyTorch, and at 0.1 in Keras and Optax.",
        "Length of the first step against a gradient of 0.1, at `lr = 1`.",
        sides(
            {
                "keras": (
                    "keras.optimizers.Adagrad",
                    0.3015,
                    first(keras_steps(lambda k: k.optimizers.Adagrad(1.0), [0.0], [[0.1]])),
                ),
                "torch": (
                    "torch.optim.Adagrad",
                    1.0,
                    first(torch_steps(lambda t, p: t.optim.Adagrad(p, 1.0), [0.0], [[0.1]])),
                ),
                "optax": (
                    "optax.adagrad",
                    0.3015,
                    first(optax_steps(lambda o: o.adagrad(1.0), [0.0], [[0.1]])),
                ),
            }
        ),
        "Give `initial_accumulator_value` where gradients are small; the rule here starts at 0.",
    ),
    Disagreement(
        "rmsprop-rho",
        "RMSProp's memory",
        FAMILY,
        "RMSProp forgets ten times faster in Keras and Optax (rho 0.9) than in PyTorch "
        "(alpha 0.99) unless told otherwise.",
        "Length of the first step against a gradient of 1, at `lr = 1`: `1 / sqrt(1 - rho)`.",
        sides(
            {
                "keras": (
                    "keras.optimizers.RMSprop",
                    3.162,
                    first(keras_steps(lambda k: k.optimizers.RMSprop(1.0), [0.0], ONE)),
                ),
                "torch": (
                    "torch.optim.RMSprop",
                    10.0,
                    first(torch_steps(lambda t, p: t.optim.RMSprop(p, 1.0), [0.0], ONE)),
                ),
                "optax": (
                    "optax.rmsprop",
                    3.162,
                    first(optax_steps(lambda o: o.rmsprop(1.0), [0.0], ONE)),
                ),
            }
        ),
        "Give the decay by name, and warm up, or lower the first learning rate.",
    ),
    Disagreement(
        "adadelta-lr",
        "AdaDelta's learning rate",
        FAMILY,
        "AdaDelta's paper has no learning rate. PyTorch's default of 1 is the paper's rule; "
        "Keras's 0.001 makes a thousandth of its steps.",
        "The default learning rate.",
        (
            default("keras", "keras.optimizers.Adadelta", "learning_rate", 0.001),
            default("torch", "torch.optim.Adadelta", "lr", 1.0),
        ),
        "Give `learning_rate=1.0` to Keras's Adadelta.",
    ),
    Disagreement(
        "adadelta-rho",
        "AdaDelta's memory",
        FAMILY,
        "AdaDelta's memory differs too: rho is 0.95 in Keras, as in the paper's experiments, and "
        "0.9 elsewhere.",
        "The default rho.",
        (
            default("keras", "keras.optimizers.Adadelta", "rho", 0.95),
            default("torch", "torch.optim.Adadelta", "rho", 0.9),
            default("optax", "optax.adadelta", "rho", 0.9),
        ),
        "Give rho.",
    ),
    Disagreement(
        "loss-scale-start",
        "Where a dynamic loss scale begins",
        FAMILY,
        "Both halve the scale at an overflow and double it after 2,000 good steps, from different "
        "starts.",
        "The default first scale.",
        (
            default("keras", "keras.optimizers.LossScaleOptimizer", "initial_scale", 32768.0),
            default("torch", "torch.amp.GradScaler", "init_scale", 65536.0),
        ),
        "It matters for the first few steps only: some are skipped until the scale fits.",
    ),
)
