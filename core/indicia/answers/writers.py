"""The formats of an answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from indicia.analyses import Table
from indicia.answers.document import document_of
from indicia.documents.html import html
from indicia.documents.latex import latex
from indicia.documents.markdown import markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from indicia.answers.answer import Answer
    from indicia.documents.blocks import Block


def content(answer: Answer[Any], language: str | None = None) -> dict[str, Any]:
    """Return an answer as data: sentences, and all rows of `tables_of`, with the meanings of the columns."""
    tables = {
        table.name: {
            "caption": table.caption,
            "order": table.order,
            "columns": [
                {"name": name, "kind": table.columns[name].kind.value, "meaning": table.columns[name].meaning}
                for name in frame.columns
            ],
            "rows": frame.to_dicts(),
        }
        for table, frame in ((table, answer.published(table)) for table in tables_of(answer))
    }
    return {"sentences": answer.sentences(language, published=True), "tables": tables}


def data(answer: Answer[Any], language: str | None = None) -> str:
    """Return an answer as JSON, with its manifest."""
    whole = {**content(answer, language), "manifest": answer.manifest}
    return json.dumps(whole, ensure_ascii=False, indent=1, default=str, allow_nan=False) + "\n"


def tables_of(answer: Answer[Any]) -> list[Table]:
    """Return the tables of data on an answer: those of its document, or all tables of an analysis that is `whole`."""
    if answer.analysis.whole:
        return list(answer.frames)
    return [block for block in answer.document() if isinstance(block, Table)]


DOCUMENTS: dict[str, Callable[[str, Iterable[Block]], str]] = {"md": markdown, "html": html, "latex": latex}
"""The writers of documents, by the words of `--format`."""


def written(answer: Answer[Any], form: str, language: str | None = None) -> bytes:
    """Return an answer as a document in a format, "md", "html", "latex" or "json".

    Parameters
    ----------
    answer : Answer
        The answer.
    form : str
        The format.
    language : str, optional
        The language, such as "zh"; by default English.

    Returns
    -------
    bytes
        The content of a file.
    """
    if form == "json":
        return data(answer, language).encode()
    return DOCUMENTS[form](answer.titled(language, published=True), document_of(answer, language)).encode()
