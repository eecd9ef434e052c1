"""Uncertainty, sensitivity and stability of rankings."""

from indicia.robustness.feasible import choice_of_index
from indicia.robustness.result import Factor, Failure, Robust
from indicia.robustness.sentences import percent
from indicia.robustness.stability import Stability
from indicia.robustness.stability_settings import StabilitySettings
from indicia.robustness.step_tables import OtherWeights
from indicia.robustness.steps import StepWords
from indicia.robustness.study import Study

__all__ = [
    "Factor",
    "Failure",
    "OtherWeights",
    "Robust",
    "Stability",
    "StabilitySettings",
    "StepWords",
    "Study",
    "choice_of_index",
    "percent",
]
