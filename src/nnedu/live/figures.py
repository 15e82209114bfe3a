"""The live figures: their names, what is to be seen in each, and the picture without scripts."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nnedu._check import known
from nnedu.live.contests import places, races
from nnedu.live.samples import clouds, digit_reader, line_fit, line_fit_gradients
from nnedu.plotting import live as stills
from nnedu.plotting import live_training
from nnedu.plotting.picture import Picture


@dataclass(frozen=True)
class LiveFigure:
    """One live figure.

    Attributes
    ----------
    name : str
        In a page's line, in the address of its place, and in ``js/figures``.
    shown : str
        What is to be seen, for someone who cannot see it, in the picture and in the live figure.
    only_live : str
        What is to be seen beyond that in the live figure, and what can be moved.
    still : callable
        Draws the picture that is shown without scripts.
    """

    name: str
    shown: str
    only_live: str
    still: Callable[[], Any]


def _still_race() -> Any:
    _, surface, start = places()["along"]
    return stills.still_race(surface, start, races()["along"]["rates"])


def _still_batch() -> Any:
    return stills.still_batch(line_fit_gradients, line_fit()["best"])


def _still_network() -> Any:
    return live_training.still_network(clouds()["moons"])


def _still_compress() -> Any:
    return live_training.still_compress(digit_reader())


FIGURES = (
    LiveFigure(
        "bowl",
        "Left, the contours of a long valley from above, with the points that gradient descent "
        "visits: at the learning rate 0.09 they zigzag across the valley into its minimum. "
        "Upper right, two V-shaped curves give the size of the factor by which an update "
        "multiplies each direction, against the learning rate: the steep one falls to 0 and "
        "rises through 1 at the limit 2/L, beyond which the run diverges; the flat one falls "
        "slowly. Lower right, the distance left in each direction, update by update.",
        "The start and the learning rate can be dragged.",
        stills.still_bowl,
    ),
    LiveFigure(
        "batch",
        "Left, the contours of the loss of a linear fit over its two weights. From the weights "
        "a thick line shows minus the gradient of all 64 examples, and sixty thin ones those of "
        "batches of 4, whose tips scatter around the thick one's. Upper right, the squared "
        "error of a batch's gradient against the batch size, both logarithmic: it falls by half "
        "whenever the batch doubles, and without replacement bends down to nothing at 64.",
        "Dots on the lines are measured batches. Lower right, the loss against the examples "
        "seen: small batches fall sooner and stay ragged, all examples at once fall in ten "
        "steps. The weights and the batch size can be dragged.",
        _still_batch,
    ),
    LiveFigure(
        "momentum",
        "Left, a map of all settings: learning rate times L from left to right, momentum "
        "upwards. Its colour is strongest, and convergence fastest, in a corner at moderate "
        "momentum; it pales towards little momentum, towards small learning rates and towards "
        "momentum near 1, and on the far right runs diverge. Upper right, the run of one "
        "setting on the bowl: at momentum 0.9 it swings around the minimum. Lower right, its "
        "distance to the minimum against updates, beside gradient descent at its best learning "
        "rate.",
        "The setting can be dragged over the map.",
        stills.still_momentum,
    ),
    LiveFigure(
        "race",
        "The contours of a surface from above and the ways down of six optimizers from one "
        "start: on the bowl along the axes SGD and momentum follow the valley, the adaptive "
        "rules cut across it. To the right, their losses against updates.",
        "Lower right, the loss at the last update against the learning rate, as a multiple of "
        "each one's best: SGD fails a little above its best, AdaGrad and Adam go on for longer. "
        "The start and the learning rate can be dragged.",
        _still_race,
    ),
    LiveFigure(
        "adam",
        "Above, the step in units of the learning rate over 60 updates with the gradient 1: "
        "Adam's is 1 throughout; without the corrections it starts at 3 and rises above 6 "
        "before it begins to fall. Lower left, the mean m, which starts at 0 and rises slowly, "
        "and the corrected mean, which is 1 from the first update on. Lower right, the root of "
        "the mean square v, which is still below a quarter at the end, and the corrected one, "
        "which is 1.",
        "Bars show the gradients. The update whose numbers are worked out below can be dragged.",
        live_training.still_adam,
    ),
    LiveFigure(
        "network",
        "Left, sixty points of two classes, circles and triangles, in two half moons that "
        "overlap, and two hundred smaller dots of the same kind that are not trained on. The "
        "plane is tinted by what the network says of every place: its border winds between the "
        "classes and makes detours around single points. Right, the loss against updates: on "
        "the training points it keeps falling, on the others it falls, turns and rises.",
        "Below, the shares that are classified rightly. A point can be dragged to ask the "
        "network about a place.",
        _still_network,
    ),
    LiveFigure(
        "compress",
        "Left, twenty small pictures: the weights from the eight by eight pixels of a digit "
        "into each hidden unit, positive ones in one colour, negative ones in another; half of "
        "all weights are pruned and blank. Upper right, the histogram of the weights; the "
        "smallest, between two thresholds, are the ones that go. Lower right, the share of "
        "digits read rightly against the share of weights pruned: it falls slowly up to the "
        "half and steeply from two thirds on.",
        "The others are rounded to few values, marked above the histogram; a second curve is "
        "for the weights as floats. The threshold and the share can be dragged.",
        _still_compress,
    ),
    LiveFigure(
        "schedule",
        "Left, the learning rate over 300 updates: a cosine that falls from 0.1 to 0, beside "
        "the constant 0.1. Right, the loss on the noisy bowl, on a log scale: under both it "
        "falls steeply at first; under the constant it stalls at the noise floor, under the "
        "cosine it follows the floor of the falling rate further down.",
        "A thin line is one noisy run, a dotted one the floor of the present rate. The base and "
        "the warm-up can be dragged.",
        live_training.still_schedule,
    ),
)
"""In the order of the chapters."""


def place(name: str, caption: str) -> str:
    """The element of a page that a live figure takes: picture, caption and what the script needs.

    Parameters
    ----------
    name : str
        Of a row in ``FIGURES``.
    caption : str
        HTML: the figure's message, as a sentence.

    Returns
    -------
    str
        A ``<figure>``; without scripts it shows a picture.

    Raises
    ------
    ValueError
        If there is no such figure.
    """
    known("live figure", name, [figure.name for figure in FIGURES])
    figure = next(each for each in FIGURES if each.name == name)
    picture = Picture(figure.still(), alt=figure.shown, caption=caption)
    return (
        f'<figure class="nnedu-live" id="live-{name}" data-live="{name}" '
        f'data-seen="{html.escape(f"{figure.shown} {figure.only_live}")}">'
        f'<div class="nl-static">{picture.svg()}</div>'
        f"<figcaption>{caption}</figcaption></figure>"
    )
