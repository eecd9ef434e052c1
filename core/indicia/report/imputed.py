"""The mark of imputed values, and the line that explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.notes import MARK
from indicia.report.markup import paragraph

if TYPE_CHECKING:
    from indicia.report.markup import Voice
    from indicia.report.subject import Subject


def marked(figure: str, imputed: bool) -> str:
    """Put the mark behind a figure that is imputed or computed from imputed values.

    >>> marked("64.20", True), marked("38.13", False)
    ('64.20*', '38.13')
    """
    return figure + MARK if imputed else figure


def legend(subject: Subject, voice: Voice, *, shares: bool = False) -> str:
    """Return the paragraph that explains the mark, and the column of shares, where the index has imputed values."""
    if not subject.imputed.any() and not subject.imputed_scores.any():
        return ""
    says = [voice.said("imputed_says", mark=MARK), *([voice.said("share_says")] if shares else [])]
    return paragraph(voice.show(voice.listed(says, "space")), "note")
