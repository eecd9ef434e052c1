"""The workbook of the difference of two editions."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING

from indicia.errors import require_optional
from indicia_workbook.difference_sheets import add_difference_sheets
from indicia_workbook.styles import Styles

if TYPE_CHECKING:
    from indicia.editions.difference import EditionDifference


def difference_workbook(difference: EditionDifference, language: str | None = None) -> bytes:
    """Return a workbook with all tables of a difference.

    Raises
    ------
    MissingDependency
        Without xlsxwriter: pip install 'indicia[excel]'.
    """
    xlsxwriter = require_optional("xlsxwriter", "writing a workbook", "excel")
    content = io.BytesIO()
    # names that look like formulas or addresses stay texts
    plain = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(content, {"in_memory": True, **plain})
    book.set_properties({"title": difference.titled(language, published=True), "created": datetime(2000, 1, 1)})
    add_difference_sheets(book, Styles(book), difference, language)
    book.close()
    return content.getvalue()
