"""Planted mistakes of the lesson on gradient descent, and other correct solutions."""

from nnedu.lesson import Alternative, Mistake

MISTAKES = [
    Mistake(
        task="gradient",
        name="assumes_symmetric",
        caught_by="check_gradient_general",
        hint="This is the gradient for a symmetric A. In the double sum each theta_i appears as a "
        "left and as a right factor: differentiate both.",
        code="""
def gradient(theta, A, b):
    return A @ theta - b
""",
    ),
    Mistake(
        task="gradient",
        name="transposed",
        caught_by="check_gradient_general",
        hint="You use the transpose of A alone. Each theta_i is a left and a right factor in the "
        "double sum: half of the gradient comes from each.",
        code="""
def gradient(theta, A, b):
    return A.T @ theta - b
""",
    ),
    Mistake(
        task="gradient",
        name="b_added",
        caught_by="check_gradient_general",
        hint="The sign of b is wrong: look at how b enters f.",
        code="""
def gradient(theta, A, b):
    return (A + A.T) @ theta / 2 + b
""",
    ),
    Mistake(
        task="gradient",
        name="half_kept",
        caught_by="check_gradient_general",
        hint="You kept the factor 1/2 but not what cancels it: the derivative of a square brings "
        "a factor of 2.",
        code="""
def gradient(theta, A, b):
    return 0.5 * A @ theta - b
""",
    ),
    Mistake(
        task="descend",
        name="one_array_in_every_row",
        caught_by="check_descend_path",
        hint="Every row of your path is the last point. You append one array and go on changing it "
        "in place: append a copy, or make a new array in each update.",
        code="""
def descend(slope, theta, *, lr, steps):
    theta = theta.copy()
    path = [theta]
    for _ in range(steps):
        theta -= lr * slope(theta)
        path.append(theta)
    return np.array(path)
""",
    ),
    Mistake(
        task="descend",
        name="changes_the_start",
        caught_by="check_descend_start",
        hint="Your updates change the caller's array: -= works in place. Start from a copy, or "
        "write theta = theta - ...",
        code="""
def descend(slope, theta, *, lr, steps):
    path = [theta.copy()]
    for _ in range(steps):
        theta -= lr * slope(theta)
        path.append(theta.copy())
    return np.array(path)
""",
    ),
    Mistake(
        task="descend",
        name="start_left_out",
        caught_by=("check_descend_path", "check_descend_end"),
        hint="Your path begins after the first update and makes one update too many. The start is "
        "the first row, and steps updates follow it.",
        code="""
def descend(slope, theta, *, lr, steps):
    path = []
    for _ in range(steps + 1):
        theta = theta - lr * slope(theta)
        path.append(theta)
    return np.array(path)
""",
    ),
    Mistake(
        task="descend",
        name="slope_of_the_start",
        caught_by=("check_descend_path", "check_descend_end"),
        hint="You ask for the slope once, at the start, and walk along it for ever. Ask again at "
        "every point.",
        code="""
def descend(slope, theta, *, lr, steps):
    g = slope(theta)
    return np.array([theta - k * lr * g for k in range(steps + 1)])
""",
    ),
    Mistake(
        task="descend",
        name="uphill",
        caught_by=("check_descend_path", "check_descend_end"),
        hint="You walk uphill: the slope points to where the loss grows.",
        code="""
def descend(slope, theta, *, lr, steps):
    path = [theta]
    for _ in range(steps):
        theta = theta + lr * slope(theta)
        path.append(theta)
    return np.array(path)
""",
    ),
    Mistake(
        task="limit_and_best",
        name="one_over_L",
        caught_by="check_limit",
        hint="1/L is a safe choice (factor 0 in the steepest direction), not the limit. At which "
        "lr is the factor -1?",
        code="""
def limit_and_best(A):
    curvatures = np.linalg.eigvalsh(A)
    return 1 / curvatures[-1], 2 / (curvatures[0] + curvatures[-1])
""",
    ),
    Mistake(
        task="limit_and_best",
        name="flattest_direction",
        caught_by="check_limit",
        hint="Your limit comes from the smallest curvature. The first direction to diverge is the "
        "steepest.",
        code="""
def limit_and_best(A):
    curvatures = np.linalg.eigvalsh(A)
    return 2 / curvatures[0], 2 / (curvatures[0] + curvatures[-1])
""",
    ),
    Mistake(
        task="limit_and_best",
        name="reads_the_diagonal",
        caught_by=("check_limit", "check_best"),
        hint="You read the curvatures off the diagonal. Those are the curvatures along the axes; "
        "the steepest direction lies between them unless A is diagonal.",
        code="""
def limit_and_best(A):
    curvatures = np.sort(np.diag(A))
    return 2 / curvatures[-1], 2 / (curvatures[0] + curvatures[-1])
""",
    ),
    Mistake(
        task="limit_and_best",
        name="best_is_one_over_L",
        caught_by="check_best",
        hint="At 1/L the steepest direction is done in one step, while the flattest waits. A "
        "somewhat larger lr makes both equally slow.",
        code="""
def limit_and_best(A):
    curvatures = np.linalg.eigvalsh(A)
    return 2 / curvatures[-1], 1 / curvatures[-1]
""",
    ),
    Mistake(
        task="limit_and_best",
        name="all_curvatures_in_the_best",
        caught_by="check_best",
        hint="Your best learning rate divides by the sum of all curvatures. Only two of them "
        "matter: the slowest direction is always the flattest or the steepest.",
        code="""
def limit_and_best(A):
    return 2 / np.linalg.eigvalsh(A)[-1], 2 / np.trace(A)
""",
    ),
    Mistake(
        task="limit_and_best",
        name="mean_of_inverses",
        caught_by="check_best",
        hint="You average the ideal learning rates of the two directions, which is far beyond the "
        "limit. Set the two factors equal in size instead.",
        code="""
def limit_and_best(A):
    curvatures = np.linalg.eigvalsh(A)
    return 2 / curvatures[-1], (1 / curvatures[0] + 1 / curvatures[-1]) / 2
""",
    ),
    Mistake(
        task="steps_to",
        name="flattest_only",
        caught_by="check_steps_steep",
        hint="You follow the flattest direction only. Near the limit the steepest is slower: it "
        "jumps from side to side and hardly shrinks.",
        code="""
def steps_to(A, lr, ratio):
    curvatures = np.linalg.eigvalsh(A)
    if lr * curvatures[-1] >= 2:
        return -1
    return max(1, int(np.ceil(np.log(ratio) / np.log(abs(1 - lr * curvatures[0])))))
""",
    ),
    Mistake(
        task="steps_to",
        name="steepest_only",
        caught_by="check_steps_flat",
        hint="You follow the steepest direction only. At a small lr the flattest is the slowest.",
        code="""
def steps_to(A, lr, ratio):
    factor = abs(1 - lr * np.linalg.eigvalsh(A)[-1])
    if factor >= 1:
        return -1
    return max(1, int(np.ceil(np.log(ratio) / np.log(factor))))
""",
    ),
    Mistake(
        task="steps_to",
        name="rounded_down",
        caught_by=("check_steps_flat", "check_steps_steep"),
        hint="One update too few: after the number you return, the distance is still a little "
        "above the ratio. Which way do you round?",
        code="""
def steps_to(A, lr, ratio):
    slowest = np.max(np.abs(1 - lr * np.linalg.eigvalsh(A)))
    if slowest >= 1:
        return -1
    return int(np.log(ratio) / np.log(slowest))
""",
    ),
    Mistake(
        task="steps_to",
        name="always_the_best_lr",
        caught_by=("check_steps_flat", "check_steps_steep"),
        hint="(kappa - 1) / (kappa + 1) is the factor at the best learning rate. Here lr is given: "
        "use the factors it has.",
        code="""
def steps_to(A, lr, ratio):
    curvatures = np.linalg.eigvalsh(A)
    if lr * curvatures[-1] >= 2:
        return -1
    kappa = curvatures[-1] / curvatures[0]
    return int(np.ceil(np.log(ratio) / np.log((kappa - 1) / (kappa + 1))))
""",
    ),
    Mistake(
        task="steps_to",
        name="divergence_not_noticed",
        caught_by="check_steps_diverging",
        hint="You return a number of updates for runs that never arrive. A factor of 1 or more in "
        "size does not shrink anything.",
        code="""
def steps_to(A, lr, ratio):
    slowest = np.max(np.abs(1 - lr * np.linalg.eigvalsh(A)))
    return max(1, int(np.ceil(np.abs(np.log(ratio) / np.log(slowest)))))
""",
    ),
    Mistake(
        task="steps_to",
        name="arrives_without_a_step",
        caught_by="check_steps_round",
        hint="In a bowl that is equally steep everywhere, one learning rate arrives with the first "
        "update. The factor is 0 there, and its logarithm is minus infinity: you answer 0 updates.",
        code="""
def steps_to(A, lr, ratio):
    slowest = np.max(np.abs(1 - lr * np.linalg.eigvalsh(A)))
    if slowest >= 1:
        return -1
    return int(np.ceil(np.log(ratio) / np.log(slowest)))
""",
    ),
    Mistake(
        task="backtracking",
        name="any_drop_will_do",
        caught_by="check_backtracking_enough",
        hint="You accept any drop of the loss. The condition asks for a fraction c of what the "
        "slope promises.",
        code="""
def backtracking(f, theta, g, *, lr, shrink, c):
    while f(theta - lr * g) >= f(theta):
        lr = lr * shrink
    return theta - lr * g, lr
""",
    ),
    Mistake(
        task="backtracking",
        name="norm_not_squared",
        caught_by="check_backtracking_enough",
        hint="Your promised drop grows with the length of g. A step of lr g along a slope of the "
        "length of g drops by the square of it.",
        code="""
def backtracking(f, theta, g, *, lr, shrink, c):
    while f(theta - lr * g) > f(theta) - c * lr * np.linalg.norm(g):
        lr = lr * shrink
    return theta - lr * g, lr
""",
    ),
    Mistake(
        task="backtracking",
        name="allows_a_rise",
        caught_by="check_backtracking_enough",
        hint="A sign: your condition lets the loss rise by c lr (g . g); it has to fall by that.",
        code="""
def backtracking(f, theta, g, *, lr, shrink, c):
    while f(theta - lr * g) > f(theta) + c * lr * (g @ g):
        lr = lr * shrink
    return theta - lr * g, lr
""",
    ),
    Mistake(
        task="backtracking",
        name="first_trial_skipped",
        caught_by="check_backtracking_first",
        hint="You shrink before you test, so the first trial is never tried.",
        code="""
def backtracking(f, theta, g, *, lr, shrink, c):
    while True:
        lr = lr * shrink
        if f(theta - lr * g) <= f(theta) - c * lr * (g @ g):
            return theta - lr * g, lr
""",
    ),
    Mistake(
        task="backtracking",
        name="returns_the_first_lr",
        caught_by="check_backtracking_long",
        hint="The parameters are right; the learning rate you return is the first trial, not the "
        "one that was accepted.",
        code="""
def backtracking(f, theta, g, *, lr, shrink, c):
    accepted = lr
    while f(theta - accepted * g) > f(theta) - c * accepted * (g @ g):
        accepted = accepted * shrink
    return theta - accepted * g, lr
""",
    ),
    Mistake(
        task="diagnose",
        name="minimum_taken_for_zero",
        caught_by="check_diagnose_curvature",
        hint="The ratio of two values is r only if the minimum is at 0. Differences of "
        "neighbouring values do not care where the minimum is.",
        code="""
def diagnose(path, lr):
    r = path[1] / path[0]
    word = "diverging" if abs(r) >= 1 else "oscillating" if r < 0 else "good"
    if 0.9 < r < 1:
        word = "crawling"
    return word, (1 - r) / lr
""",
    ),
    Mistake(
        task="diagnose",
        name="sign_lost",
        caught_by="check_diagnose_curvature",
        hint="You take the size of the differences, so a run that changes sides looks like one "
        "that does not. Keep the sign of r.",
        code="""
def diagnose(path, lr):
    r = abs(path[2] - path[1]) / abs(path[1] - path[0])
    word = "diverging" if r >= 1 else "crawling" if r > 0.9 else "good"
    return word, (1 - r) / lr
""",
    ),
    Mistake(
        task="diagnose",
        name="lr_forgotten",
        caught_by=("check_diagnose_curvature", "check_diagnose_origin"),
        hint="1 - r is lr times the curvature: divide.",
        code="""
def diagnose(path, lr):
    r = (path[2] - path[1]) / (path[1] - path[0])
    word = "diverging" if abs(r) >= 1 else "oscillating" if r < 0 else "good"
    if 0.9 < r < 1:
        word = "crawling"
    return word, 1 - r
""",
    ),
    Mistake(
        task="diagnose",
        name="one_plus_r",
        caught_by=("check_diagnose_curvature", "check_diagnose_origin"),
        hint="Solve r = 1 - lr * curvature for the curvature once more: a sign is wrong.",
        code="""
def diagnose(path, lr):
    r = (path[2] - path[1]) / (path[1] - path[0])
    word = "diverging" if abs(r) >= 1 else "oscillating" if r < 0 else "good"
    if 0.9 < r < 1:
        word = "crawling"
    return word, (1 + r) / lr
""",
    ),
    Mistake(
        task="diagnose",
        name="negative_divergence_missed",
        caught_by="check_diagnose_words",
        hint="A run with r below -1 changes sides and moves away: its size decides first, its sign "
        "second.",
        code="""
def diagnose(path, lr):
    r = (path[2] - path[1]) / (path[1] - path[0])
    word = "oscillating" if r < 0 else "diverging" if r >= 1 else "crawling" if r > 0.9 else "good"
    return word, (1 - r) / lr
""",
    ),
    Mistake(
        task="choose_lrs",
        name="one_for_each_point",
        caught_by="check_lrs_form",
        hint="One learning rate too many: a path of budget updates has budget + 1 points, but a "
        "learning rate belongs to an update.",
        code="""
def choose_lrs(A, budget):
    curvatures = np.linalg.eigvalsh(A)
    return np.full(budget + 1, 2 / (curvatures[0] + curvatures[-1]))
""",
    ),
    Mistake(
        task="choose_lrs",
        name="half_the_limit",
        caught_by="check_lrs_score",
        hint="1/L is safe and slow in the flattest direction. The best learning rate of task 3 "
        "gets further in the same budget.",
        code="""
def choose_lrs(A, budget):
    return np.full(budget, 1 / np.linalg.eigvalsh(A)[-1])
""",
    ),
    Mistake(
        task="choose_lrs",
        name="just_below_the_limit",
        caught_by="check_lrs_score",
        hint="Just below the limit the steepest direction hardly shrinks: it jumps from side to "
        "side with a factor close to -1.",
        code="""
def choose_lrs(A, budget):
    return np.full(budget, 0.999 * 2 / np.linalg.eigvalsh(A)[-1])
""",
    ),
    Mistake(
        task="choose_lrs",
        name="from_the_flattest",
        caught_by="check_lrs_score",
        hint="Your learning rate suits the flattest direction and makes all the others explode.",
        code="""
def choose_lrs(A, budget):
    return np.full(budget, 1 / np.linalg.eigvalsh(A)[0])
""",
    ),
    Mistake(
        task="choose_lrs",
        name="decays_without_noise",
        caught_by="check_lrs_score",
        hint="There is no noise here, so nothing is gained by smaller and smaller steps: the "
        "flattest direction needs all the length it can get.",
        code="""
def choose_lrs(A, budget):
    return 2 / np.linalg.eigvalsh(A)[-1] / (1 + np.arange(budget))
""",
    ),
]

