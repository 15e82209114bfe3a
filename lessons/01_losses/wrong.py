"""Planted mistakes of the lesson on losses, and other correct solutions."""

from nnedu.lesson import Alternative, Mistake

MISTAKES = [
    Mistake(
        task="huber",
        name="line_without_its_half",
        caught_by=("check_huber_large", "check_huber_mixed"),
        hint="Your line for large errors starts too high: at an error of exactly delta the two "
        "pieces must meet.",
        code="""
def huber(y, t, *, delta):
    e = y - t
    costs = np.where(np.abs(e) <= delta, e**2 / 2, delta * np.abs(e))
    return costs.mean(), np.clip(e, -delta, delta) / len(e)
""",
    ),
    Mistake(
        task="huber",
        name="whole_square",
        caught_by=("check_huber_small", "check_huber_mixed"),
        hint="You square small errors without halving, so that the value and the slopes do not "
        "belong together.",
        code="""
def huber(y, t, *, delta):
    e = y - t
    costs = np.where(np.abs(e) <= delta, e**2, delta * (np.abs(e) - delta / 2))
    return costs.mean(), np.clip(e, -delta, delta) / len(e)
""",
    ),
    Mistake(
        task="huber",
        name="slopes_of_the_sum",
        caught_by=("check_huber_small", "check_huber_mixed"),
        hint="Your slopes belong to the sum over the examples; the value is their mean.",
        code="""
def huber(y, t, *, delta):
    e = y - t
    costs = np.where(np.abs(e) <= delta, e**2 / 2, delta * (np.abs(e) - delta / 2))
    return costs.mean(), np.clip(e, -delta, delta)
""",
    ),
    Mistake(
        task="huber",
        name="large_errors_lose_their_sign",
        caught_by="check_huber_mixed",
        hint="Large errors all pull in one direction in your slopes, also those that are below "
        "their target. Which sign has the slope of |e|?",
        code="""
def huber(y, t, *, delta):
    e = y - t
    small = np.abs(e) <= delta
    costs = np.where(small, e**2 / 2, delta * (np.abs(e) - delta / 2))
    return costs.mean(), np.where(small, e, delta) / len(e)
""",
    ),
    Mistake(
        task="best_constants",
        name="mean_and_median_swapped",
        caught_by="check_constants_symmetric",
        hint="You have mean and median the wrong way round: which of the two moves when one far "
        "target moves further?",
        code="""
def best_constants(t, w):
    high = np.sort(t)[int(np.ceil(len(t) * w / (1 + w))) - 1]
    return np.median(t), t.mean(), high
""",
    ),
    Mistake(
        task="best_constants",
        name="middle_of_the_unsorted",
        caught_by="check_constants_symmetric",
        hint="Your second answer is the target in the middle of the array as it came. The median "
        "is in the middle of the sorted ones.",
        code="""
def best_constants(t, w):
    high = np.sort(t)[int(np.ceil(len(t) * w / (1 + w))) - 1]
    return t.mean(), t[len(t) // 2], high
""",
    ),
    Mistake(
        task="best_constants",
        name="the_wrong_side",
        caught_by="check_constants_lopsided",
        hint="Too low is what costs w times as much, so the best constant lies high, above the "
        "median. Yours lies low.",
        code="""
def best_constants(t, w):
    low = np.sort(t)[int(np.ceil(len(t) / (1 + w))) - 1]
    return t.mean(), np.median(t), low
""",
    ),
    Mistake(
        task="best_constants",
        name="between_two_targets",
        caught_by="check_constants_lopsided",
        hint="Your third answer lies between two targets (np.quantile interpolates). The cost has "
        "its kinks, and its minimum, at targets.",
        code="""
def best_constants(t, w):
    return t.mean(), np.median(t), np.quantile(t, w / (1 + w))
""",
    ),
    Mistake(
        task="best_constants",
        name="share_is_one_over_w",
        caught_by="check_constants_lopsided",
        hint="You leave a share of 1/w of the targets above your third answer. Let the pulls "
        "balance: w times those above against those below.",
        code="""
def best_constants(t, w):
    high = np.sort(t)[int(np.ceil(len(t) * (1 - 1 / w))) - 1]
    return t.mean(), np.median(t), high
""",
    ),
    Mistake(
        task="cross_entropy",
        name="as_printed",
        caught_by="check_ce_wrong",
        hint="Your probability rounds to 0, and its logarithm to minus infinity; for large logits "
        "the exponentials overflow as well. Compute log p itself, after shifting each row.",
        code="""
def cross_entropy(z, labels):
    rows = np.arange(len(labels))
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    d = p.copy()
    d[rows, labels] -= 1
    return -np.log(p[rows, labels]).mean(), d / len(labels)
""",
    ),
    Mistake(
        task="cross_entropy",
        name="logarithm_of_a_rounded_probability",
        caught_by="check_ce_wrong",
        hint="You take the logarithm of a probability, made safe by a tiny number: a certain "
        "mistake then costs the logarithm of that tiny number instead of what it should.",
        code="""
def cross_entropy(z, labels):
    rows = np.arange(len(labels))
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    loss = -np.log(p[rows, labels] + 1e-300).mean()
    p[rows, labels] -= 1
    return loss, p / len(labels)
""",
    ),
    Mistake(
        task="cross_entropy",
        name="one_maximum_for_all",
        caught_by="check_ce_rows",
        hint="You subtract the largest logit of the whole array. In a row far below it all "
        "exponentials are 0: each row needs its own.",
        code="""
def cross_entropy(z, labels):
    rows = np.arange(len(labels))
    shifted = z - z.max()
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[rows, labels] -= 1
    return -log_p[rows, labels].mean(), d / len(labels)
""",
    ),
    Mistake(
        task="cross_entropy",
        name="slopes_of_the_sum",
        caught_by="check_ce_moderate",
        hint="Your slopes belong to the sum over the examples; the value is their mean.",
        code="""
def cross_entropy(z, labels):
    rows = np.arange(len(labels))
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[rows, labels] -= 1
    return -log_p[rows, labels].mean(), d
""",
    ),
    Mistake(
        task="cross_entropy",
        name="truth_minus_prediction",
        caught_by="check_ce_moderate",
        hint="Your slopes have the wrong sign: a step against them would make the loss grow.",
        code="""
def cross_entropy(z, labels):
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    true = np.eye(z.shape[1])[labels]
    loss = -log_p[np.arange(len(labels)), labels].mean()
    return loss, (true - np.exp(log_p)) / len(labels)
""",
    ),
    Mistake(
        task="binary",
        name="smoothed_downwards_only",
        caught_by="check_binary_smoothed",
        hint="You take the share s away from a 1 and leave a 0 as it was. Half of the share goes "
        "to each answer.",
        code="""
def binary(z, y, *, s):
    q = (1 - s) * y
    decay = np.exp(-np.abs(z))
    p = np.where(z >= 0, 1, decay) / (1 + decay)
    return np.mean(np.maximum(z, 0) - z * q + np.log1p(decay)), (p - q) / len(z)
""",
    ),
    Mistake(
        task="binary",
        name="whole_share_to_each",
        caught_by="check_binary_smoothed",
        hint="You give the whole share s to each answer, so that a label 1 stays 1. It is spread "
        "over two.",
        code="""
def binary(z, y, *, s):
    q = (1 - s) * y + s
    decay = np.exp(-np.abs(z))
    p = np.where(z >= 0, 1, decay) / (1 + decay)
    return np.mean(np.maximum(z, 0) - z * q + np.log1p(decay)), (p - q) / len(z)
""",
    ),
    Mistake(
        task="binary",
        name="slopes_of_the_hard_label",
        caught_by="check_binary_smoothed",
        hint="Your value is that of the smoothed label and your slopes are those of the hard one: "
        "they do not belong together.",
        code="""
def binary(z, y, *, s):
    q = (1 - s) * y + s / 2
    decay = np.exp(-np.abs(z))
    p = np.where(z >= 0, 1, decay) / (1 + decay)
    return np.mean(np.maximum(z, 0) - z * q + np.log1p(decay)), (p - y) / len(z)
""",
    ),
    Mistake(
        task="binary",
        name="slopes_of_the_sum",
        caught_by=("check_binary_plain", "check_binary_smoothed"),
        hint="Your slopes belong to the sum over the examples; the value is their mean.",
        code="""
def binary(z, y, *, s):
    q = (1 - s) * y + s / 2
    decay = np.exp(-np.abs(z))
    p = np.where(z >= 0, 1, decay) / (1 + decay)
    return np.mean(np.maximum(z, 0) - z * q + np.log1p(decay)), p - q
""",
    ),
    Mistake(
        task="binary",
        name="logarithms_of_probabilities",
        caught_by="check_binary_far",
        hint="For logits in the thousands your probability is exactly 0 or 1, and the logarithm of "
        "0 is infinite. Use the form that starts from z.",
        code="""
def binary(z, y, *, s):
    q = (1 - s) * y + s / 2
    p = 1 / (1 + np.exp(-z))
    return -np.mean(q * np.log(p) + (1 - q) * np.log(1 - p)), (p - q) / len(z)
""",
    ),
    Mistake(
        task="slopes",
        name="one_sided",
        caught_by="check_slopes_matrix",
        hint="Your difference looks to one side only: its error grows like h, not like h squared.",
        code="""
def slopes(f, x, *, h):
    d = np.empty_like(x)
    for i in np.ndindex(x.shape):
        up = x.copy()
        up[i] += h
        d[i] = (f(up) - f(x)) / h
    return d
""",
    ),
    Mistake(
        task="slopes",
        name="divided_by_h",
        caught_by=("check_slopes_line", "check_slopes_matrix"),
        hint="Your slopes are twice too large: the two points lie 2h apart.",
        code="""
def slopes(f, x, *, h):
    d = np.empty_like(x)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        d[i] = (f(up) - f(down)) / h
    return d
""",
    ),
    Mistake(
        task="slopes",
        name="leaves_x_moved",
        caught_by="check_slopes_caller",
        hint="Your function changes the caller's x and does not put it back. Work on copies, or "
        "restore each entry.",
        code="""
def slopes(f, x, *, h):
    d = np.empty_like(x)
    for i in np.ndindex(x.shape):
        x[i] += h
        up = f(x)
        x[i] -= 2 * h
        d[i] = (up - f(x)) / (2 * h)
    return d
""",
    ),
    Mistake(
        task="slopes",
        name="rows_instead_of_entries",
        caught_by="check_slopes_matrix",
        hint="x[i] is one entry of a vector, but a whole row of a matrix: you move its entries "
        "together. Go through the entries; np.ndindex(x.shape) lists them.",
        code="""
def slopes(f, x, *, h):
    d = np.empty_like(x)
    for i in range(len(x)):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        d[i] = (f(up) - f(down)) / (2 * h)
    return d
""",
    ),
    Mistake(
        task="diagnose",
        name="absolute_tolerance",
        caught_by="check_diagnose_sizes",
        hint="Your tolerance is a fixed number. Tiny slopes are then always right, and large ones "
        "never: compare with the largest entry.",
        code="""
def diagnose(claimed, measured):
    def equal(a, b):
        return np.abs(a - b).max() <= 1e-5

    if equal(claimed, measured):
        return "right", 0.0
    if equal(claimed, -measured):
        return "flipped", 0.0
    factor = np.sum(claimed * measured) / np.sum(measured**2)
    if equal(claimed / factor, measured):
        return "scaled", factor
    return "one row", float(np.argmax(np.abs(claimed - measured).max(axis=1)))
""",
    ),
    Mistake(
        task="diagnose",
        name="flipped_is_scaled",
        caught_by=("check_diagnose_usual", "check_diagnose_sizes"),
        hint="You call slopes of the opposite sign scaled, by -1. They have a word of their own.",
        code="""
def diagnose(claimed, measured):
    tolerance = 1e-5 * np.abs(measured).max()
    if np.abs(claimed - measured).max() <= tolerance:
        return "right", 0.0
    factor = np.sum(claimed * measured) / np.sum(measured**2)
    if np.abs(claimed / factor - measured).max() <= tolerance:
        return "scaled", factor
    return "one row", float(np.argmax(np.abs(claimed - measured).max(axis=1)))
""",
    ),
    Mistake(
        task="diagnose",
        name="factor_the_other_way_round",
        caught_by="check_diagnose_numbers",
        hint="Your constant takes the claimed slopes to the measured ones; asked is the other "
        "direction.",
        code="""
def diagnose(claimed, measured):
    tolerance = 1e-5 * np.abs(measured).max()

    def equal(a, b):
        return np.abs(a - b).max() <= tolerance

    if equal(claimed, measured):
        return "right", 0.0
    if equal(claimed, -measured):
        return "flipped", 0.0
    factor = np.sum(claimed * measured) / np.sum(measured**2)
    if equal(claimed / factor, measured):
        return "scaled", 1 / factor
    return "one row", float(np.argmax(np.abs(claimed - measured).max(axis=1)))
""",
    ),
    Mistake(
        task="diagnose",
        name="rows_counted_from_one",
        caught_by="check_diagnose_numbers",
        hint="You count the rows from 1; the first row has the number 0.",
        code="""
def diagnose(claimed, measured):
    tolerance = 1e-5 * np.abs(measured).max()

    def equal(a, b):
        return np.abs(a - b).max() <= tolerance

    if equal(claimed, measured):
        return "right", 0.0
    if equal(claimed, -measured):
        return "flipped", 0.0
    factor = np.sum(claimed * measured) / np.sum(measured**2)
    if equal(claimed / factor, measured):
        return "scaled", factor
    return "one row", 1.0 + np.argmax(np.abs(claimed - measured).max(axis=1))
""",
    ),
    Mistake(
        task="robust_fit",
        name="least_squares",
        caught_by="check_robust_score",
        hint="Least squares lets the wrong targets pull hardest. Choose a loss whose slopes are "
        "bounded.",
        code="""
def robust_fit(x, t):
    return np.linalg.lstsq(x, t, rcond=None)[0]
""",
    ),
    Mistake(
        task="robust_fit",
        name="delta_beyond_the_outliers",
        caught_by="check_robust_score",
        hint="With so large a delta Huber's loss is a squared error for most of the wrong targets "
        "too. Compare delta with the noise of the right ones.",
        code="""
def robust_fit(x, t):
    theta = np.linalg.lstsq(x, t, rcond=None)[0]
    for _ in range(3000):
        theta = theta - 0.3 * x.T @ np.clip(x @ theta - t, -20, 20) / len(t)
    return theta
""",
    ),
    Mistake(
        task="robust_fit",
        name="jumps_about_the_minimum",
        caught_by="check_robust_form",
        hint="Close, and never there: the slopes of absolute values keep their size, so that steps "
        "with a constant lr jump about the minimum. Let lr fall, or use Huber's loss.",
        code="""
def robust_fit(x, t):
    theta = np.zeros(5)
    for _ in range(3000):
        theta = theta - 0.1 * x.T @ np.sign(x @ theta - t) / len(t)
    return theta
""",
    ),
    Mistake(
        task="robust_fit",
        name="stopped_too_early",
        caught_by="check_robust_score",
        hint="The loss is well chosen, but the run ends long before its minimum: bounded slopes "
        "need many steps. Watch whether theta still moves.",
        code="""
def robust_fit(x, t):
    theta = np.linalg.lstsq(x, t, rcond=None)[0]
    for _ in range(20):
        theta = theta - 0.3 * x.T @ np.clip(x @ theta - t, -0.1, 0.1) / len(t)
    return theta
""",
    ),
]

