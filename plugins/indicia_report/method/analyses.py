"""The answers of the analyses that the index file states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.answers.document import document_of
from indicia.errors import IndiciaError
from indicia_report.method.blocks import markup_of
from indicia_report.method.page_section import PageSection, failed

if TYPE_CHECKING:
    from indicia_report.method.page_section import Shown


@dataclass(frozen=True)
class Analyses(PageSection):
    """The questions, sentences, formulas and tables of the analyses of `[analyses]`."""

    name = "stated_analyses"
    order = 125
    heading = "method.analyses"

    def draw(self, shown: Shown) -> str | None:
        """Return the answers; None if the index file states no analysis."""
        return "".join(
            failed(answer, shown.texts)
            if isinstance(answer, IndiciaError)
            else markup_of([document_of(answer, word) for word in shown.texts.languages], shown.texts, "h4")
            for answer in shown.dossier.answers
        )
