"""Gradient descent with and without momentum, beside the frameworks'."""

from nnedu.parity.pairs.pair import SAME, Adapter, Pair, exact

WHOLE_FIRST = Adapter(
    "first gradient whole",
    "PyTorch starts its buffer at the whole first gradient: dampening is 0 at the first update.",
    hyper=lambda n: {**n, "dampening": lambda k: n["dampening"] if k else 0.0},
)
LR_INSIDE = Adapter(
    "lr first",
    "optax.sgd scales by the learning rate last; the same parts in the other order keep it "
    "inside the velocity.",
)

PAIRS = (
    Pair("sgd", "keras", "keras.optimizers.SGD", lambda k, lr, n, _: k.optimizers.SGD(lr), SAME),
    Pair("sgd", "torch", "torch.optim.SGD", lambda t, lr, n, p: t.optim.SGD(p, lr), SAME),
    Pair("sgd", "optax", "optax.sgd", lambda o, lr, n, _: o.sgd(lr), SAME),
    Pair(
        "momentum",
        "torch",
        "torch.optim.SGD(momentum=...)",
        lambda t, lr, n, p: t.optim.SGD(p, lr, momentum=n["momentum"], dampening=n["dampening"]),
        WHOLE_FIRST,
    ),
    Pair(
        "momentum",
        "optax",
        "optax.chain(scale(1 - dampening), trace(momentum), scale_by_learning_rate(lr))",
        lambda o, lr, n, _: (
            o.chain(
                o.scale(1 - n["dampening"]), o.trace(n["momentum"]), o.scale_by_learning_rate(lr)
            )
            if n["dampening"]
            else o.sgd(lr, momentum=n["momentum"])
        ),
        SAME,
    ),
    Pair(
        "heavy_ball",
        "keras",
        "keras.optimizers.SGD(momentum=...)",
        lambda k, lr, n, _: k.optimizers.SGD(lr, momentum=n["momentum"]),
        SAME,
    ),
    Pair(
        "heavy_ball",
        "optax",
        "optax.chain(scale_by_learning_rate(lr), trace(momentum))",
        lambda o, lr, n, _: o.chain(o.scale_by_learning_rate(lr), o.trace(n["momentum"])),
        LR_INSIDE,
    ),
    Pair(
        "nesterov",
        "torch",
        "torch.optim.SGD(nesterov=True)",
        lambda t, lr, n, p: t.optim.SGD(p, lr, momentum=n["momentum"], nesterov=True),
        SAME,
    ),
    Pair(
        "nesterov",
        "optax",
        "optax.sgd(nesterov=True)",
        lambda o, lr, n, _: o.sgd(lr, momentum=n["momentum"], nesterov=True),
        SAME,
    ),
    Pair(
        "nesterov_velocity",
        "keras",
        "keras.optimizers.SGD(nesterov=True)",
        lambda k, lr, n, _: k.optimizers.SGD(lr, momentum=n["momentum"], nesterov=True),
        SAME,
    ),
    Pair(
        "nesterov_velocity",
        "optax",
        "optax.chain(scale_by_learning_rate(lr), trace(momentum, nesterov=True))",
        lambda o, lr, n, _: o.chain(
            o.scale_by_learning_rate(lr), o.trace(n["momentum"], nesterov=True)
        ),
        LR_INSIDE,
    ),
)

ELSEWHERE = {
    ("momentum", "keras"): "heavy_ball",
    ("heavy_ball", "torch"): "momentum",
    ("nesterov", "keras"): "nesterov_velocity",
    ("nesterov_velocity", "torch"): "nesterov",
}

SETTINGS = {
    "sgd": (exact(),),
    "momentum": (
        exact(momentum=0.9, dampening=0.0),
        exact(momentum=0.97, dampening=0.25),
        exact(momentum=0.5, dampening=0.5),
    ),
    "heavy_ball": (exact(momentum=0.9), exact(momentum=0.5)),
    "nesterov": (exact(momentum=0.9), exact(momentum=0.5)),
    "nesterov_velocity": (exact(momentum=0.9), exact(momentum=0.5)),
}
