"""Planted mistakes and other correct solutions of the lesson on adaptive optimizers.

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


ADAGRAD = """\
def adagrad_step(theta, g, G, *, lr, eps):
    G = G + g**2
    return theta - lr * g / (np.sqrt(G) + eps), G
"""

RMSPROP = """\
def rmsprop_step(theta, g, v, *, lr, rho, eps):
    v = rho * v + (1 - rho) * g**2
    return theta - lr * g / (np.sqrt(v) + eps), v
"""

ADAM = """\
def adam_step(theta, g, m, v, *, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), m, v
"""

EPSILON = """\
def hat_step(theta, g, m, v, *, t, lr, beta1, beta2, eps_hat):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    scale = np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return theta - lr * scale * m / (np.sqrt(v) + eps_hat)


def paper_epsilon(eps_hat, *, t, beta2):
    return eps_hat / np.sqrt(1 - beta2**t)
"""

DIAGNOSE = """\
def diagnose(g, steps):
    def adam_like(beta1, beta2, corrected):
        zero, made = np.zeros(1), []
        m = v = zero
        for t, x in enumerate(g, start=1):
            m = beta1 * m + (1 - beta1) * x
            v = beta2 * v + (1 - beta2) * x**2
            c1, c2 = (1 - beta1**t, 1 - beta2**t) if corrected else (1.0, 1.0)
            made.append(float((m / c1 / np.sqrt(v / c2))[0]))
        return np.array(made)

    v, rms = 0.0, []
    for x in g:
        v = 0.9 * v + 0.1 * x**2
        rms.append(x / np.sqrt(v))
    suspects = {
        "sgd": np.array(g),
        "adagrad": g / np.sqrt(np.cumsum(g**2)),
        "rmsprop": np.array(rms),
        "adam": adam_like(0.9, 0.999, True),
        "adam without correction": adam_like(0.9, 0.999, False),
        "adam with swapped betas": adam_like(0.999, 0.9, True),
    }
    best = None
    for name, made in suspects.items():
        lr = steps[0] / made[0]
        error = np.abs(steps - lr * made).max()
        if best is None or error < best[0]:
            best = error, name, float(lr)
    return best[1], best[2]
"""

CORRECTION = """\
def uncorrected_factor(t, *, beta1, beta2):
    return (1 - beta1**t) / np.sqrt(1 - beta2**t)


def updates_until(tolerance, *, beta1, beta2):
    last = 0
    for t in range(1, 20_001):
        factor = (1 - beta1**t) / (1 - beta2**t) ** 0.5
        if abs(factor - 1) > tolerance:
            last = t
    return last + 1
"""

TENSORFLOW = """\
LEARNING_RATE = 0.03


