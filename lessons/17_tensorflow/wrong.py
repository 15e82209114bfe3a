"""Planted mistakes of the lesson on TensorFlow, and other correct solutions.

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


TAPE = """\
def loss_and_gradient(w, s, r, s_next, *, gamma):
    forecast = tf.constant(r + gamma * tf.linalg.matvec(s_next, tf.convert_to_tensor(w)))
    with tf.GradientTape() as tape:
        tape.watch(w)
        loss = tf.reduce_mean(tf.square(tf.linalg.matvec(s, w) - forecast))
    return loss, tape.gradient(loss, w)
"""

TAPE_STOP = """\
def loss_and_gradient(w, s, r, s_next, *, gamma):
    with tf.GradientTape() as tape:
        tape.watch(w)
        value = tf.linalg.matvec(s, w)
        forecast = tf.stop_gradient(r + gamma * tf.linalg.matvec(s_next, w))
        loss = tf.reduce_mean((value - forecast) ** 2)
    return loss, tape.gradient(loss, w)
"""

TRACES = """\
def traces_needed(arguments):
    seen = set()
    for argument in arguments:
        if isinstance(argument, int):
            seen.add(argument)
        else:
            seen.add((tuple(argument.shape), tf.as_dtype(argument.dtype).name))
    return len(seen)
"""

STEP = """\
def make_step(variables, velocities, *, mu):
    @tf.function(
        input_signature=[
            tf.TensorSpec([None, 3], tf.float64),
            tf.TensorSpec([None], tf.float64),
            tf.TensorSpec([], tf.float64),
        ]
    )
    def step(x, t, lr):
        with tf.GradientTape() as tape:
            loss = loss_of(variables, x, t)
        gradients = tape.gradient(loss, variables)
        for i, g in enumerate(gradients):
            velocities[i].assign(mu * velocities[i] + g)
            variables[i].assign(variables[i] - lr * velocities[i])
        return loss

    return step
"""

SIGNATURE = """\
    @tf.function(
        input_signature=[
            tf.TensorSpec([None, 3], tf.float64),
            tf.TensorSpec([None], tf.float64),
            tf.TensorSpec([], tf.float64),
        ]
    )
"""

PIPELINE = """\
def make_batches(N, decode, augment, *, size):
    decoded = tf.data.Dataset.range(N).map(decode).cache()
    augmented = decoded.shuffle(N).map(augment)
    return augmented.batch(size, drop_remainder=True)
"""

DIAGNOSE = """\
def diagnose(lrs, lengths, traced):
    lrs, lengths = list(lrs), list(lengths)
    pairs = list(zip(lrs, lengths))

    def agrees(keys):
        return all(bool(t) == (key not in keys[:i]) for i, (key, t) in enumerate(zip(keys, traced)))

    if all(traced):
        return "made anew"
    if agrees([0] * len(lrs)):
        return "sound"
    if agrees(lrs):
        return "python number"
    if agrees(lengths):
        return "new shape"
    return "both"
"""

RUN = """\
def make_run(w, *, lr, mu):
    @tf.function
    def run(x, t, updates):
        def body(k, velocity, losses):
            batch = k % tf.shape(x)[0]
            with tf.GradientTape() as tape:
                loss = squared_error(w, x[batch], t[batch])
            velocity = mu * velocity + tape.gradient(loss, w)
            rate = lr / (1 + tf.cast(k, tf.float64) / 4)
            w.assign(w - rate * velocity)
            return k + 1, velocity, losses.write(k, loss)

        start = tf.constant(0), tf.zeros([3], tf.float64), tf.TensorArray(tf.float64, updates)
        _, _, losses = tf.while_loop(lambda k, *_: k < updates, body, start)
        return losses.stack()

    return run
"""

LEARN = """\
def verdict(held, variance):
    best = min(range(len(held)), key=lambda k: held[k])
    return best, bool(held[best] / variance < 0.6)


