"""The tables of explanations of a score, of a gap, and of the way to a rank."""

from __future__ import annotations

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
_GOAL = Column("goal", Kind.TEXT, '"overtake", or "rank" for the rank that is asked for')
_NEAREST = (
    Column("level", Kind.TEXT, 'the node whose weights change, or "indicators" for all indicators of a weighted sum'),
    Column("ahead", Kind.UNIT, "the unit that is ahead"),
    Column("behind", Kind.UNIT, "the unit that is behind"),
)
_WEIGHTS = (
    *_NEAREST,
    Column("gap", Kind.CHANGE, "the distance of their scores"),
    Column("possible", Kind.TEXT, '"yes"; "no" if the first is ahead in every part; "level only"; or "gaps"'),
    Column("l1", Kind.FIGURE, "the sum of the absolute changes of weights"),
    Column("moved", Kind.SHARE, "half of it: the weight that moves"),
    Column("single", Kind.PART, "the part whose weight changes least if it changes alone"),
    Column("single_new", Kind.SHARE, "its new weight"),
    Column("single_change", Kind.FIGURE, "the change of its weight"),
    *columns_of(Kind.RANK, ahead_rank="the rank of the unit ahead", behind_rank="the rank of the unit behind"),
    Column("method", Kind.TEXT, '"closed form" or "search"'),
)


