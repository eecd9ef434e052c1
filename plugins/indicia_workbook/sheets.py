"""The layout of a workbook: the sheets and cells of columns and statistics, with their formulas."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia_workbook.cell import Cell
from indicia_workbook.text import LIMIT, Column, NoFormula, fill_rows, letters_of, place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from indicia.methods import Array
    from indicia_workbook.text import Values

FIRST = 6
"""The row of the first unit, in all sheets that have one row per unit."""


@dataclass(frozen=True)
class Entry:
    """A column of a sheet with its formula or its values."""

    column: Column
    values: Values
    text: str | None = None
    """The formula with placeholders for rows; None for values."""
    why: str | None = None
    """The reason why the column has values."""


@dataclass(frozen=True)
class Group:
    """The groups of rows for which statistics are computed."""

    key: tuple[str, ...]
    included: Values
    """For each row, the number (from 1) of the group whose statistics include the row; 0 for no group."""
    used: Values
    """For each row, the number (from 0) of the group whose statistics the formula of the row uses."""
    labels: Sequence[tuple[Any, ...]]
    """The values of the key, by group."""

    @property
    def mark(self) -> tuple[object, ...]:
        """An identifier that is the same for equal groups."""
        return self.key, self.included.tobytes()

    @property
    def pooled(self) -> bool:
        """True if all rows are in a single group."""
        return len(self.labels) == 1 and bool((self.included == 1).all())


@dataclass
class Statistic:
    """The cells of a statistic, one per group."""

    subject: str
    kind: str
    row: int
    """The row of the first group."""
    letters: str
    texts: list[str | None]
    values: list[float]
    labels: Sequence[tuple[Any, ...]]
    array: bool = False


@dataclass
class Layout:
    """The columns with a row per unit, and the statistics; a formula adds the columns and statistics that it needs."""

    rows: int
    names: Mapping[str, str]
    """The names of the sheets, by key."""
    unit_columns: int
    """The number of columns that name the units."""
    group: Group
    """The groups of the statistics of the present formula."""
    offsets: dict[str, Values] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    """The columns by sheet."""
    statistics: list[Statistic] = field(default_factory=list)
    subject: str = ""
    """The indicator or dimension of the present formula; intermediate columns have its name and a number."""
    _codes: dict[tuple[object, ...], Column] = field(default_factory=dict)
    _kinds: dict[str, str] = field(default_factory=dict)
    _blocks: dict[tuple[object, object, int], int] = field(default_factory=dict)
    _cells: dict[tuple[object, ...], Cell] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.offsets["row"] = np.arange(FIRST, FIRST + self.rows)

    def add(self, sheet: str, title: str, values: Values, text: str | None = None, why: str | None = None) -> Column:
        """Add a column to a sheet."""
        if text is not None and len(fill_rows(text, self.offsets)[-1]) >= LIMIT:
            raise NoFormula(f"a formula of more than {LIMIT} characters")
        entries = self.entries.setdefault(sheet, [])
        letters = letters_of(self.unit_columns + len(entries))
        column = Column(self.names[sheet], letters, title, FIRST, FIRST + self.rows - 1)
        entries.append(Entry(column, values, text, why))
        return column

    def cell(self, column: Column, values: Array, *, gaps: bool = False) -> Cell:
        """Return a column as a cell for formulas."""
        empty = frozenset({column.here}) if gaps else frozenset[str]()
        return Cell(self, column.here, values, gaps=empty, column=column)

    def spill(self, cell: Cell) -> Cell:
        """Write a cell as a new column, and return a reference to the column."""
        if cell.column is not None:
            return cell
        numbers = self._numbers(cell)
        return self.cell(self._step(cell), numbers, gaps=bool(np.isnan(numbers).any()))

    def column_of(self, cell: Cell) -> Column:
        """Return the column of a cell; a cell without a column is written as a new column."""
        return cell.column or self._step(cell)

    def beside(self, cells: Sequence[Cell]) -> str:
        """Return a range of adjacent columns that holds these cells; cells that are not adjacent are copied."""
        columns = [cell.column for cell in cells]
        for entries in self.entries.values():
            of_sheet = [entry.column for entry in entries]
            at = of_sheet.index(columns[0]) if columns[0] in of_sheet else len(of_sheet)
            if columns == of_sheet[at : at + len(columns)]:
                return of_sheet[at].to(of_sheet[at + len(columns) - 1])
        copies = [self._step(cell) for cell in cells]
        return copies[0].to(copies[-1])

    def _numbers(self, cell: Cell) -> Array:
        return np.broadcast_to(np.asarray(cell.value, dtype=float), (self.rows,))

    def _step(self, cell: Cell) -> Column:
        titles = [entry.column.title for entry in self.entries.get("steps", [])]
        number = sum(title.startswith(f"{self.subject} · ") for title in titles)
        return self.add("steps", f"{self.subject} · {number + 1}", self._numbers(cell), cell.guarded())

    def statistic(
        self, column: Column, values: Values, kind: str, text: str, function: Callable[[Values], float]
    ) -> Cell:
        """Return the cell of a statistic of a column; the statistic has one formula per group."""
        key = (column, kind, self.group.mark)
        if key in self._cells:
            return self._cells[key]
        group = self.group
        present = ~np.isnan(values)
        numbers, texts = [], []
        for at in range(len(group.labels)):
            rows = values[present & (group.included == at + 1)]
            if not len(rows):
                raise NoFormula(f"a statistic of {column.title} in a group without values")
            numbers.append(float(function(rows)))
            cell_range = column.all
            if not group.pooled:
                code = self.code(group)
                cell_range = f'IF(({code.all}={at + 1})*({cell_range}<>""),{cell_range})'
            texts.append(text.replace("{}", cell_range))
        self._cells[key] = self.add_statistic(column, kind, texts, numbers, array=not group.pooled)
        return self._cells[key]

    def add_input(self, subject: Column, kind: str, value: float) -> Cell:
        """Return the cell of a fixed number; readers can change the number."""
        key = (subject, kind, value, self.group.mark)
        if key not in self._cells:
            labels = len(self.group.labels)
            self._cells[key] = self.add_statistic(subject, f"{kind} (given)", [None] * labels, [value] * labels)
        return self._cells[key]

    def add_numbers(self, subject: Column | str, kind: str, values: Sequence[float]) -> Cell:
        """Return the cell of numbers without a formula, one number per group."""
        return self.add_statistic(subject, kind, [None] * len(values), list(values))

    def add_reference(self, column: Column, kind: str, rows: Sequence[int], values: Sequence[float]) -> Cell:
        """Return the cell of references, one per group, each to a row of its group."""
        texts: list[str | None] = [f"'{column.sheet}'!${column.letters}${FIRST + row}" for row in rows]
        return self.add_statistic(column, kind, texts, list(values))

    def add_statistic(
        self,
        subject: Column | str,
        kind: str,
        texts: Sequence[str | None],
        numbers: Sequence[float],
        array: bool = False,
    ) -> Cell:
        """Return the cell of a statistic: formulas or numbers, one per group."""
        labels = self.group.labels if len(numbers) == len(self.group.labels) else [()]
        block = (subject, self.group.mark, len(labels))
        if block not in self._blocks:
            self._blocks[block] = FIRST + sum(height for _, _, height in self._blocks)
        row = self._blocks[block]
        letters = self._kinds.setdefault(kind, letters_of(self.before_statistics + len(self._kinds)))
        self.statistics.append(
            Statistic(_subject_name(subject), kind, row, letters, list(texts), list(numbers), labels, array)
        )
        sheet = self.names["statistics"]
        values: Any = np.asarray(numbers)
        if len(numbers) == 1:
            return Cell(self, f"'{sheet}'!${letters}${row}", float(values[0]))
        table = self.table("group", self.group.used)
        return Cell(self, f"'{sheet}'!${letters}${place(table, row)}", values[self.group.used])

    def table(self, name: str, places: Values) -> str:
        """Return the name of a table of row offsets, for `place`; equal tables have the same name."""
        equal = (name for name, offsets in self.offsets.items() if np.array_equal(offsets, places))
        name = next(equal, f"{name}{len(self.offsets)}")
        self.offsets[name] = places
        return name

    @property
    def before_statistics(self) -> int:
        """The number of columns before the statistics in their sheet."""
        return 2

    @property
    def kinds(self) -> Mapping[str, str]:
        """The columns of the sheet of statistics."""
        return self._kinds

    def code(self, group: Group) -> Column:
        """Return the column with the number of each row's group."""
        key = group.mark
        if key not in self._codes:
            title = " · ".join(group.key) or "rows of the reference"
            self._codes[key] = self.add("steps", f"{title} (number)", group.included.astype(float))
        return self._codes[key]

    def peers(self) -> str | None:
        """Return the condition that a row is in the same group; None if all rows are in one group."""
        if self.group.pooled:
            return None
        code = self.code(self.group)
        return f"({code.all}={code.here})"

    def groups(self) -> Sequence[Values]:
        """Return the row numbers of each group."""
        return [np.flatnonzero(self.group.included == at + 1) for at in range(len(self.group.labels))]

    def within(self, group: Group) -> Layout:
        """Return this layout with other groups for the statistics."""
        return replace(self, group=group)


def _subject_name(subject: Column | str) -> str:
    return subject if isinstance(subject, str) else f"{subject.sheet} · {subject.title}"