def predict(x, t, x_new):
    # random features of tanh units and a ridge, its strength chosen on held-out examples
    rng = np.random.default_rng(0)
    A, c = rng.normal(size=(3, 200)) * 1.5, rng.normal(size=200)
    order = rng.permutation(len(x))
    held, known = order[:50], order[50:]
    middle = t[known].mean()

    def features(z):
        return np.tanh(z @ A + c)

    F, target = features(x[known]), t[known] - middle
    weights = [
        F.T @ np.linalg.solve(F @ F.T + strength * np.eye(len(F)), target)
        for strength in (10.0, 1.0, 0.1, 0.01, 0.001)
    ]
    losses = [np.mean((features(x[held]) @ w + middle - t[held]) ** 2) for w in weights]
    best, learnable = verdict(losses, np.var(t[held]))
    if not learnable:
        return np.full(len(x_new), t.mean())
    return features(x_new) @ weights[best] + middle
"""

MISTAKES = [
    # Task 1
    Mistake(
        task="half_still",
        name="forecast_moves",
        caught_by="check_half_still_gradient",
        hint="Your gradient flows through the forecast as well, so the model pulls its own target "
        "towards what it says. The forecast has to count as a constant.",
        code=_with(
            TAPE_STOP,
            (
                "tf.stop_gradient(r + gamma * tf.linalg.matvec(s_next, w))",
                "r + gamma * tf.linalg.matvec(s_next, w)",
            ),
        ),
    ),
    Mistake(
        task="half_still",
        name="wrong_side_still",
        caught_by="check_half_still_gradient",
        hint="You hold V still and let the forecast move; it is the other way round.",
        code=_with(
            TAPE_STOP,
            (
                "tf.stop_gradient(r + gamma * tf.linalg.matvec(s_next, w))",
                "r + gamma * tf.linalg.matvec(s_next, w)",
            ),
            ("value = tf.linalg.matvec(s, w)", "value = tf.stop_gradient(tf.linalg.matvec(s, w))"),
            (
                "return loss, tape.gradient(loss, w)",
                'return loss, tape.gradient(loss, w, unconnected_gradients="zero")',
            ),
        ),
    ),
    Mistake(
        task="half_still",
        name="not_watched",
        caught_by="check_half_still_tensor",
        hint="For a plain tensor your tape has recorded nothing: it watches variables by itself, "
        "and anything else only when told to.",
        code=_with(
            TAPE_STOP,
            ("        tape.watch(w)\n", ""),
            (
                "return loss, tape.gradient(loss, w)",
                'return loss, tape.gradient(loss, w, unconnected_gradients="zero")',
            ),
        ),
    ),
    Mistake(
        task="half_still",
        name="sum_instead_of_mean",
        caught_by=("check_half_still_loss", "check_half_still_gradient"),
        hint="You add the squares up; the loss is their mean.",
        code=_with(TAPE_STOP, ("tf.reduce_mean", "tf.reduce_sum")),
    ),
    # Task 2
    Mistake(
        task="traces",
        name="type_forgotten",
        caught_by="check_traces_mixed",
        hint="Tensors of one shape and two types need two traces: float32 and float64 are "
        "different programs.",
        code=_with(
            TRACES,
            (
                "(tuple(argument.shape), tf.as_dtype(argument.dtype).name)",
                "tuple(argument.shape)",
            ),
        ),
    ),
    Mistake(
        task="traces",
        name="numbers_are_one_type",
        caught_by=("check_traces_numbers", "check_traces_mixed"),
        hint="You count all Python integers as one argument. A Python number is part of the "
        "program that is traced: its value counts.",
        code=_with(TRACES, ("seen.add(argument)", 'seen.add("int")')),
    ),
    Mistake(
        task="traces",
        name="values_of_tensors",
        caught_by=("check_traces_tensors", "check_traces_mixed"),
        hint="You count every tensor with other numbers in it. A tensor's numbers are its input; "
        "what is traced depends on its shape and type.",
        code=_with(
            TRACES,
            (
                "(tuple(argument.shape), tf.as_dtype(argument.dtype).name)",
                "np.array(argument).tobytes()",
            ),
        ),
    ),
    Mistake(
        task="traces",
        name="only_the_last_one",
        caught_by=("check_traces_numbers", "check_traces_mixed"),
        hint="You count changes from one call to the next. Older traces are kept: coming back to "
        "an argument costs nothing.",
        code=_with(
            TRACES,
            ("    seen = set()", "    seen, last = [], None"),
            (
                "            seen.add(argument)",
                "            key = argument",
            ),
            (
                "            seen.add((tuple(argument.shape), tf.as_dtype(argument.dtype).name))",
                "            key = (tuple(argument.shape), tf.as_dtype(argument.dtype).name)\n"
                "        if key != last:\n            seen.append(key)\n        last = key",
            ),
        ),
    ),
    Mistake(
        task="traces",
        name="arrays_apart",
        caught_by="check_traces_mixed",
        hint="You keep NumPy arrays apart from tensors. They are turned into tensors before the "
        "trace is looked up.",
        code=_with(
            TRACES,
            ("((tuple(", "((isinstance(argument, np.ndarray), tuple("),
        ),
    ),
    # Task 3
    Mistake(
        task="step",
        name="number_in_the_trace",
        caught_by="check_step_rates",
        hint="Every new learning rate is traced anew: as a Python number it is part of the "
        "program. It has to reach TensorFlow as a tensor.",
        code=_with(STEP, (SIGNATURE, "    @tf.function(reduce_retracing=True)\n")),
    ),
    Mistake(
        task="step",
        name="lengths_in_the_trace",
        caught_by="check_step_lengths",
        hint="The learning rate no longer traces anew, but every new length of a batch does. Say "
        "beforehand that the length may be anything.",
        code=_with(
            STEP,
            (SIGNATURE, "    @tf.function\n"),
            ("def step(x", "def compiled(x"),
            (
                "    return step\n",
                "    def step(x, t, lr):\n"
                "        return compiled(x, t, tf.constant(lr, tf.float64))\n\n    return step\n",
            ),
        ),
    ),
    Mistake(
        task="step",
        name="never_compiled",
        caught_by=("check_step_rates", "check_step_lengths"),
        hint="Python runs loss_of at every call: this step is eager. The function that is called "
        "has to be a tf.function.",
        code=_with(STEP, (SIGNATURE, "")),
    ),
    Mistake(
        task="step",
        name="rate_in_the_velocity",
        caught_by="check_step_changing",
        hint="Your velocity contains the learning rate, as in Keras. At a constant rate that is "
        "the same; where the rate falls, old steps keep their old length.",
        code=_with(
            STEP,
            ("mu * velocities[i] + g", "mu * velocities[i] + lr * g"),
            ("variables[i] - lr * velocities[i]", "variables[i] - velocities[i]"),
        ),
    ),
    Mistake(
        task="step",
        name="loss_after",
        caught_by="check_step_values",
        hint="The loss you return was computed after the update, and costs a second forward pass; "
        "the tape has the one before.",
        code=_with(STEP, ("        return loss\n", "        return loss_of(variables, x, t)\n")),
    ),
    # Task 4
    Mistake(
        task="pipeline",
        name="cached_too_late",
        caught_by="check_pipeline_work",
        hint="You cache what has been augmented: from the second epoch on every example comes out "
        "as it did in the first.",
        code=_with(
            PIPELINE,
            (".map(decode).cache()", ".map(decode)"),
            (
                "decoded.shuffle(N).map(augment)",
                "decoded.map(augment).cache().shuffle(N)",
            ),
        ),
    ),
    Mistake(
        task="pipeline",
        name="never_cached",
        caught_by="check_pipeline_work",
        hint="decode runs again in every epoch. It always gives the same, so keep what it gave.",
        code=_with(PIPELINE, (".map(decode).cache()", ".map(decode)")),
    ),
    Mistake(
        task="pipeline",
        name="batches_shuffled",
        caught_by="check_pipeline_order",
        hint="You shuffle batches: who stands in a batch together stays together for ever.",
        code="""\
