"""The numbers of a chart as a table of a page, which is read without a picture and without a script."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.documents.blocks import TextTable
from indicia.documents.html import table_element
from indicia_report.markup import escape, number
from indicia_report.words import is_message, message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_ROWS = 2000
"""The most rows of a table; a larger one would be slow to open, and the data of the chart have all rows."""
_NAMES = ("nominal", "ordinal")
"""The types of columns that name something."""


@dataclass(frozen=True)
class _Column:
    field: str
    heading: str
    format: str
    """The format of numbers as in tooltips, such as `.2f`; empty for all digits."""


@dataclass(frozen=True)
class _Layer:
    tips: tuple[_Column, ...]
    """The columns of its tooltips."""
    names: tuple[str, ...]
    """The columns of names that place or colour a mark."""
    rows: Sequence[Mapping[str, Any]]


def numbers_table(specification: Mapping[str, Any], language: str) -> str:
    """Return the numbers of a chart as tables, each behind a heading that opens it; empty if there are none.

    The columns are those of the tooltips, with the names that place or colour a mark. Layers that show the same columns
    make one table.
    """
    layers = list(_layers(specification, {}))
    shown = []
    for tips in dict.fromkeys(layer.tips for layer in layers):
        alike = [layer for layer in layers if layer.tips == tips]
        others = dict.fromkeys(
            name for layer in alike for name in layer.names if name not in {tip.field for tip in tips}
        )
        columns = (tips[0], *(_Column(name, name, "") for name in others), *tips[1:])
        rows = dict.fromkeys(
            tuple(_text(row.get(column.field), column.format) for column in columns)
            for layer in alike
            for row in layer.rows
        )
        if rows:
            shown.append(_table(columns, list(rows), language))
    if not shown:
        return ""
    return f"<details><summary>{escape(message('chart.numbers', language))}</summary>{''.join(shown)}</details>"


def _layers(part: Mapping[str, Any], inherited: Mapping[str, Any]) -> Iterator[_Layer]:
    """Yield the layers with tooltips."""
    data, encoding = part.get("data") or inherited, part.get("encoding") or {}
    tips = encoding.get("tooltip")
    columns = tuple(
        _Column(tip["field"], tip.get("title") or tip["field"], tip.get("format") or "")
        for tip in (tips if isinstance(tips, list) else [tips])
        if isinstance(tip, dict) and tip.get("field")
    )
    if "mark" in part and isinstance(data.get("values"), list) and columns:
        yield _Layer(columns, tuple(_names(encoding, data["values"])), data["values"])
    for word in ("layer", "hconcat", "vconcat", "concat"):
        for inner in part.get(word, ()):
            yield from _layers(inner, data)


def _names(encoding: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for word in ("y", "x", "color"):
        channel = encoding.get(word)
        # a column without a scale has colours
        if isinstance(channel, dict) and channel.get("type") in _NAMES and channel.get("scale", ()) is not None:
            field = str(channel.get("field"))
            if any(isinstance(row.get(field), str) for row in rows):
                yield field


def _text(value: object, pattern: str) -> str:
    """Return a cell as text.

    >>> _text(0.256, ".1%"), _text(-1234.5678, ".4~g"), _text(2.0, ""), _text(None, ""), _text("Lima", ".2f")
    ('25.6%', '−1235', '2', '–', 'Lima')
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "–" if value is None else str(value)
    if math.isnan(value):
        return "–"
    if pattern.endswith("f"):
        return number(value, int(pattern[1:-1]))
    text = f"{value:{pattern.replace('~', '')}}" if pattern else f"{value:.10g}"
    return text.replace("-", "−")


def _table(columns: Sequence[_Column], rows: Sequence[tuple[str, ...]], language: str) -> str:
    headings = [_heading(column.heading, language) for column in columns]
    table = table_element(TextTable(headings, rows[:MOST_ROWS], [False] * len(columns)), names_rows=True)
    cut = ""
    if len(rows) > MOST_ROWS:
        sentence = message("chart.numbers_cut", language).format(shown=f"{MOST_ROWS:,}", n=f"{len(rows):,}")
        cut = f"<p>{escape(sentence)}</p>"
    return f"{table}{cut}"


def _heading(name: str, language: str) -> str:
    """Return the word for a column of the data of a chart."""
    key = f"chart.column_{name}"
    return message(key, language) if is_message(key) else name
