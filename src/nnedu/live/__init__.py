"""Live figures of the book's pages: no kernel, no server, from the file system too.

What they run is translated from the library's own functions (``translator``, ``translated``).
All figures and all they need are one script (``script``), which replaces the pictures that stand
in their places (``figures``).
"""

from nnedu.live.figures import FIGURES, LiveFigure, place
from nnedu.live.script import script
from nnedu.live.translated import ROLES, declarations, library
from nnedu.live.words import TranslationError

__all__ = [
    "FIGURES",
    "ROLES",
    "LiveFigure",
    "TranslationError",
    "declarations",
    "library",
    "place",
    "script",
]