def make_batches(N, decode, augment, *, size):
    decoded = tf.data.Dataset.range(N).map(decode).cache()
    return decoded.map(augment).batch(size, drop_remainder=True).shuffle(N)
""",
    ),
    Mistake(
        task="pipeline",
        name="order_cached",
        caught_by="check_pipeline_order",
        hint="The order of the first epoch is in your cache, and comes out again in all others.",
        code="""\
def make_batches(N, decode, augment, *, size):
    decoded = tf.data.Dataset.range(N).shuffle(N).map(decode).cache()
    return decoded.map(augment).batch(size, drop_remainder=True)
""",
    ),
    Mistake(
        task="pipeline",
        name="buffer_of_a_batch",
        caught_by="check_pipeline_order",
        hint="Your shuffle buffer has as many places as a batch, so an example comes out close to "
        "where it lies in the file. It needs a place for every example.",
        code=_with(PIPELINE, ("shuffle(N)", "shuffle(size)")),
    ),
    Mistake(
        task="pipeline",
        name="rest_kept",
        caught_by="check_pipeline_batches",
        hint="Your last batch is shorter than the others; asked for are whole batches only.",
        code=_with(PIPELINE, (", drop_remainder=True", "")),
    ),
    # Task 5
    Mistake(
        task="diagnose",
        name="counts_only",
        caught_by="check_diagnose_equal",
        hint="You compare how many traces there are with how many learning rates or lengths. Two "
        "causes can give the same number: look at which calls traced.",
        code="""\
