"""The tables of an audit beside those of coherence and importance, and columns of all of them."""

from __future__ import annotations

from typing import ClassVar

from indicia.analyses import Column, Kind, Table, columns_of
from indicia.inspection.declared import InspectionTables
from indicia.robustness.tables_of_draws import (
    BY_NOMINAL_RANK,
    BY_TOTAL,
    RANKS_OF_UNITS,
    SENSITIVITY,
    SOBOL_INDICES,
)

NODE = Column("node", Kind.PART, "the node: the index, a dimension, or all indicators")
UNITS = Column("units", Kind.COUNT, "the number of units with all values")
BY_NODE = "By node, from the index down, in the order of the index file."


class DeclaredAudit:
    """The further tables of `Audit.frame` and `indicia audit --show`."""

    findings: ClassVar[Table] = InspectionTables.findings
    skipped: ClassVar[Table] = InspectionTables.skipped
    proposals: ClassVar[Table] = Table(
        "The changes that clear findings",
        NODE,
        Column("change", Kind.TEXT, "the change in words"),
        Column("set", Kind.TEXT, "the options of the change"),
        *columns_of(Kind.COUNT, cleared="the number of findings that it clears", caused="the number that it causes"),
        Column("mean_shift", Kind.PLACES, "the mean number of places by which units move"),
        *columns_of(Kind.TEXT, cleared_findings="the findings that it clears", caused_findings="those that it causes"),
        order="The change that clears most first.",
    )
    intervals: ClassVar[Table] = Table(
        "Ranks, and their spread over the draws (from the 5 % to the 95 % quantile)",
        *RANKS_OF_UNITS,
        by=BY_NOMINAL_RANK,
    )
    sensitivity: ClassVar[Table] = Table(SENSITIVITY, *SOBOL_INDICES, by=BY_TOTAL)
