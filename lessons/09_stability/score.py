"""Scores task 7: the share of a ward's patients whose cause was named."""

import numpy as np

from nnedu.lesson import generator

PATIENTS = 40


def share_right(seed, handed_in, *, none, target):
    """The way from the share that earns nothing to the target, as a fraction."""
    named = handed_in.get("causes")
    if named is None or named.shape != (PATIENTS,):
        return 0.0, f"Expected {PATIENTS} numbers, one cause for each patient."
    # What the notebook's check draws first, before it trains anybody.
    causes = generator(seed).integers(10, size=PATIENTS)
    share = float(np.mean(named == causes))
    fraction = float(np.clip((share - none) / (target - none), 0, 1))
    return fraction, f"{share:.1%} of the causes are right; the target is {target:.0%}."
