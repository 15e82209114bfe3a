"""Adam and what was made of it, beside the frameworks'."""

from nnedu.parity.pairs.pair import EPSILON_HAT, SAME, Adapter, Pair, exact

EPS_MAX = Adapter(
    "eps inside the maximum",
    "PyTorch and Optax add epsilon to the gradient's size inside the maximum: eps_max, with eps=0.",
    hyper=lambda n: {**n, "eps": 0.0, "eps_max": n["eps"]},
)
FAST_RISE = Adapter(
    "momentum_decay 1",
    "Keras's momentum rises as `0.96**t`, where the paper and PyTorch have `0.96**(0.004 t)`: "
    "momentum_decay=1.",
    hyper=lambda n: {**n, "momentum_decay": 1.0},
)
NO_DIP = Adapter(
    "momentum constant",
    "Optax keeps Nadam's momentum constant: dip=0.",
    hyper=lambda n: {**n, "dip": 0.0},
)

PAIRS = (
    Pair(
        "adam",
        "keras",
        "keras.optimizers.Adam",
        lambda k, lr, n, _: k.optimizers.Adam(
            lr, beta_1=n["beta1"], beta_2=n["beta2"], epsilon=n["eps"]
        ),
        EPSILON_HAT,
    ),
    Pair(
        "adam",
        "torch",
        "torch.optim.Adam",
        lambda t, lr, n, p: t.optim.Adam(p, lr, betas=(n["beta1"], n["beta2"]), eps=n["eps"]),
        SAME,
    ),
    Pair(
        "adam",
        "optax",
        "optax.adam",
        lambda o, lr, n, _: o.adam(lr, b1=n["beta1"], b2=n["beta2"], eps=n["eps"]),
        SAME,
    ),
    Pair(
        "adamax",
        "keras",
        "keras.optimizers.Adamax",
        lambda k, lr, n, _: k.optimizers.Adamax(
            lr, beta_1=n["beta1"], beta_2=n["beta2"], epsilon=n["eps"]
        ),
        SAME,
    ),
    Pair(
        "adamax",
        "torch",
        "torch.optim.Adamax",
        lambda t, lr, n, p: t.optim.Adamax(p, lr, betas=(n["beta1"], n["beta2"]), eps=n["eps"]),
        EPS_MAX,
    ),
    Pair(
        "adamax",
        "optax",
        "optax.adamax",
        lambda o, lr, n, _: o.adamax(lr, b1=n["beta1"], b2=n["beta2"], eps=n["eps"]),
        EPS_MAX,
    ),
    Pair(
        "amsgrad",
        "keras",
        "keras.optimizers.Adam(amsgrad=True)",
        lambda k, lr, n, _: k.optimizers.Adam(
            lr, beta_1=n["beta1"], beta_2=n["beta2"], epsilon=n["eps"], amsgrad=True
        ),
        EPSILON_HAT,
    ),
    Pair(
        "amsgrad",
        "torch",
        "torch.optim.Adam(amsgrad=True)",
        lambda t, lr, n, p: t.optim.Adam(
            p, lr, betas=(n["beta1"], n["beta2"]), eps=n["eps"], amsgrad=True
        ),
        SAME,
    ),
    Pair(
        "amsgrad_corrected",
        "optax",
        "optax.amsgrad",
        lambda o, lr, n, _: o.amsgrad(lr, b1=n["beta1"], b2=n["beta2"], eps=n["eps"]),
        SAME,
    ),
    Pair(
        "nadam",
        "keras",
        "keras.optimizers.Nadam",
        lambda k, lr, n, _: k.optimizers.Nadam(
            lr, beta_1=n["beta1"], beta_2=n["beta2"], epsilon=n["eps"]
        ),
        FAST_RISE,
        fixed=("momentum_decay", "dip"),
    ),
    Pair(
        "nadam",
        "torch",
        "torch.optim.NAdam",
        lambda t, lr, n, p: t.optim.NAdam(
            p,
            lr,
            betas=(n["beta1"], n["beta2"]),
            eps=n["eps"],
            momentum_decay=n["momentum_decay"],
        ),
        SAME,
        fixed=("dip",),
    ),
    Pair(
        "nadam",
        "optax",
        "optax.nadam",
        lambda o, lr, n, _: o.nadam(lr, b1=n["beta1"], b2=n["beta2"], eps=n["eps"]),
        NO_DIP,
        fixed=("momentum_decay", "dip"),
    ),
)

ELSEWHERE = {
    ("amsgrad", "optax"): "amsgrad_corrected",
    ("amsgrad_corrected", "keras"): "amsgrad",
    ("amsgrad_corrected", "torch"): "amsgrad",
}

SETTINGS = {
    "adam": (
        exact(beta1=0.9, beta2=0.999, eps=1e-7),
        exact(beta1=0.8, beta2=0.95, eps=1e-3),
        exact(beta1=0.5, beta2=0.9, eps=1e-5),
    ),
    "adamax": (
        exact(beta1=0.9, beta2=0.999, eps=1e-7),
        exact(beta1=0.8, beta2=0.95, eps=1e-3),
    ),
    "amsgrad": (
        exact(beta1=0.9, beta2=0.999, eps=1e-7),
        exact(beta1=0.8, beta2=0.95, eps=1e-3),
    ),
    "amsgrad_corrected": (
        exact(beta1=0.9, beta2=0.999, eps=1e-7),
        exact(beta1=0.8, beta2=0.95, eps=1e-3),
    ),
    "nadam": (
        exact(beta1=0.9, beta2=0.999, eps=1e-7, momentum_decay=0.004),
        exact(beta1=0.8, beta2=0.95, eps=1e-3, momentum_decay=0.25),
    ),
}
