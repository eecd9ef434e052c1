"""Uncertainty, sensitivity and stability of rankings."""

from indicia.robustness.feasible import choice_of_index
from indicia.robustness.result import Factor, Failure, Robust
from indicia.robustness.sentences import percent
from indicia.robustness.stability import Stability
from indicia.robustness.study import Study

__all__ = ["Factor", "Failure", "Robust", "Stability", "Study", "choice_of_index", "percent"]
