"""Planted mistakes of the lesson on edge devices, and other correct solutions."""

from nnedu.lesson import Alternative, Mistake

_FIXED = """
def fixed_point(M):
    part, power = np.frexp(M)
    m, n = {m}, {n}
    if {carry}:
        m, n = m // 2, n - 1
    return m, n
"""
_RIGHT_FIXED = {
    "m": "round(float(part) * 2**31)",
    "n": "31 - int(power)",
    "carry": "m == 2**31",
}


def _fixed(**slip):
    return _FIXED.format(**_RIGHT_FIXED | slip)


_REQUANTIZE = """
def requantize(sums, m, n, zero, low, high):
    exact = sums.astype(np.int64) * m
    return {codes}
"""


def _requantize(codes):
    return _REQUANTIZE.format(codes=codes)


_CLIPPED = "np.clip({rounded} + zero, low, high).astype(np.int8)"

_LAYER = """
def layer(q_x, s_x, z_x, q_W, s_W, b, s_y, z_y, relu):
    unit = {unit}
    sums = (q_x.astype(int) - {z_x}) @ q_W.astype(int) + np.rint(b / {bias})
    codes = {codes}
    return {clipped}.astype(np.int8)
"""
_RIGHT_LAYER = {
    "unit": "s_x * s_W",
    "z_x": "z_x",
    "bias": "unit",
    "codes": "np.rint(unit / s_y * sums) + z_y",
    "clipped": "np.clip(codes, z_y if relu else -128, 127)",
}


def _layer(**slip):
    return _LAYER.format(**_RIGHT_LAYER | slip)


_FOLD = """
def fold(W, b, gamma, beta, mean, var, eps, behind):
    g = gamma / {root}
    if behind:
        return {W_behind}, {b_behind}
    return {W_front}, {b_front}
"""
_RIGHT_FOLD = {
    "root": "np.sqrt(var + eps)",
    "W_behind": "W * g",
    "b_behind": "(b - mean) * g + beta",
    "W_front": "g[:, None] * W",
    "b_front": "b + (beta - mean * g) @ W",
}


def _fold(**slip):
    return _FOLD.format(**_RIGHT_FOLD | slip)


_RANGE = """
def find_range(batches, share):
    ends = [(1 - share) / 2, (1 + share) / 2]
    values = np.concatenate([np.ravel(batch) for batch in batches])
    low, high = {quantiles}
    return {low}, {high}
"""
_RIGHT_RANGE = {
    "quantiles": "np.quantile(values, ends)",
    "low": "min(float(low), 0.0)",
    "high": "max(float(high), 0.0)",
}


def _range(**slip):
    return _RANGE.format(**_RIGHT_RANGE | slip)


_DIAGNOSE = """
def diagnose(x, s_x, z_x, q_W, s_W, b, s_y, z_y, q_y):
    def codes(x, unit, low):
        q_x = np.clip(np.rint(x / s_x) + z_x, -128, 127)
        sums = (q_x - z_x) @ q_W.astype(float) + np.rint(b / unit)
        return np.clip(np.rint(s_x * s_W / s_y * sums) + z_y, low, 127)

    unit, turned = s_x * s_W, x.reshape(-1, 4, 4).transpose(0, 2, 1).reshape(-1, 16)
    could_be = {{
        "right": codes(x, unit, z_y),
        "bytes": {bytes},
        "turned": {turned},
        "bias unit": {bias},
        "relu at 0": {relu},
    }}
    return min(could_be, key=lambda name: np.abs(could_be[name] - q_y).sum())
"""
_RIGHT_DIAGNOSE = {
    "bytes": "codes(255 * x, unit, z_y)",
    "turned": "codes(turned, unit, z_y)",
    "bias": "codes(x, s_x, z_y)",
    "relu": "codes(x, unit, 0)",
}


def _diagnose(**slip):
    return _DIAGNOSE.format(**_RIGHT_DIAGNOSE | slip)


