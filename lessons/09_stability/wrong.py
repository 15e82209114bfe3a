"""Planted mistakes of the lesson on stability, and other correct solutions."""

from nnedu.lesson import Alternative, Mistake

NAMES = """
def name_all(charts):
    def name(chart):
        tail = slice(-4, None)
        if chart["classes"] < 0.6 * chart["C"]:
            return "sorted data"
        if chart["again"].max() > 1e-9:
            return "noisy evaluation"
        if diagnose(chart) in ("dead units", "summed loss"):
            return diagnose(chart)
        if chart["moved"][0] < 1e-9:
            return "frozen layer"
        if diagnose(chart) != "healthy":
            return diagnose(chart)
        if np.mean(chart["fresh"][tail]) > 4 * np.mean(chart["validation"][tail]):
            return "leaking feature"
        if np.mean(chart["validation"][tail]) > 0.85 * np.log(chart["C"]):
            return "wrong labels"
        return "healthy"

    return [name(chart) for chart in charts]
"""

MISTAKES = [
    Mistake(
        task="clip",
        name="each_array_by_itself",
        caught_by=("check_clip_long", "check_clip_caller"),
        hint="You clip every array by its own norm. The global norm is one number for all of them.",
        code="""
def clip(gradients, limit):
    return [g * min(1.0, limit / np.linalg.norm(g)) for g in gradients]
""",
    ),
    Mistake(
        task="clip",
        name="always_scales",
        caught_by="check_clip_short",
        hint="You also lengthen gradients that are shorter than the limit.",
        code="""
def clip(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * limit / norm for g in gradients]
""",
    ),
    Mistake(
        task="clip",
        name="changes_the_caller",
        caught_by="check_clip_caller",
        hint="Your function changes the caller's arrays: *= works in place.",
        code="""
def clip(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    for g in gradients:
        g *= min(1.0, limit / norm)
    return gradients
""",
    ),
    Mistake(
        task="clip",
        name="by_value",
        caught_by="check_clip_long",
        hint="You cut every entry at the limit, which turns it. Only the length may change.",
        code="""
def clip(gradients, limit):
    return [np.clip(g, -limit, limit) for g in gradients]
""",
    ),
    Mistake(
        task="clip",
        name="sum_of_norms",
        caught_by="check_clip_long",
        hint="You add up the norms of the arrays. Lengths add up as squares do: the global norm is "
        "the root of the sum of all squares.",
        code="""
def clip(gradients, limit):
    norm = sum(np.sqrt(np.sum(g**2)) for g in gradients)
    return [g * min(1.0, limit / norm) for g in gradients]
""",
    ),
    Mistake(
        task="sizes",
        name="matrix_not_transposed",
        caught_by="check_sizes_general",
        hint="On the way back the matrix acts transposed.",
        code="""
def sizes(h, U, d_last):
    d, lengths = d_last, []
    for t in reversed(range(len(h))):
        lengths.append(np.linalg.norm(d))
        d = (d * (1 - h[t] ** 2)) @ U
    return np.array(lengths[::-1])
""",
    ),
    Mistake(
        task="sizes",
        name="slope_of_tanh_forgotten",
        caught_by=("check_sizes_general", "check_sizes_two"),
        hint="You multiply by the matrix alone. The slope of tanh belongs to the Jacobian.",
        code="""
def sizes(h, U, d_last):
    d, lengths = d_last, []
    for t in reversed(range(len(h))):
        lengths.append(np.linalg.norm(d))
        d = d @ U.T
    return np.array(lengths[::-1])
""",
    ),
    Mistake(
        task="sizes",
        name="slope_of_the_wrong_step",
        caught_by=("check_sizes_general", "check_sizes_two"),
        hint="You take the slope of tanh from the earlier of the two states. The tanh between them "
        "made the later one.",
        code="""
def sizes(h, U, d_last):
    d, lengths = d_last, []
    for t in reversed(range(len(h))):
        lengths.append(np.linalg.norm(d))
        d = (d * (1 - h[t - 1] ** 2)) @ U.T
    return np.array(lengths[::-1])
""",
    ),
    Mistake(
        task="sizes",
        name="root_mean_square",
        caught_by=("check_sizes_general", "check_sizes_symmetric"),
        hint="You divide by the number of units. The Euclidean length is the root of the sum of "
        "squares, not of their mean.",
        code="""
def sizes(h, U, d_last):
    d, lengths = d_last, []
    for t in reversed(range(len(h))):
        lengths.append(np.sqrt(np.mean(d**2)))
        d = (d * (1 - h[t] ** 2)) @ U.T
    return np.array(lengths[::-1])
""",
    ),
    Mistake(
        task="first_loss",
        name="sizes_taken_for_sorted",
        caught_by=("check_first_sums", "check_first_words"),
        hint="You compare the last loss with the first. The batch sizes come in any order: compare "
        "the largest batch with the smallest.",
        code="""
def first_loss(batch_sizes, losses, C):
    batch_sizes, losses = np.asarray(batch_sizes, float), np.asarray(losses, float)
    summed = losses[-1] / losses[0] > 2
    each = float(np.mean(losses / batch_sizes if summed else losses))
    return each, "summed" if summed else "certain" if each > 2 * np.log(C) else "fine"
""",
    ),
    Mistake(
        task="first_loss",
        name="never_divides",
        caught_by="check_first_sums",
        hint="Your words are right, but the loss of one example is the summed loss divided by the "
        "batch size.",
        code="""
def first_loss(batch_sizes, losses, C):
    batch_sizes, losses = np.asarray(batch_sizes, float), np.asarray(losses, float)
    summed = losses[batch_sizes.argmax()] / losses[batch_sizes.argmin()] > 2
    each = float(np.mean(losses))
    return each, "summed" if summed else "certain" if each > 2 * np.log(C) else "fine"
""",
    ),
    Mistake(
        task="first_loss",
        name="always_divides",
        caught_by="check_first_means",
        hint="You divide by the batch size although the code has taken the mean already.",
        code="""
def first_loss(batch_sizes, losses, C):
    batch_sizes, losses = np.asarray(batch_sizes, float), np.asarray(losses, float)
    summed = losses[batch_sizes.argmax()] / losses[batch_sizes.argmin()] > 2
    certain = np.mean(losses) > 2 * np.log(C)
    word = "summed" if summed else "certain" if certain else "fine"
    return float(np.mean(losses / batch_sizes)), word
""",
    ),
    Mistake(
        task="first_loss",
        name="logarithm_to_base_ten",
        caught_by="check_first_words",
        hint="Cross-entropy uses the natural logarithm; np.log10 makes every network certain.",
        code="""
def first_loss(batch_sizes, losses, C):
    batch_sizes, losses = np.asarray(batch_sizes, float), np.asarray(losses, float)
    summed = losses[batch_sizes.argmax()] / losses[batch_sizes.argmin()] > 2
    each = float(np.mean(losses / batch_sizes if summed else losses))
    return each, "summed" if summed else "certain" if each > 2 * np.log10(C) else "fine"
""",
    ),
    Mistake(
        task="first_loss",
        name="certain_before_summed",
        caught_by="check_first_words",
        hint="Certain, and with a summed loss, is called summed: that comes first.",
        code="""
def first_loss(batch_sizes, losses, C):
    batch_sizes, losses = np.asarray(batch_sizes, float), np.asarray(losses, float)
    summed = losses[batch_sizes.argmax()] / losses[batch_sizes.argmin()] > 2
    each = float(np.mean(losses / batch_sizes if summed else losses))
    return each, "certain" if each > 2 * np.log(C) else "summed" if summed else "fine"
""",
    ),
    Mistake(
        task="dead",
        name="last_for_first",
        caught_by="check_dead_two",
        hint="You name the last layer that is mostly dead. Repair starts at the first.",
        code="""
def dead(x, weights, biases):
    h, shares = x, []
    for W, b in zip(weights, biases):
        h = np.maximum(h @ W + b, 0)
        shares.append(np.mean(np.all(h == 0, axis=0)))
    shares = np.array(shares)
    return shares, int(np.flatnonzero(shares > 0.5)[-1]) if np.any(shares > 0.5) else -1
""",
    ),
    Mistake(
        task="dead",
        name="worst_layer",
        caught_by=("check_dead_layer", "check_dead_two"),
        hint="You name the layer with the largest share, even where none has more than half.",
        code="""
def dead(x, weights, biases):
    h, shares = x, []
    for W, b in zip(weights, biases):
        h = np.maximum(h @ W + b, 0)
        shares.append(np.mean(np.all(h == 0, axis=0)))
    return np.array(shares), int(np.argmax(shares))
""",
    ),
    Mistake(
        task="dead",
        name="counts_from_one",
        caught_by=("check_dead_layer", "check_dead_two"),
        hint="You count the layers from 1; the text counts from 0.",
        code="""
def dead(x, weights, biases):
    h, shares = x, []
    for W, b in zip(weights, biases):
        h = np.maximum(h @ W + b, 0)
        shares.append(np.mean(np.all(h == 0, axis=0)))
    shares = np.array(shares)
    return shares, int(np.argmax(shares > 0.5)) + 1 if np.any(shares > 0.5) else -1
""",
    ),
    Mistake(
        task="dead",
        name="share_of_the_living",
        caught_by="check_dead_shares",
        hint="You return the share of living units.",
        code="""
def dead(x, weights, biases):
    h, shares = x, []
    for W, b in zip(weights, biases):
        h = np.maximum(h @ W + b, 0)
        shares.append(np.mean(np.any(h > 0, axis=0)))
    shares = np.array(shares)
    return shares, int(np.argmax(shares < 0.5)) if np.any(shares < 0.5) else -1
""",
    ),
    Mistake(
        task="loss_scale",
        name="rounded_up",
        caught_by="check_scale_scale",
        hint="Your scale is one power of two too large: the largest entry overflows.",
        code="""
def loss_scale(g):
    scale = 2.0 ** np.ceil(np.log2(65504 / np.abs(g).max()))
    with np.errstate(over="ignore"):
        lost = [int(np.sum((g != 0) & ((k * g).astype(np.float16) == 0))) for k in (1.0, scale)]
    return float(scale), *lost
""",
    ),
    Mistake(
        task="loss_scale",
        name="sign_kept",
        caught_by="check_scale_scale",
        hint="You look at the largest entry. Entries below 0 overflow as well: take sizes first.",
        code="""
def loss_scale(g):
    scale = 2.0 ** np.floor(np.log2(65504 / g.max()))
    with np.errstate(over="ignore"):
        lost = [int(np.sum((g != 0) & ((k * g).astype(np.float16) == 0))) for k in (1.0, scale)]
    return float(scale), *lost
""",
    ),
    Mistake(
        task="loss_scale",
        name="zeros_counted",
        caught_by=("check_scale_lost", "check_scale_saved"),
        hint="You count entries that were 0 before. Nothing is lost there.",
        code="""
def loss_scale(g):
    scale = 2.0 ** np.floor(np.log2(65504 / np.abs(g).max()))
    lost = [int(np.sum((k * g).astype(np.float16) == 0)) for k in (1.0, scale)]
    return float(scale), *lost
""",
    ),
    Mistake(
        task="loss_scale",
        name="rounded_before_scaling",
        caught_by="check_scale_saved",
        hint="You round first and scale afterwards. What has become 0 stays 0: scale first.",
        code="""
def loss_scale(g):
    scale = 2.0 ** np.floor(np.log2(65504 / np.abs(g).max()))
    lost = int(np.sum((g != 0) & (g.astype(np.float16) == 0)))
    return float(scale), lost, int(np.sum((g != 0) & (g.astype(np.float16) * scale == 0)))
""",
    ),
    Mistake(
        task="diagnose",
        name="lr_before_dead",
        caught_by=("check_diagnose_dead", "check_diagnose_all"),
        hint="You call patients with dead units those of a low learning rate. Their updates are "
        "short because hardly any weight has a gradient: ask for dead units first.",
        code="""
def diagnose(chart):
    if chart["first"] > 5 * np.log(chart["C"]):
        return "summed loss"
    if chart["ratio"].max() > 0.12:
        return "lr too high"
    if chart["ratio"].max() < 1e-3:
        return "lr too low"
    return "dead units" if chart["dead"][0] > 0.9 else "healthy"
""",
    ),
    Mistake(
        task="diagnose",
        name="lr_before_sum",
        caught_by=("check_diagnose_loud", "check_diagnose_all"),
        hint="You call a summed loss a high learning rate. Both make long updates, but the very "
        "first loss tells them apart.",
        code="""
def diagnose(chart):
    if chart["dead"][0] > 0.9:
        return "dead units"
    if chart["ratio"].max() > 0.12:
        return "lr too high"
    if chart["ratio"].max() < 1e-3:
        return "lr too low"
    return "summed loss" if chart["first"] > 5 * np.log(chart["C"]) else "healthy"
""",
    ),
    Mistake(
        task="diagnose",
        name="rule_of_thumb_as_a_limit",
        caught_by=("check_diagnose_quiet", "check_diagnose_all"),
        hint="You take the rule of thumb, an update ratio of 1e-3, for a limit. Small networks in "
        "short runs bear more: look at charts of healthy patients.",
        code="""
def diagnose(chart):
    if chart["dead"][0] > 0.9:
        return "dead units"
    if chart["first"] > 5 * np.log(chart["C"]):
        return "summed loss"
    return "lr too high" if chart["ratio"].max() > 1e-3 else "lr too low"
""",
    ),
    Mistake(
        task="name_all",
        name="fit_not_looked_at",
        caught_by=("check_name_fit", "check_name_score"),
        hint="You never name wrong labels or a leaking feature. Compare the validation loss with "
        "that of a guess, ln C, and with the fresh one.",
        code=NAMES.replace("> 4 *", "> 1e300 *").replace("> 0.85 *", "> 1e300 *"),
    ),
    Mistake(
        task="name_all",
        name="wrong_layer",
        caught_by=("check_name_code", "check_name_score"),
        hint="You look at how far the second layer has moved. The first one is frozen.",
        code=NAMES.replace('["moved"][0]', '["moved"][1]'),
    ),
    Mistake(
        task="name_all",
        name="noise_not_looked_at",
        caught_by=("check_name_code", "check_name_score"),
        hint="You never name a noisy evaluation. Evaluate twice: it is the only one that differs.",
        code=NAMES.replace("> 1e-9:", "> 1e300:"),
    ),
    Mistake(
        task="name_all",
        name="slow_taken_for_frozen",
        caught_by="check_name_score",
        hint="You call every layer that moves little frozen. At a low learning rate all do; "
        "a frozen layer does not move at all.",
        code=NAMES.replace('["moved"][0] < 1e-9', '["moved"][0] < 0.02'),
    ),
]

