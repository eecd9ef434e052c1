"""The tables of an inspection of the data."""

from __future__ import annotations

from typing import ClassVar

from indicia.analyses import IN_DATA, IN_INDEX, Column, Kind, Table, columns_of
from indicia.analyses.columns import INDICATOR, PERIOD, REASON, UNIT

PRESENT = tuple(columns_of(Kind.COUNT, present="the number of values that are present", of="the number of all values"))
SHARE = Column("share", Kind.SHARE, "the share of values that are present")
OF_PERIOD = (
    Column("period", Kind.TEXT, "the period"),
    Column("units", Kind.COUNT, "the number of its units"),
    *PRESENT,
    SHARE,
)
FACTS = (
    INDICATOR,
    Column("direction", Kind.TEXT, '"benefit", "cost", "target" or "interval"'),
    Column("direction_source", Kind.TEXT, '"stated" or "assumed"'),
    Column("direction_conflict", Kind.YES, "true if a check doubts the direction"),
    Column("measure", Kind.TEXT, "the unit of measure"),
    Column("weight", Kind.SHARE, "the effective weight"),
    *PRESENT,
    SHARE,
    Column("imputed", Kind.COUNT, "the number of imputed values"),
    Column("imputed_share", Kind.SHARE, "their share of all values"),
    Column("imputed_by", Kind.TEXT, "the imputation"),
)
MINIMUM = (
    Column("minimum", Kind.FIGURE, "the lowest value before anything is filled or treated", raw=True),
    Column("minimum_units", Kind.TEXT, "the units that have it"),
)
MEDIAN = Column("median", Kind.FIGURE, "the median", raw=True)
MAXIMUM = (
    Column("maximum", Kind.FIGURE, "the highest value", raw=True),
    Column("maximum_units", Kind.TEXT, "the units that have it"),
)
SHAPE = (
    *columns_of(Kind.FIGURE, skewness="the skewness", kurtosis="the excess kurtosis"),
    Column("treated", Kind.COUNT, "the number of values that the treatment changes"),
    Column("treated_by", Kind.TEXT, "the treatment"),
    *columns_of(
        Kind.FIGURE,
        skewness_treated="the skewness after treatment and transform",
        kurtosis_treated="the excess kurtosis after both",
    ),
    Column("outliers", Kind.COUNT, "the number of outliers"),
    Column("zeros", Kind.COUNT, "the number of zeros"),
)
AGAINST = Column("against", Kind.TEXT, "the other indicators of its dimension that run against it")


class InspectionTables:
    """The tables of `Inspection.frame` and `indicia check --show`."""

    indicators: ClassVar[Table] = Table(
        "The indicators",
        *FACTS,
        *MINIMUM,
        MEDIAN,
        *MAXIMUM,
        *SHAPE,
        Column("distinct", Kind.COUNT, "the number of distinct values"),
        Column("most_common_share", Kind.SHARE, "the share of the most common value"),
        AGAINST,
        order=IN_INDEX,
    )
    units: ClassVar[Table] = Table(
        "The units",
        UNIT,
        PERIOD,
        *PRESENT,
        SHARE,
        Column("missing", Kind.TEXT, "the indicators without a value"),
        Column("imputed", Kind.COUNT, "the number of imputed values"),
        Column("imputed_weight", Kind.SHARE, "the share of the weight on imputed values"),
        order=IN_DATA,
    )
    periods: ClassVar[Table] = Table(
        "The periods", *OF_PERIOD, Column("absent", Kind.TEXT, "the units that are absent"), by=("period",)
    )
    findings: ClassVar[Table] = Table(
        "The findings of checks",
        Column("check", Kind.TEXT, "the code of the check"),
        Column("severity", Kind.TEXT, '"error", "warning" or "information"'),
        Column("where", Kind.TEXT, "the unit or the part that it concerns"),
        Column("period", Kind.TEXT, "the period of a panel", optional=True),
        Column("value", Kind.FIGURE, "the value that is compared with the threshold"),
        Column("threshold", Kind.FIGURE, "the threshold of the check"),
        Column("sentence", Kind.TEXT, "the finding"),
        Column("remedy", Kind.TEXT, "the remedy"),
        Column("waived", Kind.TEXT, "the reason of a waiver"),
        order="The gravest first.",
    )
    unused: ClassVar[Table] = Table(
        "The columns and rows without a role",
        Column("kind", Kind.TEXT, '"column" or "row"'),
        Column("name", Kind.TEXT, "its name"),
        REASON,
        order="Columns, then rows, in the order of the data.",
    )
    skipped: ClassVar[Table] = Table(
        "The checks that did not look",
        Column("check", Kind.TEXT, "the code of the check"),
        Column("title", Kind.TEXT, "its title"),
        REASON,
        order="By code.",
    )
