"""Tables in workbooks: the cells below the header of a sheet, with every digit, without hidden rows and columns."""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

import polars as pl
from polars.exceptions import PanicException

from indicia.callers import warn
from indicia.data import parse
from indicia.data.parse import join_header
from indicia.data.sheet_xml import (
    LAST_COLUMN,
    Header,
    Region,
    SheetXml,
    WorkbookXml,
    column_letters,
    column_number,
    counts_too_many_texts,
)
from indicia.errors import (
    DataError,
    enough_memory,
    join_names,
    pluralise,
    require_optional,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.data.table_format import TableFormat


_CELL_BYTES = 24
"""The bytes of a cell, blank or not, in the memory of the library."""
_YEAR_END = re.compile(r"^(\d{4})-(?:01-01|12-31)$")
"""A date in a header that stands for a year."""
_WHOLE_SHEET = Region(1, 1, 1_048_576, LAST_COLUMN)
"""The cells of the largest sheet of Excel."""


@dataclass(frozen=True)
class Workbook:
    """An open workbook."""

    reader: Any
    """The reader of fastexcel."""
    error: type[Exception]
    """The error of fastexcel."""
    xml: WorkbookXml | None
    where: str

    @classmethod
    def open(cls, content: bytes, where: str) -> Workbook:
        """Open a workbook; DataError if it is damaged or has no sheet."""
        fastexcel = require_optional("fastexcel", "reading Excel files", "excel")
        error = fastexcel.FastExcelError
        for logger in ("fastexcel.types.dtype", "calamine"):  # they warn of a column without values and of a chart
            logging.getLogger(logger).setLevel(logging.ERROR)
        if counts_too_many_texts(content):
            raise _unreadable(where, "the list of texts has a wrong count")
        with _readable_workbook(error, where):
            book = cls(fastexcel.read_excel(content), error, WorkbookXml.of(content), where)
        if not book.names:
            raise DataError("the workbook has no sheet", where=where, remedy="save the table as a sheet, or as csv")
        return book

    @property
    def names(self) -> list[str]:
        """The names of all sheets."""
        return list(self.reader.sheet_names)

    @property
    def visible(self) -> list[str]:
        """The names of the sheets of cells that are not hidden; all of them if this is not known."""
        shown = {entry.name for entry in self.xml.sheets if entry.visible and entry.has_cells} if self.xml else set()
        return [name for name in self.names if name in shown] or self.names

    def check_sheet(self, sheet: str) -> None:
        """Refuse the name of a sheet that the workbook does not have."""
        if sheet not in self.names:
            names = join_names((f'"{name}"' for name in self.names), 30)
            raise DataError(f'no sheet "{sheet}"', where=self.where, remedy=f"the sheets are {names}")

    def sheet_xml(self, sheet: str) -> SheetXml | None:
        """Return the XML of a sheet; None in a workbook of another kind than xlsx."""
        return self.xml.sheet(sheet) if self.xml else None

    def texts(self, sheet: str) -> pl.DataFrame:
        """Return all cells as text from the first row; a column has its letters as its name.

        Texts of numbers have every digit, and texts of dates have no midnight. To get both, the sheet is loaded twice:
        in text, fastexcel rounds numbers.
        """
        text, floats = (self.load(sheet, dtypes=dtype) for dtype in ("string", "float"))
        return text.select(_with_all_digits(column, floats[column.name]) for column in text)

    def load(self, sheet: str, **options: Any) -> pl.DataFrame:
        """Return the cells of a sheet as fastexcel loads them; a column has its letters as its name."""
        with _readable_workbook(self.error, self.where):
            try:
                loaded = self.reader.load_sheet(sheet, header_row=None, **{"skip_rows": 0, **options})
            except self.error as error:
                if "Too many rows skipped" in str(error):
                    return pl.DataFrame()
                raise
            frame: pl.DataFrame = loaded.to_polars()
        letters = [column_letters(column.absolute_index + 1) for column in loaded.selected_columns]
        return frame.rename(dict(zip(frame.columns, letters, strict=True)))


def from_workbook(content: bytes, sheet: str, where: str, format: TableFormat) -> parse.Table:
    """Read a sheet, by default the first that is not hidden; an error of Excel (#DIV/0!) is a blank cell.

    Two or more columns without a name are called by their letters, "column B". `skip_rows`, `header_rows` and
    `footer_rows` count rows as Excel numbers them, so that they count hidden rows too; with a `range`, they count rows
    of the range. The header begins at the first row with a visible value after `skip_rows`, and the footer ends at the
    last row with a visible value. The value of merged cells is the value of each of their rows. A date on 1 January or
    31 December in the header is its year.
    """
    book = Workbook.open(content, where)
    if sheet:
        book.check_sheet(sheet)
    elif len(book.visible) > 1:
        first, second = book.visible[:2]
        message = f'of {len(book.visible)} sheets the first is read, "{first}"; {where}#{second} is another'
        warn(message)
    return Sheet.of(book, sheet or book.visible[0], format).table()


@dataclass(frozen=True)
class Sheet:
    """A sheet to read."""

    book: Workbook
    name: str
    format: TableFormat
    xml: SheetXml | None
    """The XML of the sheet; None in a workbook of another kind than xlsx."""
    hidden_rows: frozenset[int]
    """The rows to skip because they are hidden."""
    hidden_columns: frozenset[int]
    merged: tuple[Region, ...]
    window: Region

    @classmethod
    def of(cls, book: Workbook, name: str, format: TableFormat) -> Sheet:
        """Return a sheet with its hidden and merged cells; nothing is hidden if the format reads hidden cells."""
        window = cell_range(format.range, book.where) if format.range else _WHOLE_SHEET
        xml = book.sheet_xml(name)
        if xml and xml.distant_cell:
            _check_extent(*xml.distant_cell, name, book.where)
        skips = xml is not None and format.hidden != "read"
        return cls(
            book,
            name,
            format,
            xml,
            xml.hidden_rows if xml and skips else frozenset(),
            xml.hidden_columns if xml and skips else frozenset(),
            xml.merged if xml else (),
            window,
        )

    @property
    def where(self) -> str:
        """The name of the workbook in messages."""
        return self.book.where

    def visible_texts(self) -> pl.DataFrame:
        """Return the cells that are read, as text with numbers rounded to nine decimals.

        The first row is the first of the range, the last is the last with a value. Hidden rows are blank.
        """
        first = self.window.first_row
        cells = self.book.load(self.name, dtypes="string")[first - 1 :].head(self.window.last_row - first + 1)
        hidden = [row - first for row in sorted(self.hidden_rows) if first <= row < first + cells.height]
        names = [name for name in cells.columns if self._is_read(column_number(name))]
        cells = cells.select(cells[name].scatter(hidden, None) if hidden else cells[name] for name in names)
        return cells.head(_last_row(cells))

    def table(self) -> parse.Table:
        """Return the cells below the header."""
        header = self._header()
        start = header.first + len(header.rows)
        body = self._body(start)
        self._tell_hidden(body, start)
        if hidden := [row - start for row in sorted(self.hidden_rows) if start <= row < start + body.height]:
            # hidden rows stay as blank rows, so that the numbers of the rows in messages are those of Excel
            body = body.select(column.scatter(hidden, None) for column in body)
        body = self._without_footer(body)
        body = body.select(_plain(self._with_merged(column, start)) for column in body)
        letters = [name for name in body.columns if self._is_read(column_number(name))]
        letters = [name for name in letters if body[name].null_count() < body.height or _has(header, name)]
        names = join_header([[row.get(column_number(name)) for name in letters] for row in header.rows])
        if names.count("") > 1:  # such as the names and codes of units beside a header of indicators
            names = [name or f"column {letter}" for name, letter in zip(names, letters, strict=True)]
        chosen = parse.kept_columns(names, self.format.columns, self.where)
        parse.header_names([names[at] for at in chosen], self.where)
        self._check_formulas({names[at]: body[letters[at]] for at in chosen}, start)
        frame = pl.DataFrame({names[at]: body[letters[at]] for at in chosen})
        blank = frame.select(pl.all_horizontal(pl.all().is_null()).alias("blank")).to_series()
        return parse.Table(frame, self.where, first=start, blank=blank)

    def _is_read(self, column: int) -> bool:
        window = self.window
        return window.first_column <= column <= window.last_column and column not in self.hidden_columns

    def _header(self) -> Header:
        """Return the rows of the header, with the text of merged cells in each of them."""
        after, height = self.window.first_row - 1 + self.format.skip_rows, self.format.header_rows
        header = (
            self.xml.header(after, height, self._is_read, self.hidden_rows) if self.xml and self._is_typed else None
        )
        header = header or self._header_of(self.cells, after, height)
        if header is None or header.first > self.window.last_row:
            self._refuse_empty(after)
        first, hidden = header.first, self.hidden_rows
        rows = [
            {} if number in hidden else {column: _YEAR_END.sub(r"\1", text) for column, text in row.items()}
            for number, row in enumerate(header.rows, first)
        ]
        for region in self.merged:
            top = region.first_row - first
            if 0 <= top < height and (text := rows[top].get(region.first_column)):
                for row in rows[top : region.last_row - first + 1]:
                    row.update(dict.fromkeys(range(region.first_column, region.last_column + 1), text))
        return Header(first, rows)

    def _header_of(self, cells: pl.DataFrame, after: int, height: int) -> Header | None:
        names = [name for name in cells.columns if self._is_read(column_number(name))]
        present = cells.select(pl.any_horizontal([pl.lit(False), *(pl.col(name).is_not_null() for name in names)]))
        numbers = (row + 1 for row in present.to_series().arg_true())
        first = next((row for row in numbers if row > after and row not in self.hidden_rows), None)
        if first is None:
            return None
        rows = cells.select(names)[first - 1 : first - 1 + height].rows(named=True)
        texts = [{column_number(name): cell for name, cell in row.items() if cell is not None} for row in rows]
        return Header(first, texts + [{} for _ in range(height - len(texts))])

    def _refuse_empty(self, after: int) -> NoReturn:
        if after == 0 and not self.format.range:
            raise DataError("the sheet is empty", where=self.where)
        place = f"in the range {self.format.range}" if self.format.range else f"after row {after}"
        remedy = "lower skip_rows in [data] (--set data.skip_rows=0)" if self.format.skip_rows else "name another range"
        raise DataError(f'the sheet "{self.name}" has no cells {place}', where=self.where, remedy=remedy)

    @property
    def _is_typed(self) -> bool:
        """True if fastexcel may choose types: beside numbers, it reads true as 1, and a text such as n/a as blank."""
        return self.xml is not None and not self.xml.has_booleans and not self.xml.has_missing_words

    @cached_property
    def cells(self) -> pl.DataFrame:
        """All cells as text, with every digit."""
        return self.book.texts(self.name)

    def _body(self, start: int) -> pl.DataFrame:
        """Return the cells from row `start` on, with the types of fastexcel."""
        height = max(0, self.window.last_row - start + 1)
        if not self._is_typed:
            return self.cells[start - 1 :].head(height)
        loaded = self.book.load(self.name, skip_rows=start - 1, schema_sample_rows=None).head(height)
        mixed = [column.name for column in loaded if column.dtype == pl.String and _has_numbers(column)]
        if mixed:
            numbers = self.book.load(
                self.name, skip_rows=start - 1, dtypes="float", use_columns=[column_number(name) - 1 for name in mixed]
            )
            floats = numbers.head(height)
            exact = loaded.select(_with_all_digits(loaded[name], floats[name]) for name in mixed)
            loaded = loaded.with_columns(exact)
        return loaded

    def _without_footer(self, body: pl.DataFrame) -> pl.DataFrame:
        """Return the rows above the footer, which ends at the last row with a visible value."""
        last = _last_row(body.select(name for name in body.columns if self._is_read(column_number(name))))
        return body.head(max(0, last - self.format.footer_rows))

    def _tell_hidden(self, body: pl.DataFrame, start: int) -> None:
        """Warn of hidden rows and columns that are skipped without a word of the user."""
        if self.format.hidden is not None:
            return
        rows = [row for row in sorted(self.hidden_rows) if start <= row < start + body.height]
        columns = [name for name in body.columns if column_number(name) in self.hidden_columns]
        if rows or columns:
            verb = "is" if len(rows) + len(columns) == 1 else "are"
            warn(
                f'{hidden_parts(rows, columns)} of the sheet "{self.name}" {verb} hidden and skipped; '
                'hidden = "read" in [data] (--set data.hidden=read) reads them, hidden = "skip" confirms',
            )

    def _with_merged(self, column: pl.Series, start: int) -> pl.Series:
        """Return a column with the value of merged cells in each of their rows."""
        number = column_number(column.name)
        rows: list[int] = []
        sources: list[int] = []
        for region in self.merged:
            first, last = region.first_row - start, min(region.last_row - start, len(column) - 1)
            if region.first_column == number and 0 <= first < last:
                rows += range(first + 1, last + 1)
                sources += [first] * (last - first)
        return column.scatter(rows, column.gather(sources)) if rows else column

    def _check_formulas(self, columns: dict[str, pl.Series], start: int) -> None:
        """Refuse a sheet whose formulas have no values, as a program that does not compute leaves them."""
        names = {column_number(column.name): name for name, column in columns.items() if column.null_count()}
        rows = range(start, start + max((len(column) for column in columns.values()), default=0))
        cells = [
            (row, column)
            for row, column in (self.xml.formulas_without_value if self.xml and names else ())
            if row in rows and column in names and row not in self.hidden_rows
        ]
        if cells:
            row, column = cells[0]
            count = sum(other == column for _, other in cells)
            others = dict.fromkeys(names[other] for _, other in cells if other != column)
            also = f"\nalso in {join_names(others)}" if others else ""
            raise DataError(
                f"{names[column]} has {pluralise(count, 'formula')} without a value: {column_letters(column)}{row}",
                where=f"{self.where}{also}",
                remedy="open the workbook in Excel or LibreOffice, which computes the values, and save it again; "
                "columns in [data] reads other columns only (--set data.columns=…)",
            )


def _check_extent(row: int, column: int, sheet: str, where: str) -> None:
    """Refuse a sheet with a cell so far from the others that memory has no room for all cells between them."""
    if row > _WHOLE_SHEET.last_row or column > LAST_COLUMN:
        raise _unreadable(where, f"a cell in row {row:,} and column {column:,}")
    doing = f'read the sheet "{sheet}", which reaches to cell {column_letters(column)}{row}'
    remedy = "delete the cells far from the table, and save the workbook again"
    with enough_memory(doing, remedy, _CELL_BYTES * row * column):
        return


def _last_row(cells: pl.DataFrame) -> int:
    """Return the number of rows up to the last row with a value."""
    if cells.width == 0:
        return 0
    rows = cells.select(pl.any_horizontal(pl.all().is_not_null()).alias("filled")).to_series().arg_true()
    return int(rows[-1]) + 1 if len(rows) else 0


def hidden_parts(rows: Sequence[int], columns: Sequence[str]) -> str:
    """Name hidden rows and columns.

    >>> hidden_parts([3, 4], ["C"])
    'rows 3, 4 and column C'
    """
    parts = [
        f"{noun if len(names) == 1 else noun + 's'} {join_names(names)}"
        for noun, names in (("row", rows), ("column", columns))
        if names
    ]
    return " and ".join(parts)


def _has(header: Header, name: str) -> bool:
    return any(column_number(name) in row for row in header.rows)


def _plain(column: pl.Series) -> pl.Series:
    """Return a column of whole or other numbers, or of texts."""
    dtype = column.dtype
    if column.null_count() == len(column):
        return column.cast(pl.String)
    if dtype.is_float():
        integers = column.cast(pl.Int64, strict=False)
        return integers if integers.null_count() == column.null_count() and (integers == column).all() else column
    if dtype == pl.Duration:
        minutes = column.dt.total_minutes()
        hours, rest = (minutes // 60).cast(pl.String), (minutes % 60).cast(pl.String).str.zfill(2)
        return (hours + ":" + rest).alias(column.name)
    if dtype.is_temporal():
        return column.cast(pl.String).str.replace(r"\.0+$", "").str.replace(r" 00:00:00$", "")
    # in a column with other texts, fastexcel gives dates a midnight
    return column.cast(pl.String).str.replace(r" 00:00:00$", "")


def _has_numbers(texts: pl.Series) -> bool:
    return texts.cast(pl.Float64, strict=False).null_count() < len(texts)


def _with_all_digits(texts: pl.Series, floats: pl.Series) -> pl.Series:
    """Return texts with every digit of their numbers, and without the midnight of dates."""
    rounded = texts.cast(pl.Float64, strict=False) != floats
    return texts.str.replace(r" 00:00:00$", "").zip_with(~rounded.fill_null(False), floats.cast(pl.String))


def cell_range(text: str, where: str) -> Region:
    """Return the region of a range of cells; its ends may lack the column or the row.

    >>> cell_range("B4:K60", "t.xlsx")
    Region(first_row=4, first_column=2, last_row=60, last_column=11)
    """
    match = re.fullmatch(r"\$?([A-Za-z]{0,3})\$?(\d*)(?::\$?([A-Za-z]{0,3})\$?(\d*))?", text.strip())
    if match is not None and text.strip():
        left, top, right, bottom = match.groups(default="")
        region = Region(
            int(top or 1),
            column_number(left) or 1,
            int(bottom or _WHOLE_SHEET.last_row),
            column_number(right) or _WHOLE_SHEET.last_column,
        )
        if 1 <= region.first_row <= region.last_row and region.first_column <= region.last_column:
            return region
    raise DataError(f'"{text}" is no range of cells', where=where, remedy='for example range = "B4:K60", or "B:K"')


@contextmanager
def _readable_workbook(error: type[Exception], where: str) -> Iterator[None]:
    """Refuse a workbook with damage in its list of sheets or in the sheet to read."""
    try:
        yield
    except (error, PanicException) as cause:
        reason = str(cause).partition("\nContext:")[0].removeprefix("calamine error: ")
        raise _unreadable(where, reason) from cause


def _unreadable(where: str, reason: str) -> DataError:
    remedy = "open it in Excel or LibreOffice, and save it again"
    return DataError("not an Excel workbook that can be read", where=f"{where}\n{reason}", remedy=remedy)
