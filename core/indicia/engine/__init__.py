"""The engine: settles statistics, scores a tree, ranks."""

from indicia.engine.aggregate import details
from indicia.engine.contributions import contributions
from indicia.engine.ensemble import ROWS, Draws, apart, at_once, effective, ensemble, linear
from indicia.engine.fit import Fitted, unfit
from indicia.engine.imputed import SHARE, Imputed, fills_gaps, imputed
from indicia.engine.memo import Memo
from indicia.engine.names import reader_names
from indicia.engine.normalise import normalising
from indicia.engine.prepare import Change, check_units, kept_units, of_period
from indicia.engine.rank import node_ranks
from indicia.engine.ready import examine
from indicia.engine.score import PER_SCORE, Scored, score, score_all
from indicia.engine.settle import Settled
from indicia.engine.weigh import Weighed, weights

__all__ = [
    "PER_SCORE",
    "ROWS",
    "SHARE",
    "Change",
    "Draws",
    "Fitted",
    "Imputed",
    "Memo",
    "Scored",
    "Settled",
    "Weighed",
    "apart",
    "at_once",
    "check_units",
    "contributions",
    "details",
    "effective",
    "ensemble",
    "examine",
    "fills_gaps",
    "imputed",
    "kept_units",
    "linear",
    "node_ranks",
    "normalising",
    "of_period",
    "reader_names",
    "score",
    "score_all",
    "unfit",
    "weights",
]
