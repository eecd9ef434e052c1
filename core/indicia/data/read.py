"""Tables from files: names stay as they are written, and cells with a mark of a missing value become null."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.callers import warn
from indicia.data import databases, parse
from indicia.data.file_kinds import (
    FILE_KINDS,
    FileKind,
    Reading,
    binary_kind,
    is_table,
    kind_of_content,
    kind_without_table,
    split_sheet,
)
from indicia.data.joins import join_table
from indicia.data.layouts import apply_layout, row_names
from indicia.data.notation import Marks, flags_of, inferred, notation_remedies, number_cells, text_cells
from indicia.data.objects import from_object
from indicia.data.parquet_footer import named_index
from indicia.data.table_format import PLAIN, Join, NumberFormat, TableFormat, flag_column
from indicia.errors import DataError, UnknownColumn, enough_memory, join_names, suggest
from indicia.paths import check_path, check_regular, expanded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from io import BufferedReader


_MEMORY_PER_BYTE = 1.0
"""The least memory per byte of a file. A CSV file of numbers took 1.6 bytes, Parquet 2.9."""
_THREE_DECIMALS = r"^\s*-?(?:\d{1,3}|[1-9]\d{0,2}\.\d{3})\s*$"


def read_table(
    source: object,
    format: TableFormat = PLAIN,
    *,
    text: Collection[str] = (),
    numbers: Collection[str] | None = None,
    folder: str | Path = Path(),
    joins_folder: Path | None = None,
) -> pl.DataFrame:
    """Read a table from a file, from standard input or from a frame.

    `source` is a path relative to `folder` ("book.xlsx#Sheet" names a sheet), "-", a frame of polars or pandas, or the
    bytes of standard input. Paths of joined tables are relative to `joins_folder`, by default to `folder`.
    Columns of `text` stay as they are written: "007" keeps its zeros, and Namibia is "NA". Columns of `numbers` become
    floats: an empty cell, a mark of a missing value and NaN are null, and any other text is an error.
    Another column becomes numbers if all its present cells are numbers.

    >>> table = pl.DataFrame({"country": ["NA", "PE"], "gdp": ["12.5", "NA"]})
    >>> read_table(table, text=["country"], numbers=["gdp"]).rows()
    [('NA', 12.5), ('PE', None)]
    """
    folder = Path(folder)
    size = _size(source, folder)
    name = databases.shown(str(source)) if isinstance(source, str | Path) else "the table"
    with enough_memory(
        f"read {name}{f', {size / 1e6:,.0f} MB' if size else ''}",
        "indicia score --stream scores a file slice by slice",
        _MEMORY_PER_BYTE * size,
    ):
        table = load_table(source, format, text=text, numbers=numbers, folder=folder)
        joins_folder = folder if joins_folder is None else joins_folder
        return shape_table(table, format, text=text, numbers=numbers, folder=joins_folder)


def load_table(
    source: object,
    format: TableFormat = PLAIN,
    *,
    text: Collection[str] = (),
    numbers: Collection[str] | None = None,
    folder: Path = Path(),
) -> parse.Table:
    """Return the cells of a file or frame below its header, before they are converted.

    Columns of plain numbers may have a type of numbers already; other columns of files are text.
    """
    as_text, as_numbers = set(text), set(numbers or ()) - set(text)
    if format.long:
        as_text.add(format.long.indicator)
    plain_decimals = format.numbers.decimal == "."

    def type_of(column: pl.Series) -> Any:
        if column.name in as_text or column.null_count() == len(column):
            return pl.String
        if column.name in as_numbers:
            return pl.Float64 if plain_decimals else pl.String
        dtype = inferred(column, format.numbers).dtype
        # "1.234" has a decimal point or a separator of thousands: the other columns show which
        is_open = dtype == pl.Float64 and (
            not plain_decimals or Marks.of(format.numbers).removed(column).str.contains(_THREE_DECIMALS).all()
        )
        return pl.String if is_open else dtype

    table = _load(source, format, folder, type_of)
    frame = named_index(split_keys(table.frame))
    if frame is not table.frame:
        table = replace(table, frame=frame, first_column=table.frame.columns[0])
    return table if not format.columns else replace(table, frame=_chosen(table, format.columns))


def _chosen(table: parse.Table, columns: Collection[str]) -> pl.DataFrame:
    """Return the columns that `columns` in [data] names, in the order of the table."""
    names = table.frame.columns
    if absent := [name for name in columns if name not in names]:
        quoted = join_names(f'"{name}"' for name in absent)
        raise UnknownColumn(
            absent[0], f"no column {quoted} in the table", where=table.where, remedy=suggest(absent[0], names)
        )
    return table.frame.select(name for name in names if name in columns)


def shape_table(
    table: parse.Table,
    format: TableFormat = PLAIN,
    *,
    text: Collection[str] = (),
    numbers: Collection[str] | None = None,
    folder: Path = Path(),
) -> pl.DataFrame:
    """Return a loaded table with a row for each unit and period, and with columns of text and of numbers.

    The columns of `text` and `numbers` are those after the layout and the joins. `folder` is the folder of the joined
    tables.
    """
    table = _laid_out(_without_rows(table, format.without, text), format)
    joined = [_joined(join, text, numbers, folder) for join in format.joins]
    columns = [*table.frame.columns, *(name for frame in joined for name in frame.columns)]
    absent = [name for name in (*text, *(numbers or ())) if name not in set(columns)]
    if absent:
        width = f"{len(columns)} column{'s' if len(columns) > 1 else ''}"
        names = join_names(f'"{name}"' for name in absent)
        # in a file that is not a table, the name of the single column is a line of text, and is not shown
        remedy = suggest(absent[0], columns) if len(columns) > 1 else "commas, semicolons or tabs separate columns"
        message = f"no column {names} in the table, which has {width}"
        raise UnknownColumn(absent[0], message, where=table.where, remedy=remedy)
    frame = _converted(table, format, text, numbers)
    for join, other in zip(format.joins, joined, strict=True):
        frame = join_table(frame, other, join)
    return frame


def _without_rows(table: parse.Table, names: Collection[str], text: Collection[str]) -> parse.Table:
    """Empty the rows that `without` in [data] names, so that their texts make no text of a column of numbers.

    The names stand in the first column of `text` that the table has, which is the unit, or else in the first column of
    texts. A row keeps its place, since messages count the rows.
    """
    if not names:
        return table
    frame = table.frame
    texts = [name for name, dtype in frame.schema.items() if dtype in (pl.String, pl.Categorical, pl.Enum)]
    unit = next(iter([*(name for name in text if name in frame.columns), *texts, *frame.columns]))
    cells = frame[unit].cast(pl.String).str.strip_chars()
    wanted = [name.strip() for name in names]
    if absent := [name for name in wanted if name not in set(cells.filter(cells.is_in(wanted)))]:
        message = f"without in [data] names {join_names(absent)}, but no row of {unit} has this name"
        warn(message)
    named = cells.is_in(wanted).fill_null(False)
    blank = named if table.blank is None else table.blank | named
    return replace(table, frame=frame.with_columns(pl.when(~named).then(pl.all()).name.keep()), blank=blank)


def _laid_out(table: parse.Table, format: TableFormat) -> parse.Table:
    """Return a table with a row for each unit and period."""
    if not (format.wide or format.long):
        return table
    frame, at = table.frame, table.at
    if table.blank is not None and table.blank.any():
        rows = (~table.blank).arg_true()
        frame, at = frame[rows], lambda row: table.at(rows[row])
    try:
        frame = apply_layout(frame, format, at)
    except DataError as error:
        error.where = "\n".join(line for line in (table.where, error.where) if line)
        raise
    return parse.Table(frame, table.where, names=tuple(row_names(frame, format)))


def _joined(join: Join, text: Collection[str], numbers: Collection[str] | None, folder: Path) -> pl.DataFrame:
    """Read a joined table. Its columns have the types that the main table asks for."""
    texts = {*text, *(theirs for mine, theirs in join.on if mine in text)}
    loaded = load_table(join.path, join.format, text=texts, numbers=numbers, folder=folder)
    table = _laid_out(_without_rows(loaded, join.format.without, [theirs for _, theirs in join.on]), join.format)
    columns = table.frame.columns
    return shape_table(
        table,
        replace(join.format, wide=None, long=None, without=()),
        text=[name for name in columns if name in texts],
        numbers=None if numbers is None else [name for name in columns if name in numbers],
        folder=folder,
    )


def _converted(
    table: parse.Table, format: TableFormat, text: Collection[str], numbers: Collection[str] | None
) -> pl.DataFrame:
    """Return the rows with columns of text and of numbers."""
    as_text, as_numbers = set(text), set(numbers or ()) - set(text)
    columns, refused = [], {}
    for column in table.frame:
        if column.name in as_text:
            columns.append(text_cells(column, table.where))
            if (
                column.name in (numbers or ())
                and (invalid := number_cells(column, format.numbers, table.where)[1]) is not None
            ):
                refused[column.name] = invalid.arg_true()
        elif column.name in as_numbers:
            values, invalid = number_cells(column, format.numbers, table.where)
            columns.append(values)
            if invalid is not None:
                refused[column.name] = invalid.arg_true()
        else:
            columns.append(inferred(column, format.numbers))
    if refused:
        raise _not_numbers(table, refused, format.numbers)
    if format.keep_flags:
        columns += _flags(table, as_numbers, format.numbers)
    frame = pl.DataFrame(columns).rechunk()  # chunks depend on threads, and the rounding of sums on chunks
    if table.blank is not None and table.blank.any():
        frame = frame.filter(~table.blank)
    if frame.is_empty():
        raise DataError(parse.NO_ROWS, where=table.where)
    return frame


def _flags(table: parse.Table, names: Collection[str], numbers: NumberFormat) -> list[pl.Series]:
    """Return the flags behind numbers, in a further column for each column of numbers that has flags."""
    columns = [column for column in table.frame if column.name in names]
    flags = [flags_of(column, numbers).alias(flag_column(column.name)) for column in columns]
    return [column for column in flags if column.null_count() < len(column) and column.name not in table.frame.columns]


def _size(source: object, folder: Path) -> int:
    """Return the size of a file in bytes; 0 for another source."""
    if not isinstance(source, str | Path) or str(source) == "-":
        return 0
    path = folder / expanded(databases.file_of(split_sheet(str(source))[0]))
    check_path(path)
    return path.stat().st_size if path.is_file() else 0


def _load(source: object, format: TableFormat, folder: Path, type_of: Callable[[pl.Series], Any]) -> parse.Table:
    if not isinstance(source, str | Path | bytes):
        return from_object(source, format.columns)
    name = "standard input" if isinstance(source, bytes) or str(source) == "-" else str(source)
    if database := databases.database_of(name, folder):
        return databases.load(database, format)
    if format.query or format.table:
        word = "query" if format.query else "table"
        remedy = f"leave {word} out of [data], or name a database in path: postgresql://host/db, sqlite:///cities.db"
        raise DataError(f"{word} is for a database, and {name} is none", remedy=remedy)
    sheet = ""
    if isinstance(source, bytes) or str(source) == "-":
        where, content = name, source if isinstance(source, bytes) else sys.stdin.buffer.read()
        kind = kind_of_content(content)
    else:
        name, sheet = split_sheet(str(source))
        path = folder / expanded(name)
        where, kind = str(path), _kind(path)
        with opened(path) as file:
            file_facts = Reading(where, format, sheet, type_of)
            if kind.read_open and file.peek(len(kind.signature)).startswith(kind.signature):
                return kind.read_open(file, file_facts)
            content = file.read()
    if not content or content.isspace():
        raise DataError("the file is empty", where=where)
    if not kind.signature and (binary := binary_kind(content)):
        raise DataError(
            f"this is not a text but {binary.ending}", where=where, remedy=f"end its name in .{binary.ending}"
        )
    if not kind.signature and (other := kind_without_table(content)):
        raise DataError(f"this is not a text but {other[0]}", where=where, remedy=other[1])
    return kind.read(content, Reading(where, format, sheet, type_of))


def _kind(path: Path) -> FileKind:
    """Return the kind of a file by its ending; refuse a folder and an unknown ending."""
    if path.is_dir():
        files = sorted(_tables(path))
        remedy = f"name a file in it: {join_names(files)}" if files else None
        if len(files) > 1:
            remedy = f"{remedy}, or one file with all rows; an index file reads all files of a folder"
        raise DataError(f'"{path}" is a folder, not a file', remedy=remedy)
    kind = FILE_KINDS.get(_ending(path))
    if kind is None:
        message = f'the ending of "{path.name}" is not that of a table'
        known = ", ".join((*FILE_KINDS, *databases.DATABASE_ENDINGS))
        raise DataError(message, where=str(path), remedy=f"known: {known}")
    return kind


def _ending(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """Open a file for reading; an error of the operating system becomes a DataError."""
    check_regular(path)
    try:
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as error:
        if path.parent.is_dir():
            remedy = suggest(path.name, _tables(path.parent)) or "name a file that exists"
        else:
            remedy = f'there is no folder "{path.parent}"'
        raise DataError(f'no file "{path.name}"', where=str(path), remedy=remedy) from error
    except OSError as error:
        raise DataError(f'cannot read "{path.name}": {error.strerror}', where=str(path)) from error


def _tables(folder: Path) -> Iterable[str]:
    return (path.name for path in folder.iterdir() if is_table(path.name))


def _not_numbers(table: parse.Table, refused: dict[str, pl.Series], numbers: NumberFormat) -> DataError:
    name, rows = next(iter(refused.items()))
    cells = table.frame[name][rows]
    firsts = pl.DataFrame({"cell": cells.cast(pl.String), "row": rows}).unique(
        "cell", keep="first", maintain_order=True
    )
    examples = [f'"{cell[:40]}" ({table.at(row)})' for cell, row in firsts.head(2).rows()]
    more = f" and {len(rows) - len(examples)} more" if len(rows) > len(examples) else ""
    other_columns = [other for other in refused if other != name]
    remedies = notation_remedies(firsts["cell"].to_list(), numbers)
    return DataError(
        f"{name} has text where numbers belong: {', '.join(examples)}{more}",
        where=f"{table.where}\nalso in {join_names(other_columns)}" if other_columns else table.where,
        remedy="; ".join(remedies),
    )


_NAME = re.compile(r"([^,;\\]+(?:,[^,;\\]+)*)\\[^,;\\]+")
"""The keys with commas between them, and behind the backslash the key of the other columns."""


def split_keys(frame: pl.DataFrame) -> pl.DataFrame:
    r"""Return a table of Eurostat with a column for each key; another table is returned as it is.

    >>> split_keys(pl.DataFrame({"unit,geo\\time": ["PC,AT", "PC,BE"], "2020 ": [5.1, 6.2]})).columns
    ['unit', 'geo', '2020 ']
    """
    name = frame.columns[0] if frame.columns else ""
    match = _NAME.fullmatch(name)
    if match is None or frame.schema[name] != pl.String:
        return frame
    keys = [key.strip() for key in match[1].split(",")]
    others = frame.drop(name)
    cells = frame[name]
    if set(keys) & set(others.columns) or len(set(keys)) < len(keys):
        return frame
    if (cells.str.count_matches(",", literal=True) != len(keys) - 1).any():
        return frame
    parts = cells.str.split_exact(",", len(keys) - 1).struct.rename_fields(keys).struct.unnest()
    return pl.DataFrame([*(part.str.strip_chars() for part in parts), *others])
