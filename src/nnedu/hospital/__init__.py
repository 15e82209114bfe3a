"""The training hospital: runs that are broken, each in one way, and what their charts show.

A :class:`Case` builds a :class:`Patient` (a training run with every part open to being wrong),
broken or cured; :func:`admit` trains it and writes a :class:`Chart`; :func:`diagnose` names the
cause from the chart alone. The wards: ``optimization``, ``initialisation``, ``data``,
``evaluation``, ``numerics``.
"""

from nnedu.hospital.case import FINDINGS, Case, Sign
from nnedu.hospital.chart import Chart, admit
from nnedu.hospital.diagnosis import CASES, HEALTHY, diagnose, presence
from nnedu.hospital.patient import Patient, patient

__all__ = [
    "CASES",
    "FINDINGS",
    "HEALTHY",
    "Case",
    "Chart",
    "Patient",
    "Sign",
    "admit",
    "diagnose",
    "patient",
    "presence",
]
