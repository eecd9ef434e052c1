"""The names of the measures of importance."""

from __future__ import annotations

from typing import Literal

Measure = Literal[
    "linear", "natural_spline", "local_linear", "local_quadratic", "smoothing_spline", "kernel", "distance_correlation"
]
"""The measures of importance that `importance` computes, beside the share of the variance."""
