"""SAM in Keras: a functional model whose training step asks for two gradients."""

from importlib import import_module
from typing import Any

import keras
import numpy as np
from keras import ops

from nnedu._check import positive
from nnedu.keras._values import run
from nnedu.keras.masks import masked_gradient
from nnedu.optim import climb


@keras.saving.register_keras_serializable(package="nnedu")
class SAMModel(keras.Model):  # type: ignore[misc]
    """A functional model that ``fit`` trains by sharpness-aware minimization (SAM).

    Every step takes the gradient at the weights, climbs by ``radius`` along it, takes the gradient
    there, and lets the compiled optimizer step with it from where the climb began.

    Parameters
    ----------
    inputs, outputs
        As for ``keras.Model``: of a model that exists, ``SAMModel(model.inputs, model.outputs)``;
        the layers are shared with it, and trained with it.
    name : str, optional
    radius : float, above 0
        How far to climb (the paper's rho), over all weights together.

    Raises
    ------
    TypeError
        If it is made without inputs and outputs.
    ValueError
        If ``radius`` is not above 0.

    Notes
    -----
    Both gradients are of one batch and of one function: dropout draws the same units twice, and
    BatchNormalization's moving statistics see the batch once, at the weights. A step takes two
    passes and twice the time. Pruned weights stay at 0 in the climb. Metrics and loss are those at
    the weights.

    ``compile``, ``fit``, ``evaluate``, saving and loading are Keras's own; for inference the model
    is an ordinary functional one. The climb is :func:`nnedu.optim.climb`. Not with
    ``tf.distribute``: every replica would climb by its own gradient.

    Source: Foret et al. (2021), "Sharpness-aware minimization for efficiently improving
    generalization", Algorithm 1.

    Examples
    --------
    On ``(w - 0)**2`` at 1 with ``radius=0.5`` the gradient is taken at 1.5: it is 3, not 2.

    >>> import keras, numpy as np
    >>> from nnedu.keras import SAMModel
    >>> inputs = keras.Input((1,))
    >>> layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
    >>> model = SAMModel(inputs, layer(inputs), radius=0.5)
    >>> model.compile(keras.optimizers.SGD(0.125), loss="mse")
    >>> _ = model.fit(np.ones((4, 1)), np.zeros((4, 1)), verbose=0)
    >>> layer.kernel.numpy().tolist()
    [[0.625]]
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        radius = kwargs.pop("radius", 0.05)
        positive(radius=radius)
        if not args and "inputs" not in kwargs:
            raise TypeError(
                "SAMModel needs inputs and outputs; of a model that exists, "
                "SAMModel(model.inputs, model.outputs)."
            )
        super().__init__(*args, **kwargs)
        self.radius = float(radius)

    def get_config(self) -> dict[str, Any]:
        """The functional model's configuration, and the radius."""
        return {**super().get_config(), "radius": self.radius}

    def train_step(self, *args: Any) -> Any:
        """One step, as the backend wants it."""
        step: dict[str, Any] = {
            "tensorflow": self._tensorflow,
            "jax": self._jax,
            "torch": self._torch,
        }
        return step[keras.backend.backend()](*args)

    def _climbed(self, values: list[Any], gradients: list[Any]) -> list[Any]:
        """The tensors at the top of the climb."""
        variables = self.trainable_variables
        gradients = [
            ops.zeros_like(w) if g is None else masked_gradient(ops.convert_to_tensor(g), v)
            for v, w, g in zip(variables, values, gradients, strict=True)
        ]
        dtype = "float64" if any(_dtype(w) == "float64" for w in values) else "float32"
        flat, slope = (
            ops.concatenate([ops.reshape(ops.cast(part, dtype), (-1,)) for part in parts])
            for parts in (values, gradients)
        )
        (top,) = run(climb, [flat, slope], {"radius": self.radius})
        ends = np.cumsum([0, *(int(np.prod(w.shape)) for w in values)]).tolist()
        return [
            ops.cast(ops.reshape(top[start:end], w.shape), w.dtype)
            for start, end, w in zip(ends, ends[1:], values, strict=False)
        ]

    def _tensorflow(self, data: Any) -> Any:
        tf = import_module("tensorflow")
        x, y, weight = keras.utils.unpack_x_y_sample_weight(data)
        trained, others = self.trainable_variables, self.non_trainable_variables

        def gradient() -> Any:
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=weight)
                scaled = self.optimizer.scale_loss(loss)
            return loss, y_pred, tape.gradient(scaled, [v.value for v in trained])

        at, start = [tf.identity(v.value) for v in trained], [tf.identity(v.value) for v in others]
        loss, y_pred, slope = gradient()
        after = [tf.identity(v.value) for v in others]
        for v, value in (
            *zip(trained, self._climbed(at, slope), strict=True),
            *zip(others, start, strict=True),
        ):
            v.assign(value)
        slope = gradient()[2]
        for v, value in (*zip(trained, at, strict=True), *zip(others, after, strict=True)):
            v.assign(value)
        self.optimizer.apply(slope, trained)
        self._loss_tracker.update_state(loss, sample_weight=tf.shape(keras.tree.flatten(x)[0])[0])
        return self.compute_metrics(x, y, y_pred, sample_weight=weight)

    def _jax(self, state: Any, data: Any) -> Any:
        jax = import_module("jax")
        trained, others, optimizer, metrics = state
        x, y, weight = keras.utils.unpack_x_y_sample_weight(data)
        gradient = jax.value_and_grad(self.compute_loss_and_updates, has_aux=True)

        def at(point: Any) -> Any:
            return gradient(
                point,
                others,
                metrics,
                x,
                y,
                weight,
                training=True,
                optimizer_variables=optimizer,
            )

        (_, (loss, y_pred, others_after, metrics)), slope = at(trained)
        slope = at(self._climbed(trained, slope))[1]
        trained, optimizer = self.optimizer.stateless_apply(optimizer, slope, trained)
        logs, metrics = self._update_metrics_variables(metrics, loss, x, y, y_pred, weight)
        return logs, (trained, others_after, optimizer, metrics)

    def _torch(self, data: Any) -> Any:
        torch = import_module("torch")
        x, y, weight = keras.utils.unpack_x_y_sample_weight(data)
        trained, others = self.trainable_variables, self.non_trainable_variables

        def gradient() -> Any:
            self.zero_grad()
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=weight)
            self.optimizer.scale_loss(loss).backward()
            return loss.detach(), y_pred, [v.value.grad for v in trained]

        at, start = ([v.value.detach().clone() for v in group] for group in (trained, others))
        loss, y_pred, slope = gradient()
        after = [v.value.detach().clone() for v in others]
        with torch.no_grad():
            top = self._climbed(at, [None if g is None else g.clone() for g in slope])
            for v, value in (*zip(trained, top, strict=True), *zip(others, start, strict=True)):
                v.assign(value)
        slope = gradient()[2]
        with torch.no_grad():
            for v, value in (*zip(trained, at, strict=True), *zip(others, after, strict=True)):
                v.assign(value)
            self.optimizer.apply(slope, trained)
        self._loss_tracker.update_state(loss, sample_weight=keras.tree.flatten(x)[0].shape[0])
        return self.compute_metrics(x, y, y_pred, sample_weight=weight)


def _dtype(tensor: Any) -> str:
    return str(keras.backend.standardize_dtype(tensor.dtype))
