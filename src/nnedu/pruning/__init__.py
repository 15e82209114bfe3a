"""Pruning: which weights to remove, as pure functions of arrays.

A pruner is a *score* of each weight (``magnitude``, ``obd``, ``snip``, ...) and a *cut* that turns
scores into a mask, True where the weight stays: ``mask = cut(magnitude(W), sparsity=0.9)``. The
files stand in order of reading: ``scores``, ``sensitivity`` (scores that ask the loss), ``cut``,
``threshold`` (cutting as TensorFlow's toolkit does), ``patterns`` (n of m, whole units),
``gradual`` (how sparsity rises), ``trial`` (random trial-and-keep), ``report`` (bytes). What needs
a network or training, such as lottery tickets and masks that survive an optimizer, is in
``nnedu.compression``.
"""

from nnedu.pruning.cut import count, cut, cut_columns, cut_overall
from nnedu.pruning.gradual import cubic
from nnedu.pruning.patterns import cut_units, n_of_m, unit_norms
from nnedu.pruning.pruners import PRUNERS, Pruner
from nnedu.pruning.report import LayerReport, Report, csr_bytes, report
from nnedu.pruning.scores import magnitude, random, wanda
from nnedu.pruning.sensitivity import movement, obd, snip
from nnedu.pruning.threshold import cut_below
from nnedu.pruning.trial import Trials, trial_and_keep

__all__ = [
    "PRUNERS",
    "LayerReport",
    "Pruner",
    "Report",
    "Trials",
    "count",
    "csr_bytes",
    "cubic",
    "cut",
    "cut_below",
    "cut_columns",
    "cut_overall",
    "cut_units",
    "magnitude",
    "movement",
    "n_of_m",
    "obd",
    "random",
    "report",
    "snip",
    "trial_and_keep",
    "unit_norms",
    "wanda",
]
