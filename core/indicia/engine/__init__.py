"""The engine: settles statistics, scores a tree, ranks."""

from indicia.engine.aggregate import details
from indicia.engine.ensemble import Draws, ensemble
from indicia.engine.fit import Fitted, unfit
from indicia.engine.memo import Memo
from indicia.engine.prepare import Change
from indicia.engine.rank import node_ranks
from indicia.engine.score import Scored, contributions, examine, score, weights
from indicia.engine.settle import Settled
from indicia.engine.weigh import Weighed

__all__ = [
    "Change",
    "Draws",
    "Fitted",
    "Memo",
    "Scored",
    "Settled",
    "Weighed",
    "contributions",
    "details",
    "ensemble",
    "examine",
    "node_ranks",
    "score",
    "unfit",
    "weights",
]
