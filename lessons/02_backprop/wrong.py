"""Planted mistakes of the lesson on backpropagation, and other correct solutions."""

from nnedu.lesson import Alternative, Mistake

MISTAKES = [
    Mistake(
        task="softplus",
        name="d_y_left_out",
        caught_by="check_softplus_slopes",
        hint="Your backward returns the derivative of softplus and ignores d_y. The chain rule"
        " multiplies the two.",
        code="""
def softplus(x):
    decay = np.exp(-np.abs(x))
    y = np.maximum(x, 0) + np.log1p(decay)
    sigmoid = np.where(x >= 0, 1, decay) / (1 + decay)

    def backward(d_y):
        return sigmoid

    return y, backward
""",
    ),
    Mistake(
        task="softplus",
        name="derivative_of_sigmoid",
        caught_by="check_softplus_slopes",
        hint="This is the derivative of the sigmoid, s (1 - s). The derivative of softplus is "
        "a simpler function: differentiate ln(1 + e^x) once more.",
        code="""
def softplus(x):
    decay = np.exp(-np.abs(x))
    y = np.maximum(x, 0) + np.log1p(decay)
    sigmoid = np.where(x >= 0, 1, decay) / (1 + decay)

    def backward(d_y):
        return d_y * sigmoid * (1 - sigmoid)

    return y, backward
""",
    ),
    Mistake(
        task="softplus",
        name="slope_of_relu",
        caught_by="check_softplus_slopes",
        hint="You hand back the slope of ReLU, 0 or 1. Softplus has no corner: its slope rises"
        " gradually.",
        code="""
def softplus(x):
    decay = np.exp(-np.abs(x))
    y = np.maximum(x, 0) + np.log1p(decay)
    sigmoid = np.where(x >= 0, 1, decay) / (1 + decay)

    def backward(d_y):
        return d_y * (x > 0)

    return y, backward
""",
    ),
    Mistake(
        task="softplus",
        name="overflows",
        caught_by="check_softplus_large",
        hint="The exponential of a large number overflows to inf, and so does your y. Take the"
        " exponential of -abs(x) only, and put the rest back outside of the logarithm.",
        code="""
def softplus(x):
    with np.errstate(over="ignore"):
        y = np.log(1 + np.exp(x))
        slope = 1 / (1 + np.exp(-x))
    return y, lambda d_y: d_y * slope
""",
    ),
    Mistake(
        task="softplus",
        name="cut_off",
        caught_by="check_softplus_large",
        hint="You cut large inputs off before taking the exponential, so y stops growing. Take"
        " the exponential of -abs(x) only: it cannot overflow, and nothing has to be cut.",
        code="""
def softplus(x):
    y = np.log(1 + np.exp(np.minimum(x, 700)))
    return y, lambda d_y: d_y / (1 + np.exp(-np.maximum(x, -700)))
""",
    ),
    Mistake(
        task="softplus",
        name="mirrored",
        caught_by="check_softplus_values",
        hint="Your y falls where it should rise: the sign of x inside the exponential is wrong.",
        code="""
def softplus(x):
    decay = np.exp(-np.abs(x))
    y = np.maximum(-x, 0) + np.log1p(decay)
    sigmoid = np.where(x >= 0, 1, decay) / (1 + decay)

    def backward(d_y):
        return d_y * sigmoid

    return y, backward
""",
    ),
    Mistake(
        task="dense_backward",
        name="averaged_again",
        caught_by="check_dense_parameters",
        hint="You divide by the number of examples. The loss has done that already: d_y "
        "contains it, and the layer adds up.",
        code="""
def dense_backward(d_y, x, W):
    return d_y @ W.T, x.T @ d_y / len(x), d_y.mean(axis=0)
""",
    ),
    Mistake(
        task="dense_backward",
        name="bias_averaged",
        caught_by="check_dense_parameters",
        hint="The bias feeds into every example, so its slope is the sum over the examples, "
        "not the mean.",
        code="""
def dense_backward(d_y, x, W):
    return d_y @ W.T, x.T @ d_y, d_y.mean(axis=0)
""",
    ),
    Mistake(
        task="dense_backward",
        name="first_example_only",
        caught_by="check_dense_parameters",
        hint="Your d_b is the slope of the first example alone. The bias is used by all of "
        "them: add up.",
        code="""
def dense_backward(d_y, x, W):
    return d_y @ W.T, x.T @ d_y, d_y[0]
""",
    ),
    Mistake(
        task="dense_backward",
        name="inputs_averaged",
        caught_by="check_dense_inputs",
        hint="Each row of d_x belongs to one example. Nothing is divided by the number of "
        "examples there.",
        code="""
def dense_backward(d_y, x, W):
    return d_y @ W.T / len(x), x.T @ d_y, d_y.sum(axis=0)
""",
    ),
    Mistake(
        task="dense_backward",
        name="bias_over_everything",
        caught_by=("check_dense_single", "check_dense_parameters"),
        hint="You add up d_y over the outputs as well. Each bias belongs to one output: add up"
        " over the examples only.",
        code="""
def dense_backward(d_y, x, W):
    return d_y @ W.T, x.T @ d_y, np.full(W.shape[1], d_y.sum())
""",
    ),
    Mistake(
        task="gradients",
        name="derivative_left_out",
        caught_by="check_gradients_first",
        hint="The gradients of the last layer are right and those of the first are not: the "
        "derivative of tanh is missing on the way from d_h to d_z.",
        code="""
def gradients(x, t, W1, b1, W2, b2):
    z = x @ W1 + b1
    h = np.tanh(z)
    y = h @ W2 + b2
    d_y = 2 * (y - t) / y.size
    d_z = (d_y @ W2.T) * 1.0
    loss = np.mean((y - t) ** 2)
    return loss, x.T @ d_z, d_z.sum(axis=0), h.T @ d_y, d_y.sum(axis=0)
""",
    ),
    Mistake(
        task="gradients",
        name="derivative_of_sigmoid",
        caught_by="check_gradients_first",
        hint="You use h (1 - h), the derivative of the sigmoid. The activation here is tanh.",
        code="""
def gradients(x, t, W1, b1, W2, b2):
    z = x @ W1 + b1
    h = np.tanh(z)
    y = h @ W2 + b2
    d_y = 2 * (y - t) / y.size
    d_z = (d_y @ W2.T) * h * (1 - h)
    loss = np.mean((y - t) ** 2)
    return loss, x.T @ d_z, d_z.sum(axis=0), h.T @ d_y, d_y.sum(axis=0)
""",
    ),
    Mistake(
        task="gradients",
        name="derivative_of_the_input",
        caught_by="check_gradients_first",
        hint="The derivative of tanh is 1 - h**2 with h = tanh(z). You square z instead of h.",
        code="""
def gradients(x, t, W1, b1, W2, b2):
    z = x @ W1 + b1
    h = np.tanh(z)
    y = h @ W2 + b2
    d_y = 2 * (y - t) / y.size
    d_z = (d_y @ W2.T) * (1 - z**2)
    loss = np.mean((y - t) ** 2)
    return loss, x.T @ d_z, d_z.sum(axis=0), h.T @ d_y, d_y.sum(axis=0)
""",
    ),
    Mistake(
        task="gradients",
        name="two_left_out",
        caught_by=("check_gradients_last", "check_gradients_first"),
        hint="All your gradients are half of what they should be: the derivative of a square "
        "brings a 2.",
        code="""
def gradients(x, t, W1, b1, W2, b2):
    z = x @ W1 + b1
    h = np.tanh(z)
    y = h @ W2 + b2
    d_y = (y - t) / y.size
    d_z = (d_y @ W2.T) * (1 - h**2)
    loss = np.mean((y - t) ** 2)
    return loss, x.T @ d_z, d_z.sum(axis=0), h.T @ d_y, d_y.sum(axis=0)
""",
    ),
    Mistake(
        task="gradients",
        name="not_averaged",
        caught_by=("check_gradients_last", "check_gradients_first"),
        hint="Your gradients belong to the sum of the squares. The loss is their mean, over "
        "examples and outputs.",
        code="""
def gradients(x, t, W1, b1, W2, b2):
    z = x @ W1 + b1
    h = np.tanh(z)
    y = h @ W2 + b2
    d_y = 2 * (y - t)
    d_z = (d_y @ W2.T) * (1 - h**2)
    loss = np.mean((y - t) ** 2)
    return loss, x.T @ d_z, d_z.sum(axis=0), h.T @ d_y, d_y.sum(axis=0)
""",
    ),
    Mistake(
        task="gradients",
        name="averaged_over_rows",
        caught_by=("check_gradients_last", "check_gradients_first"),
        hint="You divide by the number of examples N. The mean of this loss runs over all N "
        "times C entries.",
        code="""
def gradients(x, t, W1, b1, W2, b2):
    z = x @ W1 + b1
    h = np.tanh(z)
    y = h @ W2 + b2
    d_y = 2 * (y - t) / len(y)
    d_z = (d_y @ W2.T) * (1 - h**2)
    loss = np.mean((y - t) ** 2)
    return loss, x.T @ d_z, d_z.sum(axis=0), h.T @ d_y, d_y.sum(axis=0)
""",
    ),
    Mistake(
        task="gradients",
        name="half_the_loss",
        caught_by="check_gradients_loss",
        hint="Your loss is half of the mean of the squares. Some books define it so; this task"
        " does not, and your gradients do not either.",
        code="""
def gradients(x, t, W1, b1, W2, b2):
    z = x @ W1 + b1
    h = np.tanh(z)
    y = h @ W2 + b2
    d_y = 2 * (y - t) / y.size
    d_z = (d_y @ W2.T) * (1 - h**2)
    loss = np.mean((y - t) ** 2) / 2
    return loss, x.T @ d_z, d_z.sum(axis=0), h.T @ d_y, d_y.sum(axis=0)
""",
    ),
    Mistake(
        task="first_weights",
        name="slope_forgotten",
        caught_by="check_weights_leaky",
        hint="This is He's standard deviation, for a ReLU. The negative half is not lost here:"
        " a share of it comes through.",
        code="""
def first_weights(inputs, a):
    std = np.sqrt(2 / inputs)
    return std, np.sqrt(3) * std
""",
    ),
    Mistake(
        task="first_weights",
        name="slope_not_squared",
        caught_by="check_weights_leaky",
        hint="The negative half is multiplied by a, so its mean square by a squared.",
        code="""
def first_weights(inputs, a):
    std = np.sqrt(2 / ((1 + a) * inputs))
    return std, np.sqrt(3) * std
""",
    ),
    Mistake(
        task="first_weights",
        name="variance_returned",
        caught_by=("check_weights_relu", "check_weights_leaky"),
        hint="Your first number is the variance. The standard deviation is its root.",
        code="""
def first_weights(inputs, a):
    std = np.sqrt(2 / ((1 + a**2) * inputs))
    return std**2, np.sqrt(3) * std
""",
    ),
    Mistake(
        task="first_weights",
        name="limit_is_the_deviation",
        caught_by="check_weights_limit",
        hint="A uniform distribution on [-u, u] has the variance u**2 / 3, so u is larger than"
        " the standard deviation.",
        code="""
def first_weights(inputs, a):
    std = np.sqrt(2 / ((1 + a**2) * inputs))
    return std, std
""",
    ),
    Mistake(
        task="first_weights",
        name="limit_is_the_width",
        caught_by="check_weights_limit",
        hint="You return the width of the interval. It runs from -u to u, and u is asked for.",
        code="""
def first_weights(inputs, a):
    std = np.sqrt(2 / ((1 + a**2) * inputs))
    return std, np.sqrt(12) * std
""",
    ),
    Mistake(
        task="diagnose",
        name="one_step_too_many",
        caught_by="check_diagnose_factors",
        hint="L layers have L - 1 steps between them: your root is one too high.",
        code="""
def diagnose(signal, slope):
    forward, backward = signal[-1] / signal[0], slope[0] / slope[-1]
    factor = (slope[0] / slope[-1]) ** (1 / len(slope))
    if backward <= 0.1:
        word = "small weights" if forward <= 0.1 else "flat activation"
    else:
        word = "large weights" if backward >= 10 else "healthy"
    return word, factor
""",
    ),
    Mistake(
        task="diagnose",
        name="factor_forward",
        caught_by="check_diagnose_factors",
        hint="Your factor goes from the first layer to the last. The slope travels the other way.",
        code="""
def diagnose(signal, slope):
    forward, backward = signal[-1] / signal[0], slope[0] / slope[-1]
    factor = (slope[-1] / slope[0]) ** (1 / (len(slope) - 1))
    if backward <= 0.1:
        word = "small weights" if forward <= 0.1 else "flat activation"
    else:
        word = "large weights" if backward >= 10 else "healthy"
    return word, factor
""",
    ),
    Mistake(
        task="diagnose",
        name="mean_of_the_ratios",
        caught_by="check_diagnose_factors",
        hint="The mean of the ratios, multiplied L - 1 times, does not lead from the first "
        "value to the last. Factors average like products do.",
        code="""
def diagnose(signal, slope):
    forward, backward = signal[-1] / signal[0], slope[0] / slope[-1]
    factor = np.mean(slope[:-1] / slope[1:])
    if backward <= 0.1:
        word = "small weights" if forward <= 0.1 else "flat activation"
    else:
        word = "large weights" if backward >= 10 else "healthy"
    return word, factor
""",
    ),
    Mistake(
        task="diagnose",
        name="slope_only",
        caught_by=("check_diagnose_words", "check_diagnose_kept"),
        hint="You look at the slope alone. A slope that shrinks beside a signal that does not "
        "is not the weights' fault.",
        code="""
def diagnose(signal, slope):
    backward = slope[0] / slope[-1]
    factor = backward ** (1 / (len(slope) - 1))
    word = "small weights" if backward <= 0.1 else "large weights" if backward >= 10 else "healthy"
    return word, factor
""",
    ),
    Mistake(
        task="diagnose",
        name="signal_only",
        caught_by=("check_diagnose_words", "check_diagnose_kept"),
        hint="You look at the signal alone and call networks healthy whose slope dies on its "
        "way back.",
        code="""
def diagnose(signal, slope):
    forward = signal[-1] / signal[0]
    factor = (slope[0] / slope[-1]) ** (1 / (len(slope) - 1))
    word = "small weights" if forward <= 0.1 else "large weights" if forward >= 10 else "healthy"
    return word, factor
""",
    ),
    Mistake(
        task="diagnose",
        name="slope_read_forward",
        caught_by=("check_diagnose_words", "check_diagnose_kept"),
        hint="For the word you read the slope from the first layer to the last, so shrinking "
        "looks like growing. It travels the other way.",
        code="""
def diagnose(signal, slope):
    forward, backward = signal[-1] / signal[0], slope[-1] / slope[0]
    factor = (slope[0] / slope[-1]) ** (1 / (len(slope) - 1))
    if backward <= 0.1:
        word = "small weights" if forward <= 0.1 else "flat activation"
    else:
        word = "large weights" if backward >= 10 else "healthy"
    return word, factor
""",
    ),
    Mistake(
        task="absolute_difference",
        name="one_side",
        caught_by=("check_difference_second", "check_difference_edges"),
        hint="Your network answers max(x1 - x2, 0): right where x1 is larger and 0 elsewhere. "
        "The second unit has nothing to do yet.",
        code="""
def absolute_difference():
    W1 = np.array([[1.0, 0.0], [-1.0, 0.0]])
    return W1, np.array([0.0, 0.0]), np.array([[1.0], [1.0]]), np.zeros(1)
""",
    ),
    Mistake(
        task="absolute_difference",
        name="difference_with_a_sign",
        caught_by=("check_difference_second", "check_difference_edges"),
        hint="Your network answers x1 - x2, with its sign: one unit's share enters with a minus.",
        code="""
def absolute_difference():
    W1 = np.array([[1.0, -1.0], [-1.0, 1.0]])
    return W1, np.array([0.0, 0.0]), np.array([[1.0], [-1.0]]), np.zeros(1)
""",
    ),
    Mistake(
        task="absolute_difference",
        name="corners_only",
        caught_by=("check_difference_first", "check_difference_second"),
        hint="This is the chapter's network for XOR. It is right on the corners, and on the "
        "edges at the origin, and the task asks for every x.",
        code="""
def absolute_difference():
    W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
    return W1, np.array([0.0, -1.0]), np.array([[1.0], [-2.0]]), np.zeros(1)
""",
    ),
    Mistake(
        task="train",
        name="all_weights_equal",
        caught_by="check_train_spiral",
        hint="All your first weights are equal, so all hidden units compute the same, get the "
        "same slopes and stay equal for ever: it is a network of one unit. Draw the "
        "weights at random.",
        code="""
def train(x, labels):
    rng = np.random.default_rng(0)
    f, t, H = five_inputs(x), labels[:, None], 8
    W1, b1 = np.full((5, H), 0.3), np.zeros(H)
    W2, b2 = np.full((H, 1), 0.1), np.zeros(1)
    lr = 1.0
    for _ in range(4000):
        h = np.tanh(f @ W1 + b1)
        d_y = (1 / (1 + np.exp(-(h @ W2 + b2))) - t) / len(x)
        d_z = (d_y @ W2.T) * (1 - h**2)
        W1, b1 = W1 - lr * f.T @ d_z, b1 - lr * d_z.sum(axis=0)
        W2, b2 = W2 - lr * h.T @ d_y, b2 - lr * d_y.sum(axis=0)
    return W1, b1, W2, b2
""",
    ),
    Mistake(
        task="train",
        name="W2_is_flat",
        caught_by="check_train_gap",
        hint="Your W2 has the shape (H,), and the task asks for (H, 1): a matrix from H units to "
        "one output. W2[:, None] has that shape.",
        code="""
def train(x, labels):
    rng = np.random.default_rng(0)
    f, t, H = five_inputs(x), labels[:, None], 8
    W1, b1 = rng.normal(0, np.sqrt(2 / 5), size=(5, H)), np.zeros(H)
    W2, b2 = rng.normal(0, np.sqrt(1 / H), size=(H, 1)), np.zeros(1)
    lr = 1.0
    for _ in range(4000):
        h = np.tanh(f @ W1 + b1)
        d_y = (1 / (1 + np.exp(-(h @ W2 + b2))) - t) / len(x)
        d_z = (d_y @ W2.T) * (1 - h**2)
        W1, b1 = W1 - lr * f.T @ d_z, b1 - lr * d_z.sum(axis=0)
        W2, b2 = W2 - lr * h.T @ d_y, b2 - lr * d_y.sum(axis=0)
    return W1, b1, W2[:, 0], b2
""",
    ),
    Mistake(
        task="train",
        name="gives_up_early",
        caught_by="check_train_spiral",
        hint="A hundred steps at this learning rate are far too few: print the loss as you go, "
        "and stop when it no longer falls.",
        code="""
def train(x, labels):
    rng = np.random.default_rng(0)
    f, t, H = five_inputs(x), labels[:, None], 8
    W1, b1 = rng.normal(0, np.sqrt(2 / 5), size=(5, H)), np.zeros(H)
    W2, b2 = rng.normal(0, np.sqrt(1 / H), size=(H, 1)), np.zeros(1)
    lr = 0.1
    for _ in range(100):
        h = np.tanh(f @ W1 + b1)
        d_y = (1 / (1 + np.exp(-(h @ W2 + b2))) - t) / len(x)
        d_z = (d_y @ W2.T) * (1 - h**2)
        W1, b1 = W1 - lr * f.T @ d_z, b1 - lr * d_z.sum(axis=0)
        W2, b2 = W2 - lr * h.T @ d_y, b2 - lr * d_y.sum(axis=0)
    return W1, b1, W2, b2
""",
    ),
    Mistake(
        task="train",
        name="last_layer_only",
        caught_by="check_train_spiral",
        hint="Your first layer keeps the weights it was drawn with; only the last one learns. The "
        "slopes d_W1 and d_b1 have to be used, too.",
        code="""
def train(x, labels):
    rng = np.random.default_rng(0)
    f, t, H = five_inputs(x), labels[:, None], 8
    W1, b1 = rng.normal(0, np.sqrt(2 / 5), size=(5, H)), np.zeros(H)
    W2, b2 = rng.normal(0, np.sqrt(1 / H), size=(H, 1)), np.zeros(1)
    lr = 1.0
    for _ in range(4000):
        h = np.tanh(f @ W1 + b1)
        d_y = (1 / (1 + np.exp(-(h @ W2 + b2))) - t) / len(x)
        W2, b2 = W2 - lr * h.T @ d_y, b2 - lr * d_y.sum(axis=0)
    return W1, b1, W2, b2
""",
    ),
]