ALTERNATIVES = [
    Alternative(
        task="huber",
        name="capped",
        code="""
def huber(y, t, *, delta):
    e = y - t
    c = np.minimum(np.abs(e), delta)
    return np.mean(c * (np.abs(e) - c / 2)), np.sign(e) * c / e.size
""",
    ),
    Alternative(
        task="best_constants",
        name="by_sorting",
        code="""
def best_constants(t, w):
    ordered = sorted(t)
    above, k = len(t), -1
    while k < 0 or w * above > len(t) - above:  # as long as the pull upwards is stronger
        k, above = k + 1, above - 1
    return sum(t) / len(t), ordered[len(t) // 2], ordered[k]
""",
    ),
    Alternative(
        task="cross_entropy",
        name="logaddexp",
        code="""
def cross_entropy(z, labels):
    log_p = z - np.logaddexp.reduce(z, axis=1, keepdims=True)
    true = np.eye(z.shape[1])[labels]
    return -np.sum(np.where(true == 1, log_p, 0)) / len(z), (np.exp(log_p) - true) / len(z)
""",
    ),
    Alternative(
        task="binary",
        name="logaddexp",
        code="""
def binary(z, y, *, s):
    q = y - s * (y - 0.5)
    loss = q * np.logaddexp(0, -z) + (1 - q) * np.logaddexp(0, z)
    return np.mean(loss), (np.exp(-np.logaddexp(0, -z)) - q) / z.size
""",
    ),
    Alternative(
        task="slopes",
        name="moves_and_restores",
        code="""
def slopes(f, x, *, h):
    x = x.copy()
    flat, d = x.reshape(-1), np.zeros(x.size)
    for i in range(x.size):
        kept = flat[i]
        flat[i] = kept + h
        up = f(x)
        flat[i] = kept - h
        d[i] = (up - f(x)) / (2 * h)
        flat[i] = kept
    return d.reshape(x.shape)
""",
    ),
    Alternative(
        task="diagnose",
        name="by_rows",
        code="""
def diagnose(claimed, measured):
    largest = np.abs(measured).max()
    off = np.abs(claimed - measured).max(axis=1) > 1e-5 * largest
    if not off.any():
        return "right", 0.0
    if off.sum() == 1:
        return "one row", float(np.flatnonzero(off)[0])
    at = np.unravel_index(np.abs(measured).argmax(), measured.shape)
    factor = claimed[at] / measured[at]
    return ("flipped", 0.0) if factor < 0 else ("scaled", float(factor))
""",
    ),
    Alternative(
        task="robust_fit",
        name="absolute_values",
        code="""
def robust_fit(x, t):
    theta = np.linalg.lstsq(x, t, rcond=None)[0]
    for k in range(4000):
        theta = theta - 0.3 / np.sqrt(1 + k) * x.T @ np.sign(x @ theta - t) / len(t)
    return theta
""",
    ),
    Alternative(
        task="robust_fit",
        name="least_squares_without_the_worst",
        code="""
def robust_fit(x, t):
    keep = np.ones(len(t), dtype=bool)
    for _ in range(20):
        theta = np.linalg.lstsq(x[keep], t[keep], rcond=None)[0]
        off = np.abs(x @ theta - t)
        keep = off <= max(5 * np.median(off), 1e-9)
    return theta
""",
    ),
]
