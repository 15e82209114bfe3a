"""Scores the sample lesson's quality task."""

import numpy as np

from nnedu.lesson import generator


def line(seed, handed_in, *, allowed):
    x = generator(seed).uniform(-1.0, 3.0, size=50)
    predictions = handed_in.get("predictions")
    if predictions is None or predictions.shape != (50,):
        return 0.0, "Expected predictions of shape (50,)."
    error = float(np.max(np.abs(predictions - (1.7 * x - 0.6))))
    if not error < 1:
        return 0.0, "The largest error is above 1; the target is 0.1."
    fraction = 1.0 if error <= allowed else 1.0 - error
    return fraction, f"The largest error is {error:.2f}; the target is {allowed}."
