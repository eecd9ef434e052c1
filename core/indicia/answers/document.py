"""The document of an answer, before any format: a heading, sentences, a formula and tables of texts."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from indicia.analyses import Grid, Kind, Table
from indicia.definition import text
from indicia.documents.blocks import Formula, Heading, Items, Line, Strip, TextTable
from indicia.messages.sentence import Sentence
from indicia.messages.translations import in_language
from indicia.notes import percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from indicia.analyses import Analysis, Column
    from indicia.answers.answer import Answer
    from indicia.documents.blocks import Block


def document_of(answer: Answer[Any], language: str | None = None, *, published: bool = True) -> list[Block]:
    """Return an answer as blocks.

    Parameters
    ----------
    answer : Answer
        The answer.
    language : str, optional
        The language, such as "zh"; by default English.
    published : bool, default True
        False: for the author of the index, who knows files by their names.

    Returns
    -------
    list of Heading, Line, Items, Formula and TextTable
        The blocks in their order. Tables have the first rows, without raw values that the index does not publish. A
        document that is published has the annex, with more rows of each table.
    """
    blocks: list[Block] = []
    document, annex = answer.document(), answer.annex() if published else []
    for at, block in enumerate([*document, *annex]):
        if isinstance(block, Table):
            shown = block.shown if at < len(document) else max(block.shown, ROWS_OF_ANNEX)
            blocks.append(printed(answer, block, language, shown))
        elif isinstance(block, Grid):
            blocks.append(_drawn(answer, block, language, published=published))
        elif isinstance(block, Heading):
            blocks.append(Heading(in_language(block.text, language, type(answer.analysis))))
        elif isinstance(block, Items):
            blocks.append(Items([answer.said(text, language, published=published) for text in block.texts]))
        elif isinstance(block, Formula):
            blocks.append(block)
        else:
            blocks.append(Line(answer.said(block, language, published=published)))
    return blocks


ROWS_OF_ANNEX = 250
"""The largest number of rows of a table in an annex."""


def printed(answer: Answer[Any], table: Table, language: str | None = None, rows: int | None = None) -> TextTable:
    """Return the first rows of a table as texts for readers.

    Parameters
    ----------
    answer : Answer
        The answer with the table.
    table : Table
        The declaration of the table.
    language : str, optional
        The language, such as "zh"; by default English.
    rows : int, optional
        The largest number of rows; by default that of the table.

    Returns
    -------
    TextTable
        Texts, with the names of units and parts in the language.
    """
    kind = type(answer.analysis)
    names, label = answer.reader_names(language), text(answer.definition.data.label, language)
    found = texts_of(table, answer.published(table), answer.columns(table), names, label, language, kind, rows)
    return replace(found, label=_label(answer, table))


def _drawn(answer: Answer[Any], grid: Grid, language: str | None, *, published: bool) -> TextTable:
    """Return the texts of a grid; a file has a caption, and no bars."""
    found = grid.texts(answer.reader_names(language), language)
    if not published:
        return found
    caption = found.caption or in_language(grid.table.caption, language, type(answer.analysis))
    return replace(found.without_bars, caption=caption, label=_label(answer, grid.table))


def _label(answer: Answer[Any], table: Table) -> str:
    """Return the label of a table in LaTeX."""
    return f"tab:{answer.analysis.name}-{table.name}".replace("_", "-")


def texts_of(
    table: Table,
    frame: pl.DataFrame,
    declared: Mapping[str, Column | None],
    names: Mapping[str, str],
    label: str = "",
    language: str | None = None,
    kind: type[Analysis] | None = None,
    rows: int | None = None,
) -> TextTable:
    """Return the first rows of a frame as texts for readers.

    Parameters
    ----------
    table : Table
        The declaration of the table.
    frame : polars.DataFrame
        The rows.
    declared : mapping of str to Column
        The columns by their names; those that the frame lacks are withheld.
    names : mapping of str to str
        The names of units and parts by their keys.
    label : str, default ""
        The heading of the column of units, if the frame has a column of labels.
    language : str, optional
        The language, such as "zh"; by default English.
    kind : subclass of Analysis, optional
        The analysis that has the words of its plugin in the language.
    rows : int, optional
        The largest number of rows; by default that of the table.

    Returns
    -------
    TextTable
        The texts.
    """
    columns = {
        name: column
        for name, column in declared.items()
        if name in frame.columns
        # a column without values is left out, unless the table has no rows
        if column is not None and (frame[name].count() or (frame.is_empty() and column.kind is not Kind.PERIOD))
        if column.name in table.brief or not table.brief
    }
    if table.brief:
        columns = dict(sorted(columns.items(), key=lambda entry: table.brief.index(entry[1].name)))
    if table.first:
        from polars import col  # here, since `--help` imports answers and no tables

        frame = frame.sort(*(col(name).abs() for name in table.first), nulls_last=True, maintain_order=True)
    shown = frame.head(table.shown if rows is None else rows)
    titles = [
        label
        if column.name == "{unit}" and label in frame.columns
        else in_language(column.heading_of(name), language, kind)
        for name, column in columns.items()
    ]
    cells = [
        [
            cell_of(value, column.kind, names, present)
            for value, present in zip(shown[name], shown.get_column(column.beyond, default=shown[name]), strict=True)
        ]
        for name, column in columns.items()
    ]
    for column, texts in zip(columns.values(), cells, strict=True):
        if column.kind is Kind.TEXT:
            texts[:] = [in_language(text, language, kind) for text in texts]
    strip = None
    if table.interval:
        heading, place = in_language(WHERE_IT_LIES, language, kind), list(columns).index(table.interval[-1]) + 1
        strip = Strip(heading, shown.select(table.interval).rows(), place)
    hidden = len(frame) - len(shown)
    more = Sentence("{hidden:,} more rows", hidden=hidden)
    return TextTable(
        titles,
        list(zip(*cells, strict=True)),
        [not column.kind.is_text for column in columns.values()],
        in_language(table.caption, language, kind),
        [in_language(more, language)] if hidden else [],
        name=table.name,
        language="zh" if language == "zh" else "en",
        cut=[
            place for place, column in enumerate(columns.values()) if column.kind in (Kind.UNIT, Kind.UNITS, Kind.PART)
        ],
        strip=strip,
    )


WHERE_IT_LIES = "where it lies"
"""The heading of the column that draws an interval."""

_SIGNED = (Kind.SHIFT, Kind.CHANGE, Kind.RATE)
_OF_RANKS = (Kind.RANK, Kind.PLACES, Kind.SHIFT)
_NOISE = 1e-9
"""The share of a value by which its text may miss it."""


def cell_of(value: object, kind: Kind, names: Mapping[str, str], present: object = None) -> str:
    """Return a cell as text for readers; files of data keep all digits.

    >>> [cell_of(value, Kind.SHARE, {}) for value in (0.1234, 0.0, None)]
    ['12.3 %', '0.0 %', '–']
    >>> [cell_of(value, Kind.SHIFT, {}) for value in (3.0, -2.5, -0.01)]
    ['+3', '-2.5', '0']
    >>> [cell_of(value, Kind.FIGURE, {}) for value in (0.25, 1234.5, -0.0001, 2e-9, float("inf"))]
    ['0.250', '1,234', '-0.0001', '2e-09', 'inf']
    >>> cell_of(22059.2, Kind.FIGURE, {}, 18024.9), cell_of(277.8889, Kind.FIGURE, {}, 300.0)  # away from the present
    ('22,060', '277.888')
    """
    if value is None or value != value:
        return "–"
    if kind in (Kind.UNIT, Kind.PART):
        return names.get(str(value), str(value))
    if kind is Kind.UNITS:
        return ", ".join(names.get(unit, unit) for unit in str(value).split(", "))
    if isinstance(value, bool) or not isinstance(value, float):
        return f"{value:,}" if kind is Kind.COUNT else str(value)
    if kind is Kind.SHARE:
        return f"{100 * value:.1f} %"
    if kind in _OF_RANKS:
        value = round(value, 1) + 0.0  # not -0
    sign = "+" if kind in _SIGNED and value > 0 else ""
    if kind in _OF_RANKS:
        return f"{sign}{value:g}"
    if kind is Kind.RATE:
        return f"{sign}{percent(value)}"
    if not math.isfinite(value) or 0 < abs(value) < 0.0005:
        return f"{sign}{value:.2g}" if math.isfinite(value) else str(value)
    digits = 0 if abs(value) >= 1000 else 3
    if isinstance(present, float) and value != present and abs(round(value, digits) - value) > _NOISE * abs(value):
        value = (math.ceil if value > present else math.floor)(value * 10**digits) / 10**digits
    return f"{sign}{value:,.{digits}f}"
