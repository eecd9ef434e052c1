"""A table without an index file: its format, roles, doubts and directions, as words of an index file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.data import PLAIN, Join, TableFormat, load_table, shape_table
from indicia.data.cell_text import keep_rows
from indicia.data.format_words import format_words
from indicia.definition import text
from indicia.definition.checks import RESULT_NAMES
from indicia.errors import DataError
from indicia.notes import Names, Note
from indicia_recognition.columns import Inferred, infer
from indicia_recognition.directions import Proposal, propose_directions
from indicia_recognition.joins import recognise_join
from indicia_recognition.metadata import recognise_metadata
from indicia_recognition.observation import Observation
from indicia_recognition.rows import rows_that_are_no_units
from indicia_recognition.sentinels import sentinels
from indicia_recognition.tables import RecognisedTable, recognise_table
from indicia_recognition.values import questions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from indicia_recognition.metadata_values import Metadata


@dataclass(frozen=True)
class Recognised:
    """A table that is read without an index file, and the words of an index file that reads it in the same form."""

    source: object
    """The main table, with the sheet that is read."""
    frame: pl.DataFrame
    """The table: names of units as text, indicators as numbers, a row for each unit and period."""
    data: Mapping[str, Any]
    """The words of `[data]` but for the path."""
    indicators: Mapping[str, Mapping[str, Any]]
    """The words of each indicator, without a proposed direction."""
    dimensions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The words of each dimension, if a second table has them."""
    observations: tuple[Observation, ...] = ()
    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    """The proposed direction of each indicator without a stated direction."""
    name: str | None = None
    """The name of the index, if a second table has it."""

    @property
    def definition(self) -> dict[str, Any]:
        """The raw definition of an index, with the proposed directions."""
        indicators = {name: {**self.direction_words(name), **words} for name, words in self.indicators.items()}
        return {
            **({"name": self.name} if self.name else {}),
            "data": dict(self.data),
            "dimensions": dict(self.dimensions),
            "indicators": indicators,
            "methodology": self.methodology,
        }

    @property
    def methodology(self) -> dict[str, Any]:
        """The words of `[methodology]` that the table needs: constant indicators are left out of a run."""
        has_constants = any(observation.rule == "constant" for observation in self.observations)
        return {"constant": "drop"} if has_constants else {}

    @property
    def doubts(self) -> list[str]:
        """A sentence for each column of numbers and each row that is left out, and for each question."""
        return [str(observation) for observation in self.observations if not _is_note(observation)]

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes on the format, on what is left out and on the directions, for readers of a ranking."""
        notes = [Note("read_as", sentence=seen.sentence) for seen in self.observations if _is_note(seen)]
        left_out = [seen for seen in self.observations if seen.effect == "left_out" and not _is_note(seen)]
        if names := [name for observation in left_out for name in observation.names]:
            notes.append(Note("no_units_or_indicators", parts=Names.of(names, 10)))
        for direction in ("benefit", "cost"):
            names = [name for name, proposal in self.proposals.items() if proposal.direction == direction]
            if names:
                notes.append(Note(f"proposed_{direction}s", parts=Names.of(names, 10)))
        return tuple(notes)

    def direction_words(self, name: str) -> dict[str, str]:
        """Return the direction of an indicator as words of the index file; empty if it is unclear or stated."""
        proposal = self.proposals.get(name)
        if proposal is None or proposal.direction == "unclear" or "direction" in self.indicators[name]:
            return {}
        return {"direction": proposal.direction}

    def direction_reason(self, name: str) -> str:
        """Return the reason for a proposed direction; empty for a stated direction."""
        proposal = self.proposals.get(name)
        return proposal.reason if proposal and "direction" not in self.indicators[name] else ""

    @property
    def gaps(self) -> list[str]:
        """The indicators with missing values."""
        columns = {name: words.get("column", name) for name, words in self.indicators.items()}
        return [name for name, column in columns.items() if self.frame[column].null_count()]


def recognise(
    source: object,
    stated: TableFormat,
    *,
    unit: str | None = None,
    label: str | None = None,
    period: str | None = None,
    groups: Iterable[str] = (),
    indicators: Mapping[str, Mapping[str, Any]] | None = None,
    costs: Iterable[str] = (),
    vocabulary: str | Path | None = None,
    where: Mapping[str, Any] | None = None,
    words: Collection[str] = (),
    folder: Path = Path(),
) -> Recognised:
    """Read a table, or several tables that belong together, and infer all that is not stated.

    Parameters
    ----------
    source : path, frame, or a list of them
        The table. Further tables are joined to the first, or describe its indicators.
    stated : TableFormat
        The format as far as the user states it; recognition does not change these words.
    unit, label, period, groups : optional
        The columns of these roles; without a name they are inferred.
    indicators : mapping of names to words, optional
        The indicators; by default the columns of numbers that are neither codes nor row numbers. The name "gdp,co2"
        without words names two.
    costs : columns
        Indicators of which less is better; "co2,noise" names two.
    where : mapping of columns to values, optional
        The conditions on rows that the user states.
    words : collection of words
        The words of `[data]` that the user states, of which some may have their default.
    vocabulary : Path, optional
        A TOML file of more words for directions; docs/directions.md explains it.
    folder : Path
        The folder of relative paths.

    Raises
    ------
    DataError, DefinitionError
        If the table cannot be read, or no column names the units.
    """
    main, *others = _sources(source)
    table = recognise_table(main, stated, folder, where, words)
    table, metadata, observations = _with_others(table, others, stated, folder)
    table = replace(table, frame=keep_rows(table.frame, where or {}))
    schema = table.frame.schema
    roles = {"unit": unit, "label": label, "period": period}
    groups = split_names(groups, schema)
    if metadata is not None:
        roles |= {word: metadata.data.get(word) for word, column in roles.items() if column is None}
        groups = groups or metadata.data.get("groups", ())
        indicators = metadata.indicators if indicators is None else indicators
    if indicators is not None:
        indicators = _split_keys(indicators, schema)
    costs = split_names(costs, schema)
    columns = None if indicators is None else [words.get("column", name) for name, words in indicators.items()]

    def infer_roles(frame: pl.DataFrame) -> Inferred:
        return infer(frame, **roles, groups=groups, indicators=columns, costs=costs)

    table_format, inferred, removals = _recognise_rows(table, infer_roles, words, where or {}, folder)
    named = list(dict.fromkeys(column for column in (inferred.unit, inferred.label, *inferred.groups) if column))
    if lost := _names_as_floats(table, named):
        cells = load_table(table.source, table.format, text=lost, folder=folder)
        table = replace(table, cells=cells, frame=shape_table(cells, table.format, text=lost, folder=folder))
        table = replace(table, frame=keep_rows(table.frame, where or {}))
    frame = table.frame
    if table_format != table.format or not _has_types(frame, named, inferred.indicators):
        frame = shape_table(table.cells, table_format, text=named, numbers=inferred.indicators, folder=folder)
        frame = keep_rows(frame, where or {})
    if indicators is None:
        indicators = _indicators(inferred)
    indicators = {
        name: {**words, "direction": "cost"} if words.get("column", name) in costs else words
        for name, words in indicators.items()
    }
    doubts = questions(frame, inferred)
    return Recognised(
        "-" if isinstance(table.source, bytes) else table.source,
        frame,
        {**format_words(table_format), **({"where": dict(where)} if where else {}), **inferred.data()},
        indicators,
        {} if metadata is None else metadata.dimensions,
        (*observations, *_single_period(frame, inferred), *inferred.observations, *removals, *doubts),
        _proposals(frame, indicators, vocabulary),
        metadata.name if metadata else None,
    )


def _recognise_rows(
    table: RecognisedTable,
    infer_roles: Callable[[pl.DataFrame], Inferred],
    words: Collection[str],
    where: Mapping[str, Any],
    folder: Path,
) -> tuple[TableFormat, Inferred, list[Observation]]:
    """Return the format with the rows that are no units and the marks of missing values, the roles, and the reasons."""
    inferred, table_format = infer_roles(table.frame), table.format
    foot = table.format.footer_rows
    rows = [] if "without" in words else rows_that_are_no_units(table.frame, inferred, foot)
    if names := [name for row in rows if row.effect == "left_out" for name in row.names]:
        table_format = replace(table_format, without=(*table_format.without, *names))
    marks = [] if "missing" in words else sentinels(table.frame, inferred)
    if codes := dict.fromkeys(word for sentinel in marks for word in sentinel.marks):
        numbers = replace(table_format.numbers, missing=(*table_format.numbers.missing, *codes))
        table_format = replace(table_format, numbers=numbers)
    if table_format != table.format:
        # totals and marks of missing values can hide codes and units, so the roles are inferred again without them
        shaped = shape_table(table.cells, table_format, text=[inferred.unit], folder=folder)
        inferred = infer_roles(keep_rows(shaped, where))
    return table_format, inferred, [*rows, *marks]


_WITHOUT_NUMBERS = ("date", "flag", "note", "text")
"""The rules for columns that hold no numbers and cannot change a ranking."""


def _is_note(observation: Observation) -> bool:
    """Return True if a run mentions an observation below the ranking, and does not warn of it above.

    A number that is taken for a missing value is worth a warning, as gaps may stop the run.
    """
    if observation.effect == "format":
        return observation.rule != "sentinel"
    return observation.effect == "left_out" and observation.rule in _WITHOUT_NUMBERS


def _has_types(frame: pl.DataFrame, text: Iterable[str], numbers: Iterable[str]) -> bool:
    """Return True if the columns of text are text and the columns of numbers are floats already."""
    schema = frame.schema
    return all(schema[name] == pl.String for name in text) and all(schema[name] == pl.Float64 for name in numbers)


def _indicators(roles: Inferred) -> dict[str, dict[str, str]]:
    """Return the words of the indicators; a column with a name of the results, such as score, gets another name."""
    others = {roles.unit, roles.label, roles.period, *roles.groups, *roles.indicators}
    indicators: dict[str, dict[str, str]] = {}
    for column in roles.indicators:
        name = column
        while name in RESULT_NAMES or (name != column and name in others):
            name += "_value"
        indicators[name] = {} if name == column else {"column": column}
    return indicators


def _names_as_floats(table: RecognisedTable, named: Iterable[str]) -> list[str]:
    """Return the columns of names that a text file has as decimal numbers: floats lose the digits as written."""
    schema = table.cells.frame.schema
    is_file = isinstance(table.source, (str, bytes, Path))
    return [name for name in named if is_file and name in schema and schema[name].is_float()]


def _sources(source: object) -> list[object]:
    """Return the tables of a source: a list of paths and frames, or a single one."""
    if isinstance(source, (list, tuple)) and source and not any(isinstance(element, dict) for element in source):
        return list(source)
    return [source]


def _single_period(frame: pl.DataFrame, roles: Inferred) -> Iterator[Observation]:
    """Yield an observation if the column of periods has a single period."""
    if roles.period and frame[roles.period].n_unique() == 1:
        sentence = f"{roles.period} is the period, {frame[roles.period][0]} in every row"
        remedy = "an index file without period in [data] has no periods"
        yield Observation("single_period", (roles.period,), sentence, "format", remedy)


def _with_others(
    table: RecognisedTable, others: Sequence[object], stated: TableFormat, folder: Path
) -> tuple[RecognisedTable, Metadata | None, list[Observation]]:
    """Return the main table with further tables joined, and the description of its indicators, if a table is one."""
    metadata, observations = table.metadata, list(table.observations)
    pending: list[tuple[RecognisedTable, DataError | None]] = []
    for other in others:
        further = recognise_table(other, replace(PLAIN, encoding=stated.encoding), folder)
        if recognise_metadata(further.frame, table.frame.columns, table.frame) is not None:
            pending.append((further, None))
            continue
        try:
            join, evidence = recognise_join(table.frame, further.frame, str(further.source))
        except DataError as error:
            pending.append((further, error))
            continue
        joined = replace(table.format, joins=(*table.format.joins, _with_format(join, further.format)))
        frame = shape_table(table.cells, joined, folder=folder)
        table = replace(table, format=joined, frame=frame)
        observations += [*further.observations, *evidence]
    for further, refusal in pending:  # after the joins, as a description may be that of joined columns
        description = recognise_metadata(further.frame, table.frame.columns, table.frame)
        if description is None and refusal is not None:
            raise refusal
        metadata = description or metadata
        observations += description.observations if description else ()
    return table, metadata, observations


def _with_format(join: Join, table_format: TableFormat) -> Join:
    return replace(join, format=replace(table_format, columns=join.format.columns))


def _proposals(
    frame: pl.DataFrame, indicators: Mapping[str, Mapping[str, Any]], vocabulary: str | Path | None
) -> dict[str, Proposal]:
    """Return the proposed direction of each indicator without a stated direction."""
    columns = {name: words.get("column", name) for name, words in indicators.items()}
    stated = {columns[name]: words["direction"] for name, words in indicators.items() if "direction" in words}
    if stated.keys() == set(columns.values()):
        return {}
    names = {columns[name]: f"{name} {text(words.get('name'))}".strip() for name, words in indicators.items()}
    words = None if vocabulary is None else Path(vocabulary)
    proposals = propose_directions(frame, list(columns.values()), names=names, stated=stated, vocabulary=words)
    return {name: proposals[column] for name, column in columns.items() if column not in stated}


def _split_keys(indicators: Mapping[str, Mapping[str, Any]], columns: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Return the indicators by name; a name without words may list several, as `--indicator gdp,co2` does."""
    return {
        part: words
        for name, words in indicators.items()
        for part in ([name] if words else split_names([name], columns))
    }


def split_names(names: Iterable[str], columns: Collection[str]) -> tuple[str, ...]:
    """Return names of columns; a text that is no column is split at its commas.

    >>> split_names(["co2,noise", "GNI, PPP"], ["co2", "noise", "GNI, PPP"])
    ('co2', 'noise', 'GNI, PPP')
    """
    split: list[str] = []
    for name in names:
        split += [name] if name in columns else [part.strip() for part in name.split(",")]
    return tuple(split)