ALTERNATIVES = [
    Alternative(
        task="clip",
        name="one_long_vector",
        code="""
def clip(gradients, limit):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    return [g / max(1.0, norm / limit) for g in gradients]
""",
    ),
    Alternative(
        task="sizes",
        name="jacobians_multiplied",
        code="""
def sizes(h, U, d_last):
    product, lengths = np.eye(len(U)), []
    for t in reversed(range(len(h))):
        lengths.insert(0, np.sqrt(np.sum((d_last @ product) ** 2)))
        product = product @ np.diag(1 - h[t] ** 2) @ U.T
    return np.array(lengths)
""",
    ),
    Alternative(
        task="first_loss",
        name="by_the_slope_of_the_logarithms",
        code="""
def first_loss(batch_sizes, losses, C):
    slope = np.polyfit(np.log(batch_sizes), np.log(losses), 1)[0]
    each = np.array(losses) / np.array(batch_sizes, dtype=float) ** round(slope)
    word = "summed" if round(slope) else ("fine", "certain")[int(each.mean() > 2 * np.log(C))]
    return float(each.mean()), word
""",
    ),
    Alternative(
        task="dead",
        name="by_the_largest_output",
        code="""
def dead(x, weights, biases):
    shares, first = np.zeros(len(weights)), -1
    for layer in range(len(weights)):
        x = np.clip(x @ weights[layer] + biases[layer], 0, None)
        shares[layer] = np.sum(x.max(axis=0) <= 0) / x.shape[1]
        if first < 0 and shares[layer] > 0.5:
            first = layer
    return shares, first
""",
    ),
    Alternative(
        task="loss_scale",
        name="by_doubling",
        code="""
def loss_scale(g):
    scale, largest = 1.0, np.abs(g).max()
    while 2 * scale * largest <= 65504:
        scale *= 2
    while scale * largest > 65504:
        scale /= 2

    def gone(values):
        return int(np.count_nonzero(g) - np.count_nonzero(np.float16(values)))

    return scale, gone(g), gone(scale * g)
""",
    ),
    Alternative(
        task="diagnose",
        name="other_series_and_limits",
        code="""
def diagnose(chart):
    if chart["dead"].min() == 1:
        return "dead units"
    if chart["first"] > 8 * np.log(chart["C"]):
        return "summed loss"
    if chart["moved"].min() < 0.02:
        return "lr too low"
    return "lr too high" if chart["ratio"][0] > 0.12 else "healthy"
""",
    ),
    Alternative(
        task="name_all",
        name="other_order_and_limits",
        code="""
def name_all(charts):
    found = []
    for chart in charts:
        five = diagnose(chart)
        if chart["again"].sum() > 0:
            found.append("noisy evaluation")
        elif chart["classes"] < 3:
            found.append("sorted data")
        elif five != "healthy":
            found.append(five)
        elif chart["moved"][0] == 0:
            found.append("frozen layer")
        elif chart["fresh"][-1] > 4 * chart["validation"][-1]:
            found.append("leaking feature")
        else:
            found.append("wrong labels" if chart["validation"][-1] > 1 else "healthy")
    return found
""",
    ),
]
