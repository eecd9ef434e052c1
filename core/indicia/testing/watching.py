"""The limits of a run under test, and its figures before the engine rounds them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from indicia.errors import IndiciaWarning, MethodWarning

if TYPE_CHECKING:
    from indicia.result import Result


def prepared_values(result: Result, name: str) -> list[float | None]:
    """Return the prepared values of an indicator before the engine removes rounding noise."""
    values: list[float | None] = result.prepared[name].to_list()
    for change in result.scored.changes:
        if change.stage == "noise" and name in change.after.columns:
            cells = zip(change.before[name], change.after[name], values, strict=True)
            values = [before if value == after else value for before, after, value in cells]
    return values


_ABOUT_LIBRARIES = (
    *(DeprecationWarning, PendingDeprecationWarning, FutureWarning),
    *(SyntaxWarning, ImportWarning, ResourceWarning),
)
"""Warnings about the code of a library that a method uses, which do not concern its figures."""


def raise_warnings() -> None:
    """Turn warnings of a method into errors; ignore those about libraries, other plugins or the methodology."""
    warnings.simplefilter("error")
    for category in (*_ABOUT_LIBRARIES, IndiciaWarning):
        warnings.simplefilter("ignore", category)
    warnings.simplefilter("error", MethodWarning)
