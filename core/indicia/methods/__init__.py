'''What a method is: everything an author of methods imports.

A method is a frozen dataclass. Its fields are its parameters, its class attributes state what it is and needs, and
its formula is the formula of the paper:

    from dataclasses import dataclass
    from typing import Annotated

    from pydantic import Field

    from indicia.methods import Expression, Normalisation, Statistics


    @dataclass(frozen=True)
    class MinMax(Normalisation):
        """Rescale linearly so that the worst unit scores `lower` and the best `upper`."""

        name = "min_max"
        reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
        needs_spread = True

        lower: Annotated[float, Field(description="score of the worst unit")] = 0.0
        upper: Annotated[float, Field(description="score of the best unit")] = 1.0

        def benefit(self, x: Expression, s: Statistics) -> Expression:
            return self.lower + (self.upper - self.lower) * (x - s.min) / (s.max - s.min)

`x` is the indicator, `s` its statistics; nothing else is needed. The core decides over which rows a statistic is taken
(all, a period, a group), computes all of them in one pass, turns costs round, checks the declared needs before the
formula runs and names units and indicators when they are not met.

A module offers its methods through a hook (see `indicia.catalogue.hookspecs`) and is found by an entry point of the
group `indicia`, or named by the user as a file.
'''

from indicia.formulas import Expression, Statistics
from indicia.methods.aggregation import (
    Aggregation,
    Component,
    Components,
    MatrixAggregation,
    Names,
    highest,
    in_order,
    lowest,
    middle,
    product,
    total,
)
from indicia.methods.agreement import Agreement, JointAgreement
from indicia.methods.consensus import Consensus
from indicia.methods.contract import Array, Domain, Method, Property, where
from indicia.methods.imputation import Imputation, MatrixImputation, SeriesImputation
from indicia.methods.language import Language
from indicia.methods.normal import normal_quantile
from indicia.methods.normalisation import Normalisation
from indicia.methods.opinions import Comparisons, Ratings
from indicia.methods.rounding import half_up
from indicia.methods.sorting import neighbours, upwards
from indicia.methods.treatment import Treatment
from indicia.methods.weighting import Indicators, Weighting, Weights

__all__ = [
    "Aggregation",
    "Agreement",
    "Array",
    "Comparisons",
    "Component",
    "Components",
    "Consensus",
    "Domain",
    "Expression",
    "Imputation",
    "Indicators",
    "JointAgreement",
    "Language",
    "MatrixAggregation",
    "MatrixImputation",
    "Method",
    "Names",
    "Normalisation",
    "Property",
    "Ratings",
    "SeriesImputation",
    "Statistics",
    "Treatment",
    "Weighting",
    "Weights",
    "half_up",
    "highest",
    "in_order",
    "lowest",
    "middle",
    "neighbours",
    "normal_quantile",
    "product",
    "total",
    "upwards",
    "where",
]
