"""The sources of the site: all pages, written to a folder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from indicia_site.api_pages import api_pages
from indicia_site.command_pages import command_pages
from indicia_site.hook_pages import hook_pages
from indicia_site.live_reports import live_reports
from indicia_site.method_pages import method_pages
from indicia_site.navigation import PARTS, toctrees
from indicia_site.repository_pages import RepositoryPages

if TYPE_CHECKING:
    from pathlib import Path

    from indicia_site.method_pages import Picture
    from indicia_site.page import Page

_REFERENCE = """\
## Reference

| page | what it has |
|---|---|
| [The methods](methods.md) | formula, parameters, properties, source and a picture of each |
| [The command line](commands/index.md) | every command and option |
| [The library](api/index.md) | every public name |
| [The hooks](hooks/index.md) | of plugins, each with a complete example |
| [The checks](checks.md) | thresholds, sources and remedies |
| [Decisions](decisions/index.md) | the reasons for the design |
"""
_ORPHAN = "---\norphan: true\n---\n\n"
_FILE = "---\norphan: true\nnosearch: true\n---\n\n"
"""The marks of a page that shows a file: the search leaves it out, so that pages that explain come first."""


def site_pages(picture: Picture | None = None, reports: Path | None = None) -> dict[str, Page]:
    """Return all pages of the site by path; generated pages replace those of the repository at the same place.

    Parameters
    ----------
    picture
        Draws what a method does; without it, the pages of methods have no pictures.
    reports
        A folder of reports, which the page of the gallery links.
    """
    pages = {page.path: page for page in RepositoryPages().collect()}
    gallery = pages["gallery.md"]
    pages["gallery.md"] = replace(gallery, text="\n".join([gallery.text, *live_reports(reports)]))
    generated = [*method_pages(picture), *command_pages(), *hook_pages(pages), *api_pages()]
    return pages | {page.path: page for page in generated}


def write_sources(pages: dict[str, Page], folder: Path) -> None:
    """Write the pages; those that the side bar does not list are marked, as Sphinx warns of them otherwise."""
    listed = {document for part in PARTS.values() for document in part} | {"index"}
    for page in pages.values():
        text = page.text
        if page.document == "index":
            text += f"\n{_REFERENCE}\n{toctrees()}"
        elif page.document not in listed and not _is_within(page, pages):
            text = (_FILE if page.path.startswith("files/") else _ORPHAN) + text
        for path, content in ((page.path, text.encode()), *page.assets):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _is_within(page: Page, pages: dict[str, Page]) -> bool:
    """Return True if the page of its folder lists a page in the side bar."""
    part = pages.get(f"{page.path.rpartition('/')[0]}/index.md")
    return part is not None and part.is_listed
