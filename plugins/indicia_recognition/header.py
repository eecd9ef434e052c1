"""The rows of a table that are no data: a title before the header, the rows of the header, notes at the foot."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from indicia.data.parse import join_header
from indicia_recognition.cells import cell_class, is_note, vocabulary, year
from indicia_recognition.observation import Observation
from indicia_recognition.words import rank_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_HEADER_ROWS = 5
_MOST_ROWS_BEFORE = 12
_BODY_ROWS = 100
"""The rows of the data that show which columns hold numbers."""
_MEASURE = re.compile(r"[(（\[%‰$€£¥]|(?:in|en|em) \S+$|(?:per|pro|par|por|per) |% ")
_DECIMALS = re.compile(r"\d[.,]\d")
_LONG = 60
"""The characters of a text that is too long for the name of a unit or a group of columns."""


@dataclass(frozen=True)
class HeaderRows:
    """The numbers of rows before, in and after a table."""

    skip_rows: int = 0
    header_rows: int = 1
    footer_rows: int = 0
    observations: tuple[Observation, ...] = ()


def recognise_header(
    rows: Sequence[Sequence[str | None]],
    last: Sequence[Sequence[str | None]] = (),
    *,
    skip_rows: int | None = None,
    header_rows: int | None = None,
    footer_rows: int | None = None,
) -> HeaderRows:
    """Return the numbers of rows before the header, of the header, and after the data.

    `rows` are the first rows of the table and `last` its last rows, as texts; the two may overlap. Blank rows are rows.
    A number that the caller states is kept.

    The data are the rows with numbers in the columns that hold numbers further down; the header ends above them.

    >>> table = [["Table 1"], [], ["Town", "Rent"], ["", "(€)"], ["Lima", "12"], ["Oslo", "7"], ["Source: UN"]]
    >>> rows_around = recognise_header(table, table)
    >>> rows_around.skip_rows, rows_around.header_rows, rows_around.footer_rows
    (2, 2, 1)
    """
    if not any(map(_count, rows[skip_rows or 0 :])):
        return HeaderRows(skip_rows or 0, header_rows or 1, footer_rows or 0)
    table = _Shape.of(rows)
    first_data = min(table.first_data_row(skip_rows or 0), len(rows))
    start, count = table.header(first_data, skip_rows, header_rows)
    observations = []
    if start and skip_rows is None:
        observations.append(_preamble(rows[:start]))
    if count > 1 and header_rows is None:
        observations.append(_several_header_rows(rows[start : start + count], count))
    if count == 1 and header_rows is None and first_data == start and table.numbers_in_header(start):
        observations.append(_no_header(rows[start]))
    foot = footer_rows
    if foot is None:
        below = last[start + count :] if list(last[: start + count]) == list(rows[: start + count]) else last
        foot = table.footer(below)
        if foot:
            observations.append(_footer(last[-foot:], foot))
    return HeaderRows(start, count, foot, tuple(observations))


@dataclass(frozen=True)
class _Shape:
    """The first rows of a table, and the columns that hold numbers in them."""

    rows: Sequence[Sequence[str | None]]
    width: int
    """The number of cells that most rows have."""
    usual: float
    """The median number of cells that are not empty, over rows with two or more of them."""
    number_columns: tuple[int, ...]

    @classmethod
    def of(cls, rows: Sequence[Sequence[str | None]]) -> _Shape:
        several = [row for row in rows if _count(row) > 1] or [row for row in rows if _count(row)]
        body = several[len(several) // 2 :][:_BODY_ROWS]
        widths = Counter(len(row) for row in several)
        width = max(widths, key=lambda cells: (widths[cells], cells), default=0)
        columns = []
        for column in range(width):
            classes = Counter(cell_class(_cell(row, column)) for row in body)
            if classes["number"] and classes["number"] >= classes["text"]:
                columns.append(column)
        counts = sorted(_count(row) for row in body)
        return cls(rows, width, counts[len(counts) // 2] if counts else 0, tuple(columns))

    def classes(self, row: Sequence[str | None]) -> Counter[str]:
        """Count the classes of the cells in the columns of numbers."""
        return Counter(cell_class(_cell(row, column)) for column in self.number_columns)

    def is_data(self, row: Sequence[str | None]) -> bool:
        """Return True if a row has numbers, and no more texts than numbers, in the columns of numbers."""
        classes = self.classes(row)
        is_header = self.names_years(row) or self.numbers_columns(row)
        return classes["number"] > classes["text"] and not is_header

    def names_years(self, row: Sequence[str | None]) -> bool:
        """Return True if a row names columns by years, while the cells below it are no years."""
        columns = [column for column in self.number_columns if year(_cell(row, column)) is not None]
        numbers = [column for column in self.number_columns if cell_class(_cell(row, column)) == "number"]
        if len(columns) < max(2, len(numbers)):
            return False
        years = [year(_cell(row, column)) for column in columns]
        below = [_cell(other, column) for other in self.rows if other is not row for column in columns]
        present = [cell for cell in below if cell_class(cell) == "number"]
        return len(set(years)) > 1 and 2 * sum(year(cell) is not None for cell in present) < len(present)

    def numbers_columns(self, row: Sequence[str | None]) -> bool:
        """Return True if a row numbers the columns from 1, with or without brackets, above a column of names."""
        numbers = [cell.strip().strip("()[]") for cell in row if cell and cell.strip()]
        in_order = numbers == [str(number) for number in range(1, len(numbers) + 1)]
        return in_order and len(numbers) > 2 and 0 not in self.number_columns

    def is_partial(self, row: Sequence[str | None]) -> bool:
        """Return True if a row has at most half of the usual cells."""
        return _count(row) * 2 <= self.usual

    def first_data_row(self, start: int) -> int:
        """Return the number of the first row of the data; the row after the first full row if no column has numbers."""
        if self.number_columns:
            data = (number for number in range(start, len(self.rows)) if self.is_data(self.rows[number]))
            candidates: list[int] = []
            full = None
            for number in data:
                candidates.append(number)
                if not self.is_partial(self.rows[number]):
                    full = number
                    break
            if full is None:
                return candidates[0] if candidates else start + 1
            # A sparse row of data may come first, directly below the header. A row with a date may come before it.
            early = range(start, min(max(full, start + _MOST_ROWS_BEFORE), len(self.rows)))
            named = next((number for number in early if self.is_names(self.rows[number])), full)
            return next((number for number in chain(candidates, data) if number >= named), full)
        for number in range(start, len(self.rows)):
            if _count(self.rows[number]) and not self.is_partial(self.rows[number]):
                return number + 1
        return start + 1

    def is_names(self, row: Sequence[str | None]) -> bool:
        """Return True if a row names most columns of numbers."""
        letters = sum(_is_name(_cell(row, column)) for column in self.number_columns)
        named = len(self.number_columns) if self.names_years(row) else letters
        return 2 * named > len(self.number_columns) and not self.is_partial(row)

    def names(self, row: Sequence[str | None]) -> bool:
        """Return True if a row has a text, which can be a part of names, in a column of numbers."""
        return self.classes(row)["text"] > 0 or self.names_years(row) or self.numbers_columns(row)

    def names_each(self, row: Sequence[str | None]) -> bool:
        """Return True if a row has another text in each column of numbers, and in the first column."""
        texts = [_cell(row, column) for column in {0, *self.number_columns}]
        return all(map(_is_name, texts)) and len(set(texts)) == len(texts)

    def continues_names(self, row: Sequence[str | None]) -> bool:
        """Return True if a row below the names of columns is a part of the header, such as a row of units of measure.

        A row of data with texts in place of numbers has a unit in its first column, or numbers in its texts.
        """
        first = (_cell(row, 0) or "").strip()
        if not first:
            return _count(row) > 0
        if self.numbers_columns(row) or first.rstrip(":： ").casefold() in vocabulary().unit_rows:
            return True
        cells = [cell for cell in row if cell and cell.strip()]
        measures = [cell for cell in cells[1:] if _MEASURE.match(cell.strip())]
        if 2 * len(measures) >= len(cells) - 1:
            return True
        texts = self.classes(row)["text"] == len(self.number_columns) > 1
        return texts and self.names_each(row) and not any(map(_DECIMALS.search, cells))

    def header(self, first_data: int, skip_rows: int | None, header_rows: int | None) -> tuple[int, int]:
        """Return the first row of the header and the number of its rows."""
        if skip_rows is not None and header_rows is not None:
            return skip_rows, header_rows
        above = [number for number in range(skip_rows or 0, first_data) if _count(self.rows[number])]
        if header_rows is not None:
            start = max(first_data - header_rows, 0)
            return (above[-header_rows] if len(above) >= header_rows else start), header_rows
        if not above:
            # The first row looks like data. It is the header still, and a question is raised.
            return (skip_rows if skip_rows is not None else self._first_filled()), 1
        if not self.number_columns:
            start = skip_rows if skip_rows is not None else above[-1]
            return start, 1
        bottom = next((number for number in reversed(above) if self.names(self.rows[number])), above[-1])
        full = next((number for number in above if self.names_each(self.rows[number])), bottom)
        while bottom > full and not self.continues_names(self.rows[bottom]):
            bottom -= 1
        start = bottom
        while skip_rows is None or start > skip_rows:
            upper = start - 1
            if upper < 0 or bottom - upper >= _MOST_HEADER_ROWS or not self._belongs(upper, start, bottom):
                break
            start = upper
        if self._names_rows(start, bottom + 1):
            bottom += 1
        if skip_rows is not None:  # the header begins there, after blank rows
            return skip_rows, sum(_count(row) > 0 for row in self.rows[skip_rows : bottom + 1])
        return start, bottom - start + 1

    def _names_rows(self, start: int, below: int) -> bool:
        """Return True if the row below a header has nothing but the name of the first column, as pandas writes it."""
        if below >= len(self.rows) or 0 in self.number_columns:
            return False
        name, firsts = _cell(self.rows[below], 0), [_cell(row, 0) for row in self.rows[start:below]]
        if not _filled(name) or _count(self.rows[below]) > 1:
            return False
        if below - start < 2:  # as Eurostat writes it: TIME, 2020, 2021, and GEO below
            return rank_of(firsts[0] or "", "periods") is not None and rank_of(name or "", "units") is not None
        if _filled(firsts[0]):
            return False
        return not any(map(_filled, firsts)) or rank_of(name or "", "units") is not None

    def _first_filled(self) -> int:
        return next((number for number, row in enumerate(self.rows) if _count(row)), 0)

    def _belongs(self, upper: int, start: int, bottom: int) -> bool:
        """Return True if a row is a part of the header that begins below it."""
        row, below = self.rows[upper], self.rows[start : bottom + 1]
        count, first = _count(row), _cell(row, 0)
        if count == 0 or (len(row) < self.width and len(self.rows[bottom]) >= self.width):
            return False
        if count == 1:
            text = next(cell for cell in row if _filled(cell)) or ""
            return not _filled(first) and len(text) <= _LONG and len(below) == 1 and not _is_title(text)
        if is_note(first or "") or self.is_data(row):
            return False
        named = {column for line in below for column in range(self.width) if _filled(_cell(line, column))}
        adds = any(_filled(_cell(row, column)) and column not in named for column in range(self.width))
        if adds:
            return True
        # Every column has a name already: a row of groups has gaps, repeats texts, or leaves out the first column.
        texts = [cell for column in range(self.width) if _filled(cell := _cell(row, column))]
        in_numbers = self.classes(row)["text"] + sum(
            year(_cell(row, column)) is not None for column in self.number_columns
        )
        if in_numbers == 0 or any(len(text or "") > _LONG for text in texts):
            return False
        contiguous = [_filled(_cell(row, column)) for column in range(count)] == [True] * count
        return not _filled(first) or len(set(texts)) < len(texts) or not contiguous or count == self.width

    def numbers_in_header(self, start: int) -> bool:
        """Return True if the row of the header has numbers only in two or more columns of numbers."""
        classes = self.classes(self.rows[start]) if self.rows else Counter()
        return classes["number"] >= 2 and classes["text"] == 0 and not self.names_years(self.rows[start])

    def footer(self, last: Sequence[Sequence[str | None]]) -> int:
        """Return the number of rows after the data; blank rows alone are no footer."""
        foot = 0
        while foot < len(last) and self._may_be_foot(last[-foot - 1]):
            foot += 1
        block = list(last[len(last) - foot :])
        for number, row in enumerate(block):
            below_blank = number > 0 and _count(block[number - 1]) == 0
            if _count(row) and (below_blank or self._is_foot(row)):
                while number and _count(block[number - 1]) == 0:
                    number -= 1
                return len(block) - number
        return 0

    def _may_be_foot(self, row: Sequence[str | None]) -> bool:
        if _count(row) == 0:
            return True
        first = next(cell for cell in row if _filled(cell)) or ""
        if self.width < 2:
            return is_note(first)
        if len(row) != self.width and (len(row) == 1 or is_note(first)):
            return True
        if len(row) < self.width and not any(cell_class(cell) == "number" for cell in row):
            return True  # a line of a legend, such as "x,suppressed", is no row of the table
        is_sparse = _count(row) <= 2 < self.usual
        if is_sparse and not any(cell_class(cell) == "number" for cell in row):
            return True  # the same in a sheet, whose rows have equal numbers of cells
        return not self.classes(row)["number"] and (_count(row) == 1 or is_note(first))

    def _is_foot(self, row: Sequence[str | None]) -> bool:
        first = next(cell for cell in row if _filled(cell)) or ""
        short = len(row) < self.width
        return short or is_note(first) or first.strip(" :.").casefold() in vocabulary().notes or len(first) > _LONG


def _cell(row: Sequence[str | None], column: int) -> str | None:
    return row[column] if column < len(row) else None


def _filled(cell: str | None) -> bool:
    return cell is not None and bool(cell.strip())


def _is_name(cell: str | None) -> bool:
    """Return True if a cell may name a column; a letter such as x does, though it marks missing values elsewhere."""
    kind = cell_class(cell)
    return kind == "text" or (kind == "missing" and any(character.isalpha() for character in cell or ""))


def _count(row: Sequence[str | None]) -> int:
    return sum(map(_filled, row))


def _is_title(text: str) -> bool:
    return text.split()[0].casefold().rstrip(".:") in vocabulary().titles or is_note(text)


def _texts(rows: Sequence[Sequence[str | None]]) -> list[str]:
    return [" ".join(" ".join(cell.split()) for cell in row if cell and cell.strip()) for row in rows if _count(row)]


def _preamble(rows: Sequence[Sequence[str | None]]) -> Observation:
    texts = _texts(rows)
    count = len(rows)
    content = f'"{texts[0][:80]}"' + (f" and {len(texts) - 1} more" if len(texts) > 1 else "") if texts else "blank"
    row = "row" if count == 1 else "rows"
    return Observation(
        "preamble",
        (),
        f"the {count} {row} before the header are skipped: {content}"
        if count > 1
        else f"the row before the header is skipped: {content}",
        "format",
        f"skip_rows = {count} in [data] (--set data.skip_rows={count})",
    )


def _several_header_rows(rows: Sequence[Sequence[str | None]], count: int) -> Observation:
    names = join_header(rows)
    example = max(names, key=lambda name: (len(name.split()), name)) if names else ""
    return Observation(
        "header_rows",
        (),
        f'the header has {count} rows, and the cells of a column are joined to one name, such as "{example}"',
        "format",
        f"header_rows = {count} in [data] (--set data.header_rows={count})",
    )


def _no_header(row: Sequence[str | None]) -> Observation:
    numbers = [cell.strip() for cell in row if cell and cell_class(cell) == "number"]
    first = next((cell.strip()[:40] for cell in row if _filled(cell) and cell), "")
    return Observation(
        "no_header",
        (),
        f'the first row, "{first}", is read as the header and is missing among the units; it has numbers such as '
        f"{numbers[0]} and {numbers[1]} in place of names",
        "question",
        "add a row with the names of the columns, or state the rows above the header: --set data.skip_rows=1",
    )


def _footer(rows: Sequence[Sequence[str | None]], count: int) -> Observation:
    texts = _texts(rows)
    more = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
    return Observation(
        "footer",
        tuple(text for row in rows for cell in row[:1] if (text := (cell or "").strip())),
        f'the last {count} rows are a footer, notes and no units: "{texts[0][:80]}"{more}'
        if count > 1
        else f'the last row is a footer, a note and no unit: "{texts[0][:80]}"',
        "left_out",
        f"footer_rows = {count} in [data]; footer_rows = 0 reads them",
    )
