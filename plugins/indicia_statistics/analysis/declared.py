"""The tables of drawn ranks: those of an analysis of robustness that need no index."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from indicia.analyses import Column, Kind, Table
from indicia_robustness import tables_of_draws as shared


class DrawnTables:
    """The tables of `DrawnRanks.frame` and `indicia robustness --given`."""

    units: ClassVar[Table] = Table(
        shared.SPREAD,
        *(replace(column, optional=column is shared.RANK) for column in shared.RANKS_OF_UNITS),
        order="By nominal rank, or else by mean rank; then by unit.",
        brief=shared.BRIEF,
        interval=shared.ENDS,
        shown=shared.SHOWN,
    )
    acceptability: ClassVar[Table] = shared.ACCEPTABILITY
    pairwise: ClassVar[Table] = shared.PAIRWISE
    shifts: ClassVar[Table] = Table(
        shared.AVERAGE_SHIFT,
        Column("draw", Kind.TEXT, "the label of the draw"),
        shared.SHIFT,
        order="In the order of the draws.",
    )
    rank_stability: ClassVar[Table] = shared.RANK_STABILITY
    entropies: ClassVar[Table] = shared.ENTROPIES
    fuzzy_ranks: ClassVar[Table] = shared.FUZZY_RANKS
