"""Measurements that depend on the machine: how they are made, and what each machine gave.

``python -m nnedu.recordings memory_precision`` runs a chapter's measurements on the device that
:func:`nnedu.device.find_device` finds, through whatever Keras backend is configured, and writes
them with their provenance into ``data/``; a later run on the same device and backend replaces the
earlier one. :func:`recordings` reads them. A chapter shows them labelled as recorded.
"""

from nnedu.recordings.recording import Recording, kept, recordings

__all__ = ["Recording", "kept", "recordings"]
