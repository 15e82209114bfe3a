"""Planted mistakes of the lesson on momentum, and other correct solutions."""

from nnedu.lesson import Alternative, Mistake

MISTAKES = [
    Mistake(
        task="momentum_step",
        name="average_in_any_case",
        caught_by=("check_momentum_step_values", "check_momentum_step_dampening"),
        hint="You multiply the gradient by 1 - momentum, as an exponential average does. Here a "
        "share of it is withheld only as far as dampening says.",
        code="""
def momentum_step(theta, g, b, *, lr, momentum, dampening):
    b = momentum * b + (1 - momentum) * g
    return theta - lr * b, b
""",
    ),
    Mistake(
        task="momentum_step",
        name="dampening_forgotten",
        caught_by="check_momentum_step_dampening",
        hint="Dampening has no effect in your step. It withholds a share of the new gradient.",
        code="""
def momentum_step(theta, g, b, *, lr, momentum, dampening):
    b = momentum * b + g
    return theta - lr * b, b
""",
    ),
    Mistake(
        task="momentum_step",
        name="dampens_the_buffer",
        caught_by="check_momentum_step_dampening",
        hint="You dampen the whole buffer. Only the new gradient is dampened; what is in the "
        "buffer already has been.",
        code="""
def momentum_step(theta, g, b, *, lr, momentum, dampening):
    b = (1 - dampening) * (momentum * b + g)
    return theta - lr * b, b
""",
    ),
    Mistake(
        task="momentum_step",
        name="steps_along_the_old_buffer",
        caught_by="check_momentum_step_values",
        hint="You step along the old buffer. The buffer takes in the new gradient first.",
        code="""
def momentum_step(theta, g, b, *, lr, momentum, dampening):
    return theta - lr * b, momentum * b + (1 - dampening) * g
""",
    ),
    Mistake(
        task="momentum_step",
        name="changes_the_caller",
        caught_by="check_momentum_step_caller",
        hint="Your update changes the caller's arrays: *= and += and -= work in place. Write "
        "b = momentum * b + ..., which makes a new array.",
        code="""
def momentum_step(theta, g, b, *, lr, momentum, dampening):
    b *= momentum
    b += (1 - dampening) * g
    theta -= lr * b
    return theta, b
""",
    ),
    Mistake(
        task="nesterov_step",
        name="plain_heavy_ball",
        caught_by=("check_nesterov_point", "check_nesterov_run"),
        hint="This is the heavy ball: theta moves by the velocity. theta is the look-ahead point, "
        "and its momentum part moves as well.",
        code="""
def nesterov_step(theta, g, v, *, lr, momentum):
    v = momentum * v - lr * g
    return theta + v, v
""",
    ),
    Mistake(
        task="nesterov_step",
        name="adds_the_whole_look_ahead",
        caught_by=("check_nesterov_point", "check_nesterov_run"),
        hint="You add the new look-ahead to theta, but theta already holds the old one: take "
        "momentum times the old velocity out first.",
        code="""
def nesterov_step(theta, g, v, *, lr, momentum):
    v = momentum * v - lr * g
    return theta + v + momentum * v, v
""",
    ),
    Mistake(
        task="nesterov_step",
        name="lr_outside",
        caught_by=("check_nesterov_velocity", "check_nesterov_point"),
        hint="You keep lr outside the velocity, as PyTorch does. Here each gradient enters the "
        "velocity already multiplied by lr.",
        code="""
def nesterov_step(theta, g, v, *, lr, momentum):
    v = momentum * v - g
    return theta + lr * (momentum * v - g), v
""",
    ),
    Mistake(
        task="nesterov_step",
        name="gradient_left_out",
        caught_by=("check_nesterov_point", "check_nesterov_run"),
        hint="In your step the gradient acts only through momentum times the velocity. Insert "
        "phi = theta - momentum * v into the textbook's second line and count the gradients again.",
        code="""
def nesterov_step(theta, g, v, *, lr, momentum):
    v = momentum * v - lr * g
    return theta + momentum * v, v
""",
    ),
    Mistake(
        task="rate",
        name="real_part_only",
        caught_by="check_rate_swinging",
        hint="You take the real part of a complex eigenvalue. Its size is the root of the sum of "
        "the squares of both parts: np.abs.",
        code="""
def rate(curvature, *, lr, momentum):
    h = lr * curvature
    z = np.linalg.eigvals([[1 + momentum - h, -momentum], [1.0, 0.0]])
    return float(np.abs(z.real).max())
""",
    ),
    Mistake(
        task="rate",
        name="always_the_root_of_momentum",
        caught_by=("check_rate_crawling", "check_rate_diverging"),
        hint="The size is sqrt(momentum) only where the eigenvalues are complex. Elsewhere they "
        "are real and unlike, and the larger one counts.",
        code="""
def rate(curvature, *, lr, momentum):
    return float(np.sqrt(momentum))
""",
    ),
    Mistake(
        task="rate",
        name="largest_not_largest_in_size",
        caught_by="check_rate_diverging",
        hint="Here both eigenvalues are negative and you take the larger one, which is the one of "
        "the smaller size. Take absolute values before the maximum.",
        code="""
def rate(curvature, *, lr, momentum):
    h = lr * curvature
    z = np.linalg.eigvals([[1 + momentum - h, -momentum], [1.0, 0.0]])
    return float(np.abs(z[np.argmax(z.real)]))
""",
    ),
    Mistake(
        task="rate",
        name="smallest_eigenvalue",
        caught_by="check_rate_crawling",
        hint="You return the smaller of the two sizes. In the long run the larger one is left.",
        code="""
def rate(curvature, *, lr, momentum):
    h = lr * curvature
    z = np.linalg.eigvals([[1 + momentum - h, -momentum], [1.0, 0.0]])
    return float(np.abs(z).min())
""",
    ),
    Mistake(
        task="best_setting",
        name="momentum_not_squared",
        caught_by=("check_best_momentum", "check_best_diagonal"),
        hint="Your momentum is the rate. The rate is the root of the momentum: square it.",
        code="""
def best_setting(A):
    curvatures = np.linalg.eigvalsh(A)
    low, high = np.sqrt(curvatures[0]), np.sqrt(curvatures[-1])
    return 4 / (low + high) ** 2, (high - low) / (high + low)
""",
    ),
    Mistake(
        task="best_setting",
        name="kappa_without_root",
        caught_by=("check_best_momentum", "check_best_diagonal"),
        hint="You use the condition number where its square root belongs: the conditions at both "
        "ends of the range contain sqrt(momentum), and so their quotient gives sqrt(kappa).",
        code="""
def best_setting(A):
    curvatures = np.linalg.eigvalsh(A)
    low, high = curvatures[0], curvatures[-1]
    return 4 / (low**0.5 + high**0.5) ** 2, ((high - low) / (high + low)) ** 2
""",
    ),
    Mistake(
        task="best_setting",
        name="lr_of_gradient_descent",
        caught_by=("check_best_lr", "check_best_diagonal"),
        hint="2/(L + l) is the best learning rate of gradient descent. With momentum the right end "
        "of the range reaches further than 2.",
        code="""
def best_setting(A):
    curvatures = np.linalg.eigvalsh(A)
    low, high = np.sqrt(curvatures[0]), np.sqrt(curvatures[-1])
    return 2 / (curvatures[0] + curvatures[-1]), ((high - low) / (high + low)) ** 2
""",
    ),
    Mistake(
        task="best_setting",
        name="reads_the_diagonal",
        caught_by=("check_best_lr", "check_best_momentum"),
        hint="You read the curvatures off the diagonal. They are the eigenvalues, which the "
        "diagonal shows only if the bowl lies along the axes.",
        code="""
def best_setting(A):
    curvatures = np.sort(np.diag(A))
    low, high = np.sqrt(curvatures[0]), np.sqrt(curvatures[-1])
    return 4 / (low + high) ** 2, ((high - low) / (high + low)) ** 2
""",
    ),
    Mistake(
        task="best_setting",
        name="smallest_curvature_taken_for_one",
        caught_by=("check_best_lr", "check_best_momentum"),
        hint="You use only the largest curvature, as if the smallest were 1.",
        code="""
def best_setting(A):
    high = np.sqrt(np.linalg.eigvalsh(A)[-1])
    return 4 / (1 + high) ** 2, ((high - 1) / (high + 1)) ** 2
""",
    ),
    Mistake(
        task="diagnose",
        name="minimum_taken_for_zero",
        caught_by=("check_diagnose_momentum", "check_diagnose_h"),
        hint="You put the values themselves into the equation, which is right only if the minimum "
        "is at 0. Differences of neighbouring values do not care where it is.",
        code="""
def diagnose(path):
    equations = np.column_stack([path[1:-1], -path[:-2]])
    (total, mu), *_ = np.linalg.lstsq(equations, path[2:], rcond=None)
    z = np.roots([1, -total, mu])
    if np.abs(z).max() >= 1:
        word = "diverging"
    elif np.any(np.abs(z.imag) > 1e-9):
        word = "swinging"
    else:
        word = "flipping" if z.real.max() < 0 else "crawling"
    return mu, 1 + mu - total, word
""",
    ),
    Mistake(
        task="diagnose",
        name="sum_of_roots_for_h",
        caught_by="check_diagnose_h",
        hint="What you return as h is the factor of e_t, 1 + mu - h. Solve it for h.",
        code="""
def diagnose(path):
    d = np.diff(path)
    equations = np.column_stack([d[1:-1], -d[:-2]])
    (total, mu), *_ = np.linalg.lstsq(equations, d[2:], rcond=None)
    z = np.roots([1, -total, mu])
    if np.abs(z).max() >= 1:
        word = "diverging"
    elif np.any(np.abs(z.imag) > 1e-9):
        word = "swinging"
    else:
        word = "flipping" if z.real.max() < 0 else "crawling"
    return mu, total, word
""",
    ),
    Mistake(
        task="diagnose",
        name="sign_of_momentum",
        caught_by="check_diagnose_momentum",
        hint="Your momenta have the wrong sign: in the equation momentum stands with a minus.",
        code="""
def diagnose(path):
    d = np.diff(path)
    equations = np.column_stack([d[1:-1], d[:-2]])
    (total, mu), *_ = np.linalg.lstsq(equations, d[2:], rcond=None)
    z = np.roots([1, -total, -mu])
    if np.abs(z).max() >= 1:
        word = "diverging"
    elif np.any(np.abs(z.imag) > 1e-9):
        word = "swinging"
    else:
        word = "flipping" if z.real.max() < 0 else "crawling"
    return mu, 1 - mu - total, word
""",
    ),
    Mistake(
        task="diagnose",
        name="limit_of_gradient_descent",
        caught_by="check_diagnose_words",
        hint="You call every run with h above 2 diverging. That is the limit of gradient descent; "
        "with momentum it lies further out.",
        code="""
def diagnose(path):
    d = np.diff(path)
    equations = np.column_stack([d[1:-1], -d[:-2]])
    (total, mu), *_ = np.linalg.lstsq(equations, d[2:], rcond=None)
    h = 1 + mu - total
    if h >= 2:
        word = "diverging"
    elif total**2 < 4 * mu:
        word = "swinging"
    else:
        word = "flipping" if total < 0 else "crawling"
    return mu, h, word
""",
    ),
    Mistake(
        task="momenta",
        name="ratio_upside_down",
        caught_by="check_momenta_values",
        hint="Your ratio is upside down: when lr falls, PyTorch's step falls at once, so the "
        "velocity has to be cut, not raised.",
        code="""
def momenta(lrs, momentum):
    changing = np.full(len(lrs), float(momentum))
    changing[1:] *= lrs[:-1] / lrs[1:]
    return changing
""",
    ),
    Mistake(
        task="momenta",
        name="one_update_early",
        caught_by="check_momenta_values",
        hint="Your momenta come one update too early. The velocity built with lr of update t is "
        "rescaled in update t + 1.",
        code="""
def momenta(lrs, momentum):
    changing = np.full(len(lrs), float(momentum))
    changing[:-1] *= lrs[1:] / lrs[:-1]
    return changing
""",
    ),
    Mistake(
        task="momenta",
        name="relative_to_the_first",
        caught_by="check_momenta_values",
        hint="You compare each lr with the first. The velocity was rescaled in every update "
        "before, so what counts is the lr of the update just before.",
        code="""
def momenta(lrs, momentum):
    return momentum * lrs / lrs[0]
""",
    ),
    Mistake(
        task="momenta",
        name="constant",
        caught_by="check_momenta_values",
        hint="With a constant momentum the two forms agree only while lr is constant. Put "
        "v = -lr b, with the lr of each update, into both.",
        code="""
def momenta(lrs, momentum):
    return np.full(len(lrs), float(momentum))
""",
    ),
    Mistake(
        task="momenta",
        name="zero_at_the_first",
        caught_by="check_momenta_first",
        hint="Your first entry is 0. It has no effect on the run, but the text asks for momentum.",
        code="""
def momenta(lrs, momentum):
    return momentum * np.concatenate([[0.0], lrs[1:] / lrs[:-1]])
""",
    ),
    Mistake(
        task="settings",
        name="no_momentum",
        caught_by="check_settings_score",
        hint="This is gradient descent at its best. With a condition number around a hundred, "
        "momentum gets several times as far.",
        code="""
def settings(A, budget):
    curvatures = np.linalg.eigvalsh(A)
    return np.tile([2 / (curvatures[0] + curvatures[-1]), 0.0], (budget, 1))
""",
    ),
    Mistake(
        task="settings",
        name="too_much_momentum",
        caught_by="check_settings_score",
        hint="Momentum 0.95 still swings when the budget is spent: its rate is sqrt(0.95), "
        "whatever the learning rate. Task 4 knows a smaller momentum that fits this bowl.",
        code="""
def settings(A, budget):
    return np.tile([1 / np.linalg.eigvalsh(A)[-1], 0.95], (budget, 1))
""",
    ),
    Mistake(
        task="settings",
        name="lr_of_gradient_descent",
        caught_by="check_settings_score",
        hint="Your learning rate is that of gradient descent, so the flattest direction crawls at "
        "this momentum. The two belong together: task 4 gives both.",
        code="""
def settings(A, budget):
    lr, momentum = best_setting(A)
    return np.tile([1 / np.linalg.eigvalsh(A)[-1], momentum], (budget, 1))
""",
    ),
    Mistake(
        task="settings",
        name="one_row_too_many",
        caught_by="check_settings_form",
        hint="One row too many: a path of budget updates has budget + 1 points, but a setting "
        "belongs to an update.",
        code="""
def settings(A, budget):
    return np.tile(best_setting(A), (budget + 1, 1))
""",
    ),
]

