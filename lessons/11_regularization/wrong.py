"""Planted mistakes of the lesson on regularisation, and other correct solutions."""

from nnedu.lesson import Alternative, Mistake

_ADAM = """
def adam_step(theta, g, m, v, *, t, lr, weight_decay, decoupled):
    {before}
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    step = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    {after}
"""
_DIAGNOSE = """
def diagnose(path, A, b, *, lr, l1):
    theta = path[:-1]
    z = theta - lr * (theta @ A - b)
    soft = lambda cut: np.sign(z) * np.maximum(np.abs(z) - cut, 0)
    nexts = {{
        "ista": soft(lr * l1),
        "subgradient": {subgradient},
        "no lr": soft(l1),
        "hard": {hard},
    }}
    {answer}
"""
_SUBGRADIENT, _HARD = "z - lr * l1 * np.sign(theta)", "z * (np.abs(z) > lr * l1)"
_ANSWER = "return min(nexts, key=lambda name: np.abs(nexts[name] - path[1:]).max())"

_RECOVER = """
def recover(X, y):
    N, P = X.shape
    A, b = X.T @ X / N, X.T @ y / N
    lr = 1 / np.linalg.eigvalsh(A)[-1]
    theta = np.zeros(P)
    for _ in range(3000):
        z = theta - lr * (A @ theta - b)
        theta = np.sign(z) * np.maximum(np.abs(z) - lr * {strength}, 0)
    {end}
"""

