"""Closeness to the best that is seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.methods import Aggregation, total

if TYPE_CHECKING:
    from indicia.methods import Components, Expression


@dataclass(frozen=True)
class Topsis(Aggregation):
    """Compare the distance to the worst values with the distance to the best ones."""

    name = "topsis"
    reference = "Hwang & Yoon (1981), Multiple Attribute Decision Making"
    formula = (
        r"\frac{D^-}{D^+ + D^-}, \quad D^\pm = \sqrt{\sum_j w_j^2 (z_j - z_j^\pm)^2}, "
        r"\quad z^+ = \max z, \; z^- = \min z"
    )
    canonical_normalisation = "vector"

    def combine(self, components: Components) -> Expression:
        to_best = total((c.w * (c.z - c.s.max)) ** 2 for c in components).sqrt()
        to_worst = total((c.w * (c.z - c.s.min)) ** 2 for c in components).sqrt()
        return to_worst / (to_best + to_worst)
