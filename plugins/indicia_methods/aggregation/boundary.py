"""Distances to a border between good and bad values, such as the mean of the units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia.methods import Aggregation, Domain, Property, row_sum
from indicia_methods.aggregation.properties import DISTANCE_SUM, RATIO_SUM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.methods import Component, Components, Expression


@dataclass(frozen=True)
class Mabac(Aggregation):
    """Add up the distances to the border approximation area, the geometric mean of the weighted values."""

    name = "mabac"
    reference = "Pamučar & Ćirović (2015), Expert Systems with Applications 42(6), doi:10.1016/j.eswa.2014.11.057"
    formula = r"\sum_j (v_j - g_j), \quad v_j = w_j (z_j + 1), \; g_j = \left( \prod_{i=1}^n v_{ij} \right)^{1/n}"
    domain = Domain.NON_NEGATIVE
    properties = RATIO_SUM

    def combine(self, components: Components) -> Expression:
        return row_sum(c.w * (c.z + 1 - c.s((c.z + 1).log().mean().exp())) for c in components)


@dataclass(frozen=True)
class Mairca(Aggregation):
    """Add up the gaps between theoretical and real ratings; all units are equally likely a priori."""

    name = "mairca"
    reference = "Pamučar, Vasin & Lukovac (2014), XVI International Scientific-expert Conference on Railways"
    formula = r"\sum_j \frac{w_j}{n} (1 - z_j)"
    low_is_best = True
    properties = DISTANCE_SUM

    def combine(self, components: Components) -> Expression:
        units = components.aggregate(components[0].z.len().cast(float))
        return row_sum(c.w * (1 - c.z) for c in components) / units


@dataclass(frozen=True)
class Edas(Aggregation):
    """Average two scores: the distance above the mean, and 1 less the distance below the mean."""

    name = "edas"
    reference = "Keshavarz Ghorabaee, Zavadskas, Olfat & Turskis (2015), Informatica 26(3)"
    formula = (
        r"\frac12 \left( \frac{P}{\max P} + 1 - \frac{N}{\max N} \right), \quad P = \sum_j w_j \max(0, d_j), "
        r"\; N = \sum_j w_j \max(0, -d_j), \; d_j = \pm \frac{z_j - \bar z_j}{\bar z_j}"
    )
    domain = Domain.NON_NEGATIVE
    canonical_normalisation = "none"
    oriented = False
    properties = frozenset({Property.COMPENSATORY, Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO})
    detail_tables = {"units": "a unit: its distances above and below the mean, P and N"}

    def details(self, components: Components) -> Mapping[str, Expression]:
        above, below = self._distances(components)
        return {"above": above / 2, "below": below / 2}

    def _distances(self, components: Components) -> tuple[Expression, Expression]:
        """Return 2 P and 2 N."""
        sizes = components.cache_column(row_sum(c.w * _distance(c).abs() for c in components))
        distances = components.cache_column(row_sum(c.w * _distance(c) for c in components))
        return sizes + distances, sizes - distances

    def combine(self, components: Components) -> Expression:
        above, below = self._distances(components)  # the 2 cancels
        return (above / components.aggregate(above.max()) + 1 - below / components.aggregate(below.max())) / 2


def _distance(c: Component) -> Expression:
    """Return the signed distance to the mean, relative to the mean; 0 if all values are 0."""
    better = c.z - c.s.mean if c.direction == "benefit" else c.s.mean - c.z
    return better / c.s(c.z.mean().replace(0.0, 1.0))


@dataclass(frozen=True)
class Rafsi(Aggregation):
    """Map values between the anti-ideal and the ideal to an interval, and relate them to the means of its ends.

    The ideal and the anti-ideal are the bounds of the indicators; without bounds, the extreme values of the data. Raw
    values (normalisation `none`) take multiples of the extreme values: `ideal` times the largest and `anti_ideal` times
    the smallest value. For a cost the two are exchanged.
    """

    name = "rafsi"
    reference = "Žižović, Pamučar, Albijanić, Chatterjee & Pribićević (2020), Mathematics 8(6), doi:10.3390/math8061015"
    formula = (
        r"\sum_j w_j s_j, \quad s_j = \frac{f_j}{2A} \text{ or, of a cost, } \frac{H}{2 f_j}, \quad f_j = n_1 + "
        r"(n_2 - n_1) <ideal>, \; A = \frac{n_1 + n_2}{2}, \; H = \frac{2}{1 / n_1 + 1 / n_2}"
    )
    symbols = {"n1": "n_1", "n2": "n_2", "ideal": "a", "anti_ideal": "b"}
    variants = {
        "ideal": {
            None: "z_j",
            ...: r"\frac{z_j - b \min z_j}{a \max z_j - b \min z_j}",
        },
    }
    domain = Domain.NON_NEGATIVE
    oriented = False
    properties = RATIO_SUM

    n1: Annotated[float, Field(gt=0, description="lower end of the interval")] = 1.0
    n2: Annotated[float, Field(gt=0, description="upper end of the interval")] = 6.0
    ideal: Annotated[float | None, Field(ge=1, description="a, for example 2: twice the largest value")] = None
    anti_ideal: Annotated[
        float | None, Field(ge=0, le=1, description="b, for example 0.5: half the smallest value")
    ] = None

    def __post_init__(self) -> None:
        if not self.n1 < self.n2:
            raise ValueError(f"n1 = {self.n1:g} must be smaller than n2 = {self.n2:g}")
        if (self.ideal is None) != (self.anti_ideal is None):
            raise ValueError("ideal and anti_ideal need each other: set both, or neither")

    def combine(self, components: Components) -> Expression:
        return row_sum(c.w * self._standardised(c) for c in components)

    def _standardised(self, c: Component) -> Expression:
        mapped = self.n1 + (self.n2 - self.n1) * self._between_ends(c)
        arithmetic = (self.n1 + self.n2) / 2
        harmonic = 2 / (1 / self.n1 + 1 / self.n2)
        return mapped / (2 * arithmetic) if c.direction == "benefit" else harmonic / (2 * mapped)

    def _between_ends(self, c: Component) -> Expression:
        if self.ideal is None or self.anti_ideal is None:
            return c.z
        low, high = c.s(self.anti_ideal * c.z.min()), c.s(self.ideal * c.z.max())
        return (c.z - low) / (high - low)
