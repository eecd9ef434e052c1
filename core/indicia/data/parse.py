"""The text of tables becomes a frame: CSV with its header, and the shapes of JSON."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import polars as pl
import polars.selectors as cs
from polars.exceptions import PanicException, PolarsError
from polars.selectors import by_index

from indicia.callers import warn
from indicia.data.page_checksums import check_pages
from indicia.data.parquet_footer import with_pandas_index
from indicia.data.table_format import PLAIN, TableFormat
from indicia.errors import DataError, UnknownColumn, join_names, suggest
from indicia.limits import CELLS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence


def join_header(rows: Sequence[Sequence[str | None]]) -> list[str]:
    """Return the name of each column: its cells from top to bottom, without repetitions, separated by a space.

    The last row names columns, and the rows above it name groups of columns. A merged cell has its text in its first
    column only, so an empty cell of a group takes the text to its left. A row that numbers the columns is left out.

    >>> join_header([["", "Pupils", "", "Teachers"], ["Town", "Girls", "Boys", "Teachers"]])
    ['Town', 'Pupils Girls', 'Pupils Boys', 'Teachers']
    """
    width = max((len(row) for row in rows), default=0)
    cells = [[("" if cell is None else str(cell)).strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    if len(cells) == 1:
        return cells[0]
    groups = [list(row) for row in cells if not _numbers_columns(row)]
    if any(groups[-1][:1]) and not any(groups[-1][1:]):  # as pandas writes them: the cells above name the header's rows
        groups = [["", *row[1:]] for row in groups[:-1]] + [groups[-1]]
    continues = [True] * width  # the column belongs to the same groups as the column to its left
    for number, row in enumerate(groups[:-1]):
        for left, column in pairwise(range(width)):
            named_below = any(below[column] for below in groups[number + 1 :])
            continues[column] = continues[column] and not row[column] and named_below
            if continues[column]:
                row[column] = row[left]
    return [_joined(row[column] for row in groups) for column in range(width)]


def _numbers_columns(row: Sequence[str]) -> bool:
    """Return True if a row numbers the columns from 1, with or without brackets, and names none."""
    numbers = [cell.strip("()[]") for cell in row if cell]
    return len(numbers) > 2 and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def _joined(parts: Iterable[str]) -> str:
    texts: list[str] = []
    for part in parts:
        text = " ".join(part.split())
        if text and text not in texts:
            texts.append(text)
    return " ".join(texts)


_ROWS = "name"
"""The column of the names of rows."""


def json_records(content: bytes) -> bytes | None:
    """Return an object of JSON as a list of records; None if it is none of the known shapes, such as a single record.

    Pandas writes a dict of columns, `{"gdp": {"0": 1.5}}`, rows by name, `{"Lima": {"gdp": 1.5}}`, or names, rows and
    values apart, `{"columns": ["gdp"], "data": [[1.5]]}`. Services put the records below a key, `{"data": [{…}]}`.

    >>> json_records(b'{"city": {"0": "Lima", "1": "Oslo"}, "gdp": {"0": 1.5, "1": 2}}')
    b'[{"city": "Lima", "gdp": 1.5}, {"city": "Oslo", "gdp": 2}]'
    >>> json_records(b'{"city": "Lima", "gdp": 1.5}') is None
    True
    """
    first, _, others = content.partition(b"\n")
    if first.rstrip().endswith(b"}") and others.lstrip().startswith(b"{"):
        return None  # one record per line
    try:
        source = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(source, dict):
        return None
    records = _apart(source) or _below_a_key(source) or _of_lists(source) or _of_objects(source)
    return None if records is None else json.dumps(records, ensure_ascii=False).encode()


def _apart(source: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the records of names, rows and values apart."""
    names, rows, index = source.get("columns"), source.get("data"), source.get("index")
    if not (isinstance(names, list) and isinstance(rows, list) and rows and all(isinstance(row, list) for row in rows)):
        return None
    if any(len(row) != len(names) for row in rows):
        return None
    named = isinstance(index, list) and len(index) == len(rows) and all(isinstance(name, str) for name in index)
    first = [{_ROWS: name} for name in index] if named and index else [{} for _ in rows]
    return [{**name, **dict(zip(map(str, names), row, strict=True))} for name, row in zip(first, rows, strict=True)]


