"""The workbook: all sheets, written from the contents."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

from indicia.definition import text
from indicia.errors import OutputError, require_optional
from indicia.export.guide import guide
from indicia.export.pages import ROWS, Pages
from indicia.export.ranking import check, rank, share
from indicia.export.sheets import FIRST
from indicia.export.styles import Styles
from indicia.export.trace import trace
from indicia.export.words import word

if TYPE_CHECKING:
    import polars as pl

    from indicia.result import Result

_COLUMNS = 16_384


def workbook(result: Result, language: str | None = None) -> bytes:
    """Return a workbook whose cells compute the index: data, weights, normalised values, scores and ranks.

    Parts that a spreadsheet has no formula for are values. The first sheet lists them with the reasons.
    """
    xlsxwriter = require_optional("xlsxwriter", "writing a workbook", "excel")
    spoken = language or "en"
    unit_columns = _unit_columns(result, spoken)
    levels = max(node.level for node in result.scored.tree.nodes())
    names = _names(levels, spoken)
    if FIRST + result.scored.units.height >= ROWS:
        raise OutputError("the index has more rows than an Excel sheet", remedy="write csv or parquet")
    contents = trace(result, names, len(unit_columns), spoken)
    rank(contents)
    share(contents)
    check(contents)
    if any(len(unit_columns) + len(entries) > _COLUMNS for entries in contents.layout.entries.values()):
        raise OutputError("the index has more columns than an Excel sheet", remedy="write csv or parquet")
    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties({"title": text(result.definition.name, spoken), "created": dt.datetime(2000, 1, 1)})
    book.set_calc_mode("auto")
    styles = Styles(book)
    writer = Pages(contents, book, styles, unit_columns)
    order = ["guide", "ranking", "data", "weights", "statistics", "normalised", "steps"]
    order += [f"level {level}" for level in range(levels, -1, -1)]
    order += ["changes", "check", "engine"]
    present = [key for key in order if writer.has(key)]
    sheets = {key: book.add_worksheet(names[key], _plain_sheet()) for key in present}
    for key, sheet in sheets.items():
        writer.fill(key, sheet)
    guide(contents, sheets["guide"], styles, present)
    book.close()
    return content.getvalue()


def _plain_sheet() -> Any:
    """Return a class of sheets that writes formulas unchanged.

    XlsxWriter searches each formula for 29 functions that newer versions of Excel write differently. The workbook has
    none of them, and the search would be nine tenths of the time to write a large workbook.
    """
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

    class PlainSheet(Worksheet):  # type: ignore[misc]
        def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002
            return formula.removeprefix("{").removeprefix("=").removesuffix("}")

    return PlainSheet


def _names(levels: int, language: str) -> dict[str, str]:
    keys = ("guide", "ranking", "data", "weights", "statistics", "normalised", "steps", "changes", "check", "engine")
    names = {key: word(key, language) for key in keys}
    names |= {f"level {level}": word("level", language, n=level) for level in range(1, levels + 1)}
    return {**names, "level 0": word("index", language)}


def _unit_columns(result: Result, language: str) -> list[tuple[str, pl.Series]]:
    """Return the columns that name the unit of a row: its name in the data, its label, its period."""
    data, units = result.definition.data, result.scored.units
    columns = [(word("unit", language), units[result.unit])]
    label = text(data.label, language)
    if label in units.columns and label != result.unit:
        columns.append((word("label", language), units[label]))
    if data.period:
        columns.append((word("period", language), units[data.period]))
    return columns