MISTAKES = [
    Mistake(
        task="l2_penalty",
        name="value_without_half",
        caught_by="check_l2_value",
        hint="Your gradient is right, but not that of your value, which lacks the half. (Keras "
        "leaves it "
        "out of both.)",
        code="""
def l2_penalty(theta, penalised, strength):
    kept = theta * penalised
    return float(strength * kept @ kept), strength * kept
""",
    ),
    Mistake(
        task="l2_penalty",
        name="gradient_of_keras",
        caught_by="check_l2_gradient",
        hint="Your gradient is twice the right one: the half in the value and the 2 of the "
        "derivative "
        "cancel.",
        code="""
def l2_penalty(theta, penalised, strength):
    kept = theta * penalised
    return float(strength * kept @ kept / 2), 2 * strength * kept
""",
    ),
    Mistake(
        task="l2_penalty",
        name="biases_in_the_value",
        caught_by="check_l2_value",
        hint="Your gradient leaves the biases out and your value does not.",
        code="""
def l2_penalty(theta, penalised, strength):
    kept = theta * penalised
    return float(strength * theta @ theta / 2), strength * kept
""",
    ),
    Mistake(
        task="l2_penalty",
        name="biases_in_the_gradient",
        caught_by="check_l2_gradient",
        hint="Your value leaves the biases out and your gradient does not.",
        code="""
def l2_penalty(theta, penalised, strength):
    kept = theta * penalised
    return float(strength * kept @ kept / 2), strength * theta
""",
    ),
    Mistake(
        task="freedom",
        name="not_divided_by_N",
        caught_by=("check_freedom_tall", "check_freedom_scale"),
        hint="Your Hessian is that of a sum over examples. The loss is their mean: divide by N.",
        code="""
def freedom(X, strength):
    h = np.linalg.eigvalsh(X.T @ X)
    return float(np.sum(h / (h + strength)))
""",
    ),
    Mistake(
        task="freedom",
        name="diagonal_of_the_hessian",
        caught_by=("check_freedom_tall", "check_freedom_wide"),
        hint="You read the curvatures off the diagonal of the Hessian. They are its "
        "eigenvalues, which "
        "the diagonal shows only if the features are uncorrelated.",
        code="""
def freedom(X, strength):
    h = np.diag(X.T @ X / len(X))
    return float(np.sum(h / (h + strength)))
""",
    ),
    Mistake(
        task="freedom",
        name="largest_only",
        caught_by=("check_freedom_tall", "check_freedom_wide"),
        hint="You count one direction, the steepest. Each eigenvalue gives a share; add them up.",
        code="""
def freedom(X, strength):
    h = np.linalg.eigvalsh(X.T @ X / len(X)).max()
    return float(h / (h + strength))
""",
    ),
    Mistake(
        task="freedom",
        name="mean_curvature",
        caught_by=("check_freedom_tall", "check_freedom_wide"),
        hint="You give every direction the mean curvature. A flat direction is shrunk more "
        "than a steep "
        "one, and that is the point of the sum.",
        code="""
def freedom(X, strength):
    h = np.trace(X.T @ X / len(X)) / X.shape[1]
    return float(X.shape[1] * h / (h + strength))
""",
    ),
    Mistake(
        task="proximal",
        name="no_lr_in_the_threshold",
        caught_by=("check_proximal_l1", "check_proximal_both"),
        hint="Your threshold is l1. The penalty is multiplied by lr, and so is the threshold.",
        code="""
def proximal(z, *, lr, l1, l2):
    return np.sign(z) * np.maximum(np.abs(z) - l1, 0) / (1 + lr * l2)
""",
    ),
    Mistake(
        task="proximal",
        name="hard_threshold",
        caught_by=("check_proximal_l1", "check_proximal_both"),
        hint="You set small entries to 0 and leave the others where they are. The minimum for a "
        "large z is closer to 0 than z, by lr l1.",
        code="""
def proximal(z, *, lr, l1, l2):
    return z * (np.abs(z) > lr * l1) / (1 + lr * l2)
""",
    ),
    Mistake(
        task="proximal",
        name="no_stop_at_zero",
        caught_by="check_proximal_zeros",
        hint="You move every entry by lr l1, across 0 as well. An entry that would change its sign "
        "stays at exactly 0.",
        code="""
def proximal(z, *, lr, l1, l2):
    return (z - lr * l1 * np.sign(z)) / (1 + lr * l2)
""",
    ),
    Mistake(
        task="proximal",
        name="factor_first",
        caught_by="check_proximal_both",
        hint="You divide first and subtract the threshold afterwards. Set the slope to 0: "
        "x (1 + lr l2) = z - lr l1, so the threshold comes first.",
        code="""
def proximal(z, *, lr, l1, l2):
    z = z / (1 + lr * l2)
    return np.sign(z) * np.maximum(np.abs(z) - lr * l1, 0)
""",
    ),
    Mistake(
        task="proximal",
        name="decay_instead_of_division",
        caught_by="check_proximal_both",
        hint="You multiply by 1 - lr l2, which agrees with 1 / (1 + lr l2) only for small lr l2.",
        code="""
def proximal(z, *, lr, l1, l2):
    return np.sign(z) * np.maximum(np.abs(z) - lr * l1, 0) * (1 - lr * l2)
""",
    ),
    Mistake(
        task="max_norm",
        name="the_whole_matrix",
        caught_by=("check_max_norm_long", "check_max_norm_mixed"),
        hint="You take one norm of the whole matrix. Each unit, which is a column, has a limit of "
        "its own. ",
        code="""
def max_norm(W, limit):
    return W * min(1.0, limit / np.linalg.norm(W))
""",
    ),
    Mistake(
        task="max_norm",
        name="rows",
        caught_by=("check_max_norm_long", "check_max_norm_mixed"),
        hint="You limit the rows. The incoming weights of unit k are column k.",
        code="""
def max_norm(W, limit):
    norms = np.linalg.norm(W, axis=1, keepdims=True)
    return W * np.minimum(1, limit / np.maximum(norms, 1e-300))
""",
    ),
    Mistake(
        task="max_norm",
        name="always_scaled",
        caught_by=("check_max_norm_short", "check_max_norm_mixed"),
        hint="You bring every unit to the limit, short ones too. What is short enough stays.",
        code="""
def max_norm(W, limit):
    norms = np.linalg.norm(W, axis=0)
    return W * limit / np.where(norms > 0, norms, 1)
""",
    ),
    Mistake(
        task="max_norm",
        name="changes_the_caller",
        caught_by="check_max_norm_mixed",
        hint="You write into the caller's array. Make a new one.",
        code="""
def max_norm(W, limit):
    norms = np.linalg.norm(W, axis=0)
    W[:, norms > limit] *= limit / norms[norms > limit]
    return W
""",
    ),
    Mistake(
        task="adam_step",
        name="l2_in_both",
        caught_by=("check_adam_decoupled", "check_adam_run"),
        hint="Your step is that of L2 whatever decoupled says.",
        code=_ADAM.format(
            before="g = g + weight_decay * theta", after="return theta - lr * step, m, v"
        ),
    ),
    Mistake(
        task="adam_step",
        name="decoupled_in_both",
        caught_by=("check_adam_l2", "check_adam_run"),
        hint="Your step decays the weights beside Adam whatever decoupled says. With L2 the decay "
        "joins the gradient, before m and v see it.",
        code=_ADAM.format(
            before="", after="return theta - lr * (step + weight_decay * theta), m, v"
        ),
    ),
    Mistake(
        task="adam_step",
        name="decay_not_times_lr",
        caught_by=("check_adam_decoupled", "check_adam_run"),
        hint="Decoupled, you take weight_decay times theta away. Here, as in the frameworks, the "
        "decay is multiplied by lr as well.",
        code=_ADAM.format(
            before="g = g if decoupled else g + weight_decay * theta",
            after="return theta - lr * step - decoupled * weight_decay * theta, m, v",
        ),
    ),
    Mistake(
        task="adam_step",
        name="decays_the_new_theta",
        caught_by=("check_adam_decoupled", "check_adam_run"),
        hint="You decay the parameters after Adam's step. The decay is taken of the theta from "
        "before it.",
        code=_ADAM.format(
            before="g = g if decoupled else g + weight_decay * theta",
            after="theta = theta - lr * step\n"
            "    return theta - decoupled * lr * weight_decay * theta, m, v",
        ),
    ),
    Mistake(
        task="adam_step",
        name="decay_in_m_only",
        caught_by=("check_adam_l2", "check_adam_run"),
        hint="With L2 the penalty's gradient reaches m but not v. Add it to g first: both means "
        "are of the same gradient.",
        code="""
def adam_step(theta, g, m, v, *, t, lr, weight_decay, decoupled):
    v = 0.999 * v + 0.001 * g**2
    m = 0.9 * m + 0.1 * (g if decoupled else g + weight_decay * theta)
    step = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return theta - lr * (step + decoupled * weight_decay * theta), m, v
""",
    ),
    Mistake(
        task="stop",
        name="best_of_all",
        caught_by="check_stop_lure",
        hint="You look for the best loss in the whole list, also beyond the stop. Training was "
        "over by then.",
        code="""
def stop(losses, *, patience, min_delta):
    best, lowest = 0, losses[0]
    for look in range(1, len(losses)):
        if losses[look] < lowest - min_delta:
            best, lowest = look, losses[look]
        elif look - best >= patience:
            return look, int(np.argmin(losses))
    return len(losses) - 1, best
""",
    ),
    Mistake(
        task="stop",
        name="one_look_late",
        caught_by=("check_stop_valley", "check_stop_lure"),
        hint="You stop one look late: with patience 2 the second look in a row without improvement "
        "is the last. (PyTorch's ReduceLROnPlateau waits for one more.)",
        code="""
def stop(losses, *, patience, min_delta):
    best, lowest = 0, losses[0]
    for look in range(1, len(losses)):
        if losses[look] < lowest - min_delta:
            best, lowest = look, losses[look]
        elif look - best > patience:
            return look, best
    return len(losses) - 1, best
""",
    ),
    Mistake(
        task="stop",
        name="counter_never_reset",
        caught_by="check_stop_valley",
        hint="You count all looks without improvement. A better look starts the count again.",
        code="""
def stop(losses, *, patience, min_delta):
    best, lowest, bad = 0, losses[0], 0
    for look in range(1, len(losses)):
        if losses[look] < lowest - min_delta:
            best, lowest = look, losses[look]
        else:
            bad += 1
            if bad >= patience:
                return look, best
    return len(losses) - 1, best
""",
    ),
    Mistake(
        task="stop",
        name="against_the_look_before",
        caught_by="check_stop_valley",
        hint="You compare each look with the one just before. Better means below the best so far.",
        code="""
def stop(losses, *, patience, min_delta):
    best, bad = 0, 0
    for look in range(1, len(losses)):
        if losses[look] < losses[look - 1] - min_delta:
            best, bad = look, 0
        else:
            bad += 1
            if bad >= patience:
                return look, best
    return len(losses) - 1, best
""",
    ),
    Mistake(
        task="stop",
        name="one_past_the_end",
        caught_by="check_stop_never",
        hint="A run that never stops early ends at its last look, whose number is one less than "
        "the number of looks.",
        code="""
def stop(losses, *, patience, min_delta):
    best, lowest = 0, losses[0]
    for look in range(1, len(losses)):
        if losses[look] < lowest - min_delta:
            best, lowest = look, losses[look]
        elif look - best >= patience:
            return look, best
    return len(losses), best
""",
    ),
    Mistake(
        task="stop",
        name="min_delta_forgotten",
        caught_by="check_stop_delta",
        hint="In your function every lower loss is better. It has to be so by more than min_delta.",
        code="""
def stop(losses, *, patience, min_delta):
    best, lowest = 0, losses[0]
    for look in range(1, len(losses)):
        if losses[look] < lowest:
            best, lowest = look, losses[look]
        elif look - best >= patience:
            return look, best
    return len(losses) - 1, best
""",
    ),
    Mistake(
        task="diagnose",
        name="first_step_only",
        caught_by=("check_diagnose_two", "check_diagnose_all"),
        hint="You look at the first step alone. While no entry comes near 0, a soft threshold and "
        "a subgradient make the same step. Compare whole runs.",
        code=_DIAGNOSE.format(
            subgradient=_SUBGRADIENT,
            hard=_HARD,
            answer="miss = {name: np.abs(g[0] - path[1]).max() for name, g in nexts.items()}\n"
            "    return min(miss, key=lambda name: miss[name] > 1e-9)",
        ),
    ),
    Mistake(
        task="diagnose",
        name="zeros_decide",
        caught_by=("check_diagnose_thresholds", "check_diagnose_all"),
        hint="You only ask whether there are exact zeros. They tell the subgradient from the "
        "others, but three of the four rules make zeros.",
        code="""
def diagnose(path, A, b, *, lr, l1):
    return "ista" if np.any(path[1:] == 0) else "subgradient"
""",
    ),
    Mistake(
        task="diagnose",
        name="hard_is_soft",
        caught_by=("check_diagnose_thresholds", "check_diagnose_all"),
        hint="What you call hard also moves what survives, so runs with a hard threshold are taken "
        "for something else. There z stays where it is.",
        code=_DIAGNOSE.format(
            subgradient=_SUBGRADIENT,
            hard="soft(lr * l1) * (np.abs(z) > 2 * lr * l1)",
            answer="miss = {name: np.abs(g - path[1:]).max() for name, g in nexts.items()}\n"
            '    return next((n for n, off in miss.items() if off < 1e-9), "ista")',
        ),
    ),
    Mistake(
        task="diagnose",
        name="sign_after_the_step",
        caught_by="check_diagnose_two",
        hint="You let the subgradient take the sign after the step. It is the slope at theta, so "
        "the sign is that of theta before the step; where they differ, you see something else.",
        code=_DIAGNOSE.format(
            subgradient="z - lr * l1 * np.sign(z)",
            hard=_HARD,
            answer="miss = {name: np.abs(g - path[1:]).max() for name, g in nexts.items()}\n"
            '    return next((n for n, off in miss.items() if off < 1e-9), "no lr")',
        ),
    ),
    Mistake(
        task="recover",
        name="least_squares",
        caught_by=("check_recover_single", "check_recover_score"),
        hint="Least squares with fewer examples than features fits the noise and makes all sixty "
        "coefficients nonzero. The support needs exact zeros.",
        code="""
def recover(X, y):
    return np.linalg.pinv(X) @ y
""",
    ),
    Mistake(
        task="recover",
        name="ridge",
        caught_by=("check_recover_single", "check_recover_score"),
        hint="An L2 penalty shrinks all coefficients and zeroes none. Use L1, with proximal steps.",
        code="""
def recover(X, y):
    N, P = X.shape
    return np.linalg.solve(X.T @ X / N + 0.1 * np.eye(P), X.T @ y / N)
""",
    ),
    Mistake(
        task="recover",
        name="too_weak",
        caught_by="check_recover_score",
        hint="At this strength too many features come in that explain nothing but noise. Raise it, "
        "or cut off what is small; true coefficients are at least 1 in size.",
        code=_RECOVER.format(strength=0.02, end="return theta"),
    ),
    Mistake(
        task="recover",
        name="largest_correlations",
        caught_by=("check_recover_single", "check_recover_score"),
        hint="You take the six features most correlated with y. Six features act at once, and each "
        "one's correlation contains what the others do. L1 weighs them together.",
        code="""
def recover(X, y):
    chosen = np.argsort(-np.abs(X.T @ y))[:6]
    theta = np.zeros(X.shape[1])
    theta[chosen] = (X.T @ y / len(X))[chosen]
    return theta
""",
    ),
    Mistake(
        task="recover",
        name="six_in_any_case",
        caught_by="check_recover_single",
        hint="You keep six features whatever the data say. Where one explains everything, one is "
        "enough: let a strength decide, not a number.",
        code=_RECOVER.format(
            strength=0.15,
            end="chosen = np.argsort(-np.abs(theta))[:6]\n"
            "    theta = np.zeros(P)\n"
            "    theta[chosen] = np.linalg.lstsq(X[:, chosen], y, rcond=None)[0] + 1e-9\n"
            "    return theta",
        ),
    ),
    Mistake(
        task="recover",
        name="places_lost",
        caught_by=("check_recover_form", "check_recover_score"),
        hint="Your coefficients are those of the right features, and you return them at the front "
        "of the array. Put each back where its feature stands.",
        code=_RECOVER.format(
            strength=0.15,
            end="chosen = np.flatnonzero(np.abs(theta) > 0.3)\n"
            "    theta = np.zeros(P)\n"
            "    found = np.linalg.lstsq(X[:, chosen], y, rcond=None)[0]\n"
            "    theta[: len(chosen)] = found\n"
            "    return theta",
        ),
    ),
]

