"""The mark of imputed values."""

from __future__ import annotations

from indicia.notes import MARK


def with_mark(figure: str, imputed: bool) -> str:
    """Append the mark to a figure that is imputed or computed from imputed values.

    >>> with_mark("64.20", True), with_mark("38.13", False)
    ('64.20*', '38.13')
    """
    return figure + MARK if imputed else figure
