"""Methodologies side by side: the agreement of their rankings, the units that move, and the effect of each choice."""

from indicia_compare.answer import ComparisonAnswer
from indicia_compare.candidates import STANDING, Candidate, Comparable, candidates
from indicia_compare.comparison import Comparison
from indicia_compare.distinct import Count
from indicia_compare.methodology import LeftOut, Methodology
from indicia_compare.published import Published
from indicia_compare.scoring import compare

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