ALTERNATIVES = [
    Alternative(
        task="momentum_step",
        name="in_place_on_copies",
        code="""
def momentum_step(theta, g, b, *, lr, momentum, dampening):
    theta, b = np.array(theta, dtype=float), np.array(b, dtype=float)
    b *= momentum
    b += g - dampening * np.asarray(g)
    theta -= lr * b
    return theta, b
""",
    ),
    Alternative(
        task="nesterov_step",
        name="through_phi",
        code="""
def nesterov_step(theta, g, v, *, lr, momentum):
    phi = theta - momentum * v
    v = momentum * v - lr * g
    phi = phi + v
    return phi + momentum * v, v
""",
    ),
    Alternative(
        task="rate",
        name="by_the_quadratic_formula",
        code="""
def rate(curvature, *, lr, momentum):
    total = 1 + momentum - lr * curvature
    root = np.sqrt(complex(total**2 - 4 * momentum))
    return float(max(abs(total + root), abs(total - root)) / 2)
""",
    ),
    Alternative(
        task="best_setting",
        name="through_kappa",
        code="""
def best_setting(A):
    curvatures = np.linalg.eigvalsh(A)
    root = np.sqrt(curvatures[-1] / curvatures[0])
    momentum = ((root - 1) / (root + 1)) ** 2
    return (1 + momentum**0.5) ** 2 / curvatures[-1], momentum
""",
    ),
    Alternative(
        task="diagnose",
        name="two_equations_and_the_regions_of_the_map",
        code="""
def diagnose(path):
    d = np.diff(path)
    total, mu = np.linalg.solve([[d[1], -d[0]], [d[2], -d[1]]], [d[2], d[3]])
    h = 1 + mu - total
    if h >= 2 * (1 + mu):
        word = "diverging"
    elif h > (1 + mu**0.5) ** 2:
        word = "flipping"
    elif h > (1 - mu**0.5) ** 2:
        word = "swinging"
    else:
        word = "crawling"
    return mu, h, word
""",
    ),
    Alternative(
        task="momenta",
        name="a_loop",
        code="""
def momenta(lrs, momentum):
    found = [momentum]
    for before, now in zip(lrs, lrs[1:]):
        found.append(momentum * now / before)
    return np.array(found)
""",
    ),
    Alternative(
        task="settings",
        name="chebyshev",
        code="""
def settings(A, budget):
    low, high = np.linalg.eigvalsh(A)[[0, -1]]
    middle, half = (high + low) / 2, (high - low) / 2
    rows, lr = [(1 / middle, 0.0)], 1 / middle
    for t in range(1, budget):
        share = (half * lr) ** 2 / (2 if t == 1 else 4)
        new = 1 / (middle - share / lr)
        rows.append((new, share * new / lr))
        lr = new
    return np.array(rows)
""",
    ),
]
