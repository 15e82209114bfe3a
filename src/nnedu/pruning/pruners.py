"""The table of pruners: what each score looks at, and how its weights are usually chosen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nnedu._typing import Array
from nnedu.pruning.scores import magnitude, random, wanda
from nnedu.pruning.sensitivity import movement, obd, snip


@dataclass(frozen=True)
class Pruner:
    """A score and what one needs to know to use it.

    Attributes
    ----------
    title : str
    score : callable
        From ``scores`` or ``sensitivity``; the names of its arguments say what it looks at.
    when : str
        Before, during or after training.
    choice : str
        The function that usually cuts by it.
    """

    title: str
    score: Callable[..., Array]
    when: str
    choice: str

    @property
    def name(self) -> str:
        """The score's name."""
        name: Any = self.score.__name__
        return str(name)


PRUNERS: tuple[Pruner, ...] = (
    Pruner("Random", random, "any time", "cut"),
    Pruner("Magnitude", magnitude, "after or during training", "cut_overall"),
    Pruner("Optimal brain damage", obd, "after training", "cut_overall"),
    Pruner("SNIP", snip, "before training", "cut_overall"),
    Pruner("Movement", movement, "during fine-tuning", "cut"),
    Pruner("Wanda", wanda, "after training", "cut_columns"),
)
"""Every score, in the order of its file."""
