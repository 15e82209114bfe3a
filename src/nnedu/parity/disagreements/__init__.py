"""Where the frameworks disagree, as data: an example, what each computes, and what to do.

What brings two optimizers, schedules or layers together is an adapter, and stands beside the
comparison (:mod:`nnedu.parity.pairs` and its neighbours). Here is what a comparison does not
meet: defaults, ends, and the same word for two things. Tests run every example; PyTorch's numbers
were recorded.
"""

from nnedu.parity.disagreements import adam, compression, layers, losses, optimizers, schedules
from nnedu.parity.disagreements.disagreement import Disagreement, Side

DISAGREEMENTS: tuple[Disagreement, ...] = (
    *losses.DISAGREEMENTS,
    *layers.DISAGREEMENTS,
    *optimizers.DISAGREEMENTS,
    *adam.DISAGREEMENTS,
    *schedules.DISAGREEMENTS,
    *compression.DISAGREEMENTS,
)
"""Every disagreement, in the order of the families."""

__all__ = ["DISAGREEMENTS", "Disagreement", "Side"]
