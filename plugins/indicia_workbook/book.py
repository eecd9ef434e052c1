"""The workbook of a result as an Excel file."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

from indicia.definition import text
from indicia.errors import MethodError, OutputError, require_optional
from indicia_workbook.bands import add_bands
from indicia_workbook.difference_sheets import add_difference_sheets
from indicia_workbook.guide import guide
from indicia_workbook.pages import ROWS, Pages
from indicia_workbook.plain_sheet import plain_sheet
from indicia_workbook.printing import set_up_page
from indicia_workbook.ranking import add_check, add_former_ranks, add_imputed_share, add_ranks
from indicia_workbook.sheets import FIRST
from indicia_workbook.styles import Styles
from indicia_workbook.table_sheet import add_table
from indicia_workbook.trace import trace
from indicia_workbook.words import word

if TYPE_CHECKING:
    import polars as pl

    from indicia.editions.difference import EditionDifference
    from indicia.result import Result

_MAX_COLUMNS = 16_384


def workbook(result: Result, language: str | None = None, since: EditionDifference | None = None) -> bytes:
    """Return a workbook whose cells compute the index: data, weights, normalised values, scores and ranks.

    A part without a spreadsheet formula has values. The first sheet lists these parts and the reasons. The last sheets
    have the difference from an earlier edition, if `since` is one.
    """
    xlsxwriter = require_optional("xlsxwriter", "writing a workbook", "excel")
    language_code = language or "en"
    unit_columns = _unit_columns(result, language_code)
    levels = max(node.level for node in result.scored.tree.nodes())
    names = _names(levels, language_code)
    if FIRST + result.scored.units.height >= ROWS:
        raise OutputError("the index has more rows than an Excel sheet", remedy="write csv or parquet")
    contents = trace(result, names, len(unit_columns), language_code)
    add_ranks(contents)
    add_bands(contents)
    add_imputed_share(contents)
    add_former_ranks(contents)
    add_check(contents)
    if any(len(unit_columns) + len(entries) > _MAX_COLUMNS for entries in contents.layout.entries.values()):
        raise OutputError("the index has more columns than an Excel sheet", remedy="write csv or parquet")
    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties({"title": text(result.definition.name, language_code), "created": dt.datetime(2000, 1, 1)})
    book.set_calc_mode("auto")
    styles = Styles(book)
    writer = Pages(contents, book, styles, unit_columns)
    order = ["guide", "ranking", "chart", "data", "weights", "statistics", "normalised", "steps"]
    order += [f"level {level}" for level in range(levels, -1, -1)]
    order += ["aggregates", "changes", "attributes", "check", "engine"]
    sheet_keys = [key for key in order if writer.has(key)]
    sheets = {key: book.add_worksheet(names[key], plain_sheet()) for key in sheet_keys}
    for key, sheet in sheets.items():
        writer.fill(key, sheet)
    changes = add_difference_sheets(book, styles, since, language) if since is not None else []
    details = add_detail_sheets(book, styles, result, language_code)
    guide(contents, sheets["guide"], styles, sheet_keys, [*details, *changes])
    book.close()
    return content.getvalue()


def _names(levels: int, language: str) -> dict[str, str]:
    keys = ["guide", "ranking", "chart", "data", "weights", "statistics", "normalised", "steps"]
    keys += ["aggregates", "changes", "attributes", "check", "engine"]
    names = {key: word(key, language) for key in keys}
    names |= {f"level {level}": word("level", language, n=level) for level in range(1, levels + 1)}
    return {**names, "level 0": word("index", language)}


def _unit_columns(result: Result, language: str) -> list[tuple[str, pl.Series]]:
    """Return the columns that identify a row: the name of the unit in the data, its label, and the period."""
    data, units = result.definition.data, result.scored.units
    columns = [(word("unit", language), units[result.unit])]
    label = text(data.label, language)
    if label in units.columns and label != result.unit:
        columns.append((word("label", language), units[label]))
    if data.period:
        columns.append((word("period", language), units[data.period]))
    return columns


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
