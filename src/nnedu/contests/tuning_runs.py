"""The runs that the contest of the chapter on search tunes: they go on where they stopped.

Three hyper-parameters of a small network on 400 digits: the learning rate, the strength of an L2
penalty and the scale of the first weights.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.data import Digits
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, relu
from nnedu.optim import Optimizer, State
from nnedu.search import LogUniform, Setting, Space
from nnedu.train import minibatches

UNIT, FULL = 15, 27
"""Updates in a unit, and units of a full run."""

TRAINING = 400
"""Of the 1,078 training digits, how many are trained on."""

SPACE: Space = {
    "lr": LogUniform(1e-4, 10.0),
    "l2": LogUniform(1e-6, 0.1),
    "scale": LogUniform(0.03, 3.0),
}
"""Five orders of magnitude, five, and two."""

SPACES: dict[str, Space] = {
    "wide": SPACE,
    "absurd": {
        "lr": LogUniform(1e-6, 1e3),
        "l2": LogUniform(1e-8, 10.0),
        "scale": LogUniform(1e-3, 30.0),
    },
}
"""The spaces of the contest by name; in the second one good settings are rare."""

NET = Network([Dense(32), relu, Dense(10)], inputs=64)
_OBJECTIVE = NET.objective(softmax_cross_entropy)


@dataclass
class _Kept:
    theta: Array
    optimizer: Optimizer
    state: State
    batches: Any
    updates: int = 0


@dataclass
class Runs:
    """Runs that go on where they stopped: ``run(setting, seed, budget) -> validation loss``.

    Attributes
    ----------
    digits : Digits
    updates : int
        All that were made so far, by whichever run.
    """

    digits: Digits
    updates: int = 0
    _kept: dict[Any, _Kept] = field(default_factory=dict, repr=False)

    def __call__(self, setting: Setting, seed: int, budget: float = FULL) -> float:
        """The validation loss after ``budget`` units, from wherever this run stands."""
        kept = self._find(setting, seed)
        x, y, l2 = self.digits.x_val, self.digits.y_val, setting["l2"]
        with np.errstate(over="ignore", invalid="ignore"):
            while kept.updates < budget * UNIT:
                loss, g = _OBJECTIVE(kept.theta, *next(kept.batches))
                if not np.isfinite(loss):
                    raise FloatingPointError(f"the loss is {loss} at update {kept.updates + 1}")
                g += l2 * kept.theta
                kept.theta, kept.state = kept.optimizer.step(
                    kept.theta, g, kept.state, inplace=True
                )
                kept.updates += 1
                self.updates += 1
            return float(softmax_cross_entropy(NET.predict(kept.theta, x), y)[0])

    def report(self, setting: Setting, seed: int) -> tuple[float, float]:
        """Test loss and share of wrong answers of a run as it stands: for the chosen one, once."""
        kept = self._find(setting, seed)
        logits = NET.predict(kept.theta, self.digits.x_test)
        labels = self.digits.y_test
        loss = float(softmax_cross_entropy(logits, labels)[0])
        return loss, float(np.mean(logits.argmax(axis=1) != labels))

    def _find(self, setting: Setting, seed: int) -> _Kept:
        key = (*setting.items(), seed)
        if key not in self._kept:
            rng = np.random.default_rng(seed)
            theta = setting["scale"] * NET.init(rng)
            optimizer = Optimizer("momentum", lr=setting["lr"], momentum=0.9)
            x, y = self.digits.x_train[:TRAINING], self.digits.y_train[:TRAINING]
            batches = minibatches(rng, 32, x, y)
            self._kept[key] = _Kept(theta, optimizer, optimizer.init(theta), batches)
        return self._kept[key]
