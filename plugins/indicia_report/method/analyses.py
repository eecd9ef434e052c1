"""The answers of the analyses that the index file states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.answers.document import Formula, Heading, Line, document_of
from indicia.data import PrintedTable
from indicia.errors import IndiciaError
from indicia_report.markup import Html, paragraph, row, table
from indicia_report.mathml import mathml, scrolls
from indicia_report.method.page_section import PageSection, failed

if TYPE_CHECKING:
    from indicia.answers.answer import Answer
    from indicia.answers.document import Block
    from indicia_report.markup import Texts
    from indicia_report.method.page_section import Shown


@dataclass(frozen=True)
class Analyses(PageSection):
    """The questions, sentences, formulas and tables of the analyses of `[analyses]`."""

    name = "stated_analyses"
    order = 125
    heading = "method.analyses"

    def draw(self, shown: Shown) -> str | None:
        """Return the answers; None if the index file states no analysis."""
        return "".join(
            failed(answer, shown.texts) if isinstance(answer, IndiciaError) else _answer(answer, shown.texts)
            for answer in shown.dossier.answers
        )


def _answer(answer: Answer[Any], texts: Texts) -> str:
    """Return an answer in all languages of the page: equal blocks of each language become one."""
    blocks = zip(*(document_of(answer, language) for language in texts.languages), strict=True)
    return "".join(_block(dict(zip(texts.languages, block, strict=True)), texts) for block in blocks)


def _block(by_language: dict[str, Block], texts: Texts) -> str:
    first = next(iter(by_language.values()))
    if isinstance(first, PrintedTable):
        return _table(by_language, texts)
    if isinstance(first, Formula):
        return f"<p{scrolls(first.latex)}>{mathml(first.latex)}</p>"
    spoken = texts.show({word: block.text for word, block in by_language.items() if isinstance(block, Heading | Line)})
    return f"<h4>{spoken}</h4>" if isinstance(first, Heading) else paragraph(spoken)


def _table(by_language: dict[str, Any], texts: Texts) -> str:
    """Return a table whose texts are in all languages of the page."""

    def spoken(read: Any) -> Html:
        return texts.show({language: read(printed) for language, printed in by_language.items()})

    first: PrintedTable = next(iter(by_language.values()))
    columns = range(len(first.headings))
    rows = [
        row([spoken(lambda printed, i=i, j=j: printed.rows[i][j]) for j in columns]) for i in range(len(first.rows))
    ]
    headings = [spoken(lambda printed, j=j: printed.headings[j]) for j in columns]
    numbers = [at for at, number in enumerate(first.numbers, 1) if number]
    more = paragraph(spoken(lambda printed: printed.notes[0]), "note") if first.notes else ""
    shown = table(
        first.label.replace(":", "-"),
        headings,
        rows,
        caption=spoken(lambda printed: printed.caption),
        numbers=numbers,
        search=False,
    )
    return f"{shown}{more}"
