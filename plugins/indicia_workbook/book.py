"""The workbook of a result as an Excel file."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

from indicia.definition import text
from indicia.errors import OutputError, require_optional
from indicia_workbook.bands import add_bands
from indicia_workbook.detail_sheets import add_detail_sheets
from indicia_workbook.difference_sheets import add_difference_sheets
from indicia_workbook.guide import guide
from indicia_workbook.pages import ROWS, Pages
from indicia_workbook.plain_sheet import plain_sheet
from indicia_workbook.ranking import add_check, add_former_ranks, add_imputed_share, add_ranks
from indicia_workbook.sheets import FIRST
from indicia_workbook.styles import Styles
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
