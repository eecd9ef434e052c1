"""Normalisations that keep only the band in which a value lies."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from indicia.methods import Normalisation, Property, row_max, where

if TYPE_CHECKING:
    from indicia.methods import Expression, Statistics

_ROUNDING = 1e-12
"""A value reaches a threshold if it misses it by at most this share of the largest value (rounding of means)."""

_PROPERTIES = frozenset(
    {Property.MONOTONE, Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}
)


@dataclass(frozen=True)
class Categorical(Normalisation):
    """Count the thresholds that a value reaches, or give a score to each band between thresholds.

    By default the bands are: below, within, and above one standard deviation around the mean. `by = "ranks"` has
    thresholds for the rank of a value, the worst 1, as a share of the number of units (Handbook, Table 15); equal
    values have the smallest of their ranks.
    """

    name = "categorical"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"z = c_k, \quad k = \#\{ i : x \ge t_i \}, \quad t_i = <by>"
    cost_formula = r"z = c_k, \quad k = \#\{ i : x \le t_i \}, \quad t_i = <by.cost>"
    symbols = {"thresholds": r"\theta_i", "scores": "c_k"}
    variants = {
        "by": {
            "deviations": r"\bar x + \theta_i s_x",
            "quantiles": r"Q_x(\theta_i)",
            "ranks": r"\min \{ x : \operatorname{rank}(x) / n \ge \theta_i \}",
            "values": r"\theta_i",
        },
        "by.cost": {
            "deviations": r"\bar x - \theta_i s_x",
            "quantiles": r"Q_x(1 - \theta_i)",
            "ranks": r"\max \{ x : \operatorname{rank}(-x) / n \ge \theta_i \}",
            "values": r"\theta_i",
        },
    }
    ordinal = True
    properties = _PROPERTIES

    by: Annotated[
        Literal["deviations", "quantiles", "ranks", "values"],
        Field(
            description="unit of thresholds: standard deviations above the mean, shares of the units as quantiles or "
            "as ranks, or values"
        ),
    ] = "deviations"
    thresholds: Annotated[
        tuple[float, ...] | None,
        Field(description="in ascending order; deviations, quantiles and ranks of a cost start from its worst value"),
    ] = None
    scores: Annotated[
        tuple[float, ...] | None, Field(description="score of each band, the worst first; default 0, 1, 2 …")
    ] = None

    def __post_init__(self) -> None:
        if self.thresholds is None and self.by != "deviations":
            raise ValueError(f"by = {self.by} needs thresholds")
        if not self._thresholds or any(lower >= upper for lower, upper in pairwise(self._thresholds)):
            raise ValueError("thresholds must ascend")
        if self.by in ("quantiles", "ranks") and not 0 <= self._thresholds[0] <= self._thresholds[-1] <= 1:
            raise ValueError(f"thresholds by {self.by} must lie between 0 and 1")
        if len(self._scores) != len(self._thresholds) + 1:
            raise ValueError(
                f"{len(self._thresholds)} thresholds need {len(self._thresholds) + 1} scores, one for each band"
            )
        if any(lower > upper for lower, upper in pairwise(self._scores)):
            raise ValueError("scores must not descend")

    @property
    def _thresholds(self) -> tuple[float, ...]:
        return (-1.0, 1.0) if self.thresholds is None else self.thresholds

    @property
    def _scores(self) -> tuple[float, ...]:
        return tuple(map(float, range(len(self._thresholds) + 1))) if self.scores is None else self.scores

    @property
    def settings(self) -> dict[str, Any]:
        return {**self.parameters, "thresholds": self._thresholds, "scores": self._scores}

    @property
    def needs_spread(self) -> bool:
        return self.by != "values"

    @property
    def whole_column(self) -> bool:
        return self.by == "ranks"

    @property
    def neutral_score(self) -> float:
        return (self._scores[0] + self._scores[-1]) / 2

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        if self.by == "ranks":
            return self._score_ranks(x, s)
        return self._score_bands(x, [x - self._threshold_value(threshold, s) for threshold in self._thresholds], s)

    def cost(self, x: Expression, s: Statistics) -> Expression:
        if self.by == "values":
            return self._score_bands(x, [threshold - x for threshold in reversed(self._thresholds)], s)
        if self.by == "ranks":
            return self._score_ranks(-x, s)
        mirrored = [1 - q if self.by == "quantiles" else -q for q in self._thresholds]
        return self._score_bands(x, [self._threshold_value(threshold, s) - x for threshold in mirrored], s)

    def _threshold_value(self, threshold: float, s: Statistics) -> Expression | float:
        if self.by == "deviations":
            return s.mean + threshold * s.std
        return s.quantile(threshold) if self.by == "quantiles" else threshold

    def _score_ranks(self, x: Expression, s: Statistics) -> Expression:
        rank, z = x.rank("min").cast(float), where(x.is_null(), x, self._scores[0])
        for threshold, score in zip(self._thresholds, self._scores[1:], strict=True):
            z = where(rank >= threshold * s.count * (1 - _ROUNDING), score, z)
        return z

    def _score_bands(self, x: Expression, distances: list[Expression], s: Statistics) -> Expression:
        z: Expression | float = self._scores[0]
        for distance, score in zip(distances, self._scores[1:], strict=True):
            z = where(distance >= -_tolerance(s), score, z)
        return where(x.is_null(), x, z)


@dataclass(frozen=True)
class AboveBelowMean(Normalisation):
    """Score 1 above the mean, -1 below the mean, and 0 within a margin around the mean."""

    name = "above_below_mean"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = (
        r"z = 1 \text{ if } x - \bar x > p |\bar x|; \; -1 \text{ if } x - \bar x < -p |\bar x|; \; 0 \text{ otherwise}"
    )
    symbols = {"margin": "p"}
    ordinal = True
    guaranteed_worst_score = 0.0
    properties = _PROPERTIES

    margin: Annotated[float, Field(ge=0, lt=1, description="p, as a share of the mean")] = 0.0

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        distance, margin = x - s.mean, self.margin * s.mean.abs() + _tolerance(s)
        z = where(distance > margin, 1.0, where(distance < -margin, -1.0, 0.0))
        return where(x.is_null(), x, z)


def _tolerance(s: Statistics) -> Expression:
    return _ROUNDING * row_max([s.min.abs(), s.max.abs()])
