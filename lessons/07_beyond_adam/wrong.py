"""Mistakes that people make, with the hints they deserve, and other right answers."""

from nnedu.lesson import Alternative, Mistake

MISTAKES = [
    Mistake(
        task="adamw_step",
        name="penalty_in_the_gradient",
        caught_by=("check_adamw_state", "check_adamw_array", "check_adamw_run"),
        hint="You add weight_decay * theta to the gradient: that is the penalty, which Adam "
        "divides by the size of the gradients. Decay the weights beside Adam's step.",
        code="""
def adamw_step(theta, g, m, v, *, t, lr, beta1, beta2, eps, weight_decay):
    g = g + weight_decay * theta
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta - lr * step, m, v
""",
    ),
    Mistake(
        task="adamw_step",
        name="decay_without_lr",
        caught_by=("check_adamw_array", "check_adamw_run"),
        hint="Your decay is not multiplied by lr. In the equation lr stands before the "
        "bracket that holds both.",
        code="""
def adamw_step(theta, g, m, v, *, t, lr, beta1, beta2, eps, weight_decay):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta - lr * step - weight_decay * theta, m, v
""",
    ),
    Mistake(
        task="adamw_step",
        name="decays_the_new_theta",
        caught_by=("check_adamw_array", "check_adamw_run"),
        hint="You decay the parameters after Adam's step. The decay takes its fraction of "
        "the old theta.",
        code="""
def adamw_step(theta, g, m, v, *, t, lr, beta1, beta2, eps, weight_decay):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    new = theta - lr * step
    return new - lr * weight_decay * new, m, v
""",
    ),
    Mistake(
        task="adamw_step",
        name="no_correction",
        caught_by="check_adamw_plain",
        hint="You do not divide the means by 1 - beta**t: at the start of a run both are too"
        " small.",
        code="""
def adamw_step(theta, g, m, v, *, t, lr, beta1, beta2, eps, weight_decay):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    step = m / (np.sqrt(v) + eps)
    return theta - lr * (step + weight_decay * theta), m, v
""",
    ),
    Mistake(
        task="adamw_step",
        name="changes_the_caller",
        caught_by="check_adamw_array",
        hint="Your update changes the caller's theta: -= works in place. Compute a new array.",
        code="""
def adamw_step(theta, g, m, v, *, t, lr, beta1, beta2, eps, weight_decay):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    theta -= lr * (step + weight_decay * theta)
    return theta, m, v
""",
    ),
    Mistake(
        task="lion_step",
        name="memory_with_beta1",
        caught_by="check_lion_memory",
        hint="Your memory forgets with beta1. beta1 mixes the vote, beta2 keeps the memory.",
        code="""
def lion_step(theta, g, m, *, lr, beta1, beta2, weight_decay):
    c = beta1 * m + (1 - beta1) * g
    return theta - lr * (np.sign(c) + weight_decay * theta), c
""",
    ),
    Mistake(
        task="lion_step",
        name="votes_with_the_memory",
        caught_by="check_lion_vote",
        hint="You take the sign of the new memory. The vote has a mixture of its own, with "
        "beta1, in which the gradient counts for more.",
        code="""
def lion_step(theta, g, m, *, lr, beta1, beta2, weight_decay):
    c = beta2 * m + (1 - beta2) * g
    return theta - lr * (np.sign(c) + weight_decay * theta), beta2 * m + (1 - beta2) * g
""",
    ),
    Mistake(
        task="lion_step",
        name="decay_in_the_vote",
        caught_by=("check_lion_vote", "check_lion_run"),
        hint="Your decay is inside the sign, where only its direction is left. It is added "
        "to the sign.",
        code="""
def lion_step(theta, g, m, *, lr, beta1, beta2, weight_decay):
    c = beta1 * m + (1 - beta1) * g
    return theta - lr * np.sign(c + weight_decay * theta), beta2 * m + (1 - beta2) * g
""",
    ),
    Mistake(
        task="lion_step",
        name="no_sign",
        caught_by=("check_lion_vote", "check_lion_run"),
        hint="You step along c itself. Lion throws its size away: only the sign is left.",
        code="""
def lion_step(theta, g, m, *, lr, beta1, beta2, weight_decay):
    c = beta1 * m + (1 - beta1) * g
    return theta - lr * (c + weight_decay * theta), beta2 * m + (1 - beta2) * g
""",
    ),
    Mistake(
        task="orthogonalize",
        name="not_divided_by_the_norm",
        caught_by=(
            "check_orthogonalize_wide",
            "check_orthogonalize_tall",
            "check_orthogonalize_spectrum",
        ),
        hint="You leave the norm of G as it is. Singular values above 1 explode under the "
        "polynomial: divide by the Euclidean norm first.",
        code="""
def orthogonalize(G, *, steps, a, b, c):
    X = 1.0 * G
    if len(G) > len(G.T):
        return orthogonalize(G.T, steps=steps, a=a, b=b, c=c).T
    for _ in range(steps):
        A = X @ X.T
        X = a * X + b * A @ X + c * A @ A @ X
    return X
""",
    ),
    Mistake(
        task="orthogonalize",
        name="a_stays_the_first",
        caught_by=("check_orthogonalize_wide", "check_orthogonalize_spectrum"),
        hint="You compute A once, from the first X. Every step needs the A of its own X.",
        code="""
def orthogonalize(G, *, steps, a, b, c):
    X = G / np.linalg.norm(G)
    if len(G) > len(G.T):
        return orthogonalize(G.T, steps=steps, a=a, b=b, c=c).T
    A = X @ X.T
    for _ in range(steps):
        X = a * X + b * A @ X + c * A @ A @ X
    return X
""",
    ),
    Mistake(
        task="orthogonalize",
        name="entry_by_entry",
        caught_by=("check_orthogonalize_wide", "check_orthogonalize_spectrum"),
        hint="You apply the polynomial to each entry. It belongs to the singular values: use"
        " products of matrices, @.",
        code="""
def orthogonalize(G, *, steps, a, b, c):
    X = G / np.linalg.norm(G)
    if len(G) > len(G.T):
        return orthogonalize(G.T, steps=steps, a=a, b=b, c=c).T
    for _ in range(steps):
        X = a * X + b * X**3 + c * X**5
    return X
""",
    ),
    Mistake(
        task="orthogonalize",
        name="no_fifth_power",
        caught_by=(
            "check_orthogonalize_once",
            "check_orthogonalize_wide",
            "check_orthogonalize_spectrum",
        ),
        hint="The term with c is missing from your step.",
        code="""
def orthogonalize(G, *, steps, a, b, c):
    X = G / np.linalg.norm(G)
    if len(G) > len(G.T):
        return orthogonalize(G.T, steps=steps, a=a, b=b, c=c).T
    for _ in range(steps):
        A = X @ X.T
        X = a * X + b * A @ X
    return X
""",
    ),
    Mistake(
        task="orthogonalize",
        name="left_transposed",
        caught_by="check_orthogonalize_tall",
        hint="You return the transposed matrix for a tall G. Turn it back.",
        code="""
def orthogonalize(G, *, steps, a, b, c):
    X = G / np.linalg.norm(G)
    if len(G) > len(G.T):
        return orthogonalize(G.T, steps=steps, a=a, b=b, c=c)
    for _ in range(steps):
        A = X @ X.T
        X = a * X + b * A @ X + c * A @ A @ X
    return X
""",
    ),
    Mistake(
        task="lars_step",
        name="one_norm_for_all",
        caught_by="check_lars_matrices",
        hint="You measure norms over all tensors together. Each tensor has a ratio of its own.",
        code="""
def lars_step(thetas, gs, vs, *, lr, momentum, weight_decay, trust):
    norm = lambda parts: np.sqrt(sum(np.sum(part**2) for part in parts))
    ratio = trust * norm(thetas) / (norm(gs) + weight_decay * norm(thetas))
    new_thetas, new_vs = [], []
    for theta, g, v in zip(thetas, gs, vs):
        own = ratio if np.any(theta) else 1.0
        v = momentum * v + lr * own * (g + weight_decay * theta)
        new_thetas.append(theta - v)
        new_vs.append(v)
    return new_thetas, new_vs
""",
    ),
    Mistake(
        task="lars_step",
        name="decay_not_in_the_ratio",
        caught_by="check_lars_decay",
        hint="The norm of the decay is missing from the denominator of your ratio.",
        code="""
def lars_step(thetas, gs, vs, *, lr, momentum, weight_decay, trust):
    new_thetas, new_vs = [], []
    for theta, g, v in zip(thetas, gs, vs):
        decay, size = weight_decay * theta, np.linalg.norm(theta)
        ratio = trust * size / np.linalg.norm(g) if size > 0 else 1.0
        v = momentum * v + lr * ratio * (g + decay)
        new_thetas.append(theta - v)
        new_vs.append(v)
    return new_thetas, new_vs
""",
    ),
    Mistake(
        task="lars_step",
        name="bias_never_moves",
        caught_by="check_lars_bias",
        hint="Your bias cannot leave 0: where the norm of theta is 0 the ratio is 1.",
        code="""
def lars_step(thetas, gs, vs, *, lr, momentum, weight_decay, trust):
    new_thetas, new_vs = [], []
    for theta, g, v in zip(thetas, gs, vs):
        decay, size = weight_decay * theta, np.linalg.norm(theta)
        ratio = trust * size / (np.linalg.norm(g) + np.linalg.norm(decay))
        v = momentum * v + lr * ratio * (g + decay)
        new_thetas.append(theta - v)
        new_vs.append(v)
    return new_thetas, new_vs
""",
    ),
    Mistake(
        task="lars_step",
        name="ratio_outside_the_velocity",
        caught_by="check_lars_decay",
        hint="You multiply the velocity by lr and ratio when you step. They belong to the "
        "gradient that enters the velocity, as it is now.",
        code="""
def lars_step(thetas, gs, vs, *, lr, momentum, weight_decay, trust):
    new_thetas, new_vs = [], []
    for theta, g, v in zip(thetas, gs, vs):
        decay, size = weight_decay * theta, np.linalg.norm(theta)
        ratio = trust * size / (np.linalg.norm(g) + np.linalg.norm(decay)) if size > 0 else 1.0
        v = momentum * v + g + decay
        new_thetas.append(theta - lr * ratio * v)
        new_vs.append(v)
    return new_thetas, new_vs
""",
    ),
    Mistake(
        task="two_loops",
        name="gamma_of_the_oldest",
        caught_by="check_two_loops_three",
        hint="Your gamma belongs to the oldest pair. The newest, the last row, knows the "
        "curvature where you are.",
        code="""
def two_loops(g, s, y):
    q, alpha = g, np.zeros(len(s))
    for i in reversed(range(len(s))):
        alpha[i] = s[i] @ q / (s[i] @ y[i])
        q = q - alpha[i] * y[i]
    r = (s[0] @ y[0]) / (y[0] @ y[0]) * q
    for i in range(len(s)):
        r = r + (alpha[i] - y[i] @ r / (s[i] @ y[i])) * s[i]
    return r
""",
    ),
    Mistake(
        task="two_loops",
        name="first_loop_forward",
        caught_by="check_two_loops_three",
        hint="Your first loop goes from the oldest pair to the newest. It begins with the newest.",
        code="""
def two_loops(g, s, y):
    q, alpha = g, np.zeros(len(s))
    for i in range(len(s)):
        alpha[i] = s[i] @ q / (s[i] @ y[i])
        q = q - alpha[i] * y[i]
    r = (s[-1] @ y[-1]) / (y[-1] @ y[-1]) * q
    for i in range(len(s)):
        r = r + (alpha[i] - y[i] @ r / (s[i] @ y[i])) * s[i]
    return r
""",
    ),
    Mistake(
        task="two_loops",
        name="gamma_forgotten",
        caught_by=("check_two_loops_one", "check_two_loops_three", "check_two_loops_repeat"),
        hint="You do not multiply by gamma between the loops: where the pairs say nothing, "
        "your curvature is 1, whatever the problem.",
        code="""
def two_loops(g, s, y):
    q, alpha = g, np.zeros(len(s))
    for i in reversed(range(len(s))):
        alpha[i] = s[i] @ q / (s[i] @ y[i])
        q = q - alpha[i] * y[i]
    r = 1.0 * q
    for i in range(len(s)):
        r = r + (alpha[i] - y[i] @ r / (s[i] @ y[i])) * s[i]
    return r
""",
    ),
    Mistake(
        task="two_loops",
        name="second_loop_adds_alpha",
        caught_by=("check_two_loops_one", "check_two_loops_three", "check_two_loops_repeat"),
        hint="Your second loop adds alpha_i s_i whole. Along s_i something is there already:"
        " subtract y_i . r / (s_i . y_i).",
        code="""
def two_loops(g, s, y):
    q, alpha = g, np.zeros(len(s))
    for i in reversed(range(len(s))):
        alpha[i] = s[i] @ q / (s[i] @ y[i])
        q = q - alpha[i] * y[i]
    r = (s[-1] @ y[-1]) / (y[-1] @ y[-1]) * q
    for i in range(len(s)):
        r = r + alpha[i] * s[i]
    return r
""",
    ),
    Mistake(
        task="two_loops",
        name="changes_the_caller",
        caught_by="check_two_loops_newest",
        hint="Your first loop changes the caller's gradient: q = g is no copy, and -= works "
        "in place.",
        code="""
def two_loops(g, s, y):
    q, alpha = g, np.zeros(len(s))
    for i in reversed(range(len(s))):
        alpha[i] = s[i] @ q / (s[i] @ y[i])
        q -= alpha[i] * y[i]
    r = (s[-1] @ y[-1]) / (y[-1] @ y[-1]) * q
    for i in range(len(s)):
        r = r + (alpha[i] - y[i] @ r / (s[i] @ y[i])) * s[i]
    return r
""",
    ),
    Mistake(
        task="diagnose",
        name="w_times_k",
        caught_by="check_diagnose_w",
        hint="Your w is still multiplied by k: divide the factor of theta by that of the "
        "direction.",
        code="""
def diagnose(before, after, g):
    step = before - after
    length = np.abs(step).mean()
    if np.allclose(np.abs(step), length, rtol=1e-6):
        return "coupled", length, 0.0
    U, _, Vt = np.linalg.svd(g)
    k = np.sum(step * (U @ Vt)) / len(g)
    if np.allclose(step, k * (U @ Vt), rtol=1e-6, atol=1e-9):
        return "orthogonal", k, 0.0
    for word, direction in (("decoupled", np.sign(g)), ("plain", g)):
        columns = np.column_stack([direction.ravel(), before.ravel()])
        (k, kw), *_ = np.linalg.lstsq(columns, step.ravel(), rcond=None)
        if np.allclose(columns @ [k, kw], step.ravel(), rtol=1e-6, atol=1e-9):
            return word, k, kw
""",
    ),
    Mistake(
        task="diagnose",
        name="loose_tolerance",
        caught_by="check_diagnose_small",
        hint="Your tolerance is an absolute number. With small gradients every form fits "
        "within it: compare with the size of the step, or take the form that fits best.",
        code="""
def diagnose(before, after, g):
    step = before - after
    length = np.abs(step).mean()
    if np.allclose(np.abs(step), length, rtol=1e-6):
        return "coupled", length, 0.0
    U, _, Vt = np.linalg.svd(g)
    k = np.sum(step * (U @ Vt)) / len(g)
    if np.allclose(step, k * (U @ Vt), rtol=1e-6, atol=1e-9):
        return "orthogonal", k, 0.0
    for word, direction in (("decoupled", np.sign(g)), ("plain", g)):
        columns = np.column_stack([direction.ravel(), before.ravel()])
        (k, kw), *_ = np.linalg.lstsq(columns, step.ravel(), rcond=None)
        if np.allclose(columns @ [k, kw], step.ravel(), rtol=1e-6, atol=1e-3):
            return word, k, kw / k
""",
    ),
    Mistake(
        task="diagnose",
        name="k_by_the_whole_norm",
        caught_by="check_diagnose_k",
        hint="For Muon your k is the Euclidean norm of the step. U V^T has the norm sqrt(n):"
        " divide by it.",
        code="""
def diagnose(before, after, g):
    step = before - after
    length = np.abs(step).mean()
    if np.allclose(np.abs(step), length, rtol=1e-6):
        return "coupled", length, 0.0
    U, _, Vt = np.linalg.svd(g)
    k = np.sum(step * (U @ Vt)) / len(g)
    if np.allclose(step, k * (U @ Vt), rtol=1e-6, atol=1e-9):
        return "orthogonal", np.linalg.norm(step), 0.0
    for word, direction in (("decoupled", np.sign(g)), ("plain", g)):
        columns = np.column_stack([direction.ravel(), before.ravel()])
        (k, kw), *_ = np.linalg.lstsq(columns, step.ravel(), rcond=None)
        if np.allclose(columns @ [k, kw], step.ravel(), rtol=1e-6, atol=1e-9):
            return word, k, kw / k
""",
    ),
    Mistake(
        task="diagnose",
        name="coupled_called_decoupled",
        caught_by=("check_diagnose_words", "check_diagnose_small"),
        hint="You call a step whose entries all have one length decoupled. With decoupled "
        "decay the lengths differ, as the weights do; equal lengths mean that the decay"
        " went through the sign.",
        code="""
def diagnose(before, after, g):
    step = before - after
    length = np.abs(step).mean()
    if np.allclose(np.abs(step), length, rtol=1e-6):
        return "decoupled", length, 0.0
    U, _, Vt = np.linalg.svd(g)
    k = np.sum(step * (U @ Vt)) / len(g)
    if np.allclose(step, k * (U @ Vt), rtol=1e-6, atol=1e-9):
        return "orthogonal", k, 0.0
    for word, direction in (("decoupled", np.sign(g)), ("plain", g)):
        columns = np.column_stack([direction.ravel(), before.ravel()])
        (k, kw), *_ = np.linalg.lstsq(columns, step.ravel(), rcond=None)
        if np.allclose(columns @ [k, kw], step.ravel(), rtol=1e-6, atol=1e-9):
            return word, k, kw / k
""",
    ),
    Mistake(
        task="fit",
        name="gradient_descent",
        caught_by="check_fit_score",
        hint="This is gradient descent, and 3,000 updates of it are not enough here. Use the"
        " curvature: your two_loops.",
        code="""
def fit(x, y, penalty):
    theta = np.zeros(x.shape[1])
    L = np.linalg.eigvalsh(x.T @ x)[-1] / 4 / len(y) + penalty
    for _ in range(3000):
        p = 1 / (1 + np.exp(-(x @ theta)))
        theta = theta - (x.T @ (p - y) / len(y) + penalty * theta) / L
    return theta
""",
    ),
    Mistake(
        task="fit",
        name="standardised_columns",
        caught_by="check_fit_score",
        hint="You scale the columns and then run gradient descent. The bad scales do not lie"
        " along the columns, so little is gained.",
        code="""
def fit(x, y, penalty):
    scale = x.std(axis=0)
    z, theta = x / scale, np.zeros(x.shape[1])
    L = np.linalg.eigvalsh(z.T @ z)[-1] / 4 / len(y) + penalty / scale.min() ** 2
    for _ in range(4000):
        p = 1 / (1 + np.exp(-(z @ theta)))
        theta = theta - (z.T @ (p - y) / len(y) + penalty * theta / scale**2) / L
    return theta / scale
""",
    ),
    Mistake(
        task="fit",
        name="stops_early",
        caught_by="check_fit_score",
        hint="Your loop ends while the gradient is still 1e-4 long. Along a flat direction "
        "that is far from the minimum.",
        code="""
def fit(x, y, penalty):
    def f(theta):
        z = x @ theta
        p = 1 / (1 + np.exp(-z))
        loss = np.mean(np.logaddexp(0, z) - y * z) + penalty / 2 * theta @ theta
        return loss, x.T @ (p - y) / len(y) + penalty * theta

    theta = np.zeros(x.shape[1])
    value, g = f(theta)
    s, ys = [], []
    for _ in range(1500):
        if np.linalg.norm(g) < 1e-4:
            break
        p = -two_loops(g, np.array(s), np.array(ys)) if s else -g / np.linalg.norm(g)
        lr = 1.0
        for _ in range(40):
            new_value, new_g = f(theta + lr * p)
            if new_value <= value + 1e-4 * lr * g @ p:
                break
            lr /= 2
        else:
            break
        if (new_g - g) @ p > 0:
            s, ys = [*s[-19:], lr * p], [*ys[-19:], new_g - g]
        theta, value, g = theta + lr * p, new_value, new_g
    return theta
""",
    ),
    Mistake(
        task="fit",
        name="penalty_of_the_example",
        caught_by="check_fit_small",
        hint="Your penalty is the number 1e-3, whatever is asked for. Use the argument.",
        code="""
def fit(x, y, penalty):
    penalty = 1e-3

    def f(theta):
        z = x @ theta
        p = 1 / (1 + np.exp(-z))
        loss = np.mean(np.logaddexp(0, z) - y * z) + penalty / 2 * theta @ theta
        return loss, x.T @ (p - y) / len(y) + penalty * theta

    theta = np.zeros(x.shape[1])
    value, g = f(theta)
    s, ys = [], []
    for _ in range(1500):
        if np.linalg.norm(g) < 1e-7:
            break
        p = -two_loops(g, np.array(s), np.array(ys)) if s else -g / np.linalg.norm(g)
        lr = 1.0
        for _ in range(40):
            new_value, new_g = f(theta + lr * p)
            if new_value <= value + 1e-4 * lr * g @ p:
                break
            lr /= 2
        else:
            break
        if (new_g - g) @ p > 0:
            s, ys = [*s[-19:], lr * p], [*ys[-19:], new_g - g]
        theta, value, g = theta + lr * p, new_value, new_g
    return theta
""",
    ),
    Mistake(
        task="fit",
        name="sixty_updates",
        caught_by="check_fit_score",
        hint="Sixty updates are not enough on this problem. Let the loop go on until the "
        "gradient is tiny.",
        code="""
def fit(x, y, penalty):
    def f(theta):
        z = x @ theta
        p = 1 / (1 + np.exp(-z))
        loss = np.mean(np.logaddexp(0, z) - y * z) + penalty / 2 * theta @ theta
        return loss, x.T @ (p - y) / len(y) + penalty * theta

    theta = np.zeros(x.shape[1])
    value, g = f(theta)
    s, ys = [], []
    for _ in range(60):
        if np.linalg.norm(g) < 1e-7:
            break
        p = -two_loops(g, np.array(s), np.array(ys)) if s else -g / np.linalg.norm(g)
        lr = 1.0
        for _ in range(40):
            new_value, new_g = f(theta + lr * p)
            if new_value <= value + 1e-4 * lr * g @ p:
                break
            lr /= 2
        else:
            break
        if (new_g - g) @ p > 0:
            s, ys = [*s[-19:], lr * p], [*ys[-19:], new_g - g]
        theta, value, g = theta + lr * p, new_value, new_g
    return theta
""",
    ),
]

