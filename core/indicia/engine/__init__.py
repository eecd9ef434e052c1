"""The engine: settles statistics, scores a tree, ranks."""

from indicia.engine.fit import Fitted, unfit
from indicia.engine.memo import Memo
from indicia.engine.prepare import Change
from indicia.engine.rank import node_ranks
from indicia.engine.score import Scored, contributions, examine, score, weights
from indicia.engine.settle import Settled
from indicia.engine.weigh import Weighed

__all__ = [
    "Change",
    "Fitted",
    "Memo",
    "Scored",
    "Settled",
    "Weighed",
    "contributions",
    "examine",
    "node_ranks",
    "score",
    "unfit",
    "weights",
]
