"""The tables of a recast series."""

from __future__ import annotations

from typing import ClassVar

from indicia.analyses import Column, Kind, Table
from indicia.analyses.columns import GROUP, LABEL, PERIOD, UNIT

_EDITION = Column("edition", Kind.TEXT, "the name of the table")


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
