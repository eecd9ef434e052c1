"""The tables of the explanation of a move, and of a recast series."""

from __future__ import annotations

from typing import ClassVar

from indicia.analyses import Column, Kind, Table, columns_of
from indicia.analyses.columns import GROUP, LABEL, PERIOD, UNIT

_UNIT = Column("unit", Kind.UNIT, "the unit")
_WHAT = Column("what", Kind.TEXT, '"score" or "rank"')
_EDITION = Column("edition", Kind.TEXT, "the name of the table")
_CAUSES = {
    "own": "the data of the unit",
    "others": "the data of the others",
    "method": "the method",
    "sample": "the units that came and left",
}


class MoveTables:
    """The tables of the explanation of a move."""

    causes: ClassVar[Table] = Table(
        "The part of each cause in the move",
        _WHAT,
        Column("cause", Kind.TEXT, "own, others, method, sample; or data, which is own and others"),
        *columns_of(
            Kind.FIGURE,
            shapley="the Shapley value: the parts of the four causes add up to the move",
            first="the part if the cause is switched first, alone from the old edition",
            last="the part if it is switched last",
            lowest="the lowest part over the 24 orders",
            highest="the highest part; where both differ in sign, the part depends on the order",
        ),
        order="Score, then rank, by cause.",
    )
    scenarios: ClassVar[Table] = Table(
        "The sixteen runs",
        *columns_of(Kind.COUNT, **{cause: f"{meaning}: 0 old, 1 new" for cause, meaning in _CAUSES.items()}),
        Column("score", Kind.SCORE, "the unrounded score of the unit"),
        Column("rank", Kind.RANK, "its rank"),
        by=("sample", "method", "others", "own"),
    )
    parts: ClassVar[Table] = Table(
        "The part of own data by indicator",
        Column("indicator", Kind.PART, 'the indicator; "(weights)" and the like have parts that no indicator has'),
        Column("old_raw", Kind.FIGURE, "the old value, before imputation and treatment", raw=True),
        Column("new_raw", Kind.FIGURE, "the new value", raw=True),
        *columns_of(Kind.SCORE, old_normalised="the old normalised value", new_normalised="the new normalised value"),
        Column("weight", Kind.SHARE, "the effective weight, the mean over contexts and runs"),
        Column("part", Kind.CHANGE, "the part in the change of score; parts add up to that of own data"),
        Column("standard_error", Kind.FIGURE, "the largest standard error of a sampled part", optional=True),
        order="In the order of the index file; rows without a weight are last.",
    )
    totals: ClassVar[Table] = Table(
        "The move",
        _WHAT,
        *columns_of(
            Kind.FIGURE,
            old="the figure of the old edition",
            new="that of the new edition",
            move="the new figure less the old one",
        ),
        order="Score, then rank.",
    )
    draws: ClassVar[Table] = Table(
        "The move in the draws",
        Column("draws", Kind.COUNT, "the number of draws"),
        *columns_of(
            Kind.SHARE,
            climbed="the share in which the unit climbed",
            stayed="the share in which it kept its rank",
            fell="the share in which it fell",
        ),
        *columns_of(
            Kind.SHIFT,
            rank_median="the median change of rank, the new one less the old one",
            rank_lower="its 5 % quantile",
            rank_upper="its 95 % quantile",
        ),
        Column("score_rose", Kind.SHARE, "the share in which its score rose; missing for scores of several scales"),
        *columns_of(
            Kind.CHANGE,
            score_median="the median change of score",
            score_lower="its 5 % quantile",
            score_upper="its 95 % quantile",
        ),
        order="One row.",
    )


class RecastTables:
    """The tables of `Recast.frame` and `indicia recast --show`."""

    series: ClassVar[Table] = Table(
        "The scores and ranks of all tables under one method",
        UNIT,
        Column("edition", Kind.TEXT, "the name of the table, of an index without periods", optional=True),
        PERIOD,
        LABEL,
        GROUP,
        Column("score", Kind.SCORE, "the score"),
        Column("rank", Kind.RANK, "the rank"),
        Column("rank_{group}", Kind.RANK, "the rank within the group of this column"),
        Column("{bands}", Kind.BAND, "the band of the unit in this classification"),
        Column("imputed_share", Kind.SHARE, "the share of the weight on imputed values", optional=True),
        Column("{dimension}", Kind.SCORE, "the score of this dimension"),
        order="By period or edition, then by rank.",
    )
    editions: ClassVar[Table] = Table(
        "The tables",
        _EDITION,
        Column("rows", Kind.COUNT, "the number of its rows"),
        Column("lacking", Kind.TEXT, "the indicators that it does not have"),
        order="In the order of the command.",
    )