def make_train_step(variables, m, v, count, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    @tf.function
    def train_step(x, labels):
        with tf.GradientTape() as tape:
            loss = loss_of(variables, x, labels)
        gradients = tape.gradient(loss, variables)
        count.assign_add(1.0)
        t = count
        for i, g in enumerate(gradients):
            m[i].assign(beta1 * m[i] + (1 - beta1) * g)
            v[i].assign(beta2 * v[i] + (1 - beta2) * tf.square(g))
            m_hat = m[i] / (1 - beta1**t)
            v_hat = v[i] / (1 - beta2**t)
            variables[i].assign(variables[i] - lr * m_hat / (tf.sqrt(v_hat) + eps))
        return loss

    return train_step
"""

MISTAKES = [
    # Task 1
    Mistake(
        task="adagrad_step",
        name="in_place",
        caught_by="check_adagrad_step_values",
        hint="Your step is right, but += and -= change the arrays of whoever called you. Write "
        "G = G + g**2, which makes a new one.",
        code="""\
def adagrad_step(theta, g, G, *, lr, eps):
    G += g**2
    theta -= lr * g / (np.sqrt(G) + eps)
    return theta, G
""",
    ),
    Mistake(
        task="adagrad_step",
        name="forgot_square",
        caught_by="check_adagrad_step_sum",
        hint="G adds up something of the same unit as g. Compare what enters the sum with the "
        "equation; gradients of 1 and -1 cannot show the difference.",
        code=_with(ADAGRAD, ("g**2", "np.abs(g)")),
    ),
    Mistake(
        task="adagrad_step",
        name="old_sum",
        caught_by="check_adagrad_step_first",
        hint="You divide by the sum before this gradient was added to it, which is 0 at the first "
        "step. The equation has an order.",
        code=_with(
            ADAGRAD,
            ("    G = G + g**2\n", ""),
            ("eps), G", "eps), G + g**2"),
        ),
    ),
    Mistake(
        task="adagrad_step",
        name="sign_flipped",
        caught_by="check_adagrad_step_first",
        hint="You walk uphill: the gradient points to where the loss grows.",
        code=_with(ADAGRAD, ("theta - lr", "theta + lr")),
    ),
    Mistake(
        task="adagrad_step",
        name="epsilon_inside",
        caught_by="check_adagrad_step_values",
        hint="Your epsilon is under the root, as in Keras. Here it is added to the root.",
        code=_with(ADAGRAD, ("np.sqrt(G) + eps", "np.sqrt(G + eps)")),
    ),
    Mistake(
        task="adagrad_step",
        name="no_root",
        caught_by="check_adagrad_step_values",
        hint="You divide by the sum of squares itself, so a step gets shorter when its gradient "
        "grows. Something is missing between the sum and the division.",
        code=_with(ADAGRAD, ("np.sqrt(G) + eps", "G + eps")),
    ),
    # Task 2
    Mistake(
        task="rmsprop_step",
        name="rho_swapped",
        caught_by="check_rmsprop_step_mean",
        hint="You keep the share 1 - rho of the old mean and give rho to the new square; it is "
        "the other way round. With rho = 0.5 nobody would notice.",
        code=_with(RMSPROP, ("rho * v + (1 - rho) * g**2", "(1 - rho) * v + rho * g**2")),
    ),
    Mistake(
        task="rmsprop_step",
        name="weight_forgotten",
        caught_by="check_rmsprop_step_mean",
        hint="The shares of the old mean and the new square must add up to 1; yours make a "
        "decaying sum, not a mean.",
        code=_with(RMSPROP, ("(1 - rho) * g**2", "g**2")),
    ),
    Mistake(
        task="rmsprop_step",
        name="forgot_square",
        caught_by="check_rmsprop_step_mean",
        hint="v is a mean of squares: what you average has the unit of g.",
        code=_with(RMSPROP, ("g**2", "np.abs(g)")),
    ),
    Mistake(
        task="rmsprop_step",
        name="sign_flipped",
        caught_by="check_rmsprop_step_first",
        hint="You walk uphill: the gradient points to where the loss grows.",
        code=_with(RMSPROP, ("theta - lr", "theta + lr")),
    ),
    Mistake(
        task="rmsprop_step",
        name="old_mean",
        caught_by=("check_rmsprop_step_first", "check_rmsprop_step_values"),
        hint="You divide by the mean before this gradient's square went into it, which is 0 at the "
        "first step. The equation has an order.",
        code=_with(
            RMSPROP,
            ("    v = rho * v + (1 - rho) * g**2\n", ""),
            ("eps), v", "eps), rho * v + (1 - rho) * g**2"),
        ),
    ),
    Mistake(
        task="rmsprop_step",
        name="epsilon_inside",
        caught_by="check_rmsprop_step_values",
        hint="Your epsilon is under the root, as in Keras. Here it is added to the root.",
        code=_with(RMSPROP, ("np.sqrt(v) + eps", "np.sqrt(v + eps)")),
    ),
    # Task 3
    Mistake(
        task="adam_step",
        name="no_correction",
        caught_by=("check_adam_step_first", "check_adam_step_values"),
        hint="Your first step is not lr long: both means start at 0 and are too small at first. "
        "The correction for that is missing.",
        code=_with(ADAM, ("m / (1 - beta1**t)", "m"), ("v / (1 - beta2**t)", "v")),
    ),
    Mistake(
        task="adam_step",
        name="only_m_corrected",
        caught_by=("check_adam_step_first", "check_adam_step_values"),
        hint="You correct m for its start at zero, but v started there as well: your first step "
        "is over 30 times too long.",
        code=_with(ADAM, ("v / (1 - beta2**t)", "v")),
    ),
    Mistake(
        task="adam_step",
        name="t_counts_from_zero",
        caught_by=("check_adam_step_first", "check_adam_step_values"),
        hint="You add 1 to t, but t is already 1 at the first update.",
        code=_with(ADAM, ("beta1**t", "beta1 ** (t + 1)"), ("beta2**t", "beta2 ** (t + 1)")),
    ),
    Mistake(
        task="adam_step",
        name="betas_swapped",
        caught_by="check_adam_step_moments",
        hint="Each beta has its own mean: beta1 belongs to the gradients and beta2 to their "
        "squares. At the first step from zero the two cancel, so it looked right.",
        code=_with(
            ADAM,
            ("m = beta1 * m + (1 - beta1)", "m = beta2 * m + (1 - beta2)"),
            ("v = beta2 * v + (1 - beta2)", "v = beta1 * v + (1 - beta1)"),
            ("(1 - beta1**t)", "(1 - beta_2**t)"),
            ("(1 - beta2**t)", "(1 - beta1**t)"),
            ("(1 - beta_2**t)", "(1 - beta2**t)"),
        ),
    ),
    Mistake(
        task="adam_step",
        name="epsilon_inside",
        caught_by="check_adam_step_values",
        hint="Your epsilon is under the root. In the paper's Algorithm 1 it is added to the root.",
        code=_with(ADAM, ("np.sqrt(v_hat) + eps", "np.sqrt(v_hat + eps)")),
    ),
    Mistake(
        task="adam_step",
        name="epsilon_hat",
        caught_by="check_adam_step_values",
        hint="You add epsilon before v is corrected, as Keras does. Here the root of the corrected "
        "v comes first.",
        code=_with(ADAM, ("np.sqrt(v_hat) + eps", "(np.sqrt(v) + eps) / np.sqrt(1 - beta2**t)")),
    ),
    # Task 4
    Mistake(
        task="epsilon_hat",
        name="multiplied",
        caught_by="check_epsilon_hat_convert",
        hint="You convert in the wrong direction: seen from the paper's rule, Keras's epsilon is "
        "large at the start and shrinks with t.",
        code=_with(EPSILON, ("eps_hat / np", "eps_hat * np")),
    ),
    Mistake(
        task="epsilon_hat",
        name="power_forgotten",
        caught_by="check_epsilon_hat_convert",
        hint="Your epsilon does not change with t, but the correction of v does.",
        code=_with(EPSILON, ("eps_hat / np.sqrt(1 - beta2**t)", "eps_hat / np.sqrt(1 - beta2)")),
    ),
    Mistake(
        task="epsilon_hat",
        name="root_forgotten",
        caught_by="check_epsilon_hat_convert",
        hint="Epsilon is added to a root of v, so what carries it over is the root of v's "
        "correction, not the correction itself.",
        code=_with(EPSILON, ("eps_hat / np.sqrt(1 - beta2**t)", "eps_hat / (1 - beta2**t)")),
    ),
    Mistake(
        task="epsilon_hat",
        name="the_papers_step",
        caught_by="check_epsilon_hat_step",
        hint="Your hat_step adds epsilon after v is corrected: that is the rule of task 3.",
        code=_with(
            EPSILON,
            (
                "scale * m / (np.sqrt(v) + eps_hat)",
                "m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps_hat)",
            ),
        ),
    ),
    Mistake(
        task="epsilon_hat",
        name="scale_forgotten",
        caught_by="check_epsilon_hat_step",
        hint="Your hat_step has lost its correction for the start at zero: look at what stands "
        "between lr and m.",
        code=_with(EPSILON, ("lr * scale * m", "lr * m")),
    ),
    Mistake(
        task="epsilon_hat",
        name="old_means",
        caught_by="check_epsilon_hat_step",
        hint="Your hat_step uses m and v as they came in: this gradient has to go into both before "
        "the step, as in task 3.",
        code=_with(
            EPSILON,
            ("    m = beta1 * m + (1 - beta1) * g\n", ""),
            ("    v = beta2 * v + (1 - beta2) * g**2\n", ""),
        ),
    ),
    Mistake(
        task="epsilon_hat",
        name="epsilon_inside",
        caught_by="check_epsilon_hat_step",
        hint="Your hat_step has epsilon hat under the root. It is added to the root of v.",
        code=_with(EPSILON, ("np.sqrt(v) + eps_hat", "np.sqrt(v + eps_hat)")),
    ),
    Mistake(
        task="epsilon_hat",
        name="root_of_the_scale_forgotten",
        caught_by="check_epsilon_hat_step",
        hint="The factor in your hat_step has the correction of v, not the root of it.",
        code=_with(EPSILON, ("np.sqrt(1 - beta2**t) / (1 - beta1", "(1 - beta2**t) / (1 - beta1")),
    ),
    # Task 5
    Mistake(
        task="diagnose",
        name="assumes_a_learning_rate",
        caught_by="check_diagnose_scale",
        hint="You compare at lr = 0.1 only. Find the multiple of each replay that fits best.",
        code=_with(DIAGNOSE, ("lr = steps[0] / made[0]", "lr = 0.1")),
    ),
    Mistake(
        task="diagnose",
        name="no_uncorrected_suspect",
        caught_by="check_diagnose_broken",
        hint="One of the suspects never gets replayed: Adam without bias correction. Its steps "
        "grow at first.",
        code=_with(
            DIAGNOSE,
            ('        "adam without correction": adam_like(0.9, 0.999, False),\n', ""),
        ),
    ),
    Mistake(
        task="diagnose",
        name="no_swapped_suspect",
        caught_by="check_diagnose_broken",
        hint="One of the suspects never gets replayed: Adam with swapped betas.",
        code=_with(
            DIAGNOSE,
            ('        "adam with swapped betas": adam_like(0.999, 0.9, True),\n', ""),
        ),
    ),
    Mistake(
        task="diagnose",
        name="no_rmsprop_suspect",
        caught_by=("check_diagnose_known", "check_diagnose_scale"),
        hint="One of the suspects never gets replayed: RMSProp.",
        code=_with(DIAGNOSE, ('        "rmsprop": np.array(rms),\n', "")),
    ),
    # Task 6
    Mistake(
        task="correction",
        name="inverted",
        caught_by="check_correction_factor",
        hint="You give corrected over uncorrected. The question is by how much the uncorrected "
        "step is too long.",
        code=_with(
            CORRECTION,
            (
                "return (1 - beta1**t) / np.sqrt(1 - beta2**t)",
                "return np.sqrt(1 - beta2**t) / (1 - beta1**t)",
            ),
        ),
    ),
    Mistake(
        task="correction",
        name="root_forgotten",
        caught_by="check_correction_factor",
        hint="The denominator of Adam's step is the root of v, so the root of its correction is "
        "what counts.",
        code=_with(CORRECTION, ("np.sqrt(1 - beta2**t)", "(1 - beta2**t)")),
    ),
    Mistake(
        task="correction",
        name="last_outside",
        caught_by=("check_correction_until", "check_correction_stays"),
        hint="You return the last update outside the tolerance; asked for is the first from which "
        "on all are inside.",
        code=_with(CORRECTION, ("return last + 1", "return last")),
    ),
    Mistake(
        task="correction",
        name="first_inside",
        caught_by="check_correction_stays",
        hint="You return the first update inside the tolerance, but the factor leaves again "
        "afterwards. Look for where it stays.",
        code=_with(
            CORRECTION,
            ("    last = 0\n", ""),
            ("> tolerance:\n            last = t", "<= tolerance:\n            return t"),
            ("    return last + 1", "    return 20_001"),
        ),
    ),
    # Task 7
    Mistake(
        task="tf_adam",
        name="python_counter",
        caught_by="check_tf_adam_three",
        hint="Your t is a Python number. tf.function runs your Python once, so t is 1 for ever: "
        "use the tf.Variable that counts.",
        code=_with(
            TENSORFLOW,
            ("    @tf.function", "    made = [0]\n\n    @tf.function"),
            ("        t = count", "        made[0] += 1\n        t = made[0]"),
        ),
    ),
    Mistake(
        task="tf_adam",
        name="loss_after_the_update",
        caught_by="check_tf_adam_one",
        hint="The loss you return was computed after the update; asked for is the loss before it, "
        "which the tape has already given you.",
        code=_with(TENSORFLOW, ("return loss\n", "return loss_of(variables, x, labels)\n")),
    ),
    Mistake(
        task="tf_adam",
        name="no_correction",
        caught_by="check_tf_adam_three",
        hint="The correction of the means for their start at zero is missing.",
        code=_with(
            TENSORFLOW, ("m[i] / (1 - beta1**t)", "m[i]"), ("v[i] / (1 - beta2**t)", "v[i]")
        ),
    ),
    Mistake(
        task="tf_adam",
        name="epsilon_hat",
        caught_by="check_tf_adam_three",
        hint="You add epsilon before v is corrected, as Keras's Adam does; here it comes after.",
        code=_with(
            TENSORFLOW,
            ("(tf.sqrt(v_hat) + eps)", "((tf.sqrt(v[i]) + eps) / tf.sqrt(1 - beta2**t))"),
        ),
    ),
    Mistake(
        task="tf_adam",
        name="epsilon_inside",
        caught_by="check_tf_adam_three",
        hint="Your epsilon is under the root. In task 3 it is added to the root.",
        code=_with(TENSORFLOW, ("(tf.sqrt(v_hat) + eps)", "tf.sqrt(v_hat + eps)")),
    ),
    Mistake(
        task="tf_adam",
        name="learning_rate_too_small",
        caught_by="check_tf_adam_train",
        hint="Your update is right, but with this LEARNING_RATE 300 steps do not get there. An "
        "Adam step is about lr long: how far do the weights have to go?",
        code=_with(TENSORFLOW, ("LEARNING_RATE = 0.03", "LEARNING_RATE = 1e-4")),
    ),
]

ALTERNATIVES = [
    Alternative(
        task="adagrad_step",
        name="hypot",
        code=_with(
            ADAGRAD,
            ("    G = G + g**2\n", "    root = np.hypot(np.sqrt(G), g)\n"),
            ("(np.sqrt(G) + eps), G", "(root + eps), root * root"),
        ),
    ),
    Alternative(
        task="rmsprop_step",
        name="as_a_difference",
        code=_with(RMSPROP, ("rho * v + (1 - rho) * g**2", "v + (1 - rho) * (g * g - v)")),
    ),
    Alternative(
        task="adam_step",
        name="one_expression",
        code="""\
def adam_step(theta, g, m, v, *, t, lr, beta1, beta2, eps):
    m, v = m + (1 - beta1) * (g - m), v + (1 - beta2) * (np.square(g) - v)
    rate = lr / -np.expm1(t * np.log(beta1))
    return theta - rate * m / (np.sqrt(v / (1 - beta2**t)) + eps), m, v
""",
    ),
    Alternative(
        task="epsilon_hat",
        name="by_way_of_the_paper",
        code="""\
def paper_epsilon(eps_hat, *, t, beta2):
    return float(eps_hat * (1 - beta2**t) ** -0.5)


def hat_step(theta, g, m, v, *, t, lr, beta1, beta2, eps_hat):
    eps = paper_epsilon(eps_hat, t=t, beta2=beta2)
    return adam_step(theta, g, m, v, t=t, lr=lr, beta1=beta1, beta2=beta2, eps=eps)[0]
""",
    ),
    Alternative(task="diagnose", name="scaled_by_the_first_step", code=DIAGNOSE),
    Alternative(task="correction", name="a_loop", code=CORRECTION),
    Alternative(task="tf_adam", name="by_index", code=TENSORFLOW),
]
