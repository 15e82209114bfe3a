"""Experiments behind the claims of the chapter on regularisation, and the data that they share."""

import numpy as np

from nnedu._typing import Array
from nnedu.claims import Finding
from nnedu.data import load_digits, load_table, standardize
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network
from nnedu.optim import Optimizer, decoupled, with_l2
from nnedu.regularization import ista, l1
from nnedu.train import descend


def sine_points(degree: int, N: int = 20, *, seed: int = 3) -> tuple[Array, Array, Array, Array]:
    """Noisy points of a sine wave, as powers of x: N to train on and 2,000 held out.

    Parameters
    ----------
    degree : int
        The highest power.
    N : int
    seed : int

    Returns
    -------
    X, y, X_held, y_held : arrays, shapes (N, degree + 1), (N,), (2000, degree + 1), (2000,)
    """
    rng = np.random.default_rng(seed)
    x = np.concatenate([np.sort(rng.uniform(-1, 1, size=n)) for n in (N, 2000)])
    y = np.sin(np.pi * x) + 0.3 * rng.normal(size=len(x))
    X = np.vander(x, degree + 1, increasing=True)
    return X[:N], y[:N], X[N:], y[N:]


def diabetes() -> tuple[Array, Array]:
    """The second moments of the standardised diabetes table, and those with its targets.

    Half the mean squared error is ``theta A theta / 2 - b theta`` and a constant.

    Returns
    -------
    A, b : arrays, shapes (10, 10), (10,)
    """
    table = load_table("diabetes")
    x, y = standardize(table.x)(table.x), (table.y - table.y.mean()) / table.y.std()
    return x.T @ x / len(x), x.T @ y / len(x)


def regularise_complexity(*, strength: float = 0.003, degree: int = 15) -> Finding:
    """An L2 penalty raises the effective degrees of freedom of a polynomial.

    Returns
    -------
    Finding
        Holds if they exceed the number of coefficients. The number: the degrees of freedom.
    """
    X, y, *_ = sine_points(degree)
    A, b = X.T @ X / len(X), X.T @ y / len(X)
    penalised = A + strength * np.eye(degree + 1)
    freedom = float(np.trace(np.linalg.solve(penalised, A)))
    size = float(np.linalg.norm(np.linalg.solve(penalised, b)))
    return Finding(freedom > degree + 1, freedom, {"coefficients": degree + 1, "size": size})


def l1_sparse(*, proximal: bool = False) -> Finding:
    """Training with an L1 penalty of strength 0.05 gives coefficients that are exactly 0.

    On the diabetes table, 2,000 updates at lr = 0.1: along the subgradient, or proximal.

    Returns
    -------
    Finding
        Holds if there are any. The number: how many of the ten are.
    """
    A, b = diabetes()

    def loss(theta: Array) -> tuple[float, Array]:
        g = A @ theta - b
        return 0.0, g if proximal else g + l1(theta, strength=0.05)[1]

    rule = Optimizer(ista, lr=0.1, l1=0.05) if proximal else Optimizer("sgd", lr=0.1)
    theta = descend(loss, np.zeros(10), rule, steps=2000)[-1]
    zeros = int((theta == 0).sum())
    return Finding(zeros > 0, float(zeros), {"small": int((np.abs(theta) < 0.02).sum())})


def l2_is_decay(*, rule: str = "adam") -> Finding:
    """A penalty in the gradient and a decay of the weights make the same steps.

    Softmax regression on 300 digits, 100 full-batch updates at lr = 0.05 and decay 0.1.

    Returns
    -------
    Finding
        Holds if the parameters agree to 1e-12. The number: how far they part, over their length.
    """
    digits, net = load_digits(), Network([Dense(10)], inputs=64)
    objective = net.objective(softmax_cross_entropy)
    x, labels = digits.x_train[:300], digits.y_train[:300]
    ends = [
        descend(
            lambda theta: objective(theta, x, labels),
            net.init(np.random.default_rng(0)),
            Optimizer(decaying(rule), lr=0.05, weight_decay=0.1),
            steps=100,
        )[-1]
        for decaying in (with_l2, decoupled)
    ]
    apart = float(np.linalg.norm(ends[0] - ends[1]) / np.linalg.norm(ends[1]))
    return Finding(apart < 1e-12, apart)


def early_stopping_hack(*, start: float = 0.0) -> Finding:
    """Stopping gradient descent early does not regularise as a penalty does.

    A polynomial of degree 15 through 20 points; ``start`` is every coefficient at the beginning.

    Returns
    -------
    Finding
        Holds if the best held-out loss on the way, up to 3,000 updates, is more than half as
        large again as that of the best L2 penalty. The number: their ratio.
    """
    X, y, X_held, y_held = sine_points(15)
    A, b = X.T @ X / len(X), X.T @ y / len(X)

    def held_out(theta: Array) -> float:
        return float(np.mean((X_held @ theta - y_held) ** 2))

    strengths = np.geomspace(1e-4, 1, 41)
    penalty = min(held_out(np.linalg.solve(A + s * np.eye(16), b)) for s in strengths)
    opt = Optimizer("sgd", lr=1 / np.linalg.eigvalsh(A)[-1])
    points = descend(lambda theta: (0.0, A @ theta - b), np.full(16, start), opt, steps=3000)
    stopped = min(held_out(point) for point in points[::10])
    return Finding(stopped > 1.5 * penalty, stopped / penalty, {"penalty": penalty})
