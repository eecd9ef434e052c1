"""Methodologies side by side: the agreement of their rankings, the units that move, and the effect of each choice."""

from indicia.comparison.answer import ComparisonAnswer
from indicia.comparison.candidates import STANDING, Candidate, Comparable, candidates
from indicia.comparison.comparison import Comparison
from indicia.comparison.distinct import Count
from indicia.comparison.methodology import LeftOut, Methodology
from indicia.comparison.published import Published
from indicia.comparison.scoring import compare

__all__ = [
    "STANDING",
    "Candidate",
    "Comparable",
    "Comparison",
    "ComparisonAnswer",
    "Count",
    "LeftOut",
    "Methodology",
    "Published",
    "candidates",
    "compare",
]
