"""Normalisations by order alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Normalisation

if TYPE_CHECKING:
    from indicia.methods import Expression, Statistics


@dataclass(frozen=True)
class Rank(Normalisation):
    """Replace values by their ranks, the worst 1."""

    name = "rank"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"z = \operatorname{rank}(x)"
    whole_column = True
    ordinal = True

    ties: Annotated[Literal["min", "max", "average", "dense"], Field(description="the rank of equal values")] = "min"

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x.rank(self.ties).cast(float)


@dataclass(frozen=True)
class PercentileRank(Normalisation):
    """Give the share of the other units that a unit is better than."""

    name = "percentile_rank"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"z = \frac{\operatorname{rank}(x) - 1}{n - 1}"
    whole_column = True
    ordinal = True

    ties: Annotated[Literal["min", "max", "average"], Field(description="the rank of equal values")] = "min"

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return (x.rank(self.ties).cast(float) - 1) / (s.count - 1)
