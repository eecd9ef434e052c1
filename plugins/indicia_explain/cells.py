"""Small tables and their cells: bars of text for parts above and below zero, numbers, and words."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Any

from indicia.documents.blocks import TextTable
from indicia.notes import Note

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

EMPTY = ("", "–")
"""The cells without a figure: a column of them is left out."""
_NOISE = 1e-9
"""The share of a value by which a written number may miss it."""
_HALF = 5
"""The characters of a bar on each side of the line at zero."""


def heading(key: str, language: str | None, **values: object) -> str:
    """Return a word of `messages/explained.toml` in a language."""
    return Note(key, **values).in_language(language, {})


def small_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[int], **words: Any
) -> TextTable:
    """Return a table for a screen, which may cut the first column; the columns `right`, from 0, are flush right."""
    return TextTable(headings, rows, [place in right for place in range(len(headings))], **{"cut": (0,), **words})


def signed_bar(value: float | None, largest: float) -> str:
    """Return a bar from a line at zero: to the right above zero, to the left below.

    >>> signed_bar(1.0, 1.0), signed_bar(-0.4, 1.0), signed_bar(0.0, 1.0)
    ('     │█████', '   ██│', '     │')
    >>> signed_bar(None, 1.0)
    ''
    """
    if value is None:
        return ""
    length = round(_HALF * min(1.0, abs(value) / largest)) if largest else 0
    if value < 0:
        return " " * (_HALF - length) + "█" * length + "│"
    return " " * _HALF + "│" + "█" * length


def signed(value: float | None, digits: int) -> str:
    """Return a number with its sign; a number that rounds to zero has none.

    >>> signed(1.25, 1), signed(-0.5, 1), signed(-0.04, 1), signed(None, 1), signed(1020.0, 1)
    ('+1.2', '−0.5', '0.0', '–', '+1,020.0')
    """
    if value is None:
        return "–"
    figure = f"{abs(value):,.{digits}f}"
    return figure if float(figure.replace(",", "")) == 0 else f"{'−' if value < 0 else '+'}{figure}"


def plain(value: float | None, side: float = 0.0) -> str:
    """Return a raw value with as many digits as a reader needs.

    With `side` 1 the last digit is rounded up, and with -1 down, so that a value that is needed is still enough.

    >>> [plain(value) for value in (1234567.0, 4321.5, 21.456, 0.012345, None, 3495171045385.0)]
    ['1,234,567', '4,321.5', '21.46', '0.01235', '–', '3.495e+12']
    >>> plain(277.81, 1), plain(277.89, -1), plain(22059.2, 1), plain(-0.12341, 1), plain(5.0, 1)
    ('277.9', '277.8', '22,060', '−0.1234', '5')
    """
    if value is None:
        return "–"
    # a whole number of more than ten digits does not fit beside the other columns of a screen
    form = ".4g" if abs(value) >= 1e10 else ",.0f" if abs(value) >= 10_000 else ",.5g" if abs(value) >= 1000 else ".4g"
    written = float(format(value, form).replace(",", ""))
    if (written - value) * side < 0 and abs(written - value) > _NOISE * abs(value):
        digit = 1.0 if form == ",.0f" else 10.0 ** (floor(log10(abs(value))) + 1 - int(form[-2]))
        value = written + side * digit
    return format(value, form).replace("-", "−")


def measured(value: float | None, measure: str) -> str:
    """Return a raw value with its unit of measure, in brackets if the unit begins with a number.

    >>> measured(7.5, "years"), measured(4680.0, "100 million yuan"), measured(2.0, ""), measured(None, "years")
    ('7.5 years', '4,680 (100 million yuan)', '2', '–')
    """
    if not measure or value is None:
        return plain(value)
    return f"{plain(value)} {f'({measure})' if measure[0].isdigit() else measure}"
