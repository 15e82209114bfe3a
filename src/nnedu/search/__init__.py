"""Search: settings, and structures, chosen by what they achieve.

In order of increasing complexity: ``dimensions`` and ``spaces`` (what may be chosen), ``trials``
(what came of it), ``sampling`` (random and grid search), ``halving`` and ``hyperband`` (short runs
decide who gets long ones), ``folds`` (k-fold selection). Then AdaNet: ``surrogates``,
``rademacher`` (the bound that its penalty is made of), ``objective``, ``weights`` (its minimum),
``members``, ``adanet`` (growth) and ``subnetworks`` (a weak learner).
"""

from nnedu.search.adanet import adanet
from nnedu.search.dimensions import Choice, Integer, LogUniform, Uniform
from nnedu.search.folds import Folds, select_by_folds
from nnedu.search.halving import Rung, cost, halving_rungs, successive_halving
from nnedu.search.hyperband import brackets, hyperband
from nnedu.search.members import Ensemble, Proposal, Round, Subnetwork
from nnedu.search.objective import adanet_objective, adanet_penalties
from nnedu.search.rademacher import rademacher_bound
from nnedu.search.sampling import chance_of_a_hit, grid_search, random_search, trials_for
from nnedu.search.spaces import Setting, Space, draw, grid
from nnedu.search.subnetworks import WeakLearner
from nnedu.search.surrogates import EXPONENTIAL, LOGISTIC, SURROGATES, Surrogate
from nnedu.search.trials import Search, Trial, measure
from nnedu.search.weights import coordinate_step, excess_edge, fit_weights

__all__ = [
    "EXPONENTIAL",
    "LOGISTIC",
    "SURROGATES",
    "Choice",
    "Ensemble",
    "Folds",
    "Integer",
    "LogUniform",
    "Proposal",
    "Round",
    "Rung",
    "Search",
    "Setting",
    "Space",
    "Subnetwork",
    "Surrogate",
    "Trial",
    "Uniform",
    "WeakLearner",
    "adanet",
    "adanet_objective",
    "adanet_penalties",
    "brackets",
    "chance_of_a_hit",
    "coordinate_step",
    "cost",
    "draw",
    "excess_edge",
    "fit_weights",
    "grid",
    "grid_search",
    "halving_rungs",
    "hyperband",
    "measure",
    "rademacher_bound",
    "random_search",
    "select_by_folds",
    "successive_halving",
    "trials_for",
]
