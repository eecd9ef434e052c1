"""The changes since an earlier edition, on the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.documents.difference_sections import headline, sections_of
from indicia_report.markup import paragraph, row, table
from indicia_report.method.page_section import PageSection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.documents.difference_sections import DifferenceSection
    from indicia.editions.difference import EditionDifference
    from indicia_report.markup import Texts
    from indicia_report.method.page_section import Shown

_MOVERS = 25


@dataclass(frozen=True)
class Since(PageSection):
    """The changes since an earlier edition."""

    name = "since"
    order = 110
    heading = "since"

    def draw(self, shown: Shown) -> str | None:
        """Return the changes; None if the page has no earlier edition."""
        difference = shown.dossier.difference
        return None if difference is None else since(difference, shown.texts)


def since(difference: EditionDifference, texts: Texts) -> str:
    """Return the largest moves with their causes, and the changes of methodology and data."""
    first = {language: headline(difference, language) for language in texts.languages}
    parts = {language: sections_of(difference, language, _MOVERS) for language in texts.languages}
    by_language = [dict(zip(parts, sections, strict=True)) for sections in zip(*parts.values(), strict=True)]
    content = [markup for part in by_language for markup in _part(part, texts)]
    return "".join([paragraph(texts.show(first)), *content])


def _part(by_language: Mapping[str, DifferenceSection], texts: Texts) -> Iterator[str]:
    """Yield the markup of a part: heading, sentences, table."""
    first = by_language[texts.languages[0]]

    yield f"<h3>{texts.show({language: part.heading for language, part in by_language.items()})}</h3>"
    lines = zip(*(part.lines for part in by_language.values()), strict=True)
    items = [texts.show(dict(zip(by_language, sentences, strict=True))) for sentences in lines]
    if items:
        yield f"<ul>{''.join(f'<li>{item}' for item in items)}</ul>"
    if first.table is None:
        return
    tables = {language: part.table for language, part in by_language.items() if part.table is not None}
    words_of_columns = zip(*(printed.headings for printed in tables.values()), strict=True)
    headings = [texts.show(dict(zip(tables, words, strict=True))) for words in words_of_columns]
    rows = []
    for cells_by_language in zip(*(printed.rows for printed in tables.values()), strict=True):
        cells = [texts.show(dict(zip(tables, cells, strict=True))) for cells in zip(*cells_by_language, strict=True)]
        rows.append(row(cells, head=0))
    caption = texts.show({language: printed.caption for language, printed in tables.items()})
    numbers = [at for at, is_number in enumerate(first.table.numbers, 1) if is_number]
    yield table(f"t-{first.table.name}", headings, rows, caption=caption, numbers=numbers, search=False)
    if first.table.note:
        yield paragraph(texts.show({language: printed.note for language, printed in tables.items()}), "note")
