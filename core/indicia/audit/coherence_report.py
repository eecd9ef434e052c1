"""The outcome of `index.coherence()`: the statistics of coherence without an audit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from indicia.analyses import tables_of
from indicia.audit.coherence_tables import CoherenceTables
from indicia.audit.declared import DeclaredCoherence
from indicia.audit.facts import run_facts_of
from indicia.audit.run_report import RunReport
from indicia.presentation import CoherenceTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from indicia.scorable import Scorable
    from indicia.types import Period, TableLike


@dataclass(frozen=True, repr=False, eq=False)
class CoherenceReport(CoherenceTables, RunReport[CoherenceTable]):
    """Correlations, reliability, adequacy, components, clusters and moments of an index."""

    declared = tables_of(DeclaredCoherence)
    table_names: ClassVar[tuple[CoherenceTable, ...]]
    _noun = "a report of coherence"

    @property
    def _title_parts(self) -> Sequence[str]:
        return ["coherence", self.inspection.size]

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        return (self.reliability, self.adequacy)


def coherence_report(
    index: Scorable, frame: pl.DataFrame, *, period: Period | None = None, table: TableLike | None = None
) -> CoherenceReport:
    """Compute the statistics of coherence on a frame that `read_table` returned; `table` is its source, for readers.

    Raises
    ------
    IndiciaError
        If the index cannot be scored, or the period is not in the data.
    """
    inspection = index.inspect_frame(frame, table, look=False)
    result = index.score_frame(frame)
    subject = replace(inspection.subject, run=run_facts_of(result, period))
    return CoherenceReport(index.definition, inspection, result, subject)
