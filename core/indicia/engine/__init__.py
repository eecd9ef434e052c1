"""The engine: settles statistics, scores a tree, ranks."""

from indicia.engine.score import Scored, contributions, examine, score

__all__ = ["Scored", "contributions", "examine", "score"]
