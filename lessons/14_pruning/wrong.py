"""Planted mistakes of the lesson on pruning, and other correct solutions."""

from nnedu.lesson import Alternative, Mistake

_MASKS = """
def masks(weights, sparsity, *, globally):

    def cut(sizes):
        {cut}

    sizes = [{sizes}.ravel() for W in weights]
    if {globally}:
        ends = np.cumsum([part.size for part in sizes])[:-1]
        kept = np.split(cut(np.concatenate(sizes)), ends)
    else:
        kept = [cut(part) for part in sizes]
    return [part.reshape(W.shape) for part, W in zip(kept, weights)]
"""
_EXACT = """kept = np.ones(sizes.size, dtype=bool)
        kept[np.argsort(sizes, kind="stable")[: {k}]] = False
        return kept"""
_K = "round(sparsity * sizes.size)"


def _masks(*, k=_K, cut=_EXACT, sizes="np.abs(W)", globally="globally"):
    return _MASKS.format(cut=cut.replace("{k}", k), sizes=sizes, globally=globally)


_GROUPS = """
def n_of_m(W, n, m):
    groups = {sizes}.reshape({shape})
    order = np.argsort(groups, axis={axis})
    kept = np.zeros(groups.shape, dtype=bool)
    np.put_along_axis(kept, order[{chosen}], True, axis={axis})
    return kept.reshape(W.shape)
"""
_RIGHT_GROUPS = {
    "sizes": "np.abs(W)",
    "shape": "-1, m, W.shape[1]",
    "axis": "1",
    "chosen": ":, m - n :",
}


def _groups(**slip):
    return _GROUPS.format(**_RIGHT_GROUPS | slip)


_SIZES = """
def sizes(W, b):
    left = {left}
    return W.size * b, int({csr}), int({bitmap})
"""
_RIGHT_SIZES = {
    "left": "np.count_nonzero(W)",
    "csr": "left * (b + 4) + 4 * (len(W) + 1)",
    "bitmap": "-(-W.size // 8) + left * b",
}


def _sizes(**slip):
    return _SIZES.format(**_RIGHT_SIZES | slip)


_RETRAIN = """
def retrain(theta, v, mask, gradient, *, lr, mu, steps):
    theta = {start}
    {velocity}
    for _ in range(steps):
        v = mu * v + {g}
        theta = {theta}
    return {end}
"""
_RIGHT_RETRAIN = {
    "start": "np.where(mask, theta, 0.0)",
    "velocity": "v = v.copy()",
    "g": "gradient(theta)",
    "theta": "np.where(mask, theta - lr * v, 0.0)",
    "end": "theta",
}


def _retrain(**slip):
    return _RETRAIN.format(**_RIGHT_RETRAIN | slip)


_GRADUAL = """
def gradual(t, *, initial, final, start, total):
    progress = {progress}
    return {s}
"""
_RIGHT_GRADUAL = {
    "progress": "np.clip((t - start) / total, 0, 1)",
    "s": "final + (initial - final) * (1 - progress) ** 3",
}


def _gradual(**slip):
    return _GRADUAL.format(**_RIGHT_GRADUAL | slip)


_SALIENCY = """
def saliency(W, x, y):
    h = {h}
    return {score}
"""
_RIGHT_SALIENCY = {"h": "2 * np.mean(x**2, axis=0)[:, None]", "score": "h * W**2 / 2"}


def _saliency(**slip):
    return _SALIENCY.format(**_RIGHT_SALIENCY | slip)


_DIAGNOSE = """
def diagnose(first, trained, start):
    kept = start != 0
    gone = len(start) - int(kept.sum())

    def largest(w):
        mask = np.ones(len(w), dtype=bool)
        mask[np.argsort(np.abs(w))[:gone]] = False
        return mask

    def name():
        if not np.array_equal(kept, largest(trained)):
            return "first mask" if np.array_equal(kept, largest(first)) else "upside down"
        if np.allclose(start, np.where(kept, first, 0)):
            return "right"
        return "not rewound" if np.allclose(start, np.where(kept, trained, 0)) else "fresh start"

    found = name()
    return "right" if found == "{never}" else found
"""

