"""Planted mistakes of the capstone's lesson, and other correct solutions."""

from nnedu.lesson import Alternative, Mistake

_MOVED = """
def moved(x, down, right):
    N, H, W = x.shape
    down, right = np.asarray(down), np.asarray(right)
    y = np.zeros_like(x)
    for n in range(N):
        for i in range(H):
            for j in range(W):
                a, b = {at}
                {where}
    return y
"""


def _moved(at="i - down[n], j - right[n]", where=None):
    inside = "if 0 <= a < H and 0 <= b < W:\n                    y[n, i, j] = x[n, a, b]"
    return _MOVED.format(at=at, where=where or inside)


_ATTEND = """
def attend_places(x, W_q, W_k, W_v, W_o, heads):
    H, W, D = x.shape
    T, d = H * W, D // heads
    rows = {rows}
    def split(M):
        return {split}
    Q, K, V = split(W_q), split(W_k), split(W_v)
    S = Q @ K.transpose(0, 2, 1) / {root}
    A = np.exp({shifted})
    A = A / A.sum(axis={axis}, keepdims=True)
    together = {together}
    return {y}, A
"""
_RIGHT_ATTEND = {
    "rows": "x.reshape(T, D)",
    "split": "(rows @ M).reshape(T, heads, d).transpose(1, 0, 2)",
    "root": "np.sqrt(d)",
    "shifted": "S - S.max(axis=2, keepdims=True)",
    "axis": "2",
    "together": "(A @ V).transpose(1, 0, 2).reshape(T, D)",
    "y": "x + (together @ W_o).reshape(H, W, D)",
}


def _attend(**slip):
    return _ATTEND.format(**_RIGHT_ATTEND | slip)


_WORTH = """
def worth(full, without, t, margin):
    d = {d}
    mean, half = d.mean(), {half}
    low, high = mean - half, mean + half
    if {equivalent}:
        verdict = "equivalent"
    elif {better}:
        verdict = "better"
    elif {worse}:
        verdict = "worse"
    else:
        verdict = "inconclusive"
    return low, mean, high, verdict
"""
_RIGHT_WORTH = {
    "d": "full - without",
    "half": "t * d.std(ddof=1) / np.sqrt(len(d))",
    "equivalent": "-margin <= low and high <= margin",
    "better": "low > 0",
    "worse": "high < 0",
}


def _worth(**slip):
    return _WORTH.format(**_RIGHT_WORTH | slip)


_SEEDS = """
def seeds_needed(d, half, t):
    s = d.std(ddof={ddof})
    for n in range(2, len(t)):
        if {width} <= half:
            return n
    return 0
"""


def _seeds(width="t[n] * s / np.sqrt(n)", ddof="1"):
    return _SEEDS.format(width=width, ddof=ddof)


_DIAGNOSE = """
def diagnose(val, test, chosen, tuning_seeds, seeds_full, seeds_without, updates):
    if {budget}:
        return "unequal budgets"
    if {paired}:
        return "not paired"
    if {reused}:
        return "seeds reused"
    return "fair" if {fair} else "tuned on test"
"""
_RIGHT_DIAGNOSE = {
    "budget": "updates[0] != updates[1]",
    "paired": "not np.array_equal(seeds_full, seeds_without)",
    "reused": "len(set(tuning_seeds.tolist()) & set(seeds_full.tolist())) > 0",
    "fair": "chosen == val.mean(axis=1).argmin()",
}


def _diagnose(**slip):
    return _DIAGNOSE.format(**_RIGHT_DIAGNOSE | slip)


_PACK = """
def pack(weights, k):
    order = np.sort(np.concatenate([{size}.ravel() for W in weights]))
    limit = order[k - 1] if k else -np.inf
    codes, scales, total = [], [], 0
    for W in weights:
        kept = {kept}
        scale = {scale}
        q = np.rint(kept / scale)
        left = {left}
        codes.append(np.nan_to_num(q).astype(np.int8))
        scales.append(scale)
        total += {total}
    return codes, np.array(scales), int(total)
"""
_RIGHT_PACK = {
    "size": "np.abs(W)",
    "kept": "np.where(np.abs(W) > limit, W, 0.0)",
    "scale": "np.abs(kept).max() / 127 if np.any(kept) else 1.0",
    "left": "np.count_nonzero(q)",
    "total": "min(W.size, -(-W.size // 8) + left) + 4",
}


def _pack(**slip):
    return _PACK.format(**_RIGHT_PACK | slip)


_READ = """
def read(x, y, new):
    ways = [(d, r) for d in {ways} for r in {ways}]
    X = np.concatenate([{view} for d, r in ways])
    labels = np.tile(y, len(ways))
    A, B = X.reshape(len(X), -1), new.reshape(len(new), -1)
    apart = np.sum(A**2, axis=1) - 2 * B @ A.T
    return {answer}
"""
_RIGHT_READ = {
    "ways": "range(-2, 3)",
    "view": "moved(x, np.full(len(x), d), np.full(len(x), r))",
    "answer": "labels[apart.argmin(axis=1)]",
}


