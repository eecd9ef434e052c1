"""The publication of the index: who publishes it, when, under which licence, and how to cite it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia_report.method.page_section import PageSection
from indicia_report.publication import facts_of_publication

if TYPE_CHECKING:
    from indicia_report.method.page_section import Shown


@dataclass(frozen=True)
class AboutPublication(PageSection):
    """Publisher, authors, edition, date, licence, contact, citation and addresses."""

    name = "publication"
    order = 170
    heading = "method.publication"

    def draw(self, shown: Shown) -> str | None:
        """Return the facts of `[publication]`; None if the index file states none."""
        facts = facts_of_publication(shown.view, shown.texts)
        entries = "".join(f"<dt>{name}</dt><dd>{fact}</dd>" for name, fact in facts)
        return f'<dl class="facts">{entries}</dl>' if entries else None
