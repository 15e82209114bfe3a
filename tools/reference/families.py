"""What stands on which page of the reference: whole packages, or some files of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TENSORS = ("lars", "lamb", "adafactor", "shampoo", "soap", "muon", "tensor", "tensor_rules")
CLOSURES = ("sam", "line_search", "wolfe", "lbfgs", "closure")
ACTIVATIONS = ("activations", "smooth_rectifiers", "initializers")
INVENTED = "nobody's invention"
HELPER = "a helper, not a method"


@dataclass(frozen=True, eq=False)
class Family:
    """One page.

    Attributes
    ----------
    name : str
        Of the page, and in ``<!-- reference: NAME -->``.
    packages : tuple of str
        Below ``nnedu``; every public name of theirs is on the page.
    files : tuple of str
        If not empty: names from these files alone, in this order.
    without : tuple of str
        Names from these files are on another page.
    methods : bool
        Whether a function here is a method from the literature, which needs **Conventions.**, a
        source and an example.
    exempt : dict of str to str
        Functions of which no convention and no source is asked, and why.
    """

    name: str
    packages: tuple[str, ...]
    files: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    methods: bool = True
    exempt: Mapping[str, str] = field(default_factory=dict)

    def holds(self, file: str) -> bool:
        """Whether the names of a file are on this page."""
        return (not self.files or file in self.files) and file not in self.without


FAMILIES = (
    Family(
        "losses",
        ("losses",),
        exempt={"softmax": INVENTED, "log_softmax": INVENTED},
    ),
    Family("activations", ("nn",), files=ACTIVATIONS, exempt={"tanh": INVENTED}),
    Family(
        "layers",
        ("nn",),
        without=ACTIVATIONS,
        exempt={
            "dense": INVENTED,
            "flatten": INVENTED,
            "last_step": INVENTED,
            "per_parameter": HELPER,
        },
    ),
    Family(
        "optimizers",
        ("optim",),
        without=TENSORS + CLOSURES,
        exempt={"row": HELPER, "global_norm": INVENTED, "clipped": HELPER},
    ),
    Family("tensors", ("optim",), files=TENSORS, exempt={"tensor_row": HELPER}),
    Family("closures", ("optim",), files=CLOSURES),
    Family(
        "schedules",
        ("schedules",),
        exempt=dict.fromkeys(
            ("constant", "exponential", "polynomial", "piecewise_constant"), INVENTED
        ),
    ),
    Family("regularization", ("regularization", "early_stopping"), exempt={"penalized": HELPER}),
    Family("pruning", ("pruning",), exempt={"count": HELPER}),
    Family("quantization", ("quantization",)),
    Family("compression", ("compression",)),
    Family("search", ("search",), methods=False),
    Family(
        "distributed",
        ("distributed",),
        exempt=dict.fromkeys(("free_ports", "heard", "run_workers", "tf_config"), HELPER),
    ),
    Family("data", ("data",), methods=False),
    Family(
        "training",
        (
            "train",
            "races",
            "gradcheck",
            "gradient_noise",
            "range_test",
            "sharpness",
            "costs",
            "memory",
            "precision",
        ),
        methods=False,
    ),
)
"""The pages, in the order of the book."""


def family(name: str) -> Family:
    """The family of this name.

    Raises
    ------
    KeyError
        If there is none.
    """
    for each in FAMILIES:
        if each.name == name:
            return each
    raise KeyError(f"no family is called {name!r}; families.py has {[f.name for f in FAMILIES]}.")