def _read(**slip):
    return _READ.format(**_RIGHT_READ | slip)


MISTAKES = [
    Mistake(
        task="moved",
        name="wraps_round",
        caught_by=("check_moved_each", "check_moved_out"),
        hint="What you push out on one side comes in on the other. Pixels from outside are 0.",
        code=_moved(where="y[n, i, j] = x[n, a % H, b % W]"),
    ),
    Mistake(
        task="moved",
        name="edges_repeated",
        caught_by=("check_moved_each", "check_moved_out"),
        hint="You fill what is uncovered with the pixels of the edge. Pixels from outside are 0.",
        code=_moved(where="y[n, i, j] = x[n, min(max(a, 0), H - 1), min(max(b, 0), W - 1)]"),
    ),
    Mistake(
        task="moved",
        name="the_other_way",
        caught_by=("check_moved_diagonal", "check_moved_each"),
        hint="Your images move up and to the left. Where the image has moved down by one, row 1 "
        "shows what was row 0.",
        code=_moved(at="i + down[n], j + right[n]"),
    ),
    Mistake(
        task="moved",
        name="axes_exchanged",
        caught_by="check_moved_each",
        hint="You move by down along the columns and by right along the rows. The first axis of an "
        "image counts its rows, from the top.",
        code=_moved(at="i - right[n], j - down[n]"),
    ),
    Mistake(
        task="moved",
        name="all_alike",
        caught_by=("check_moved_each", "check_moved_out"),
        hint="All your images move as the first one does. Each has its own numbers.",
        code=_moved(at="i - down[0], j - right[0]"),
    ),
    Mistake(
        task="attend_places",
        name="root_of_all_features",
        caught_by="check_attend_heads",
        hint="You divide by the root of D. Each head's queries have d = D / heads features.",
        code=_attend(root="np.sqrt(D)"),
    ),
    Mistake(
        task="attend_places",
        name="softmax_over_columns",
        caught_by=("check_attend_one_head", "check_attend_heads"),
        hint="Your columns add up to 1. Each place spreads its own attention: each row does.",
        code=_attend(axis="1", shifted="S - S.max(axis=1, keepdims=True)"),
    ),
    Mistake(
        task="attend_places",
        name="no_skip",
        caught_by=("check_attend_single", "check_attend_heads"),
        hint="Your y lacks the x that goes around the attention.",
        code=_attend(y="(together @ W_o).reshape(H, W, D)"),
    ),
    Mistake(
        task="attend_places",
        name="heads_interleaved",
        caught_by="check_attend_heads",
        hint="Your heads take every n-th feature. Head h has the features from h d up to "
        "(h + 1) d.",
        code=_attend(
            split="(rows @ M).reshape(T, d, heads).transpose(2, 0, 1)",
            together="(A @ V).transpose(1, 2, 0).reshape(T, D)",
        ),
    ),
    Mistake(
        task="attend_places",
        name="heads_mixed_with_places",
        caught_by="check_attend_heads",
        hint="You put the heads' results together without moving the axes: a place gets what "
        "belongs to another. Bring the axes to (T, heads, d) first.",
        code=_attend(together="(A @ V).reshape(T, D)"),
    ),
    Mistake(
        task="attend_places",
        name="no_largest_subtracted",
        caught_by="check_attend_large",
        hint="With large scores your weights are not numbers: exp overflows. Subtract each row's "
        "largest score first.",
        code=_attend(shifted="S"),
    ),
    Mistake(
        task="worth",
        name="without_minus_full",
        caught_by="check_worth_mean",
        hint="Your difference has the other sign. What the part is worth is full minus without.",
        code=_worth(d="without - full"),
    ),
    Mistake(
        task="worth",
        name="not_paired",
        caught_by="check_worth_length",
        hint="You add up the spreads of both sides. The pairs share a seed: take the spread of "
        "their differences.",
        code=_worth(half="t * np.sqrt((full.var(ddof=1) + without.var(ddof=1)) / len(d))"),
    ),
    Mistake(
        task="worth",
        name="divided_by_S",
        caught_by="check_worth_length",
        hint="Your standard deviation divides by S. With S - 1 below the sum: ddof=1.",
        code=_worth(half="t * d.std() / np.sqrt(len(d))"),
    ),
    Mistake(
        task="worth",
        name="spread_of_one_seed",
        caught_by="check_worth_length",
        hint="Your interval is one for a single difference. For the mean of S, divide by the root "
        "of S.",
        code=_worth(half="t * d.std(ddof=1)"),
    ),
    Mistake(
        task="worth",
        name="any_difference_is_one",
        caught_by="check_worth_verdicts",
        hint="You call a difference better or worse although all of its interval lies within the "
        "margin. Look at the margin first.",
        code=_worth(
            equivalent="low <= 0 <= high and -margin <= low and high <= margin",
        ),
    ),
    Mistake(
        task="worth",
        name="the_mean_decides",
        caught_by="check_worth_verdicts",
        hint="You judge by the mean. What is not certain, the interval says.",
        code=_worth(equivalent="abs(mean) <= margin", better="mean > 0", worse="mean < 0"),
    ),
    Mistake(
        task="worth",
        name="zero_inside_is_equal",
        caught_by="check_worth_verdicts",
        hint="You call everything equivalent whose interval holds 0. A wide interval decides "
        "nothing: it must lie within the margin.",
        code=_worth(equivalent="low <= 0 <= high or (-margin <= low and high <= margin)"),
    ),
    Mistake(
        task="seeds_needed",
        name="quantile_of_the_pilot",
        caught_by=("check_seeds_many", "check_seeds_few"),
        hint="You use the quantile for the seeds that you have. With n seeds it is t[n].",
        code=_seeds("t[len(d)] * s / np.sqrt(n)"),
    ),
    Mistake(
        task="seeds_needed",
        name="always_1_96",
        caught_by="check_seeds_few",
        hint="You take 1.96 for every number of seeds. With few of them Student's quantile is "
        "larger: t[n].",
        code=_seeds("1.96 * s / np.sqrt(n)"),
    ),
    Mistake(
        task="seeds_needed",
        name="whole_length",
        caught_by=("check_seeds_many", "check_seeds_few"),
        hint="You let the whole interval be as long as half may be. It reaches to both sides.",
        code=_seeds("2 * t[n] * s / np.sqrt(n)"),
    ),
    Mistake(
        task="seeds_needed",
        name="no_root",
        caught_by=("check_seeds_many", "check_seeds_few"),
        hint="Your interval shrinks with n. It shrinks with the root of n.",
        code=_seeds("t[n] * s / n"),
    ),
    Mistake(
        task="seeds_needed",
        name="one_seed_too_few",
        caught_by="check_seeds_few",
        hint="You read the quantile one entry too early. t[n] is for n seeds, not for n degrees of "
        "freedom.",
        code=_seeds("t[n - 1 if n > 2 else 2] * s / np.sqrt(n)"),
    ),
    Mistake(
        task="seeds_needed",
        name="the_most_where_none",
        caught_by="check_seeds_none",
        hint="Where no number of seeds is enough you return the largest that t has. Return 0.",
        code=_seeds().replace("return 0", "return len(t) - 1"),
    ),
    Mistake(
        task="diagnose",
        name="seeds_as_a_set",
        caught_by="check_diagnose_race",
        hint="You compare the seeds without their order. A pair is the same seed in the same "
        "place.",
        code=_diagnose(paired="set(seeds_full.tolist()) != set(seeds_without.tolist())"),
    ),
    Mistake(
        task="diagnose",
        name="budgets_not_compared",
        caught_by="check_diagnose_race",
        hint="You never look at the updates. A side that trains longer has another advantage.",
        code=_diagnose(budget="False"),
    ),
    Mistake(
        task="diagnose",
        name="one_lucky_seed",
        caught_by="check_diagnose_tuning",
        hint="You expect the rate with the smallest single loss. What counts is the mean over the "
        "tuning seeds.",
        code=_diagnose(fair="chosen == val.min(axis=1).argmin()"),
    ),
    Mistake(
        task="diagnose",
        name="tuned_on_test_not_seen",
        caught_by="check_diagnose_tuning",
        hint="You never compare the rate with the losses. Which part was it chosen on?",
        code=_diagnose(fair="True"),
    ),
    Mistake(
        task="diagnose",
        name="tuning_seeds_not_seen",
        caught_by="check_diagnose_tuning",
        hint="You never compare the tuning seeds with those of the race. A seed used for tuning "
        "flatters it.",
        code=_diagnose(reused="False"),
    ),
    Mistake(
        task="pack",
        name="each_matrix_its_share",
        caught_by=("check_pack_codes", "check_pack_bytes", "check_pack_empty"),
        hint="You prune the same share of every matrix. Compare the weights of all of them.",
        code="""
def pack(weights, k):
    N = sum(W.size for W in weights)
    codes, scales, total = [], [], 0
    for W in weights:
        own = round(k * W.size / N)
        limit = np.sort(np.abs(W).ravel())[own - 1] if own else -np.inf
        kept = np.where(np.abs(W) > limit, W, 0.0)
        scale = np.abs(kept).max() / 127
        codes.append(np.rint(kept / scale).astype(np.int8))
        scales.append(scale)
        total += min(W.size, -(-W.size // 8) + np.count_nonzero(codes[-1])) + 4
    return codes, np.array(scales), int(total)
""",
    ),
    Mistake(
        task="pack",
        name="smallest_not_in_magnitude",
        caught_by=("check_pack_zeros", "check_pack_codes"),
        hint="You prune the most negative weights, which may be large. Compare magnitudes.",
        code=_pack(size="W", kept="np.where(W > limit, W, 0.0)"),
    ),
    Mistake(
        task="pack",
        name="over_128",
        caught_by="check_pack_codes",
        hint="You divide by 128, a code that int8 does not have. The largest code is 127.",
        code=_pack(
            scale="np.abs(kept).max() / 128 if np.any(kept) else 1.0",
            left="np.count_nonzero(q := np.clip(q, -127, 127))",
        ),
    ),
    Mistake(
        task="pack",
        name="bits_rounded_down",
        caught_by="check_pack_bytes",
        hint="The bits of the places do not end at a whole byte. The last, begun one counts, too: "
        "round up.",
        code=_pack(total="min(W.size, W.size // 8 + left) + 4"),
    ),
    Mistake(
        task="pack",
        name="kept_weights_counted",
        caught_by="check_pack_bytes",
        hint="You count the weights that were kept. Some of them are so small that their code is "
        "0, and such a code is not stored.",
        code=_pack(left="np.count_nonzero(kept)"),
    ),
    Mistake(
        task="pack",
        name="always_with_bits",
        caught_by="check_pack_dense",
        hint="You store the places of the codes even where hardly one is 0. Then all codes without "
        "places are fewer bytes.",
        code=_pack(total="-(-W.size // 8) + left + 4"),
    ),
    Mistake(
        task="pack",
        name="scale_0",
        caught_by="check_pack_empty",
        hint="A matrix of which nothing is left has the scale 0 with you, and its codes are 0 / 0. "
        "Give it the scale 1.",
        code=_pack(scale="np.abs(kept).max() / 127"),
    ),
    Mistake(
        task="read",
        name="learned_in_the_middle",
        caught_by="check_read_score",
        hint="You read about as well as one who has seen signs in the middle only. Learn from the "
        "images moved by up to two pixels, too.",
        code=_read(ways="range(0, 1)"),
    ),
    Mistake(
        task="read",
        name="moved_by_one",
        caught_by="check_read_score",
        hint="You read signs that were moved by a pixel, and few of the others. New ones lie up "
        "to two away.",
        code=_read(ways="range(-1, 2)"),
    ),
    Mistake(
        task="read",
        name="moved_down_only",
        caught_by="check_read_score",
        hint="Your copies move up and down and never sideways. New signs do both.",
        code=_read(view="moved(x, np.full(len(x), d), np.full(len(x), 0 * r))"),
    ),
    Mistake(
        task="read",
        name="a_column",
        caught_by="check_read_form",
        hint="Your labels stand in a column, of shape (M, 1). Expected is (M,).",
        code=_read(answer="labels[apart.argmin(axis=1)][:, None]"),
    ),
]

