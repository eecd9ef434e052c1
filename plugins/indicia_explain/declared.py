"""The table of the parts of a score, which the analysis `explain` and the pages of units show."""

from __future__ import annotations

from indicia.analyses import IN_INDEX, Column, Kind, Table, columns_of
from indicia.analyses.columns import INDICATOR

DIMENSION: Column = Column(
    "dimension", Kind.TEXT, "the dimension that it belongs to, or the index; several with commas"
)
_ATTRIBUTES = (
    Column("year", Kind.PERIOD, "the year of the value", optional=True),
    Column("source", Kind.TEXT, "its source", optional=True),
    Column("status", Kind.TEXT, "its status", optional=True),
    Column("standard_error", Kind.FIGURE, "its standard error", optional=True),
)
LOST: Column = Column("lost", Kind.CHANGE, "the part in the distance to the top of the scale")

PARTS: Table = Table(
    "The parts of the score by indicator",
    INDICATOR,
    Column("name", Kind.TEXT, "its name"),
    DIMENSION,
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
    LOST,
    Column("error", Kind.FIGURE, "the standard error of a sampled part", optional=True),
    Column("kind", Kind.TEXT, '"strength", "weakness", or missing'),
    order=IN_INDEX,
)
