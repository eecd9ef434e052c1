"""The mark of imputed values, and the line that explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.notes import MARK
from indicia_report.markup import paragraph

if TYPE_CHECKING:
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView


def with_mark(figure: str, imputed: bool) -> str:
    """Append the mark to a figure that is imputed or computed from imputed values.

    >>> with_mark("64.20", True), with_mark("38.13", False)
    ('64.20*', '38.13')
    """
    return figure + MARK if imputed else figure


def legend(view: PeriodView, texts: Texts, *, shares: bool = False) -> str:
    """Explain the mark, and with `shares` the column of shares; empty if the index has no imputed values."""
    if not view.imputed.any() and not view.imputed_scores.any():
        return ""
    sentences = [texts.get("imputed_says", mark=MARK), *([texts.get("share_says")] if shares else [])]
    return paragraph(texts.show(texts.join(sentences, "space")), "note")
