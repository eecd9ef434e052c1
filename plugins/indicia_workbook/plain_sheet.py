"""The class of the sheets of a workbook."""

from __future__ import annotations

from functools import cache
from typing import Any


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
