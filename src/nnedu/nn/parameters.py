"""Numbers for the parameters of a network, one each."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.nn.network import Network


def per_parameter(
    network: Network, value: Callable[[str], float], dtype: Any = np.float64
) -> Array:
    """One number for each parameter, decided by the name of the array it lies in.

    What other libraries call groups of parameters, or masks: a weight decay that spares the
    biases, a learning rate for each layer, 0 for what is not to be trained.

    Parameters
    ----------
    network : Network
        Of ``P`` parameters.
    value : callable
        ``value(name) -> float``, called with every name in ``network.shapes``.
    dtype : float dtype
        That of the parameters.

    Returns
    -------
    array, shape (P,)
        For :class:`nnedu.optim.Optimizer`, as the value of a hyper-parameter.

    Examples
    --------
    >>> from nnedu.nn import Dense
    >>> network = Network([Dense(1)], inputs=2)
    >>> per_parameter(network, lambda name: 0.01 if name.startswith("W") else 0.0)
    array([0.01, 0.01, 0.  ])
    """
    numbers = np.empty(network.size, dtype)
    for name, view in network.views(numbers).items():
        view[...] = value(name)
    return numbers
