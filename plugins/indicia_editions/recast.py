"""Old years under the new method, as one series of scores and ranks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from indicia.analyses import tables_of
from indicia.data import TableAsRead, read_table
from indicia.definition import columns_of_numbers, uses_of
from indicia.errors import DataError, DefinitionError, IndiciaError, UnknownColumn, join_names, pluralise
from indicia.notes import Names, Note
from indicia.outcome import Outcome
from indicia.presentation import RecastTable
from indicia_editions.declared import RecastTables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.analyses import Table
    from indicia.definition import Definition
    from indicia.result import Result
    from indicia.scorable import Scorable
    from indicia.types import TableLike

EDITION = "edition"
"""The column of the names of tables, for an index without periods."""


@dataclass(frozen=True)
class RecastInput:
    """A table that is scored under the new method."""

    name: str
    frame: pl.DataFrame
    lacking: tuple[str, ...] = ()
    """The indicators that the table does not have; its values are missing."""
    is_period: bool = False
    """True if the name of the table stands for its period."""


@dataclass(frozen=True, repr=False, eq=False)
class Recast(Outcome[RecastTable]):
    """A series of scores and ranks of several tables under one method."""

    declared: ClassVar[Mapping[str, Table]] = tables_of(RecastTables)
    table_names: ClassVar[tuple[RecastTable, ...]]
    _noun = "a recast series"

    inputs: tuple[RecastInput, ...]
    results: tuple[Result, ...]
    """The result of each table; one result if the tables are periods of one panel."""

    @property
    def is_panel(self) -> bool:
        """True if the tables are periods of one panel."""
        return self.definition.data.period is not None

    @cached_property
    def series(self) -> pl.DataFrame:
        """The scores and ranks, by period or edition."""
        if self.is_panel:
            return self.results[0].ranking
        pairs = zip(self.inputs, self.results, strict=True)
        return pl.concat([_with_edition(result.ranking, table.name) for table, result in pairs], how="diagonal_relaxed")

    @cached_property
    def editions(self) -> pl.DataFrame:
        """The tables, with the indicators that they lack."""
        rows = [(table.name, len(table.frame), ", ".join(table.lacking) or None) for table in self.inputs]
        return RecastTables.editions.frame(rows)

    @property
    def notes(self) -> tuple[Note, ...]:
        """The source of statistics, the indicators that tables lack, and the notes of the runs."""
        return (*self._notes_on_tables, *self._notes_of_runs())

    def _notes_of_runs(self) -> Iterator[Note]:
        """Yield the notes of the runs; a note that is not common to all tables begins with the name of its table."""
        common = set.intersection(*(set(result.notes) for result in self.results))
        yield from (note for note in self.results[0].notes if note in common)
        if not self.is_panel:
            for table, result in zip(self.inputs, self.results, strict=True):
                yield from (Note("recast_note", of=table.name, it=note) for note in result.notes if note not in common)

    @property
    def _notes_on_tables(self) -> list[Note]:
        is_fitted = self.results[0].scored.fitted_by is not None
        notes = [] if is_fitted or self.is_panel else [Note("recast_by_itself")]
        notes += [
            Note("recast_lacking", edition=table.name, parts=Names.of(table.lacking))
            for table in self.inputs
            if table.lacking
        ]
        if names := [table.name for table in self.inputs if table.is_period]:
            notes.append(Note("recast_period", periods=Names.of(names), column=str(self.definition.data.period)))
        return notes

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest of each run, with the tables."""
        if self.is_panel:
            return {**self.results[0].manifest, "recast": self.editions.to_dicts()}
        runs = {table.name: run.manifest for table, run in zip(self.inputs, self.results, strict=True)}
        return {**self.results[0].inputs.manifest, "recast": self.editions.to_dicts(), "runs": runs}

    @property
    def _title_parts(self) -> Sequence[str]:
        return [self.results[0].methodology, pluralise(len(self.inputs), "table"), pluralise(len(self.series), "row")]

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return pl.concat([result.scored.units for result in self.results], how="diagonal_relaxed").unique(
            str(self.definition.data.unit), maintain_order=True
        )

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        return (self.series,)


