'''The contract of methods: the names that authors of plugins import.

A method is a frozen dataclass. Its fields are its parameters, its class attributes state its needs, and its formula is
the formula of the paper:

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

`x` is the indicator, and `s` holds its statistics. The core decides which rows a statistic is taken over (all, a
period, a group), computes all statistics in one pass, negates costs, and checks the needs before the formula runs. An
error names the units and indicators that do not meet them.

A module offers its methods through a hook (see `indicia.catalogue.hookspecs`). Indicia finds the module by an entry
point of the group `indicia`, or the user names its file.
'''

from typing import TYPE_CHECKING, Any

from indicia.formulas import Expression, Statistics
from indicia.methods.contract import (
    Array,
    Domain,
    Method,
    Property,
    UsedColumn,
    WorkedExample,
    matrix_table,
    pair_table,
    where,
)
from indicia.methods.formula_parser import FormulaParser
from indicia.methods.judgements import PairwiseComparisons, Ratings
from indicia.methods.kinds import (
    Aggregation,
    Agreement,
    Completed,
    Component,
    Components,
    Consensus,
    Imputation,
    Indicators,
    JointAgreement,
    MatrixAggregation,
    MatrixContext,
    MatrixImputation,
    MergedColumn,
    Normalisation,
    RandomImputation,
    RankingContext,
    SeriesImputation,
    Treatment,
    Weighting,
    Weights,
    row_max,
    row_median,
    row_min,
    row_product,
    row_sorted,
    row_sum,
)
from indicia.methods.numbers import RandomNumbers, half_up, normal_quantile, order_with_ties, sort_with_order

__all__ = [
    "Aggregation",
    "Agreement",
    "Array",
    "Completed",
    "Component",
    "Components",
    "Consensus",
    "Domain",
    "Expression",
    "FormulaParser",
    "Imputation",
    "Indicators",
    "JointAgreement",
    "MatrixAggregation",
    "MatrixContext",
    "MatrixImputation",
    "MergedColumn",
    "Method",
    "Normalisation",
    "PairwiseComparisons",
    "Property",
    "RandomImputation",
    "RandomNumbers",
    "RankingContext",
    "Ratings",
    "SeriesImputation",
    "Statistics",
    "Treatment",
    "UsedColumn",
    "Weighting",
    "Weights",
    "WorkedExample",
    "half_up",
    "matrix_table",
    "normal_quantile",
    "order_with_ties",
    "pair_table",
    "row_max",
    "row_median",
    "row_min",
    "row_product",
    "row_sorted",
    "row_sum",
    "sort_with_order",
    "where",
]
