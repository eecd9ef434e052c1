"""Weights from the correlations of the indicators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Array, Expression, Indicators, Property, Statistics, Weighting, Weights, where

if TYPE_CHECKING:
    from indicia.methods.contract import DetailTable

_PROPERTIES = frozenset(
    {Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO, Property.ZERO_FOR_CONSTANT}
)


@dataclass(frozen=True)
class Critic(Weighting):
    """Weigh an indicator by its contrast (standard deviation over range) times its conflict with the other indicators.

    The paper takes the standard deviation of min-max values. Dividing by the range gives the same weights after any
    linear normalisation. With `scaled = false` the contrast is the standard deviation of the values as they are, which
    depends on their units of measure; after `min_max` the weights are the same. With `on = "raw"` the values are raw
    values, and those of costs are not reversed: a cost that falls where a benefit rises is in conflict with it.
    """

    name = "critic"
    reference = (
        "Diakoulaki, Mavrotas & Papayannakis (1995), Computers & Operations Research 22(7), "
        "doi:10.1016/0305-0548(94)00059-H"
    )
    formula = r"w_j = s_j \sum_k (1 - r_{jk}), \quad s_j = <scaled>, \quad r_{jk} = <correlation>"
    variants = {
        "scaled": {
            True: r"\frac{s_{<on>_j}}{\max <on>_j - \min <on>_j}",
            False: "s_{<on>_j}",
        },
        "correlation": {
            "pearson": r"\operatorname{corr}(<on>_j, <on>_k)",
            "spearman": r"\operatorname{corr}(\operatorname{rank} <on>_j, \operatorname{rank} <on>_k)",
        },
        "on": {"normalised": "z", "raw": "x"},
    }
    properties = frozenset({Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO, Property.ZERO_FOR_CONSTANT})

    detail_tables = {"components": "a component: its contrast, its conflict with the others, and their product"}

    correlation: Annotated[
        Literal["pearson", "spearman"], Field(description="of the values, or of their ranks (average for ties)")
    ] = "pearson"
    scaled: Annotated[
        bool, Field(description="divide standard deviations by the range, as after a min-max normalisation")
    ] = True
    on: Annotated[Literal["normalised", "raw"], Field(description="values from which weights are computed")] = (
        "normalised"
    )

    def weigh(self, indicators: Indicators) -> Weights:
        def contrast(x: Expression, s: Statistics) -> Expression:
            deviation = s(((x - s.min) / (s.max - s.min)).std()) if self.scaled else s.std
            return where(s.max > s.min, deviation, 0.0)

        values = indicators.on(self.on)
        correlation = values.correlation(of="values" if self.correlation == "pearson" else "ranks")
        conflict: Array = (1 - correlation).sum(axis=-1)
        contrasts = values.each(contrast)
        weights = contrasts * conflict
        figures = {"contrast": contrasts, "conflict": conflict, "information": weights}
        return Weights(weights, tables={"components": {"component": list(indicators.names), **figures}})


@dataclass(frozen=True)
class Independence(Weighting):
    """Weigh an indicator by the inverse of its multiple correlation with the other indicators.

    An indicator that the others explain weighs less. Correlations are taken over the units that have all indicators. An
    indicator that does not vary gets weight 0.
    """

    name = "independence"
    reference = "SPSSAU user guide, independence weights, by the coefficient of multiple correlation"
    formula = r"w_j = \frac{1}{R_j}, \quad R_j^2 = r_j^\top R_{-j}^{-1} r_j"
    properties = _PROPERTIES
    detail_tables = {"components": "a component: its multiple correlation with the other components"}

    def weigh(self, indicators: Indicators) -> Weights:
        units, size = indicators.count_complete(), len(indicators.names)
        if units <= size:
            raise ValueError(
                f"the multiple correlation of {size} components needs more units than components, and {units} units "
                "have all components"
            )
        varying = indicators.each(lambda x, s: s.max - s.min) > 0
        multiple = indicators.multiple_correlation()
        unrelated = varying & (multiple < 1e-12)
        if unrelated.any():
            names = [name for name, is_unrelated in zip(indicators.names, unrelated, strict=True) if is_unrelated]
            raise ValueError(
                f"{', '.join(names)} does not correlate with the other components, so 1 / R has no value: leave it out"
            )
        weights = np.divide(1.0, multiple, out=np.zeros_like(multiple), where=varying)
        components: DetailTable = {"component": list(indicators.names), "multiple correlation": multiple}
        return Weights(weights, tables={"components": components})
