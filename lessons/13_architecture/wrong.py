"""Planted mistakes of the lesson on architecture, and other correct solutions."""

from nnedu.lesson import Alternative, Mistake

_COST = """
def cost(layers, T, I):
    parameters = work = 0
    for kind, *sizes in layers:
        if kind == "attention":
            parameters += {attention_parameters}
            work += {attention_work}
            continue
        k, O = (1, *sizes) if kind == "dense" else sizes
        parameters += {parameters}
        work += {work}
        I = O
    return parameters, work
"""
_RIGHT_COST = {
    "attention_parameters": "4 * (I + 1) * I",
    "attention_work": "4 * T * I * I + 2 * T * T * I",
    "parameters": "(k * I + 1) * O",
    "work": "T * k * I * O",
}


def _cost(**slip):
    return _COST.format(**_RIGHT_COST | slip)


_BLOCK = """
def residual_block(x, W1, b1, W2, b2, *, scale):
    h = np.maximum(x @ W1 + b1, 0)

    def backward(d_y):
        d_f = {d_f}
        d_z = {d_z}
        return {d_x}, x.T @ d_z, d_z.sum(axis=0), h.T @ d_f, d_f.sum(axis=0)

    return {y}, backward
"""
_RIGHT_BLOCK = {
    "d_f": "scale * d_y",
    "d_z": "(d_f @ W2.T) * (h > 0)",
    "d_x": "d_y + d_z @ W1.T",
    "y": "x + scale * (h @ W2 + b2)",
}


def _block(**slip):
    return _BLOCK.format(**_RIGHT_BLOCK | slip)


_ATTEND = """
def attend(Q, K, V, mask):
    S = {S}
    A = {E}
    A = A / A.sum(axis={axis}, keepdims=True)
    return A @ V, A
"""
_RIGHT_ATTEND = {
    "S": "np.where(mask, Q @ K.T / np.sqrt(Q.shape[1]), -np.inf)",
    "E": "np.exp(S - S.max(axis=1, keepdims=True))",
    "axis": "1",
}


def _attend(**slip):
    return _ATTEND.format(**_RIGHT_ATTEND | slip)


_BACK = """
def attend_backward(Q, K, V, mask, d_y):
    _, A = attend(Q, K, V, mask)
    d_A = d_y @ V.T
    d_S = {d_S}
    return {d_Q}, {d_K}, A.T @ d_y
"""
_RIGHT_BACK = {
    "d_S": "A * (d_A - np.sum(A * d_A, axis=1, keepdims=True)) / np.sqrt(Q.shape[1])",
    "d_Q": "d_S @ K",
    "d_K": "d_S.T @ Q",
}


def _back(**slip):
    return _BACK.format(**_RIGHT_BACK | slip)


_DIAGNOSE = """
def diagnose(x, Wq, Wk, Wv, y):
    Q, K, V = x @ Wq, x @ Wk, x @ Wv
    before = np.tril(np.ones((len(x), len(x)), dtype=bool))

    def block(scale=Q.shape[1] ** -0.5, axis=1, mask=before, skip=1):
        E = np.where(mask, np.exp(scale * (Q @ K.T)), 0)
        return skip * x + E / E.sum(axis=axis, keepdims=True) @ V

    could_be = {{
        "right": block(),
        "no scale": {scale},
        "wrong axis": {axis},
        "mask reversed": {mask},
        "no skip": {skip},
    }}
    return min(could_be, key=lambda name: np.abs(could_be[name] - y).max())
"""
_RIGHT_DIAGNOSE = {
    "scale": "block(scale=1)",
    "axis": "block(axis=0)",
    "mask": "block(mask=before.T)",
    "skip": "block(skip=0)",
}


def _diagnose(**slip):
    return _DIAGNOSE.format(**_RIGHT_DIAGNOSE | slip)


