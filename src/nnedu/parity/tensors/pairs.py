"""Which optimizer of which framework equals which rule for tensors, and by what convention."""

from nnedu.parity.pairs.pair import exact
from nnedu.parity.tensors.adapters import (
    CORRECTED,
    DECAY_AHEAD,
    DECAY_AHEAD_CAPPED,
    DECAY_WITHOUT_LR,
    EPSILON_FLOOR,
    EPSILON_FLOOR_RMS,
    FLOORS,
    NORM_OF_SUM,
    SAME,
    SUM,
)
from nnedu.parity.tensors.pair import MATRICES, TensorPair

TENSOR_PAIRS = (
    TensorPair(
        "lars",
        "optax",
        "optax.lars",
        lambda o, lr, n, _: o.lars(
            lr,
            weight_decay=n["weight_decay"],
            trust_coefficient=n["trust"],
            momentum=n["momentum"],
        ),
        NORM_OF_SUM,
    ),
    TensorPair(
        "lamb",
        "optax",
        "optax.lamb",
        lambda o, lr, n, _: o.lamb(
            lr, b1=n["beta1"], b2=n["beta2"], eps=n["eps"], weight_decay=n["weight_decay"]
        ),
        SAME,
    ),
    TensorPair(
        "lamb",
        "keras",
        "keras.optimizers.Lamb",
        lambda k, lr, n, _: k.optimizers.Lamb(
            lr,
            beta_1=n["beta1"],
            beta_2=n["beta2"],
            epsilon=n["eps"],
            weight_decay=n["weight_decay"],
        ),
        DECAY_AHEAD,
    ),
    TensorPair(
        "adafactor",
        "keras",
        "keras.optimizers.Adafactor",
        lambda k, lr, n, _: k.optimizers.Adafactor(
            lr,
            beta_2_decay=-n["decay"],
            epsilon_1=n["eps1"],
            epsilon_2=n["eps2"],
            clip_threshold=n["clip"],
            weight_decay=n["weight_decay"],
        ),
        DECAY_AHEAD_CAPPED,
        scale=25.0,
    ),
    TensorPair(
        "adafactor",
        "torch",
        "torch.optim.Adafactor",
        lambda t, lr, n, p: t.optim.Adafactor(
            p,
            lr,
            beta2_decay=-n["decay"],
            eps=(1e-30, n["eps2"]),
            d=n["clip"],
            weight_decay=n["weight_decay"],
        ),
        FLOORS,
        fixed=("eps1",),
        scale=25.0,
    ),
    TensorPair(
        "adafactor",
        "optax",
        "optax.chain(scale_by_factored_rms(...), ...): optax.adafactor with its beta in float64",
        lambda o, lr, n, _: o.chain(
            o.scale_by_factored_rms(
                decay_rate=n["decay"],
                min_dim_size_to_factor=2,
                epsilon=n["eps1"],
                decay_rate_fn=lambda i, exponent: 1.0 - (i + 1.0) ** -exponent,
            ),
            o.clip_by_block_rms(n["clip"]),
            o.scale_by_learning_rate(lr, flip_sign=False),
            o.scale_by_param_block_rms(n["eps2"]),
            o.scale(-1.0),
        ),
        DECAY_WITHOUT_LR,
        fixed=("weight_decay",),
    ),
    TensorPair(
        "muon",
        "torch",
        "torch.optim.Muon, its orthogonalisation in float64",
        lambda t, lr, n, p: t.optim.Muon(
            p,
            lr,
            weight_decay=n["weight_decay"],
            momentum=n["momentum"],
            nesterov=bool(n["nesterov"]),
            ns_steps=int(n["ns_steps"]),
        ),
        EPSILON_FLOOR,
        names=MATRICES,
        fixed=("eps",),
        transposed=True,
    ),
    TensorPair(
        "muon",
        "optax",
        "optax.contrib.muon",
        lambda o, lr, n, _: o.contrib.muon(
            lr,
            ns_steps=int(n["ns_steps"]),
            beta=n["momentum"],
            eps=n["eps"],
            weight_decay=n["weight_decay"],
            nesterov=bool(n["nesterov"]),
        ),
        CORRECTED,
        names=MATRICES,
    ),
    TensorPair(
        "muon_rms",
        "keras",
        "keras.optimizers.Muon",
        lambda k, lr, n, _: k.optimizers.Muon(
            lr,
            weight_decay=n["weight_decay"],
            momentum=n["momentum"],
            ns_steps=int(n["ns_steps"]),
            nesterov=bool(n["nesterov"]),
            rms_rate=n["rms"],
            exclude_embeddings=False,
        ),
        SUM,
        names=MATRICES,
        fixed=("eps",),
    ),
    TensorPair(
        "muon_rms",
        "torch",
        'torch.optim.Muon(adjust_lr_fn="match_rms_adamw"), its orthogonalisation in float64',
        lambda t, lr, n, p: t.optim.Muon(
            p,
            lr,
            weight_decay=n["weight_decay"],
            momentum=n["momentum"],
            nesterov=bool(n["nesterov"]),
            ns_steps=int(n["ns_steps"]),
            adjust_lr_fn="match_rms_adamw",
        ),
        EPSILON_FLOOR_RMS,
        names=MATRICES,
        fixed=("eps", "rms"),
        transposed=True,
    ),
    TensorPair(
        "muon_rms",
        "optax",
        "optax.contrib.muon(consistent_rms=...)",
        lambda o, lr, n, _: o.contrib.muon(
            lr,
            ns_steps=int(n["ns_steps"]),
            beta=n["momentum"],
            eps=n["eps"],
            weight_decay=n["weight_decay"],
            nesterov=bool(n["nesterov"]),
            consistent_rms=n["rms"],
        ),
        CORRECTED,
        names=MATRICES,
    ),
)
"""Every comparison; the rules in the order of ``nnedu.optim.TENSOR_RULES``."""

TENSOR_ABSENT = {
    ("lars", "keras"),
    ("lars", "torch"),
    ("lamb", "torch"),
    ("muon", "keras"),
    *((rule, name) for rule in ("shampoo", "soap") for name in ("keras", "torch", "optax")),
}
"""(rule, framework): the framework has no such optimizer; Muon's scale in Keras is muon_rms's."""

_MUON = (
    exact(momentum=0.95, nesterov=1, ns_steps=5, eps=1e-7, weight_decay=0.1),
    exact(momentum=0.5, nesterov=0, ns_steps=3, eps=0.125, weight_decay=0.0),
)
TENSOR_SETTINGS: dict[str, tuple[dict[str, float], ...]] = {
    "lars": (
        exact(momentum=0.9, trust=1e-3, weight_decay=5e-4),
        exact(momentum=0.5, trust=0.25, weight_decay=0.5),
    ),
    "lamb": (
        exact(beta1=0.9, beta2=0.999, eps=1e-6, weight_decay=0.01),
        exact(beta1=0.5, beta2=0.9, eps=1e-2, weight_decay=0.5),
    ),
    "adafactor": (
        exact(decay=0.8, eps1=1e-30, eps2=1e-3, clip=1.0, weight_decay=0.0),
        exact(decay=0.5, eps1=1e-2, eps2=2.0, clip=1.25, weight_decay=0.25),
    ),
    "muon": _MUON,
    "muon_rms": ({**_MUON[0], **exact(rms=0.2)}, {**_MUON[1], **exact(rms=0.5)}),
}
"""Settings in which each rule is compared: the customary one first. ``nesterov`` is no
hyper-parameter of the rules: it says which ``look_ahead`` the adapter gives."""
