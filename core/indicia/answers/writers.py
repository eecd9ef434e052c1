"""The formats of an answer: those of Indicia, and those of plugins."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from indicia.answers.document import document_of
from indicia.catalogue import hookimpl
from indicia.catalogue.hookspecs import WRITERS
from indicia.catalogue.offers import Offer
from indicia.documents.html import html
from indicia.documents.latex import latex
from indicia.documents.markdown import markdown
from indicia.errors import IndiciaError, MethodFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from indicia.analyses import Analysis, Table
    from indicia.answers.answer import Answer
    from indicia.catalogue import Catalogue
    from indicia.documents.blocks import Block

    Writer: TypeAlias = Callable[..., str | bytes]


def content(answer: Answer[Any], language: str | None = None) -> dict[str, Any]:
    """Return an answer as data: sentences, and all rows of `tables_of`, with the meanings of the columns."""
    tables = {
        table.name: {
            "caption": table.caption,
            "order": table.order,
            "columns": [
                {"name": name, "kind": column.kind.value, "meaning": column.meaning}
                for name, column in answer.columns(table).items()
                if column is not None and name in frame.columns
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
    """Return the tables of data on an answer: those of its files, or all tables of an analysis that is `whole`."""
    return list(answer.frames) if answer.analysis.whole else answer.file_tables


def _document(write: Callable[[str, Iterable[Block]], str]) -> Writer:
    """Return the writer of answers of a writer of documents."""
    return lambda answer, language=None: write(answer.titled(language, published=True), document_of(answer, language))


md: Writer = _document(markdown)
tex: Writer = _document(latex)


def page(answer: Answer[Any], language: str | None = None) -> str:
    """Return an answer as a page."""
    return html(answer.titled(language, published=True), document_of(answer, language), language)


@hookimpl
def indicia_writers() -> dict[str, Writer]:
    """Offer the formats of Indicia."""
    return {"md": md, "html": page, "latex": tex, "json": data}


def writers(catalogue: Catalogue, analysis: type[Analysis]) -> dict[str, Offer]:
    """Return the writers of the answers of an analysis, by the words of `--format`."""
    own = {form: Offer(WRITERS.name, form, place, analysis.__module__) for form, place in analysis.formats.items()}
    return {**catalogue.offered(WRITERS), **own}


def written(answer: Answer[Any], form: str, language: str | None = None) -> bytes:
    """Return an answer as a document in a format, such as "md", "html", "latex" or "json".

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

    Raises
    ------
    MethodFailure
        If the writer of a plugin fails.
    """
    writer = writers(answer.catalogue, type(answer.analysis))[form]
    try:
        content: str | bytes = writer.load()(answer, language)
    except IndiciaError:
        raise
    except Exception as error:
        raise MethodFailure(f"plugin {writer.plugin}: writer {form} failed: {type(error).__name__}: {error}") from error
    return content.encode() if isinstance(content, str) else content