_SMALL = """
def fit_small(x, y, k):
    {body}
    found = np.zeros(x.shape[1])
    found[kept] = w
    return found
"""
_ONCE = """whole = np.linalg.lstsq(x, y, rcond=None)[0]
    kept = np.sort(np.argsort({worth})[-k:])
    w = {w}"""
_REFIT = "np.linalg.lstsq(x[:, kept], y, rcond=None)[0]"


def _small(body):
    return _SMALL.format(body=body)


MISTAKES = [
    Mistake(
        task="masks",
        name="threshold_keeps_ties",
        caught_by="check_masks_ties",
        hint="Where sizes tie at your threshold all of them stay, so fewer go than were asked for. "
        "Cut a number of entries, not below a value.",
        code=_masks(
            cut=f"k = {_K}\n        return sizes >= np.sort(sizes)[min(k, sizes.size - 1)]"
        ),
    ),
    Mistake(
        task="masks",
        name="threshold_cuts_ties",
        caught_by="check_masks_ties",
        hint="Where sizes tie at your threshold all of them go, so more go than were asked for. "
        "Cut a number of entries, not up to a value.",
        code=_masks(cut=f"k = {_K}\n        return sizes > np.sort(sizes)[max(k - 1, 0)]"),
    ),
    Mistake(
        task="masks",
        name="sign_counts",
        caught_by=("check_masks_layers", "check_masks_global", "check_masks_ties"),
        hint="You cut the most negative weights. Small means small in absolute value.",
        code=_masks(sizes="W"),
    ),
    Mistake(
        task="masks",
        name="always_layer_by_layer",
        caught_by="check_masks_global",
        hint="Globally the arrays compete: one of small scale loses more than its share. You cut "
        "the same share of each.",
        code=_masks(globally="False"),
    ),
    Mistake(
        task="masks",
        name="always_globally",
        caught_by="check_masks_layers",
        hint="Layer by layer every array loses its own share. You let them compete.",
        code=_masks(globally="True"),
    ),
    Mistake(
        task="masks",
        name="truncated",
        caught_by="check_masks_count",
        hint="You round the number of weights that go down. Round it to the nearest.",
        code=_masks(k="int(sparsity * sizes.size)"),
    ),
    Mistake(
        task="n_of_m",
        name="along_the_outputs",
        caught_by="check_n_of_m_two",
        hint="Your groups lie along the outputs. They are neighbouring inputs of one output: rows.",
        code="""
def n_of_m(W, n, m):
    along = np.abs(W) if W.shape[1] % m == 0 else np.abs(W).T
    groups = along.reshape(-1, m)
    kept = np.zeros(groups.shape, dtype=bool)
    np.put_along_axis(kept, np.argsort(groups, axis=1)[:, m - n :], True, axis=1)
    kept = kept.reshape(along.shape)
    return kept if W.shape[1] % m == 0 else kept.T""",
    ),
    Mistake(
        task="n_of_m",
        name="not_neighbours",
        caught_by=("check_n_of_m_two", "check_n_of_m_other"),
        hint="Your groups take every so-many-th input. They are neighbours: the first m inputs, "
        "the next m.",
        code=_groups(shape="m, -1, W.shape[1]", axis="0", chosen="m - n :"),
    ),
    Mistake(
        task="n_of_m",
        name="zeros_counted_first",
        caught_by="check_n_of_m_other",
        hint="n weights of m stay. You let n go, which is the same for 2 of 4 alone.",
        code=_groups(chosen=":, n:"),
    ),
    Mistake(
        task="n_of_m",
        name="sign_counts",
        caught_by="check_n_of_m_two",
        hint="You keep the largest with their sign. Compare absolute values.",
        code=_groups(sizes="W"),
    ),
    Mistake(
        task="sizes",
        name="row_starts_forgotten",
        caught_by="check_sizes_csr",
        hint="Your CSR has values and columns only. Nobody could say where a row starts.",
        code=_sizes(csr="left * (b + 4)"),
    ),
    Mistake(
        task="sizes",
        name="one_row_start_too_few",
        caught_by="check_sizes_csr",
        hint="You store as many row starts as rows. One more says where the last row ends.",
        code=_sizes(csr="left * (b + 4) + 4 * len(W)"),
    ),
    Mistake(
        task="sizes",
        name="columns_as_wide_as_values",
        caught_by="check_sizes_csr",
        hint="Your column numbers take as many bytes as the values. They take 4, however small "
        "the values are.",
        code=_sizes(csr="left * 2 * b + 4 * (len(W) + 1)"),
    ),
    Mistake(
        task="sizes",
        name="bits_cut_off",
        caught_by="check_sizes_mask",
        hint="The bits of your mask do not fit: round up to whole bytes.",
        code=_sizes(bitmap="W.size // 8 + left * b"),
    ),
    Mistake(
        task="sizes",
        name="a_byte_an_entry",
        caught_by="check_sizes_mask",
        hint="Your mask takes a byte for each entry. It takes a bit.",
        code=_sizes(bitmap="W.size + left * b"),
    ),
    Mistake(
        task="retrain",
        name="gradient_masked_only",
        caught_by=("check_retrain_one", "check_retrain_many"),
        hint="You set the gradient of the cut weights to 0, and their velocity from before moves "
        "them on: they are not 0 any more.",
        code=_retrain(g="np.where(mask, gradient(theta), 0.0)", theta="theta - lr * v"),
    ),
    Mistake(
        task="retrain",
        name="masked_at_the_end",
        caught_by="check_retrain_many",
        hint="The cut weights are 0 in what you return, but not while you train: the gradient sees "
        "weights that come back.",
        code=_retrain(theta="theta - lr * v", end="np.where(mask, theta, 0.0)"),
    ),
    Mistake(
        task="retrain",
        name="velocity_forgotten",
        caught_by=("check_retrain_one", "check_retrain_many"),
        hint="You start from rest. The weights that stay keep the velocity they had.",
        code=_retrain(velocity="v = np.zeros_like(v)"),
    ),
    Mistake(
        task="retrain",
        name="cut_after_the_first_gradient",
        caught_by=("check_retrain_one", "check_retrain_many", "check_retrain_none"),
        hint="You cut after a step, so the first gradient is taken at the whole network, and "
        "without a step nothing is cut.",
        code=_retrain(start="theta.copy()"),
    ),
    Mistake(
        task="gradual",
        name="even",
        caught_by=("check_gradual_inside", "check_gradual_later"),
        hint="You raise the sparsity evenly. The exponent of the schedule is missing.",
        code=_gradual(s="final + (initial - final) * (1 - progress)"),
    ),
    Mistake(
        task="gradual",
        name="square",
        caught_by=("check_gradual_inside", "check_gradual_later"),
        hint="Your exponent is 2. Half-way, seven eighths of the way should be done.",
        code=_gradual(s="final + (initial - final) * (1 - progress) ** 2"),
    ),
    Mistake(
        task="gradual",
        name="slow_first",
        caught_by=("check_gradual_inside", "check_gradual_later"),
        hint="Your schedule prunes slowly at first and fast at the end. The cube is of what is "
        "still to come.",
        code=_gradual(s="initial + (final - initial) * progress**3"),
    ),
    Mistake(
        task="gradual",
        name="goes_on",
        caught_by="check_gradual_outside",
        hint="Outside the schedule your sparsity goes on. Before it begins and after it ends it is "
        "constant.",
        code=_gradual(progress="(t - start) / total"),
    ),
    Mistake(
        task="gradual",
        name="from_zero",
        caught_by=("check_gradual_outside", "check_gradual_later"),
        hint="You begin at no sparsity. It begins at initial.",
        code=_gradual(s="final * (1 - (1 - progress) ** 3)"),
    ),
    Mistake(
        task="gradual",
        name="start_ignored",
        caught_by="check_gradual_later",
        hint="Your schedule begins at update 0. It begins at start.",
        code=_gradual(progress="np.clip(t / total, 0, 1)"),
    ),
    Mistake(
        task="saliency",
        name="half_forgotten",
        caught_by=("check_saliency_anywhere", "check_saliency_minimum"),
        hint="Your values are twice as large: the second-order term of the expansion has a half.",
        code=_saliency(score="h * W**2"),
    ),
    Mistake(
        task="saliency",
        name="gradient_for_curvature",
        caught_by=("check_saliency_anywhere", "check_saliency_minimum"),
        hint="You multiply the weight by the gradient. At the minimum that is 0; what is asked for "
        "is the curvature.",
        code=_saliency(
            h="2 * x.T @ (x @ W - y) / len(x)",
            score="np.abs(h * W) / 2",
        ),
    ),
    Mistake(
        task="saliency",
        name="first_order_kept",
        caught_by=("check_saliency_anywhere", "check_saliency_order"),
        hint="You add the first-order term. Optimal brain damage leaves it out, as it is 0 at a "
        "minimum.",
        code=_saliency(
            score="h * W**2 / 2 - 2 * x.T @ (x @ W - y) / len(x) * W",
        ),
    ),
    Mistake(
        task="saliency",
        name="square_of_the_mean",
        caught_by=("check_saliency_anywhere", "check_saliency_minimum"),
        hint="You square the mean of the inputs. The curvature has the mean of their squares.",
        code=_saliency(h="2 * np.mean(x, axis=0)[:, None] ** 2"),
    ),
    Mistake(
        task="saliency",
        name="sum_for_mean",
        caught_by=("check_saliency_anywhere", "check_saliency_minimum"),
        hint="You add up over the examples. The loss is a mean over them.",
        code=_saliency(h="2 * np.sum(x**2, axis=0)[:, None]"),
    ),
    Mistake(
        task="diagnose",
        name="never_not_rewound",
        caught_by="check_diagnose_values",
        hint="You never find the ticket that was not rewound: its values are the trained ones.",
        code=_DIAGNOSE.format(never="not rewound"),
    ),
    Mistake(
        task="diagnose",
        name="never_fresh",
        caught_by="check_diagnose_values",
        hint="You never find the fresh start: its values are neither the first ones nor the "
        "trained ones.",
        code=_DIAGNOSE.format(never="fresh start"),
    ),
    Mistake(
        task="diagnose",
        name="never_first_mask",
        caught_by="check_diagnose_masks",
        hint="You never find the mask of the first weights: compare where start is 0 with the "
        "smallest of the trained weights.",
        code=_DIAGNOSE.format(never="first mask"),
    ),
    Mistake(
        task="diagnose",
        name="never_upside_down",
        caught_by="check_diagnose_masks",
        hint="You never find the mask that is upside down: there the smallest trained weights "
        "stay.",
        code=_DIAGNOSE.format(never="upside down"),
    ),
    Mistake(
        task="fit_small",
        name="largest_weights",
        caught_by="check_small_score",
        hint="You keep the largest weights. In other units they would be others: ask what the loss "
        "loses without them.",
        code=_small(_ONCE.format(worth="np.abs(whole)", w=_REFIT)),
    ),
    Mistake(
        task="fit_small",
        name="largest_and_not_retrained",
        caught_by="check_small_score",
        hint="You keep the largest weights as least squares gave them. In other units others would "
        "be large, and nothing took over what the cut ones did.",
        code=_small(_ONCE.format(worth="np.abs(whole)", w="whole[kept]")),
    ),
    Mistake(
        task="fit_small",
        name="largest_inputs",
        caught_by="check_small_score",
        hint="You keep the inputs that are large. In other units others would be: the weight "
        "counts, too.",
        code=_small(_ONCE.format(worth="np.mean(x**2, axis=0)", w=_REFIT)),
    ),
    Mistake(
        task="fit_small",
        name="one_too_few",
        caught_by=("check_small_count", "check_small_score"),
        hint="You stop at one weight fewer than are allowed.",
        code="""
def fit_small(x, y, k):
    kept = np.arange(x.shape[1])
    while True:
        w = np.linalg.lstsq(x[:, kept], y, rcond=None)[0]
        if len(kept) < k:
            break
        kept = np.delete(kept, np.argmin(np.mean(x[:, kept] ** 2, axis=0) * w**2))
    found = np.zeros(x.shape[1])
    found[kept] = w
    return found""",
    ),
    Mistake(
        task="fit_small",
        name="only_what_stays",
        caught_by=("check_small_shape", "check_small_score"),
        hint="You return the weights that stay and nothing else. Whose are they? Put them in their "
        "places among zeros.",
        code="""
def fit_small(x, y, k):
    kept = np.arange(x.shape[1])
    while True:
        w = np.linalg.lstsq(x[:, kept], y, rcond=None)[0]
        if len(kept) <= k:
            return w
        kept = np.delete(kept, np.argmin(np.mean(x[:, kept] ** 2, axis=0) * w**2))""",
    ),
]

