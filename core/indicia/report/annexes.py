"""The files that hold a whole audit: annexes for readers, and data for programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from indicia.audit.annex_formats import ANNEX_FORMATS, annex_format
from indicia.data import write
from indicia.errors import OutputError

if TYPE_CHECKING:
    from indicia.audit import Audit
    from indicia.audit.annex_formats import AnnexFormat


def annex(audit: Audit, form: AnnexFormat, language: str | None = None) -> str:
    """Return a whole audit in a format; the index and the units have their names in a language."""
    # each format is imported when it is written, so that a command starts without the others
    if form == "json":
        from indicia.export.audit_json import audit_in_json

        return audit_in_json(audit)
    if form == "sarif":
        from indicia.export.sarif import audit_in_sarif

        return audit_in_sarif(audit)
    from indicia.export.annex import annex_of

    content = annex_of(audit, language)
    if form == "md":
        from indicia.export.annex_markdown import annex_in_markdown

        return annex_in_markdown(content)
    if form == "latex":
        from indicia.export.annex_latex import annex_in_latex

        return annex_in_latex(content)
    from indicia.report.audit_page import annex_page

    return annex_page(content)


def write_annex(audit: Audit, path: str | Path, language: str | None = None) -> None:
    """Write a whole audit to a file; its ending determines the format.

    Raises
    ------
    OutputError
        If the ending is not that of an annex, or the file cannot be written.
    """
    path = Path(path)
    written = annex_format(path)
    for form in ANNEX_FORMATS:
        if form == written:
            write(annex(audit, form, language).encode(), path)
            return
    raise OutputError(
        f"a whole audit cannot be written as {written}", remedy=".md, .tex, .html, .json or .sarif holds a whole audit"
    )
