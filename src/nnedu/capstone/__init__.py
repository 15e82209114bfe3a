"""The capstone: one image classifier with everything in it, and each part of it removable.

``choose`` looks at the machine and answers with data and a size; ``Recipe`` says what is in;
``classifier`` builds the network. The chapter trains, prunes and quantizes it with
:mod:`nnedu.keras`; ``nnedu.contests.capstone`` holds the ablation.
"""

# ruff: noqa: E402, the first import says what to install
from nnedu.keras._require import require_keras

require_keras()

from nnedu.capstone.choose import Capstone, choose, digits, photographs
from nnedu.capstone.model import attention_block, classifier, residual_block
from nnedu.capstone.recipe import Batches, Rate, Recipe, optimizer_of, small_part

__all__ = [
    "Batches",
    "Capstone",
    "Rate",
    "Recipe",
    "attention_block",
    "choose",
    "classifier",
    "digits",
    "optimizer_of",
    "photographs",
    "residual_block",
    "small_part",
]
