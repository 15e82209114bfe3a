"""The contest of the chapter on pruning: ways to choose weights, one budget, paired seeds.

Everyone prunes the base of part IV (:mod:`nnedu.contests.smaller`) and may make 400 more updates:
AdamW, its learning rate falling along a line to 0 from one of six values, chosen for each method
and sparsity by the validation loss on seeds that do not count afterwards. What starts from first
weights makes 800 updates in all, too. ``python -m nnedu.contests.record_pruning race`` records it.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from nnedu._typing import Array
from nnedu.compression import (
    Masked,
    MovementPruning,
    backpropagated_curvature,
    cut_theta,
    flat_mask,
    gradual,
    lottery_tickets,
    prunable,
)
from nnedu.contests.smaller import (
    DECAY,
    LR,
    NET,
    OBJECTIVE,
    SEEDS,
    STEPS,
    accuracy,
    batches,
    digits,
    start,
    trained,
)
from nnedu.losses import softmax_cross_entropy
from nnedu.optim import Optimizer
from nnedu.pruning import (
    cubic,
    cut_columns,
    magnitude,
    n_of_m,
    obd,
    random,
    snip,
    trial_and_keep,
    wanda,
)
from nnedu.train import train

SPARSITIES = (0.5, 0.8, 0.9, 0.95, 0.98)
"""Shares of the 25,856 weights that go; biases stay."""

LRS = (0.002, 0.004, 0.008, 0.016, 0.032, 0.064)
"""What everyone may try as the first learning rate of the 400 updates after the cut."""

TUNING_SEEDS, RACE_SEEDS, MARGIN = range(100, 102), SEEDS, 0.005
"""Two seeds to tune on, ten to race on; half a point of accuracy does not matter."""

MAY = prunable(NET)
END = 300
"""Updates after which gradual and movement pruning have reached their sparsity."""


def falling(lr: float, *, made: int = 0) -> Optimizer:
    """AdamW with a learning rate that falls along a line to 0, ``made`` updates of it made."""
    return Optimizer("adamw", lr=lambda t: lr * (1 - (t + made) / STEPS), weight_decay=DECAY)


def retrain(theta: Array, mask: Array, seed: int, lr: float) -> Array:
    """The weights that are left after 400 more updates, the others exactly 0."""
    stream, kept = batches(seed, again=True), np.where(mask, theta, 0)
    return train(OBJECTIVE, kept, Masked(falling(lr), mask), stream, steps=STEPS).theta


def layer_inputs(theta: Array, x: Array) -> list[Array]:
    """What each of the three dense layers is given."""
    views, inputs = NET.views(theta), [x]
    for k in (1, 2):
        inputs.append(np.maximum(inputs[-1] @ views[f"W{k}"] + views[f"b{k}"], 0))
    return inputs


def curvature(theta: Array) -> Array:
    """Second derivatives of the training loss, as optimal brain damage estimates them."""
    x = digits().x_train
    z = NET.predict(theta, x)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return backpropagated_curvature(NET, theta, x, p * (1 - p) / len(x))


def units_left(sparsity: float) -> int:
    """The largest number of units in both hidden layers that leaves no more weights than that."""
    inside = 1 - sparsity
    return max(u for u in range(1, 129) if 64 * u + u * u + 10 * u <= inside * MAY.sum() + 0.5)


def unit_mask(theta: Array, sparsity: float) -> Array:
    """Structured: the units of smallest norm, with all that goes in and out, in both layers."""
    views, u = NET.views(theta), units_left(sparsity)
    masks = {f"W{k}": np.ones(views[f"W{k}"].shape, bool) for k in (1, 2, 3)}
    for k in (1, 2):
        W, b = views[f"W{k}"], views[f"b{k}"]
        norms = np.sqrt((W**2).sum(axis=0) + b**2)
        gone = np.argsort(norms, kind="stable")[: len(b) - u]
        masks[f"W{k}"][:, gone] = False
        masks[f"W{k + 1}"][gone] = False
    return flat_mask(NET, masks)


def score(name: str, theta: Array, seed: int) -> Array:
    """The scores of a method that cuts once, over the whole of theta."""
    if name == "random":
        return random(theta, np.random.default_rng([seed, 5]))
    if name == "magnitude":
        return magnitude(theta)
    if name == "OBD":
        return obd(theta, curvature(theta))
    views, scores = NET.views(theta), np.zeros_like(theta)
    for k, x in enumerate(layer_inputs(theta, digits().x_train), start=1):
        NET.views(scores)[f"W{k}"][...] = wanda(views[f"W{k}"], x)
    return scores


def mask_of(method: str, theta: Array, sparsity: float, seed: int) -> Array:
    """The mask of a method that looks once at trained weights."""
    if method == "units":
        return unit_mask(theta, sparsity)
    views = NET.views(theta)
    if method == "2 of 4":
        return flat_mask(NET, {f"W{k}": n_of_m(magnitude(views[f"W{k}"])) for k in (1, 2, 3)})
    if method == "Wanda":
        scores = NET.views(score("wanda", theta, seed))
        return flat_mask(
            NET, {f"W{k}": cut_columns(scores[f"W{k}"], sparsity=sparsity) for k in (1, 2, 3)}
        )
    kind = {"random": "random", "OBD": "OBD"}.get(method, "magnitude")
    by_layer = method in ("random", "magnitude, by layer")
    return cut_theta(NET, score(kind, theta, seed), sparsity=sparsity, layer_wise=by_layer)


def cut_once(method: str, sparsity: float, seed: int, lr: float) -> Array:
    """Cut the trained weights, then train on."""
    theta = trained(seed)
    return retrain(theta, mask_of(method, theta, sparsity, seed), seed, lr)


def gradually(sparsity: float, seed: int, lr: float) -> Array:
    """Magnitude, global, along the cubic: a cut after every tenth of the first 300 updates."""
    choose = gradual(NET, partial(cubic, final=sparsity, total=END))
    optimizer = Masked(falling(lr), np.ones(NET.size, bool), choose=choose, every=10)
    stream = batches(seed, again=True)
    return train(OBJECTIVE, trained(seed), optimizer, stream, steps=STEPS).theta


def by_movement(sparsity: float, seed: int, lr: float) -> Array:
    """Movement: 300 updates along the same cubic, then 100 under the mask they found."""
    pruning = MovementPruning(
        OBJECTIVE, trained(seed), sparsity=partial(cubic, final=sparsity, total=END), prunable=MAY
    )
    stream = batches(seed, again=True)
    theta = train(pruning, trained(seed), falling(lr), stream, steps=END).theta
    kept = np.where(pruning.mask, theta, 0)
    last = Masked(falling(lr, made=END), pruning.mask)
    return train(OBJECTIVE, kept, last, stream, steps=STEPS - END).theta


def before_training(sparsity: float, seed: int, lr: float) -> Array:
    """SNIP: one look at the first weights and one batch, then all 800 updates under the mask."""
    first, (x, labels) = start(seed), next(batches(seed))
    g = OBJECTIVE(first, x, labels)[1]
    scores = np.zeros_like(first)
    scores[MAY] = snip(first[MAY], g[MAY])
    mask = cut_theta(NET, scores, sparsity=sparsity)
    optimizer = Masked(Optimizer("adamw", lr=LR, weight_decay=DECAY), mask)
    theta = train(OBJECTIVE, np.where(mask, first, 0), optimizer, batches(seed), steps=STEPS).theta
    return retrain(theta, mask, seed, lr)


def rewound(sparsity: float, seed: int, lr: float) -> Array:
    """A lottery ticket drawn once: magnitude's mask, the weights put back to their start."""
    mask = mask_of("magnitude", trained(seed), sparsity, seed)
    return retrain(start(seed), mask, seed, lr)


