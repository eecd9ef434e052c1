"""The tables of an analysis of robustness."""

from __future__ import annotations

from indicia.analyses import IN_DATA, Column, Kind, Table, columns_of, tables_of
from indicia.analyses.columns import OF_UNITS, UNIT

_RANK = Column("rank", Kind.RANK, "the rank without any variation")
_INTERVAL = tuple(columns_of(Kind.RANK, lower="the 5 % quantile of its ranks", upper="the 95 % quantile of its ranks"))
_FIRST = Column("first", Kind.SHARE, "the share of draws in which the unit is first")
_BY_NOMINAL_RANK = ("rank", "{unit}")


def _of_ranks(meaning: str) -> Column:
    """Return the family of columns with a share for each rank."""
    return Column("{rank}", Kind.SHARE, meaning)


class RobustTables:
    """The tables of `Robust.frame` and `indicia robustness --show`."""

    units = Table(
        "The spread of the ranks over the draws",
        *OF_UNITS,
        _RANK,
        *columns_of(Kind.RANK, mean="the mean of its ranks", median="the median of its ranks"),
        *_INTERVAL,
        Column("top_{k}", Kind.SHARE, "the share of draws in which it has one of the first k ranks"),
        Column("tier", Kind.COUNT, "the number of its tier, from 1; 0 without a rank"),
        Column(
            "stands_below",
            Kind.SHARE,
            "the share of draws in which it ranks below the unit before it; a tier begins where this is 95 % or more",
        ),
        by=_BY_NOMINAL_RANK,
    )
    acceptability = Table(
        "The share of draws in which each unit has each rank",
        UNIT,
        _of_ranks("the share of draws with this rank"),
        order=IN_DATA,
    )
    rank_stability = Table(
        "The best, median and worst rank over the draws",
        UNIT,
        _RANK,
        *columns_of(Kind.RANK, best="its best rank", median="the median of its ranks", worst="its worst rank"),
        Column("stability", Kind.FIGURE, "1 less the share of all places over which its ranks spread"),
        Column(
            "balance",
            Kind.FIGURE,
            "the place of the nominal rank between the median (0) and the best (-1) or the worst rank (1); "
            "missing for a unit that keeps its rank",
        ),
        by=_BY_NOMINAL_RANK,
    )
    entropies = Table(
        "The entropy of the first unit and of the ranking",
        Column("of", Kind.TEXT, '"first unit" or "ranking"'),
        Column("bits", Kind.FIGURE, "the entropy over the draws, -Σ p log2 p, which is 0 if all draws agree"),
        Column("share", Kind.SHARE, "its part of the largest possible entropy, log2 n or log2 n!"),
        order="The first unit, then the ranking.",
    )
    fuzzy_ranks = Table(
        "The membership of each unit in each rank",
        UNIT,
        _of_ranks("the acceptability of this rank, divided by the largest one of the unit"),
        order=IN_DATA,
    )
    modes = Table(
        "The most likely score of each unit",
        UNIT,
        Column("mode", Kind.SCORE, "the most likely score over the draws"),
        *columns_of(
            Kind.FIGURE,
            single="the share of draws with a score near the mode",
            cross="the share of this unit in all scores near the mode",
            confidence="the mean of both",
        ),
        order=IN_DATA,
    )
    band_probabilities = Table(
        "The share of draws in which each unit is in each band",
        UNIT,
        Column("bands", Kind.TEXT, "the classification"),
        Column("band", Kind.TEXT, "the band"),
        Column("probability", Kind.SHARE, "the share of draws, in which the unit can also have no band"),
        order="By classification, then by nominal rank, unit and band.",
    )
    pairwise = Table(
        "The probability that the unit of the row ranks above that of the column",
        UNIT,
        Column("{member}", Kind.SHARE, "the share of draws in which the unit of the row is ahead; ties count half"),
        order=IN_DATA,
    )
    sensitivity = Table(
        "Choices that move the ranks: Sobol' indices of the average shift",
        Column("factor", Kind.TEXT, "the choice that varies"),
        *columns_of(
            Kind.FIGURE,
            first="the share of the variance that the choice explains alone",
            first_lower="the lower end of its 95 % interval by resampling",
            first_upper="the upper end",
            total="the share of the variance in which the choice has a part",
            total_lower="the lower end of its 95 % interval by resampling",
            total_upper="the upper end",
        ),
        by=("-total",),
    )
    factors = Table(
        "The choices that vary",
        Column("factor", Kind.TEXT, "the choice"),
        Column("alternatives", Kind.COUNT, "the number of its alternatives"),
        Column("which", Kind.TEXT, "the alternatives in words"),
        order="In the order of the design.",
    )
    central_weights = Table(
        "The weights with which each unit is first",
        UNIT,
        _FIRST,
        Column("{indicator}", Kind.SHARE, "the mean of its effective weight in these draws"),
        by=("-first", "{unit}"),
    )
    exact_acceptability = Table(
        "The exact share of the weights of a node with which each unit has each rank",
        UNIT,
        _of_ranks("the share of all weights of the node with this rank"),
        order=IN_DATA,
        of_node=True,
    )
    exact_pairwise = Table(
        "The exact share of the weights of a node with which the unit of the row is ahead of that of the column",
        UNIT,
        Column("{member}", Kind.SHARE, "the share of all weights of the node; ties count half"),
        order=IN_DATA,
        of_node=True,
    )
    exact_central_weights = Table(
        "The exact weights of a node with which each unit is first",
        UNIT,
        Column("first", Kind.SHARE, "the share of all weights of the node with which the unit is first"),
        Column("mean", Kind.RANK, "the mean of its rank over all weights"),
        Column("{part}", Kind.SHARE, "the centroid of the weights with which the unit is first"),
        by=("-first", "{unit}"),
        of_node=True,
    )
    weight_bounds = Table(
        "The weights of a node between which each unit can be first",
        UNIT,
        Column("part", Kind.PART, "the component of the node"),
        *columns_of(
            Kind.SHARE,
            lower="the smallest weight with which the unit can be first; missing if it cannot",
            upper="the largest weight",
        ),
        order="Units that can be first, by name, then the others; components in the order of the index file.",
        of_node=True,
    )
    weight_orders = Table(
        "The orders of the weights of a node with which each unit can be first",
        UNIT,
        Column("order", Kind.TEXT, 'the components by weight, such as "a > b"'),
        Column("share", Kind.SHARE, "the share of the weights in this order with which the unit is first"),
        order="In the order of the data, the largest share of a unit first.",
        of_node=True,
    )
    cumulative_acceptability = Table(
        "The share of draws in which each unit has a rank or a better one",
        UNIT,
        _of_ranks("the share of draws with this rank or a better one"),
        order=IN_DATA,
    )
    holistic_acceptability = Table(
        "The shares of the ranks, each times the worth of the rank",
        UNIT,
        *columns_of(
            Kind.FIGURE,
            centroid="by the centroid worth",
            linear="by a worth that falls by the same amount from rank to rank",
            inverse="by the worth 1 / rank",
        ),
        by=("-centroid", "{unit}"),
    )
    confidence = Table(
        "The confidence in a first rank with central weights",
        UNIT,
        _FIRST,
        Column("confidence", Kind.SHARE, "the probability that the unit is first with its central weights"),
        Column("rival", Kind.UNIT, "the other unit that is most often first with these weights"),
        Column("rival_first", Kind.SHARE, "the probability that the rival is first"),
        by=("-first", "{unit}"),
    )
    cross_confidence = Table(
        "The probability that the unit of the row is first with the central weights of that of the column",
        UNIT,
        Column("{member}", Kind.SHARE, "the probability with the central weights of this unit"),
        order=IN_DATA,
    )
    pooled = Table(
        "The scores pooled over several imputations by Rubin's rules",
        *OF_UNITS,
        _RANK,
        Column("score", Kind.SCORE, "the score without any variation"),
        Column("pooled_score", Kind.SCORE, "the mean over the imputations"),
        Column("pooled_rank", Kind.RANK, "the rank of the pooled score"),
        *_INTERVAL,
        *columns_of(
            Kind.FIGURE,
            within="the variance of the score within an imputation, due to the other choices that vary",
            between="the variance between the imputations",
            total="the variance of the pooled score",
        ),
        Column("share", Kind.SHARE, "the share of this variance that is due to missing values"),
        Column("freedom", Kind.FIGURE, "the degrees of freedom of its t distribution"),
        by=("pooled_rank", "{unit}"),
    )
    imputations = Table(
        "The imputations",
        Column("imputation", Kind.COUNT, "its number, from 1"),
        Column("seed", Kind.COUNT, "the seed with which a run imputes the same"),
        Column("draws", Kind.COUNT, "the number of its free draws"),
        by=("imputation",),
    )
    failures = Table(
        "The combinations of choices that cannot be scored",
        Column("choices", Kind.TEXT, "the choices"),
        Column("reason", Kind.TEXT, "the reason"),
        Column("draws", Kind.COUNT, "the number of draws"),
        order="In the order of the draws.",
    )
    shifts = Table(
        "The average shift of ranks by draw",
        Column("draw", Kind.COUNT, "the number of the draw among the free draws, from 1"),
        Column("shift", Kind.PLACES, "the mean number of places between drawn and nominal ranks"),
        by=("draw",),
    )
    elementary_effects = Table(
        "The elementary effects of choices and weights on the average shift",
        Column("input", Kind.TEXT, "the choice or the weight"),
        Column("effects", Kind.COUNT, "the number of its effects"),
        *columns_of(
            Kind.FIGURE,
            mu="their mean",
            mu_star="the mean of their absolute values",
            sigma="their standard deviation",
            lower="mu less two standard errors",
            upper="mu and two standard errors",
        ),
        by=("-mu_star",),
    )
    scores = Table(
        "The scores of all runs",
        Column("run", Kind.COUNT, "the number of the run, from 1"),
        Column("{member}", Kind.SCORE, "the score of this unit"),
        by=("run",),
    )
    ranks = Table(
        "The ranks of all runs",
        Column("run", Kind.COUNT, "the number of the run, from 1"),
        Column("{member}", Kind.RANK, "the rank of this unit"),
        by=("run",),
    )


NODE_TABLES = frozenset(name for name, table in tables_of(RobustTables).items() if table.of_node)
"""The names of the tables of one node, which need no draws."""
