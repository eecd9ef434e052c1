"""The sheets of a workbook on an answer: its document, and a sheet for each table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indicia.answers.document import document_of
from indicia.answers.writers import tables_of
from indicia.documents.blocks import Heading, Items, Line
from indicia.messages.translations import in_language
from indicia.notes import Note
from indicia_workbook.printing import plain_sheet, set_up_page
from indicia_workbook.table_sheet import add_table

if TYPE_CHECKING:
    from indicia.answers.answer import Answer
    from indicia_workbook.styles import Styles

_LONGEST = 31
"""The most letters of the name of a sheet."""


def add_difference_sheets(book: Any, styles: Styles, answer: Answer[Any], language: str | None) -> list[str]:
    """Add a sheet of sentences, and a sheet for each table of an answer that has rows; return their names.

    All cells are values.
    """
    names = [Note("sheet_changes").in_language(language, {})]
    title, code = answer.titled(language, published=True), language or "en"
    sheet = book.add_worksheet(names[0], plain_sheet())
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, title, styles["title"])
    row = 0
    for block in document_of(answer, language):
        if isinstance(block, Heading):
            row += 2
            sheet.write_string(row, 0, block.text, styles["section"])
        texts = block.texts if isinstance(block, Items) else [block.text] if isinstance(block, Line) else ()
        for text in texts:
            row += 1
            sheet.write_string(row, 0, text, styles["text"])
    set_up_page(sheet, title, code)
    for table in tables_of(answer):
        if len(frame := answer.published(table)):
            names.append(in_language(table.caption, language, type(answer.analysis)).split(",")[0][:_LONGEST])
            page = book.add_worksheet(names[-1], plain_sheet())
            add_table(page, styles, frame)
            set_up_page(page, title, code, heading=0, repeated=1)
    return names
