"""The optimizers that Keras lacks, under names and with signatures of their own."""

from typing import Any

import keras

from nnedu.keras.rule_optimizer import NamedRule


@keras.saving.register_keras_serializable(package="nnedu")
class LARS(NamedRule):
    """LARS: momentum whose step, in each tensor, is a set fraction of the tensor's own norm.

    For batches so large that a learning rate large enough for them would throw single layers off.

    Parameters
    ----------
    learning_rate : float, ``LearningRateSchedule`` or callable
        Usually around 1 to 30 with the default ``trust``: it multiplies it.
    momentum : float in [0, 1)
    weight_decay : float, at least 0
        Counted as a part of the gradient.
    trust : float, above 0
        The fraction of a tensor's norm that a first step has at ``learning_rate=1``.
    others : str, optional
        The rule for variables of fewer than two axes. The paper scales them like the rest (None);
        most code leaves biases and normalisation to ``"heavy_ball"``.
    **keras_arguments
        As for every Keras optimizer: ``clipnorm``, ``name``, ...

    Notes
    -----
    The rule is :func:`nnedu.optim.lars`; ``exclude_from_weight_decay`` works as on every optimizer.

    Source: You, Gitman & Ginsburg (2017), "Large batch training of convolutional networks",
    Algorithm 1.

    Examples
    --------
    >>> import keras
    >>> from nnedu.keras import LARS
    >>> optimizer = LARS(learning_rate=1.0, trust=0.5)
    >>> w = keras.Variable([3.0, 4.0])
    >>> optimizer.apply([keras.ops.convert_to_tensor([2.0, 0.0])], [w])
    >>> w.numpy().tolist()
    [0.5, 4.0]
    """

    def __init__(
        self,
        learning_rate: Any = 1.0,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        trust: float = 1e-3,
        **keras_arguments: Any,
    ) -> None:
        super().__init__(
            "lars",
            learning_rate,
            momentum=momentum,
            weight_decay=weight_decay,
            trust=trust,
            **keras_arguments,
        )


@keras.saving.register_keras_serializable(package="nnedu")
class Shampoo(NamedRule):
    """Shampoo: the gradient of a matrix, whitened from both sides by its own history.

    Parameters
    ----------
    learning_rate : float, ``LearningRateSchedule`` or callable
    eps : float, at least 0
        Added to the eigenvalues.
    others : str, optional
        The rule for variables of fewer than two axes; Shampoo's own form for vectors by default.
    **keras_arguments
        As for every Keras optimizer.

    Notes
    -----
    Two eigendecompositions a matrix and step: for layers of hundreds of units, not of thousands.
    Kernels of convolutions are seen as matrices whose columns belong to the last axis.

    The rule is :func:`nnedu.optim.shampoo`.

    Source: Gupta, Koren & Singer (2018), "Shampoo: preconditioned stochastic tensor optimization".

    Examples
    --------
    >>> from nnedu.keras import Shampoo
    >>> Shampoo(learning_rate=0.1).get_config()["eps"]
    0.0001
    """

    def __init__(self, learning_rate: Any = 0.1, eps: float = 1e-4, **keras_arguments: Any) -> None:
        super().__init__("shampoo", learning_rate, eps=eps, **keras_arguments)


@keras.saving.register_keras_serializable(package="nnedu")
class SOAP(NamedRule):
    """SOAP: Adam in the eigenbasis of Shampoo's matrices.

    Parameters
    ----------
    learning_rate : float, ``LearningRateSchedule`` or callable
    beta1, beta2 : floats in [0, 1)
    eps : float, at least 0
    weight_decay : float, at least 0
        Decoupled.
    every : int, at least 1
        Updates between two renewals of the basis.
    others : str
        The rule for variables of fewer than two axes: ``"adam"`` by default.
    **keras_arguments
        As for every Keras optimizer.

    Notes
    -----
    The first step only collects. The rule is :func:`nnedu.optim.soap`.

    Source: Vyas et al. (2024), "SOAP: improving and stabilizing Shampoo using Adam", Algorithm 3.

    Examples
    --------
    >>> from nnedu.keras import SOAP
    >>> SOAP(learning_rate=3e-3).others
    'adam'
    """

    def __init__(
        self,
        learning_rate: Any = 3e-3,
        beta1: float = 0.95,
        beta2: float = 0.95,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        every: int = 10,
        **keras_arguments: Any,
    ) -> None:
        super().__init__(
            "soap",
            learning_rate,
            beta1=beta1,
            beta2=beta2,
            eps=eps,
            weight_decay=weight_decay,
            every=every,
            **keras_arguments,
        )
