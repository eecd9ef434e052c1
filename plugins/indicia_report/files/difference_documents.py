"""The difference of two editions as one document: Markdown, HTML, LaTeX, a workbook, or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from indicia.documents.blocks import Line
from indicia.documents.latex import latex
from indicia.documents.markdown import markdown
from indicia.editions.sections import headline, sections_of
from indicia_report.files.pages import document_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.editions.difference import EditionDifference
    from indicia.notes import Note

Form = Literal["md", "html", "latex", "json"]
_MOVERS = 50
"""The most units in the table of movers of a document."""


def difference_in(
    difference: EditionDifference, form: Form, language: str | None = None, rules: Sequence[Note] = ()
) -> bytes:
    """Return a difference as a whole document.

    Parameters
    ----------
    difference : EditionDifference
        The difference of two editions.
    form : "md", "html", "latex" or "json"
        Texts have the largest moves; JSON has all tables in full.
    language : str, optional
        The language of sentences and names.
    rules : sequence of Note
        The sentences of rules that hold.
    """
    if form == "json":
        return _json(difference, language, rules)
    title, first = difference.titled_for_readers(language), headline(difference, language)
    blocks = [Line(first), *sections_of(difference, language, _MOVERS, rules)]
    if form == "html":
        return document_page(title, blocks, language or "en").encode()
    return {"md": markdown, "latex": latex}[form](title, blocks).encode()


def _json(difference: EditionDifference, language: str | None, rules: Sequence[Note]) -> bytes:
    names = difference.published_names(language)
    document: dict[str, Any] = {
        "format": "indicia-difference-1",
        "title": difference.titled_for_readers(language),
        "sentences": [finding.in_language(language, names) for finding in difference.findings],
        "rules": [sentence.in_language(language, names) for sentence in rules],
        "notes": [note.in_language(language, names) for note in difference.notes],
        **{name: difference.published(name).to_dicts() for name in difference.table_names},
        "manifest": difference.manifest,
    }
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False, default=str) + "\n").encode()
