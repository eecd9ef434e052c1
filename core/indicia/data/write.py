"""Frames in each format, and files that appear complete or not at all."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import polars.selectors as cs
from polars.exceptions import PolarsError

from indicia.data.atomic import check_output_path, output_errors, part_files
from indicia.documents.blocks import TextTable
from indicia.documents.html import page, table_element
from indicia.documents.latex import latex, slug
from indicia.documents.markdown import markdown
from indicia.errors import OutputError, join_names, require_optional, suggest
from indicia.notes import MARK, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ENDINGS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".md": "md",
    ".tex": "latex",
    ".html": "html",
    ".htm": "html",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
}
"""The formats by the endings of files."""
_DIGITS = 6


def render(frame: pl.DataFrame, format: str, *, title: str | None = None, marks: pl.DataFrame | None = None) -> bytes:
    """Return the frame in a format: data in full precision with empty cells for gaps, or a table for people to read.

    `marks` has Boolean columns with the names of columns of the frame; a table for people marks the figures at true.

    >>> scores = pl.DataFrame({"city": ["Lima", "Oruro"], "score": [0.5, None]})
    >>> print(render(scores, "csv").decode())
    city,score
    Lima,0.5
    Oruro,
    """
    check_format(format)
    try:
        finite = frame.with_columns(cs.float().fill_nan(None))
        if format in _MARKED:
            return _MARKED[format](finite, title, pl.DataFrame() if marks is None else marks)
        return _RENDERERS[format](finite, title)
    except PolarsError as error:
        raise OutputError(f"the table cannot be written as {format}: {error}") from error


def escape_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before texts that a spreadsheet would read as formulas, in cells and column names.

    Formulas begin with = + - @, a tab or a line break. Texts that are numbers do not change.

    >>> escape_formulas(pl.DataFrame({"city": ["=1+1", "-2", "Lima"], "@n": [-1, 2, 3]})).to_dict(as_series=False)
    {'city': ["'=1+1", '-2', 'Lima'], "'@n": [-1, 2, 3]}
    """
    texts = [pl.col(name) for name, kind in frame.schema.items() if kind in (pl.String, pl.Categorical, pl.Enum)]
    names = pl.DataFrame({"name": frame.columns}).select(_escaped(pl.col("name"))).to_series()
    cells = frame.with_columns(_escaped(column.cast(pl.String)) for column in texts)
    return cells.rename(dict(zip(frame.columns, names, strict=True)))


def _escaped(text: pl.Expr) -> pl.Expr:
    number = text.str.contains(r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")
    formula = text.str.contains(r"^[=+\-@\t\r\n]") & ~number
    return pl.when(formula).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).name.keep()


def check_format(format: str) -> None:
    """Refuse an unknown format."""
    if format not in FORMATS:
        raise OutputError(f'unknown format "{format}"', remedy=suggest(format, FORMATS))


def format_of(path: str | Path) -> str:
    """Return the format by the ending of a path.

    >>> from pathlib import Path
    >>> format_of(Path("scores.tex"))
    'latex'
    """
    path = Path(path)
    if path.is_dir():
        raise OutputError(f'"{path}" is a folder', remedy="name a file in it")
    try:
        return ENDINGS[path.suffix.lower()]
    except KeyError:
        raise OutputError(
            f'the ending of "{path.name}" is not that of a format',
            where=str(path),
            remedy=f"known: {', '.join(ENDINGS)}",
        ) from None