def diagnose(lrs, lengths, traced):
    number = sum(traced)
    if number == 1:
        return "sound"
    if number == len(traced):
        return "made anew"
    if number == len(set(lrs)):
        return "python number"
    if number == len(set(lengths)):
        return "new shape"
    return "both"
""",
    ),
    Mistake(
        task="diagnose",
        name="last_call_only",
        caught_by="check_diagnose_all",
        hint="You ask whether something changed since the last call. Traces are kept: what counts "
        "is whether it has been there in any earlier call.",
        code=_with(
            DIAGNOSE,
            ("(key not in keys[:i])", "(i == 0 or key != keys[i - 1])"),
        ),
    ),
    Mistake(
        task="diagnose",
        name="anew_forgotten",
        caught_by=("check_diagnose_simple", "check_diagnose_all"),
        hint="A log that traces at every call, also with a pair it has seen, is no question of "
        "arguments: the function itself is new each time.",
        code=_with(DIAGNOSE, ('    if all(traced):\n        return "made anew"\n', "")),
    ),
    Mistake(
        task="diagnose",
        name="pairs_forgotten",
        caught_by=("check_diagnose_all", "check_diagnose_equal"),
        hint="One cause is never found: a trace for each new pair. Neither column alone explains "
        "such a log.",
        code=_with(DIAGNOSE, ('    return "both"\n', '    return "new shape"\n')),
    ),
    Mistake(
        task="diagnose",
        name="rate_or_length",
        caught_by=("check_diagnose_all", "check_diagnose_equal"),
        hint="You take a trace wherever the learning rate *or* the length is new. A pair can be "
        "new although each half of it has been seen.",
        code=_with(
            DIAGNOSE,
            (
                '    return "both"\n',
                "    new = [\n"
                "        a not in lrs[:i] or b not in lengths[:i]\n"
                "        for i, (a, b) in enumerate(pairs)\n"
                "    ]\n"
                '    return "both" if new == [bool(each) for each in traced] else "made anew"\n',
            ),
        ),
    ),
    # Task 6
    Mistake(
        task="run",
        name="rate_frozen",
        caught_by="check_run_losses",
        hint="Your learning rate never falls: a Python counter stands still once the loop is in "
        "the graph. Use the loop's own k.",
        code=_with(RUN, ("lr / (1 + tf.cast(k, tf.float64) / 4)", "lr / (1 + 0 / 4)")),
    ),
    Mistake(
        task="run",
        name="rate_a_step_ahead",
        caught_by=("check_run_first", "check_run_losses"),
        hint="Your first update already has a smaller learning rate: k starts at 0.",
        code=_with(RUN, ("tf.cast(k, tf.float64)", "tf.cast(k + 1, tf.float64)")),
    ),
    Mistake(
        task="run",
        name="python_over_steps",
        caught_by="check_run_once",
        hint="Your loop is Python's: a call for every update, and nothing that another graph could "
        "contain. The loop belongs inside the tf.function.",
        code="""\
