"""The sources of the data, and the works behind the methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia_report.method.page_section import PageSection
from indicia_report.publication import references

if TYPE_CHECKING:
    from indicia_report.method.page_section import Shown


@dataclass(frozen=True)
class Sources(PageSection):
    """The sources of the data and the references of the methods."""

    name = "sources"
    order = 160
    heading = "method.sources"

    def draw(self, shown: Shown) -> str | None:
        """Return both lists; None if nothing is cited."""
        return references(shown.view, shown.texts) or None
