"""A page of the site, and the places of the repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
"""The folder of the repository."""
DOCS = ROOT / "docs"


@dataclass(frozen=True)
class Page:
    """A page in Markdown."""

    path: str
    """The path in the sources of the site: methods/aggregation/topsis.md."""
    text: str
    entries: tuple[str, ...] = ()
    """The names that the page documents: methods, options, attributes, hooks."""
    is_listed: bool = False
    """True if the side bar lists the page; other pages are reached from the page of their part."""
    assets: tuple[tuple[str, bytes], ...] = ()
    """Files beside the page, by their path in the sources."""

    @property
    def document(self) -> str:
        """The path without its ending, as tables of contents list it."""
        return self.path.removesuffix(".md")


def cell(text: str) -> str:
    """Return a text that fits in a cell of a table in Markdown.

    >>> cell("a | b\\nc")
    'a \\\\| b c'
    """
    return " ".join(text.split()).replace("|", "\\|")