ALTERNATIVES = [
    Alternative(
        task="masks",
        name="ranks",
        code="""
def masks(weights, sparsity, *, globally):
    sizes = [np.abs(W).ravel() for W in weights]
    whole = [np.concatenate(sizes)] if globally else sizes
    kept = []
    for part in whole:
        rank = np.empty(part.size, dtype=int)
        rank[np.lexsort((np.arange(part.size), part))] = np.arange(part.size)
        kept.append(rank >= round(sparsity * part.size))
    flat, made, start = np.concatenate(kept), [], 0
    for W in weights:
        made.append(flat[start : start + W.size].reshape(W.shape))
        start += W.size
    return made""",
    ),
    Alternative(
        task="n_of_m",
        name="loops",
        code="""
def n_of_m(W, n, m):
    kept = np.zeros(W.shape, dtype=bool)
    for o in range(W.shape[1]):
        for i in range(0, W.shape[0], m):
            largest = sorted(range(i, i + m), key=lambda j: -abs(W[j, o]))[:n]
            kept[largest, o] = True
    return kept""",
    ),
    Alternative(
        task="sizes",
        name="packed",
        code="""
def sizes(W, b):
    bits = np.packbits((W != 0).ravel())
    values = int((W != 0).sum()) * b
    csr = values + 4 * int((W != 0).sum()) + 4 * (W.shape[0] + 1)
    return int(np.prod(W.shape)) * b, csr, bits.size + values""",
    ),
    Alternative(
        task="retrain",
        name="velocity_masked_as_well",
        code="""
def retrain(theta, v, mask, gradient, *, lr, mu, steps):
    theta, v = theta * mask, v * mask
    for _ in range(steps):
        v = mu * v + gradient(theta) * mask
        theta = theta - lr * v
    return theta""",
    ),
    Alternative(
        task="gradual",
        name="cases",
        code="""
def gradual(t, *, initial, final, start, total):
    t = np.asarray(t, dtype=float)
    s = initial + (final - initial) * (1 - (1 - (t - start) / total) ** 3)
    return np.where(t < start, initial, np.where(t > start + total, final, s))""",
    ),
    Alternative(
        task="saliency",
        name="einsum",
        code="""
def saliency(W, x, y):
    return np.einsum("ni,ni,io,io->io", x, x, W, W) / len(x)""",
    ),
    Alternative(
        task="diagnose",
        name="nearest",
        code="""
def diagnose(first, trained, start):
    gone = int(np.sum(start == 0))
    by = {n: np.argsort(np.abs(w)) for n, w in (("trained", trained), ("first", first))}

    def under(values, cut):
        made = values.copy()
        made[cut] = 0
        return made

    could_be = {
        "right": under(first, by["trained"][:gone]),
        "not rewound": under(trained, by["trained"][:gone]),
        "first mask": under(first, by["first"][:gone]),
        "upside down": under(first, by["trained"][len(first) - gone :]),
    }
    apart = {name: np.abs(made - start).max() for name, made in could_be.items()}
    best = min(apart, key=apart.get)
    return best if apart[best] < 1e-6 else "fresh start\"""",
    ),
    Alternative(
        task="fit_small",
        name="one_by_one",
        code="""
def fit_small(x, y, k):
    size = np.sqrt(np.mean(x**2, axis=0))
    kept = list(range(x.shape[1]))

    def loss(chosen):
        w = np.linalg.lstsq(x[:, chosen] / size[chosen], y, rcond=None)[0]
        return np.mean((x[:, chosen] / size[chosen] @ w - y) ** 2), w

    while len(kept) > k:
        left = [[j for j in kept if j != i] for i in kept]
        kept = min(left, key=lambda chosen: loss(chosen)[0])
    found = np.zeros(x.shape[1])
    found[kept] = loss(kept)[1] / size[kept]
    return found""",
    ),
]
