"""Reports in a folder, with what their manifests state."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

from indicia.errors import DataError
from indicia.result.manifests import manifest_in

if TYPE_CHECKING:
    from pathlib import Path

_GENERATOR = '<meta name="generator" content="Indicia '
_HEAD = 4_000
"""The characters at the beginning of a page that name its generator."""
_GALLERY = '<ul class="cards">'
_DESCRIPTION = re.compile('<meta name="description" content="([^"]*)">')
_MODEL = re.compile('<script type="application/json" id="model">(.*?)</script>', re.DOTALL)
_LINKS_OF_UNITS = re.compile('<th scope=row><a href="')


@dataclass(frozen=True)
class ReportFile:
    """A report, by its manifest."""

    path: str
    """The path from the folder, with slashes."""
    title: str
    publisher: Any = None
    """The publisher, a text or a text by language; so the edition."""
    edition: Any = None
    date: str | None = None
    units: int | None = None
    """The number of units; None if the page does not state it."""
    indicators: int | None = None
    version: str | None = None
    """The version of Indicia that wrote the report."""
    summary: str | None = None
    """The first sentence of the report."""


def reports_in(folder: Path, *, without: Path | None = None) -> tuple[list[ReportFile], list[str]]:
    """Return the reports in a folder and the folders below it, and the paths of pages that Indicia did not write.

    Parameters
    ----------
    folder
        The folder. Pages of single units are neither, and the page that links them is a report.
    without
        A page that is left out, such as the gallery itself.

    Raises
    ------
    DataError
        If there is no such folder.
    """
    if not folder.is_dir():
        raise DataError(f'there is no folder "{folder}"', remedy="name the folder that holds the reports")
    reports, others = [], []
    for path in sorted(folder.rglob("*.html")):
        if not path.is_file() or (without is not None and path.resolve() == without.resolve()):
            continue
        name = path.relative_to(folder).as_posix()
        try:
            page = path.read_text(encoding="utf-8")
        except (OSError, ValueError):
            others.append(name)
            continue
        if _GENERATOR not in page[:_HEAD]:
            others.append(name)
        elif report := _report(page, name):
            reports.append(report)
    return reports, others


def is_gallery(path: Path) -> bool:
    """Return True if a file is a page that links reports."""
    try:
        page = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return _GENERATOR in page[:_HEAD] and _GALLERY in page


def _report(page: str, name: str) -> ReportFile | None:
    """Return the facts about a report; None for a page of Indicia without a manifest."""
    try:
        manifest = manifest_in(page)
    except (ValueError, RecursionError):
        return None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("index"), str):
        return None
    stated = manifest.get("publication")
    publication = stated if isinstance(stated, dict) else {}
    indicators, version, date = manifest.get("indicators"), manifest.get("indicia"), publication.get("date")
    description = _DESCRIPTION.search(page[:_HEAD])
    return ReportFile(
        path=name,
        title=manifest["index"],
        publisher=_text(publication.get("publisher")),
        edition=_text(publication.get("edition")),
        date=date if isinstance(date, str) else None,
        units=_units(page),
        indicators=len(indicators) if isinstance(indicators, dict) else None,
        version=version if isinstance(version, str) else None,
        summary=unescape(description[1]) if description and description[1] else None,
    )


def _units(page: str) -> int | None:
    """Return the number of units: those of the data of the page, or of the pages that it links."""
    if model := _MODEL.search(page):
        try:
            return len(json.loads(model[1])["unit"]["ids"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
    return len(_LINKS_OF_UNITS.findall(page)) or None


def _text(value: Any) -> Any:
    """Return a text, or a text by language; None for anything else."""
    if isinstance(value, dict):
        texts = {str(language): text for language, text in value.items() if isinstance(text, str)}
        return texts or None
    return value if isinstance(value, str) and value else None
