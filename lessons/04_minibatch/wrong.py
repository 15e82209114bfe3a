"""Planted mistakes of the lesson on mini-batches, and other correct solutions."""

from nnedu.lesson import Alternative, Mistake

MISTAKES = [
    Mistake(
        task="cut",
        name="drops_the_first",
        caught_by="check_cut_rest",
        hint="What is left over is at the end of the order; you drop from its beginning.",
        code="""
def cut(order, B):
    return order[len(order) % B :].reshape(-1, B)
""",
    ),
    Mistake(
        task="cut",
        name="dealt_like_cards",
        caught_by=("check_cut_whole", "check_cut_rest"),
        hint="You deal the examples out like cards, one to each batch in turn. A batch is a "
        "stretch of the order.",
        code="""
def cut(order, B):
    whole = len(order) // B * B
    return order[:whole].reshape(B, -1).T
""",
    ),
    Mistake(
        task="cut",
        name="sorted_first",
        caught_by=("check_cut_whole", "check_cut_rest"),
        hint="Your batches are in ascending order: the shuffling is lost. Keep the order you get.",
        code="""
def cut(order, B):
    whole = len(order) // B * B
    return np.sort(order[:whole]).reshape(-1, B)
""",
    ),
    Mistake(
        task="cut",
        name="last_whole_batch_lost",
        caught_by=("check_cut_whole", "check_cut_one"),
        hint="When B divides N, your last batch is missing although it is whole. How many batches "
        "are there?",
        code="""
def cut(order, B):
    whole = (len(order) - 1) // B * B
    return order[:whole].reshape(-1, B)
""",
    ),
    Mistake(
        task="expected_error",
        name="replacement_ignored",
        caught_by="check_error_without",
        hint="Without replacement the error has another factor, which is 0 for a batch of all N.",
        code="""
def expected_error(g, B, replacement):
    return np.mean(np.sum((g - g.mean(axis=0)) ** 2, axis=1)) / B
""",
    ),
    Mistake(
        task="expected_error",
        name="correction_over_N",
        caught_by=("check_error_without", "check_error_one"),
        hint="Look at the denominator of the correction: the second example is one of how many?",
        code="""
def expected_error(g, B, replacement):
    N = len(g)
    error = np.mean(np.sum((g - g.mean(axis=0)) ** 2, axis=1)) / B
    return error if replacement else error * (N - B) / N
""",
    ),
    Mistake(
        task="expected_error",
        name="sample_variance",
        caught_by="check_error_with",
        hint="Your variance divides by N - 1. That goes with another form of the correction, and "
        "is wrong with replacement: the N examples are all there are.",
        code="""
def expected_error(g, B, replacement):
    N = len(g)
    error = np.sum((g - g.mean(axis=0)) ** 2) / (N - 1) / B
    return error if replacement else error * (N - B) / N
""",
    ),
    Mistake(
        task="expected_error",
        name="standard_deviation_scaling",
        caught_by=("check_error_with", "check_error_without"),
        hint="The error falls like one over the root of B. You are asked for its square.",
        code="""
def expected_error(g, B, replacement):
    N = len(g)
    error = np.mean(np.sum((g - g.mean(axis=0)) ** 2, axis=1)) / np.sqrt(B)
    return error if replacement else error * (N - B) / (N - 1)
""",
    ),
    Mistake(
        task="expected_error",
        name="mean_over_parameters",
        caught_by=("check_error_with", "check_error_without"),
        hint="You average the squares over the parameters. A squared distance is their sum.",
        code="""
def expected_error(g, B, replacement):
    N = len(g)
    error = np.mean((g - g.mean(axis=0)) ** 2) / B
    return error if replacement else error * (N - B) / (N - 1)
""",
    ),
    Mistake(
        task="epoch",
        name="always_divided_by_B",
        caught_by="check_epoch_last",
        hint="The last batch is smaller, and you still divide by B: its step comes out too short.",
        code="""
def epoch(theta, x, y, order, *, B, lr):
    for start in range(0, len(order), B):
        batch = order[start : start + B]
        error = x[batch] @ theta - y[batch]
        theta = theta - lr * x[batch].T @ error / B
    return theta
""",
    ),
    Mistake(
        task="epoch",
        name="last_batch_dropped",
        caught_by="check_epoch_last",
        hint="You drop the smaller batch at the end. This epoch keeps it.",
        code="""
def epoch(theta, x, y, order, *, B, lr):
    for start in range(0, len(order) - B + 1, B):
        batch = order[start : start + B]
        error = x[batch] @ theta - y[batch]
        theta = theta - lr * x[batch].T @ error / B
    return theta
""",
    ),
    Mistake(
        task="epoch",
        name="gradients_at_the_start",
        caught_by=("check_epoch_whole", "check_epoch_last"),
        hint="All your gradients are taken at the first theta. Each batch has to see what the "
        "batches before it did.",
        code="""
def epoch(theta, x, y, order, *, B, lr):
    new = theta.copy()
    for start in range(0, len(order), B):
        batch = order[start : start + B]
        error = x[batch] @ theta - y[batch]
        new = new - lr * x[batch].T @ error / len(batch)
    return new
""",
    ),
    Mistake(
        task="epoch",
        name="divided_by_N",
        caught_by=("check_epoch_whole", "check_epoch_last"),
        hint="You divide by the number of all examples; the loss of a batch averages over the "
        "batch.",
        code="""
def epoch(theta, x, y, order, *, B, lr):
    for start in range(0, len(order), B):
        batch = order[start : start + B]
        error = x[batch] @ theta - y[batch]
        theta = theta - lr * x[batch].T @ error / len(x)
    return theta
""",
    ),
    Mistake(
        task="epoch",
        name="order_ignored",
        caught_by=("check_epoch_whole", "check_epoch_last"),
        hint="You cut the batches from x as it is stored. Take them in the given order.",
        code="""
def epoch(theta, x, y, order, *, B, lr):
    for start in range(0, len(order), B):
        xb, yb = x[start : start + B], y[start : start + B]
        theta = theta - lr * xb.T @ (xb @ theta - yb) / len(xb)
    return theta
""",
    ),
    Mistake(
        task="epoch",
        name="changes_the_start",
        caught_by="check_epoch_full",
        hint="Your updates change the caller's theta: -= works in place. Write theta = theta - ...",
        code="""
def epoch(theta, x, y, order, *, B, lr):
    for start in range(0, len(order), B):
        batch = order[start : start + B]
        error = x[batch] @ theta - y[batch]
        theta -= lr * x[batch].T @ error / len(batch)
    return theta
""",
    ),
    Mistake(
        task="full_gradient",
        name="mean_of_means",
        caught_by="check_gradient_uneven",
        hint="You average the averages of the parts. The smaller part at the end then counts as "
        "much as a whole one.",
        code="""
def full_gradient(read, N, theta, size):
    means = []
    for start in range(0, N, size):
        x, y = read(start, min(start + size, N))
        means.append(x.T @ (x @ theta - y) / len(x))
    return np.mean(means, axis=0)
""",
    ),
    Mistake(
        task="full_gradient",
        name="rest_not_read",
        caught_by=("check_gradient_uneven", "check_gradient_large"),
        hint="You read whole parts only, and the examples at the end never count.",
        code="""
def full_gradient(read, N, theta, size):
    total = np.zeros_like(theta)
    for start in range(0, N - size + 1, size):
        x, y = read(start, start + size)
        total = total + x.T @ (x @ theta - y)
    return total / N
""",
    ),
    Mistake(
        task="full_gradient",
        name="last_part_only",
        caught_by=("check_gradient_even", "check_gradient_uneven"),
        hint="Each part overwrites the one before: only the last one is left. Add them up.",
        code="""
def full_gradient(read, N, theta, size):
    for start in range(0, N, size):
        x, y = read(start, min(start + size, N))
        g = x.T @ (x @ theta - y) / len(x)
    return g
""",
    ),
    Mistake(
        task="full_gradient",
        name="everything_at_once",
        caught_by="check_gradient_uneven",
        hint="The gradient is right, but you read all examples at once: more than fit.",
        code="""
def full_gradient(read, N, theta, size):
    x, y = read(0, N)
    return x.T @ (x @ theta - y) / N
""",
    ),
    Mistake(
        task="noise",
        name="large_batch_has_no_noise",
        caught_by="check_noise_scale",
        hint="You take the large batch's squared length for that of the gradient. It still holds "
        "noise: sigma squared over B.",
        code="""
def noise(small, large, b, B):
    sigma2 = (small - large) / (1 / b - 1 / B)
    return sigma2, sigma2 / large
""",
    ),
    Mistake(
        task="noise",
        name="upside_down",
        caught_by=("check_noise_scale", "check_noise_huge"),
        hint="Your noise scale is signal over noise. It grows with the noise: turn it over.",
        code="""
def noise(small, large, b, B):
    sigma2 = (small - large) / (1 / b - 1 / B)
    return sigma2, (small - sigma2 / b) / sigma2
""",
    ),
    Mistake(
        task="noise",
        name="difference_times_b",
        caught_by=("check_noise_variance", "check_noise_scale"),
        hint="Subtract the two equations once more: the noise of the large batch is in the "
        "difference too.",
        code="""
def noise(small, large, b, B):
    sigma2 = (small - large) * b
    return sigma2, sigma2 / (small - sigma2 / b)
""",
    ),
    Mistake(
        task="diagnose",
        name="repeats_within_a_batch",
        caught_by=("check_diagnose_all", "check_diagnose_fresh"),
        hint="You look for repeated examples within a batch, where there never are any. Look at "
        "the whole epoch.",
        code="""
def diagnose(batches, N):
    if any(len(set(batch)) < len(batch) for batch in batches):
        return "independent"
    first, second = np.reshape(batches, (2, N))
    if np.any(first != second):
        return "reshuffled"
    return "sorted" if np.all(np.diff(first) > 0) else "shuffled once"
""",
    ),
    Mistake(
        task="diagnose",
        name="epochs_not_compared",
        caught_by=("check_diagnose_all", "check_diagnose_epochs"),
        hint="You call everything that is not sorted reshuffled. Compare the two epochs.",
        code="""
def diagnose(batches, N):
    first, second = np.reshape(batches, (2, N))
    if len(set(first)) < N or len(set(second)) < N:
        return "independent"
    return "sorted" if np.all(np.diff(first) > 0) else "reshuffled"
""",
    ),
    Mistake(
        task="diagnose",
        name="each_batch_sorted",
        caught_by=("check_diagnose_all", "check_diagnose_epochs"),
        hint="You look at the order within each batch. The order of the batches counts too.",
        code="""
def diagnose(batches, N):
    first, second = np.reshape(batches, (2, N))
    if len(set(first)) < N or len(set(second)) < N:
        return "independent"
    if np.any(first != second):
        return "reshuffled"
    return "sorted" if np.all(np.diff(batches, axis=1) > 0) else "shuffled once"
""",
    ),
    Mistake(
        task="choose_lrs",
        name="constant",
        caught_by="check_lrs_score",
        hint="One learning rate for all: too long a step for single examples, too short a one for "
        "large batches.",
        code="""
def choose_lrs(curvatures, sigma2, Bs):
    return np.full(len(Bs), 0.1 / np.max(curvatures))
""",
    ),
    Mistake(
        task="choose_lrs",
        name="proportional_to_B",
        caught_by="check_lrs_score",
        hint="Your learning rates suit the batches and never fall: near the end the noise keeps "
        "you away from the minimum. How far are you before each update?",
        code="""
def choose_lrs(curvatures, sigma2, Bs):
    return np.asarray(Bs) / np.max(Bs) / np.max(curvatures)
""",
    ),
    Mistake(
        task="choose_lrs",
        name="falls_for_every_batch_alike",
        caught_by="check_lrs_score",
        hint="Your learning rates fall with the updates and do not look at the batch. A single "
        "example needs a shorter step than 64.",
        code="""
def choose_lrs(curvatures, sigma2, Bs):
    return 1 / np.max(curvatures) / (1 + np.arange(len(Bs)) / 10)
""",
    ),
    Mistake(
        task="choose_lrs",
        name="one_for_each_point",
        caught_by="check_lrs_form",
        hint="One learning rate too many: a run of T updates has T + 1 points, but a learning rate "
        "belongs to an update.",
        code="""
def choose_lrs(curvatures, sigma2, Bs):
    squares, lrs = np.ones(len(curvatures)), []
    for B in [*Bs, Bs[-1]]:
        signal = np.sum(curvatures**2 * squares)
        lr = signal / np.sum(curvatures**3 * squares + curvatures * sigma2 / B)
        squares = (1 - lr * curvatures) ** 2 * squares + lr**2 * sigma2 / B
        lrs.append(lr)
    return np.array(lrs)
""",
    ),
]