def write(content: bytes, path: str | Path) -> None:
    """Write a file that appears complete or not at all.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write(b"city,score", Path(folder) / "scores.csv")
    ...     [path.name for path in Path(folder).iterdir()]
    ['scores.csv']
    """
    write_together({Path(path): content})


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write several files, or none of them: the first is the output, the others describe it."""
    first = next(iter(contents))
    check_output_path(first)
    if first.exists() and not first.is_file():  # a device or a pipe is written to, not replaced
        with output_errors(first):
            first.write_bytes(contents[first])
        return
    with part_files(*contents) as parts:
        for part, (path, content) in zip(parts, contents.items(), strict=True):
            with output_errors(path):
                part.write_bytes(content)


def _csv(frame: pl.DataFrame, _: str | None) -> bytes:
    return frame.write_csv().encode()


def _tsv(frame: pl.DataFrame, _: str | None) -> bytes:
    return frame.write_csv(separator="\t").encode()


def _json(frame: pl.DataFrame, _: str | None) -> bytes:
    _check_finite(frame, "JSON")
    return frame.write_json().encode() + b"\n"


def _ndjson(frame: pl.DataFrame, _: str | None) -> bytes:
    _check_finite(frame, "JSON")
    return frame.write_ndjson().encode()


def _parquet(frame: pl.DataFrame, _: str | None) -> bytes:
    content = io.BytesIO()
    frame.write_parquet(content)
    return content.getvalue()


def _markdown(frame: pl.DataFrame, title: str | None, marks: pl.DataFrame) -> bytes:
    return markdown("", [_texts(frame, title, marks)]).encode()


def _latex(frame: pl.DataFrame, title: str | None, marks: pl.DataFrame) -> bytes:
    return latex("", [_texts(frame, title, marks)]).encode()


def _html(frame: pl.DataFrame, title: str | None, marks: pl.DataFrame) -> bytes:
    return page(title or "Table", table_element(_texts(frame, title, marks))).encode()


def _texts(frame: pl.DataFrame, title: str | None, marks: pl.DataFrame) -> TextTable:
    columns = (with_marks(column_texts(column), column.name, marks) for column in frame)
    numbers = [column.dtype.is_numeric() for column in frame]
    return TextTable(
        frame.columns, list(zip(*columns, strict=True)), numbers, title or "", label=slug(title) if title else ""
    )


def _xlsx(frame: pl.DataFrame, title: str | None, marks: pl.DataFrame) -> bytes:
    xlsxwriter = require_optional("xlsxwriter", "writing Excel files", "excel")
    _check_finite(frame, "Excel")
    if frame.height >= 1_048_576 or frame.width > 16_384:
        raise OutputError("the table is larger than an Excel sheet", remedy="write csv or parquet")
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "remove_timezone": True})
    book.set_properties({"created": dt.datetime(2000, 1, 1)})  # equal tables give equal files
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title or "")[:31].strip() or "Table")
    bold = book.add_format({"bold": True})
    date, moment = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"))
    marked = book.add_format({"num_format": f'General"{MARK}"'})
    for place, column in enumerate(frame):
        sheet.write_string(0, place, column.name, bold)
        flags = marks[column.name] if column.name in marks.columns else None
        if flags is not None:  # the heading explains the mark
            sheet.write_comment(0, place, Note("marked", mark=MARK), {"author": "Indicia"})
        for row, value in enumerate(column.to_list(), 1):
            if isinstance(value, bool):
                sheet.write_boolean(row, place, value)
            elif isinstance(value, float) or (isinstance(value, int) and abs(value) < 10**15):  # Excel keeps 15 digits
                sheet.write_number(row, place, value, marked if flags is not None and flags[row - 1] else None)
            elif isinstance(value, dt.date):
                sheet.write_datetime(row, place, value, moment if isinstance(value, dt.datetime) else date)
            elif value is not None and sheet.write_string(row, place, str(value)):  # text, never a formula or a link
                raise OutputError(
                    f"{column.name} holds a text of more than 32,767 characters, which Excel cannot hold",
                    remedy="write csv or parquet",
                )
    sheet.freeze_panes(1, 0)
    book.close()
    return content.getvalue()


def _check_finite(frame: pl.DataFrame, holder: str) -> None:
    infinite = [column.name for column in frame if column.dtype.is_float() and column.is_infinite().any()]
    if infinite:
        raise OutputError(
            f"{holder} cannot hold the infinite values of {join_names(infinite)}", remedy="write csv or parquet"
        )


def with_marks(texts: list[str], name: str, marks: pl.DataFrame) -> list[str]:
    """Append the mark of imputed values to the texts of a column at which `marks` is true."""
    if name not in marks.columns:
        return texts
    return [text + MARK if flag else text for text, flag in zip(texts, marks[name], strict=True)]


def column_texts(column: pl.Series) -> list[str]:
    """Return a column as texts for people, with equal decimals: the largest number has six digits."""
    if not column.dtype.is_float():
        return column.cast(pl.String).fill_null("").to_list()
    largest = max((abs(value) for value in column.drop_nulls() if math.isfinite(value)), default=0.0)
    decimals = max(0, _DIGITS - 1 - math.floor(math.log10(largest))) if largest else 0
    texts = ["" if value is None else f"{round(value, decimals) + 0.0:.{decimals}f}" for value in column.to_list()]
    spare = min((len(text) - len(text.rstrip("0")) for text in texts if text), default=0) if decimals else 0
    cut = spare + (spare == decimals > 0)
    return [text[: len(text) - cut] for text in texts]


_RENDERERS: Mapping[str, Callable[[pl.DataFrame, str | None], bytes]] = {
    "csv": _csv,
    "tsv": _tsv,
    "json": _json,
    "ndjson": _ndjson,
    "parquet": _parquet,
}
_MARKED: Mapping[str, Callable[[pl.DataFrame, str | None, pl.DataFrame], bytes]] = {
    "md": _markdown,
    "latex": _latex,
    "html": _html,
    "xlsx": _xlsx,
}
"""The formats for people, which mark imputed values."""
FORMATS = ("csv", "tsv", "json", "ndjson", "md", "latex", "html", "xlsx", "parquet")
