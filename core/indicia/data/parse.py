"""Readers of each kind of file; an error names the line or row of the fault."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from polars.exceptions import PanicException, PolarsError
from polars.selectors import by_index

from indicia.errors import DataError, join_names
from indicia.limits import CELLS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import BinaryIO

_BLOCK = 1 << 18
"""The bytes of a block; the comparison of a block fits into the cache of a processor."""
_LINE_FEED = 10
_QUERY_BYTES = 1 << 25
"""The bytes of the Parquet columns that one query reads."""
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

    def at(self, row: int) -> str:
        """Return the line or row number of a row in the file, or its unit and period."""
        if self.names:
            return ", ".join(str(self.frame[name][row]) for name in self.names)
        return f"{self.place} {row + self.first}"


def from_frame(frame: pl.DataFrame, where: str) -> Table:
    """Strip the column names; two equal names are an error."""
    return Table(frame.rename(dict(zip(frame.columns, _header(frame.columns, where), strict=True))), where)


def from_pandas(frame: Any, where: str) -> Table:
    """Convert a pandas frame, with its index if the index has a name."""
    if any(name is not None for name in frame.index.names):
        try:
            frame = frame.reset_index()
        except ValueError as error:
            raise DataError("the index has the name of a column", where=where, remedy="rename one of them") from error
    columns = []
    for place, name in enumerate(_header(frame.columns, where)):
        values = frame.iloc[:, place]
        try:
            column = pl.Series(name, values)
        except (ImportError, TypeError, ValueError):  # pyarrow is missing, or the column mixes numbers and text
            cells = zip(values, values.isna(), strict=True)
            column = pl.Series(name, [None if is_missing else str(value) for value, is_missing in cells], pl.String)
        columns.append(column)
    return Table(pl.DataFrame(columns), where)


def from_parquet(file: BinaryIO, where: str) -> Table:
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
        return from_frame(_in_one_piece(lazy, rows), where)
    except _UNREADABLE as error:
        raise DataError("not a Parquet file that can be read", where=where) from error


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


def from_json(content: bytes, where: str) -> Table:
    """Read a list of records, or one record per line."""
    content = content.lstrip()
    try:
        if content.startswith(b"["):
            return from_frame(pl.read_json(content, infer_schema_length=None), where)
        return from_frame(pl.read_ndjson(content, infer_schema_length=None), where)
    except _UNREADABLE as error:
        raise _malformed_json(content, where) from error


def from_csv(content: bytes, separator: str | None, where: str, type_of: Callable[[pl.Series], Any]) -> Table:
    """Read lines of fields. `type_of` chooses the types by the first lines; if other lines do not fit, all are text."""
    separator = separator or _separator(content)
    raw: list[str] = []
    skip = 0
    try:
        for _, last, fields in _records(content, separator):
            if fields and raw:
                break
            raw, skip = raw or fields, last
        else:
            raise DataError(NO_ROWS, where=where)
    except (csv.Error, UnicodeDecodeError) as error:
        raise _malformed_csv(content, separator, len(raw), where) from error
    header = _header(raw, where)
    strings = dict.fromkeys(header, pl.String)

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
            mark = parsed({**strings, " ": pl.String}, marked, columns=[len(header)]).to_series()
            if (mark.is_null() & ~blank).any():
                raise _malformed_csv(content, separator, len(header), where)
    except PolarsError as error:
        raise _malformed_csv(content, separator, len(header), where) from error
    lines = _line_feeds(content) + (not content.endswith(b"\n")) - skip
    if lines == frame.height:
        return Table(frame, where, "line", skip + 1, blank)
    return Table(frame, where, blank=blank)  # rows are not lines if a field has a line break


def decoded(content: bytes, encoding: str, where: str) -> bytes:
    """Convert a text to UTF-8 without a byte order mark, with line feeds at the ends of lines."""
    try:
        if codecs.lookup(encoding).name not in ("utf-8", "utf-8-sig"):
            content = content.decode(encoding).encode()
    except LookupError as error:
        raise DataError(
            f'unknown encoding "{encoding}"', where=where, remedy='for example "utf-8" or "gb18030"'
        ) from error
    except UnicodeDecodeError as error:
        raise _undecodable(content, error, where) from error
    content = content.removeprefix(codecs.BOM_UTF8)
    return content if b"\n" in content else content.replace(b"\r", b"\n")


def _header(names: Iterable[object], where: str) -> list[str]:
    header = ["" if name is None else str(name).strip() for name in names]
    repeated = sorted(name for name, times in Counter(header).items() if times > 1)
    if repeated == [""]:
        numbers = join_names(number for number, name in enumerate(header, 1) if not name)
        raise DataError(f"columns {numbers} have no name", where=where, remedy="name them or remove them")
    if repeated:
        raise DataError(
            f"two columns are called {join_names(_quoted(repeated))}", where=where, remedy="rename one of them"
        )
    return header


def _blank(frame: pl.DataFrame) -> pl.Series:
    return frame.select(pl.all_horizontal(pl.all().is_null()).alias("blank")).to_series()


def _line_feeds(content: bytes) -> int:
    """Count the line feeds block by block; NumPy takes a third of the time of `bytes.count`."""
    codes = np.frombuffer(content, np.uint8)
    blocks = (codes[start : start + _BLOCK] for start in range(0, len(codes), _BLOCK))
    return sum(int(np.count_nonzero(block == _LINE_FEED)) for block in blocks)


def _separator(content: bytes) -> str:
    first = re.match(rb"\s*([^\n]*)", content)
    unquoted = re.sub(rb'"[^"]*"', b"", first[1] if first else b"").decode(errors="replace")
    return max(",;\t", key=unquoted.count)


def _records(content: bytes, separator: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield first line, last line and fields of each record; slow, for headers and errors only."""
    stream = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
    records = csv.reader(stream, delimiter=separator, strict=True)
    last = 0
    for fields in records:
        yield last + 1, records.line_num, fields
        last = records.line_num


def _malformed_csv(content: bytes, separator: str, width: int, where: str) -> DataError:
    last = 0
    try:
        for first, last, fields in _records(content, separator):  # noqa: B007
            if fields and width and len(fields) != width:
                what = f"line {first} has {len(fields)} fields where the header has {width}"
                return DataError(what, where=where, remedy=_FIELDS)
    except UnicodeDecodeError as error:
        return _undecodable(content, error, where)
    except csv.Error:
        line = last + 1
    else:
        line = next((at for at, text in enumerate(content.split(b"\n"), 1) if text.count(b'"') % 2), 1)
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
