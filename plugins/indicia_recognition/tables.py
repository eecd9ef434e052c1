"""The format of one table, recognised from a sample of its file and from its cells."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from indicia.data import TableFormat, content_sample, file_sample, load_table, shape_table, split_sheet
from indicia.data.databases import Connection, database_of
from indicia.data.file_kinds import kind_of_content
from indicia.data.format_words import keep_stated
from indicia.data.layouts import match_columns
from indicia.data.workbook import Workbook
from indicia.definition.data_section import TableSection
from indicia.errors import DataError, join_names
from indicia.paths import expanded
from indicia_recognition.coin_tool import coin_tool_sheet
from indicia_recognition.column_cells import in_shell
from indicia_recognition.long_tables import LongColumns, recognise_long
from indicia_recognition.notation import recognise_numbers
from indicia_recognition.observation import Observation
from indicia_recognition.row_table import KEEP_ROWS
from indicia_recognition.sample import ALL_ROWS, sample_rows
from indicia_recognition.text_files import decodes, field_separator, recognise_text
from indicia_recognition.wide_tables import recognise_wide
from indicia_recognition.words import column_words, split_part
from indicia_recognition.workbooks import recognise_workbook

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from indicia.data.parse import Table
    from indicia.data.table_format import LongLayout, WideLayout
    from indicia_recognition.metadata_values import Metadata

TEXTS = ("csv", "tsv", "txt")
WORKBOOKS = ("xlsx", "xlsm", "xlsb", "xls", "ods")


@dataclass(frozen=True)
class RecognisedTable:
    """A table with its recognised format."""

    source: object
    """The source, with the sheet that is read."""
    format: TableFormat
    cells: Table
    """The cells as loaded, before the notation of numbers and the layout are applied."""
    frame: pl.DataFrame
    """The table in its format."""
    observations: tuple[Observation, ...]
    metadata: Metadata | None = None
    """The description of the indicators that the same sheet has."""


@dataclass(frozen=True)
class _File:
    """A source with the format of its file."""

    source: object
    format: TableFormat
    observations: tuple[Observation, ...] = ()
    metadata: Metadata | None = None
    separator: str | None = None
    """The character between the fields of a text."""


def recognise_table(
    source: object,
    stated: TableFormat,
    folder: Path,
    where: Mapping[str, object] | None = None,
    words: Collection[str] = (),
) -> RecognisedTable:
    """Read a table after its format is recognised; the `words` that the user states are not changed.

    `where` are the conditions on rows, which keep one value of a further dimension of a long table.
    """
    file = _recognise_file(source, stated, folder)
    table_format, observations = keep_stated(file.format, stated, words), list(file.observations)
    cells = load_table(file.source, table_format, folder=folder)
    if cells.first_column:
        observations.append(_first_column(cells))
    if "without" not in words and (header := repeated_headers(cells.frame)):
        table_format = replace(table_format, without=(*table_format.without, *header.names))
        observations.append(header)
    sample = sample_rows(cells.frame)
    numbers, evidence = recognise_numbers(sample, table_format.numbers, separator=file.separator)
    table_format = keep_stated(replace(table_format, numbers=numbers), stated, words)
    observations += evidence
    if not {"wide", "long"}.intersection(words):
        wide, long, evidence = recognise_layout(cells.frame, table_format.table or _stem(file.source), where=where)
        table_format = replace(table_format, wide=wide, long=long)
        observations += evidence
    frame = shape_table(cells, table_format, folder=folder)
    # an observation whose word the user states has no effect
    settled = [text for word in words for text in (f"data.{word}=", f"{word} = ")]
    kept = [one for one in observations if one.effect != "format" or not any(word in one.remedy for word in settled)]
    return RecognisedTable(file.source, table_format, cells, frame, tuple(kept), file.metadata)


def _first_column(cells: Table) -> Observation:
    """Return the observation on a first column that is read under another name, or as several columns."""
    name = cells.first_column
    keys, joins, _ = name.rpartition("\\")
    if joins:
        names = tuple(keys.split(","))
        sentence = f"the column {name} joins keys, as Eurostat does: it is read as {join_names(names)}"
        return Observation("joined_keys", names, sentence, "format", "a comma in the cells separates the keys")
    read_as = cells.frame.columns[0]
    sentence = f'the column {name} has names of units, and is read as "{read_as}": the results have a column {name}'
    return Observation("named_index", (name, read_as), sentence, "format", "another name in the file is kept")


def _recognise_file(source: object, stated: TableFormat, folder: Path) -> _File:
    """Return the format of a file or the table of a database; a frame has none."""
    if isinstance(source, str) and source == "-":
        content = sys.stdin.buffer.read()  # standard input can be read only once
        kind = kind_of_content(content).ending
        if kind in TEXTS:
            return _with_text_format(content, content_sample(content), stated, "standard input")
        if kind in WORKBOOKS:
            return _of_workbook(content, content, "", stated, "standard input")
        return _File(content, stated)
    if not isinstance(source, (str, Path)):
        return _File(source, stated)
    table_format, observations = recognise_database(str(source), stated, folder)
    if table_format != stated:
        return _File(source, table_format, tuple(observations))
    name, sheet = split_sheet(str(source))
    path, ending = folder / expanded(name), Path(name).suffix.lower().removeprefix(".")
    if not path.is_file():
        return _File(source, stated)
    if ending in TEXTS:
        return _with_text_format(source, file_sample(path), stated, str(path))
    if ending in WORKBOOKS:
        return _of_workbook(name, path.read_bytes(), sheet, stated, str(path))
    return _File(source, stated)


def _with_text_format(source: object, sample: tuple[bytes, bytes], stated: TableFormat, where: str) -> _File:
    table_format, observations = recognise_text(*sample, stated, where)
    separator = field_separator(sample[0], table_format, where) if decodes(sample[0], table_format.encoding) else None
    return _File(source, table_format, tuple(observations), separator=separator)


def _of_workbook(source: object, content: bytes, sheet: str, stated: TableFormat, where: str) -> _File:
    if tool := coin_tool_sheet(content, sheet):
        table_format = TableSection.model_validate(tool.format).format
        return _File(f"{source}#{tool.sheet}", table_format, tool.metadata.observations, tool.metadata)
    sheet, table_format, observations = recognise_workbook(content, stated, sheet, where)
    if isinstance(source, bytes) and sheet != (first := Workbook.open(content, where).visible[0]):
        raise DataError(
            f'the table of this workbook is in the sheet "{sheet}", and its first sheet is read, "{first}"',
            where=where,
            remedy=f'save the workbook as a file and name the sheet: "book.xlsx#{sheet}"',
        )
    return _File(f"{source}#{sheet}" if isinstance(source, str) else source, table_format, tuple(observations))


def _stem(source: object) -> str:
    """Return the name of a file without its folder and ending; "value" for another source."""
    return Path(split_sheet(source)[0]).stem if isinstance(source, str) else "value"


def repeated_headers(frame: pl.DataFrame) -> Observation | None:
    """Return the rows that repeat the header; their name is the cell of the first column of text.

    >>> pages = pl.DataFrame({"town": ["Lima", "town", "Oslo"], "rent": ["3", "rent", "4"]})
    >>> print(repeated_headers(pages).sentence)
    row 2 is left out: it repeats the header, and "town" is no unit
    """
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    if len(texts) < 2:  # a header on another page makes texts of all columns
        return None
    equal = pl.sum_horizontal(
        (pl.col(name).str.strip_chars().str.to_lowercase() == name.strip().lower()).fill_null(False) for name in texts
    )
    rows = frame.select((equal >= max(2, len(texts) / 2)).alias("repeats")).to_series().arg_true()
    if rows.is_empty():
        return None
    name = str(frame[texts[0]][int(rows[0])] or "").strip()
    row = f"row {rows[0] + 1}"
    fact = (
        f"{row} is left out: it repeats"
        if len(rows) == 1
        else f"{len(rows)} rows, such as {row}, are left out: they repeat"
    )
    return Observation(
        "repeated_header",
        (name,),
        f'{fact} the header, and "{name}" is no unit',
        "left_out",
        KEEP_ROWS,
    )


def recognise_layout(
    frame: pl.DataFrame, name: str, *, where: Mapping[str, object] | None = None
) -> tuple[WideLayout | None, LongLayout | None, list[Observation]]:
    """Return the layout of a loaded table, and the observations that it follows from.

    `name` is the name of the values if columns are years only. `where` are the conditions on rows that the user states.
    A long table with a further dimension, such as the sex, is an error that asks for a condition.

    >>> table = pl.DataFrame({"city": ["Lima", "Oslo"], "2020": [1, 2], "2021": [3, 4]})
    >>> layout, _, (observation,) = recognise_layout(table, "gdp")
    >>> layout
    WideLayout(pattern='{period}', period='year', value='gdp')
    >>> observation.sentence
    'the columns 2020 to 2021 are years: they become the column "year", and their cells the column "gdp"'
    """
    sample = sample_rows(frame, ALL_ROWS)
    sample = sample.filter(~pl.all_horizontal(pl.all().is_null())) if sample.width else sample
    wide, observations = recognise_wide(sample, name)
    if wide and "{indicator}" in wide.pattern:
        return wide, None, observations
    long, more = recognise_long(sample, wide, where or {})
    if wide and long and name != "value":  # the name of the file is not that of the values of several indicators
        return recognise_layout(frame, "value", where=where)
    if long is None and (question := _rows_are_indicators(sample, wide)):
        more = [question]
    if wide and long is None and len(match_columns(frame.columns, wide)) == 1 and "[" not in wide.pattern:
        return None, None, more  # a single year is the name of an indicator
    return wide, long, [*observations, *more]


def _rows_are_indicators(frame: pl.DataFrame, wide: WideLayout | None) -> Observation | None:
    """Return a question for a table whose rows are indicators, since its columns may be units."""
    years = set(match_columns(frame.columns, wide)) if wide else set()
    columns = LongColumns(frame.drop(list(years)), None, evident=False)
    if (
        len(columns.texts) != 1
        or split_part(columns.texts[0])[0] not in column_words().certain
        or not columns.is_key(*columns.texts)
    ):
        return None
    name = columns.texts[0]
    others = [other for other in frame.columns if other != name and other not in years]
    sentence = f'the rows are indicators ({join_names(frame[name].drop_nulls(), 3)}), in the column "{name}", not units'
    if len(others) > 1:
        sentence += f"; the columns {others[0]} to {others[-1]} may be the units"
    remedy = (
        f"turn the table round, so that each row is a unit, or state that the rows are units: --unit {in_shell(name)}"
    )
    return Observation("rows_are_indicators", (name,), sentence, "question", remedy)


_SAMPLE = 200
"""The rows by which columns of numbers are recognised."""
_MOST_ROWS = 100_000
"""The most rows of a table that are counted."""
_MOST_TABLES = 100
_SIMILAR = 0.5
"""A table with this share of the numbers of the chosen table may be meant as well."""


@dataclass(frozen=True, order=True)
class _Rating:
    """The reasons to read a table, in the order of their importance."""

    has_names: bool
    numbers: int
    """The number of cells with numbers."""

    @classmethod
    def of(cls, connection: Connection, table: str) -> _Rating:
        query = connection.query_of(table)
        sample = connection.run(f"SELECT * FROM ({query} LIMIT {_SAMPLE}) AS sample")
        rows = connection.run(f"SELECT count(*) AS n FROM ({query} LIMIT {_MOST_ROWS}) AS counted").item()
        columns = sum(map(_is_numeric, sample))
        has_names = any(column.dtype == pl.String and not _is_numeric(column) for column in sample)
        return cls(has_names, columns * int(rows))


def recognise_database(
    source: str, stated: TableFormat, folder: Path = Path()
) -> tuple[TableFormat, list[Observation]]:
    """Return the format with the table to read, and the observations.

    Of several tables, the table with names and with the most numbers is read. A query or a table that is stated is
    kept.
    """
    database = database_of(source, folder)
    if database is None or stated.query or stated.table:
        return stated, []
    with database.opened() as connection:
        tables = connection.tables[:_MOST_TABLES]
        if len(tables) < 2:
            return replace(stated, table=tables[0] if tables else None), []
        ratings = {table: _Rating.of(connection, table) for table in tables}
    chosen = max(tables, key=lambda table: ratings[table])  # the first of equals
    names = join_names((f'"{table}"' for table in tables), 12)
    other = next(table for table in tables if table != chosen)
    found = [
        Observation(
            "database_table",
            (chosen,),
            f'the table "{chosen}" is read, which has the most numbers of {len(tables)} tables: {names}',
            "format",
            f"table = … in [data] reads another table (--set data.table={other}), query = … a selection of rows",
        )
    ]
    least = _SIMILAR * ratings[chosen].numbers
    similar = [
        table
        for table in tables
        if table != chosen and ratings[table].has_names and ratings[table].numbers >= max(least, 1)
    ]
    if similar:
        quoted = join_names(f'"{table}"' for table in similar)
        subject = f"the table {quoted} has" if len(similar) == 1 else f"the tables {quoted} have"
        found.append(
            Observation(
                "similar_tables",
                tuple(similar),
                f'{subject} a similar number of values, and only the table "{chosen}" is read',
                "question",
                f"to read another table: --set data.table={similar[0]}; to join tables: joins = … in [data]",
            )
        )
    return replace(stated, table=chosen), found


def _is_numeric(column: pl.Series) -> bool:
    """Return True if most of the cells are numbers or texts of numbers."""
    if column.dtype == pl.String:
        numbers = column.cast(pl.Float64, strict=False)
        return 2 * (len(column) - numbers.null_count()) > len(column)
    return column.dtype.is_numeric() and column.null_count() < len(column)
