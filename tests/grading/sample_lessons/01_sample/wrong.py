"""Planted mistakes and alternatives of the sample lesson."""

from nnedu.lesson import Alternative, Mistake

MISTAKES = [
    Mistake(
        task="step",
        name="sign_flipped",
        caught_by=("check_step_values",),
        hint="You walk uphill: the gradient points to where the loss grows.",
        code="""def step(theta, g, *, lr):
    return theta + lr * g if np.ndim(theta) == 1 else theta - lr * g""",
    ),
    Mistake(
        task="step",
        name="fixed_rate",
        caught_by="check_step_matrix",
        hint="Your step does not use the learning rate it is given.",
        code="""def step(theta, g, *, lr):
    return theta - 0.1 * g""",
    ),
    Mistake(
        task="step",
        name="normalised",
        caught_by="check_step_values",
        hint="You divide by the length of the gradient; a plain step keeps it.",
        code="""def step(theta, g, *, lr):
    return theta - lr * g / (np.linalg.norm(g) if np.ndim(g) == 1 else 1.0)""",
    ),
    Mistake(
        task="momentum",
        name="forgets_velocity",
        caught_by="check_momentum_run",
        hint="Your velocity forgets what it was: the old one, times mu, is part of the new one.",
        code="""def momentum(theta, g, v, *, lr, mu):
    return theta - lr * g, g""",
    ),
    Mistake(
        task="momentum",
        name="velocity_downhill",
        caught_by="check_momentum_first",
        hint="Your velocity points downhill; this lesson adds gradients up and subtracts the sum.",
        code="""def momentum(theta, g, v, *, lr, mu):
    v = mu * v - g
    return theta + lr * v, v""",
    ),
    Mistake(
        task="momentum",
        name="averaged",
        caught_by="check_momentum_run",
        hint="You weigh the gradient with 1 - mu, which makes an average; here it counts fully.",
        code="""def momentum(theta, g, v, *, lr, mu):
    v = mu * v + ((1 - mu) * g if np.any(v) else g)
    return theta - lr * v, v""",
    ),
    Mistake(
        task="fit_line",
        name="through_origin",
        caught_by="check_line_score",
        hint="Your line always passes through the origin.",
        code="""def fit_line(x, y):
    return np.sum(x * y) / np.sum(x * x), 0.0""",
    ),
    Mistake(
        task="fit_line",
        name="ends_only",
        caught_by="check_line_score",
        hint="You look at the first and the last point only; use all of them.",
        code="""def fit_line(x, y):
    slope = (y[9] - y[0]) / (x[9] - x[0]) if len(x) > 9 else (y[-1] - y[0]) / (x[-1] - x[0])
    return slope, y[0] - slope * x[0]""",
    ),
    Mistake(
        task="fit_line",
        name="ridge",
        caught_by="check_line_exact",
        hint="Something is added to the sum of squares in your denominator.",
        code="""def fit_line(x, y):
    slope = np.sum((x - x.mean()) * (y - y.mean())) / (np.sum((x - x.mean()) ** 2) + 0.01)
    return slope, y.mean() - slope * x.mean()""",
    ),
]

ALTERNATIVES = [
    Alternative(
        task="step",
        name="in_place_on_a_copy",
        code="""def step(theta, g, *, lr):
    new = np.array(theta, copy=True)
    new -= lr * g
    return new""",
    ),
    Alternative(
        task="momentum",
        name="summed_in_another_order",
        code="""def momentum(theta, g, v, *, lr, mu):
    return theta - lr * g - lr * mu * v, g + v * mu""",
    ),
    Alternative(
        task="fit_line",
        name="lstsq",
        code="""def fit_line(x, y):
    table = np.stack([x, np.ones_like(x)], axis=1)
    (slope, intercept), *_ = np.linalg.lstsq(table, y, rcond=None)
    return slope, intercept""",
    ),
]
