"""The sheet of a workbook that holds the table, its header and footer, and its hidden cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.parse import join_header
from indicia.data.sheet_xml import column_letters, column_number
from indicia.data.workbook import Sheet, Workbook, hidden_parts
from indicia.errors import join_names, pluralise
from indicia_recognition.cells import year
from indicia_recognition.header import HeaderRows, recognise_header
from indicia_recognition.observation import Observation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.data import TableFormat

_HEAD = 200
_TAIL = 60
"""The first and the last rows in which a header and a footer are sought."""
_NUMBER = r"^\W{0,3}\d[\d.,'\s]*\W{0,3}$"
_FIRST_ROWS = 10
"""The rows of the data in which formats of percentages are sought."""
_SIMILAR = 0.5
"""A sheet with this share of the numbers of the chosen sheet may be the table as well."""
_MOST_NAMES = 100
"""The most hidden rows that an observation names."""
_PERCENT_NAME = r"%|percent|per cent|prozent|pour ?cent|por ?ciento|百分"


def recognise_workbook(
    content: bytes, stated: TableFormat, sheet: str = "", where: str = "the workbook"
) -> tuple[str, TableFormat, list[Observation]]:
    """Return the sheet with the table, the format of the sheet, and the observations.

    Without a name in `sheet`, the table is in the sheet with the most numbers below a header; of similar sheets that
    have years as their names, the last is chosen. A hidden sheet is not chosen. Words of `stated` that differ from the
    defaults are kept.
    """
    book = Workbook.open(content, where)
    if sheet:
        book.check_sheet(sheet)
    views = [_View.of(book, name, stated) for name in ([sheet] if sheet else book.visible)]
    chosen = _latest(max(views, key=lambda view: view.rating), views) if len(views) > 1 else views[0]
    observations = [*_choice(chosen, views)] if len(views) > 1 else []
    if beside := _beside(chosen):
        chosen, observation = beside
        observations.append(observation)
    rows = chosen.header
    observations += [*rows.observations, *_hidden(chosen)]
    skips_hidden = stated.hidden is None and bool(chosen.sheet.hidden_rows or chosen.sheet.hidden_columns)
    recognised = replace(
        stated,
        skip_rows=rows.skip_rows,
        header_rows=rows.header_rows,
        footer_rows=rows.footer_rows,
        range=chosen.stated.range,
        hidden="skip" if skips_hidden else stated.hidden,
    )
    observations += [*_errors(chosen), *_merged_numbers(chosen), *_percentages(chosen)]
    return chosen.sheet.name, recognised, observations


@dataclass(frozen=True)
class _View:
    """A sheet as its reader sees it."""

    sheet: Sheet
    cells: pl.DataFrame
    stated: TableFormat

    @classmethod
    def of(cls, book: Workbook, name: str, stated: TableFormat) -> _View:
        sheet = Sheet.of(book, name, stated)
        cells = sheet.visible_texts()
        return cls(sheet, cells.select(column for column in cells if column.null_count() < cells.height), stated)

    @cached_property
    def header(self) -> HeaderRows:
        """The rows before the header, of the header, and after the data."""
        stated = self.stated
        return recognise_header(
            self.cells.head(_HEAD).rows(),
            self.cells.tail(_TAIL).rows(),
            skip_rows=stated.skip_rows or None,
            header_rows=stated.header_rows if stated.header_rows > 1 else None,
            footer_rows=stated.footer_rows or None,
        )

    @cached_property
    def rating(self) -> int:
        """The number of cells with numbers below the header; 0 without a second column."""
        if self.cells.width < 2:
            return 0
        body = self.cells[self.header.skip_rows + self.header.header_rows :]
        return sum(int(column.str.contains(_NUMBER).sum() or 0) for column in body)

    @property
    def rows(self) -> range:
        """The numbers of the rows of the data, as Excel counts them."""
        top = self.sheet.window.first_row
        first = top + self.header.skip_rows + self.header.header_rows
        return range(first, top + self.cells.height - self.header.footer_rows)

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of each column, by its letters."""
        rows = self.cells[self.header.skip_rows : self.header.skip_rows + self.header.header_rows].rows()
        return dict(zip(self.cells.columns, join_header(rows), strict=False))

    def column(self, number: int) -> pl.Series | None:
        """Return the cells of the data in a column, under its name; None if the column is not read."""
        letters = column_letters(number)
        if letters not in self.cells.columns:
            return None
        end = self.header.skip_rows + self.header.header_rows
        return self.cells[letters][end : end + len(self.rows)].alias(self.names.get(letters) or f"column {letters}")