def recast_tables(index: Scorable, tables: Sequence[tuple[str, TableLike]]) -> Recast:
    """Score the tables of several years by one method.

    Parameters
    ----------
    index : Index or FittedIndex
        The new method. A fitted index scores all tables by its statistics. An index with a period scores the tables as
        one panel, whose statistics are pooled or within periods as `statistics` states. Another index scores each table
        by itself.
    tables : sequence of (str, table)
        The name and the path or frame of each table. If the index has a period and a table has no such column, the
        name is its period.

    Returns
    -------
    Recast
        The tables `series` and `editions`.

    Raises
    ------
    IndiciaError
        If a table cannot be read or scored, two tables have one name, or the tables have a unit twice in a period.

    Notes
    -----
    An indicator that a table does not have is missing for all its units; the rule for missing values of the index
    decides, and a note names it.
    """
    names = [name for name, _ in tables]
    if not tables:
        raise DefinitionError("no table is named", remedy="name the tables of the years, such as 2020.csv 2021.csv")
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise DefinitionError(
            f"two tables have the name {repeated[0]}", remedy="name them apart: 2020=old/data.csv 2021=new/data.csv"
        )
    definition = index.definition
    inputs = tuple(_read(index, name, table) for name, table in tables)
    if definition.data.period is None:
        return Recast(definition, inputs, tuple(_scored(index, table) for table in inputs))
    _check_rows(definition, inputs)
    frame = pl.concat([table.frame for table in inputs], how="diagonal_relaxed")
    together = RecastInput(", ".join(names), frame, tuple(dict.fromkeys(p for table in inputs for p in table.lacking)))
    return Recast(definition, inputs, (_scored(index, together),))


def _check_rows(definition: Definition, tables: Sequence[RecastInput]) -> None:
    """Refuse tables that have the same unit in the same period, such as a table of a year and one that revises it."""
    key = [str(definition.data.unit), str(definition.data.period)]
    keys = pl.concat(
        [
            table.frame.select(pl.col(key).cast(pl.String)).unique().with_columns(table=pl.lit(table.name))
            for table in tables
        ]
    )
    several = keys.filter(pl.struct(key).is_duplicated()).sort(key, maintain_order=True)
    if not several.is_empty():
        rows = several.select(key).unique(maintain_order=True)
        raise DataError(
            f"{join_names(several['table'].unique(maintain_order=True).sort())} have the same rows: "
            f"{join_names([' '.join(row) for row in rows.iter_rows()])}",
            remedy="leave out the table whose values are older, or these rows of it",
        )


def _scored(index: Scorable, table: RecastInput) -> Result:
    """Score a table; an error names the table, and the indicators that it lacks."""
    try:
        return index.score_frame(table.frame)
    except IndiciaError as error:
        lacks = f" lacks {join_names(table.lacking)}, and" if table.lacking else ""
        raise DataError(
            f"{table.name}{lacks} cannot be scored: {error.what}",
            where=error.where,
            remedy="add the columns; or fit the index to a table that has them (indicia fit), so that its statistics "
            'score the others, with missing = "skip"'
            if table.lacking
            else error.remedy,
        ) from error


def _read(index: Scorable, name: str, table: TableLike) -> RecastInput:
    """Read a table; an indicator that it does not have becomes a column of missing values."""
    lacking: tuple[str, ...] = ()
    try:
        frame = index.read_table(table)
    except DataError as error:  # the index has put the line of the index file into the error of the table
        columns = _columns_of_indicators(index.definition)
        cause = error.__cause__
        if not isinstance(cause, UnknownColumn) or cause.column not in columns:
            raise
        frame, lacking = _read_without(index, table, columns)
    period = index.definition.data.period
    if period is None or period in frame.columns:
        return RecastInput(name, frame, lacking)
    value = int(name) if name.isdecimal() else name
    return RecastInput(name, frame.with_columns(pl.lit(value).alias(period)), lacking, is_period=True)


def _columns_of_indicators(definition: Definition) -> dict[str, str]:
    """Return the indicator of each column."""
    return {spec.column or name: name for name, spec in definition.indicators.items()}


def _read_without(index: Scorable, table: TableLike, columns: dict[str, str]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Read a table that lacks indicators, and add them as columns of missing values."""
    definition = index.definition
    data = definition.data
    present = set(read_table(table, data.format, text=[str(data.unit)], joins_folder=index.origin.folder).columns)
    lacking = [column for column in columns if column not in present]
    if len(lacking) == len(columns):
        raise DataError(
            f"the table has no indicator of the index: {join_names(columns.values())}",
            remedy="look at its columns, or at `column` of the indicators in the index file",
        )
    numbers = [*columns_of_numbers(definition), *(use.column.name for use in uses_of(definition, index.tree))]
    text = [column for column in (data.unit, *data.labels(), *data.groups) if column]
    frame = read_table(
        table,
        data.format,
        text=list(dict.fromkeys(text)),
        numbers=[column for column in dict.fromkeys(numbers) if column not in lacking],
        joins_folder=index.origin.folder,
    )
    frame = frame.with_columns(pl.lit(None, pl.Float64).alias(column) for column in lacking)
    return index.read_table(TableAsRead(frame)), tuple(columns[column] for column in lacking)


def _with_edition(ranking: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return the ranking of a table with its name behind the unit."""
    unit, *others = ranking.get_columns()
    return pl.DataFrame([unit, pl.Series(EDITION, [name]).new_from_index(0, len(ranking)), *others])
