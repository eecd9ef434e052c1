"""Workbooks, plain sheets, and how sheets are printed."""

from __future__ import annotations

import datetime as dt
import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from indicia.errors import require_optional
from indicia_workbook.text import word

if TYPE_CHECKING:
    import io


@cache
def plain_sheet() -> Any:
    """Return a class of sheets that writes formulas unchanged and remembers the widths of its columns.

    XlsxWriter searches each formula for 29 functions that have a prefix in newer versions of Excel. The workbook uses
    none of these functions, and the search takes nine tenths of the time to write a large workbook.
    """
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

    class PlainSheet(Worksheet):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.shown_widths: dict[int, float] = {}

        def set_column(self, first: int, last: int, width: float, *arguments: Any) -> Any:
            self.shown_widths |= dict.fromkeys(range(first, last + 1), width)
            return super().set_column(first, last, width, *arguments)

        def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
            return formula.removeprefix("{").removeprefix("=").removesuffix("}")

    return PlainSheet


_A4 = 9
_PORTRAIT, _LANDSCAPE = 105.0, 210.0
"""The widest sheets, in letters, that are still legible on one page in portrait and in landscape."""
_FOOTER = 255
"""The greatest number of letters of a footer."""


def set_up_page(
    sheet: Any, title: str, language: str, *, heading: int | None = None, repeated: int = 0, width: float | None = None
) -> None:
    """Set up a sheet for paper.

    A narrow sheet is in portrait and a wide one in landscape, each as wide as the page. A sheet that would be illegible
    takes several pages side by side, and each of them repeats the first columns.

    Parameters
    ----------
    sheet : Worksheet
        The sheet, with the widths of its columns.
    title : str
        The title in the footer.
    language : str
        The language of the footer.
    heading : int, optional
        The row of the headings, which each page repeats.
    repeated : int
        The number of columns that name a row.
    width : float, optional
        The width of the sheet in letters; by default the sum of its columns.
    """
    widths = sheet.shown_widths
    total = sum(widths.values()) if width is None else width
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    if total <= _PORTRAIT:
        sheet.set_portrait()
    else:
        sheet.set_landscape()
    names = sum(widths.get(at, 0.0) for at in range(repeated))
    pages = 1 if total <= _LANDSCAPE else math.ceil((total - names) / max(_LANDSCAPE - names, _LANDSCAPE / 3))
    sheet.fit_to_pages(pages, 0)
    if heading is not None:
        sheet.repeat_rows(heading)
    if pages > 1 and repeated:
        sheet.repeat_columns(0, repeated - 1)
    sheet.set_footer(_footer(title, language))


def _footer(title: str, language: str) -> str:
    """Return a footer: the title, the name of the sheet, and the page; `&` begins a code of a footer."""
    end = f"&C&8 &A&R&8 {word('page', language)}"
    escaped = ""
    for letter in " ".join(title.split()):
        letter_of_footer = "&&" if letter == "&" else letter
        if len(escaped) + len(letter_of_footer) + len(end) + len("&L&8 ") > _FOOTER:
            break
        escaped += letter_of_footer
    return f"&L&8 {escaped}{end}"


_LONGEST = 31
"""The longest name of a sheet in Excel."""


def sheet_name(book: Any, wanted: str) -> str:
    """Return a name that Excel accepts and no other sheet of a workbook has."""
    taken = {sheet.get_name().lower() for sheet in book.worksheets()}
    plain = re.sub(r"[\[\]:*?/\\']", " ", wanted)[:_LONGEST].strip() or "details"
    name, number = plain, 1
    while name.lower() in taken:
        number += 1
        name = f"{plain[: _LONGEST - len(str(number)) - 1]} {number}"
    return name


def new_book(content: io.BytesIO, title: str) -> Any:
    """Return a workbook, in which names that look like formulas or addresses stay texts.

    Raises
    ------
    MissingDependency
        Without xlsxwriter: pip install 'indicia[excel]'.
    """
    xlsxwriter = require_optional("xlsxwriter", "writing a workbook", "excel")
    plain = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(content, {"in_memory": True, **plain})
    book.set_properties({"title": title, "created": dt.datetime(2000, 1, 1)})
    return book