ALTERNATIVES = [
    Alternative(
        task="l2_penalty",
        name="by_index",
        code="""
def l2_penalty(theta, penalised, strength):
    g = np.zeros_like(theta)
    g[penalised] = strength * theta[penalised]
    return float(np.sum(theta[penalised] ** 2) * strength / 2), g
""",
    ),
    Alternative(
        task="freedom",
        name="trace_of_the_hat_matrix",
        code="""
def freedom(X, strength):
    N, P = X.shape
    hat = X @ np.linalg.solve(X.T @ X / N + strength * np.eye(P), X.T) / N
    return float(np.trace(hat))
""",
    ),
    Alternative(
        task="freedom",
        name="squared_singular_values",
        code="""
def freedom(X, strength):
    h = np.linalg.svd(X, compute_uv=False) ** 2 / len(X)
    return float(np.sum(h / (h + strength)))
""",
    ),
    Alternative(
        task="proximal",
        name="by_cases",
        code="""
def proximal(z, *, lr, l1, l2):
    x = np.zeros_like(z)
    above, below = z > lr * l1, z < -lr * l1
    x[above] = (z[above] - lr * l1) / (1 + lr * l2)
    x[below] = (z[below] + lr * l1) / (1 + lr * l2)
    return x
""",
    ),
    Alternative(
        task="max_norm",
        name="unit_by_unit",
        code="""
def max_norm(W, limit):
    W = W.copy()
    for k in range(W.shape[1]):
        norm = np.sqrt(np.sum(W[:, k] ** 2))
        if norm > limit:
            W[:, k] *= limit / norm
    return W
""",
    ),
    Alternative(
        task="adam_step",
        name="decay_before_the_step",
        code="""
def adam_step(theta, g, m, v, *, t, lr, weight_decay, decoupled):
    g = g + (0 if decoupled else weight_decay) * theta
    m, v = m + 0.1 * (g - m), v + 0.001 * (g * g - v)
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    shrunk = theta * (1 - lr * weight_decay) if decoupled else theta
    return shrunk - lr * m_hat / (v_hat**0.5 + 1e-8), m, v
""",
    ),
    Alternative(
        task="stop",
        name="with_a_counter",
        code="""
def stop(losses, *, patience, min_delta):
    best, lowest, bad = -1, np.inf, 0
    for look, loss in enumerate(losses):
        bad += 1
        if loss < lowest - min_delta:
            best, lowest, bad = look, loss, 0
        if bad == patience:
            break
    return look, best
""",
    ),
    Alternative(
        task="diagnose",
        name="step_by_step",
        code="""
def diagnose(path, A, b, *, lr, l1):
    left = ["ista", "subgradient", "no lr", "hard"]
    for theta, after in zip(path, path[1:]):
        z = theta - lr * (A @ theta - b)
        soft = lambda cut: z - np.clip(z, -cut, cut)
        guess = {
            "ista": soft(lr * l1),
            "subgradient": theta - lr * (A @ theta - b + l1 * np.sign(theta)),
            "no lr": soft(l1),
            "hard": np.where(np.abs(z) > lr * l1, z, 0),
        }
        left = [name for name in left if np.allclose(guess[name], after, atol=1e-9)] or left
    return left[0]
""",
    ),
    Alternative(
        task="recover",
        name="one_feature_at_a_time",
        code="""
def recover(X, y):
    theta, squares = np.zeros(X.shape[1]), np.sum(X**2, axis=0) / len(X)
    for _ in range(300):
        for k in range(len(theta)):
            rest = y - X @ theta + X[:, k] * theta[k]
            c = X[:, k] @ rest / len(X)
            theta[k] = np.sign(c) * max(abs(c) - 0.2, 0) / squares[k]
    chosen = np.flatnonzero(np.abs(theta) > 0.3)
    theta = np.zeros(X.shape[1])
    theta[chosen] = np.linalg.lstsq(X[:, chosen], y, rcond=None)[0]
    return theta
""",
    ),
]
