"""The tables of a replay."""

from __future__ import annotations

from indicia.analyses import Column, Kind, Table, columns_of
from indicia.analyses.columns import PERIOD, UNIT


class ReplayTables:
    """The tables of `Replay.frame` and `indicia replay --show`."""

    compared = Table(
        "The tables of the result",
        Column("table", Kind.TEXT, "the name of the table"),
        Column("state", Kind.TEXT, '"identical" if all bits are the same, else "differs"'),
        *columns_of(
            Kind.COUNT,
            rows="the number of its rows here",
            packed_rows="the number of its rows in the pack",
            cells="the number of cells that differ",
        ),
        Column("largest_difference", Kind.FIGURE, "the largest difference of a number"),
        Column("why", Kind.TEXT, "the reason why it cannot be compared"),
        order="In the order of the tables of a result.",
    )
    units = Table(
        "The units whose score or rank differs",
        UNIT,
        PERIOD,
        Column("packed_score", Kind.SCORE, "the score in the pack", optional=True),
        Column("score", Kind.SCORE, "the score here", optional=True),
        Column("packed_rank", Kind.RANK, "the rank in the pack", optional=True),
        Column("rank", Kind.RANK, "the rank here", optional=True),
        Column("difference", Kind.CHANGE, "the score here less that in the pack"),
        order="In the order of the data.",
    )
    versions = Table(
        "The versions, settings and data that differ",
        Column("what", Kind.TEXT, "the place in the manifest"),
        *columns_of(Kind.TEXT, packed="the version in the pack", here="the version here"),
        Column("matters", Kind.YES, "true if a result depends on it"),
        order="In the order of the manifest.",
    )
    files = Table(
        "The files of the pack",
        Column("file", Kind.TEXT, "the file"),
        Column("bytes", Kind.COUNT, "its size"),
        Column("sha256", Kind.TEXT, "its hash"),
        Column("replayed", Kind.YES, "false if only the hash is compared"),
        order="In the order of the pack.",
    )
