"""How the capstone is trained: what is in the recipe, its batches and its learning rate."""

import math
from dataclasses import dataclass, fields
from typing import Any

import keras
import numpy as np
from keras import ops

from nnedu._check import known, not_negative, positive, whole
from nnedu._typing import Array
from nnedu.data import flip, shift

SHAPES = ("cosine", "constant", "cycles")
OPTIMIZERS = ("adam", "momentum")


@dataclass(frozen=True)
class Recipe:
    """What is used, and what is left out: change one field for an ablation.

    Attributes
    ----------
    residual, attention, normalise : bool
        Parts of the network, see :func:`classifier`.
    shift : bool
        Move the training images at random, by up to as many pixels as the setting says.
    flip : bool
        Mirror half of the training images. Photographs keep their label, digits do not.
    optimizer : {"adam", "momentum"}
        ``"momentum"``: SGD with momentum 0.9.
    schedule : {"cosine", "constant", "cycles"}
        ``"cycles"``: five cosine waves, which end where they began, at the top.
    warm_up : bool
        Rise linearly over the first eighth of the updates.

    Raises
    ------
    ValueError
        If ``optimizer`` or ``schedule`` is none of these.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from nnedu.capstone import Recipe
    >>> without = replace(Recipe(), attention=False)
    >>> without.left_out
    ('attention',)
    """

    residual: bool = True
    attention: bool = True
    normalise: bool = True
    shift: bool = True
    flip: bool = False
    optimizer: str = "adam"
    schedule: str = "cosine"
    warm_up: bool = True

    def __post_init__(self) -> None:
        known("optimizer", self.optimizer, OPTIMIZERS)
        known("schedule", self.schedule, SHAPES)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The fields that are not as in the full recipe."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name) != f.default)


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Shuffled batches of images for ``fit``, each image moved and mirrored anew in every epoch.

    The same seed gives the same batches, whatever happens in between.

    Parameters
    ----------
    x : float array, shape (N, H, W, channels)
    y : int array, shape (N,)
    size : int
        Examples in a batch. What is left at the end of an epoch waits for the next.
    seed : int
    most : int
        Pixels by which an image is moved at most, along each axis; see :func:`nnedu.data.shift`.
    mirrored : float in [0, 1]
        The share of images that are mirrored; see :func:`nnedu.data.flip`.

    Raises
    ------
    ValueError
        If there are fewer examples than a batch has.

    Notes
    -----
    Pass it to ``fit`` with ``shuffle=False``: it shuffles itself.
    """

    def __init__(
        self, x: Array, y: Array, *, size: int, seed: int, most: int = 0, mirrored: float = 0.0
    ) -> None:
        super().__init__()
        whole("size", size, least=1)
        if len(x) < size:
            raise ValueError(f"a batch of {size} needs as many examples; there are {len(x)}.")
        self.x, self.y, self.size = x, y, size
        self.seed, self.most, self.mirrored = seed, most, mirrored
        self.epoch = 0
        self._shuffle()

    def __len__(self) -> int:
        """Whole batches in an epoch."""
        return len(self.x) // self.size

    def __getitem__(self, index: int) -> tuple[Array, Array]:
        rows = self._order[index * self.size : (index + 1) * self.size]
        rng = np.random.default_rng([self.seed, self.epoch, index + 1])
        x = self.x[rows]
        if self.most:
            x = shift(x, rng=rng, most=self.most)
        if self.mirrored:
            x = flip(x, rng=rng, share=self.mirrored)
        return x, self.y[rows]

    def on_epoch_end(self) -> None:
        """Called by ``fit``: shuffle and draw anew."""
        self.epoch += 1
        self._shuffle()

    def _shuffle(self) -> None:
        self._order = np.random.default_rng([self.seed, self.epoch]).permutation(len(self.x))


class Rate(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """The learning rate of a recipe: a linear rise, then a cosine, a constant or five cycles.

    With u updates of warm-up, T in all, and s = (t - u) / (T - u), the share of the rest:

    ``lr = base t / u``                        for t < u
    ``lr = base (1 + cos(pi s)) / 2``          cosine
    ``lr = base (1 + cos(10 pi s)) / 2``       cycles

    Parameters
    ----------
    base : float, above 0
        The largest value.
    total : int
        Updates in all, the warm-up included.
    updates : int
        Of the warm-up.
    shape : {"cosine", "constant", "cycles"}

    Raises
    ------
    ValueError
        If ``base`` is not above 0, ``shape`` is none of these, or the warm-up takes all updates.

    Notes
    -----
    **Conventions.** ``"cosine"`` equals ``nnedu.schedules.warm_up`` of ``cosine`` and Keras's
    ``CosineDecay(0.0, total - updates, warmup_target=base, warmup_steps=updates)``. ``"cycles"``
    is ``CosineAnnealingLR`` of PyTorch with a tenth of the training as ``T_max``.

    Examples
    --------
    >>> from nnedu.capstone import Rate
    >>> rate = Rate(0.1, total=100, updates=20)
    >>> [round(float(rate(t)), 3) for t in (0, 10, 20, 60, 100)]
    [0.0, 0.05, 0.1, 0.05, 0.0]
    """

    def __init__(self, base: float, *, total: int, updates: int = 0, shape: str = "cosine") -> None:
        super().__init__()
        positive(base=base)
        not_negative(updates=updates)
        known("shape", shape, SHAPES)
        if updates >= total:
            raise ValueError(f"{updates} updates of warm-up, and {total} in all; expected fewer.")
        self.base = keras.Variable(base, dtype="float32", trainable=False, name="base_rate")
        self.total, self.updates, self.shape = total, updates, shape

    def __call__(self, step: Any) -> Any:
        """The rate after so many updates."""
        t = ops.cast(step, "float32")
        share = ops.clip((t - self.updates) / (self.total - self.updates), 0.0, 1.0)
        waves = {"cosine": 1, "constant": 0, "cycles": 10}[self.shape]
        rate = (1 + ops.cos(waves * math.pi * share)) / 2
        if self.updates:
            rate = ops.where(t < self.updates, t / self.updates, rate)
        return self.base * rate

    def get_config(self) -> dict[str, Any]:
        """What ``from_config`` needs."""
        return {
            "base": float(self.base.numpy()),
            "total": self.total,
            "updates": self.updates,
            "shape": self.shape,
        }


def optimizer_of(recipe: Recipe, lr: float, *, total: int) -> Any:
    """The optimizer of a recipe for a run of ``total`` updates.

    Parameters
    ----------
    recipe : Recipe
    lr : float, above 0
        The top of the schedule.
    total : int, at least 1

    Returns
    -------
    keras.optimizers.Optimizer
    """
    updates = total // 8 if recipe.warm_up else 0
    rate = Rate(lr, total=total, updates=updates, shape=recipe.schedule)
    if recipe.optimizer == "momentum":
        return keras.optimizers.SGD(rate, momentum=0.9)
    return keras.optimizers.Adam(rate)


def small_part(x: Array, y: Array, each: int) -> tuple[Array, Array]:
    """The first ``each`` examples of every class, repeated to as many as there were.

    An epoch of them has as many updates as one of all: equal work, fewer labels.

    Parameters
    ----------
    x : array, first dimension N
    y : int array, shape (N,)
    each : int, at least 1

    Returns
    -------
    x, y : arrays, first dimension N

    Raises
    ------
    TypeError, ValueError
        If ``each`` is no whole number of at least 1.
    """
    whole("each", each, least=1)
    rows = np.concatenate([np.flatnonzero(y == label)[:each] for label in np.unique(y)])
    repeated = np.resize(rows, len(x))
    return x[repeated], y[repeated]
