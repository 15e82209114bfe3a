"""Experiments behind the claims of the chapter on architecture."""

import numpy as np

from nnedu.claims import Finding
from nnedu.claims.networks import end_loss, learn_recall, readers, stack, through, tuned, widest
from nnedu.data import load_digits, spirals
from nnedu.nn import (
    Conv2D,
    Dense,
    Network,
    flatten,
    global_average_pool,
    glorot_uniform,
    he_normal,
    relu,
    sigmoid,
)
from nnedu.nn.cost import multiply_adds


def deeper_better(*, hidden: int = 3) -> Finding:
    """More depth makes a network of the same size fit better; two spirals, 150 updates.

    One hidden layer against ``hidden`` of them, both with at most 1,200 parameters, each at its
    best of five learning rates, judged from three other starts.

    Returns
    -------
    Finding
        Holds if the deeper one's training loss, the geometric mean, is below half the other's. The
        number: their quotient. Besides: ``work``, the quotient of their multiply-adds.
    """
    x, y = spirals(500, turns=1.5, noise=0.02, rng=np.random.default_rng(0))
    nets = [widest(layers, 1200, inputs=2, outputs=2) for layers in (1, hidden)]
    losses = []
    for net in nets:

        def loss(lr: float, seed: int, net: Network = net) -> float:
            return end_loss(net, x, y, lr=lr, seed=seed, steps=150)

        lr, _ = tuned(loss, (0.003, 0.01, 0.04, 0.16, 0.64))
        losses.append(np.exp(np.mean([np.log(loss(lr, seed)) for seed in (1, 2, 3)])))
    quotient = float(losses[1] / losses[0])
    work = multiply_adds(nets[1]) / multiply_adds(nets[0])
    return Finding(quotient < 0.5, quotient, {"work": work})


def residual_gradients(*, relu_layers: bool = True, hidden: int = 40) -> Finding:
    """Without residual connections the gradient vanishes in a deep network, so they are needed.

    Plain dense networks at their start, on 200 digits; ReLU with He's initialisation, or sigmoid
    with Glorot's.

    Returns
    -------
    Finding
        Holds if the gradient shrinks to a hundredth or less from the last hidden layer to the
        first (the geometric mean over five starts). The number: what is left of it. Besides:
        ``apart``, one minus the cosine between two digits at the end, and ``residual``, the same
        in residual blocks whose branches start at 0.
    """
    data = load_digits()
    x, y = data.x_train[:200], data.y_train[:200]
    f, weights = (relu, he_normal) if relu_layers else (sigmoid, glorot_uniform)
    net = stack(hidden, f=f, weights=weights)
    plain = np.array([through(net, x, y, seed=s) for s in range(5)])
    blocks = stack(hidden, residual=True, f=f, weights=weights)
    left = float(np.exp(np.log(plain[:, 0]).mean()))
    kept = np.mean([through(blocks, x, y, seed=s)[1] for s in range(5)])
    apart = np.exp(np.log(np.abs(plain[:, 1]) + 1e-99).mean())
    also = {"apart": float(apart), "residual": float(kept)}
    return Finding(left < 0.01, left, also)


def attention_efficient(*, last: bool = False, pairs: int = 6, steps: int = 150) -> Finding:
    """Attention learns in fewer updates than a recurrent network of the same size.

    Which value went with a key, from sequences of pairs; ``last`` always asks for the last pair.
    Both have about 3,200 parameters and the better of two learning rates.

    Returns
    -------
    Finding
        Holds if attention needs fewer updates to 95 % of right answers. The number: attention's
        updates. Besides: ``other``, the recurrent network's (``steps`` if it did not get there),
        and ``right``, its share of right answers at the end.
    """
    nets, found = readers(pairs + 1), {}
    for name in ("attention", "recurrent"):
        runs = [
            learn_recall(nets[name], lr=lr, seed=0, steps=steps, last=last, stop=0.95)
            for lr in (0.01, 0.03)
        ]
        done = [(run.reached or steps, run.metrics["right"].max()) for run in runs if run]
        found[name] = min(updates for updates, _ in done), max(right for _, right in done)
    (ours, _), (other, right) = found["attention"], found["recurrent"]
    return Finding(ours < other, float(ours), {"other": float(other), "right": float(right)})


def fewer_parameters(*, convolution: bool = True) -> Finding:
    """A network with fewer parameters needs fewer operations.

    Images of 8 x 8 and ten classes: a dense network of 64 hidden units against one with fewer
    parameters, two convolutions of 16 channels or half as many dense units.

    Returns
    -------
    Finding
        Holds if it has fewer multiply-adds too. The number: their quotient. Besides:
        ``parameters``, the quotient of the parameters.
    """
    dense = Network([flatten, Dense(64), relu, Dense(10)], inputs=(8, 8, 1))
    small = Network([flatten, Dense(32), relu, Dense(10)], inputs=(8, 8, 1))
    if convolution:
        small = Network(
            [Conv2D(16, 3), relu, Conv2D(16, 3), relu, global_average_pool, Dense(10)],
            inputs=(8, 8, 1),
        )
    work = multiply_adds(small) / multiply_adds(dense)
    return Finding(work < 1, work, {"parameters": small.size / dense.size})