MISTAKES = [
    Mistake(
        task="cost",
        name="biases_forgotten",
        caught_by="check_cost_attention",
        hint="Your parameters of attention are too few: each of its four matrices has biases.",
        code=_cost(attention_parameters="4 * I * I"),
    ),
    Mistake(
        task="cost",
        name="weights_used_once",
        caught_by="check_cost_rows",
        hint="In a convolution and in a dense layer you count each weight once. It is used at "
        "every one of the T steps.",
        code=_cost(work="k * I * O if kind == 'conv' else T * k * I * O"),
    ),
    Mistake(
        task="cost",
        name="quadratic_term_forgotten",
        caught_by="check_cost_attention",
        hint="Your attention only pays for its four matrices. The products Q K^T and A V cost "
        "T T D each.",
        code=_cost(attention_work="4 * T * I * I"),
    ),
    Mistake(
        task="cost",
        name="one_of_two_products",
        caught_by="check_cost_attention",
        hint="You count one product of size T T D in attention. There are two: the scores, and "
        "the weights times the values.",
        code=_cost(attention_work="4 * T * I * I + T * T * I"),
    ),
    Mistake(
        task="cost",
        name="three_matrices",
        caught_by="check_cost_attention",
        hint="You count three matrices in attention. The output has one of its own.",
        code=_cost(
            attention_parameters="3 * (I + 1) * I", attention_work="3 * T * I * I + 2 * T * T * I"
        ),
    ),
    Mistake(
        task="receptive_field",
        name="kernels_added",
        caught_by=("check_field_plain", "check_field_strides"),
        hint="You add up the k of all layers. Each new layer adds k - 1: one of its places is "
        "what you see already.",
        code="""
def receptive_field(layers):
    seen, apart = 0, 1
    for k, s in layers:
        seen += k * apart
        apart *= s
    return seen
""",
    ),
    Mistake(
        task="receptive_field",
        name="strides_ignored",
        caught_by="check_field_strides",
        hint="You ignore the strides. After a stride of 2, neighbours are two input places apart.",
        code="""
def receptive_field(layers):
    return 1 + sum(k - 1 for k, s in layers)
""",
    ),
    Mistake(
        task="receptive_field",
        name="own_stride_counts",
        caught_by=("check_field_one", "check_field_strides"),
        hint="A layer's own stride does not widen its own view: it moves its outputs apart, which "
        "counts from the next layer on.",
        code="""
def receptive_field(layers):
    seen, apart = 1, 1
    for k, s in layers:
        apart *= s
        seen += (k - 1) * apart
    return seen
""",
    ),
    Mistake(
        task="receptive_field",
        name="only_the_last_stride",
        caught_by="check_field_strides",
        hint="Strides multiply: behind two layers of stride 2 neighbours are four places apart. "
        "You use the stride of the layer just before only.",
        code="""
def receptive_field(layers):
    seen, apart = 1, 1
    for k, s in layers:
        seen += (k - 1) * apart
        apart = s
    return seen
""",
    ),
    Mistake(
        task="receptive_field",
        name="from_the_end",
        caught_by="check_field_strides",
        hint="You go through the stack in the wrong order: what widens a layer's view are the "
        "strides before it, nearer to the input.",
        code="""
def receptive_field(layers):
    seen, apart = 1, 1
    for k, s in reversed(layers):
        seen += (k - 1) * apart
        apart *= s
    return seen
""",
    ),
    Mistake(
        task="residual_block",
        name="skip_forgotten_on_the_way_back",
        caught_by="check_block_input",
        hint="On the way back the skip is missing: d_y reaches x directly as well, not only "
        "through the layers.",
        code=_block(d_x="d_z @ W1.T"),
    ),
    Mistake(
        task="residual_block",
        name="scale_forgotten_on_the_way_back",
        caught_by=("check_block_input", "check_block_parameters"),
        hint="On the way back the scale is missing: what reaches the branch is scale times d_y.",
        code=_block(d_f="d_y"),
    ),
    Mistake(
        task="residual_block",
        name="slope_of_relu_forgotten",
        caught_by=("check_block_input", "check_block_parameters"),
        hint="The slope of ReLU is missing: where a hidden unit is 0, nothing goes back.",
        code=_block(d_z="d_f @ W2.T"),
    ),
    Mistake(
        task="residual_block",
        name="skip_scaled_on_the_way_back",
        caught_by="check_block_input",
        hint="You scale the skip on the way back. The scale belongs to the branch alone.",
        code=_block(d_x="d_f + d_z @ W1.T"),
    ),
    Mistake(
        task="residual_block",
        name="no_skip_forward",
        caught_by="check_block_forward",
        hint="Your y is the branch alone. Add x.",
        code=_block(y="scale * (h @ W2 + b2)"),
    ),
    Mistake(
        task="attend",
        name="largest_not_subtracted",
        caught_by="check_attend_large",
        hint="With large scores your weights are nan: exp overflows. Subtract each row's largest "
        "score first.",
        code=_attend(E="np.exp(np.minimum(S, 1e4))"),
    ),
    Mistake(
        task="attend",
        name="no_scale",
        caught_by=("check_attend_all", "check_attend_mask"),
        hint="Your scores are not divided by the square root of d, the number of columns of Q.",
        code=_attend(S="np.where(mask, Q @ K.T, -np.inf)"),
    ),
    Mistake(
        task="attend",
        name="masked_after_the_softmax",
        caught_by="check_attend_mask",
        hint="You set masked weights to 0 after the softmax, so that a row no longer adds up to 1.",
        code="""
def attend(Q, K, V, mask):
    S = Q @ K.T / np.sqrt(Q.shape[1])
    A = np.exp(S - S.max(axis=1, keepdims=True))
    A = np.where(mask, A / A.sum(axis=1, keepdims=True), 0)
    return A @ V, A
""",
    ),
    Mistake(
        task="attend",
        name="score_zero_for_masked",
        caught_by="check_attend_mask",
        hint="You give masked keys the score 0, and exp(0) is 1. Their score has to be minus "
        "infinity.",
        code=_attend(S="np.where(mask, Q @ K.T / np.sqrt(Q.shape[1]), 0.0)"),
    ),
    Mistake(
        task="attend",
        name="mask_reversed",
        caught_by="check_attend_mask",
        hint="Your mask is the wrong way round: True is where a query may look.",
        code=_attend(
            S="np.where(mask if mask.all() else ~mask, Q @ K.T / np.sqrt(Q.shape[1]), -1e9)"
        ),
    ),
    Mistake(
        task="attend",
        name="divided_by_d",
        caught_by=("check_attend_all", "check_attend_mask"),
        hint="You divide by d. The variance of a score is d, so its size is the square root.",
        code=_attend(S="np.where(mask, Q @ K.T / Q.shape[1], -np.inf)"),
    ),
    Mistake(
        task="attend_backward",
        name="jacobian_cut_short",
        caught_by=("check_backward_queries", "check_backward_mask"),
        hint="Your softmax passes a * d_a back. The weights of a row share their sum: the mean of "
        "d_a under the weights is taken off first.",
        code=_back(d_S="A * d_A / np.sqrt(Q.shape[1])"),
    ),
    Mistake(
        task="attend_backward",
        name="scale_forgotten",
        caught_by=("check_backward_queries", "check_backward_mask"),
        hint="The square root of d is missing on the way back.",
        code=_back(d_S="A * (d_A - np.sum(A * d_A, axis=1, keepdims=True))"),
    ),
    Mistake(
        task="attend_backward",
        name="values_scaled_too",
        caught_by="check_backward_values",
        hint="You divide the gradient of the values by the square root of d. The scale belongs to "
        "the scores alone.",
        code=_BACK.replace("A.T @ d_y", "A.T @ d_y / np.sqrt(Q.shape[1])").format(**_RIGHT_BACK),
    ),
    Mistake(
        task="attend_backward",
        name="plain_mean",
        caught_by=("check_backward_queries", "check_backward_mask"),
        hint="You take off the plain mean of d_a. It is the mean under the weights: the sum of "
        "a * d_a.",
        code=_back(d_S="A * (d_A - d_A.mean(axis=1, keepdims=True)) / np.sqrt(Q.shape[1])"),
    ),
    Mistake(
        task="attend_backward",
        name="wrong_axis",
        caught_by=("check_backward_queries", "check_backward_mask"),
        hint="You add up over the queries. The softmax runs over each row, and so does its sum.",
        code=_back(d_S="A * (d_A - np.sum(A * d_A, axis=0, keepdims=True)) / np.sqrt(Q.shape[1])"),
    ),
    Mistake(
        task="diagnose",
        name="never_no_scale",
        caught_by="check_diagnose_softmax",
        hint="You never find the missing scale: divide by the square root of d in the right block "
        "and not in that one.",
        code=_diagnose(scale="block()"),
    ),
    Mistake(
        task="diagnose",
        name="never_wrong_axis",
        caught_by="check_diagnose_softmax",
        hint="You never find the softmax over the queries: there each column adds up to 1.",
        code=_diagnose(axis="block()"),
    ),
    Mistake(
        task="diagnose",
        name="never_reversed",
        caught_by="check_diagnose_shape",
        hint="You never find the reversed mask: there the first step sees all and the last one "
        "only itself.",
        code=_diagnose(mask="block(mask=~before | before)"),
    ),
    Mistake(
        task="diagnose",
        name="never_no_skip",
        caught_by="check_diagnose_shape",
        hint="You never find the missing skip: there the first step's output is its value alone.",
        code=_diagnose(skip="block(skip=-1)"),
    ),
    Mistake(
        task="look_up",
        name="same_language",
        caught_by="check_look_up_score",
        hint="You look for the word of the question among the keys. It is a word of another "
        "language: the 200 answered sequences are the only dictionary.",
        code="""
def look_up(keys, values, asked, answers, new_keys, new_values, new_asked):
    place = (new_keys == new_asked[:, None]).argmax(axis=1)
    return new_values[np.arange(len(place)), place]
""",
    ),
    Mistake(
        task="look_up",
        name="answer_by_word",
        caught_by="check_look_up_score",
        hint="You learn which answer goes with a word of the question. The values are drawn anew "
        "in every sequence; what stays is which key a word asks for.",
        code="""
def look_up(keys, values, asked, answers, new_keys, new_values, new_asked):
    counts = np.zeros((10, 8))
    np.add.at(counts, (asked, answers), 1)
    return counts.argmax(axis=1)[new_asked]
""",
    ),
    Mistake(
        task="look_up",
        name="nearest_sequence",
        caught_by="check_look_up_score",
        hint="You answer as the most similar sequence was answered. Its values are others.",
        code="""
def look_up(keys, values, asked, answers, new_keys, new_values, new_asked):
    alike = (new_keys[:, None] == keys).sum(axis=2) + (new_values[:, None] == values).sum(axis=2)
    alike = alike + 5 * (new_asked[:, None] == asked)
    return answers[alike.argmax(axis=1)]
""",
    ),
    Mistake(
        task="look_up",
        name="a_column",
        caught_by="check_look_up_shape",
        hint="Your answers stand in a column, of shape (M, 1). Expected is (M,).",
        code="""
def look_up(keys, values, asked, answers, new_keys, new_values, new_asked):
    fits, seen = np.zeros((10, 10)), np.full((10, 10), 1e-9)
    np.add.at(fits, (asked[:, None], keys), values == answers[:, None])
    np.add.at(seen, (asked[:, None], keys), 1)
    place = (fits / seen)[new_asked[:, None], new_keys].argmax(axis=1)
    return np.take_along_axis(new_values, place[:, None], axis=1)
""",
    ),
    Mistake(
        task="look_up",
        name="always_the_last",
        caught_by="check_look_up_score",
        hint="You always answer with the value of the last pair.",
        code="""
def look_up(keys, values, asked, answers, new_keys, new_values, new_asked):
    return new_values[:, -1]
""",
    ),
]