def _below_a_key(source: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the records of the only list of records."""
    lists = [
        values
        for values in source.values()
        if isinstance(values, list) and values and all(isinstance(record, dict) for record in values)
    ]
    return lists[0] if len(lists) == 1 else None


def _of_lists(source: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the records of lists of one length, one for each column."""
    columns = list(source.values())
    if not columns or not all(isinstance(column, list) for column in columns):
        return None
    if len({len(column) for column in columns}) > 1 or not columns[0]:
        return None
    return [dict(zip(source, row, strict=True)) for row in zip(*columns, strict=True)]


def _of_objects(source: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the records of objects with equal keys: columns of rows, or rows of columns."""
    inner = list(source.values())
    if len(inner) < 2 or not all(isinstance(each, dict) for each in inner):
        return None
    keys = list(dict.fromkeys(key for each in inner for key in each))
    if not keys or any(isinstance(value, (dict, list)) for each in inner for value in each.values()):
        return None
    are_numbered = all(key.isdigit() for key in keys)
    is_mixed = any(len({isinstance(value, str) for value in each.values()}) > 1 for each in inner)
    if not are_numbered and (is_mixed or len(source) > len(keys)):
        if all(name.isdigit() for name in source):
            return list(inner)
        return [{_ROWS: name, **row} for name, row in source.items()]
    rows: list[dict[str, Any]] = []
    for key in keys:
        row = {} if are_numbered else {_ROWS: key}
        rows.append(row | {name: column.get(key) for name, column in source.items()})
    return rows


_BLOCK = 1 << 18
"""The bytes of a block; the comparison of a block fits into the cache of a processor."""
_LINE_FEED = 10
_FIRST_RECORDS = 20
"""The records that show if rows have one field more than the header."""
_QUERY_BYTES = 1 << 25
"""The bytes of the Parquet columns that one query reads."""
_MOST_NOTES = 20
"""A short row so near to the end of a text may be the first of the notes below a table."""
NO_ROWS = "the table has a header and no rows"
_QUOTES = 'close the quotation mark, or double it inside a quoted field: "5"" pipe"'
_FIELDS = "give every row as many fields as the header; quote a field that holds the separator"
_UNREADABLE = (PolarsError, PanicException, OSError)
"""The errors of polars for a damaged file or a file of another kind."""
_RECORDS = 'a table in JSON is a list of records, [{"unit": "Lima", "gdp": 1.5}], or one record per line'


@dataclass(frozen=True)
class Table:
    """The table of a file before cells are converted, with the line or row numbers in the file."""

    frame: pl.DataFrame
    where: str
    place: str = "row"
    first: int = 1
    blank: pl.Series | None = None
    """True for the rows that are blank."""
    names: tuple[str, ...] = ()
    """The columns that name a row whose number in the file is not known: its unit and period."""
    first_column: str = ""
    """The name of the first column in the file, if it is read under another name or as several columns."""

    def at(self, row: int) -> str:
        """Return the line or row number of a row in the file, or its unit and period."""
        if self.names:
            return ", ".join(str(self.frame[name][row]) for name in self.names)
        return f"{self.place} {row + self.first}"


_NO_TEXTS = frozenset({"punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape"})
"""The codecs of Python for names of domains and for source code."""


def from_frame(frame: pl.DataFrame, where: str, columns: Collection[str] = ()) -> Table:
    """Strip the column names, and keep the columns that are read, by default all; two equal names are an error.

    A column of durations becomes one of texts such as "PT1H30M".
    """
    frame = frame.with_columns(cs.duration().dt.to_string("iso"))
    names = header_names(frame.columns, where)
    kept = kept_columns(names, columns, where)
    return Table(pl.DataFrame({names[at] or f"column_{at}": frame.to_series(at) for at in kept}), where)


def from_parquet(file: BinaryIO, where: str, columns: Collection[str] = ()) -> Table:
    """Read a Parquet file after counting its cells, since a small file may repeat a value a billion times."""
    try:
        lazy = pl.scan_parquet(file)
        rows = lazy.select(pl.len()).collect().item()
        cells = rows * len(lazy.collect_schema())
        if excess := CELLS.excess(cells):
            raise DataError(
                f"the table is too large: {excess}",
                where=where,
                remedy=f"indicia score --stream reads a table slice by slice; {CELLS.remedy(cells)}",
            )
        frame = with_pandas_index(_in_one_piece(lazy, rows), pandas_note(file))
        check_pages(file, where)
        return from_frame(frame, where, columns)
    except _UNREADABLE as error:
        raise DataError("not a Parquet file that can be read", where=where) from error


def pandas_note(file: BinaryIO | Path) -> str | None:
    """Return the note of pandas on the columns of a Parquet file."""
    if not isinstance(file, Path):
        file.seek(0)
    return pl.read_parquet_metadata(file).get("pandas")


def _in_one_piece(lazy: pl.LazyFrame, rows: int) -> pl.DataFrame:
    """Collect a few columns at a time, each in one chunk; the next columns reuse the memory.

    To rechunk the complete table would take twice the memory and a third more time.
    """
    width = lazy.collect_schema().len()
    step = max(pl.thread_pool_size(), _QUERY_BYTES // (8 * max(1, rows)))
    # by number, as the oldest supported version of polars reads a name such as ^x.*$ as a pattern
    groups = (range(start, min(start + step, width)) for start in range(0, width, step))
    parts = (lazy.select(by_index(group)).collect().rechunk() for group in groups)
    return pl.DataFrame([column for part in parts for column in part])


def from_json(content: bytes, where: str, columns: Collection[str] = ()) -> Table:
    """Read a list of records, one record per line, or an object that `json_records` reads as records."""
    content = content.lstrip()
    if content.startswith(b"{") and (records := json_records(content)) is not None:
        content = records
    try:
        if content.startswith(b"["):
            return from_frame(pl.read_json(content, infer_schema_length=None), where, columns)
        return from_frame(pl.read_ndjson(content, infer_schema_length=None), where, columns)
    except _UNREADABLE as error:
        raise _malformed_json(content, where) from error


def from_csv(
    content: bytes,
    separator: str | None,
    where: str,
    type_of: Callable[[pl.Series], Any],
    table_format: TableFormat = PLAIN,
) -> Table:
    """Read lines of fields. `type_of` chooses the types by the first lines; if other lines do not fit, all are text.

    `separator` is used if the format states none. Rows before the header and after the data are lines of the text.
    """
    whole, content = content, _without_last_lines(content, table_format.footer_rows, where)
    start = _offset(content, table_format.skip_rows)
    separator = single_character(table_format.separator or separator or header_separator(content, start), where)
    rows: list[list[str]] = []
    skip = table_format.skip_rows
    try:
        for _, last, fields in _records(content, separator, start, table_format.skip_rows):
            if fields and len(rows) == table_format.header_rows:
                break
            rows += [fields] if fields else []
            skip = last
        else:
            raise _no_rows(table_format, where)
    except (csv.Error, UnicodeDecodeError) as error:
        raise _malformed_csv(content, separator, len(rows[-1]) if rows else 0, where, table_format.skip_rows) from error
    names = _with_row_names(join_header(rows), content, separator, skip)
    _warn_of_values(whole[len(content) :], separator, len(names), table_format.footer_rows)
    fields_of_file = _field_names(names, table_format.columns, where)
    strings = dict.fromkeys(fields_of_file, pl.String)

    def parsed(schema: Mapping[str, Any], content: bytes = content, **options: Any) -> pl.DataFrame:
        return pl.read_csv(content, has_header=False, skip_lines=skip, separator=separator, schema=schema, **options)

    try:
        try:
            frame = parsed({column.name: type_of(column) for column in parsed(strings, n_rows=1000)})
        except PolarsError:
            frame = parsed(strings)
        blank = _blank(frame)
        if (frame.to_series(-1).is_null() & ~blank).any():
            # Polars fills a short row with nulls. A mark at each end of line moves to another column in a short row.
            end = f"{separator}|\n".encode()
            marked = content.replace(b"\r\n", b"\n").replace(b"\n", end) + end * (not content.endswith(b"\n"))
            mark = parsed({**strings, " ": pl.String}, marked, columns=[len(names)]).to_series()
            if (mark.is_null() & ~blank).any():
                raise _malformed_csv(content, separator, len(names), where, skip)
    except PolarsError as error:
        raise _malformed_csv(content, separator, len(names), where, skip) from error
    frame = _named(frame, names, table_format.columns)
    lines = _line_feeds(content) + (not content.endswith(b"\n")) - skip
    if lines == frame.height:
        return Table(frame, where, "line", skip + 1, blank)
    return Table(frame, where, blank=blank)  # rows are not lines if a field has a line break


def _no_rows(table_format: TableFormat, where: str) -> DataError:
    """Return the error for a text that has no rows below the rows that the format skips and those of its header."""
    words = [word for word, usual in (("skip_rows", 0), ("header_rows", 1)) if getattr(table_format, word) > usual]
    remedy = " or ".join(f"lower {word} in [data] (--set data.{word}={getattr(PLAIN, word)})" for word in words)
    skipped = f" after {table_format.skip_rows} skipped rows" if table_format.skip_rows else ""
    return DataError(f"{NO_ROWS}{skipped}", where=where, remedy=remedy or None)


def _with_row_names(names: list[str], content: bytes, separator: str, skip: int) -> list[str]:
    """Return the names with an empty name for a column that the header leaves out.

    R leaves out the name of the first column, which has the names of the rows, and some programs the name after a
    separator at the end of each line. Every row has one field more than the header then.
    """
    records: list[list[str]] = []
    with suppress(csv.Error, UnicodeDecodeError):
        for _, _, fields in _records(content, separator, _offset(content, skip), skip):
            records += [fields] if fields else []
            if len(records) == _FIRST_RECORDS or (fields and len(fields) != len(names) + 1):
                break
    # a single row, or two, may be wrong themselves
    if len(records) < 3 or any(len(fields) != len(names) + 1 for fields in records) or len(names) < 2:
        return names
    return [*names, ""] if all(not fields[-1].strip() for fields in records) else ["", *names]


def _field_names(names: Sequence[str], columns: Collection[str], where: str) -> list[str]:
    """Return a different name for each field of a text: its name in the header if the column is read."""
    kept_columns(names, columns, where)
    chosen = [name for name in names if name and (not columns or name in columns)]
    check_names(chosen, names, where)
    return [name if name and name in chosen else f"\0field {number}" for number, name in enumerate(names)]


def _named(frame: pl.DataFrame, names: Sequence[str], columns: Collection[str]) -> pl.DataFrame:
    """Return the columns that are read, without columns that have neither a name nor a value.

    A column with values only is named by its number, column_0 for the first, so that `unit` in [data] can name it.
    """
    if all(names) and not columns:
        return frame
    unnamed = [field for field, name in zip(frame.columns, names, strict=True) if not name and not columns]
    filled = [field for field in unnamed if frame[field].null_count() < frame.height]
    kept = [field for field, name in zip(frame.columns, names, strict=True) if field == name or field in filled]
    number_of = {field: f"column_{frame.columns.index(field)}" for field in filled}
    return frame.select(kept).rename({field: name for field, name in number_of.items() if name not in names})


def _without_last_lines(content: bytes, count: int, where: str) -> bytes:
    """Return a text without its last lines."""
    end = len(content) - content.endswith(b"\n")
    for _ in range(count):
        end = content.rfind(b"\n", 0, max(end, 0))
        if end < 0:
            remedy = "give a smaller footer_rows in [data] (--set data.footer_rows=0)"
            raise DataError(f"the table has no rows above the {count} rows of the footer", where=where, remedy=remedy)
    return content[: end + 1] if count else content


def _warn_of_values(footer: bytes, separator: str, width: int, count: int) -> None:
    """Warn of a row in the footer that looks like one of the table: all its fields but the name have digits."""
    with suppress(csv.Error, UnicodeDecodeError):
        for _, _, fields in _records(footer, separator):
            if width > 1 and len(fields) == width and all(re.search(r"\d", field) for field in fields[1:]):
                message = f"footer_rows = {count} in [data] leaves out the row of {fields[0]}, which has values"
                remedy = "footer_rows = 0 reads it, in the index file or with --set data.footer_rows=0"
                warn(f"{message}; {remedy}")
                return


def _offset(content: bytes, lines: int) -> int:
    """Return the place of the first byte after some lines."""
    start = 0
    for _ in range(lines):
        start = content.find(b"\n", start) + 1
        if start == 0:
            return len(content)
    return start


def single_character(separator: str, where: str) -> str:
    """Return the character between fields: a tab for "tab", a blank for "space"; any other text is an error."""
    separator = {"tab": "\t", "\\t": "\t", "space": " "}.get(separator.casefold(), separator)
    if len(separator) != 1 or not separator.isascii() or separator in '"\n\r':
        remedy = 'separator = "tab", or another single character such as ";" or "|"'
        raise DataError(f'a separator is a single ASCII character, not "{separator}"', where=where, remedy=remedy)
    return separator


def text_codec(encoding: str, where: str) -> str:
    """Return Python's name of the encoding of a text; DataError for other codecs, such as those of bytes or domains."""
    try:
        name = codecs.lookup(encoding).name
        "a".encode(name)  # refuses codecs of bytes, such as base64
        if name.replace("-", "_") not in _NO_TEXTS:
            return name
    except (LookupError, ValueError):
        pass
    raise DataError(f'unknown encoding "{encoding}"', where=where, remedy='for example "utf-8" or "gb18030"')


def decoded(content: bytes, encoding: str, where: str) -> bytes:
    """Convert a text to UTF-8 without a byte order mark, with line feeds at the ends of lines."""
    try:
        if (codec := text_codec(encoding, where)) not in ("utf-8", "utf-8-sig"):
            content = content.decode(codec).encode()
    except UnicodeDecodeError as error:
        raise _undecodable(content, error, where) from error
    content = content.removeprefix(codecs.BOM_UTF8)
    return content if b"\n" in content else content.replace(b"\r", b"\n")


def kept_columns(names: Sequence[str], columns: Collection[str], where: str) -> list[int]:
    """Return the places of the columns that are read, by default all; UnknownColumn for a column that is not there."""
    absent = [name for name in columns if name not in names]
    if absent:
        message = f"no column {join_names(_quoted(absent))} in the table"
        raise UnknownColumn(absent[0], message, where=where, remedy=suggest(absent[0], names))
    return [at for at, name in enumerate(names) if not columns or name in columns]


def header_names(names: Iterable[object], where: str) -> list[str]:
    """Return the names of columns as texts without white space around them; two equal names are an error."""
    header = ["" if name is None else str(name).strip() for name in names]
    unnamed = [number for number, name in enumerate(header, 1) if not name]
    if len(unnamed) > 1:
        raise DataError(f"columns {join_names(unnamed)} have no name", where=where, remedy="name them or remove them")
    check_names(header, header, where)
    return header


def check_names(chosen: Iterable[str], names: Sequence[str], where: str) -> None:
    """Refuse two equal names among the columns that are read; `names` are all columns of the table."""
    repeated = sorted(name for name, times in Counter(chosen).items() if times > 1)
    if repeated:
        others = [name for name in names if name and name not in repeated]
        listed = json.dumps(others, ensure_ascii=False)
        raise DataError(
            f"two columns are called {join_names(_quoted(repeated))}",
            where=where,
            remedy="rename one of them, or list the other columns: "
            f"columns = {listed} in [data] (--set 'data.columns={listed}')",
        )


def _blank(frame: pl.DataFrame) -> pl.Series:
    return frame.select(pl.all_horizontal(pl.all().is_null()).alias("blank")).to_series()


def _line_feeds(content: bytes) -> int:
    """Count the line feeds block by block; NumPy takes a third of the time of `bytes.count`."""
    codes = np.frombuffer(content, np.uint8)
    blocks = (codes[start : start + _BLOCK] for start in range(0, len(codes), _BLOCK))
    return sum(int(np.count_nonzero(block == _LINE_FEED)) for block in blocks)


def header_separator(content: bytes, start: int = 0) -> str:
    """Return the separator that a line has most often: a comma, semicolon, tab or bar."""
    first = re.compile(rb"\s*([^\n]*)").match(content, start)
    unquoted = re.sub(rb'"[^"]*"', b"", first[1] if first else b"").decode(errors="replace")
    return max(",;\t|", key=unquoted.count)


def _records(
    content: bytes, separator: str, start: int = 0, lines_before: int = 0
) -> Iterator[tuple[int, int, list[str]]]:
    """Yield first line, last line and fields of each record from a place; slow, for headers and errors only."""
    source = io.BytesIO(content)
    source.seek(start)
    stream = io.TextIOWrapper(source, encoding="utf-8", newline="")
    records = csv.reader(stream, delimiter=separator, strict=True)
    last = lines_before
    for fields in records:
        yield last + 1, lines_before + records.line_num, fields
        last = lines_before + records.line_num


def _malformed_csv(content: bytes, separator: str, width: int, where: str, lines_before: int) -> DataError:
    """Return the error for a text with a record of another width than the header, or an open quotation mark."""
    start = _offset(content, lines_before)
    last = lines_before
    try:
        for first, last, fields in _records(content, separator, start, lines_before):  # noqa: B007
            if fields and width and len(fields) != width:
                what = f"line {first} has {len(fields)} fields where the header has {width}"
                end = _line_feeds(content) + (not content.endswith(b"\n"))
                below = end - first + 1
                notes = f"; or leave out notes below the table: --set data.footer_rows={below}"
                is_note = len(fields) < width and below <= _MOST_NOTES
                return DataError(what, where=where, remedy=_FIELDS + notes * is_note)
    except UnicodeDecodeError:
        try:  # again as a whole, since the place above is that in a block of the text
            content.decode()
        except UnicodeDecodeError as error:
            return _undecodable(content, error, where)
        line = last + 1
    except csv.Error:
        line = last + 1
    else:
        odd = (at for at, text in enumerate(content[start:].split(b"\n"), lines_before + 1) if text.count(b'"') % 2)
        line = next(odd, lines_before + 1)
    return DataError(f"the quotation marks on line {line} do not pair", where=where, remedy=_QUOTES)


def _malformed_json(content: bytes, where: str) -> DataError:
    documents = [content] if content.startswith(b"[") else content.split(b"\n")
    for line, document in enumerate(documents, 1):
        try:
            if document.strip():
                parse_json(document.decode(), parse_constant=_refuse_constant, parse_int=_parse_int)
        except UnicodeDecodeError as error:
            error.start += sum(len(earlier) + 1 for earlier in documents[: line - 1])
            return _undecodable(content, error, where)
        except json.JSONDecodeError as error:
            place = f"line {error.lineno + line - 1}, character {error.colno}"
            return DataError(f"malformed JSON: {error.msg}, {place}", where=where, remedy=_RECORDS)
        except TooDeep as error:
            return DataError(f"the JSON is not a table: {error}", where=where, remedy=_RECORDS)
        except ValueError as error:
            remedy = "write null for a missing value, and a large number with an exponent, 1e40"
            return DataError(f"malformed JSON: {error}", where=where, remedy=remedy)
    return DataError("the JSON is not a table", where=where, remedy=_RECORDS)


class TooDeep(ValueError):
    """A JSON text nests lists or records more deeply than Python can read."""


def parse_json(text: str, **hooks: Any) -> Any:
    """Return the value of a JSON text; ValueError if it is malformed or nested too deeply.

    >>> parse_json("[" * 100_000)
    Traceback (most recent call last):
    indicia.data.parse.TooDeep: lists or records are nested too deeply
    """
    try:
        return json.loads(text, **hooks)
    except RecursionError as error:
        raise TooDeep("lists or records are nested too deeply") from error


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not a number in JSON")


def _parse_int(digits: str) -> int:
    """Read a whole number that polars can hold."""
    if len(digits) > 40 or not -_largest_int() <= int(digits) < _largest_int():
        raise ValueError(f"a whole number of {len(digits.lstrip('-'))} digits is too large")
    return int(digits)


@cache
def _largest_int() -> int:
    """Return the limit of whole numbers in JSON: 128 bits in newer versions of polars, 64 bits in older versions."""
    try:
        pl.read_json(b'[{"x": 1%s}]' % (b"0" * 30))
    except _UNREADABLE:
        return 2**64
    return 2**127


def _undecodable(content: bytes, error: UnicodeDecodeError, where: str) -> DataError:
    runs = re.findall(rb"[\x80-\xff]+", content)
    # In GB 18030 nearly all high bytes come in pairs; in a Western encoding most are single.
    guesses = ["gb18030", "cp1252"] if 2 * sum(len(run) > 1 for run in runs) > len(runs) else ["cp1252", "gb18030"]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        guesses = ["utf-16"]
    likely = next((guess for guess in guesses if guess != error.encoding and _decodes(content, guess)), None)
    byte, line = error.start + 1, content.count(b"\n", 0, error.start) + 1
    return DataError(
        f"the text is not {error.encoding.upper()}: byte {byte} (0x{content[error.start]:02x}), on line {line}",
        where=where,
        remedy=f'perhaps encoding = "{likely}" (--encoding {likely})' if likely else "save the file as UTF-8",
    )


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _quoted(names: Iterable[object]) -> Iterator[str]:
    return (f'"{name}"' for name in names)
