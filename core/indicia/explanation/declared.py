"""The tables of explanations of a score and of a gap."""

from __future__ import annotations

from typing import ClassVar

from indicia.analyses import IN_INDEX, Column, Kind, Table, columns_of
from indicia.analyses.columns import INDICATOR

_DIMENSION = Column("dimension", Kind.TEXT, "the dimension that it belongs to, or the index; several with commas")
_OF_PERIOD = Column("period", Kind.PERIOD, "the period of a panel", optional=True)
_ATTRIBUTES = (
    Column("year", Kind.PERIOD, "the year of the value", optional=True),
    Column("source", Kind.TEXT, "its source", optional=True),
    Column("status", Kind.TEXT, "its status", optional=True),
    Column("standard_error", Kind.FIGURE, "its standard error", optional=True),
)
_LOST = Column("lost", Kind.CHANGE, "the part in the distance to the top of the scale")
_ORDERS = Column("orders", Kind.COUNT, "the number of sampled orders of a sampled rule; missing for exact parts")
_RULE = Column("rule", Kind.TEXT, "the rule by which the score is divided")


class ScoreTables:
    """The tables of the explanation of a score."""

    parts: ClassVar[Table] = Table(
        "The parts of the score by indicator",
        INDICATOR,
        Column("name", Kind.TEXT, "its name"),
        _DIMENSION,
        Column("measure", Kind.TEXT, "its unit of measure"),
        Column("raw", Kind.FIGURE, "the value of the unit", raw=True),
        Column("prepared", Kind.FIGURE, "the value after all changes", raw=True),
        Column("changes", Kind.TEXT, "the rules that changed it"),
        Column("imputed", Kind.YES, "true for a filled value"),
        Column("normalised", Kind.SCORE, "the value on the common scale"),
        Column("rank", Kind.RANK, "the rank in the indicator, among the units of the period"),
        Column("of", Kind.COUNT, "the number of these units"),
        *columns_of(Kind.SCORE, median="their median normalised value", best="their best normalised value"),
        *columns_of(Kind.CHANGE, to_median="the value less the median", to_best="the value less the best"),
        Column("median_raw", Kind.FIGURE, "the median of raw values", raw=True),
        Column("best_raw", Kind.FIGURE, "the raw value of the best unit", raw=True),
        Column("to_median_raw", Kind.FIGURE, "the raw value less the median", raw=True),
        Column("to_best_raw", Kind.FIGURE, "the raw value less the best", raw=True),
        *_ATTRIBUTES,
        Column("implied", Kind.SCORE, "what stands for a missing normalised value: the score of its dimension"),
        *columns_of(
            Kind.SHARE,
            weight="the weight in the index without gaps",
            effective_weight="the weight over what the unit has",
            shifted_weight="the weight with which the score is a weighted sum",
        ),
        Column("contribution", Kind.CHANGE, "the shifted weight times the value"),
        Column("vs_median", Kind.CHANGE, "the part in the distance to the median profile"),
        _LOST,
        Column("error", Kind.FIGURE, "the standard error of a sampled part", optional=True),
        Column("kind", Kind.TEXT, '"strength", "weakness", or missing'),
        order=IN_INDEX,
    )
    nodes: ClassVar[Table] = Table(
        "The parts of each dimension and of the index",
        Column("node", Kind.PART, "the dimension, or the index"),
        Column("aggregation", Kind.TEXT, "its aggregation"),
        Column("node_value", Kind.SCORE, "its unrounded score"),
        Column("part", Kind.PART, "the component"),
        Column("value", Kind.SCORE, "its value"),
        *columns_of(Kind.SHARE, weight="its weight within the node", effective_weight="over what the unit has"),
        Column("piece", Kind.FIGURE, "the component on the scale on which the node adds, or multiplies"),
        Column("shifted_weight", Kind.SHARE, "the weight with which the value of the node is a weighted sum"),
        Column("contribution", Kind.CHANGE, "the part in the value of the node"),
        Column("vs_median", Kind.CHANGE, "the part in the distance of the index to the median profile"),
        _LOST,
        order="A node stands before its own parts; both are in the order of the index file.",
    )
    totals: ClassVar[Table] = Table(
        "The score and the sums of its parts",
        Column("unit", Kind.UNIT, "the unit"),
        _OF_PERIOD,
        Column("score", Kind.SCORE, "the unrounded score: the sum of contributions, `constant` and `rounding`"),
        Column("published", Kind.SCORE, "the score as the run rounds it"),
        Column("rank", Kind.RANK, "its rank"),
        Column("of", Kind.COUNT, "the number of units with a rank"),
        Column("base", Kind.SCORE, "the score of the median profile"),
        Column("above_base", Kind.CHANGE, "the score less `base`: the sum of `vs_median` and `rounding_above_base`"),
        Column("rounding_above_base", Kind.CHANGE, "what the rounding of dimensions adds to it"),
        Column("behind_base", Kind.COUNT, "the number of ranked units whose scores are worse than `base`"),
        Column("lost", Kind.CHANGE, "the distance to the top of all scales: the sum of `lost` and `rounding_lost`"),
        Column("rounding_lost", Kind.CHANGE, "what the rounding of dimensions adds to it"),
        Column("constant", Kind.CHANGE, "what rescalings add to the score"),
        Column("rounding", Kind.CHANGE, "what the rounding of dimensions adds to the score"),
        Column("best_unit", Kind.UNIT, "the unit with the best rank in the period"),
        Column("best_score", Kind.SCORE, "its unrounded score"),
        _RULE,
        _ORDERS,
        order="One row.",
    )
    unfolding: ClassVar[Table] = Table(
        "The life of each value",
        INDICATOR,
        Column("step", Kind.TEXT, 'such as "read", the stages that changed it, "normalisation", "contribution"'),
        Column("value", Kind.FIGURE, "the value after the step; without raw values, these steps have no rows"),
        Column("rule", Kind.TEXT, "the method of the step"),
        order="In the order of the index file, then of the steps.",
    )


