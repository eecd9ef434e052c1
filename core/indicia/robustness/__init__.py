"""How far a ranking can be trusted: every doubtful choice drawn anew, and what it would take to change it."""

from indicia.robustness.result import TABLES, Factor, Failure, Robust
from indicia.robustness.run import Study
from indicia.robustness.what_if import Stability, percent

__all__ = ["TABLES", "Factor", "Failure", "Robust", "Stability", "Study", "percent"]
