"""The capstone's network: residual blocks of convolutions, then self-attention over the places."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from nnedu._check import whole


def residual_block(x: Any, width: int, *, residual: bool = True, normalise: bool = True) -> Any:
    """Two convolutions of 3 x 3, and around them what came in.

    ``y = relu(x + norm(conv(relu(norm(conv(x))))))``

    Parameters
    ----------
    x : Keras tensor, shape (N, H, W, width)
    width : int
        Channels, in and out: nothing on the way past the branch changes its shape.
    residual : bool
        Whether ``x`` is added. Without, the same layers are a plain stack.
    normalise : bool
        Whether BatchNormalization follows each convolution; without, biases do.

    Returns
    -------
    Keras tensor, shape (N, H, W, width)

    Notes
    -----
    Source: He, Zhang, Ren & Sun (2016), "Deep residual learning for image recognition", figure 2.
    """
    h = _convolved(x, width, normalise=normalise)
    h = layers.Activation("relu")(h)
    h = _convolved(h, width, normalise=normalise)
    if residual:
        h = layers.Add()([x, h])
    return layers.Activation("relu")(h)


def attention_block(x: Any, heads: int) -> Any:
    """Self-attention over the places of an image, added to what came in.

    ``y = x + attention(norm(x))`` with the H x W places as the steps of a sequence.

    Parameters
    ----------
    x : Keras tensor, shape (N, H, W, D)
    heads : int
        A divisor of D; each head has ``D / heads`` features.

    Returns
    -------
    Keras tensor, shape (N, H W, D)

    Raises
    ------
    ValueError
        If ``heads`` does not divide D.

    Notes
    -----
    No positions are added: the zeros with which the convolutions before it pad tell a place how far
    the border is.

    Source: Vaswani et al. (2017), "Attention is all you need", equation 1 and section 3.2.2.
    """
    _, H, W, D = x.shape
    if D % heads:
        raise ValueError(f"{heads} heads do not divide {D} features; expected a divisor of {D}.")
    places = layers.Reshape((H * W, D))(x)
    h = layers.LayerNormalization(name="attention_norm")(places)
    h = layers.MultiHeadAttention(heads, D // heads, name="attention")(h, h)
    return layers.Add()([places, h])


def classifier(
    shape: Sequence[int],
    classes: int,
    *,
    widths: Sequence[int],
    blocks: int = 1,
    heads: int = 2,
    residual: bool = True,
    attention: bool = True,
    normalise: bool = True,
) -> Any:
    """A residual network with self-attention, for images.

    A convolution; then for each width ``blocks`` residual blocks, with a convolution of stride 2
    between the widths; then one attention block, the mean over the places, and a dense layer.

    Parameters
    ----------
    shape : sequence of int
        (H, W, channels) of an image.
    classes : int
    widths : sequence of int
        Channels of each stage. The image's sides are halved between two stages.
    blocks : int
        Residual blocks of a stage.
    heads : int
        Of the attention.
    residual, attention, normalise : bool
        Leave one of them out, and nothing else changes.

    Returns
    -------
    keras.Model
        Its outputs are logits, float32 under every dtype policy. Not compiled.

    Raises
    ------
    TypeError, ValueError
        If ``classes`` is below 2, ``blocks`` below 1, or ``heads`` no divisor of the last width.

    Examples
    --------
    >>> from nnedu.capstone import classifier
    >>> model = classifier((8, 8, 1), 10, widths=(8, 16))
    >>> model.output_shape, model.count_params()
    ((None, 10), 8562)
    """
    whole("classes", classes, least=2)
    whole("blocks", blocks, least=1)
    inputs = keras.Input(tuple(shape))
    x = inputs
    for stage, width in enumerate(widths):
        x = _convolved(x, width, stride=1 if stage == 0 else 2, normalise=normalise)
        x = layers.Activation("relu")(x)
        for _ in range(blocks):
            x = residual_block(x, width, residual=residual, normalise=normalise)
    if attention:
        x = attention_block(x, heads)
        x = layers.GlobalAveragePooling1D()(x)
    else:
        x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, dtype="float32", name="logits")(x))


def _convolved(x: Any, width: int, *, stride: int = 1, normalise: bool) -> Any:
    x = layers.Conv2D(
        width,
        3,
        strides=stride,
        padding="same",
        use_bias=not normalise,
        kernel_initializer="he_normal",
    )(x)
    return layers.BatchNormalization(momentum=0.9)(x) if normalise else x
