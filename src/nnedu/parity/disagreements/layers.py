"""Activations, normalisations, images and first weights."""

from typing import Any

import numpy as np

from nnedu.parity.disagreements.disagreement import Disagreement, Side, default, sides

FAMILY = "layers"
MINUS = np.array([-1.0], np.float32)


def _first(keras: Any, y: Any) -> float:
    return float(np.ravel(keras.ops.convert_to_numpy(y))[0])


def _batch(keras: Any, momentum: float) -> Any:
    """Keras's BatchNorm after a batch of 0 and 2."""
    layer = keras.layers.BatchNormalization(momentum=momentum)
    layer(np.array([[0.0], [2.0]], np.float32), training=True)
    return layer


def _batch_torch(torch: Any, **given: Any) -> Any:
    layer = torch.nn.BatchNorm1d(1, **given)
    layer(torch.tensor([[0.0], [2.0]]))
    return layer


def _spread_keras(keras: Any) -> float:
    keras.utils.set_random_seed(0)
    layer = keras.layers.Dense(512)
    layer.build((None, 512))
    return float(512 * layer.kernel.numpy().var())


def _spread_torch(torch: Any) -> float:
    torch.manual_seed(0)
    return float(512 * torch.nn.Linear(512, 512).weight.detach().var())


def _padded(torch: Any) -> float:
    ones = torch.ones(1, 1, 2, 2)
    return float(torch.nn.AvgPool2d(3, stride=1, padding=1)(ones)[0, 0, 0, 0])


def _same_keras(keras: Any) -> float:
    ones = np.ones((1, 2, 2, 1), np.float32)
    pool = keras.layers.AveragePooling2D(3, strides=1, padding="same")
    return _first(keras, pool(ones))


def _strided_keras(keras: Any) -> float:
    layer = keras.layers.Conv1D(1, 3, strides=2, padding="same", kernel_initializer="ones")
    x = np.array([1.0, 10.0, 100.0, 1000.0], np.float32).reshape(1, 4, 1)
    return _first(keras, layer(x))


def _strided_torch(torch: Any) -> float:
    layer = torch.nn.Conv1d(1, 1, 3, stride=2, padding=1, bias=False)
    torch.nn.init.ones_(layer.weight)
    return float(layer(torch.tensor([[[1.0, 10.0, 100.0, 1000.0]]]))[0, 0, 0].detach())


def _torch_slope(torch: Any) -> float:
    at = torch.zeros(1, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.nn.LeakyReLU()(at).sum(), at)
    return float(slope[0])


