"""The changes since an earlier edition, on the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.editions.sections import headline, sections_of
from indicia_report.markup import paragraph
from indicia_report.method.blocks import markup_of
from indicia_report.method.page_section import PageSection

if TYPE_CHECKING:
    from indicia.editions.difference import EditionDifference
    from indicia_report.markup import Texts
    from indicia_report.method.page_section import Shown

_MOVERS = 25


@dataclass(frozen=True)
class Since(PageSection):
    """The changes since an earlier edition."""

    name = "since"
    order = 110
    heading = "since"

    def draw(self, shown: Shown) -> str | None:
        """Return the changes; None if the page has no earlier edition."""
        difference = shown.dossier.difference
        return None if difference is None else since(difference, shown.texts)


def since(difference: EditionDifference, texts: Texts) -> str:
    """Return the largest moves with their causes, and the changes of methodology and data."""
    first = {language: headline(difference, language) for language in texts.languages}
    sections = [sections_of(difference, language, _MOVERS) for language in texts.languages]
    return paragraph(texts.show(first)) + markup_of(sections, texts)
