"""A page that links reports."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from indicia.outputs import Exported, Exporter, ExportOptions, Files
from indicia.result.report_files import ReportFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Gallery(Exporter[list[ReportFile]]):
    """Write a page that links reports, without a script."""

    name = "gallery"
    exports: ClassVar[tuple[Exported, ...]] = ("reports",)
    formats: ClassVar[Mapping[str, tuple[str, ...]]] = {"gallery": (".html", ".htm")}

    def write(self, exported: list[ReportFile], options: ExportOptions) -> Files:
        details = options.details or {}
        return {"": gallery(exported, Path(details["folder"]), Path(details["page"]), options.language or "en")}


def gallery(reports: Sequence[ReportFile], folder: Path, page: Path, language: str) -> bytes:
    """Return the page; reports stand in the order of their titles, the latest edition first.

    Parameters
    ----------
    reports
        The reports.
    folder
        The folder that their paths begin from.
    page
        The path of the page, from which links begin.
    language
        The language of the page, and of texts in several languages.
    """
    from indicia.notes import Note
    from indicia_report.markup import escape, paragraph
    from indicia_report.units.document import document

    def say(kind: str, **slots: Any) -> str:
        return Note(kind, **slots).in_language(language, {})

    # the point keeps a name with a colon from being read as the scheme of an address
    base = f"./{Path(os.path.relpath(folder, page.parent)).as_posix()}".removesuffix("/.")
    latest_first = sorted(reports, key=lambda report: (report.date or "", str(report.edition or "")), reverse=True)
    cards = [
        _card(report, base, language) for report in sorted(latest_first, key=lambda report: report.title.casefold())
    ]
    title = say("gallery_title")
    count = paragraph(escape(say("gallery_says", number=f"{len(reports):,}")), "sub")
    body = f'<header><h1>{escape(title)}</h1>{count}</header><main><ul class="cards">{"".join(cards)}</ul></main>'
    return document(title, language, body)


def _card(report: ReportFile, base: str, language: str) -> str:
    from indicia.definition import text
    from indicia.notes import Count, Names
    from indicia_report.markup import Texts, escape, paragraph

    texts = Texts((language,))
    edition = text(report.edition, language)
    parts = [text(report.publisher, language)]
    parts += [texts.get("edition_of", edition=edition)[language] if edition else "", report.date or ""]
    sizes = [Count(report.units, "unit")] if report.units else []
    sizes += [Count(report.indicators, "indicator")] if report.indicators else []
    size = Names(tuple(sizes)).in_language(language, {})
    lines = [" · ".join(part for part in parts if part), size, f"Indicia {report.version}" if report.version else ""]
    summary = paragraph(escape(report.summary)) if report.summary else ""
    address = escape(quote(f"{base}/{report.path}"))
    shown = "".join(paragraph(escape(line), "sub") for line in lines if line)
    return f'<li><h2><a href="{address}"><bdi>{escape(report.title)}</bdi></a></h2>{summary}{shown}</li>'