ALTERNATIVES = [
    Alternative(
        task="cut",
        name="list_of_slices",
        code="""
def cut(order, B):
    return np.array([order[k * B : (k + 1) * B] for k in range(len(order) // B)])
""",
    ),
    Alternative(
        task="expected_error",
        name="trace_of_the_covariance",
        code="""
def expected_error(g, B, replacement):
    N = len(g)
    trace = g.var(axis=0).sum()
    return trace / B if replacement else trace / B * (N - B) / (N - 1)
""",
    ),
    Alternative(
        task="epoch",
        name="in_place_on_a_copy",
        code="""
def epoch(theta, x, y, order, *, B, lr):
    theta = theta.copy()
    for batch in np.split(order, range(B, len(order), B)):
        theta -= lr * np.mean((x[batch] @ theta - y[batch])[:, None] * x[batch], axis=0)
    return theta
""",
    ),
    Alternative(
        task="full_gradient",
        name="weighted_means",
        code="""
def full_gradient(read, N, theta, size):
    g = 0
    for start in range(0, N, size):
        x, y = read(start, min(start + size, N))
        g = g + len(x) / N * np.mean((x @ theta - y)[:, None] * x, axis=0)
    return g
""",
    ),
    Alternative(
        task="noise",
        name="two_equations_solved",
        code="""
def noise(small, large, b, B):
    signal, sigma2 = np.linalg.solve([[1, 1 / b], [1, 1 / B]], [small, large])
    return sigma2, sigma2 / signal
""",
    ),
    Alternative(
        task="diagnose",
        name="counts",
        code="""
def diagnose(batches, N):
    epochs = batches.reshape(2, N).tolist()
    if any(sorted(epoch) != list(range(N)) for epoch in epochs):
        return "independent"
    if epochs[0] != epochs[1]:
        return "reshuffled"
    return "sorted" if epochs[0] == list(range(N)) else "shuffled once"
""",
    ),
    Alternative(
        task="choose_lrs",
        name="search_at_every_update",
        code="""
def choose_lrs(curvatures, sigma2, Bs):
    grid = np.geomspace(1e-4, 2, 400)[:, None] / np.max(curvatures)
    squares, lrs = np.ones(len(curvatures)), []
    for B in Bs:
        after = (1 - grid * curvatures) ** 2 * squares + grid**2 * sigma2 / B
        best = (after @ curvatures).argmin()
        squares = after[best]
        lrs.append(grid[best, 0])
    return np.array(lrs)
""",
    ),
]