class ScoreTables:
    """The tables of the explanation of a score."""

    parts = Table(
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
            shifted_weight="the weight with which the score is an arithmetic mean",
        ),
        Column("contribution", Kind.CHANGE, "the shifted weight times the value"),
        Column("vs_median", Kind.CHANGE, "the part in the distance to the median profile"),
        _LOST,
        Column("error", Kind.FIGURE, "the standard error of a sampled part", optional=True),
        Column("kind", Kind.TEXT, '"strength", "weakness", or missing'),
        order=IN_INDEX,
    )
    nodes = Table(
        "The parts of each dimension and of the index",
        Column("node", Kind.PART, "the dimension, or the index"),
        Column("aggregation", Kind.TEXT, "its aggregation"),
        Column("node_value", Kind.SCORE, "its unrounded score"),
        Column("part", Kind.PART, "the component"),
        Column("value", Kind.SCORE, "its value"),
        *columns_of(Kind.SHARE, weight="its weight within the node", effective_weight="over what the unit has"),
        Column("piece", Kind.FIGURE, "the component on the scale on which the node adds, or multiplies"),
        Column("shifted_weight", Kind.SHARE, "the weight with which the value of the node is an arithmetic mean"),
        Column("contribution", Kind.CHANGE, "the part in the value of the node"),
        Column("vs_median", Kind.CHANGE, "the part in the distance of the index to the median profile"),
        _LOST,
        order="A node stands before its own parts; both are in the order of the index file.",
    )
    totals = Table(
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
    unfolding = Table(
        "The life of each value",
        INDICATOR,
        Column("step", Kind.TEXT, 'such as "read", the stages that changed it, "normalisation", "contribution"'),
        Column("value", Kind.FIGURE, "the value after the step; without raw values, these steps have no rows"),
        Column("rule", Kind.TEXT, "the method of the step"),
        order="In the order of the index file, then of the steps.",
    )


class GapTables:
    """The tables of the explanation of a gap between the units a and b."""

    parts = Table(
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
    nodes = Table(
        "The parts of the gap by dimension",
        Column("node", Kind.PART, "the dimension"),
        _DIMENSION,
        *columns_of(Kind.SCORE, a_value="the unrounded score of a", b_value="the unrounded score of b"),
        Column("part", Kind.CHANGE, "the part in the gap: the sum of those of its indicators"),
        Column("share", Kind.SHARE, "its share of the gap"),
        order="In the order of the tree, from the index down.",
    )
    totals = Table(
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
    draws = Table(
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


class ReachTables:
    """The tables of the way to a rank."""

    raw = Table(
        "The least change of each value alone",
        INDICATOR,
        Column("raw", Kind.FIGURE, "the present value"),
        Column("raw_needed", Kind.FIGURE, "the nearest value with the rank, at which the unit draws level, or missing"),
        Column("change", Kind.FIGURE, "the change"),
        Column("change_in_sd", Kind.FIGURE, "the absolute change in standard deviations"),
        Column(
            "where",
            Kind.TEXT,
            '"fixed bounds" if no other score depends on the value; else "behind the others", "within the others", '
            '"beyond the others" or "out of reach"',
        ),
        *columns_of(
            Kind.FIGURE,
            best_of_others="the best value of the others",
            limit="the furthest value of a path, to the end of a fixed scale",
            least="the least value that the indicator can have",
            greatest="the greatest value that it can have",
        ),
        Column("whole", Kind.YES, "true if it has whole numbers"),
        Column("assumed", Kind.YES, "true if its unit proves the possible values and the file states none"),
        *columns_of(
            Kind.RANK,
            rank_before="the rank of a run just before the value, or at the whole number before it",
            rank_then="the rank just beyond the value, or at the whole number; the best rank if out of reach",
        ),
        Column("score_then", Kind.SCORE, "the score of this run"),
        order=IN_INDEX,
        raw=True,
    )
    path = Table(
        "The cheapest changes of several values",
        Column("at_most", Kind.TEXT, '"all", or the largest number of changed values'),
        INDICATOR,
        *columns_of(
            Kind.FIGURE,
            raw="the present value",
            raw_new="the new value",
            change="the change",
            change_in_sd="the absolute change in standard deviations",
            cost="the cost, in standard deviations unless others are stated",
        ),
        Column("at_limit", Kind.YES, "true if the value is at its limit"),
        order="By path, in the order of the index file.",
        raw=True,
    )
    path_totals = Table(
        "The cost of each path",
        Column("at_most", Kind.TEXT, '"all", or the largest number of changed values'),
        Column("method", Kind.TEXT, '"linear programme" or "search", which can end at a local optimum'),
        Column("cost", Kind.FIGURE, "the cost; missing if no change within the limits is enough"),
        Column("changed", Kind.COUNT, "the number of changed values"),
        *columns_of(Kind.SCORE, score="the present score", score_needed="the score that the rank needs"),
        Column("rank_then", Kind.RANK, "the rank of a run with the values, or with all values at their limits"),
        order="All values first, then by their number.",
    )
    path_left_out = Table(
        "The indicators that no path changes",
        INDICATOR,
        Column(
            "reason",
            Kind.TEXT,
            '"missing"; "no lever", as the index file states; "alone the worst", so that the scale of all units moves; '
            '"no effect at first", as the score does not depend on a small change',
        ),
        order=IN_INDEX,
    )
    weights = Table(
        "The least change of the weights of one node",
        _GOAL,
        *_WEIGHTS,
        Column("rank_then", Kind.RANK, "the rank of a run just beyond these weights"),
        order="By goal, then from the index down.",
    )
    weight_parts = Table(
        "The parts of each change of weights",
        _GOAL,
        *_NEAREST,
        Column("part", Kind.PART, "the part"),
        Column("weight", Kind.SHARE, "its present weight"),
        Column("difference", Kind.CHANGE, "the value of the unit behind less that of the unit ahead"),
        Column("l1_weight", Kind.SHARE, "its weight by the least change of all weights"),
        Column("single_weight", Kind.SHARE, "its weight by the least change of a single one"),
        Column("single_change", Kind.FIGURE, "the change of its weight if it changes alone"),
        Column("single_ratio", Kind.FIGURE, "its new weight divided by the present one"),
        order="By goal and level, then in the order of the index file.",
    )
    neighbours = Table(
        "The least change of weights between units that follow each other in rank", *_WEIGHTS, order="By rank."
    )
    missing = Table(
        "The ranks with other values in place of missing ones",
        INDICATOR,
        Column("imputed", Kind.FIGURE, "the value that the run imputes"),
        *columns_of(
            Kind.FIGURE,
            worst="the worst value of the others",
            median="their median",
            best="their best value",
        ),
        *columns_of(
            Kind.SCORE,
            score_worst="the score with the worst value",
            score_median="the score with the median",
            score_best="the score with the best value",
        ),
        *columns_of(
            Kind.RANK,
            rank_worst="the rank with the worst value",
            rank_median="the rank with the median",
            rank_best="the rank with the best value",
        ),
        Column("span", Kind.SHIFT, "the rank with the worst value less that with the best"),
        order="The largest span first.",
        raw=True,
    )
