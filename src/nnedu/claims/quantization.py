"""Experiments behind the claims of the chapter on quantization."""

import numpy as np

from nnedu.claims import Finding
from nnedu.compression import fake_weights, observe, quantize_network
from nnedu.contests.fewer_bits import recorded_bits
from nnedu.contests.smaller import BATCH, NET, accuracy, digits
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, relu
from nnedu.optim import Optimizer
from nnedu.train import minibatches, train


def quant_speed(*, kernels: bool = False) -> Finding:
    """Weights in int8 make a network smaller and faster.

    Bytes are those of part IV's network, in int8 over float32. The times are recorded: a product
    of 128 examples with a matrix of 512 by 512, by NumPy, or by PyTorch's int8 ``kernels``.

    Returns
    -------
    Finding
        Holds if both quotients are below 1. The number: that of the times. Besides: ``bytes``,
        that of the bytes.
    """
    theta = NET.init(np.random.default_rng(0))
    small = quantize_network(NET, theta, observe(NET, theta, digits().x_train[:64]))
    size = small.nbytes / (4 * NET.size)
    rows = recorded_bits()["seconds"]["microseconds"]
    row = next(row for row in rows if row["size"] == [128, 512, 512])
    library = "PyTorch" if kernels else "NumPy"
    time = row[f"{library} int8"] / row[f"{library} float32"]
    return Finding(size < 1 and time < 1, time, {"bytes": size})


def quant_two_steps(*, scale_first: bool = False) -> Finding:
    """Quantization rounds weights to whole numbers first and then maps these to few bits.

    A network of 32 hidden units after 200 updates on the digits; its weights are rounded to whole
    numbers, or in units of the step that an eight-bit grid for each output has.

    Returns
    -------
    Finding
        Holds if it loses less than a point of accuracy. The number: the share of test digits it
        then gets right. Besides: ``before``, the share before rounding, and ``zeros``, the share
        of weights that became 0.
    """
    net = Network([Dense(32), relu, Dense(10)], inputs=64)
    rng, data = np.random.default_rng(0), digits()
    theta = train(
        net.objective(softmax_cross_entropy),
        net.init(rng),
        Optimizer("adam", lr=0.005),
        minibatches(rng, BATCH, data.x_train, data.y_train),
        steps=200,
    ).theta
    rounded = fake_weights(net, theta) if scale_first else theta.copy()
    weights = [W for W in net.views(rounded).values() if W.ndim > 1]
    if not scale_first:
        for W in weights:
            W[...] = np.rint(W)
    before, after = (accuracy(each, net=net) for each in (theta, rounded))
    zeros = np.mean(np.concatenate([W.ravel() for W in weights]) == 0)
    return Finding(after > before - 0.01, after, {"before": before, "zeros": float(zeros)})
