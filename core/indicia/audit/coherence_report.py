"""The outcome of `index.coherence()`: the statistics of coherence without an audit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from indicia.audit.coherence_tables import CoherenceTables
from indicia.audit.facts import run_facts_of
from indicia.outcome import Outcome
from indicia.presentation import CoherenceTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from indicia.audit.auditable import Auditable
    from indicia.checks import Subject
    from indicia.inspection import Inspection
    from indicia.notes import Note
    from indicia.result import Result


@dataclass(frozen=True, repr=False, eq=False)
class CoherenceReport(CoherenceTables, Outcome):
    """Correlations, reliability, adequacy, components, clusters and moments of an index."""

    table_names: ClassVar = get_args(CoherenceTable)
    _noun = "a report of coherence"

    inspection: Inspection
    """The facts about the data."""
    result: Result
    subject: Subject
    """The facts behind the tables."""

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
        return ["coherence", self.inspection.size]

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.subject.units

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        return (self.reliability, self.adequacy)


def coherence_report(
    index: Auditable, frame: pl.DataFrame, *, period: object = None, table: object = None
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
