"""Planted mistakes of the lesson on dropout and normalisation, and other correct solutions."""

from nnedu.lesson import Alternative, Mistake

MISTAKES = [
    Mistake(
        task="dropout_layer",
        name="divides_by_the_rate",
        caught_by=("check_dropout_output", "check_dropout_gradient"),
        hint="You divide by the rate, the part that is dropped. What is left must make up for what"
        " is gone: divide by the part that is kept.",
        code="""
def dropout_layer(x, d_y, kept, rate):
    return x * kept / rate, d_y * kept / rate
""",
    ),
    Mistake(
        task="dropout_layer",
        name="gradient_without_mask",
        caught_by="check_dropout_gradient",
        hint="Your gradient reaches inputs that were dropped. They had no part in the output, so "
        "their gradient is 0.",
        code="""
def dropout_layer(x, d_y, kept, rate):
    factor = kept / (1 - rate)
    return x * factor, d_y / (1 - rate)
""",
    ),
    Mistake(
        task="dropout_layer",
        name="gradient_not_enlarged",
        caught_by="check_dropout_gradient",
        hint="Your gradient has the mask but not the division. The output is the input times one "
        "factor, and so is the gradient.",
        code="""
def dropout_layer(x, d_y, kept, rate):
    factor = kept / (1 - rate)
    return x * factor, d_y * kept
""",
    ),
    Mistake(
        task="dropout_layer",
        name="not_inverted",
        caught_by=("check_dropout_output", "check_dropout_half"),
        hint="Your output keeps the numbers as they are, so its expectation shrinks. Inverted "
        "dropout enlarges what is kept.",
        code="""
def dropout_layer(x, d_y, kept, rate):
    factor = kept / (1 - rate)
    return x * kept, d_y * factor
""",
    ),
    Mistake(
        task="dropout_regression",
        name="plain_l2",
        caught_by=("check_regression_values", "check_regression_units"),
        hint="You use one penalty for all weights. Each weight's noise grows with the mean square "
        "of its own input.",
        code="""
def dropout_regression(x, t, rate):
    N = len(x)
    penalty = rate / (1 - rate) * np.eye(x.shape[1])
    return np.linalg.solve(x.T @ x / N + penalty, x.T @ t / N)
""",
    ),
    Mistake(
        task="dropout_regression",
        name="strength_is_the_rate",
        caught_by="check_regression_values",
        hint="Your penalty has the strength rate. The kept inputs are enlarged, and that makes the"
        " variance rate / (1 - rate).",
        code="""
def dropout_regression(x, t, rate):
    N = len(x)
    penalty = rate * np.diag(np.mean(x**2, axis=0))
    return np.linalg.solve(x.T @ x / N + penalty, x.T @ t / N)
""",
    ),
    Mistake(
        task="dropout_regression",
        name="variance_for_mean_square",
        caught_by="check_regression_values",
        hint="You weigh by the variance of each input. What is dropped is the whole input, its "
        "mean included: the mean square counts.",
        code="""
def dropout_regression(x, t, rate):
    N = len(x)
    penalty = rate / (1 - rate) * np.diag(x.var(axis=0))
    return np.linalg.solve(x.T @ x / N + penalty, x.T @ t / N)
""",
    ),
    Mistake(
        task="dropout_regression",
        name="sums_and_means_mixed",
        caught_by="check_regression_values",
        hint="Your penalty is a mean over rows, and what you add it to is a sum, so it is N times "
        "too weak. Divide both, or neither.",
        code="""
def dropout_regression(x, t, rate):
    penalty = rate / (1 - rate) * np.diag(np.mean(x**2, axis=0))
    return np.linalg.solve(x.T @ x + penalty, x.T @ t)
""",
    ),
    Mistake(
        task="dropout_regression",
        name="rate_taken_for_the_kept_part",
        caught_by=("check_regression_none", "check_regression_values"),
        hint="You read rate as the part that is kept. It is the part that is dropped: without "
        "dropout, at rate 0, nothing but least squares is left.",
        code="""
def dropout_regression(x, t, rate):
    N = len(x)
    penalty = (1 - rate) / max(rate, 1e-12) * np.diag(np.mean(x**2, axis=0))
    return np.linalg.solve(x.T @ x / N + penalty, x.T @ t / N)
""",
    ),
    Mistake(
        task="batch_norm_training",
        name="momentum_upside_down",
        caught_by=("check_norm_mean", "check_norm_var"),
        hint="Your momentum is PyTorch's, the share of the new batch. Here it is what stays of the"
        " old statistics.",
        code="""
def batch_norm_training(x, gamma, beta, mean, var, *, momentum, eps, correction):
    N, m, v = len(x), x.mean(axis=0), x.var(axis=0)
    y = gamma * (x - m) / np.sqrt(v + eps) + beta
    unbiased = v * N / (N - correction)
    return y, (1 - momentum) * mean + momentum * m, (1 - momentum) * var + momentum * unbiased
""",
    ),
    Mistake(
        task="batch_norm_training",
        name="correction_ignored",
        caught_by="check_norm_var",
        hint="Your running variance does not change with correction. It takes in the batch's "
        "variance times N / (N - correction).",
        code="""
def batch_norm_training(x, gamma, beta, mean, var, *, momentum, eps, correction):
    N, m, v = len(x), x.mean(axis=0), x.var(axis=0)
    y = gamma * (x - m) / np.sqrt(v + eps) + beta
    return y, momentum * mean + (1 - momentum) * m, momentum * var + (1 - momentum) * v
""",
    ),
    Mistake(
        task="batch_norm_training",
        name="unbiased_in_the_output",
        caught_by="check_norm_output",
        hint="You normalise by the unbiased variance. In every framework the output uses the "
        "biased one, whatever is remembered.",
        code="""
def batch_norm_training(x, gamma, beta, mean, var, *, momentum, eps, correction):
    N, m, v = len(x), x.mean(axis=0), x.var(axis=0)
    y = gamma * (x - m) / np.sqrt(x.var(axis=0, ddof=1) + eps) + beta
    mean = momentum * mean + (1 - momentum) * m
    return y, mean, momentum * var + (1 - momentum) * v * N / (N - correction)
""",
    ),
    Mistake(
        task="batch_norm_training",
        name="normalises_by_running_statistics",
        caught_by="check_norm_output",
        hint="You normalise by the running statistics. That is inference; in training the batch's "
        "own mean and variance are used.",
        code="""
def batch_norm_training(x, gamma, beta, mean, var, *, momentum, eps, correction):
    N, m, v = len(x), x.mean(axis=0), x.var(axis=0)
    mean = momentum * mean + (1 - momentum) * m
    var = momentum * var + (1 - momentum) * v * N / (N - correction)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta, mean, var
""",
    ),
    Mistake(
        task="batch_norm_training",
        name="eps_outside_the_root",
        caught_by="check_norm_output",
        hint="You add epsilon to the standard deviation. It is added to the variance, under the "
        "root.",
        code="""
def batch_norm_training(x, gamma, beta, mean, var, *, momentum, eps, correction):
    N, m, v = len(x), x.mean(axis=0), x.var(axis=0)
    y = gamma * (x - m) / (np.sqrt(v) + eps) + beta
    mean = momentum * mean + (1 - momentum) * m
    return y, mean, momentum * var + (1 - momentum) * v * N / (N - correction)
""",
    ),
    Mistake(
        task="batch_norm_backward",
        name="statistics_taken_for_constants",
        caught_by=("check_backward_inputs", "check_backward_large"),
        hint="You treat the mean and the variance as constants, as in inference. In training they "
        "depend on x, and two terms are missing.",
        code="""
def batch_norm_backward(x, gamma, d_y, *, eps):
    r = 1 / np.sqrt(x.var(axis=0) + eps)
    x_hat, d = (x - x.mean(axis=0)) * r, gamma * d_y
    d_x = r * d
    return d_x, (d_y * x_hat).sum(axis=0), d_y.sum(axis=0)
""",
    ),
    Mistake(
        task="batch_norm_backward",
        name="variance_taken_for_constant",
        caught_by=("check_backward_inputs", "check_backward_large"),
        hint="You let the mean depend on x and not the variance: the part of the gradient along "
        "x_hat is still there.",
        code="""
def batch_norm_backward(x, gamma, d_y, *, eps):
    r = 1 / np.sqrt(x.var(axis=0) + eps)
    x_hat, d = (x - x.mean(axis=0)) * r, gamma * d_y
    d_x = r * (d - d.mean(axis=0))
    return d_x, (d_y * x_hat).sum(axis=0), d_y.sum(axis=0)
""",
    ),
    Mistake(
        task="batch_norm_backward",
        name="gamma_forgotten",
        caught_by=("check_backward_inputs", "check_backward_large"),
        hint="Your gradient of the inputs does not contain gamma. The gradient that reaches x_hat "
        "is gamma * d_y.",
        code="""
def batch_norm_backward(x, gamma, d_y, *, eps):
    r = 1 / np.sqrt(x.var(axis=0) + eps)
    x_hat, d = (x - x.mean(axis=0)) * r, gamma * d_y
    d_x = r * (d_y - d_y.mean(axis=0) - x_hat * (d_y * x_hat).mean(axis=0))
    return d_x, (d_y * x_hat).sum(axis=0), d_y.sum(axis=0)
""",
    ),
    Mistake(
        task="batch_norm_backward",
        name="sums_for_means",
        caught_by=("check_backward_inputs", "check_backward_large"),
        hint="You subtract sums over the batch where means belong.",
        code="""
def batch_norm_backward(x, gamma, d_y, *, eps):
    r = 1 / np.sqrt(x.var(axis=0) + eps)
    x_hat, d = (x - x.mean(axis=0)) * r, gamma * d_y
    d_x = r * (d - d.sum(axis=0) - x_hat * (d * x_hat).sum(axis=0))
    return d_x, (d_y * x_hat).sum(axis=0), d_y.sum(axis=0)
""",
    ),
    Mistake(
        task="batch_norm_backward",
        name="gamma_from_x",
        caught_by="check_backward_parameters",
        hint="Your gradient of gamma sums d_y times x. What gamma multiplies is x_hat.",
        code="""
def batch_norm_backward(x, gamma, d_y, *, eps):
    r = 1 / np.sqrt(x.var(axis=0) + eps)
    x_hat, d = (x - x.mean(axis=0)) * r, gamma * d_y
    d_x = r * (d - d.mean(axis=0) - x_hat * (d * x_hat).mean(axis=0))
    return d_x, (d_y * x).sum(axis=0), d_y.sum(axis=0)
""",
    ),
    Mistake(
        task="normalized",
        name="batch_over_images_only",
        caught_by="check_axes_batch",
        hint="Your batch kind averages over images at each place. In an image all places share a "
        "channel's statistics.",
        code="""
def normalized(x, kind, groups=1):
    if kind == "rms":
        return x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True))
    N, H, W, C = x.shape
    if kind == "group":
        parts, axes = x.reshape(N, H, W, groups, C // groups), (1, 2, 4)
    else:
        parts, axes = x, 0 if kind == "batch" else 3
    centred = parts - parts.mean(axis=axes, keepdims=True)
    hat = centred / centred.std(axis=axes, keepdims=True)
    return hat.reshape(x.shape)
""",
    ),
    Mistake(
        task="normalized",
        name="layer_over_the_image",
        caught_by="check_axes_layer",
        hint="Your layer kind averages over the places of an image, too. Here each place is taken "
        "by itself: the last axis only.",
        code="""
def normalized(x, kind, groups=1):
    if kind == "rms":
        return x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True))
    N, H, W, C = x.shape
    if kind == "group":
        parts, axes = x.reshape(N, H, W, groups, C // groups), (1, 2, 4)
    else:
        parts, axes = x, (0, 1, 2) if kind == "batch" else (1, 2, 3)
    centred = parts - parts.mean(axis=axes, keepdims=True)
    hat = centred / centred.std(axis=axes, keepdims=True)
    return hat.reshape(x.shape)
""",
    ),
    Mistake(
        task="normalized",
        name="rms_without_mean",
        caught_by="check_axes_layer",
        hint="Your rms kind subtracts the mean first, and so is the layer kind. The mean stays.",
        code="""
def normalized(x, kind, groups=1):
    if kind == "rms":
        x = x - x.mean(axis=-1, keepdims=True)
        return x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True))
    N, H, W, C = x.shape
    if kind == "group":
        parts, axes = x.reshape(N, H, W, groups, C // groups), (1, 2, 4)
    else:
        parts, axes = x, (0, 1, 2) if kind == "batch" else 3
    centred = parts - parts.mean(axis=axes, keepdims=True)
    hat = centred / centred.std(axis=axes, keepdims=True)
    return hat.reshape(x.shape)
""",
    ),
    Mistake(
        task="normalized",
        name="groups_of_distant_channels",
        caught_by="check_axes_group",
        hint="Your groups take every so-many-th channel. A group is made of neighbouring channels:"
        " reshape to (groups, C // groups).",
        code="""
def normalized(x, kind, groups=1):
    if kind == "rms":
        return x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True))
    N, H, W, C = x.shape
    if kind == "group":
        parts, axes = x.reshape(N, H, W, C // groups, groups), (1, 2, 3)
    else:
        parts, axes = x, (0, 1, 2) if kind == "batch" else 3
    centred = parts - parts.mean(axis=axes, keepdims=True)
    hat = centred / centred.std(axis=axes, keepdims=True)
    return hat.reshape(x.shape)
""",
    ),
    Mistake(
        task="normalized",
        name="groups_at_each_place",
        caught_by="check_axes_group",
        hint="Your group kind takes each place by itself. A group's statistics are over all places"
        " of the image.",
        code="""
def normalized(x, kind, groups=1):
    if kind == "rms":
        return x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True))
    N, H, W, C = x.shape
    if kind == "group":
        parts, axes = x.reshape(N, H, W, groups, C // groups), 4
    else:
        parts, axes = x, (0, 1, 2) if kind == "batch" else 3
    centred = parts - parts.mean(axis=axes, keepdims=True)
    hat = centred / centred.std(axis=axes, keepdims=True)
    return hat.reshape(x.shape)
""",
    ),
    Mistake(
        task="diagnose",
        name="looks_at_the_statistics_only",
        caught_by="check_diagnose_words",
        hint="You judge by the running statistics alone. In training mode they are not used at "
        "all: compare y with x.",
        code="""
def diagnose(x, y, mean, var, m, v):
    left = float(1 - (mean @ m) / (m @ m))
    return ("cold" if left > 0.01 else "healthy"), left
""",
    ),
    Mistake(
        task="diagnose",
        name="zeros_are_training_mode",
        caught_by="check_diagnose_words",
        hint="You call every row of zeros training mode. Rows that were batches of their own have "
        "a word of their own.",
        code="""
def diagnose(x, y, mean, var, m, v):
    left = float(1 - (mean @ m) / (m @ m))
    if False:
        return "one at a time", left
    if np.allclose(y.mean(axis=0), 0, atol=1e-6):
        return "training mode", left
    return ("cold" if left > 0.01 else "healthy"), left
""",
    ),
    Mistake(
        task="diagnose",
        name="start_of_the_variance_forgotten",
        caught_by="check_diagnose_left",
        hint="You compute the share as if the running variance had started at 0. It starts at 1; "
        "the mean starts at 0 and is the easier of the two.",
        code="""
def diagnose(x, y, mean, var, m, v):
    left = float(1 - (var @ v) / (v @ v))
    if np.allclose(y, 0, atol=1e-6):
        return "one at a time", left
    if np.allclose(y, (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5), atol=1e-4):
        return "training mode", left
    return ("cold" if left > 0.01 else "healthy"), left
""",
    ),
    Mistake(
        task="diagnose",
        name="share_that_has_arrived",
        caught_by="check_diagnose_left",
        hint="Your number is the share of the true statistics that has arrived. Asked for is what "
        "is left of the start.",
        code="""
def diagnose(x, y, mean, var, m, v):
    left = float(1 - (mean @ m) / (m @ m))
    if np.allclose(y, 0, atol=1e-6):
        return "one at a time", 1 - left
    if np.allclose(y, (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5), atol=1e-4):
        return "training mode", 1 - left
    return ("cold" if left > 0.01 else "healthy"), 1 - left
""",
    ),
    Mistake(
        task="diagnose",
        name="warm_taken_for_cold",
        caught_by="check_diagnose_inference",
        hint="You compare the rows' own mean with the running mean. 32 rows always differ a little"
        " from the training data; m and v tell you where the statistics should be.",
        code="""
def diagnose(x, y, mean, var, m, v):
    left = float(1 - (mean @ m) / (m @ m))
    if np.allclose(y, 0, atol=1e-6):
        return "one at a time", left
    if np.allclose(y, (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5), atol=1e-4):
        return "training mode", left
    return ("cold" if np.abs(x.mean(axis=0) - mean).max() > 0.01 else "healthy"), left
""",
    ),
    Mistake(
        task="recalibrate",
        name="inner_layers_on_raw_signals",
        caught_by="check_recalibrate_inner",
        hint="You take the inner statistics from signals that were never normalised. Each layer's "
        "input comes through the layers before it, with their new statistics.",
        code="""
def recalibrate(network, x):
    W1, W2, V = network
    statistics = []
    z = x
    for layer, W in enumerate((W1, W2, None)):
        mean, variance = z.mean(axis=0), z.var(axis=0)
        statistics.append((mean, variance))
        if W is None:
            return statistics
        hat = z
        z = (hat if layer == 0 else np.maximum(hat, 0)) @ W
""",
    ),
    Mistake(
        task="recalibrate",
        name="standard_deviations_inside",
        caught_by="check_recalibrate_inner",
        hint="Your inner pairs hold standard deviations. predict expects variances and takes their"
        " root itself.",
        code="""
def recalibrate(network, x):
    W1, W2, V = network
    statistics = []
    z = x
    for layer, W in enumerate((W1, W2, None)):
        mean, variance = z.mean(axis=0), z.var(axis=0)
        statistics.append((mean, np.sqrt(variance) if layer else variance))
        if W is None:
            return statistics
        hat = (z - mean) / np.sqrt(variance + EPS)
        z = (hat if layer == 0 else np.maximum(hat, 0)) @ W
""",
    ),
    Mistake(
        task="recalibrate",
        name="relu_forgotten",
        caught_by="check_recalibrate_inner",
        hint="Your inner signals go on without ReLU, so the statistics of z2 are those of another "
        "network.",
        code="""
def recalibrate(network, x):
    W1, W2, V = network
    statistics = []
    z = x
    for layer, W in enumerate((W1, W2, None)):
        mean, variance = z.mean(axis=0), z.var(axis=0)
        statistics.append((mean, variance))
        if W is None:
            return statistics
        hat = (z - mean) / np.sqrt(variance + EPS)
        z = hat @ W
""",
    ),
    Mistake(
        task="recalibrate",
        name="relu_after_the_sensors",
        caught_by="check_recalibrate_inner",
        hint="You cut the sensors' normalised readings at 0. The first BatchNorm has no ReLU "
        "behind it; see predict.",
        code="""
def recalibrate(network, x):
    W1, W2, V = network
    statistics = []
    z = x
    for layer, W in enumerate((W1, W2, None)):
        mean, variance = z.mean(axis=0), z.var(axis=0)
        statistics.append((mean, variance))
        if W is None:
            return statistics
        hat = (z - mean) / np.sqrt(variance + EPS)
        z = np.maximum(hat, 0) @ W
""",
    ),
    Mistake(
        task="recalibrate",
        name="sensors_only",
        caught_by="check_recalibrate_inner",
        hint="You recalibrate the sensors and leave the inner layers at the starting statistics 0 "
        "and 1. They need theirs, too.",
        code="""
def recalibrate(network, x):
    inner = [(np.zeros(W.shape[1]), np.ones(W.shape[1])) for W in network[:2]]
    return [(x.mean(axis=0), x.var(axis=0)), *inner]
""",
    ),
    Mistake(
        task="recalibrate",
        name="standard_deviations_of_the_sensors",
        caught_by="check_recalibrate_first",
        hint="Your first pair holds standard deviations. predict expects variances and takes their"
        " root itself.",
        code="""
def recalibrate(network, x):
    W1, W2, V = network
    statistics = []
    z = x
    for layer, W in enumerate((W1, W2, None)):
        mean, variance = z.mean(axis=0), z.var(axis=0)
        statistics.append((mean, variance if layer else np.sqrt(variance)))
        if W is None:
            return statistics
        hat = (z - mean) / np.sqrt(variance + EPS)
        z = (hat if layer == 0 else np.maximum(hat, 0)) @ W
""",
    ),
]

