"""Pruning of Keras models while ``fit`` runs."""

import math
import warnings
from collections.abc import Collection
from typing import Any

import keras

from nnedu._check import whole
from nnedu.keras.at_once import retraced, wanted_sparsity
from nnedu.keras.masks import PruningMask, Site, layers_of
from nnedu.keras.patterns import check_pattern, chosen, cut_sites
from nnedu.pruning import cubic


class Pruning(keras.callbacks.Callback):  # type: ignore[misc]
    """Prune gradually while a model trains: a callback for ``fit``.

    The smallest weights go first, fast while there are many and slowly near the end. What is gone
    stays at exactly 0: under any optimizer, in this ``fit`` and every later one, after ``save`` and
    ``load_model`` (import ``nnedu.keras`` before you load), until :func:`strip`.

    Parameters
    ----------
    sparsity : float in [0, 1]
        The share of each weight that is 0 in the end. Not with an ``n : m`` pattern, which says it.
    pattern : {"weights", "units"} or pair of int
        ``"weights"``: single weights. ``"units"``: whole units of ``Dense`` and whole channels of
        convolutions, with their biases and what BatchNormalization has for them, so that
        :func:`shrink` can remove them. ``(n, m)``: at most ``n`` of every ``m`` neighbouring inputs
        of an output, such as ``(2, 4)``.
    begin_step, end_step : int
        Updates of the weights, counted by this callback, between which sparsity rises. By default
        from the first to three quarters of the training, so that the last quarter mends.
    frequency : int, at least 1
        Updates between two cuts.
    initial_sparsity : float in [0, 1]
        Where it rises from.
    layers : collection of str, optional
        Names of the layers to prune. By default every layer with a kernel, for ``"units"`` every
        one whose units the model can do without (never the last).
    layer_wise : bool
        The same share of every layer, as ``tensorflow-model-optimization`` does. False: the
        smallest weights of all layers together, for ``"weights"`` only.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of its range; when ``fit`` begins, if there is nothing to prune, or
        the length of training is not known and ``end_step`` not given.

    Warns
    -----
    UserWarning
        If training ends before ``end_step``.

    Notes
    -----
    The rules are :func:`nnedu.pruning.cubic` (Zhu & Gupta 2018, equation 1), ``cut``,
    ``cut_units`` and ``n_of_m``. Biases and normalisation are left alone, but for whole units.

    Keras averages weights (``use_ema=True``) before it applies constraints, and writes the average
    over them when ``fit`` ends. This callback and :func:`strip` put it back under the masks.

    With ``steps_per_execution`` above 1, cuts happen between executions; between cuts the masks
    hold at every step all the same. On JAX the masks travel in the optimizer's state while this
    callback is active: a checkpoint of *that moment* loads with a fresh optimizer.

    Examples
    --------
    >>> import keras, numpy as np
    >>> from nnedu.keras import Pruning, sparsity
    >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="out")])
    >>> model.compile("adam", "mse")
    >>> x = np.random.default_rng(0).normal(size=(64, 4))
    >>> _ = model.fit(x, x[:, :2], batch_size=8, epochs=2, verbose=0,
    ...               callbacks=[Pruning(0.5, frequency=2)])
    >>> sparsity(model)
    {'out/kernel': 0.5}
    """

    def __init__(
        self,
        sparsity: float | None = None,
        *,
        pattern: Any = "weights",
        begin_step: int = 0,
        end_step: int | None = None,
        frequency: int = 10,
        initial_sparsity: float = 0.0,
        layers: Collection[str] | None = None,
        layer_wise: bool = True,
    ) -> None:
        super().__init__()
        self.pattern = check_pattern(pattern)
        self.sparsity = wanted_sparsity(sparsity, self.pattern)
        whole("frequency", frequency, least=1)
        whole("begin_step", begin_step, least=0)
        if end_step is not None:
            whole("end_step", end_step, least=begin_step + 1)
        cubic(0, final=self.sparsity, initial=initial_sparsity, total=1)  # or an error
        if not layer_wise and self.pattern != "weights":
            raise ValueError(
                "layer_wise=False compares single weights; it needs pattern='weights'."
            )
        self.initial, self.layers, self.layer_wise = initial_sparsity, layers, layer_wise
        self.begin, self.end, self.frequency = begin_step, end_step, frequency
        self.step = 0
        self._sites: list[Site] = []

    def sparsity_at(self, step: int) -> float:
        """The sparsity that the schedule asks for after so many updates."""
        assert self.end is not None
        return float(
            cubic(
                step,
                final=self.sparsity,
                initial=self.initial,
                start=self.begin,
                total=self.end - self.begin,
            )
        )

    def on_train_begin(self, logs: Any = None) -> None:
        """Give the weights their masks."""
        if self.end is None:
            self.end = max(self.begin + 1, math.ceil(0.75 * _updates(self.params)))
        model = self.model
        self._sites = chosen(model, self.pattern, self.layers)
        if self.pattern == "units":  # the first cut also gives masks to what goes with a unit
            self._cut(0.0)
        for site in self._sites:
            site.install()
        retraced(model)
        self._carry(model)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Remember where an execution of one or more steps began."""
        self._first = batch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Cut when it is time."""
        assert self.end is not None
        before = self.step
        self.step += batch - self._first + 1
        due = (
            self.step // self.frequency > before // self.frequency or before < self.end <= self.step
        )
        if due and before < self.end and self.step > self.begin:
            self._cut(self.sparsity_at(self.step))

    def on_train_end(self, logs: Any = None) -> None:
        """Leave the masks to the weights."""
        assert self.end is not None
        for site in self._sites:  # an average of the weights may have taken their place
            site.cut(site.mask)
        self._drop()
        if self.step < self.end:
            warnings.warn(
                f"training ended after {self.step} updates, and pruning was to go on to end_step="
                f"{self.end}: the schedule is at a sparsity of {self.sparsity_at(self.step):.3f}, "
                f"not {self.sparsity:.3f}. Train longer, or lower end_step.",
                stacklevel=2,
            )

    def _cut(self, sparsity: float) -> None:
        model = self.model  # on JAX this attaches the state
        cut_sites(self._sites, self.pattern, sparsity, layer_wise=self.layer_wise, model=model)

    def _carry(self, model: Any) -> None:
        """On JAX a step sees only what is in its state: let the optimizer carry the masks."""
        self._carried: list[tuple[Any, Any]] = []
        if keras.backend.backend() != "jax":
            return
        optimizer = _innermost(model.optimizer)
        for mask in _mask_variables(model):
            optimizer._track_variable(mask)
            self._carried.append((optimizer, mask))

    def _drop(self) -> None:
        for optimizer, mask in self._carried:
            optimizer._untrack_variable(mask)
        self._carried = []


def _updates(params: dict[str, Any]) -> int:
    if not params.get("steps"):
        raise ValueError(
            "the number of steps of an epoch is not known to Keras (a generator?); say when "
            "pruning ends: Pruning(..., end_step=...)."
        )
    return int(params["epochs"]) * int(params["steps"])


def _mask_variables(model: Any) -> list[Any]:
    found: dict[int, Any] = {}
    for layer in layers_of(model):
        for variable in layer.trainable_variables:
            constraint = getattr(variable, "constraint", None)
            if isinstance(constraint, PruningMask):
                found |= {id(mask): mask for mask in constraint.variables.values()}
    return list(found.values())


def _innermost(optimizer: Any) -> Any:
    """The optimizer itself, below one that scales the loss."""
    while hasattr(optimizer, "inner_optimizer"):
        optimizer = optimizer.inner_optimizer
    return optimizer
