"""Where in the workbook a column, a statistic and a weight are, and what their formulas are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.export.cell import Cell
from indicia.export.text import LIMIT, Column, NotWritten, letters_of, place, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from indicia.export.text import Values
    from indicia.methods import Array

FIRST = 6
"""The row of the first unit, in all sheets that have one row per unit."""


@dataclass(frozen=True)
class Entry:
    """A column of a sheet as it is written: formulas, or numbers as they are."""

    column: Column
    values: Values
    text: str | None = None
    """The formula, for any row; None for numbers as they are."""
    why: str | None = None
    """What no formula says."""


@dataclass(frozen=True)
class Group:
    """Rows that are compared with each other, or with which rows are compared."""

    key: tuple[str, ...]
    counted: Values
    """The number of the group that a row counts in, from 1; 0 for none."""
    of_row: Values
    """The group that a row is compared with, from 0."""
    labels: Sequence[tuple[Any, ...]]
    """The groups, by the values of the key."""

    @property
    def mark(self) -> tuple[object, ...]:
        """What tells it from others."""
        return self.key, self.counted.tobytes()

    @property
    def pooled(self) -> bool:
        """Whether all rows are one group."""
        return len(self.labels) == 1 and bool((self.counted == 1).all())


@dataclass
class Statistic:
    """A statistic in its cells, one per group."""

    subject: str
    kind: str
    row: int
    """Of the first group."""
    letters: str
    texts: list[str | None]
    values: list[float]
    labels: Sequence[tuple[Any, ...]]
    array: bool = False


@dataclass
class Layout:
    """The columns with a row per unit, the statistics, and what is added to them as formulas are written down."""

    rows: int
    names: Mapping[str, str]
    """The names of the sheets, by key."""
    about: int
    """How many columns say which unit it is."""
    group: Group
    """Over which rows statistics are taken."""
    offsets: dict[str, Values] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    """By sheet."""
    statistics: list[Statistic] = field(default_factory=list)
    subject: str = ""
    """What is written down now: columns of its own are named after it."""
    _codes: dict[tuple[object, ...], Column] = field(default_factory=dict)
    _kinds: dict[str, str] = field(default_factory=dict)
    _blocks: dict[tuple[object, object, int], int] = field(default_factory=dict)
    _known: dict[tuple[object, ...], Cell] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.offsets["row"] = np.arange(FIRST, FIRST + self.rows)

    def add(self, sheet: str, title: str, values: Values, text: str | None = None, why: str | None = None) -> Column:
        """Add a column to a sheet."""
        if text is not None and len(placed(text, self.offsets)[-1]) >= LIMIT:
            raise NotWritten(f"a formula of more than {LIMIT} characters")
        entries = self.entries.setdefault(sheet, [])
        letters = letters_of(self.about + len(entries))
        column = Column(self.names[sheet], letters, title, FIRST, FIRST + self.rows - 1)
        entries.append(Entry(column, values, text, why))
        return column

    def cell(self, column: Column, values: Array, *, gaps: bool = False) -> Cell:
        """Return a column as formulas see it."""
        empty = frozenset({column.here}) if gaps else frozenset[str]()
        return Cell(self, column.here, values, gaps=empty, column=column)

    def spill(self, cell: Cell) -> Cell:
        """Give a cell a column of its own."""
        if cell.column is not None:
            return cell
        numbers = self._numbers(cell)
        return self.cell(self._step(cell), numbers, gaps=bool(np.isnan(numbers).any()))

    def column_of(self, cell: Cell) -> Column:
        """Return the column of a cell; it gets one where it has none."""
        return cell.column or self._step(cell)

    def beside(self, cells: Sequence[Cell]) -> str:
        """Return the range in which cells stand beside each other: of copies, where they do not."""
        columns = [cell.column for cell in cells]
        for entries in self.entries.values():
            known = [entry.column for entry in entries]
            at = known.index(columns[0]) if columns[0] in known else len(known)
            if columns == known[at : at + len(columns)]:
                return known[at].to(known[at + len(columns) - 1])
        copies = [self._step(cell) for cell in cells]
        return copies[0].to(copies[-1])

    def _numbers(self, cell: Cell) -> Array:
        return np.broadcast_to(np.asarray(cell.value, dtype=float), (self.rows,))

    def _step(self, cell: Cell) -> Column:
        number = sum(1 for one in self.entries.get("steps", []) if one.column.title.startswith(f"{self.subject} · "))
        return self.add("steps", f"{self.subject} · {number + 1}", self._numbers(cell), cell.guarded())

    def statistic(self, column: Column, values: Values, kind: str, text: str, of: Callable[[Values], float]) -> Cell:
        """Give a statistic of a column a cell for each group."""
        key = (column, kind, self.group.mark)
        if key in self._known:
            return self._known[key]
        group = self.group
        present = ~np.isnan(values)
        numbers, texts = [], []
        for at in range(len(group.labels)):
            rows = values[present & (group.counted == at + 1)]
            if not len(rows):
                raise NotWritten(f"a statistic of {column.title} where nothing is present")
            numbers.append(float(of(rows)))
            among = column.all
            if not group.pooled:
                code = self.code(group)
                among = f'IF(({code.all}={at + 1})*({among}<>""),{among})'
            texts.append(text.replace("{}", among))
        self._known[key] = self.stated(column, kind, texts, numbers, array=not group.pooled)
        return self._known[key]

    def given(self, subject: Column, kind: str, value: float) -> Cell:
        """Give a number that is given a cell, which can be changed."""
        key = (subject, kind, value, self.group.mark)
        if key not in self._known:
            labels = len(self.group.labels)
            self._known[key] = self.stated(subject, f"{kind} (given)", [None] * labels, [value] * labels)
        return self._known[key]

    def found(self, subject: Column | str, kind: str, values: Sequence[float]) -> Cell:
        """Give numbers that no formula finds, one per group, their cells."""
        return self.stated(subject, kind, [None] * len(values), list(values))

    def pointing(self, column: Column, kind: str, rows: Sequence[int], values: Sequence[float]) -> Cell:
        """Give the value of one row in each group a cell."""
        texts: list[str | None] = [f"'{column.sheet}'!${column.letters}${FIRST + row}" for row in rows]
        return self.stated(column, kind, texts, list(values))

    def stated(
        self,
        subject: Column | str,
        kind: str,
        texts: Sequence[str | None],
        numbers: Sequence[float],
        array: bool = False,
    ) -> Cell:
        """Give a statistic its cells, one per group: formulas, or numbers as they are."""
        labels = self.group.labels if len(numbers) == len(self.group.labels) else [()]
        block = (subject, self.group.mark, len(labels))
        if block not in self._blocks:
            self._blocks[block] = FIRST + sum(height for _, _, height in self._blocks)
        row = self._blocks[block]
        letters = self._kinds.setdefault(kind, letters_of(self.before_statistics + len(self._kinds)))
        self.statistics.append(
            Statistic(_called(subject), kind, row, letters, list(texts), list(numbers), labels, array)
        )
        sheet = self.names["statistics"]
        values: Any = np.asarray(numbers)
        if len(numbers) == 1:
            return Cell(self, f"'{sheet}'!${letters}${row}", float(values[0]))
        table = self.table("group", self.group.of_row)
        return Cell(self, f"'{sheet}'!${letters}${place(table, row)}", values[self.group.of_row])

    def table(self, name: str, places: Values) -> str:
        """Return the name under which `place` finds the row of a table."""
        known = next((one for one, places_of in self.offsets.items() if np.array_equal(places_of, places)), None)
        made = known or f"{name}{len(self.offsets)}"
        self.offsets[made] = places
        return made

    @property
    def before_statistics(self) -> int:
        """How many columns of the sheet of statistics stand before them."""
        return 2

    @property
    def kinds(self) -> Mapping[str, str]:
        """The columns of the sheet of statistics."""
        return self._kinds

    def code(self, group: Group) -> Column:
        """Return the column that holds the number of the group of each row."""
        key = group.mark
        if key not in self._codes:
            title = " · ".join(group.key) or "rows that count"
            self._codes[key] = self.add("steps", f"{title} (number)", group.counted.astype(float))
        return self._codes[key]

    def peers(self) -> str | None:
        """Return the condition for the rows that are compared with this one, None for all rows."""
        if self.group.pooled:
            return None
        code = self.code(self.group)
        return f"({code.all}={code.here})"

    def groups(self) -> Sequence[Values]:
        """Return the rows that are compared with each other."""
        return [np.flatnonzero(self.group.counted == at + 1) for at in range(len(self.group.labels))]

    def within(self, group: Group) -> Layout:
        """Return this layout where statistics are taken over other rows."""
        return replace(self, group=group)


def _called(subject: Column | str) -> str:
    return subject if isinstance(subject, str) else f"{subject.sheet} · {subject.title}"
