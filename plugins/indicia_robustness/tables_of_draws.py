"""The tables on draws that an analysis of robustness shares with audits and with draws of other programs."""

from __future__ import annotations

from indicia.analyses import IN_DATA, Column, Kind, Table, columns_of
from indicia.analyses.columns import OF_UNITS, UNIT

RANK = Column("rank", Kind.RANK, "the rank without any variation")
INTERVAL = (
    Column("lower", Kind.RANK, "the 5 % quantile of its ranks", title="5 %"),
    Column("upper", Kind.RANK, "the 95 % quantile of its ranks", title="95 %"),
)
BY_NOMINAL_RANK = ("rank", "{unit}")


def of_ranks(meaning: str) -> Column:
    """Return the family of columns with a share for each rank."""
    return Column("{rank}", Kind.SHARE, meaning)


RANKS_OF_UNITS = (
    *OF_UNITS,
    RANK,
    *columns_of(Kind.RANK, mean="the mean of its ranks", median="the median of its ranks"),
    *INTERVAL,
    Column("top_{k}", Kind.SHARE, "the share of draws in which it has one of the first k ranks"),
    Column("tier", Kind.COUNT, "the number of its tier, from 1; 0 without a rank"),
    Column(
        "stands_below",
        Kind.SHARE,
        "the share of draws in which it ranks below the unit before it; a tier begins where this is 95 % or more",
    ),
)
SPREAD = "The spread of the ranks over the draws"
ACCEPTABILITY = Table(
    "The share of draws in which each unit has each rank",
    UNIT,
    of_ranks("the share of draws with this rank"),
    order=IN_DATA,
)
RANK_STABILITY = Table(
    "The best, median and worst rank over the draws",
    UNIT,
    RANK,
    *columns_of(Kind.RANK, best="its best rank", median="the median of its ranks", worst="its worst rank"),
    Column("stability", Kind.FIGURE, "1 less the share of all places over which its ranks spread"),
    Column(
        "balance",
        Kind.FIGURE,
        "the place of the nominal rank between the median (0) and the best (-1) or the worst rank (1); "
        "missing for a unit that keeps its rank",
    ),
    by=BY_NOMINAL_RANK,
)
ENTROPIES = Table(
    "The uncertainty of the first unit and of the ranking",
    Column("of", Kind.TEXT, '"first unit" or "ranking"'),
    Column("bits", Kind.FIGURE, "the uncertainty, -Σ p log2 p, which is 0 if all draws agree"),
    Column("share", Kind.SHARE, "its part of the largest possible uncertainty, log2 n or log2 n!"),
    order="The first unit, then the ranking.",
)
FUZZY_RANKS = Table(
    "The membership of each unit in each rank",
    UNIT,
    of_ranks("the acceptability of this rank, divided by the largest one of the unit"),
    order=IN_DATA,
)
PAIRWISE = Table(
    "The probability that the unit of the row ranks above that of the column",
    UNIT,
    Column("{member}", Kind.SHARE, "the share of draws in which the unit of the row is ahead; ties count half"),
    order=IN_DATA,
)
ENDS = ("lower", "median", "upper")
BRIEF = ("rank", "{unit}", *ENDS, "top_{k}", "tier")
SHOWN = 250
SENSITIVITY = "Choices that move the ranks: Sobol' indices of the average shift"
SOBOL_INDICES = (
    Column("factor", Kind.TEXT, "the choice that varies"),
    *columns_of(
        Kind.FIGURE,
        first="the first-order index: the share that the choice explains alone",
        first_lower="the lower end of its 95 % interval by resampling",
        first_upper="the upper end",
        total="the total index: the share in which the choice has a part",
        total_lower="the lower end of its 95 % interval by resampling",
        total_upper="the upper end",
    ),
)
BY_TOTAL = ("-total",)
AVERAGE_SHIFT = "The average shift of ranks by draw"
SHIFT = Column("shift", Kind.PLACES, "the mean number of places between drawn and nominal ranks")
