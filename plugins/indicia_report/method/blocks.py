"""The writer of documents for a section of the page: equal blocks of each language become one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indicia.documents.blocks import Formula, Heading, Items, TextTable
from indicia_report.markup import Html, paragraph, row, table
from indicia_report.mathml import mathml, scrolls

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia.documents.blocks import Block
    from indicia_report.markup import Texts


def markup_of(documents: Sequence[Sequence[Block]], texts: Texts, heading: str = "h3") -> str:
    """Return the markup of a document, which is given in each language of the page."""
    return "".join(_markup(blocks, texts, heading) for blocks in zip(*documents, strict=True))


def _markup(blocks: Sequence[Any], texts: Texts, heading: str) -> str:
    def spoken(words: Iterable[str]) -> Html:
        return texts.show(dict(zip(texts.languages, words, strict=True)))

    def each(listed: Iterable[Sequence[str]]) -> list[Html]:
        return list(map(spoken, zip(*listed, strict=True)))

    first = blocks[0]
    if isinstance(first, Formula):
        return f"<p{scrolls(first.latex)}>{mathml(first.latex)}</p>"
    if isinstance(first, Items):
        return f"<ul>{''.join(f'<li>{text}' for text in each(block.texts for block in blocks))}</ul>"
    if not isinstance(first, TextTable):
        text = spoken(block.text for block in blocks)
        return f"<{heading}>{text}</{heading}>" if isinstance(first, Heading) else paragraph(text)
    written = table(
        first.label.replace(":", "-"),
        each(block.headings for block in blocks),
        [row(each(cells), head=0) for cells in zip(*(block.rows for block in blocks), strict=True)],
        caption=spoken(block.caption for block in blocks),
        numbers=[at for at, number in enumerate(first.numbers, 1) if number],
        search=False,
    )
    return written + "".join(paragraph(note, "note") for note in each(block.notes for block in blocks))
