"""The outcome of a run with the facts of its data: the parts that an audit and the reports of its statistics share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.outcome import Outcome, TableName

if TYPE_CHECKING:
    import polars as pl

    from indicia.checks import Subject
    from indicia.inspection import Inspection
    from indicia.notes import Note
    from indicia.result import Result


@dataclass(frozen=True, repr=False, eq=False)
class RunReport(Outcome[TableName]):
    """Tables about one run of an index."""

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
    def notes(self) -> tuple[Note, ...]:
        """The notes of the run."""
        return self.result.notes

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.subject.units
