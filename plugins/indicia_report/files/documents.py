"""Whole audits as documents: Markdown, HTML and LaTeX for readers, data for programs."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from indicia.documents.latex import latex
from indicia.documents.markdown import markdown
from indicia_report.files.annex import annex_of, title_of
from indicia_report.files.pages import document_page
from indicia_report.files.sarif import audit_in_sarif

if TYPE_CHECKING:
    from indicia.audit import Audit
    from indicia.outputs import ExportOptions


def document_file(audit: Audit, options: ExportOptions) -> bytes:
    """Return an audit as a file in the format of the options."""
    form, language = options.format, options.language
    if form == "sarif":
        return audit_in_sarif(audit).encode()
    if form == "json":
        text = json.dumps(_finite(audit.document), ensure_ascii=False, indent=2, allow_nan=False, default=str)
        return f"{text}\n".encode()
    title, blocks = title_of(audit, language), annex_of(audit, language)
    if form == "html":  # the sentences of an annex are English
        return document_page(title, blocks, "en").encode()
    return {"md": markdown, "latex": latex}[form](title, blocks).encode()


def _finite(value: object) -> object:
    """Return a value with null in place of NaN and infinite numbers, which JSON does not know."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
