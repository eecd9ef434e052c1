"""The sheets of a workbook on an answer: its document, and a sheet for each of its tables."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from indicia.answers.document import document_of
from indicia.answers.writers import tables_of
from indicia.documents.blocks import Formula, Heading, Items, Line
from indicia.messages.translations import in_language
from indicia.notes import Note
from indicia_workbook.printing import new_book, plain_sheet, set_up_page, sheet_name
from indicia_workbook.styles import Styles
from indicia_workbook.table_sheet import add_table

if TYPE_CHECKING:
    from indicia.answers.answer import Answer
    from indicia.documents.blocks import Block


def answer_in_workbook(answer: Answer[Any], language: str | None = None) -> bytes:
    """Return a workbook with the sentences of an answer, and all rows of its tables.

    Raises
    ------
    MissingDependency
        Without xlsxwriter: pip install 'indicia[excel]'.
    """
    content = io.BytesIO()
    book = new_book(content, answer.titled(language, published=True))
    add_answer_sheets(book, Styles(book), answer, language)
    book.close()
    return content.getvalue()


def add_answer_sheets(
    book: Any, styles: Styles, answer: Answer[Any], language: str | None, name: str | None = None
) -> list[str]:
    """Add a sheet of sentences, and a sheet for each table of an answer that has rows; return their names.

    All cells are values. The name of the first sheet is by default the question; `name` is the key of another.
    """
    kind, title, code = type(answer.analysis), answer.titled(language, published=True), language or "en"
    question = in_language(kind.heading, language, kind) if name is None else Note(name).in_language(language, {})
    names = [sheet_name(book, question)]
    sheet = book.add_worksheet(names[0], plain_sheet())
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, title, styles["title"])
    row = 0
    for block in document_of(answer, language):
        if isinstance(block, Heading):
            row += 2
            sheet.write_string(row, 0, block.text, styles["section"])
        for text in _texts(block):
            row += 1
            sheet.write_string(row, 0, text, styles["text"])
    set_up_page(sheet, title, code)
    for table in tables_of(answer):
        if len(frame := answer.published(table)):
            names.append(sheet_name(book, in_language(table.caption, language, kind).split(",")[0]))
            page = book.add_worksheet(names[-1], plain_sheet())
            add_table(page, styles, frame)
            set_up_page(page, title, code, heading=0, repeated=1)
    return names


def _texts(block: Block) -> list[str]:
    """Return the texts of a block of sentences; a table has a sheet of its own."""
    if isinstance(block, Items):
        return [*block.texts]
    if isinstance(block, Formula):
        return [block.latex]
    return [block.text] if isinstance(block, Line) else []
