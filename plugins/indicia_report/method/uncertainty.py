"""The section on the intervals of ranks: their draws, and what these leave out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.errors import IndiciaError
from indicia_report.intervals import varied
from indicia_report.markup import paragraph
from indicia_report.method.page_section import PageSection, failed

if TYPE_CHECKING:
    from indicia_report.method.page_section import Shown


@dataclass(frozen=True)
class Uncertainty(PageSection):
    """The draws behind the intervals of ranks, whose figures stand in the ranking."""

    name = "uncertainty"
    order = 80
    heading = "intervals"

    def draw(self, shown: Shown) -> str | None:
        """Return the sentences on the draws; None if nothing was drawn."""
        robust, texts = shown.dossier.robust, shown.texts
        if robust is None:
            return None
        if isinstance(robust, IndiciaError):
            return failed(robust, texts)
        says = texts.html("method.draws_say", draws=f"{robust.draws:,}", seed=robust.seed, varied=varied(robust, texts))
        return paragraph(says) + "".join(paragraph(shown.view.note_html(note, texts), "note") for note in robust.notes)
