"""The outcome of `index.importance()`: importance beside weights, inequality and neighbours, without an audit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from indicia.analyses import tables_of
from indicia.audit.declared import DeclaredImportance
from indicia.audit.facts import neighbour_facts, run_facts_of
from indicia.audit.importance_tables import MEASURES, ImportanceTables
from indicia.audit.run_report import RunReport
from indicia.presentation import ImportanceTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from indicia.scorable import Scorable
    from indicia.statistics.importance import Measure
    from indicia.types import Period, TableLike


@dataclass(frozen=True, repr=False, eq=False)
class ImportanceReport(ImportanceTables, RunReport[ImportanceTable]):
    """Importance beside weights, weights for the intended importance, inequality, and the similarity of neighbours."""

    declared = tables_of(DeclaredImportance)
    table_names: ClassVar[tuple[ImportanceTable, ...]]
    _noun = "a report of importance"

    measures: Sequence[Measure] = MEASURES

    @property
    def _title_parts(self) -> Sequence[str]:
        return ["importance", self.inspection.size]

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        return (self.importance, self.weights_for_importance)


def importance_report(
    index: Scorable,
    frame: pl.DataFrame,
    *,
    period: Period | None = None,
    table: TableLike | None = None,
    measures: Sequence[Measure] = MEASURES,
) -> ImportanceReport:
    """Compute importance on a frame that `read_table` returned; `table` is its source, for readers.

    Raises
    ------
    IndiciaError
        If the index cannot be scored, or the period is not in the data.
    """
    inspection = index.inspect_frame(frame, table, look=False)
    result = index.score_frame(frame)
    subject = replace(inspection.subject, run=run_facts_of(result, period), neighbours=neighbour_facts(result))
    return ImportanceReport(index.definition, inspection, result, subject, measures)
