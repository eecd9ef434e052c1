"""The changes since an earlier edition, on the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.answers.document import document_of
from indicia_report.method.blocks import markup_of
from indicia_report.method.page_section import PageSection

if TYPE_CHECKING:
    from indicia_report.method.page_section import Shown


@dataclass(frozen=True)
class Since(PageSection):
    """The changes since an earlier edition."""

    name = "since"
    order = 110
    heading = "since"

    def draw(self, shown: Shown) -> str | None:
        """Return the changes; None if the page has no earlier edition."""
        difference = shown.dossier.difference
        if difference is None:
            return None
        # the heading of the section stands for that of the answer
        documents = [document_of(difference, language)[1:] for language in shown.texts.languages]
        return markup_of(documents, shown.texts)
