"""The tables of a result."""

from __future__ import annotations

from indicia.analyses import IN_DATA, Column, Kind, Table, columns_of
from indicia.analyses.columns import GROUP, INDICATOR, OF_UNITS, PERIOD, UNIT

_SCORE = Column("score", Kind.SCORE, "the score of the index")
_DIMENSION = Column("{dimension}", Kind.SCORE, "the score of this dimension")
_BAND = Column("{bands}", Kind.BAND, "the band of the unit in this classification, the first with the lowest figures")
_ATTRIBUTES = (
    Column("year", Kind.PERIOD, "the year of the value", optional=True),
    Column("source", Kind.TEXT, "its source", optional=True),
    Column("status", Kind.TEXT, "its status", optional=True),
    Column("standard_error", Kind.FIGURE, "its standard error", raw=True, optional=True),
)


class ResultTables:
    """The tables of `Result.frame` and `indicia run --show`."""

    scores = Table(
        "ranking",
        *OF_UNITS,
        _SCORE,
        Column("rank", Kind.RANK, "its rank; missing for a unit that is not ranked"),
        Column("rank_{group}", Kind.RANK, "its rank within the group of this column"),
        _BAND,
        Column(
            "imputed_share",
            Kind.SHARE,
            "the share of the weight of the index that is on imputed values; only if the methodology fills gaps",
            optional=True,
        ),
        _DIMENSION,
        by=("{period}", "rank"),
    )
    ranks = Table(
        "ranks",
        *OF_UNITS,
        Column("{node}", Kind.RANK, "the rank by the score of the index or of this dimension"),
        order=IN_DATA,
    )
    indicator_ranks = Table(
        "ranks by indicator, among the units that are ranked",
        *OF_UNITS,
        Column("{indicator}", Kind.RANK, "the rank by the normalised value of this indicator"),
        order=IN_DATA,
    )
    bands = Table("bands", *OF_UNITS, _BAND, order=IN_DATA)
    band_counts = Table(
        "units in each band",
        Column("bands", Kind.TEXT, "the classification"),
        PERIOD,
        GROUP,
        Column("band", Kind.TEXT, "the band"),
        *columns_of(
            Kind.FIGURE,
            **{
                "from": "its lower limit; of a share, the lowest figure of its units; missing for an open band",
                "to": "its upper limit, in the same way",
            },
        ),
        Column("units", Kind.COUNT, "the number of its units"),
        Column("share", Kind.SHARE, "their share of the units with a band"),
        order="By classification, period and band, the lowest band first.",
    )
    normalised = Table(
        "normalised values",
        *OF_UNITS,
        Column("{indicator}", Kind.SCORE, "the normalised value; a larger one raises the score"),
        order=IN_DATA,
    )
    weights = Table(
        "weights",
        PERIOD,
        GROUP,
        Column("id", Kind.PART, "the indicator or dimension"),
        Column("name", Kind.TEXT, "its name"),
        Column("parent", Kind.PART, "the dimension that it belongs to, or the index"),
        Column("level", Kind.COUNT, "its level, 1 below the index"),
        Column("kind", Kind.TEXT, '"indicator" or "dimension"'),
        Column("weight", Kind.SHARE, "its weight within its parent"),
        Column("effective", Kind.SHARE, "its effective weight in the index"),
        order="A part stands before its own parts; both are in the order of the index file.",
    )
    contributions = Table(
        "contributions to the score",
        *OF_UNITS,
        Column("{indicator}", Kind.CHANGE, "the contribution of this indicator to the score"),
        Column("constant", Kind.CHANGE, "what rescaled scores add", optional=True),
        order=IN_DATA,
    )
    prepared = Table(
        "values before normalisation",
        *OF_UNITS,
        Column("{indicator}", Kind.FIGURE, "the value: denominated, imputed, treated, capped, transformed", raw=True),
        order=IN_DATA,
    )
    cells = Table(
        "changed cells",
        UNIT,
        PERIOD,
        INDICATOR,
        Column("stage", Kind.TEXT, "the stage that changed the value"),
        Column("before", Kind.FIGURE, "the value before", raw=True),
        Column("after", Kind.FIGURE, "the value after", raw=True),
        Column("why", Kind.TEXT, "the reason"),
        *_ATTRIBUTES,
        order="By stage and indicator, then in the order of the data.",
    )
    attributes = Table(
        "attributes of values",
        UNIT,
        PERIOD,
        INDICATOR,
        Column("value", Kind.FIGURE, "the value as read", raw=True),
        *_ATTRIBUTES,
        order="By indicator, then in the order of the data.",
    )
    statistics = Table(
        "statistics of the run",
        Column("stage", Kind.TEXT, "the stage"),
        Column("subject", Kind.TEXT, "the indicator; or the node and its component"),
        Column("statistic", Kind.TEXT, "the name of the statistic"),
        Column("formula", Kind.TEXT, "the statistic as a formula"),
        Column("{key}", Kind.KEY, "the unit, the period or the group of a statistic with several values"),
        Column("value", Kind.FIGURE, "its value", raw=True),
        order="By stage, in the order of the run.",
    )
    left_out = Table(
        "left out",
        UNIT,
        PERIOD,
        Column("found", Kind.SHARE, "the share of values that are present"),
        Column("asked", Kind.SHARE, "the share that is required"),
        Column("of", Kind.TEXT, 'the values that are counted, such as "indicators"'),
        Column("indicator", Kind.PART, "the indicator that is left out; missing for a unit"),
        order="Units in the order of the data, then indicators.",
    )
    trends = Table(
        "trends",
        UNIT,
        *columns_of(Kind.PERIOD, first_period="the first period with a score", last_period="the last one"),
        *columns_of(Kind.SCORE, first="the score of the first period", last="the score of the last period"),
        Column("slope", Kind.CHANGE, "the slope of a straight line through the scores, by period"),
        Column("change", Kind.CHANGE, "the last score less the first"),
        Column("cagr", Kind.FIGURE, "the compound growth by period"),
        Column("relative_slope", Kind.FIGURE, "the slope divided by the first score"),
        by=("{unit}",),
    )
    outside = Table(
        "correlations with variables outside the index",
        PERIOD,
        Column("variable", Kind.TEXT, "the variable"),
        Column("id", Kind.PART, "the index, or a dimension of the first level"),
        Column("n", Kind.COUNT, "the number of units with both"),
        Column("missing", Kind.COUNT, "the number of ranked units without the variable"),
        *columns_of(Kind.FIGURE, pearson="the correlation of the values", spearman="that of the ranks"),
        Column("expected", Kind.TEXT, "the sign that the index file expects"),
        Column("as_expected", Kind.YES, "true if the correlation has this sign"),
        order="By period, then in the order of the index file.",
    )
    outside_values = Table(
        "variables outside the index",
        UNIT,
        PERIOD,
        Column("{variable}", Kind.FIGURE, "the value of this variable, after its transform", raw=True),
        order=IN_DATA,
    )
    neighbours = Table(
        "neighbours",
        UNIT,
        PERIOD,
        Column("neighbours", Kind.COUNT, "the number of its neighbours"),
        Column("with_score", Kind.COUNT, "the number of those with a score"),
        _SCORE,
        Column("mean_of_neighbours", Kind.SCORE, "the mean score of the neighbours, the spatial lag"),
        order=IN_DATA,
    )
    details = Table(
        "details",
        *OF_UNITS,
        Column("{detail}", Kind.ANY, "what the aggregation reports of each unit; `indicia methods NAME` explains it"),
        order=IN_DATA,
    )
    aggregates = Table(
        "aggregates",
        Column("aggregate", Kind.TEXT, "the aggregate, such as a region"),
        Column("name", Kind.TEXT, "its name in the index file"),
        PERIOD,
        _SCORE,
        _DIMENSION,
        Column("members", Kind.COUNT, "the number of its units with a score; missing for a row of the table"),
        Column("coverage", Kind.SHARE, "their share of the weight of all members"),
        order="By period, then in the order of the index file.",
    )