ALTERNATIVES = [
    Alternative(
        task="dropout_layer",
        name="with_where",
        code="""
def dropout_layer(x, d_y, kept, rate):
    keep = 1 - rate
    return np.where(kept, x / keep, 0.0), np.where(kept, d_y / keep, 0.0)
""",
    ),
    Alternative(
        task="dropout_regression",
        name="more_rows",
        code="""
def dropout_regression(x, t, rate):
    root = np.sqrt(rate / (1 - rate) * np.sum(x**2, axis=0))
    rows = np.vstack([x, np.diag(root)])
    return np.linalg.lstsq(rows, np.concatenate([t, np.zeros(len(root))]), rcond=None)[0]
""",
    ),
    Alternative(
        task="batch_norm_training",
        name="steps_towards_the_batch",
        code="""
def batch_norm_training(x, gamma, beta, mean, var, *, momentum, eps, correction):
    centred = x - np.sum(x, axis=0) / len(x)
    squares = np.sum(centred**2, axis=0)
    scale = gamma / (squares / len(x) + eps) ** 0.5
    step = 1 - momentum
    new_mean = mean + step * (x.mean(axis=0) - mean)
    new_var = var + step * (squares / (len(x) - correction) - var)
    return centred * scale + beta, new_mean, new_var
""",
    ),
    Alternative(
        task="batch_norm_backward",
        name="by_the_chain_rule",
        code="""
def batch_norm_backward(x, gamma, d_y, *, eps):
    N, centred = len(x), x - x.mean(axis=0)
    r = (x.var(axis=0) + eps) ** -0.5
    d_hat = d_y * gamma
    d_var = np.sum(d_hat * centred, axis=0) * -0.5 * r**3
    d_mean = -r * np.sum(d_hat, axis=0)
    d_x = d_hat * r + d_var * 2 * centred / N + d_mean / N
    return d_x, np.sum(d_y * centred * r, axis=0), np.sum(d_y, axis=0)
""",
    ),
    Alternative(
        task="normalized",
        name="a_loop_over_groups",
        code="""
def normalized(x, kind, groups=1):
    def hat(part, axes):
        mean = part.mean(axis=axes, keepdims=True)
        return (part - mean) / np.sqrt(((part - mean) ** 2).mean(axis=axes, keepdims=True))

    if kind == "batch":
        return hat(x, (0, 1, 2))
    if kind == "layer":
        return hat(x, 3)
    if kind == "rms":
        return x * np.mean(x * x, axis=3, keepdims=True) ** -0.5
    return np.concatenate([hat(p, (1, 2, 3)) for p in np.split(x, groups, axis=3)], axis=3)
""",
    ),
    Alternative(
        task="diagnose",
        name="by_moments_of_y",
        code="""
def diagnose(x, y, mean, var, m, v):
    left = float(np.mean((var - v) / (1 - v)))
    if np.abs(y).max() < 1e-3:
        return "one at a time", left
    if np.abs(y.mean(axis=0)).max() < 1e-6 and np.abs(y.std(axis=0) - 1).max() < 1e-3:
        return "training mode", left
    return ("healthy" if left <= 0.01 else "cold"), left
""",
    ),
    Alternative(
        task="recalibrate",
        name="written_out",
        code="""
def recalibrate(network, x):
    W1, W2, _ = network

    def norm(z):
        m, v = np.mean(z, axis=0), np.mean((z - np.mean(z, axis=0)) ** 2, axis=0)
        return (m, v), (z - m) / (v + EPS) ** 0.5

    first, h = norm(x)
    second, h = norm(h @ W1)
    third, _ = norm(np.maximum(h, 0) @ W2)
    return [first, second, third]
""",
    ),
]