def _similar(view: _View, views: Sequence[_View]) -> list[_View]:
    """Return the other sheets with a table of a similar size."""
    return [other for other in views if other is not view and other.rating and other.rating >= _SIMILAR * view.rating]


def _latest(view: _View, views: Sequence[_View]) -> _View:
    """Return the sheet of the last year if the sheet and the similar ones have years as their names."""
    sheets = [view, *_similar(view, views)]
    years = [year(other.sheet.name) for other in sheets]
    return max(sheets, key=lambda other: year(other.sheet.name) or 0) if all(years) else view


@dataclass(frozen=True)
class _Block:
    """Columns side by side, with blank columns or the end of the sheet at both sides."""

    columns: tuple[int, ...]
    numbers: int
    """The number of cells with numbers."""
    named: float
    """The share of the columns with a name in the header."""
    filled: float
    """The share of the rows with a value in the first column."""
    example: str


def _beside(view: _View) -> tuple[_View, Observation] | None:
    """Return a sheet without the columns that stand beside its table, such as notes; None without such columns.

    A column of the table has a name in the header, and values in at least half of the rows.
    """
    if view.stated.range or view.stated.columns:
        return None
    blocks = [_block(view, columns) for columns in _runs(view)]
    if len(blocks) < 2:
        return None
    main = max(blocks, key=lambda block: block.numbers)
    kept = [block for block in blocks if block is main or (block.named >= 0.5 and block.filled >= 0.5)]
    first, last = kept[0].columns[0], kept[-1].columns[-1]
    left_out = [block for block in blocks if not first <= block.columns[0] <= last]
    if not left_out:
        return None
    cells = f"{column_letters(first)}:{column_letters(last)}"
    stated = replace(view.stated, range=cells)
    runs = ", ".join(
        f"column {column_letters(block.columns[0])}"
        if len(block.columns) == 1
        else f"columns {column_letters(block.columns[0])} to {column_letters(block.columns[-1])}"
        for block in left_out
    )
    numbers = sum(block.numbers for block in left_out)
    observation = Observation(
        "beside_table",
        tuple(block.example for block in left_out),
        f'beside the table, the sheet "{view.sheet.name}" has other cells in {runs}, which are left out: '
        f"{_quoted([block.example for block in left_out])}",
        "question" if numbers >= _SIMILAR * main.numbers else "left_out",
        f'range = "{cells}" in [data]; --set data.range={column_letters(1)}:{column_letters(blocks[-1].columns[-1])} '
        "reads all columns",
    )
    return _View.of(view.sheet.book, view.sheet.name, stated), observation


def _runs(view: _View) -> Iterator[tuple[int, ...]]:
    """Yield the columns with a value in the header or the data, in runs without a blank column between them."""
    top = view.header.skip_rows
    body = view.cells[top : view.cells.height - view.header.footer_rows]
    filled = [column_number(column.name) for column in body if column.null_count() < body.height]
    start = 0
    for at in range(1, len(filled) + 1):
        between = range(filled[at - 1] + 1, filled[at]) if at < len(filled) else ()
        if at == len(filled) or any(column not in view.sheet.hidden_columns for column in between):
            yield tuple(filled[start:at])
            start = at


def _block(view: _View, columns: tuple[int, ...]) -> _Block:
    top, end = view.header.skip_rows, view.header.skip_rows + view.header.header_rows
    cells = [view.cells[column_letters(column)] for column in columns]
    data = [column[end : end + len(view.rows)] for column in cells]
    named = sum(column[top:end].null_count() < end - top for column in cells)
    return _Block(
        columns,
        sum(int(column.str.contains(_NUMBER).sum() or 0) for column in data),
        named / len(columns),
        1 - data[0].null_count() / max(1, len(data[0])),
        str(next((cell for column in cells for cell in column[top:] if cell), "")),
    )


def _choice(chosen: _View, views: Sequence[_View]) -> Iterator[Observation]:
    """Yield the choice of the sheet, and the sheets that may be the table as well."""
    name, file = chosen.sheet.name, Path(chosen.sheet.where).name
    others = [view for view in views if view is not chosen]
    names = join_names((f'"{view.sheet.name}"' for view in views), 12)
    yield Observation(
        "sheet",
        (name,),
        f'the sheet "{name}" is read, which has the most numbers of {len(views)} sheets: {names}',
        "format",
        f"to read another sheet, name it after the file: {file}#{max(others, key=lambda view: view.rating).sheet.name}",
    )
    similar = [view.sheet.name for view in _similar(chosen, views)]
    if similar:
        quoted = join_names(f'"{other}"' for other in similar)
        subject = f"the sheet {quoted} holds a table" if len(similar) == 1 else f"the sheets {quoted} hold tables"
        yield Observation(
            "similar_sheets",
            tuple(similar),
            f'{subject} of a similar size, and only the sheet "{name}" is read',
            "question",
            f"to read another sheet, name it after the file: {file}#{similar[0]}",
        )


