"""Schedule-free optimizers: what is trained and what is evaluated are two points."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from nnedu.keras.rule_optimizer import NamedRule
from nnedu.optim import schedule_free_average


class _ScheduleFree(NamedRule):
    """Training holds the point where gradients are taken; evaluation wants the average."""

    _word = "beta"

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Let the model hold the average while the block runs: to evaluate and to save it.

        Examples
        --------
        >>> import keras
        >>> from nnedu.keras import ScheduleFreeSGD
        >>> optimizer, w = ScheduleFreeSGD(learning_rate=1.0, beta=0.5), keras.Variable([0.0])
        >>> for _ in range(2):
        ...     optimizer.apply([keras.ops.convert_to_tensor([1.0])], [w])
        >>> with optimizer.averaged():
        ...     w.numpy().tolist()
        [-1.5]
        >>> w.numpy().tolist()
        [-1.75]
        """
        if not self.built:
            raise ValueError("the optimizer has made no step yet; there is no average.")
        beta = float(self.hyper[self._word])
        held = [np.array(v.numpy()) for v in self._trainable_variables]
        try:
            for variable, part, theta in zip(
                self._trainable_variables, self._parts, held, strict=True
            ):
                if part is not None:
                    d = np.asarray(part.state[0].numpy()).reshape(theta.shape)
                    variable.assign(schedule_free_average(theta, d, beta=beta))
            yield
        finally:
            for variable, theta in zip(self._trainable_variables, held, strict=True):
                variable.assign(theta)


@keras.saving.register_keras_serializable(package="nnedu")
class ScheduleFreeSGD(_ScheduleFree):
    """Schedule-free gradient descent: an average of all points in place of a falling rate.

    Parameters
    ----------
    learning_rate : float
        Constant; larger than one that would fall.
    beta : float in [0, 1)
        Where between the last point (0) and the average (1) gradients are taken.
    **keras_arguments
        As for every Keras optimizer.

    Notes
    -----
    Evaluate and save the *average*: ``with optimizer.averaged(): model.evaluate(...)``. Statistics
    of BatchNormalization belong to the training point.

    The rule is :func:`nnedu.optim.schedule_free_sgd`.

    Source: Defazio et al. (2024), "The road less scheduled", section 1.

    Examples
    --------
    >>> from nnedu.keras import ScheduleFreeSGD
    >>> ScheduleFreeSGD(learning_rate=0.5).hyper["beta"]
    0.9
    """

    def __init__(self, learning_rate: Any = 0.1, beta: float = 0.9, **keras_arguments: Any) -> None:
        super().__init__("schedule_free_sgd", learning_rate, beta=beta, **keras_arguments)


@keras.saving.register_keras_serializable(package="nnedu")
class ScheduleFreeAdamW(_ScheduleFree):
    """Schedule-free AdamW, as in the paper on every backend.

    Parameters
    ----------
    learning_rate : float
        Constant.
    beta1, beta2 : floats in [0, 1)
    eps : float, at least 0
    weight_decay : float, at least 0
    **keras_arguments
        As for every Keras optimizer.

    Notes
    -----
    Evaluate and save the *average*, as with :class:`ScheduleFreeSGD`. Keras 3.15 has an optimizer
    of this name which, on TensorFlow, reads a variable after it has changed it and parts from the
    paper; its JAX backend agrees with the paper.

    The rule is :func:`nnedu.optim.schedule_free_adamw`.

    Source: Defazio et al. (2024), "The road less scheduled", Algorithm 1.

    Examples
    --------
    >>> from nnedu.keras import ScheduleFreeAdamW
    >>> ScheduleFreeAdamW().get_config()["beta2"]
    0.999
    """

    _word = "beta1"

    def __init__(
        self,
        learning_rate: Any = 2.5e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        **keras_arguments: Any,
    ) -> None:
        super().__init__(
            "schedule_free_adamw",
            learning_rate,
            beta1=beta1,
            beta2=beta2,
            eps=eps,
            weight_decay=weight_decay,
            **keras_arguments,
        )
