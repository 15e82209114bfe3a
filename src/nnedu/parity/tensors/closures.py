"""SAM and L-BFGS beside the frameworks: what they do to one function.

Unlike the rules these ask for gradients where they like, so both sides are given a function,
``x . A x / 2 + sum(x**4) / 4 - c . x``, whose gradient ``A x + x**3 - c`` every framework can be
told. Its minimum is far from 0, so that parameters, and what is relative to them, do not vanish.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.optim import LBFGS, SAM, Optimizer, two_loops
from nnedu.parity.frameworks import double_precision, framework
from nnedu.parity.tensors.pair import TensorAdapter

STEPS = 52
_MADE = np.random.default_rng(20261123)
_TURN = np.linalg.qr(_MADE.normal(size=(6, 6))).Q
CURVATURE = (_TURN * np.geomspace(0.1, 10, 6)) @ _TURN.T
START = _MADE.normal(size=6)
PULL = 5.0 * _MADE.choice([-1.0, 1.0], size=6)
LRS = 0.01 * (1 + 0.5 * np.cos(np.arange(STEPS) / 3))
"""A learning rate for each update of SAM; L-BFGS's are ten times as large."""

SAM_BASES: dict[str, tuple[str, dict[str, Any], Callable[[Any, Any], Any]]] = {
    # name: (rule, its hyper-parameters, the same in Optax)
    "sgd": ("sgd", {}, lambda o, lr: o.sgd(lr)),
    "momentum": ("momentum", {"momentum": 0.5}, lambda o, lr: o.sgd(lr, momentum=0.5)),
    "adam": ("adam", {"beta1": 0.8}, lambda o, lr: o.adam(lr, b1=0.8)),
}
SAM_SETTINGS = ({"radius": 0.05}, {"radius": 0.1})
LBFGS_SETTINGS = ({"memory": 10}, {"memory": 1}, {"memory": 3})

FIRST_STEP = TensorAdapter(
    "first step by the sum",
    "torch.optim.LBFGS divides its first gradient by the sum of its absolute values where that is "
    "above 1, Optax and this library by its norm.",
)


def f(x: Array) -> tuple[float, Array]:
    """The function and its gradient."""
    value = float(x @ CURVATURE @ x / 2 + np.sum(x**4) / 4 - PULL @ x)
    return value, CURVATURE @ x + x**3 - PULL


def sam_path(base: str, radius: float, lr_off: float = 1.0) -> Array:
    """The library's SAM, shape (T, P)."""
    rule, hyper, _ = SAM_BASES[base]
    lrs = LRS * lr_off
    opt = SAM(Optimizer(rule, lr=lambda k: float(lrs[k]), **hyper), radius=radius)
    theta, path = START, []
    state = opt.init(theta)
    for _ in range(STEPS):
        theta, state = opt.step(f, theta, state)
        path.append(theta)
    return np.array(path)


def optax_sam_path(base: str, radius: float) -> Array:
    """Optax's SAM, shape (T, P)."""
    optax, jax = framework("optax"), framework("jax")
    with double_precision("optax"):
        A, c, lrs = (jax.numpy.asarray(array) for array in (CURVATURE, PULL, LRS))

        def gradient(x: Any, number: Any = None) -> Any:
            return A @ x + x**3 - c

        climb = optax.chain(optax.contrib.normalize(), optax.sgd(radius))
        outer = SAM_BASES[base][2](optax, lambda count: lrs[count])
        optimizer = optax.contrib.sam(outer, climb, opaque_mode=True)

        def step(carry: Any, _: Any) -> Any:
            x, state = carry
            updates, state = optimizer.update(gradient(x), state, x, grad_fn=gradient)
            x = optax.apply_updates(x, updates)
            return (x, state), x

        x = jax.numpy.asarray(START)
        _, path = jax.lax.scan(step, (x, optimizer.init(x)), None, length=STEPS)
        return np.array(path)


def lbfgs_path(memory: int, *, first_by_sum: bool = False, lr_off: float = 1.0) -> Array:
    """L-BFGS's directions with set learning rates in place of a line search, shape (T, P)."""
    x, path = START, []
    s, y = np.zeros((memory, 6)), np.zeros((memory, 6))
    for k in range(STEPS):
        g = f(x)[1]
        direction = -two_loops(g, s, y)
        if first_by_sum and k == 0:
            direction = -g / max(1.0, float(np.abs(g).sum()))
        after = x + lr_off * 10 * LRS[k] * direction
        s, y = np.vstack([s[1:], after - x]), np.vstack([y[1:], f(after)[1] - g])
        x = after
        path.append(x)
    return np.array(path)


def optax_lbfgs_path(memory: int) -> Array:
    """The same with Optax's directions."""
    optax, jax = framework("optax"), framework("jax")
    with double_precision("optax"):
        A, c, lrs = (jax.numpy.asarray(array) for array in (CURVATURE, PULL, 10 * LRS))
        direction = optax.scale_by_lbfgs(memory)

        def step(carry: Any, lr: Any) -> Any:
            x, state = carry
            update, state = direction.update(A @ x + x**3 - c, state, x)
            x = x - lr * update
            return (x, state), x

        x = jax.numpy.asarray(START)
        _, path = jax.lax.scan(step, (x, direction.init(x)), lrs)
        return np.array(path)


def torch_lbfgs_path(memory: int) -> Array:
    """PyTorch's L-BFGS without a line search, one update a step."""
    torch = framework("torch")
    x, A = torch.tensor(START, requires_grad=True), torch.tensor(CURVATURE)
    c = torch.tensor(PULL)
    optimizer = torch.optim.LBFGS(
        [x], max_iter=1, history_size=memory, tolerance_grad=0.0, tolerance_change=0.0
    )

    def closure() -> Any:
        with torch.no_grad():
            x.grad = A @ x + x**3 - c
            return x @ A @ x / 2 + (x**4).sum() / 4 - c @ x

    path = []
    for lr in 10 * LRS:
        optimizer.param_groups[0]["lr"] = float(lr)
        optimizer.step(closure)
        path.append(x.detach().numpy().copy())
    return np.array(path)


def bent_valley(x: Array) -> tuple[float, Array]:
    """Rosenbrock's function and its gradient."""
    a, b = x
    rise = b - a * a
    return (1 - a) ** 2 + 100 * rise**2, np.array([2 * (a - 1) - 400 * a * rise, 200 * rise])


def torch_search() -> tuple[Array, int]:
    """Where PyTorch's line search ends in Rosenbrock's valley, and after how many evaluations."""
    torch = framework("torch")
    x = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [x],
        max_iter=200,
        max_eval=1000,
        history_size=10,
        tolerance_grad=1e-8,
        tolerance_change=0.0,
        line_search_fn="strong_wolfe",
    )
    calls = 0

    def closure() -> Any:
        nonlocal calls
        calls += 1
        value, g = bent_valley(x.detach().numpy())
        x.grad = torch.tensor(g)
        return value

    optimizer.step(closure)
    return x.detach().numpy().copy(), calls


def library_search() -> tuple[Array, int]:
    """The same of the library's."""
    calls = 0

    def counted(x: Array) -> tuple[float, Array]:
        nonlocal calls
        calls += 1
        return bent_valley(x)

    opt, x = LBFGS(memory=10), np.array([-1.2, 1.0])
    state = opt.init(x)
    while np.abs(bent_valley(x)[1]).max() > 1e-8:
        x, state = opt.step(counted, x, state, known=bent_valley(x))
    return x, calls + 1