METHODS: dict[str, Callable[[float, int, float], Array]] = {
    "dense": partial(cut_once, "magnitude"),
    "random": partial(cut_once, "random"),
    "magnitude, by layer": partial(cut_once, "magnitude, by layer"),
    "magnitude": partial(cut_once, "magnitude"),
    "gradual": gradually,
    "units": partial(cut_once, "units"),
    "2 of 4": partial(cut_once, "2 of 4"),
    "OBD": partial(cut_once, "OBD"),
    "SNIP": before_training,
    "movement": by_movement,
    "Wanda": partial(cut_once, "Wanda"),
    "rewound": rewound,
}
"""``method(sparsity, seed, lr) -> theta``: the pruned and retrained weights."""

ONLY = {"dense": (0.0,), "2 of 4": (0.5,)}
"""Methods that have one sparsity."""


def validation_loss(theta: Array) -> float:
    """Cross-entropy on the validation digits: what settings are chosen by."""
    return float(softmax_cross_entropy(NET.predict(theta, digits().x_val), digits().y_val)[0])


def sparsity_of(theta: Array) -> float:
    """The share of the weights that is exactly 0; biases do not count."""
    return 1 - np.count_nonzero(theta[MAY]) / int(MAY.sum())


TRIALS = (300, 1000)
"""Trials after which the masks of trial and keep are looked at."""