def make_run(w, *, lr, mu):
    velocity = tf.Variable(tf.zeros([3], tf.float64))

    @tf.function
    def step(x, t, rate):
        with tf.GradientTape() as tape:
            loss = squared_error(w, x, t)
        velocity.assign(mu * velocity + tape.gradient(loss, w))
        w.assign_sub(rate * velocity)
        return loss

    def run(x, t, updates):
        velocity.assign(tf.zeros([3], tf.float64))
        rates = [tf.constant(lr / (1 + k / 4), tf.float64) for k in range(int(updates))]
        return tf.stack([step(x[k % len(x)], t[k % len(x)], r) for k, r in enumerate(rates)])

    return run
""",
    ),
    Mistake(
        task="run",
        name="velocity_lost",
        caught_by="check_run_losses",
        hint="Your velocity is the gradient alone: what was there before does not come along from "
        "one turn of the loop to the next.",
        code=_with(
            RUN, ("mu * velocity + tape.gradient(loss, w)", "tape.gradient(loss, w) + 0 * velocity")
        ),
    ),
    # Task 7
    Mistake(
        task="learn",
        name="always_learnable",
        caught_by="check_learn_verdict",
        hint="You find something to learn in everything. A held-out loss near the variance is what "
        "the mean gets.",
        code=_with(LEARN, ("bool(held[best] / variance < 0.6)", "bool(held[best] < held[0])")),
    ),
    Mistake(
        task="learn",
        name="variance_ignored",
        caught_by="check_learn_verdict",
        hint="You compare the held-out loss with 0.6 itself. It means nothing before it is divided "
        "by the variance of the targets.",
        code=_with(LEARN, ("bool(held[best] / variance < 0.6)", "bool(held[best] < 0.6)")),
    ),
    Mistake(
        task="learn",
        name="last_update",
        caught_by="check_learn_verdict",
        hint="You judge the last update. Held-out losses turn up again: the best one counts.",
        code=_with(
            LEARN,
            ("    best = min(range(len(held)), key=lambda k: held[k])", "    best = len(held) - 1"),
        ),
    ),
    Mistake(
        task="learn",
        name="always_the_mean",
        caught_by="check_learn_sets",
        hint="You answer with the mean everywhere, also where the targets follow a function.",
        code=_with(
            LEARN,
            ("    if not learnable:\n        return", "    if True:\n        return"),
        ),
    ),
]

ALTERNATIVES = [
    Alternative(task="half_still", name="forecast_before_the_tape", code=TAPE),
    Alternative(
        task="traces",
        name="ask_tensorflow",
        code="""\
def traces_needed(arguments):
    ran = []

    @tf.function
    def f(x):
        ran.append(1)
        return x

    for argument in arguments:
        f(argument)
    return len(ran)
""",
    ),
    Alternative(task="step", name="by_index", code=STEP),
    Alternative(
        task="pipeline",
        name="with_prefetch",
        code=_with(PIPELINE, ("drop_remainder=True)", "drop_remainder=True).prefetch(1)")),
    ),
    Alternative(task="diagnose", name="one_after_another", code=DIAGNOSE),
    Alternative(task="run", name="while_loop", code=RUN),
    Alternative(task="learn", name="random_features", code=LEARN),
]
