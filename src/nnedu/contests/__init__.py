"""Races that take too long for a page: how they are run, and what they found.

``beyond_adam`` holds the tasks and the fields of a chapter; ``record`` runs them and writes
``data/NAME.json``, with its provenance; :func:`recorded` reads that. A chapter shows the record
beside a race of its own that is small enough to run on the page.
"""

from nnedu.contests.recording import Recording, recorded
from nnedu.contests.task import Task

__all__ = ["Recording", "Task", "recorded"]