def trial_masks(
    theta: Array, seed: int, *, part: str = "val", trials: tuple[int, ...] = TRIALS
) -> dict[int, Array]:
    """Masks by trial and keep, after so many trials of 129 weights (half a per cent) each.

    A trial is kept if no more of the digits in ``part`` are wrong than before.
    """
    x, labels = getattr(digits(), f"x_{part}"), getattr(digits(), f"y_{part}")

    def wrong(at: Array) -> float:
        return float(np.mean(NET.predict(at, x).argmax(axis=1) != labels))

    rng, mask, made, masks = np.random.default_rng([seed, 6]), np.ones(NET.size, bool), 0, {}
    for number in trials:
        kept = np.where(mask, theta, 0)
        found = trial_and_keep(
            wrong, kept, rng, trials=number - made, remove=129, prunable=MAY & mask
        )
        mask, made = mask & found.mask, number
        masks[number] = mask
    return masks


ROUNDS, SHARE = 11, 0.3
"""Rounds of the lottery, and what each cuts of the weights that are left: 98 % in the end."""


def tickets(seed: int, *, rounds: int = ROUNDS) -> dict[str, dict[float, float]]:
    """Test accuracies by sparsity: tickets, and the same masks and sizes without their luck.

    Every run makes the base's 400 updates. "ticket": back to the first weights; "fresh start": the
    ticket's mask on other first weights; "random mask": the first weights, as many left in every
    layer, at random places.
    """
    optimizer = Optimizer("adamw", lr=LR, weight_decay=DECAY)
    drawn = lottery_tickets(
        OBJECTIVE,
        start(seed),
        optimizer,
        lambda: batches(seed),
        steps=STEPS,
        rounds=rounds,
        share=SHARE,
        prunable=MAY,
    )
    found: dict[str, dict[float, float]] = {k: {} for k in ("ticket", "fresh start", "random mask")}
    rng = np.random.default_rng([seed, 7])
    for each in drawn:
        sparsity = round(each.sparsity, 4)
        shuffled = each.mask.copy()
        for view in NET.views(shuffled).values():
            view[...] = rng.permutation(view.ravel()).reshape(view.shape)
        runs = {
            "fresh start": (start(1000 + seed), each.mask),
            "random mask": (start(seed), shuffled),
        }
        found["ticket"][sparsity] = accuracy(each.theta)
        for kind, (first, mask) in runs.items():
            kept = np.where(mask, first, 0)
            run = train(OBJECTIVE, kept, Masked(optimizer, mask), batches(seed), steps=STEPS)
            found[kind][sparsity] = accuracy(run.theta)
    return found