_EXPORT = """
def export(W1, b1, W2, b2, images):
    x = {x}
    h = np.maximum({seen} @ W1 + b1, 0)
    y = h @ W2 + b2
    grids = [affine(v.min(), v.max()) for v in (x, h, y)]
    (q_W1, s_W1), (q_W2, s_W2) = {columns}
    return {{
        "grids": np.array({grids}),
        "q_W1": q_W1,
        "s_W1": s_W1,
        "q_b1": {b1},
        "q_W2": q_W2,
        "s_W2": s_W2,
        "q_b2": {b2},
    }}
"""
_RIGHT_EXPORT = {
    "x": "np.minimum(images, np.quantile(images, 0.995))",
    "seen": "x",
    "grids": "grids",
    "columns": "columns(W1), columns(W2)",
    "b1": "np.rint(b1 / (grids[0][0] * s_W1))",
    "b2": "np.rint(b2 / (grids[1][0] * s_W2))",
}


def _export(**slip):
    return _EXPORT.format(**_RIGHT_EXPORT | slip)


MISTAKES = [
    Mistake(
        task="fixed_point",
        name="cut_off",
        caught_by=("check_fixed_integers", "check_fixed_carry"),
        hint="You cut off what stands behind the point. m is the nearest integer: round.",
        code=_fixed(m="int(float(part) * 2**31)"),
    ),
    Mistake(
        task="fixed_point",
        name="carry_forgotten",
        caught_by="check_fixed_carry",
        hint="Your m reaches 2**31, a bit too many. Where it rounds up to that, halve it and take "
        "one off n.",
        code=_fixed(carry="False"),
    ),
    Mistake(
        task="fixed_point",
        name="carry_keeps_n",
        caught_by="check_fixed_carry",
        hint="You halve an m that has become 2**31 and leave n as it was: m / 2**n is then half of "
        "M.",
        code=_fixed().replace("m // 2, n - 1", "m // 2, n"),
    ),
    Mistake(
        task="fixed_point",
        name="thirty_two_bits",
        caught_by="check_fixed_integers",
        hint="Your m has 32 bits and does not fit beside a sign. It lies from 2**30 up, below "
        "2**31.",
        code=_fixed(m="round(float(part) * 2**32)", n="32 - int(power)", carry="m == 2**32"),
    ),
    Mistake(
        task="fixed_point",
        name="power_added",
        caught_by=("check_fixed_value", "check_fixed_integers"),
        hint="Your shift goes the wrong way: the smaller M, the more places you have to shift.",
        code=_fixed(n="31 + int(power)", carry="m == 2**31 and not n").replace(
            "return m, n", "return (m, n) if m < 2**31 else (2**30, 30 - int(power))"
        ),
    ),
    Mistake(
        task="requantize",
        name="no_half",
        caught_by=("check_requantize_inside", "check_requantize_halves"),
        hint="You shift without adding half: that rounds down, always. Add 2**(n - 1) first.",
        code=_requantize(_CLIPPED.format(rounded="(exact >> n)")),
    ),
    Mistake(
        task="requantize",
        name="halves_away_from_zero",
        caught_by="check_requantize_halves",
        hint="Your halves go away from zero. With half added and a floor, -0.5 becomes 0.",
        code=_requantize(
            _CLIPPED.format(rounded="np.sign(exact) * ((np.abs(exact) + (1 << (n - 1))) >> n)")
        ),
    ),
    Mistake(
        task="requantize",
        name="halves_to_even",
        caught_by="check_requantize_halves",
        hint="Your halves go to the even neighbour, as np.rint sends them. Here they go up.",
        code=_requantize(_CLIPPED.format(rounded="np.rint(exact / 2.0**n)")),
    ),
    Mistake(
        task="requantize",
        name="zero_after_the_clip",
        caught_by="check_requantize_ends",
        hint="You add the zero point after clipping. low and high are ends of codes: clip last.",
        code=_requantize(
            "(np.clip((exact + (1 << (n - 1))) >> n, low, high) + zero).astype(np.int8)"
        ),
    ),
    Mistake(
        task="requantize",
        name="not_clipped",
        caught_by="check_requantize_ends",
        hint="Codes beyond int8 wrap round in the cast, and low and high are ignored. Clip first.",
        code=_requantize("(((exact + (1 << (n - 1))) >> n) + zero).astype(np.int8)"),
    ),
    Mistake(
        task="requantize",
        name="cut_towards_zero",
        caught_by=("check_requantize_inside", "check_requantize_halves"),
        hint="Your division cuts towards 0, which rounds negative sums up. A floor is asked for: "
        "shift.",
        code=_requantize(_CLIPPED.format(rounded="np.trunc((exact + (1 << (n - 1))) / 2.0**n)")),
    ),
    Mistake(
        task="layer",
        name="bias_in_units_of_the_inputs",
        caught_by=("check_layer_bias", "check_layer_relu"),
        hint="Your bias is in units of s_x. The sums are in units of s_x s_o, so the bias must be.",
        code=_layer(bias="s_x"),
    ),
    Mistake(
        task="layer",
        name="zero_point_of_the_inputs_forgotten",
        caught_by=("check_layer_product", "check_layer_bias"),
        hint="You multiply the input codes as they are. Take their zero point off first.",
        code=_layer(z_x="0"),
    ),
    Mistake(
        task="layer",
        name="relu_at_code_0",
        caught_by="check_layer_relu",
        hint="Your ReLU cuts at the code 0. The code that stands for 0 is z_y.",
        code=_layer(clipped="np.clip(codes, 0 if relu else -128, 127)"),
    ),
    Mistake(
        task="layer",
        name="always_a_relu",
        caught_by=("check_layer_product", "check_layer_ends"),
        hint="You cut at z_y in every layer. Without a ReLU codes go down to -128.",
        code=_layer(clipped="np.clip(codes, z_y, 127)"),
    ),
    Mistake(
        task="layer",
        name="no_relu",
        caught_by="check_layer_relu",
        hint="Your layer never cuts: with relu, codes below that of 0 become z_y.",
        code=_layer(clipped="np.clip(codes, -128, 127)"),
    ),
    Mistake(
        task="layer",
        name="one_scale_for_all",
        caught_by=("check_layer_product", "check_layer_relu"),
        hint="You use the largest scale for all outputs. Each column of the weights has its own.",
        code=_layer(unit="s_x * s_W.max()"),
    ),
    Mistake(
        task="layer",
        name="not_clipped",
        caught_by="check_layer_ends",
        hint="Codes beyond int8 wrap round in the cast: 128 becomes -128. Clip to -128 and 127.",
        code=_layer(clipped="np.maximum(codes, z_y if relu else -(2**31)).astype(np.int64)"),
    ),
    Mistake(
        task="fold",
        name="eps_forgotten",
        caught_by="check_fold_eps",
        hint="Your epsilon is missing under the root.",
        code=_fold(root="np.sqrt(var)"),
    ),
    Mistake(
        task="fold",
        name="divided_by_the_variance",
        caught_by=("check_fold_behind", "check_fold_front", "check_fold_eps"),
        hint="You divide by the variance. It is its root, the standard deviation, that scales.",
        code=_fold(root="(var + eps)"),
    ),
    Mistake(
        task="fold",
        name="mean_not_scaled",
        caught_by=("check_fold_behind", "check_fold_eps"),
        hint="Behind the layer you take the mean off unscaled. It is subtracted before gamma "
        "multiplies: scale it too.",
        code=_fold(b_behind="b * g - mean + beta"),
    ),
    Mistake(
        task="fold",
        name="bias_not_scaled",
        caught_by=("check_fold_unit", "check_fold_behind"),
        hint="Behind the layer the old bias goes through the normalisation too: scale it like the "
        "weights.",
        code=_fold(b_behind="b - mean * g + beta"),
    ),
    Mistake(
        task="fold",
        name="columns_in_front",
        caught_by="check_fold_front",
        hint="In front of the layer the features are inputs: they scale the rows of W.",
        code=_fold(W_front="W * g"),
    ),
    Mistake(
        task="fold",
        name="shift_past_the_weights",
        caught_by="check_fold_front",
        hint="In front of the layer the shift beta - mean g comes in with the inputs: it reaches "
        "the outputs through W.",
        code=_fold(b_front="b + beta - mean * g"),
    ),
    Mistake(
        task="find_range",
        name="quantiles_averaged",
        caught_by=("check_range_whole", "check_range_tails"),
        hint="You average the quantiles of the batches. The quantile of all numbers together is "
        "another one.",
        code=_range(quantiles="np.mean([np.quantile(batch, ends) for batch in batches], axis=0)"),
    ),
    Mistake(
        task="find_range",
        name="last_batch",
        caught_by=("check_range_whole", "check_range_tails"),
        hint="Only your last batch counts. Put the numbers of all batches together.",
        code=_range(quantiles="np.quantile(batches[-1], ends)"),
    ),
    Mistake(
        task="find_range",
        name="twice_the_tails",
        caught_by=("check_range_single", "check_range_tails"),
        hint="You leave out 1 - share at each end, twice too much. It is half of that at each.",
        code=_range(quantiles="np.quantile(values, [1 - share, share])"),
    ),
    Mistake(
        task="find_range",
        name="not_widened",
        caught_by="check_range_beside",
        hint="Your range does not hold 0. Widen it to there, on either side.",
        code=_range(low="float(low)", high="float(high)"),
    ),
    Mistake(
        task="diagnose",
        name="never_bytes",
        caught_by="check_diagnose_images",
        hint="You never find the bytes: there 255 times the pixels are rounded to the same grid.",
        code=_diagnose(bytes="codes(x, unit, z_y)"),
    ),
    Mistake(
        task="diagnose",
        name="never_turned",
        caught_by="check_diagnose_images",
        hint="You never find the turned images: rows and columns of four by four change places.",
        code=_diagnose(turned="codes(x, unit, z_y)"),
    ),
    Mistake(
        task="diagnose",
        name="never_bias_unit",
        caught_by="check_diagnose_layer",
        hint="You never find the biases in another unit: there round(b / s_x) is what is added.",
        code=_diagnose(bias="codes(x, unit, z_y)"),
    ),
    Mistake(
        task="diagnose",
        name="never_relu_at_0",
        caught_by="check_diagnose_layer",
        hint="You never find the ReLU that cuts at the code 0: no code is negative there.",
        code=_diagnose(relu="codes(x, unit, -128)"),
    ),
    Mistake(
        task="export",
        name="broken_readings_kept",
        caught_by="check_export_score",
        hint="Your ranges reach up to the broken readings, and the rest shares a code or two. "
        "Leave out a small share at the top.",
        code=_export(x="images"),
    ),
    Mistake(
        task="export",
        name="only_the_inputs_clipped",
        caught_by="check_export_score",
        hint="The grid of your inputs is right, but the hidden units were calibrated with the "
        "broken readings. Cut the images first, then go through the network.",
        code=_export(seen="images"),
    ),
    Mistake(
        task="export",
        name="biases_in_the_unit_of_the_weights",
        caught_by=("check_export_biases", "check_export_score"),
        hint="Your biases are in units of the weights' scale. The sums are in units of the inputs' "
        "scale times it.",
        code=_export(b1="np.rint(b1 / s_W1)", b2="np.rint(b2 / s_W2)"),
    ),
    Mistake(
        task="export",
        name="one_scale_for_each_matrix",
        caught_by=("check_export_form", "check_export_score"),
        hint="You return one scale for a matrix. Expected is one for each column.",
        code=_export(
            columns="[(np.rint(W / s), s) for W in (W1, W2) for s in [np.abs(W).max() / 127]]"
        ),
    ),
]

