"""The inspection of an index and its data, with its tables, lines and counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from indicia.analyses import Table, tables_of
from indicia.definition import Definition, Node, Origin, missing_publication_facts, text
from indicia.errors import IndiciaError, join_names, pluralise
from indicia.outcome import Outcome
from indicia.paths import expanded
from indicia.presentation import InspectionTable
from indicia.result.aggregates import check_aggregates
from indicia.result.outside import OutsideValues, read_neighbours
from indicia.run import CellAttributes, prepare_data
from indicia.stages.stage import nodes_taking_part
from indicia_audit.checks import MapFile, Severity, Subject
from indicia_audit.inspection import frames
from indicia_audit.inspection.chosen_checks import CheckSettings, ChosenCheck, choose_checks
from indicia_audit.inspection.declared import InspectionTables
from indicia_audit.inspection.findings import ReportedFinding, SkippedCheck, look_for
from indicia_audit.inspection.remarks import CountsFindings, remarks_on
from indicia_audit.inspection.subject import subject_of
from indicia_audit.inspection.table_roles import TableRoles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from indicia.catalogue import Catalogue
    from indicia.notes import Note
    from indicia.result import Inputs


_MOST_NAMES = 8
"""The largest number of indicators that a line names."""


@dataclass(frozen=True)
class Sources:
    """The files that an inspection looked at."""

    index: str | None = None
    """The index file; None for an index without one."""
    tables: tuple[str, ...] = ()
    files_outside: tuple[str, ...] = ()
    """The files named by the index file that lie outside its folder."""


@dataclass(frozen=True, repr=False)
class Inspection(Outcome[InspectionTable], CountsFindings):
    """Facts about the data of an index, and the findings of checks. No score is computed."""

    declared: ClassVar[Mapping[str, Table]] = tables_of(InspectionTables)
    table_names: ClassVar[tuple[InspectionTable, ...]]
    _noun = "an inspection"
    _columns_printed = 14

    subject: Subject
    reported_findings: tuple[ReportedFinding, ...]
    """The findings with their severities and waivers, the gravest first."""
    skipped_checks: tuple[SkippedCheck, ...]
    """The checks that did not look."""
    sources: Sources
    remarks: tuple[str, ...]
    """Sentences on the stages before the normalisation, on waivers without a finding, and on labels."""
    rows_left_out: Mapping[str, str]
    """Rows that `[data] without` and screening leave out, with the reason."""
    dimensions: int
    checks: tuple[ChosenCheck, ...]
    """All checks, with the thresholds and severities of the profile and the index file."""
    refusal: IndiciaError | None = None
    """The error that a run would raise, if the methodology does not accept the data: gaps, constants."""
    refused_variants: tuple[IndiciaError, ...] = ()
    """The errors about variants whose words do not fit the index."""
    inputs: Inputs | None = None
    """The inputs of the index, for the manifest."""

    @cached_property
    def indicators(self) -> pl.DataFrame:
        """A row for each indicator: direction, present and imputed values, range, shape, outliers, ties."""
        return frames.indicators(self.subject)

    @cached_property
    def units(self) -> pl.DataFrame:
        """A row for each unit (and period): present, missing and imputed values."""
        return frames.units(self.subject)

    @cached_property
    def periods(self) -> pl.DataFrame:
        """A row for each period: units, present values, absent units."""
        return frames.periods(self.subject)

    @cached_property
    def findings(self) -> pl.DataFrame:
        """A row for each finding, the gravest first; `waived` has the reason of a waiver."""
        return frames.findings(self.reported_findings, self.subject.period)

    @cached_property
    def unused(self) -> pl.DataFrame:
        """The columns and rows of the table that have no role, with the reasons."""
        return frames.unused(self.subject.unused, self.rows_left_out)

    @cached_property
    def skipped(self) -> pl.DataFrame:
        """The checks that did not look, with the reasons."""
        return frames.skipped(self.skipped_checks)

    @property
    def is_ok(self) -> bool:
        """True if the data can be scored, and there is no error and no warning but waived ones."""
        return not (self.refusal or self.refused_variants or self.count("error") or self.count("warning"))

    @property
    def size(self) -> str:
        """The numbers of units, periods, indicators and dimensions, in one line."""
        sizes = [pluralise(self.subject.unit_names.n_unique(), "unit")]
        sizes += [pluralise(len(self.subject.period_names), "period")] if self.subject.period else []
        sizes += [pluralise(len(self.subject.indicators), "indicator"), pluralise(self.dimensions, "dimension")]
        return ", ".join(sizes)

    @property
    def coverage(self) -> str:
        """The rows that checks looked at, in one line; empty if all rows are in memory."""
        return ""

    @property
    def files(self) -> str:
        """The index file and the tables, in one line; empty if there are none."""
        return " · ".join([*([self.sources.index] if self.sources.index else []), *self.sources.tables])

    @property
    def gaps(self) -> str:
        """The numbers of values that are still missing before the normalisation, by indicator, in one line."""
        prepared = self.subject.prepared
        counts = [f"{name} ({count})" for name in prepared.columns if (count := prepared[name].null_count())]
        return f"missing values: {join_names(counts, _MOST_NAMES)}" if counts else "no missing values"

    @property
    def verdict(self) -> str:
        """The number of findings by severity, or "ok", in one line."""
        nouns: tuple[tuple[Severity, str], ...] = (("error", "error"), ("warning", "warning"))
        parts = ["the data cannot be scored"] if self.refusal else []
        variants = len(self.refused_variants)
        parts += [f"{pluralise(variants, 'variant')} cannot be scored"] if variants else []
        parts += [pluralise(count, noun) for severity, noun in nouns if (count := self.count(severity))]
        information, waived = self.count("information"), len(self.waived)
        rest = [f"{information} for information"] if information else []
        rest += [f"{waived} waived"] if waived else []
        return ", ".join([*(parts or ["ok"]), *rest])

    @property
    def lines(self) -> list[str]:
        """The inspection in lines: size, notes, missing values, findings, verdict."""
        outside = self.sources.files_outside
        return [
            self.size,
            *([self.files] if self.files else []),
            *([self.coverage] if self.coverage else []),
            *self.remarks,
            self.gaps,
            *([f"files outside the folder of the index file: {join_names(outside, 30)}"] if outside else []),
            *(
                f"{entry.severity} {entry.code}: {entry.finding.sentence}"
                for entry in self.reported_findings
                if entry.is_problem
            ),
            *(f"error: {error.reason}" for error in self.errors),
            self.verdict,
        ]

    @property
    def errors(self) -> tuple[IndiciaError, ...]:
        """The errors that a run of the index, or of one of its variants, would raise."""
        return (*([self.refusal] if self.refusal else []), *self.refused_variants)

    @property
    def document(self) -> dict[str, Any]:
        """All tables as lists of rows, with the names of the files and the notes, for JSON."""
        return {
            "name": text(self.definition.name),
            "index": self.sources.index,
            "tables": list(self.sources.tables),
            "size": self.size,
            "verdict": self.verdict,
            "refusal": str(self.refusal) if self.refusal else None,
            "refused_variants": [str(error) for error in self.refused_variants],
            "notes": [*self.remarks, self.gaps],
            **{name: self.frame(name).to_dicts() for name in self.table_names},
        }

    @property
    def notes(self) -> tuple[Note, ...]:
        """The facts that a reader must know; an inspection has lines in their place."""
        return ()

    @property
    def manifest(self) -> dict[str, Any]:
        """The inputs of the inspection."""
        return {} if self.inputs is None else dict(self.inputs.manifest)

    @property
    def _title_parts(self) -> Sequence[str]:
        return [self.size]

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.subject.units

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        return (self.indicators, self.findings) if self.reported_findings else (self.indicators,)

    @property
    def _lines_printed(self) -> Sequence[str]:
        return self.lines


def inspect(
    definition: Definition,
    tree: Node,
    frame: pl.DataFrame,
    catalogue: Catalogue,
    origin: Origin,
    *,
    sources: Sources,
    inputs: Inputs | None = None,
    complete: pl.DataFrame | None = None,
    columns_of_methods: Iterable[str] = (),
    refused_variants: tuple[IndiciaError, ...] = (),
    look: bool = True,
    profile: CheckSettings | None = None,
) -> Inspection:
    """Run the stages before the normalisation, and let all checks look at their data.

    Parameters
    ----------
    definition, tree, origin
        The index.
    frame
        The table that `Index.read_table` returned.
    catalogue
        The catalogue with the checks.
    sources
        The names of the files, for readers.
    inputs
        The inputs of the index, for the manifest.
    complete
        The table with the rows that `[data] without` leaves out, for the reasons.
    columns_of_methods
        The columns that methods use beside the indicators.
    refused_variants
        The errors about variants.
    look
        False if no check looks at the data.
    profile
        The settings of checks of a profile, which `[checks]` of the index file replaces.

    Raises
    ------
    IndiciaError
        If the data cannot be prepared by the methodology, or `[checks]` is wrong.
    """
    files = (*([profile] if profile else []), CheckSettings.of_file(definition, origin))
    checks = choose_checks(catalogue, files) if look else []
    prepared = prepare_data(definition, tree, frame)
    steps = prepared.steps
    if prepared.refusal:
        origin.locate(prepared.refusal)
    table = TableRoles(definition, steps[0].table.source)
    with origin.located():
        units = steps[-1].table.units
        required = definition.frozen is None  # new data of a fitted index may lack the columns
        attributes = CellAttributes.read(definition, frame, units, origin.folder, required=required)
        outside = OutsideValues.read(definition, catalogue, origin, frame, units)
        neighbours = read_neighbours(definition, origin, frame, units)
        check_aggregates(definition, tree, frame, frame[str(definition.data.unit)])
    subject = subject_of(
        definition,
        tree,
        steps,
        unused=table.unused_columns(columns_of_methods),
        table_observations=tuple(table.observe()),
        attributes=attributes,
    )
    shapes = definition.map
    subject = replace(
        subject,
        missing_publication_facts=missing_publication_facts(definition, origin),
        map=MapFile(origin.folder / expanded(shapes.path), shapes.key, shapes.layer) if shapes else None,
    )
    reported_findings, skipped_checks, notes = look_for(subject, checks, definition.waivers if look else (), origin)
    (root,) = nodes_taking_part([tree], steps[-1].table)
    return Inspection(
        definition=definition,
        subject=subject,
        reported_findings=tuple(reported_findings),
        skipped_checks=tuple(skipped_checks),
        sources=sources,
        remarks=(
            *(note for step in steps for note in step.record.notes),
            *remarks_on(definition, subject.units, attributes, outside, neighbours),
            *notes,
        ),
        rows_left_out=_rows_left_out(definition, complete),
        dimensions=sum(1 for _ in root.nodes()) - 1,
        refusal=prepared.refusal,
        refused_variants=refused_variants,
        inputs=inputs,
        checks=tuple(checks),
    )


def _rows_left_out(definition: Definition, complete: pl.DataFrame | None) -> dict[str, str]:
    """Return the rows that `[data] without` leaves out, with the rule that applies to each."""
    names = definition.data.without
    if not names or complete is None:
        return dict.fromkeys(names, "named in without of [data]")
    rules = TableRoles(definition, complete).rules_of_rows()
    return {name: rules.get(name, "named in without of [data]") for name in names}
