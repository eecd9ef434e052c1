"""Weighted sums of utilities or of values, and compromises of such sums."""

from __future__ import annotations

from dataclasses import dataclass
from math import e
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Aggregation, Domain, Property, row_sum, where
from indicia_methods.aggregation.properties import ADDITIVE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.methods import Components, Expression


@dataclass(frozen=True)
class Maut(Aggregation):
    """Add up the weighted utilities of the components."""

    name = "maut"
    reference = "Keeney & Raiffa (1976), Decisions with Multiple Objectives"
    formula = r"\sum_j w_j u(z_j), \quad u(z) = <utility>"
    symbols = {"steps": "m"}
    variants = {
        "utility": {
            "log": r"\log_{10}(9z + 1)",
            "ln": r"\ln((e - 1) z + 1)",
            "quad": "(2z - 1)^2",
            "exp": r"\frac{e^{z^2} - 1}{e - 1}",
            "step": r"\frac{\lceil m z \rceil}{m}",
        },
    }
    domain = Domain.NON_NEGATIVE
    properties = frozenset({Property.DEFINED_AT_ZERO, Property.FREE_OF_RANK_REVERSAL})

    utility: Annotated[
        Literal["log", "ln", "quad", "exp", "step"],
        Field(description="utility function; quad is highest at both ends, the others rise from 0 to 1"),
    ] = "log"
    steps: Annotated[int, Field(ge=1, description="step: number of steps")] = 1

    def combine(self, components: Components) -> Expression:
        return row_sum(c.w * self._utility(c.z) for c in components)

    def _utility(self, z: Expression) -> Expression:
        if self.utility == "log":
            return (9 * z + 1).log10()
        if self.utility == "ln":
            return ((e - 1) * z + 1).log()
        if self.utility == "quad":
            return (2 * z - 1) ** 2
        if self.utility == "exp":
            return ((z**2).exp() - 1) / (e - 1)
        return (self.steps * z - _ROUNDING).ceil() / self.steps


_ROUNDING = 1e-12
"""Tolerance of a step, for rounding errors: 100 * 0.07 exceeds 7."""


@dataclass(frozen=True)
class Rov(Aggregation):
    """Take the midpoint of the range of values (ROV); with exact weights this is the weighted mean."""

    name = "rov"
    reference = (
        "Yakowitz, Lane & Szidarovszky (1993), Applied Mathematics and Computation 54(2-3), "
        "doi:10.1016/0096-3003(93)90057-L"
    )
    formula = r"\sum_j w_j z_j"
    additive = True
    properties = ADDITIVE

    def combine(self, components: Components) -> Expression:
        return row_sum(c.w * c.z for c in components)


@dataclass(frozen=True)
class Psi(Aggregation):
    """Weigh components by 1 less their variation between units; the weights of the methodology do not count."""

    name = "psi"
    uses_weights = False
    reference = "Maniya & Bhatt (2010), Materials & Design 31(4)"
    formula = r"\frac{\sum_j \Phi_j z_j}{\sum_j \Phi_j}, \quad \Phi_j = 1 - \sum (z_j - \bar z_j)^2"
    canonical_normalisation = "linear_ratio"

    def combine(self, components: Components) -> Expression:
        preferences = [1 - c.s(c.z.var(ddof=0) * c.z.count()) for c in components]
        present = [where(c.z.is_not_null(), phi, 0.0) for c, phi in zip(components, preferences, strict=True)]
        return row_sum(c.z * phi for c, phi in zip(components, preferences, strict=True)) / row_sum(present)


@dataclass(frozen=True)
class CoCoSo(Aggregation):
    """Combine three comparisons of the weighted sum and the sum of powers: with all units, the worst and the best."""

    name = "cocoso"
    reference = "Yazdani, Zaraté, Zavadskas & Turskis (2019), Management Decision 57(9), doi:10.1108/MD-05-2017-0458"
    formula = (
        r"\sqrt[3]{k_a k_b k_c} + \frac{k_a + k_b + k_c}{3}, \quad k_a = \frac{P + S}{\sum (P + S)}, \; "
        r"k_b = \frac{S}{\min S} + \frac{P}{\min P}, \; "
        r"k_c = \frac{\lambda S + (1 - \lambda) P}{\lambda \max S + (1 - \lambda) \max P}, \quad "
        r"S = \sum_j w_j z_j, \; P = \sum_j z_j^{w_j}"
    )
    symbols = {"share": r"\lambda"}
    domain = Domain.NON_NEGATIVE
    properties = frozenset({Property.MONOTONE})
    detail_tables = {"units": "a unit: its comparisons with all units, the worst and the best: k_a, k_b and k_c"}

    share: Annotated[float, Field(ge=0, le=1, description="λ, share of the weighted sum against the best")] = 0.5

    def combine(self, components: Components) -> Expression:
        of_all, of_worst, of_best = self.details(components).values()
        return (of_all * of_worst * of_best) ** (1 / 3) + (of_all + of_worst + of_best) / 3

    def details(self, components: Components) -> Mapping[str, Expression]:
        s = components.cache_column(row_sum(c.w * c.z for c in components))
        p = components.cache_column(row_sum(c.z**c.w for c in components))
        aggregate = components.aggregate
        best = self.share * aggregate(s.max()) + (1 - self.share) * aggregate(p.max())
        return {
            "k_a": (p + s) / aggregate((p + s).sum()),
            "k_b": s / aggregate(s.min()) + p / aggregate(p.min()),
            "k_c": (self.share * s + (1 - self.share) * p) / best,
        }
