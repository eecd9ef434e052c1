"""The sheets of a workbook with the further results of methods, such as preferences between pairs of units."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indicia.errors import MethodError
from indicia_workbook.plain_sheet import plain_sheet
from indicia_workbook.printing import set_up_page
from indicia_workbook.table_sheet import add_table
from indicia_workbook.words import word

if TYPE_CHECKING:
    import polars as pl

    from indicia.result import Result
    from indicia_workbook.styles import Styles

_MANY = 100_000
"""The largest number of rows of a table that a sheet has."""
_LONGEST = 31
"""The longest name of a sheet in Excel."""


def add_detail_sheets(book: Any, styles: Styles, result: Result, language: str) -> list[str]:
    """Add a sheet for each table of further results of a node; return the names of the sheets.

    A sheet of a table with more than 100,000 rows, or of one that its method refuses, has the reason instead.
    """
    taken = {sheet.get_name().lower() for sheet in book.worksheets()}
    names = []
    tree = result.scored.tree
    of_indicators = {table for leaf in tree.leaves() for table in result.detail_tables(leaf.id)}
    for node in tree.nodes():
        for table, what in result.detail_tables(node.id).items():
            if table in of_indicators and node is not tree:  # the sheet of the index has the rows of all indicators
                continue
            names.append(_sheet_name(f"{node.id} {table}", taken))
            sheet = book.add_worksheet(names[-1], plain_sheet())
            frame = _frame_or_reason(result, node.id, table, language)
            if isinstance(frame, str):
                sheet.write_string(0, 0, frame, styles["text"])
            else:
                add_table(sheet, styles, frame)
            set_up_page(sheet, f"{node.id}: {what}", language, heading=0, repeated=1)
    return names


def _frame_or_reason(result: Result, node: str, table: str, language: str) -> pl.DataFrame | str:
    """Return a table, or the sentence of its sheet if the table has none or too many rows."""
    if table == "pairs" and result.scored.units.height**2 > _MANY:
        return _too_long(node, table, language)
    try:
        frame = result.details(node, table)
    except MethodError as error:
        return error.what
    return frame if frame.height <= _MANY else _too_long(node, table, language)


def _too_long(node: str, table: str, language: str) -> str:
    return word("details_too_long", language, node=node, table=table, rows=f"{_MANY:,}")


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that Excel accepts and no other sheet has, and add it to those taken.

    >>> _sheet_name("index: pairs", {"index  pairs"})
    'index  pairs 2'
    """
    plain = re.sub(r"[\[\]:*?/\\\\']", " ", wanted)[:_LONGEST].strip() or "details"
    name, number = plain, 1
    while name.lower() in taken:
        number += 1
        name = f"{plain[: _LONGEST - len(str(number)) - 1]} {number}"
    taken.add(name.lower())
    return name