DISAGREEMENTS: tuple[Disagreement, ...] = (
    Disagreement(
        "leaky-slope",
        "The slope of the leaky rectifier",
        "activations",
        "The default slope of the leaky rectifier.",
        "The value at -1.",
        (
            Side(
                "keras",
                "keras.layers.LeakyReLU()",
                -0.3,
                lambda k: _first(k, k.layers.LeakyReLU()(MINUS)),
            ),
            Side(
                "keras",
                "keras.ops.leaky_relu",
                -0.2,
                lambda k: _first(k, k.ops.leaky_relu(MINUS)),
            ),
            Side(
                "torch",
                "torch.nn.LeakyReLU()",
                -0.01,
                lambda t: float(t.nn.LeakyReLU()(t.tensor(MINUS))[0]),
            ),
            Side("jax", "jax.nn.leaky_relu", -0.01, lambda j: float(j.nn.leaky_relu(MINUS)[0])),
        ),
        "Give the slope.",
    ),
    Disagreement(
        "gelu-form",
        "Two forms of GELU",
        "activations",
        "GELU by its exact formula, or approximated by tanh: the default differs, even within "
        "Keras.",
        "The value at -1.",
        (
            Side(
                "keras",
                "keras.activations.gelu",
                -0.15866,
                lambda k: _first(k, k.activations.gelu(MINUS)),
            ),
            Side("keras", "keras.ops.gelu", -0.15881, lambda k: _first(k, k.ops.gelu(MINUS))),
            Side(
                "torch",
                "torch.nn.GELU()",
                -0.15866,
                lambda t: float(t.nn.GELU()(t.tensor(MINUS))[0]),
            ),
            Side("jax", "jax.nn.gelu", -0.15881, lambda j: float(j.nn.gelu(MINUS)[0])),
        ),
        "Give `approximate`. Two functions here: `gelu` and `gelu_tanh`.",
    ),
    Disagreement(
        "leaky-at-zero",
        "The leaky rectifier at exactly 0",
        "activations",
        "The derivative of the leaky rectifier at exactly 0.",
        "The derivative at 0, at the slope 0.01.",
        sides(
            {
                "torch": ("torch.nn.LeakyReLU()", 0.01, _torch_slope),
                "jax": ("jax.nn.leaky_relu", 1.0, lambda j: float(j.grad(j.nn.leaky_relu)(0.0))),
            }
        ),
        "Nothing: exact zeros are rare once weights are random.",
    ),
    Disagreement(
        "batch-norm-variance",
        "The variance that BatchNorm remembers",
        FAMILY,
        "PyTorch remembers the unbiased variance of a batch and normalises by the biased one; "
        "Keras uses the biased one for both.",
        "The remembered variance after the batch (0, 2), with no weight on the past.",
        sides(
            {
                "keras": (
                    "keras.layers.BatchNormalization(momentum=0)",
                    1.0,
                    lambda k: float(_batch(k, 0.0).moving_variance.numpy()[0]),
                ),
                "torch": (
                    "torch.nn.BatchNorm1d(momentum=1)",
                    2.0,
                    lambda t: float(_batch_torch(t, momentum=1.0).running_var[0]),
                ),
            }
        ),
        "`correction=0` or `1` here. It matters for batches of a few examples.",
    ),
    Disagreement(
        "batch-norm-momentum",
        "What BatchNorm's momentum means",
        FAMILY,
        "`momentum` is the weight of the past in Keras, and of the new batch in PyTorch; the "
        "defaults remember ten times as long in Keras.",
        "The remembered mean after one batch of mean 1, with the default momentum.",
        sides(
            {
                "keras": (
                    "keras.layers.BatchNormalization()",
                    0.01,
                    lambda k: float(_batch(k, 0.99).moving_mean.numpy()[0]),
                ),
                "torch": (
                    "torch.nn.BatchNorm1d()",
                    0.1,
                    lambda t: float(_batch_torch(t).running_mean[0]),
                ),
            }
        ),
        "Give Keras 1 minus PyTorch's number. After a few hundred updates Keras's default has not "
        "yet forgotten its start at 0 and 1.",
    ),
    *(
        Disagreement(
            f"{name}-epsilon",
            f"The epsilon of {words}",
            FAMILY,
            f"The epsilon of {words} is a hundred times larger in Keras.",
            "The default epsilon.",
            (
                default("keras", f"keras.layers.{theirs}", "epsilon", 1e-3),
                default("torch", f"torch.nn.{torchs}", "eps", 1e-5),
            ),
            "Give it when weights move from one to the other.",
        )
        for name, words, theirs, torchs in (
            ("batch-norm", "batch normalisation", "BatchNormalization", "BatchNorm1d"),
            ("layer-norm", "layer normalisation", "LayerNormalization", "LayerNorm"),
            ("group-norm", "group normalisation", "GroupNormalization", "GroupNorm"),
        )
    ),
    Disagreement(
        "padding-counted",
        "Zeros counted in an average",
        FAMILY,
        "PyTorch's average pooling counts the zeros of its padding; Keras's does not.",
        "The first value of a 3 by 3 average over a 2 by 2 image of ones, padded by 1.",
        sides(
            {
                "keras": ("keras.layers.AveragePooling2D(padding='same')", 1.0, _same_keras),
                "torch": ("torch.nn.AvgPool2d(padding=1)", 0.4444, _padded),
            }
        ),
        "`count_include_pad=False` in PyTorch.",
    ),
    Disagreement(
        "same-with-stride",
        "'same' padding with a stride",
        FAMILY,
        "With a stride, Keras's 'same' pads after the image first; PyTorch's number pads both "
        "sides alike, and so looks at other places.",
        "The first value of a sum over 3 places of (1, 10, 100, 1000), stride 2.",
        sides(
            {
                "keras": ("keras.layers.Conv1D(padding='same')", 111.0, _strided_keras),
                "torch": ("torch.nn.Conv1d(padding=1)", 11.0, _strided_torch),
            }
        ),
        "Pad by hand in PyTorch when weights come from Keras.",
    ),
    Disagreement(
        "first-weights",
        "First weights of a dense layer",
        FAMILY,
        "A dense layer's first weights have a third of the variance in PyTorch (its uniform draw "
        "with `a = sqrt(5)`) of what Keras draws by Glorot's rule, and PyTorch's biases do not "
        "start at 0.",
        "The variance of the weights of a layer from 512 to 512, times 512.",
        sides(
            {
                "keras": ("keras.layers.Dense", 1.0, _spread_keras),
                "torch": ("torch.nn.Linear", 0.333, _spread_torch),
            }
        ),
        "Choose an initialiser by name: `he_normal` before rectifiers.",
        within=0.02,
    ),
)
