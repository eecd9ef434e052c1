"""Uncertainty, sensitivity and stability of rankings; each module is imported when it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.lazy import names_of

if TYPE_CHECKING:
    from indicia_robustness.feasible import choice_of_index
    from indicia_robustness.result import Factor, Failure, Robust
    from indicia_robustness.study import Study
else:
    __getattr__ = names_of(__name__, feasible="choice_of_index", result="Factor Failure Robust", study="Study")

__all__ = ["Factor", "Failure", "Robust", "Study", "choice_of_index"]
