"""The outcome of `index.importance()`: importance beside weights, inequality and neighbours, without an audit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from indicia.audit.facts import neighbour_facts, run_facts_of
from indicia.audit.importance_tables import MEASURES, ImportanceTables
from indicia.outcome import Outcome
from indicia.presentation import ImportanceTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from indicia.audit.auditable import Auditable
    from indicia.checks import Subject
    from indicia.inspection import Inspection
    from indicia.notes import Note
    from indicia.result import Result
    from indicia.statistics.importance import Measure


@dataclass(frozen=True, repr=False, eq=False)
class ImportanceReport(ImportanceTables, Outcome):
    """Importance beside weights, weights for the intended importance, inequality, and the similarity of neighbours."""

    table_names: ClassVar = get_args(ImportanceTable)
    _noun = "a report of importance"

    inspection: Inspection
    """The facts about the data."""
    result: Result
    subject: Subject
    """The facts behind the tables."""
    measures: Sequence[Measure] = MEASURES

    @property
    def manifest(self) -> dict[str, Any]:
        """The inputs of the index."""
        return self.inspection.manifest

    @property
    def input_tables(self) -> tuple[pl.DataFrame, ...]:
        """The tables whose fingerprints are in the manifest."""
        return self.inspection.input_tables

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes of the run."""
        return self.result.notes

    @property
    def _title_parts(self) -> Sequence[str]:
        return ["importance", self.inspection.size]

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.subject.units

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        return (self.importance, self.weights_for_importance)


def importance_report(
    index: Auditable,
    frame: pl.DataFrame,
    *,
    period: object = None,
    table: object = None,
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
