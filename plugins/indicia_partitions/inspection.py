"""The inspection of a table in partitions: facts of all rows, and findings of checks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, ClassVar

from indicia.analyses import Table, tables_of
from indicia.data.table_partitions import ROWS
from indicia.definition import missing_publication_facts
from indicia.errors import IndiciaError, NothingKept, join_names, pluralise
from indicia_audit.checks import Sample, Subject
from indicia_audit.inspection import Inspection, Sources
from indicia_audit.inspection.chosen_checks import CheckSettings, choose_checks
from indicia_audit.inspection.findings import MISLED, look_for
from indicia_audit.inspection.remarks import about_map, about_sources
from indicia_audit.inspection.table_roles import TableRoles, used_columns
from indicia_engines import check_shared_folder
from indicia_partitions import inspection_frames as frames
from indicia_partitions.declared import PartitionsInspectionTables
from indicia_partitions.inspected_rows import InspectedRows, InspectJob, merge_inspected
from indicia_partitions.replay import Replay, check_packages, manifest_of_partitions
from indicia_partitions.table import PartitionedTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    from indicia.catalogue import Catalogue
    from indicia.scorable import Scorable
    from indicia_engines.engine import Engine

ROWS_OF_SAMPLE = 100_000
"""The largest number of rows that checks of rows look at."""
_MOST_NAMES = 8
"""The largest number of indicators that a line names."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PartitionedInspection(Inspection):
    """Facts about all rows of a table in partitions, and the findings of checks. No score is computed.

    The frames of `subject` are a sample of rows, unless the table is small; its `statistics` are those of all rows.
    """

    declared: ClassVar[Mapping[str, Table]] = tables_of(PartitionsInspectionTables)
    table_names: ClassVar[tuple[Any, ...]]
    _noun = "an inspection of partitions"

    rows: InspectedRows
    record: Mapping[str, Any]
    """The manifest of the index and of the table."""

    @cached_property
    def indicators(self) -> pl.DataFrame:
        """A row for each indicator: direction, present and imputed values, range, quartiles, moments, outliers."""
        return frames.indicators(self.rows, self.subject)

    @cached_property
    def correlations(self) -> pl.DataFrame:
        """A row for each pair of indicators: the correlation over the rows that have both, and their number."""
        return frames.correlations(self.rows)

    @cached_property
    def periods(self) -> pl.DataFrame:
        """A row for each period: units and present values."""
        return frames.periods(self.rows, self.subject.period)

    @cached_property
    def groups(self) -> pl.DataFrame:
        """A row for each group of each column of groups: rows and present values."""
        return frames.groups(self.rows, self.subject.groups)

    @property
    def size(self) -> str:
        """The numbers of rows, periods, indicators and dimensions, in one line."""
        sizes = [f"{self.rows.rows:,} {self.subject.rows_noun}{'' if self.rows.rows == 1 else 's'}"]
        sizes += [pluralise(len(self.periods), "period")] if self.subject.period else []
        sizes += [pluralise(len(self.subject.indicators), "indicator"), pluralise(self.dimensions, "dimension")]
        return ", ".join(sizes)

    @property
    def coverage(self) -> str:
        """The rows that checks of rows looked at, in one line."""
        if self.subject.sample is None:
            return ""
        codes = [skip.check.code for skip in self.skipped_checks if skip.reason.startswith(MISLED)]
        left_out = f"; not looked at, since a sample misleads: {', '.join(codes)}" if codes else ""
        return f"statistics are of all rows; checks of single rows {self.subject.sample}{left_out}"

    @property
    def gaps(self) -> str:
        """The numbers of values that are still missing before the normalisation, by indicator, in one line."""
        missing = {name: state.still_missing for name, state in self.rows.indicators.items()}
        counts = [f"{name} ({count})" for name, count in missing.items() if count]
        return f"missing values: {join_names(counts, _MOST_NAMES)}" if counts else "no missing values"

    @property
    def document(self) -> dict[str, Any]:
        """All tables as lists of rows, with the rows that checks looked at, for JSON."""
        return {**super().document, "coverage": self.coverage or "all rows"}

    @property
    def manifest(self) -> dict[str, Any]:
        """The inputs of the inspection."""
        return dict(self.record)


