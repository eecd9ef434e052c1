"""The files that hold a whole audit: annexes for readers, and data for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indicia.audit import Audit
    from indicia.audit.annex_formats import AnnexFormat


def annex(audit: Audit, form: AnnexFormat, language: str | None = None) -> str:
    """Return a whole audit in a format; the index and the units have their names in a language."""
    # each format is imported when it is written, so that a command starts without the others
    if form == "json":
        from indicia_report.files.audit_json import audit_in_json

        return audit_in_json(audit)
    if form == "sarif":
        from indicia_report.files.sarif import audit_in_sarif

        return audit_in_sarif(audit)
    from indicia.documents.latex import latex
    from indicia.documents.markdown import markdown
    from indicia_report.files.annex import annex_of, title_of
    from indicia_report.files.pages import document_page

    write = {"md": markdown, "latex": latex}.get(form, document_page)
    return write(title_of(audit, language), annex_of(audit, language))
