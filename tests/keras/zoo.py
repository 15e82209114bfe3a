"""Small copies of the models that Keras's own examples train, and data to train them on."""

from __future__ import annotations

import keras
import numpy as np
from sklearn.datasets import load_digits

layers = keras.layers


def digits(count: int = 96) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 8, 8, 1) in [0, 1] and their classes."""
    bunch = load_digits()
    return (bunch.images[:count, ..., None] / 16).astype("float32"), bunch.target[:count]


def convnet() -> keras.Model:
    """The convnet of Keras's MNIST example, Sequential."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(8, 3, activation="relu", name="conv1"),
            layers.MaxPooling2D(2),
            layers.Conv2D(8, 2, activation="relu", name="conv2"),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax", name="out"),
        ]
    )


def residual() -> keras.Model:
    """A residual network with batch normalisation, as the functional guide has one."""
    inputs = keras.Input((8, 8, 1))
    x = stem = layers.Conv2D(8, 3, padding="same", name="stem")(inputs)
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="inner")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(8, 3, padding="same", name="back")(x)
    x = layers.Add()([x, stem])
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(12, activation="relu", name="hidden")(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax", name="out")(x))


def attention() -> keras.Model:
    """A transformer block over the rows of an image."""
    inputs = keras.Input((8, 8, 1))
    x = layers.Reshape((8, 8))(inputs)
    x = layers.Dense(8, name="embed")(x)
    x = x + layers.MultiHeadAttention(2, 4, name="attend")(x, x)
    x = layers.LayerNormalization()(x)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax", name="out")(x))


ZOO = {"convnet": convnet, "residual": residual, "attention": attention}


def trained(make, optimizer="adam", epochs: int = 1, **fit) -> keras.Model:
    """A model after a little training, from a seed of its own."""
    keras.utils.set_random_seed(0)
    model = make()
    model.compile(optimizer, "sparse_categorical_crossentropy")
    x, y = digits()
    model.fit(x, y, batch_size=16, epochs=epochs, verbose=0, **fit)
    return model
