"""Planted mistakes and other correct solutions of the lesson on memory and precision.

A mistake is a correct solution with one thing changed, as it happens to people; ``_with`` makes
the change and insists that there was something to change.
"""

from nnedu.lesson import Alternative, Mistake


def _with(code: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        if code.count(old) != 1:
            raise ValueError(f"{old!r} occurs {code.count(old)} times; expected once.")
        code = code.replace(old, new)
    return code


BYTES = """\
def training_bytes(widths, N, *, states, mixed=False):
    P = 0
    for inputs, outputs in zip(widths[:-1], widths[1:]):
        P += inputs * outputs + outputs
    kept = 2 * sum(widths[1:-1]) + widths[-1]
    small = 2 if mixed else 4
    weights = 4 * P + (2 * P if mixed else 0)
    return np.array([weights, small * P, 4 * states * P, small * N * kept])
"""

SCALE = """\
def smallest_scale(g):
    sizes = np.abs(g[g != 0])
    s = 1.0
    while s * sizes.min() <= 2.0**-25:
        s *= 2
    return s if s * sizes.max() < 65520 else 0.0
"""

STEP = """\
def scaled_step(theta, g, scale, good, *, lr, grow_after):
    if np.isfinite(g).all():
        theta = theta - lr * (g / scale)
        good = good + 1
        if good == grow_after:
            scale, good = 2 * scale, 0
    else:
        scale, good = scale / 2, 0
    return theta, scale, good
"""

MASTER = """\
def lost(theta, update, *, bits):
    exponent = np.frexp(theta)[1] - 1
    half = np.ldexp(0.5, exponent - bits)
    return np.abs(update) < half


def train_mixed(master, gradient, *, lr, steps):
    master = master.copy()
    for _ in range(steps):
        copy = master.astype(np.float16).astype(float)
        master -= lr * gradient(copy)
    return master
"""

ACCUMULATE = """\
def accumulate(theta, parts, gradient):
    sizes, losses, gs = [], [], []
    for x, y in parts:
        loss, g = gradient(theta, x, y)
        sizes.append(len(x))
        losses.append(loss)
        gs.append(g)
    share = np.array(sizes) / sum(sizes)
    return float(share @ losses), share @ np.array(gs)
"""

CHAIN = """\
def recomputed(x, layers, d_y, *, slots):
    n = len(layers)
    fits = [k for k in range(1, n + 1) if k + (n + k - 1) // k <= slots]
    k = fits[-1]
    length = (n + k - 1) // k
    kept = {0: x}
    for i in range(n - 1):
        x = layers[i][0](x)
        if (i + 1) % length == 0:
            kept[i + 1] = x
    x = None
    for start in sorted(kept, reverse=True):
        inputs = [kept.pop(start)]
        stop = min(start + length, n)
        for i in range(start, stop - 1):
            inputs.append(layers[i][0](inputs[-1]))
        for i in range(stop - 1, start - 1, -1):
            d_y = layers[i][1](inputs.pop(), d_y)
    return d_y
"""

BUDGET = """\
def within_budget(model, x, labels, budget):
    units = [layer.units for layer in model.layers]
    size = int(np.clip(budget // (8 * sum(units)), 1, len(x)))
    variables = model.trainable_variables
    loss, gradients = 0.0, [0.0 for _ in variables]
    for start in range(0, len(x), size):
        batch, wanted = x[start : start + size], labels[start : start + size]
        with tf.GradientTape() as tape:
            value = loss_of(model, batch, wanted)
        found = tape.gradient(value, variables)
        loss = loss + len(batch) * float(value)
        gradients = [g + len(batch) * new for g, new in zip(gradients, found)]
    return size, loss / len(x), [g / len(x) for g in gradients]
"""

MISTAKES = [
    Mistake(
        task="training_bytes",
        name="biases_forgotten",
        caught_by=("check_training_bytes_fixed", "check_training_bytes_mixed"),
        hint="Each layer has a bias for every unit it gives, too.",
        code=_with(BYTES, ("inputs * outputs + outputs", "inputs * outputs")),
    ),
    Mistake(
        task="training_bytes",
        name="hidden_units_once",
        caught_by=("check_training_bytes_activations", "check_training_bytes_mixed"),
        hint="You count each hidden unit once; here both sides of its ReLU are kept.",
        code=_with(BYTES, ("2 * sum(widths[1:-1])", "sum(widths[1:-1])")),
    ),
    Mistake(
        task="training_bytes",
        name="inputs_counted",
        caught_by=("check_training_bytes_activations", "check_training_bytes_mixed"),
        hint="The inputs are there before training begins; they are not counted.",
        code=_with(BYTES, ("2 * sum(widths[1:-1])", "widths[0] + 2 * sum(widths[1:-1])")),
    ),
    Mistake(
        task="training_bytes",
        name="no_master_weights",
        caught_by="check_training_bytes_mixed",
        hint="Mixed precision keeps the float32 weights beside the 16-bit copy: 6 bytes in all.",
        code=_with(BYTES, ("4 * P + (2 * P if mixed else 0)", "small * P")),
    ),
    Mistake(
        task="training_bytes",
        name="state_in_16_bits",
        caught_by="check_training_bytes_mixed",
        hint="The optimizer's state stays in float32 in mixed precision.",
        code=_with(BYTES, ("4 * states * P", "small * states * P")),
    ),
    Mistake(
        task="smallest_scale",
        name="normal_numbers",
        caught_by=("check_smallest_scale_small", "check_smallest_scale_signs"),
        hint="Your scale lifts everything to full precision, above 2**-14. Asked for is the "
        "smallest with which nothing becomes 0.",
        code=_with(SCALE, ("s * sizes.min() <= 2.0**-25", "s * sizes.min() < 2.0**-14")),
    ),
    Mistake(
        task="smallest_scale",
        name="sign_forgotten",
        caught_by="check_smallest_scale_signs",
        hint="The smallest entry of g is the most negative one, not the one nearest to 0.",
        code=_with(
            SCALE,
            ("np.abs(g[g != 0])", "g[g > 0]"),
        ),
    ),
    Mistake(
        task="smallest_scale",
        name="overflow_not_looked_at",
        caught_by=("check_smallest_scale_small", "check_smallest_scale_none"),
        hint="With your scale the largest entry becomes infinite. Look at both ends.",
        code=_with(SCALE, ("return s if s * sizes.max() < 65520 else 0.0", "return s")),
    ),
    Mistake(
        task="smallest_scale",
        name="always_scaled",
        caught_by="check_smallest_scale_none",
        hint="Where nothing underflows the smallest scale is 1: yours goes below it.",
        code=_with(
            SCALE,
            (
                "    while s *",
                "    while s * sizes.min() > 2.0**-24:\n        s /= 2\n    while s *",
            ),
        ),
    ),
    Mistake(
        task="scaled_step",
        name="counts_on_after_an_overflow",
        caught_by="check_scaled_step_skips",
        hint="An overflow ends the row of good gradients: the count begins at 0 again.",
        code=_with(STEP, ("scale, good = scale / 2, 0", "scale = scale / 2")),
    ),
    Mistake(
        task="scaled_step",
        name="one_step_late",
        caught_by=("check_scaled_step_growth", "check_scaled_step_skips"),
        hint="Your scale doubles one gradient late: it should when the count reaches grow_after.",
        code=_with(STEP, ("if good == grow_after", "if good > grow_after")),
    ),
    Mistake(
        task="scaled_step",
        name="divides_by_the_next_scale",
        caught_by="check_scaled_step_theta",
        hint="Where the scale grows you divide by the new one; g was made with the old one.",
        code=_with(
            STEP,
            ("        theta = theta - lr * (g / scale)\n", ""),
            (
                "scale, good = 2 * scale, 0\n",
                "scale, good = 2 * scale, 0\n        theta = theta - lr * (g / scale)\n",
            ),
        ),
    ),
    Mistake(
        task="scaled_step",
        name="nan_passes",
        caught_by="check_scaled_step_bad",
        hint="You look for infinities only. A NaN is an overflow too: infinity minus infinity.",
        code=_with(STEP, ("np.isfinite(g).all()", "not np.isinf(g).any()")),
    ),
    Mistake(
        task="scaled_step",
        name="the_rest_is_updated",
        caught_by="check_scaled_step_bad",
        hint="After an overflow you still step with the entries that are finite. The whole update "
        "is skipped.",
        code=_with(
            STEP,
            (
                "        scale, good = scale / 2, 0\n",
                "        theta = theta - lr * np.where(np.isfinite(g), g, 0) / scale\n"
                "        scale, good = scale / 2, 0\n",
            ),
        ),
    ),
    Mistake(
        task="master_weights",
        name="a_whole_ulp",
        caught_by=("check_master_weights_lost16", "check_master_weights_lost7"),
        hint="Rounding goes to the nearest number, so half the distance decides, not all of it.",
        code=_with(MASTER, ("np.ldexp(0.5, exponent - bits)", "np.ldexp(1.0, exponent - bits)")),
    ),
    Mistake(
        task="master_weights",
        name="ulp_of_one",
        caught_by="check_master_weights_lost7",
        hint="You compare with half an ulp of 1. The distance of numbers grows with the weight.",
        code=_with(
            MASTER, ("np.ldexp(0.5, exponent - bits)", "np.ldexp(0.5, 0 * exponent - bits)")
        ),
    ),
    Mistake(
        task="master_weights",
        name="stored_in_16_bits",
        caught_by=("check_master_weights_train", "check_master_weights_copy"),
        hint="You round the weights after every update, and small updates never add up. The copy "
        "is for the gradient alone.",
        code=_with(
            MASTER,
            (
                "master -= lr * gradient(copy)",
                "master = np.float16(copy - lr * gradient(copy)).astype(float)",
            ),
        ),
    ),
    Mistake(
        task="master_weights",
        name="gradient_at_the_master",
        caught_by="check_master_weights_copy",
        hint="You ask for the gradient at the master weights. The network computes with the copy.",
        code=_with(MASTER, ("gradient(copy)", "gradient(master)")),
    ),
    Mistake(
        task="accumulate",
        name="mean_of_means",
        caught_by=("check_accumulate_unequal", "check_accumulate_loss"),
        hint="You take the mean of the parts' means: an example in a small part counts for more.",
        code=_with(
            ACCUMULATE, ("np.array(sizes) / sum(sizes)", "np.full(len(sizes), 1 / len(sizes))")
        ),
    ),
    Mistake(
        task="accumulate",
        name="small_parts_dropped",
        caught_by=("check_accumulate_unequal", "check_accumulate_loss"),
        hint="You leave out parts that are smaller than the largest. Every example counts.",
        code=_with(
            ACCUMULATE,
            (
                "    share = np.array(sizes)",
                "    sizes = [n if n == max(sizes) else 0 for n in sizes]\n"
                "    share = np.array(sizes)",
            ),
        ),
    ),
    Mistake(
        task="accumulate",
        name="loss_of_the_last_part",
        caught_by=("check_accumulate_loss",),
        hint="The loss you return is that of the last part; asked for is the mean over all.",
        code=_with(ACCUMULATE, ("float(share @ losses)", "losses[-1]")),
    ),
    Mistake(
        task="accumulate",
        name="gradients_added",
        caught_by=("check_accumulate_equal", "check_accumulate_unequal"),
        hint="You add the gradients of the parts and divide by nothing, so the step grows with the "
        "number of parts.",
        code=_with(ACCUMULATE, ("share @ np.array(gs)", "np.sum(gs, axis=0)")),
    ),
    Mistake(
        task="recomputed",
        name="everything_kept",
        caught_by=("check_recomputed_memory", "check_recomputed_work"),
        hint="The gradient is right, but every output stays alive until the way back.",
        code="""\
def recomputed(x, layers, d_y, *, slots):
    inputs = [x]
    for f, _ in layers[:-1]:
        inputs.append(f(inputs[-1]))
    for _, back in reversed(layers):
        d_y = back(inputs.pop(), d_y)
    return d_y
""",
    ),
    Mistake(
        task="recomputed",
        name="from_the_start_each_time",
        caught_by="check_recomputed_work",
        hint="You compute from the first layer for each layer on the way back: little memory, but "
        "far more than two calls a layer.",
        code="""\
def recomputed(x, layers, d_y, *, slots):
    for i in reversed(range(len(layers))):
        h = x
        for f, _ in layers[:i]:
            h = f(h)
        d_y = layers[i][1](h, d_y)
    return d_y
""",
    ),
    Mistake(
        task="recomputed",
        name="left_over_layers",
        caught_by=("check_recomputed_values", "check_recomputed_work"),
        hint="Where the layers do not divide evenly into segments, you leave out the last ones.",
        code=_with(
            CHAIN, ("    length = (n + k - 1) // k\n", "    length = n // k\n    n = k * length\n")
        ),
    ),
    Mistake(
        task="within_budget",
        name="mean_of_means",
        caught_by="check_within_budget_uneven",
        hint="The micro-batch that is left over counts as much as a full one in your mean.",
        code=_with(
            BUDGET,
            ("len(batch) * float(value)", "float(value)"),
            ("g + len(batch) * new", "g + new"),
            (
                "return size, loss / len(x), [g / len(x) for g in gradients]",
                "passes = -(-len(x) // size)\n"
                "    return size, loss / passes, [g / passes for g in gradients]",
            ),
        ),
    ),
    Mistake(
        task="within_budget",
        name="gradients_added",
        caught_by=("check_within_budget_even", "check_within_budget_uneven"),
        hint="Your gradients are the sums of the examples' gradients, not their mean.",
        code=_with(BUDGET, ("[g / len(x) for g in gradients]", "gradients")),
    ),
    Mistake(
        task="within_budget",
        name="left_over_dropped",
        caught_by=("check_within_budget_uneven", "check_within_budget_seen"),
        hint="You leave out the examples that do not fill a micro-batch.",
        code=_with(
            BUDGET,
            ("range(0, len(x), size)", "range(0, len(x) // size * size, size)"),
            (
                "return size, loss / len(x), [g / len(x) for g in gradients]",
                "used = len(x) // size * size\n"
                "    return size, loss / used, [g / used for g in gradients]",
            ),
        ),
    ),
    Mistake(
        task="within_budget",
        name="only_the_last_layer",
        caught_by=("check_within_budget_size", "check_within_budget_seen"),
        hint="You count the units of one layer. Every layer's outputs are kept.",
        code=_with(BUDGET, ("(8 * sum(units))", "(8 * units[-1])")),
    ),
    Mistake(
        task="within_budget",
        name="four_bytes",
        caught_by=("check_within_budget_size", "check_within_budget_seen"),
        hint="These models compute in float64, with 8 bytes a number.",
        code=_with(BUDGET, ("(8 * sum(units))", "(4 * sum(units))")),
    ),
]

ALTERNATIVES = [
    Alternative(task="training_bytes", name="a_loop", code=BYTES),
    Alternative(task="smallest_scale", name="by_the_limits", code=SCALE),
    Alternative(task="scaled_step", name="count_first", code=STEP),
    Alternative(task="master_weights", name="by_frexp", code=MASTER),
    Alternative(task="accumulate", name="shares_at_the_end", code=ACCUMULATE),
    Alternative(task="recomputed", name="many_short_segments", code=CHAIN),
    Alternative(task="within_budget", name="sums_divided_at_the_end", code=BUDGET),
]
