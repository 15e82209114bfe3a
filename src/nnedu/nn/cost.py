"""What a network costs, counted while it runs."""

from typing import Any

import numpy as np

from nnedu.nn.network import Network


def multiply_adds(net: Network) -> int:
    """Multiplications of matrix products, each with an addition, in one forward pass.

    A product of (m, k) and (k, n) has ``m k n``. They are counted where they happen: the network
    runs once, on one example of zeros, with arrays that report every matrix product. What is
    applied entry by entry (activations, biases, sums) does not count. The way back has about
    twice as many.

    Parameters
    ----------
    net : Network
        Without running statistics.

    Returns
    -------
    int
        Of one example.

    Examples
    --------
    >>> from nnedu.nn import Dense, relu
    >>> multiply_adds(Network([Dense(3), relu, Dense(1)], inputs=2))
    9
    """
    seen: list[int] = []

    class Reporting(np.ndarray):
        """An array whose matrix products are noted."""

        def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
            plain = [np.asarray(value) for value in inputs]
            if "out" in keywords:
                keywords["out"] = tuple(np.asarray(value) for value in keywords["out"])
            result = getattr(ufunc, method)(*plain, **keywords)
            if ufunc is np.matmul:
                seen.append(result.size * plain[0].shape[-1])
            return np.asarray(result).view(Reporting)

    net.predict(np.zeros(net.size).view(Reporting), np.zeros((1, *net.inputs)).view(Reporting))
    return sum(seen)
