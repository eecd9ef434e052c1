"""The sheets of a workbook on the difference of two editions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.documents.blocks import Heading, Items
from indicia.editions.gained import gained
from indicia.editions.scenarios import CAUSES
from indicia.editions.sections import headline, sections_of
from indicia.notes import Note
from indicia_workbook.plain_sheet import plain_sheet
from indicia_workbook.printing import set_up_page
from indicia_workbook.table_sheet import add_table

if TYPE_CHECKING:
    from indicia.editions.difference import EditionDifference
    from indicia_workbook.styles import Styles

_SHEETS = {
    "units": "sheet_units",
    "causes": "sheet_causes",
    "methodology": "sheet_methodology",
    "revision_summary": "sheet_revision_summary",
    "revisions": "sheet_revisions",
    "indicators": "sheet_indicators",
}
"""The tables that have a sheet, with the sentences that name the sheets."""
_MOVES = {"units": ("move",), "causes": tuple(f"rank_{cause}" for cause in CAUSES)}
"""The columns of moves in rank, of which the sheets have the places gained."""


def add_difference_sheets(book: Any, styles: Styles, difference: EditionDifference, language: str | None) -> list[str]:
    """Add a sheet of sentences, and a sheet for each table of a difference that has rows; return their names.

    All cells are values. Moves in rank are the places gained.
    """
    names = [Note("sheet_changes").in_language(language, {})]
    title, code = difference.titled_for_readers(language), language or "en"
    sheet = book.add_worksheet(names[0], plain_sheet())
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, title, styles["title"])
    sheet.write_string(1, 0, headline(difference, language), styles["text"])
    row = 1
    for block in sections_of(difference, language):
        if isinstance(block, Heading):
            row += 2
            sheet.write_string(row, 0, block.text, styles["section"])
        for line in block.texts if isinstance(block, Items) else ():
            row += 1
            sheet.write_string(row, 0, line, styles["text"])
    set_up_page(sheet, title, code)
    for name, kind in _SHEETS.items():
        frame = difference.published(name)
        if name == "units":
            frame = frame.with_columns(label=pl.col("unit").replace(difference.reader_names(language)))
        for column in _MOVES.get(name, ()):
            places = [gained(shift) for shift in frame[column]]
            frame = frame.with_columns(pl.Series(column, places, pl.Float64))
        if len(frame):
            names.append(Note(kind).in_language(language, {}))
            page = book.add_worksheet(names[-1], plain_sheet())
            add_table(page, styles, frame)
            set_up_page(page, title, code, heading=0, repeated=1)
    return names
