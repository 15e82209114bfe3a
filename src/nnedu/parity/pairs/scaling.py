"""Rules that scale every coordinate by its past gradients, beside the frameworks'."""

from nnedu.parity.pairs.pair import EPS_ROOT, SAME, Adapter, Pair, exact, without

START = Adapter(
    "the same",
    "The same formula.",
    hyper=without("initial"),
    initial=lambda n: {"G": n["initial"]},
)
SUM_PLUS_EPS = Adapter(
    "sum starts at 0.1 + eps",
    "Keras and Optax start the sum at 0.1 (initial_accumulator_value) and add epsilon inside the "
    "root: a start of 0.1 + eps, with eps=0.",
    hyper=lambda n: {"eps": 0.0},
    initial=lambda n: {"G": n["initial"] + n["eps"]},
)

PAIRS = (
    Pair(
        "adagrad",
        "keras",
        "keras.optimizers.Adagrad",
        lambda k, lr, n, _: k.optimizers.Adagrad(
            lr, initial_accumulator_value=n["initial"], epsilon=n["eps"]
        ),
        SUM_PLUS_EPS,
    ),
    Pair(
        "adagrad",
        "torch",
        "torch.optim.Adagrad",
        lambda t, lr, n, p: t.optim.Adagrad(
            p, lr, initial_accumulator_value=n["initial"], eps=n["eps"]
        ),
        START,
    ),
    Pair(
        "adagrad",
        "optax",
        "optax.adagrad",
        lambda o, lr, n, _: o.adagrad(lr, initial_accumulator_value=n["initial"], eps=n["eps"]),
        SUM_PLUS_EPS,
    ),
    Pair(
        "rmsprop",
        "keras",
        "keras.optimizers.RMSprop",
        lambda k, lr, n, _: k.optimizers.RMSprop(lr, rho=n["rho"], epsilon=n["eps"]),
        EPS_ROOT,
    ),
    Pair(
        "rmsprop",
        "torch",
        "torch.optim.RMSprop",
        lambda t, lr, n, p: t.optim.RMSprop(p, lr, alpha=n["rho"], eps=n["eps"]),
        SAME,
    ),
    Pair(
        "rmsprop",
        "optax",
        "optax.rmsprop",
        lambda o, lr, n, _: o.rmsprop(lr, decay=n["rho"], eps=n["eps"]),
        EPS_ROOT,
    ),
    Pair(
        "rmsprop_centered",
        "keras",
        "keras.optimizers.RMSprop(centered=True)",
        lambda k, lr, n, _: k.optimizers.RMSprop(lr, rho=n["rho"], epsilon=n["eps"], centered=True),
        EPS_ROOT,
    ),
    Pair(
        "rmsprop_centered",
        "torch",
        "torch.optim.RMSprop(centered=True)",
        lambda t, lr, n, p: t.optim.RMSprop(p, lr, alpha=n["rho"], eps=n["eps"], centered=True),
        SAME,
    ),
    Pair(
        "rmsprop_centered",
        "optax",
        "optax.rmsprop(centered=True)",
        lambda o, lr, n, _: o.rmsprop(lr, decay=n["rho"], eps=n["eps"], centered=True),
        EPS_ROOT,
    ),
    Pair(
        "rmsprop_momentum",
        "torch",
        "torch.optim.RMSprop(momentum=...)",
        lambda t, lr, n, p: t.optim.RMSprop(
            p, lr, alpha=n["rho"], eps=n["eps"], momentum=n["momentum"]
        ),
        SAME,
    ),
    Pair(
        "rmsprop_momentum",
        "optax",
        "optax.chain(scale_by_rms(...), trace(momentum), scale_by_learning_rate(lr))",
        lambda o, lr, n, _: o.chain(
            o.scale_by_rms(decay=n["rho"], eps=n["eps"]),
            o.trace(n["momentum"]),
            o.scale_by_learning_rate(lr),
        ),
        EPS_ROOT,
    ),
    Pair(
        "rmsprop_velocity",
        "keras",
        "keras.optimizers.RMSprop(momentum=...)",
        lambda k, lr, n, _: k.optimizers.RMSprop(
            lr, rho=n["rho"], epsilon=n["eps"], momentum=n["momentum"]
        ),
        EPS_ROOT,
    ),
    Pair(
        "rmsprop_velocity",
        "optax",
        "optax.rmsprop(momentum=...)",
        lambda o, lr, n, _: o.rmsprop(lr, decay=n["rho"], eps=n["eps"], momentum=n["momentum"]),
        EPS_ROOT,
    ),
    Pair(
        "adadelta",
        "keras",
        "keras.optimizers.Adadelta",
        lambda k, lr, n, _: k.optimizers.Adadelta(lr, rho=n["rho"], epsilon=n["eps"]),
        SAME,
    ),
    Pair(
        "adadelta",
        "torch",
        "torch.optim.Adadelta",
        lambda t, lr, n, p: t.optim.Adadelta(p, lr, rho=n["rho"], eps=n["eps"]),
        SAME,
    ),
    Pair(
        "adadelta",
        "optax",
        "optax.adadelta",
        lambda o, lr, n, _: o.adadelta(lr, rho=n["rho"], eps=n["eps"]),
        SAME,
    ),
)

ELSEWHERE = {
    ("rmsprop_momentum", "keras"): "rmsprop_velocity",
    ("rmsprop_velocity", "torch"): "rmsprop_momentum",
}

SETTINGS = {
    "adagrad": (
        exact(initial=0.1, eps=1e-7),
        exact(initial=0.0, eps=1e-3),
        exact(initial=1e-4, eps=1e-2),
    ),
    "rmsprop": (
        exact(rho=0.9, eps=1e-7),
        exact(rho=0.99, eps=1e-3),
        exact(rho=0.5, eps=1e-5),
    ),
    "rmsprop_centered": (
        exact(rho=0.9, eps=1e-7),
        exact(rho=0.99, eps=1e-3),
        exact(rho=0.5, eps=1e-5),
    ),
    "rmsprop_momentum": (
        exact(rho=0.9, momentum=0.9, eps=1e-7),
        exact(rho=0.99, momentum=0.5, eps=1e-3),
    ),
    "rmsprop_velocity": (
        exact(rho=0.9, momentum=0.9, eps=1e-7),
        exact(rho=0.99, momentum=0.5, eps=1e-3),
    ),
    "adadelta": (
        exact(rho=0.95, eps=1e-6),
        exact(rho=0.9, eps=1e-3),
        exact(rho=0.5, eps=1e-1),
    ),
}