ALTERNATIVES = [
    Alternative(
        task="gradient",
        name="two_sums",
        code="""
def gradient(theta, A, b):
    left = np.einsum("ij,j->i", A, theta)
    right = np.einsum("ji,j->i", A, theta)
    return 0.5 * (left + right) - b
""",
    ),
    Alternative(
        task="descend",
        name="rows_filled_in",
        code="""
def descend(slope, theta, *, lr, steps):
    path = np.empty((steps + 1, theta.size))
    path[0] = theta
    for k in range(steps):
        path[k + 1] = path[k] - lr * slope(path[k])
    return path
""",
    ),
    Alternative(
        task="descend",
        name="in_place_on_copies",
        code="""
def descend(slope, theta, *, lr, steps):
    theta = theta.copy()
    path = [theta.copy()]
    while len(path) <= steps:
        theta -= lr * slope(theta)
        path.append(theta.copy())
    return np.stack(path)
""",
    ),
    Alternative(
        task="limit_and_best",
        name="by_norms",
        code="""
def limit_and_best(A):
    L = np.linalg.norm(A, 2)
    ell = 1 / np.linalg.norm(np.linalg.inv(A), 2)
    return 2 / L, 2 / (L + ell)
""",
    ),
    Alternative(
        task="steps_to",
        name="by_counting",
        code="""
def steps_to(A, lr, ratio):
    factors = np.abs(np.linalg.eigvalsh(np.eye(len(A)) - lr * A))
    if factors.max() >= 1:
        return -1
    left, steps = 1.0, 0
    while left > ratio:
        left, steps = left * factors.max(), steps + 1
    return steps
""",
    ),
    Alternative(
        task="backtracking",
        name="by_powers",
        code="""
def backtracking(f, theta, g, *, lr, shrink, c):
    start, slope = f(theta), np.sum(g**2)
    for k in range(200):
        trial = lr * shrink**k
        if f(theta - trial * g) <= start - c * trial * slope:
            return theta - trial * g, trial
""",
    ),
    Alternative(
        task="diagnose",
        name="from_the_last_values",
        code="""
def diagnose(path, lr):
    differences = np.diff(path)
    r = differences[-1] / differences[-2]
    if r <= -1 or r >= 1:
        return "diverging", (1 - r) / lr
    if r < 0:
        return "oscillating", (1 - r) / lr
    return ("crawling" if r > 0.9 else "good"), (1 - r) / lr
""",
    ),
    Alternative(
        task="choose_lrs",
        name="chebyshev",
        code="""
def choose_lrs(A, budget):
    curvatures = np.linalg.eigvalsh(A)
    middle = (curvatures[-1] + curvatures[0]) / 2
    half = (curvatures[-1] - curvatures[0]) / 2
    order = [0]  # large and small steps mixed, so that no direction overflows on the way
    while len(order) < budget:
        order = [i for k in order for i in (k, 2 * len(order) - 1 - k)]
    nodes = np.array([k for k in order if k < budget])
    return 1 / (middle + half * np.cos(np.pi * (nodes + 0.5) / budget))
""",
    ),
]
