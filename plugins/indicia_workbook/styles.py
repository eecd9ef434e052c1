"""The formats of the cells of a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.notes import MARK

if TYPE_CHECKING:
    from indicia_workbook.text import Values

_INK, _QUIET, _LINE, _HEAD = "#1F2933", "#6B7785", "#D5DBE1", "#1F4E79"
COLOURS = {
    "input": "#FFF2CC",
    "formula": "#FFFFFF",
    "fixed": "#E7E6E6",
    "imputed": "#BDD7EE",
    "treated": "#F8CBAD",
    "missing": "#F2F2F2",
}
"""The background colours of cells by their contents."""

SCALE = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#9CC3E6"}
BAR = {"type": "data_bar", "bar_color": "#7FB2DE", "bar_solid": True}
"""Lightness and length, which colour-blind readers can see, show the size of a number."""

_TEXTS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 15, "font_color": _HEAD},
    "says": {"font_color": _QUIET, "italic": True},
    "section": {"bold": True, "font_size": 12, "font_color": _HEAD, "bottom": 1, "bottom_color": _HEAD},
    "text": {"text_wrap": True, "valign": "top"},
    "quiet": {"font_color": _QUIET, "text_wrap": True, "valign": "top"},
    "link": {"font_color": "#0563C1", "underline": 1, "valign": "top"},
    "heading": {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": _HEAD,
        "text_wrap": True,
        "valign": "vcenter",
        "border": 1,
        "border_color": "#FFFFFF",
    },
    "band": {"font_color": _HEAD, "bold": True, "font_size": 9, "bottom": 1, "bottom_color": _HEAD},
    "measure": {"font_color": _QUIET, "font_size": 9, "text_wrap": True},
    "unit": {"bottom": 4, "bottom_color": _LINE, "align": "left", "indent": 1},
    "first": {"bottom": 4, "bottom_color": _LINE, "top": 1, "top_color": _HEAD, "align": "left", "indent": 1},
    "date": {"bottom": 4, "bottom_color": _LINE, "num_format": "yyyy-mm-dd", "align": "left"},
    "verdict": {"bold": True, "font_size": 12, "font_color": "#1E6B34"},
    "wrong": {"bg_color": "#F4B183", "bold": True},
}


class Styles:
    """The cell formats of a workbook, each of which is added once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[tuple[str, str], Any] = {}
        book.formats[0].set_font_name("Calibri")

    def __getitem__(self, name: str) -> Any:
        """Return the format of a text."""
        if (name, "") not in self._formats:
            self._formats[name, ""] = self._book.add_format({"font_color": _INK, **_TEXTS[name]})
        return self._formats[name, ""]

    def number(self, kind: str, form: str) -> Any:
        """Return the format of a number by its kind and its number format."""
        if (kind, form) not in self._formats:
            properties: dict[str, Any] = {"num_format": form, "bottom": 4, "bottom_color": _LINE, "font_color": _INK}
            colour = COLOURS.get(kind)
            if kind == "place":
                properties |= {"align": "center"}
            if colour and colour != "#FFFFFF":
                properties |= {"bg_color": colour}
            self._formats[kind, form] = self._book.add_format(properties)
        return self._formats[kind, form]


def with_mark(form: str) -> str:
    """Append the mark of imputed values to a number format.

    >>> with_mark("0.00")
    '0.00"*"'
    """
    return f'{form}"{MARK}"'


def number_format(values: Values) -> str:
    """Return a number format with decimals that suit the largest number.

    >>> [number_format(np.array(x)) for x in ([2.0, 30.0], [0.25], [1234567.5], [12.34])]
    ['0', '0.0000', '#,##0', '0.00']
    """
    present = np.abs(values[np.isfinite(values)])
    largest = float(present.max(initial=0.0))
    if not (present % 1).any():
        return "#,##0" if largest >= 10_000 else "0"
    if largest >= 10_000:
        return "#,##0"
    if largest >= 1000:
        return "#,##0.0"
    if largest >= 10:
        return "0.00"
    return "0.0000" if largest >= 0.001 else "0.00E+00"
