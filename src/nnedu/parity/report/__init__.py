"""What every comparison found, once, as data: the reference pages of the book show it.

``python -m nnedu.parity.report`` runs all comparisons (Keras and Optax now, PyTorch from its
record) and writes ``data/report.json``; with the names of tables it renews only those. Tests hold
the file against the tables, and against what can be computed without a framework.
"""

from nnedu.parity.report.comparison import Comparison, comparisons
from nnedu.parity.report.saved import Result, Saved, load_report, measured, save

__all__ = ["Comparison", "Result", "Saved", "comparisons", "load_report", "measured", "save"]
