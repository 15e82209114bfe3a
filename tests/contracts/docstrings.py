"""What a public docstring must hold, and whether its example runs: as the book's build sees it."""

from tools.reference.docstrings import problems

__all__ = ["problems"]
