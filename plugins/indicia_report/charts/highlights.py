"""The units that a reader wants to highlight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.errors import DataError, join_names, suggest_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia_report.period_view import PeriodView


@dataclass(frozen=True)
class UnitNames:
    """The names of the units of a chart: in the data, for readers, and in columns of labels."""

    keys: Sequence[str]
    by_reader: Sequence[Sequence[str]]
    """The names of each unit for readers."""
    labels: Mapping[str, Sequence[object]]
    """The columns of labels."""
    column: str | None = None
    """The column of the data with the keys."""

    @classmethod
    def of_view(cls, view: PeriodView) -> UnitNames:
        """Return the names of the units of a period."""
        data = view.result.definition.data
        labels = {column: view.labels[column].to_list() for column in data.labels() if column in view.labels.columns}
        return cls(view.units, [list(name.values()) for name in view.names], labels, data.unit)

    def row(self, unit: str) -> int:
        """Return the row of a unit.

        Raises
        ------
        DataError
            If no unit has the name, or several units have the label.
        """
        for at, (key, names) in enumerate(zip(self.keys, self.by_reader, strict=True)):
            if unit == key or unit in names:
                return at
        for column in self.labels.values():
            rows_of_label = [at for at, label in enumerate(column) if label == unit]
            if len(rows_of_label) > 1:
                raise DataError(
                    f'"{unit}" is the label of {len(rows_of_label)} units',
                    remedy=f"name the unit: {join_names(self.keys[at] for at in rows_of_label)}",
                )
            if rows_of_label:
                return rows_of_label[0]
        others = [name for of_unit in self.by_reader for name in of_unit]
        raise DataError(f'"{unit}" is no unit of the data', remedy=suggest_unit(unit, self.keys, self.column, others))

    def rows(self, units: Sequence[str]) -> list[int]:
        """Return the rows of units, each once, in the order in which they are named."""
        return list(dict.fromkeys(self.row(unit) for unit in units))


def highlighted_rows(view: PeriodView, units: Sequence[str]) -> list[int]:
    """Return the rows of the units to highlight."""
    return UnitNames.of_view(view).rows(units)


def shown_rows(order: Sequence[int], top: int, highlighted: Sequence[int]) -> list[int]:
    """Return the first rows of a ranking, and then the highlighted rows that are not among these.

    >>> shown_rows([4, 2, 0, 1, 3], 2, [3, 4])
    [4, 2, 3]
    """
    first = list(order[:top])
    return [*first, *(at for at in order if at in highlighted and at not in first)]
