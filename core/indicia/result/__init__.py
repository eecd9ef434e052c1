"""What a run returns: scores, ranks, weights, and how it all came about."""

from indicia.result.recovery import Recovery
from indicia.result.result import TABLES, Result
from indicia.result.trends import trends

__all__ = ["TABLES", "Recovery", "Result", "trends"]
