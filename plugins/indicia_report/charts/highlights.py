"""Colours, highlighted units and figures of charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.errors import DataError, join_names, suggest_unit
from indicia_report import markup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia_report.period_view import PeriodView


def number(value: float | None, digits: int = 2) -> str:
    """Format a number with U+2212 as its minus sign, which the axes of charts have too.

    >>> number(-0.5, 1), number(None)
    ('−0.5', '–')
    """
    return markup.number(value, digits).replace("-", "−")


def figure(value: float | None) -> str:
    """Format a figure of the data with four digits.

    >>> figure(-1234567.8), figure(0.5)
    ('−1,234,568', '0.5')
    """
    if value is None or value != value:
        return "–"
    text = f"{value:,.0f}" if 1e4 <= abs(value) < 1e15 else f"{value:,.4g}"
    return text.replace("-", "−")


OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#332288", "#4A4A4A")
"""Colours that colour-blind readers distinguish, after Okabe & Ito (2008); the last two are for a white page."""
ON_DARK = {"#332288": "#F5F0B0", "#4A4A4A": "#8C8C8C"}
"""The colours of a dark page in place of those that it would hide."""
CIVIDIS = ("#00224e", "#2a3f6d", "#575d6d", "#7d7c78", "#a59c74", "#d2c060", "#fee838")
"""Dark blue to yellow, after Nuñez, Anderton & Renslow (2018)."""
PURPLE_ORANGE = ("#7f3b08", "#c3680e", "#f2b366", "#f7f7f7", "#b9b0d6", "#74599e", "#2d004b")
"""Orange to purple, the scheme PuOr of Brewer (2003)."""
_STEPS = ((0.0, 0), (0.5, 255), (0.42, 0), (0.75, 255))
"""The part and the grey value that are mixed into the colours of a round."""


def longer_palette(colours: Sequence[str], number: int) -> list[str]:
    """Return so many colours: those of the palette, then lighter and darker steps of them.

    >>> longer_palette(["#000000", "#0080ff"], 4)
    ['#000000', '#0080ff', '#808080', '#80c0ff']
    """
    palette = []
    for place in range(number):
        turn, at = divmod(place, len(colours))
        share, grey = _STEPS[turn % len(_STEPS)]
        palette.append(mixed(colours[at], share, grey) if share else colours[at])
    return palette


def distinct_colours(colours: Sequence[str]) -> int:
    """Return the number of colours before `longer_palette` repeats one."""
    return len(colours) * len(_STEPS)


def mixed(colour: str, share: float, grey: float) -> str:
    """Mix a share of grey, from 0 for black to 255 for white, into a colour."""
    return "#" + "".join(f"{round((1 - share) * channel + share * grey):02x}" for channel in _channels(colour))


def is_dark(colour: str) -> bool:
    """Return True if white text is easier to read on a colour than black text.

    >>> is_dark("#0072B2"), is_dark("#E69F00")
    (True, False)
    """
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (value / 255 for value in _channels(colour))
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05


def between(colours: Sequence[str], share: float) -> str:
    """Return the colour at a share of the way from the first colour to the last.

    >>> between(["#000000", "#ffffff"], 0.5)
    '#808080'
    """
    place = min(max(share, 0.0), 1.0) * (len(colours) - 1)
    low = min(int(place), len(colours) - 2)
    pairs = zip(_channels(colours[low]), _channels(colours[low + 1]), strict=True)
    return "#" + "".join(f"{round(first + (place - low) * (second - first)):02x}" for first, second in pairs)


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


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
