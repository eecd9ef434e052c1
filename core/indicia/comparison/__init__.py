"""Methodologies side by side: how their rankings agree, who moves, and which choice moves them."""

from indicia.comparison.candidates import STANDING, Candidate, Comparable, candidates
from indicia.comparison.comparison import TABLES, Comparison
from indicia.comparison.methodology import LeftOut, Methodology
from indicia.comparison.published import Published
from indicia.comparison.scoring import compare

__all__ = [
    "STANDING",
    "TABLES",
    "Candidate",
    "Comparable",
    "Comparison",
    "LeftOut",
    "Methodology",
    "Published",
    "candidates",
    "compare",
]