ALTERNATIVES = [
    Alternative(
        task="fixed_point",
        name="doubled_until_it_fits",
        code="""
def fixed_point(M):
    n = 0
    while M * 2.0**n < 2**30:
        n += 1
    m = int(np.floor(M * 2.0**n + 0.5))
    return (m, n) if m < 2**31 else (m // 2, n - 1)
""",
    ),
    Alternative(
        task="requantize",
        name="floor_division",
        code="""
def requantize(sums, m, n, zero, low, high):
    codes = np.empty(sums.shape, dtype=np.int8)
    for row in range(sums.shape[0]):
        for o in range(sums.shape[1]):
            total = int(sums[row, o]) * int(m[o]) + 2 ** (int(n[o]) - 1)
            codes[row, o] = min(max(zero + total // 2 ** int(n[o]), low), high)
    return codes
""",
    ),
    Alternative(
        task="layer",
        name="in_fixed_point",
        code="""
def layer(q_x, s_x, z_x, q_W, s_W, b, s_y, z_y, relu):
    unit = s_x * s_W
    part, power = np.frexp(unit / s_y)
    m, n = np.rint(part * 2.0**31).astype(np.int64), 31 - power.astype(np.int64)
    q_b = np.rint(b / unit).astype(np.int64)
    sums = q_x.astype(np.int64) @ q_W.astype(np.int64) - z_x * q_W.sum(axis=0, dtype=np.int64) + q_b
    codes = z_y + ((sums * m + (1 << (n - 1))) >> n)
    codes = np.clip(codes, -128, 127)
    return (np.maximum(codes, z_y) if relu else codes).astype(np.int8)
""",
    ),
    Alternative(
        task="fold",
        name="from_its_values",
        code="""
def fold(W, b, gamma, beta, mean, var, eps, behind):
    def norm(v):
        return gamma * (v - mean) / np.sqrt(var + eps) + beta

    def both(x):
        return norm(x @ W + b) if behind else norm(x) @ W + b

    at_zero = both(np.zeros((1, len(W))))[0]
    return both(np.eye(len(W))) - at_zero, at_zero
""",
    ),
    Alternative(
        task="find_range",
        name="sorted_by_hand",
        code="""
def find_range(batches, share):
    values = sorted(float(v) for batch in batches for v in batch.ravel())

    def quantile(p):
        at = p * (len(values) - 1)
        k = min(int(at), len(values) - 2)
        return values[k] + (at - k) * (values[k + 1] - values[k])

    return min(quantile((1 - share) / 2), 0.0), max(quantile((1 + share) / 2), 0.0)
""",
    ),
    Alternative(
        task="diagnose",
        name="one_after_the_other",
        code="""
def diagnose(x, s_x, z_x, q_W, s_W, b, s_y, z_y, q_y):
    W, unit = q_W.astype(float), s_x * s_W

    def same(x, q_b, low):
        q_x = np.clip(np.rint(x / s_x) + z_x, -128, 127) - z_x
        codes = np.clip(np.rint(unit / s_y * (q_x @ W + q_b)) + z_y, low, 127)
        return np.abs(codes - q_y).max() < 2 and np.mean(codes != q_y) < 0.05

    q_b = np.rint(b / unit)
    if same(x, q_b, z_y):
        return "right"
    if same(x, q_b, 0):
        return "relu at 0"
    if same(x, np.rint(b / s_x), z_y):
        return "bias unit"
    columns = x[:, np.arange(16).reshape(4, 4).T.ravel()]
    return "turned" if same(columns, q_b, z_y) else "bytes"
""",
    ),
    Alternative(
        task="export",
        name="without_the_broken_images",
        code="""
def export(W1, b1, W2, b2, images):
    highest = images.max(axis=1)
    x = images[highest < 10 * np.median(highest)]
    h = np.maximum(x @ W1 + b1, 0)
    y = h @ W2 + b2
    grids = np.array([affine(v.min(), v.max()) for v in (x, h, y)])
    made = {"grids": grids}
    for number, W, b in ((1, W1, b1), (2, W2, b2)):
        codes, scale = columns(W)
        unit = grids[number - 1, 0] * scale
        made |= {f"q_W{number}": codes, f"s_W{number}": scale, f"q_b{number}": np.rint(b / unit)}
    return made
""",
    ),
]
