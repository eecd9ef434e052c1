"""Normalisations that divide by a size of the indicator: ratios between units keep their meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.methods import Domain, Normalisation

if TYPE_CHECKING:
    from indicia.methods import Expression, Statistics


@dataclass(frozen=True)
class Sum(Normalisation):
    """Divide by the sum over units; a cost by its reciprocals."""

    name = "sum"
    reference = "Zavadskas & Turskis (2010), Technological and Economic Development of Economy 16(2)"
    formula = r"z = \frac{x}{\sum x}; \quad \text{cost: } z = \frac{1/x}{\sum 1/x}"
    domain = Domain.NON_NEGATIVE
    cost_domain = Domain.POSITIVE

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x / s.sum

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return (1 / x) / s((1 / x).sum())


@dataclass(frozen=True)
class Vector(Normalisation):
    """Divide by the Euclidean length of the indicator; a cost is taken from 1."""

    name = "vector"
    reference = "Hwang & Yoon (1981), Multiple Attribute Decision Making"
    formula = r"z = \frac{x}{\sqrt{\sum x^2}}; \quad \text{cost: } z = 1 - \frac{x}{\sqrt{\sum x^2}}"

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x / s((x**2).sum().sqrt())

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return 1 - self.benefit(x, s)


@dataclass(frozen=True)
class ShareOfMaximum(Normalisation):
    """Divide by the largest value; a cost is taken from 1."""

    name = "max"
    reference = "Hwang & Yoon (1981), Multiple Attribute Decision Making"
    formula = r"z = \frac{x}{\max x}; \quad \text{cost: } z = 1 - \frac{x}{\max x}"
    domain = Domain.NON_NEGATIVE

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x / s.max

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return 1 - x / s.max


@dataclass(frozen=True)
class LinearRatio(Normalisation):
    """Divide by the largest value; divide the smallest value by a cost."""

    name = "linear_ratio"
    reference = "Stopp (1975); Hwang & Yoon (1981), Multiple Attribute Decision Making"
    formula = r"z = \frac{x}{\max x}; \quad \text{cost: } z = \frac{\min x}{x}"
    domain = Domain.NON_NEGATIVE
    cost_domain = Domain.POSITIVE

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x / s.max

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return s.min / x
