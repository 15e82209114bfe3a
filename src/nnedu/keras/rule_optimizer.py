"""Any rule of ``nnedu.optim`` as a Keras optimizer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from nnedu._typing import Array, Rule
from nnedu.keras._values import run
from nnedu.keras.masks import masked_gradient
from nnedu.optim import RULES, TENSOR_RULES, Row, TensorRow
from nnedu.optim._hyper import settled, signature

ROWS: dict[str, Row | TensorRow] = {row.name: row for row in (*RULES, *TENSOR_RULES)}


@dataclass(frozen=True, eq=False)
class _Part:
    """What updates one variable. No tuple: Keras would take the variable for the optimizer's."""

    variable: Any  # Keras's: on TensorFlow an update is handed what lies below it
    rule: Rule
    shape: tuple[int, ...]  # in which the rule sees it
    state: tuple[Any, ...]
    hyper: dict[str, Any]


@keras.saving.register_keras_serializable(package="nnedu")
class RuleOptimizer(keras.optimizers.Optimizer):  # type: ignore[misc]
    """Any update rule of ``nnedu.optim`` as a Keras optimizer.

    The step calls the library's own function on the backend's tensors; there is no second
    implementation to drift. Works under ``tf.function``, ``jit_compile`` and JAX's ``jit``.

    Parameters
    ----------
    rule : str
        A name in ``nnedu.optim.RULES`` or ``TENSOR_RULES``: ``"momentum"``, ``"lars"``, ...
        (``"nadam"`` needs its step as a plain number: use ``keras.optimizers.Nadam``).
    learning_rate : float, ``LearningRateSchedule`` or callable, optional
        The rule's default, where it has one.
    others : str, optional
        The rule, with its default hyper-parameters, for variables of fewer than two axes, such as
        biases. For rules that know matrices only (SOAP, Muon) ``"adam"`` by default.
    **hyper
        The rule's hyper-parameters under its own names (``momentum``, ``beta1``, ``eps``, ...), and
        what every Keras optimizer takes: ``clipnorm``, ``clipvalue``, ``global_clipnorm``,
        ``use_ema``, ``gradient_accumulation_steps``, ``name``, ... ``weight_decay`` is the rule's
        own, where it has one, and otherwise Keras's decoupled decay.

    Raises
    ------
    TypeError, ValueError
        If the rule or a hyper-parameter is unknown or out of its range.

    Examples
    --------
    Momentum with the learning rate outside, as in PyTorch; Keras's ``SGD`` keeps it inside.

    >>> import keras
    >>> from nnedu.keras import RuleOptimizer
    >>> optimizer = RuleOptimizer("momentum", learning_rate=0.5, momentum=0.9)
    >>> w = keras.Variable([1.0, 2.0])
    >>> optimizer.apply([keras.ops.convert_to_tensor([1.0, 0.0])], [w])
    >>> w.numpy().tolist()
    [0.5, 2.0]
    """

    def __init__(
        self, rule: str, learning_rate: Any = None, *, others: str | None = None, **hyper: Any
    ) -> None:
        row = _row(rule)
        defaults = signature(row.rule)[1]
        own = {word: hyper.pop(word) for word in list(hyper) if word in defaults and word != "lr"}
        if own.get("weight_decay", 0) is None:  # Keras's word for none
            del own["weight_decay"]
        rate = defaults["lr"] if learning_rate is None else learning_rate
        plain = not callable(rate) and not isinstance(
            rate, keras.optimizers.schedules.LearningRateSchedule | dict
        )
        settled(rule, defaults, {**own, "lr": rate if plain else 1.0})  # or an error
        super().__init__(learning_rate=float(rate) if plain else rate, **hyper)
        self._row = row
        self.hyper = {word: own.get(word, defaults[word]) for word in defaults if word != "lr"}
        matrices_only = isinstance(row, TensorRow) and row.matrices_only and row.vectors is None
        self.others = "adam" if others is None and matrices_only else others
        if self.others is not None:
            _row(self.others)

    @property
    def rule(self) -> str:
        """The rule's name."""
        return self._row.name

    def build(self, variables: Any) -> None:
        """Create the state of every variable, from the rule's signature."""
        if self.built:
            return
        super().build(variables)
        self._parts = [
            None if self._overwrite_variable_with_gradient(variable) else self._part(variable)
            for variable in variables
        ]

    def _part(self, variable: Any) -> _Part:
        row, shape = self._row, tuple(variable.shape)
        hyper: dict[str, Any] = self.hyper
        if len(shape) < 2 and self.others is not None:
            row = ROWS[self.others]
            hyper = {name: value for name, value in signature(row.rule)[1].items() if name != "lr"}
        elif len(shape) < 2 and isinstance(row, TensorRow) and row.matrices_only:
            assert row.vectors is not None
            row, shape = row.vectors, (int(np.prod(shape)),)
        if isinstance(row, TensorRow):
            shape = row.seen(shape)
            start = row.start(shape)
        else:
            start = tuple(np.zeros(shape) for _ in signature(row.rule)[0])
        state = tuple(
            self.add_variable(
                shape=array.shape,
                initializer=_exactly(array),
                dtype=variable.dtype,
                name=f"{variable.path.replace('/', '_')}_{name}",
            )
            for name, array in zip(signature(row.rule)[0], start, strict=True)
        )
        return _Part(variable, row.rule, shape, state, hyper)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """One update of one variable: a call of the rule."""
        part = self._parts[self._get_variable_index(variable)]
        g = masked_gradient(
            ops.cast(ops.convert_to_tensor(gradient), variable.dtype), part.variable
        )
        arrays = [
            ops.reshape(part_of, part.shape) for part_of in (ops.convert_to_tensor(variable), g)
        ]
        arrays += [ops.convert_to_tensor(state) for state in part.state]
        hyper = dict(part.hyper)
        if "weight_decay" in hyper and not self._use_weight_decay(part.variable):
            hyper["weight_decay"] = 0.0
        numbers = {"t": self.iterations + 1, "lr": learning_rate, **hyper}
        results = run(part.rule, arrays, numbers)
        for target, value in zip((variable, *part.state), results, strict=True):
            self.assign(target, ops.reshape(ops.cast(value, target.dtype), target.shape))

    def get_config(self) -> dict[str, Any]:
        """What :meth:`from_config` needs."""
        config: dict[str, Any] = super().get_config()
        if "weight_decay" in self.hyper:
            del config["weight_decay"]
        return {**config, "rule": self.rule, "others": self.others, **self.hyper}


def _exactly(array: Array) -> Callable[..., Any]:
    """An initializer that gives this array."""

    def initial(shape: Any, dtype: Any = None) -> Any:
        return ops.convert_to_tensor(array, dtype=dtype)

    return initial


def _row(name: str) -> Row | TensorRow:
    if name not in ROWS or name == "nadam":
        raise ValueError(
            f"RuleOptimizer got rule={name!r}; expected one of "
            f"{', '.join(sorted(set(ROWS) - {'nadam'}))}. Keras has Nadam of its own."
        )
    return ROWS[name]


class NamedRule(RuleOptimizer):
    """An optimizer of one rule: its configuration does not repeat which."""

    def get_config(self) -> dict[str, Any]:
        """What :meth:`from_config` needs."""
        config = super().get_config()
        del config["rule"]
        return config
