"""The tables of drawn ranks: those of an analysis of robustness that need no index."""

from __future__ import annotations

from dataclasses import replace

from indicia.analyses import Column, Kind, Table
from indicia.robustness.declared import RobustTables


class DrawnTables:
    """The tables of `DrawnRanks.frame` and `indicia robustness --given`."""

    units = Table(
        RobustTables.units.caption,
        *(replace(column, optional=column.name == "rank") for column in RobustTables.units.columns.values()),
        order="By nominal rank, or else by mean rank; then by unit.",
    )
    acceptability = RobustTables.acceptability
    pairwise = RobustTables.pairwise
    shifts = Table(
        RobustTables.shifts.caption,
        Column("draw", Kind.TEXT, "the label of the draw"),
        RobustTables.shifts.columns["shift"],
        order="In the order of the draws.",
    )
    rank_stability = RobustTables.rank_stability
    entropies = RobustTables.entropies
    fuzzy_ranks = RobustTables.fuzzy_ranks
