"""Spaces: settings drawn at random, or spread over a grid."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np

from nnedu._check import whole
from nnedu.search.dimensions import Choice, Dimension

Setting = dict[str, Any]
"""One value for every hyper-parameter, by name."""

Space = Mapping[str, Dimension]
"""The dimensions of a search, by the names of the hyper-parameters."""


def draw(space: Space, count: int, rng: np.random.Generator) -> list[Setting]:
    """Draw settings: every hyper-parameter on its own.

    Parameters
    ----------
    space : dict of str to Uniform, LogUniform, Integer or Choice
    count : int, at least 1
        ``n``, the number of settings.
    rng : numpy.random.Generator

    Returns
    -------
    list of dict
        ``{name: value}``, in the order drawn. The first ``k`` of ``n`` are those of a call for
        ``k``.

    Raises
    ------
    TypeError, ValueError
        If the space is empty or holds what is no dimension, or ``count`` is below 1.

    Notes
    -----
    **Conventions.** One draw of ``rng`` a hyper-parameter, in the space's order; the value is the
    dimension's quantile there.

    Source: Bergstra & Bengio (2012), "Random search for hyper-parameter optimization".

    Examples
    --------
    >>> from nnedu.search import Integer
    >>> draw({"lr": Choice([0.1]), "width": Integer(8, 9)}, 2, np.random.default_rng(0))
    [{'lr': 0.1, 'width': 8}, {'lr': 0.1, 'width': 8}]
    """
    _check_space(space)
    whole("count", count, least=1)
    return [{name: of.at(rng.random()) for name, of in space.items()} for _ in range(count)]


def grid(space: Space, points: int | Mapping[str, int]) -> list[Setting]:
    """Every combination of evenly spread values.

    Parameters
    ----------
    space : dict of str to Uniform, LogUniform, Integer or Choice
    points : int, at least 2, or dict of str to int
        Values on each dimension; a Choice has all of its own anyway.

    Returns
    -------
    list of dict
        ``{name: value}``; the last hyper-parameter changes fastest. With ``d`` dimensions there
        are ``points**d`` settings, but only ``points`` different values of each.

    Raises
    ------
    TypeError, ValueError
        If the space is empty or holds what is no dimension, or names or counts do not fit.

    Notes
    -----
    **Conventions.** Both ends of a dimension are in the grid.

    Source: Bergstra & Bengio (2012), "Random search for hyper-parameter optimization", for what a
    grid wastes where few hyper-parameters matter.

    Examples
    --------
    >>> from nnedu.search import Integer
    >>> grid({"width": Integer(1, 3), "act": Choice(["relu", "tanh"])}, 2)[:3]
    [{'width': 1, 'act': 'relu'}, {'width': 1, 'act': 'tanh'}, {'width': 3, 'act': 'relu'}]
    """
    _check_space(space)
    counts = points if isinstance(points, Mapping) else dict.fromkeys(space, points)
    free = [name for name, of in space.items() if not isinstance(of, Choice)]
    if set(counts) - set(space) or set(free) - set(counts):
        raise ValueError(
            f"points names {', '.join(counts)}; expected {', '.join(free)}, the dimensions."
        )
    lines = [of.grid(counts.get(name, 2)) for name, of in space.items()]
    return [dict(zip(space, values, strict=True)) for values in product(*lines)]


def _check_space(space: Space) -> None:
    if not space:
        raise ValueError("the space is empty; expected at least one name, such as 'lr'.")
    for name, of in space.items():
        if not (hasattr(of, "at") and hasattr(of, "grid")):
            raise TypeError(
                f"{name} is {of!r}; expected Uniform, LogUniform, Integer or Choice. "
                f"A fixed value or a list? Pass Choice([...])."
            )
