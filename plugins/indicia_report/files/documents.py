"""Whole audits and differences of editions as documents: Markdown, HTML and LaTeX for readers, data for programs."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from indicia.audit import Audit
from indicia.documents.blocks import Line
from indicia.documents.latex import latex
from indicia.documents.markdown import markdown
from indicia.editions.sections import headline, sections_of
from indicia_report.files.annex import annex_of, title_of
from indicia_report.files.pages import document_page
from indicia_report.files.sarif import audit_in_sarif

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.editions.difference import EditionDifference
    from indicia.notes import Note
    from indicia.outputs import ExportOptions

_MOVERS = 50
"""The most units in the table of movers of a document; data have all tables in full."""


def document_file(exported: Audit | EditionDifference, options: ExportOptions) -> bytes:
    """Return an audit, or a difference with the rules that hold, as a file in the format of the options."""
    form, language = options.format, options.language
    rules = (options.details or {}).get("rules", ())
    is_audit = isinstance(exported, Audit)
    if form == "sarif" and isinstance(exported, Audit):
        return audit_in_sarif(exported).encode()
    if form == "json":
        data = _finite(exported.document) if isinstance(exported, Audit) else _data(exported, language, rules)
        text = json.dumps(data, ensure_ascii=False, indent=2 if is_audit else 1, allow_nan=False, default=str)
        return f"{text}\n".encode()
    if isinstance(exported, Audit):
        title, blocks = title_of(exported, language), annex_of(exported, language)
    else:
        title = exported.titled_for_readers(language)
        blocks = [Line(headline(exported, language)), *sections_of(exported, language, _MOVERS, rules)]
    if form == "html":  # the sentences of an annex are English
        return document_page(title, blocks, "en" if is_audit else language or "en").encode()
    return {"md": markdown, "latex": latex}[form](title, blocks).encode()


def _finite(value: object) -> object:
    """Return a value with null in place of NaN and infinite numbers, which JSON does not know."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _data(difference: EditionDifference, language: str | None, rules: Sequence[Note]) -> dict[str, Any]:
    names = difference.published_names(language)
    return {
        "format": "indicia-difference-1",
        "title": difference.titled_for_readers(language),
        "sentences": [finding.in_language(language, names) for finding in difference.findings],
        "rules": [sentence.in_language(language, names) for sentence in rules],
        "notes": [note.in_language(language, names) for note in difference.notes],
        **{name: difference.published(name).to_dicts() for name in difference.table_names},
        "manifest": difference.manifest,
    }
