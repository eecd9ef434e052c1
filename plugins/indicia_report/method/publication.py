"""The publication of the index and the sources of its data: publisher, date, licence, and how to cite it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia_report.method.page_section import PageSection
from indicia_report.publication import facts_of_publication, references

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


@dataclass(frozen=True)
class Sources(PageSection):
    """The sources of the data and the references of the methods."""

    name = "sources"
    order = 160
    heading = "method.sources"

    def draw(self, shown: Shown) -> str | None:
        """Return both lists; None if nothing is cited."""
        return references(shown.view, shown.texts) or None