ALTERNATIVES = [
    Alternative(
        task="adamw_step",
        name="shrink_first",
        code="""
def adamw_step(theta, g, m, v, *, t, lr, beta1, beta2, eps, weight_decay):
    m = m + (1 - beta1) * (g - m)
    v = v + (1 - beta2) * (g * g - v)
    root = np.sqrt(v) / np.sqrt(1 - beta2**t) + eps
    return theta * (1 - lr * weight_decay) - lr / (1 - beta1**t) * m / root, m, v
""",
    ),
    Alternative(
        task="lion_step",
        name="memory_by_difference",
        code="""
def lion_step(theta, g, m, *, lr, beta1, beta2, weight_decay):
    vote = np.sign(m + (1 - beta1) * (g - m))
    return (1 - lr * weight_decay) * theta - lr * vote, m + (1 - beta2) * (g - m)
""",
    ),
    Alternative(
        task="orthogonalize",
        name="through_the_singular_values",
        code="""
def orthogonalize(G, *, steps, a, b, c):
    U, s, Vt = np.linalg.svd(G, full_matrices=False)
    s = s / np.sqrt(np.sum(s**2))
    for _ in range(steps):
        s = a * s + b * s**3 + c * s**5
    return U @ np.diag(s) @ Vt
""",
    ),
    Alternative(
        task="lars_step",
        name="lists_in_lists",
        code="""
def lars_step(thetas, gs, vs, *, lr, momentum, weight_decay, trust):
    def one(theta, g, v):
        size = np.sqrt(np.sum(theta**2))
        ratio = 1.0
        if size > 0:
            ratio = trust * size / (np.sqrt(np.sum(g**2)) + weight_decay * size)
        return momentum * v + lr * ratio * g + lr * ratio * weight_decay * theta

    found = [one(*each) for each in zip(thetas, gs, vs)]
    return [theta - v for theta, v in zip(thetas, found)], found
""",
    ),
    Alternative(
        task="two_loops",
        name="recursion",
        code="""
def two_loops(g, s, y):
    gamma = s[-1] @ y[-1] / (y[-1] @ y[-1])

    def times_H(q, pairs):
        if pairs == 0:
            return gamma * q
        step, change = s[pairs - 1], y[pairs - 1]
        rho = 1 / (step @ change)
        alpha = rho * (step @ q)
        r = times_H(q - alpha * change, pairs - 1)
        return r + (alpha - rho * (change @ r)) * step

    return times_H(np.array(g), len(s))
""",
    ),
    Alternative(
        task="two_loops",
        name="the_matrix_itself",
        code="""
def two_loops(g, s, y):
    H = (s[-1] @ y[-1]) / (y[-1] @ y[-1]) * np.eye(len(g))
    for step, change in zip(s, y):
        rho = 1 / (step @ change)
        V = np.eye(len(g)) - rho * np.outer(change, step)
        H = V.T @ H @ V + rho * np.outer(step, step)
    return H @ g
""",
    ),
    Alternative(
        task="diagnose",
        name="the_form_that_fits_best",
        code="""
def diagnose(before, after, g):
    step = (before - after).ravel()
    U, _, Vt = np.linalg.svd(g)
    forms = {
        "coupled": [np.sign(step)],
        "orthogonal": [(U @ Vt).ravel()],
        "decoupled": [np.sign(g).ravel(), before.ravel()],
        "plain": [g.ravel(), before.ravel()],
    }
    fits = {}
    for word, columns in forms.items():
        columns = np.column_stack(columns)
        found = np.linalg.lstsq(columns, step, rcond=None)[0]
        fits[word] = np.linalg.norm(columns @ found - step), found
    word = min(fits, key=lambda each: fits[each][0])
    found = fits[word][1]
    return word, found[0], found[1] / found[0] if len(found) > 1 else 0.0
""",
    ),
    Alternative(
        task="fit",
        name="newton",
        code="""
def fit(x, y, penalty):
    def f(theta):
        z = x @ theta
        return np.mean(np.logaddexp(0, z) - y * z) + penalty / 2 * theta @ theta

    theta = np.zeros(x.shape[1])
    for _ in range(100):
        p = 0.5 * (1 + np.tanh(x @ theta / 2))
        g = x.T @ (p - y) / len(y) + penalty * theta
        if np.linalg.norm(g) < 1e-9:
            break
        H = (x * (p * (1 - p) / len(y))[:, None]).T @ x + penalty * np.eye(len(theta))
        step, lr = np.linalg.solve(H, g), 1.0
        while lr > 1e-8 and f(theta - lr * step) > f(theta):
            lr /= 2
        theta = theta - lr * step
    return theta
""",
    ),
]