ALTERNATIVES = [
    Alternative(
        task="softplus",
        name="by_logaddexp",
        code="""
def softplus(x):
    y = np.logaddexp(0, x)

    def backward(d_y):
        return np.exp(x - y) * d_y

    return y, backward
""",
    ),
    Alternative(
        task="dense_backward",
        name="by_einsum",
        code="""
def dense_backward(d_y, x, W):
    d_x = np.einsum("no,io->ni", d_y, W)
    d_W = sum(np.outer(row, slope) for row, slope in zip(x, d_y))
    return d_x, d_W, np.ones(len(d_y)) @ d_y
""",
    ),
    Alternative(
        task="gradients",
        name="example_by_example",
        code="""
def gradients(x, t, W1, b1, W2, b2):
    loss, slopes = 0.0, [np.zeros_like(p) for p in (W1, b1, W2, b2)]
    for row, wanted in zip(x, t):
        h = np.tanh(row @ W1 + b1)
        difference = h @ W2 + b2 - wanted
        d_y = 2 * difference / t.size
        d_z = (W2 @ d_y) / np.cosh(row @ W1 + b1) ** 2
        loss += difference @ difference / t.size
        for total, more in zip(slopes, (np.outer(row, d_z), d_z, np.outer(h, d_y), d_y)):
            total += more
    return loss, *slopes
""",
    ),
    Alternative(
        task="first_weights",
        name="by_shares",
        code="""
def first_weights(inputs, a):
    let_through = (1 + a * a) / 2
    variance = 1 / (let_through * inputs)
    return variance**0.5, (3 * variance) ** 0.5
""",
    ),
    Alternative(
        task="diagnose",
        name="in_logarithms",
        code="""
def diagnose(signal, slope):
    grown = np.log10(signal[-1]) - np.log10(signal[0])
    passed = np.log10(slope[0]) - np.log10(slope[-1])
    words = {
        (0, 0): "healthy",
        (-1, -1): "small weights",
        (1, 1): "large weights",
        (0, -1): "flat activation",
    }
    key = tuple(0 if abs(n) < 1 else int(np.sign(n)) for n in (grown, passed))
    return words[key], 10 ** (passed / (len(slope) - 1))
""",
    ),
    Alternative(
        task="absolute_difference",
        name="scaled_units",
        code="""
def absolute_difference():
    W1 = np.array([[-2.0, 0.5], [2.0, -0.5]])
    return W1, np.zeros(2), np.array([[0.5], [2.0]]), np.zeros(1)
""",
    ),
    Alternative(
        task="train",
        name="squared_error",
        code="""
def train(x, labels):
    rng = np.random.default_rng(1)
    f, t = five_inputs(x), 2.0 * labels[:, None] - 1
    W1, b1 = rng.normal(0, 0.5, (5, 8)), np.zeros(8)
    W2, b2 = rng.normal(0, 0.35, (8, 1)), np.zeros(1)
    moved = [0.0] * 4
    for _ in range(6000):
        h = np.tanh(f @ W1 + b1)
        d_y = 2 * (h @ W2 + b2 - t) / len(x)
        d_z = (d_y @ W2.T) * (1 - h * h)
        slopes = f.T @ d_z, d_z.sum(axis=0), h.T @ d_y, d_y.sum(axis=0)
        moved = [0.9 * m - 0.02 * d for m, d in zip(moved, slopes)]
        W1, b1, W2, b2 = (p + m for p, m in zip((W1, b1, W2, b2), moved))
    return W1, b1, W2, b2
""",
    ),
]