ALTERNATIVES = [
    Alternative(task="moved", name="pixel_by_pixel", code=_moved()),
    Alternative(
        task="moved",
        name="by_slices",
        code="""
def moved(x, down, right):
    y = np.zeros_like(x)
    H, W = x.shape[1:]
    for n, (d, r) in enumerate(zip(down, right)):
        if abs(d) < H and abs(r) < W:
            part = x[n, max(-d, 0) : H - max(d, 0), max(-r, 0) : W - max(r, 0)]
            y[n, max(d, 0) : H - max(-d, 0), max(r, 0) : W - max(-r, 0)] = part
    return y
""",
    ),
    Alternative(
        task="attend_places",
        name="head_by_head",
        code="""
def attend_places(x, W_q, W_k, W_v, W_o, heads):
    H, W, D = x.shape
    d, rows = D // heads, x.reshape(-1, D)
    weights, y = [], rows.copy()
    for h in range(heads):
        own = slice(h * d, (h + 1) * d)
        S = (rows @ W_q[:, own]) @ (rows @ W_k[:, own]).T / d**0.5
        A = np.exp(S - S.max(axis=1, keepdims=True))
        A /= A.sum(axis=1, keepdims=True)
        weights.append(A)
        y = y + A @ (rows @ W_v[:, own]) @ W_o[own]
    return y.reshape(H, W, D), np.array(weights)
""",
    ),
    Alternative(task="worth", name="step_by_step", code=_worth()),
    Alternative(task="seeds_needed", name="one_after_the_other", code=_seeds()),
    Alternative(task="diagnose", name="by_sets", code=_diagnose()),
    Alternative(task="pack", name="by_a_limit", code=_pack()),
    Alternative(task="read", name="the_nearest_copy", code=_read()),
]
