"""Rules with a weight decay, beside the frameworks'."""

from nnedu.optim import decoupled, with_l2
from nnedu.parity.pairs.pair import EPSILON_HAT, SAME, Numbers, Pair, exact
from nnedu.parity.trajectory import Trajectory


def _ties(numbers: Numbers) -> Trajectory:
    """What shows a sign that ought to have been the other."""
    return Trajectory.near_ties(numbers["beta1"], numbers["beta2"])


PAIRS = (
    Pair(
        "adamw",
        "keras",
        "keras.optimizers.AdamW",
        lambda k, lr, n, _: k.optimizers.AdamW(
            lr,
            beta_1=n["beta1"],
            beta_2=n["beta2"],
            epsilon=n["eps"],
            weight_decay=n["weight_decay"],
        ),
        EPSILON_HAT,
    ),
    Pair(
        "adamw",
        "torch",
        "torch.optim.AdamW",
        lambda t, lr, n, p: t.optim.AdamW(
            p,
            lr,
            betas=(n["beta1"], n["beta2"]),
            eps=n["eps"],
            weight_decay=n["weight_decay"],
        ),
        SAME,
    ),
    Pair(
        "adamw",
        "optax",
        "optax.adamw",
        lambda o, lr, n, _: o.adamw(
            lr, b1=n["beta1"], b2=n["beta2"], eps=n["eps"], weight_decay=n["weight_decay"]
        ),
        SAME,
    ),
    Pair(
        "lion",
        "keras",
        "keras.optimizers.Lion",
        lambda k, lr, n, _: k.optimizers.Lion(
            lr, beta_1=n["beta1"], beta_2=n["beta2"], weight_decay=n["weight_decay"]
        ),
        SAME,
        given=_ties,
    ),
    Pair(
        "lion",
        "optax",
        "optax.lion",
        lambda o, lr, n, _: o.lion(
            lr, b1=n["beta1"], b2=n["beta2"], weight_decay=n["weight_decay"]
        ),
        SAME,
        given=_ties,
    ),
)

ABSENT = {("lion", "torch")}

ADDED = (
    Pair(
        with_l2("momentum"),
        "torch",
        "torch.optim.SGD(momentum=..., weight_decay=...)",
        lambda t, lr, n, p: t.optim.SGD(
            p, lr, momentum=n["momentum"], weight_decay=n["weight_decay"]
        ),
        SAME,
        fixed=("dampening",),
    ),
    Pair(
        with_l2("rmsprop"),
        "torch",
        "torch.optim.RMSprop(weight_decay=...)",
        lambda t, lr, n, p: t.optim.RMSprop(
            p, lr, alpha=n["rho"], eps=n["eps"], weight_decay=n["weight_decay"]
        ),
        SAME,
    ),
    Pair(
        with_l2("adam"),
        "torch",
        "torch.optim.Adam(weight_decay=...)",
        lambda t, lr, n, p: t.optim.Adam(
            p,
            lr,
            betas=(n["beta1"], n["beta2"]),
            eps=n["eps"],
            weight_decay=n["weight_decay"],
        ),
        SAME,
    ),
    Pair(
        with_l2("adam"),
        "optax",
        "optax.chain(add_decayed_weights(weight_decay), adam(lr))",
        lambda o, lr, n, _: o.chain(
            o.add_decayed_weights(n["weight_decay"]),
            o.adam(lr, b1=n["beta1"], b2=n["beta2"], eps=n["eps"]),
        ),
        SAME,
    ),
    Pair(
        decoupled("heavy_ball"),
        "keras",
        "keras.optimizers.SGD(momentum=..., weight_decay=...)",
        lambda k, lr, n, _: k.optimizers.SGD(
            lr, momentum=n["momentum"], weight_decay=n["weight_decay"]
        ),
        SAME,
    ),
    Pair(
        decoupled("momentum"),
        "optax",
        "optax.chain(trace(momentum), add_decayed_weights(...), scale_by_learning_rate(lr))",
        lambda o, lr, n, _: o.chain(
            o.trace(n["momentum"]),
            o.add_decayed_weights(n["weight_decay"]),
            o.scale_by_learning_rate(lr),
        ),
        SAME,
        fixed=("dampening",),
    ),
    Pair(
        decoupled("nadam"),
        "torch",
        "torch.optim.NAdam(weight_decay=..., decoupled_weight_decay=True)",
        lambda t, lr, n, p: t.optim.NAdam(
            p,
            lr,
            betas=(n["beta1"], n["beta2"]),
            eps=n["eps"],
            momentum_decay=n["momentum_decay"],
            weight_decay=n["weight_decay"],
            decoupled_weight_decay=True,
        ),
        SAME,
        fixed=("dip",),
    ),
)
"""Rules that were given a decay by ``with_l2`` and ``decoupled``: in no row of the table."""

SETTINGS = {
    "adamw": (
        exact(beta1=0.9, beta2=0.999, eps=1e-7, weight_decay=0.01),
        exact(beta1=0.8, beta2=0.95, eps=1e-3, weight_decay=0.5),
    ),
    "lion": (
        exact(beta1=0.9, beta2=0.99, weight_decay=0.01),
        exact(beta1=0.5, beta2=0.75, weight_decay=0.5),
    ),
    "momentum_l2": (exact(momentum=0.9, weight_decay=0.01),),
    "rmsprop_l2": (exact(rho=0.99, eps=1e-3, weight_decay=0.25),),
    "adam_l2": (exact(beta1=0.8, beta2=0.95, eps=1e-3, weight_decay=0.25),),
    "heavy_ball_decoupled": (exact(momentum=0.9, weight_decay=0.25),),
    "momentum_decoupled": (exact(momentum=0.9, weight_decay=0.25),),
    "nadam_decoupled": (
        exact(beta1=0.8, beta2=0.95, eps=1e-3, momentum_decay=0.25, weight_decay=0.25),
    ),
}