ALTERNATIVES = [
    Alternative(
        task="cost",
        name="by_hand_for_each_kind",
        code="""
def cost(layers, T, I):
    total = np.zeros(2, dtype=int)
    for layer in layers:
        if layer[0] == "dense":
            total += [I * layer[1] + layer[1], T * I * layer[1]]
        elif layer[0] == "conv":
            total += [(layer[1] * I + 1) * layer[2], T * layer[1] * I * layer[2]]
        else:
            total += [4 * I * I + 4 * I, 2 * T * I * (2 * I + T)]
        I = I if layer[0] == "attention" else layer[-1]
    return int(total[0]), int(total[1])
""",
    ),
    Alternative(
        task="receptive_field",
        name="backwards",
        code="""
def receptive_field(layers):
    seen = 1
    for k, s in reversed(layers):
        seen = (seen - 1) * s + k
    return seen
""",
    ),
    Alternative(
        task="residual_block",
        name="through_the_mask",
        code="""
def residual_block(x, W1, b1, W2, b2, *, scale):
    z = x @ W1 + b1
    on = np.where(z > 0, 1.0, 0.0)
    y = x + scale * ((z * on) @ W2) + scale * b2

    def backward(d_y):
        d_z = scale * on * np.einsum("nd,hd->nh", d_y, W2)
        d_W2 = scale * np.einsum("nh,nd->hd", z * on, d_y)
        d_W1 = np.einsum("nd,nh->dh", x, d_z)
        return d_z @ W1.T + d_y, d_W1, d_z.sum(0), d_W2, scale * d_y.sum(0)

    return y, backward
""",
    ),
    Alternative(
        task="attend",
        name="row_by_row",
        code="""
def attend(Q, K, V, mask):
    A = np.zeros((len(Q), len(K)))
    for q, row, weights in zip(Q, mask, A):
        s = K[row] @ q / len(q) ** 0.5
        e = np.exp(s - s.max())
        weights[row] = e / e.sum()
    return A @ V, A
""",
    ),
    Alternative(
        task="attend_backward",
        name="whole_jacobian",
        code="""
def attend_backward(Q, K, V, mask, d_y):
    A = attend(Q, K, V, mask)[1]
    d_A = d_y @ V.T
    d_S = np.stack([(np.diag(a) - np.outer(a, a)) @ d for a, d in zip(A, d_A)])
    d_S = d_S / Q.shape[1] ** 0.5
    return d_S @ K, d_S.T @ Q, A.T @ d_y
""",
    ),
    Alternative(
        task="diagnose",
        name="with_attend",
        code="""
def diagnose(x, Wq, Wk, Wv, y):
    Q, K, V = x @ Wq, x @ Wk, x @ Wv
    before = np.tril(np.ones((len(x), len(x)), dtype=bool))
    right = attend(Q, K, V, before)[0]
    if np.allclose(y, x + right):
        return "right"
    if np.allclose(y, right):
        return "no skip"
    if np.allclose(y, x + attend(Q, K, V, before.T)[0]):
        return "mask reversed"
    if np.allclose(y, x + attend(Q * Q.shape[1] ** 0.5, K, V, before)[0]):
        return "no scale"
    return "wrong axis"
""",
    ),
    Alternative(
        task="look_up",
        name="counting",
        code="""
def look_up(keys, values, asked, answers, new_keys, new_values, new_asked):
    seen, fits = np.full((10, 10), 1e-9), np.zeros((10, 10))
    np.add.at(seen, (asked[:, None], keys), 1)
    np.add.at(fits, (asked[:, None], keys), values == answers[:, None])
    place = (fits / seen)[new_asked[:, None], new_keys].argmax(axis=1)
    return new_values[np.arange(len(place)), place]
""",
    ),
]
