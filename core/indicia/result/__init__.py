"""What a run returns: scores, ranks, weights, and how it all came about."""

from indicia.result.recovery import Recovery
from indicia.result.result import Result

__all__ = ["Recovery", "Result"]