def _hidden(view: _View) -> Iterator[Observation]:
    """Yield the hidden rows and columns with their first cells."""
    sheet = view.sheet
    if view.stated.hidden is not None or not (sheet.hidden_rows or sheet.hidden_columns):
        return
    cells = sheet.book.load(sheet.name, dtypes="string")
    remedy = 'hidden = "skip" in [data]; --set data.hidden=read reads them'
    first_cells = cells.select(pl.coalesce(pl.all())).to_series() if cells.width else pl.Series([], dtype=pl.String)
    at = [row for row in sorted(sheet.hidden_rows) if row <= cells.height]
    rows = [row for row, cell in zip(at, first_cells.gather([row - 1 for row in at]), strict=True) if cell]
    if rows:
        firsts = [str(first_cells[row - 1]) for row in rows[:_MOST_NAMES]]
        is_filtered = sheet.xml is not None and sheet.xml.has_filter
        yield Observation(
            "hidden_rows",
            tuple(firsts),
            f'{hidden_parts(rows, [])} of the sheet "{sheet.name}" {"is" if len(rows) == 1 else "are"} hidden'
            f"{' by a filter' if is_filtered else ''} and left out: {_quoted(firsts)}",
            "question" if is_filtered else "left_out",
            remedy,
        )
    columns = [name for name in cells.columns if column_number(name) in sheet.hidden_columns]
    if columns:
        firsts = [str(next((cell for cell in cells[name] if cell), "")) for name in columns]
        yield Observation(
            "hidden_columns",
            tuple(firsts),
            f'{hidden_parts([], columns)} of the sheet "{sheet.name}" {"is" if len(columns) == 1 else "are"} hidden '
            f"and left out: {_quoted(firsts)}",
            "left_out",
            remedy,
        )


def _quoted(names: Sequence[str]) -> str:
    return join_names(f'"{name[:40]}"' for name in names)


def _errors(view: _View) -> Iterator[Observation]:
    """Yield the columns with errors of Excel in the data."""
    by_column: dict[int, list[int]] = {}
    for row, column in view.sheet.xml.errors if view.sheet.xml else ():
        if row in view.rows and row not in view.sheet.hidden_rows:
            by_column.setdefault(column, []).append(row)
    for number, rows in by_column.items():
        cells = view.column(number)
        if cells is not None:
            yield Observation(
                "excel_errors",
                (cells.name,),
                f"{cells.name} has {pluralise(len(rows), 'error')} of Excel, such as #DIV/0!, first in row {rows[0]}; "
                "an error is read as missing",
                "question",
                "correct the formulas in the workbook if the values are not missing",
            )


def _merged_numbers(view: _View) -> Iterator[Observation]:
    """Yield the columns with numbers in merged cells."""
    by_column: dict[int, list[str]] = {}
    for region in view.sheet.merged:
        if region.last_row > region.first_row and region.first_row in view.rows:
            cells = view.column(region.first_column)
            cell = None if cells is None else cells[region.first_row - view.rows[0]]
            if cell is not None and re.match(_NUMBER, cell):
                by_column.setdefault(region.first_column, []).append(cell)
    for number, numbers in by_column.items():
        if (cells := view.column(number)) is not None:
            yield Observation(
                "merged_numbers",
                (cells.name,),
                f"{cells.name} has numbers in merged cells, such as {numbers[0]}; each merged row gets the number",
                "question",
                "split the merged cells in the workbook if the number belongs to one row only",
            )


def _percentages(view: _View) -> Iterator[Observation]:
    """Yield the columns that are percentages by their names, and whose cells are shares shown as percentages."""
    columns = view.sheet.xml.percent_columns(view.rows[:_FIRST_ROWS]) if view.sheet.xml else frozenset()
    for number in sorted(columns):
        cells = view.column(number)
        values = None if cells is None else cells.cast(pl.Float64, strict=False).drop_nulls()
        if values is not None and len(values) and re.search(_PERCENT_NAME, values.name, re.IGNORECASE):
            share = values[0]
            yield Observation(
                "percent_format",
                (values.name,),
                f"{values.name} is a percentage by its name, and its cells are shares: "
                f"Excel shows {100 * share:.4g} %, and {share:.4g} is read",
                "question",
                "factor = 100 of the indicator in [indicators] makes percentages of the shares",
            )