def inspect_partitions(
    index: Scorable,
    source: object,
    engine: Engine,
    catalogue: Catalogue,
    *,
    sources: Sources,
    columns_of_methods: Iterable[str] = (),
    refused_variants: tuple[IndiciaError, ...] = (),
    profile: CheckSettings | None = None,
    rows: int = ROWS,
    rows_of_sample: int | None = None,
) -> PartitionedInspection:
    """Inspect a table in partitions: compute facts of all rows, and let checks look at them and at a sample of rows.

    Parameters
    ----------
    index : Index or FittedIndex
    source : path, glob or URL, optional
        The table; by default the table of the index file.
    engine : Engine
        Maps tasks over partitions.
    catalogue : Catalogue
        The catalogue with the checks.
    sources : Sources
        The names of the files, for readers.
    columns_of_methods : iterable of str
        The columns that methods use beside the indicators.
    refused_variants : tuple of IndiciaError
        The errors about variants.
    profile : CheckSettings, optional
        The settings of checks of a profile.
    rows : int
        The rows of a partition, about.
    rows_of_sample : int, optional
        The largest number of rows that checks of rows look at: every k-th row, whatever the engine and the partitions.
        By default 100,000.

    Raises
    ------
    NeedsAllRows
        For methods that need all rows at once.
    DataError
        If a file cannot be read, or the data cannot be prepared by the methodology.
    EngineError
        If workers lack packages, or do not share the folder of temporary files.
    """
    definition, origin = index.definition, index.origin
    files = (*([profile] if profile else []), CheckSettings.of_file(definition, origin))
    checks = choose_checks(catalogue, files)
    check_packages(engine, index)
    table = PartitionedTable.of(index, source, engine, rows=rows)
    inspected, refusal = _inspect(index, table, engine, rows_of_sample or ROWS_OF_SAMPLE)
    subject = _subject(index, table, inspected, columns_of_methods)
    findings, skipped_checks, notes = look_for(subject, checks, definition.waivers, origin)
    order = {part: place for place, part in enumerate(leaf.id for leaf in index.tree.leaves())}
    tallies = sorted(inspected.tallies, key=lambda tally: tally.place)
    return PartitionedInspection(
        definition=definition,
        subject=subject,
        reported_findings=tuple(findings),
        skipped_checks=tuple(skipped_checks),
        sources=sources,
        remarks=(
            *(tally.note(order) for tally in tallies),
            *about_sources(definition, ()),
            *about_map(definition, origin.folder),
            *notes,
        ),
        rows_left_out=dict.fromkeys(definition.data.without, "named in without of [data]"),
        dimensions=inspected.dimensions,
        refusal=refusal,
        refused_variants=refused_variants,
        checks=tuple(checks),
        rows=inspected,
        record=manifest_of_partitions(index, table.source),
    )


def _inspect(
    index: Scorable, table: PartitionedTable, engine: Engine, rows_of_sample: int
) -> tuple[InspectedRows, IndiciaError | None]:
    """Return the facts about all rows, and the error of a methodology that does not accept prepared values."""
    job, refusal = InspectJob(index, table.reader, rows_of_sample), None
    with TemporaryDirectory(prefix="indicia-") as temporary:
        folder = Path(temporary)
        check_shared_folder(engine, folder, "TMPDIR=/shared/folder in the environment")
        replay = Replay(job, table.partitions, folder)
        try:
            parts = replay.run(engine)
        except IndiciaError as error:
            # if the data can be prepared, the stages after the transforms have refused them
            refusal = error
            parts = Replay(replace(job, accepts=False), table.partitions, folder, replay.answers).run(engine)
    if not parts:
        raise NothingKept("the partitions have no row to check")
    return merge_inspected(parts), refusal


def _subject(
    index: Scorable, table: PartitionedTable, rows: InspectedRows, columns_of_methods: Iterable[str]
) -> Subject:
    """Return the subject of checks: the sample of rows, and the statistics of all rows."""
    definition = index.definition
    used = {*used_columns(definition), *columns_of_methods}
    sample = Sample(len(rows.sample.raw), rows.rows, rows.step) if rows.step > 1 else None
    return replace(
        rows.sample,
        unused={name: "no indicator uses it" for name in table.source.unread if name not in used},
        table_observations=tuple(TableRoles(definition, rows.table_sample).observe()),
        sample=sample,
        merged_statistics=rows.indicators,
        missing_publication_facts=missing_publication_facts(definition, index.origin),
        absences={"years": "years of values are not read from a table in partitions"},
    )
