"""Which optimizer of which framework equals which rule, and by what convention.

One row a pair, one file a family. Where two conventions differ, the row names its *adapter*: the
value of a hyper-parameter, or of the state's start, at which the rule makes the framework's steps.
"""

from nnedu.parity.pairs import accumulating, adam_family, averaging, decaying, scaling
from nnedu.parity.pairs.pair import Adapter, Numbers, Pair

PAIRS: tuple[Pair, ...] = (
    *accumulating.PAIRS,
    *scaling.PAIRS,
    *adam_family.PAIRS,
    *decaying.PAIRS,
    *averaging.PAIRS,
)
"""Every comparison of a row of the table, in the order of ``nnedu.optim.RULES``."""

ADDED: tuple[Pair, ...] = decaying.ADDED
"""Comparisons of rules that are made of others and have no row."""

ELSEWHERE = accumulating.ELSEWHERE | scaling.ELSEWHERE | adam_family.ELSEWHERE
"""Pairs that no hyper-parameter brings together: the rule that has the framework's form."""

ABSENT = decaying.ABSENT | averaging.ABSENT
"""(rule, framework): the framework has no such optimizer."""

DEPARTED = averaging.DEPARTED
"""(rule, framework): what the framework's optimizer of that name does instead."""

SETTINGS: dict[str, tuple[dict[str, float], ...]] = {
    **accumulating.SETTINGS,
    **scaling.SETTINGS,
    **adam_family.SETTINGS,
    **decaying.SETTINGS,
    **averaging.SETTINGS,
}
"""Settings in which each rule is compared: the customary one first."""

__all__ = [
    "ABSENT",
    "ADDED",
    "DEPARTED",
    "ELSEWHERE",
    "PAIRS",
    "SETTINGS",
    "Adapter",
    "Numbers",
    "Pair",
]
