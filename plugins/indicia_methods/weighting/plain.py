"""Weights that ask nothing of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.methods import Weighting

if TYPE_CHECKING:
    from indicia.methods import Array, Indicators


@dataclass(frozen=True)
class Equal(Weighting):
    """Let every component of a node count the same."""

    name = "equal"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"w_j = 1"

    def weigh(self, indicators: Indicators) -> Array:
        return indicators.given**0


@dataclass(frozen=True)
class Given(Weighting):
    """Take the weights that the index file gives; what has none there counts 1."""

    name = "given"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"w_j = \text{weight}_j"

    def weigh(self, indicators: Indicators) -> Array:
        return indicators.given
