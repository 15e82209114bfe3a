"""Tables "Which one should I use": no row without evidence in this book.

Evidence is a section of a chapter, a box that decides a claim, an example on which frameworks
disagree, or a figure computed while the page is made. A strict build fails where a link leads
nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from tools.reference import markdown
from tools.reference.entries import find
from tools.reference.normalisations import measured


@dataclass(frozen=True)
class Choice:
    """One row.

    Attributes
    ----------
    when : str
        What one has or wants.
    use : tuple of str
        Public names below ``nnedu``.
    evidence : tuple of str
        Links to what shows it.
    """

    when: str
    use: tuple[str, ...]
    evidence: tuple[str, ...]


def section(words: str, chapter: str, slug: str) -> str:
    """A link to a section of a chapter."""
    return f"[{words}](/book/{chapter}.ipynb#{slug})"


def claim(words: str, name: str) -> str:
    """A link to the box that decides a claim."""
    return f"{{ref}}`{words} <claim-{name}>`"


def example(words: str, name: str) -> str:
    """A link to an example on the page of conventions."""
    return f"[{words}](#disagreement-{name})"


TO_BATCH = "[the figures below](#ref-normalisation-figures)"

CHOICES: dict[str, tuple[Choice, ...]] = {
    "losses": (
        Choice(
            "You predict numbers, and the mean answer is what you want",
            ("losses.mse",),
            (section("three losses for numbers", "01_losses", "three-losses-for-numbers"),),
        ),
        Choice(
            "You predict numbers, and some targets are far off",
            ("losses.huber", "losses.mae"),
            (
                section(
                    "one outlier, three fits", "01_losses", "see-it-work-one-outlier-three-fits"
                ),
                section(
                    "what the absolute error costs",
                    "01_losses",
                    "see-it-fail-a-different-question-and-no-rest",
                ),
            ),
        ),
        Choice(
            "You predict one of several classes",
            ("losses.softmax_cross_entropy",),
            (
                section("two losses for classes", "01_losses", "two-losses-for-classes"),
                claim("squared errors for a classifier", "squared-error-classifier"),
            ),
        ),
        Choice(
            "You answer yes or no, once or several times an example",
            ("losses.binary_cross_entropy",),
            (section("two losses for classes", "01_losses", "two-losses-for-classes"),),
        ),
        Choice(
            "A classifier grows more certain than it should be",
            ("losses.softmax_cross_entropy",),
            (section("label smoothing", "01_losses", "label-smoothing-a-finite-target"),),
        ),
        Choice(
            "Your network ends in probabilities",
            ("losses.softmax_cross_entropy", "losses.binary_cross_entropy"),
            (
                section("the same loss, and no number", "01_losses", "the-same-loss-and-no-number"),
                example("what the frameworks cut off", "certain-and-wrong"),
            ),
        ),
    ),
    "activations": (
        Choice(
            "First weights before ReLU and its relatives",
            ("nn.he_normal", "nn.he_uniform"),
            (
                section(
                    "how large should the first weights be?",
                    "02_backprop",
                    "how-large-should-the-first-weights-be",
                ),
            ),
        ),
        Choice(
            "A deep network whose slopes vanish on the way back",
            ("nn.relu",),
            (
                section("see it fail: depth", "02_backprop", "see-it-fail-depth"),
                claim("ReLU against the sigmoid", "relu-better"),
            ),
        ),
        Choice(
            "Weights that come from a framework",
            ("nn.gelu", "nn.gelu_tanh", "nn.leaky_relu"),
            (example("two forms of GELU", "gelu-form"), example("slopes", "leaky-slope")),
        ),
    ),
    "layers": (
        Choice(
            "Normalisation: an example must not depend on the others of its batch",
            ("nn.LayerNorm", "nn.GroupNorm", "nn.RMSNorm"),
            (TO_BATCH,),
        ),
        Choice(
            "Normalisation: every feature on its own scale, and batches large",
            ("nn.BatchNorm",),
            (TO_BATCH, example("what is remembered", "batch-norm-variance")),
        ),
        Choice(
            "Normalisation: what is common to all features must stay",
            ("nn.RMSNorm",),
            (TO_BATCH,),
        ),
        Choice(
            "A network normalised in a framework",
            ("nn.BatchNorm", "nn.LayerNorm"),
            (
                example("epsilon", "batch-norm-epsilon"),
                example("momentum", "batch-norm-momentum"),
            ),
        ),
    ),
    "optimizers": (
        Choice(
            "One learning rate fits every direction",
            ("optim.sgd",),
            (
                section(
                    "any number of directions", "03_gradient_descent", "any-number-of-directions"
                ),
                claim("too large, too small", "lr-too-large"),
            ),
        ),
        Choice(
            "Curvatures differ: steps zig-zag in a ravine",
            ("optim.momentum", "optim.nesterov"),
            (
                section(
                    "all curvatures at once",
                    "05_momentum",
                    "all-curvatures-at-once-the-square-root",
                ),
                section("Nesterov", "05_momentum", "nesterov-look-before-you-step"),
            ),
        ),
        Choice(
            "A saddle holds the run up",
            ("optim.momentum",),
            (claim("momentum and saddle points", "momentum-saddle"),),
        ),
        Choice(
            "Some features are rare",
            ("optim.adagrad",),
            (section("rare features", "06_adaptive", "see-it-work-rare-features"),),
        ),
        Choice(
            "AdaGrad's steps have shrunk too far",
            ("optim.rmsprop",),
            (section("the sum only grows", "06_adaptive", "see-it-fail-the-sum-only-grows"),),
        ),
        Choice(
            "Features come in different units, or you can tune little",
            ("optim.adam",),
            (
                section(
                    "the same digits in other units",
                    "06_adaptive",
                    "the-same-digits-in-other-units",
                ),
                section("a fair race on real data", "06_adaptive", "a-fair-race-on-real-data"),
            ),
        ),
        Choice(
            "Adam does not converge",
            ("optim.amsgrad",),
            (section("where Adam fails", "06_adaptive", "where-adam-fails"),),
        ),
        Choice(
            "Adam, and weights that should decay",
            ("optim.adamw",),
            (example("what weight decay of Adam is", "adam-weight-decay"),),
        ),
        Choice(
            "Two numbers a parameter are too many",
            ("optim.momentum", "optim.lion", "optim.rmsprop"),
            ("[the bytes below](#ref-glance-optimizers)",),
        ),
    ),
    "tensors": (
        Choice(
            "Not even one number a parameter fits, and the parameters are matrices",
            ("optim.adafactor",),
            ("[the bytes below](#ref-glance-tensors)",),
        ),
        Choice(
            "Muon, and a learning rate from somewhere else",
            ("optim.muon", "optim.muon_rms"),
            (example("two lengths of one step", "muon-length"),),
        ),
    ),
    "schedules": (
        Choice(
            "Noise keeps gradient descent from settling, and you want a guarantee",
            ("schedules.inverse_time",),
            (
                section(
                    "when gradients are noisy",
                    "03_gradient_descent",
                    "when-gradients-are-noisy-the--step",
                ),
            ),
        ),
        Choice(
            "An adaptive method circles the minimum",
            ("schedules.cosine", "schedules.exponential", "schedules.piecewise_constant"),
            (section("it does not settle", "06_adaptive", "see-it-fail-it-does-not-settle"),),
        ),
        Choice(
            "You do not know how many updates there will be",
            ("schedules.ReduceOnPlateau", "optim.schedule_free_adamw"),
            (
                example("how long each framework waits", "plateau-patience"),
                example("who computes it rightly", "schedule-free-keras"),
            ),
        ),
        Choice(
            "You know how many, and may go on longer",
            ("schedules.cosine",),
            (example("a cosine past its end", "cosine-past-its-end"),),
        ),
    ),
}
"""By page."""


def text(family: str) -> str:
    """The table of a page, and the figures it refers to; empty where there is none."""
    choices = CHOICES.get(family)
    if not choices:
        return ""
    rows = [
        (each.when, ", ".join(map(_name, each.use)), "; ".join(each.evidence)) for each in choices
    ]
    parts = [
        f"(ref-choose-{family})=\n## Which one should I use?",
        markdown.table(("When", "Use", "Evidence"), rows),
        "A row stands here once the book shows it. What has none yet is no worse for it.",
    ]
    return "\n\n".join([*parts, *([measured()] if family == "layers" else [])])


def _name(name: str) -> str:
    entry = find(name)
    if entry is None:
        raise KeyError(f"choices.py names {name!r}, which is no public name of nnedu.")
    return f"[`{entry.name}`](#{entry.label})"