class GapTables:
    """The tables of the explanation of a gap between the units a and b."""

    parts: ClassVar[Table] = Table(
        "The parts of the gap by indicator",
        INDICATOR,
        _DIMENSION,
        Column("a_raw", Kind.FIGURE, "the value of a, before imputation and treatment", raw=True),
        Column("b_raw", Kind.FIGURE, "the value of b", raw=True),
        Column("a_prepared", Kind.FIGURE, "the value of a after all changes", raw=True),
        Column("b_prepared", Kind.FIGURE, "the value of b after all changes", raw=True),
        *columns_of(
            Kind.SCORE,
            a_normalised="the normalised value of a",
            b_normalised="the normalised value of b",
            a_value="the value of a, with implied values",
            b_value="the value of b, with implied values",
        ),
        Column("weight", Kind.SHARE, "the effective weight, re-scaled without indicators that neither has"),
        Column("part", Kind.CHANGE, "the part in the gap"),
        Column("share", Kind.SHARE, "its share of the gap"),
        Column("standard_error", Kind.FIGURE, "the standard error of a sampled part", optional=True),
        Column("{rule}", Kind.CHANGE, "the part by a further rule, and the standard error of a sampled one"),
        order=IN_INDEX,
    )
    nodes: ClassVar[Table] = Table(
        "The parts of the gap by dimension",
        Column("node", Kind.PART, "the dimension"),
        _DIMENSION,
        *columns_of(Kind.SCORE, a_value="the unrounded score of a", b_value="the unrounded score of b"),
        Column("part", Kind.CHANGE, "the part in the gap: the sum of those of its indicators"),
        Column("share", Kind.SHARE, "its share of the gap"),
        order="In the order of the tree, from the index down.",
    )
    totals: ClassVar[Table] = Table(
        "The gap",
        *columns_of(Kind.UNIT, a="the first unit", b="the second unit"),
        _OF_PERIOD,
        *columns_of(Kind.SCORE, a_score="the unrounded score of a", b_score="the unrounded score of b"),
        *columns_of(Kind.RANK, a_rank="the rank of a", b_rank="the rank of b"),
        Column("gap", Kind.CHANGE, "the score of a less that of b"),
        Column("{other}", Kind.CHANGE, "a part that no indicator has, such as `rounding`"),
        _RULE,
        _ORDERS,
        order="One row.",
    )
    draws: ClassVar[Table] = Table(
        "The gap in the draws",
        *columns_of(
            Kind.COUNT,
            draws="the number of draws in which both have ranks",
            ahead="the number in which a is ahead",
            level="the number in which both are level",
            behind="the number in which a is behind",
        ),
        Column("share_ahead", Kind.SHARE, "the share in which a is ahead; level counts half"),
        *columns_of(
            Kind.SHIFT,
            rank_median="the median of the rank of a less that of b",
            rank_lower="its 5 % quantile",
            rank_upper="its 95 % quantile",
        ),
        *columns_of(
            Kind.CHANGE,
            median="the median of the gap; missing if the draws have scores of several scales",
            lower="its 5 % quantile",
            upper="its 95 % quantile",
        ),
        order="One row; none if nothing was drawn.",
    )
