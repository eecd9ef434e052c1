"""Runs: the list of stages, applied to a table, to draws, or to many methodologies side by side."""

from indicia.run.contributions import contributions
from indicia.run.draws import ROWS, Draws, at_once, effective, ensemble, linear, rescore_subsets, score_subsets
from indicia.run.examine import examine
from indicia.run.imputed import SHARE, Imputed, fills_gaps, imputed
from indicia.run.score import PER_SCORE, score, score_all, score_trees
from indicia.run.scored import Scored
from indicia.run.shared import Shared
from indicia.run.unfit import methods_needing_all_units
from indicia.run.weights import weights

__all__ = [
    "PER_SCORE",
    "ROWS",
    "SHARE",
    "Draws",
    "Imputed",
    "Scored",
    "Shared",
    "at_once",
    "contributions",
    "effective",
    "ensemble",
    "examine",
    "fills_gaps",
    "imputed",
    "linear",
    "methods_needing_all_units",
    "rescore_subsets",
    "score",
    "score_all",
    "score_subsets",
    "score_trees",
    "weights",
]
