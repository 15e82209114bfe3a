"""Scores task 7: follows the expected loss under the learning rates that were handed in."""

import numpy as np

from nnedu.lesson import generator


def expected_loss(seed, handed_in, *, updates):
    """The fraction of the way from the best constant to the target, in powers of ten."""
    rng = generator(seed)  # the same draws as in the notebook
    steepness = 10 ** rng.uniform(-1.5, 1.5)
    curvatures = steepness * np.geomspace(1, rng.uniform(4, 8), 6)
    sigma2 = steepness**2 * rng.uniform(2, 4)
    Bs = np.where(rng.permutation(updates) < updates // 2, 1, 64)

    lrs = handed_in.get("learning rates")
    if lrs is None or lrs.ndim != 1 or len(lrs) < updates:
        return 0.0, f"Expected {updates} learning rates in an array of one dimension."
    lrs = lrs[:updates].astype(float)
    if not np.all((lrs > 0) & np.isfinite(lrs)):
        return 0.0, "Expected finite learning rates above 0."

    squares, best, constant = np.ones(6), np.ones(6), np.ones((300, 6))
    constants = np.geomspace(1e-4, 2, 300)[:, None] / curvatures[-1]
    with np.errstate(over="ignore", invalid="ignore"):
        for lr, B in zip(lrs, Bs, strict=True):
            squares = (1 - lr * curvatures) ** 2 * squares + lr**2 * sigma2 / B
            constant = (1 - constants * curvatures) ** 2 * constant + constants**2 * sigma2 / B
            good = np.sum(curvatures**2 * best)
            good = good / np.sum(curvatures**3 * best + curvatures * sigma2 / B)
            best = (1 - good * curvatures) ** 2 * best + good**2 * sigma2 / B
    left, target = (float(s @ curvatures / curvatures.sum()) for s in (squares, best))
    plain = float(np.nanmin(constant @ curvatures / curvatures.sum()))
    target *= 1.2  # room for other good choices
    words = f"{left:.1e} of the first loss is left; the target is {target:.1e}."
    if not left < plain:
        return 0.0, f"The best constant learning rate leaves {plain:.1e}. With yours {words}"
    fraction = float(np.log(left / plain) / np.log(target / plain))
    return (1.0, f"Target reached: {words}") if fraction >= 1 else (fraction, words)
