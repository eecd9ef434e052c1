"""The tables of an inspection of a table in partitions."""

from __future__ import annotations

from typing import ClassVar

from indicia.analyses import IN_INDEX, Column, Kind, Table
from indicia.analyses.columns import INDICATOR
from indicia_audit.inspection.declared import (
    AGAINST,
    FACTS,
    MAXIMUM,
    MEDIAN,
    MINIMUM,
    OF_PERIOD,
    PRESENT,
    SHAPE,
    SHARE,
    InspectionTables,
)


class PartitionsInspectionTables:
    """The tables of `PartitionedInspection.frame`, and of `indicia check --show` for partitions."""

    indicators: ClassVar[Table] = Table(
        "The indicators",
        *FACTS,
        *MINIMUM,
        Column("first_quartile", Kind.FIGURE, "the first quartile", raw=True),
        MEDIAN,
        Column("third_quartile", Kind.FIGURE, "the third quartile", raw=True),
        *MAXIMUM,
        Column("mean", Kind.FIGURE, "the mean", raw=True),
        Column("deviation", Kind.FIGURE, "the standard deviation", raw=True),
        *SHAPE,
        AGAINST,
        order=IN_INDEX,
    )
    correlations: ClassVar[Table] = Table(
        "The correlations of pairs of indicators",
        INDICATOR,
        Column("other", Kind.PART, "the other indicator"),
        Column("correlation", Kind.FIGURE, "Pearson's r"),
        Column("rows", Kind.COUNT, "the number of rows with both"),
        order=IN_INDEX,
    )
    periods: ClassVar[Table] = Table("The periods", *OF_PERIOD, by=("period",))
    groups: ClassVar[Table] = Table(
        "The groups",
        Column("column", Kind.TEXT, "the column of groups"),
        Column("group", Kind.TEXT, "the group"),
        Column("rows", Kind.COUNT, "the number of its rows"),
        *PRESENT,
        SHARE,
        order="By column, then by group.",
    )
    findings: ClassVar[Table] = InspectionTables.findings
    unused: ClassVar[Table] = InspectionTables.unused
    skipped: ClassVar[Table] = InspectionTables.skipped
