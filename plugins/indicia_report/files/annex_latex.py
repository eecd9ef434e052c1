"""The annex of an audit in LaTeX."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING
from unicodedata import normalize

from indicia.data import PrintedTable, latex_document, latex_family, latex_text, table_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indicia.documents.annex_tables import AnnexTable
    from indicia_report.files.annex import Annex, Group

_ADDRESS = re.compile(r"https?://[\w./%#&=?~+:;,-]*[\w/]", re.ASCII)


def annex_in_latex(annex: Annex) -> str:
    r"""Return an annex as a file for `\input`, which also compiles by itself as a document."""
    family = latex_family(normalize("NFC", "".join(_texts(annex))))
    return latex_document(list(_Writer(family).lines(annex)), family)


def _texts(value: object) -> Iterator[str]:
    """Yield all texts of an annex."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


@dataclass(frozen=True)
class _Writer:
    family: str
    """The font of Chinese letters for pdflatex."""

    def lines(self, annex: Annex) -> Iterator[str]:
        """Yield the lines of the annex."""
        yield rf"\section*{{{self._text(annex.title)}}}"
        yield from self._list(annex.facts)
        yield r"\subsection*{Verdict}"
        yield rf"{self._text(annex.verdict)}\par\noindent\url{{{annex.caveat_url}}}"
        yield r"\subsection*{Findings by chapter}"
        yield from self._table(annex.summary)
        for chapter in annex.chapters:
            yield rf"\subsection*{{{self._text(chapter.heading)}}}"
            for group in chapter.groups:
                yield from self._group(group)
            yield from (rf"\par\noindent {self._text(line)}" for line in chapter.lines)
        for table in annex.tables:
            yield from self._table(table)
        yield r"\subsection*{Profile and thresholds}"
        yield from self._list(annex.profile)
        yield from self._table(annex.thresholds)
        if annex.waivers:
            yield r"\subsection*{Waivers}"
            yield from self._table(annex.waivers)
        yield r"\subsection*{Methods}"
        yield from self._list(annex.method)
        yield r"\subsection*{Sources of the checks}"
        yield from self._list(annex.sources)
        yield r"\subsection*{How to cite}"
        yield from self._list(annex.citations)

    def _group(self, group: Group) -> Iterator[str]:
        yield rf"\par\medskip\noindent\textbf{{{group.mark.capitalize()} {group.code}:}} {self._text(group.title)}"
        yield from self._list(group.lines)
        if group.remedy:
            yield rf"\noindent\textit{{What to do:}} {self._text(group.remedy)}."

    def _list(self, texts: Iterable[str]) -> Iterator[str]:
        yield r"\begin{itemize}\raggedright"
        yield from (rf"\item {self._linked(text)}" for text in texts)
        yield r"\end{itemize}"

    def _table(self, table: AnnexTable) -> list[str]:
        printed = PrintedTable(
            table.headings, table.rows, table.numbers, table.caption, notes=[table.note] if table.note else []
        )
        return table_lines(printed, self.family)

    def _linked(self, text: str) -> str:
        """Return a text in which addresses may be broken into lines."""
        pieces = _ADDRESS.split(text)
        addresses = [*(rf"\url{{{address}}}" for address in _ADDRESS.findall(text)), ""]
        return "".join(f"{self._text(piece)}{url}" for piece, url in zip(pieces, addresses, strict=True))

    def _text(self, text: str) -> str:
        return latex_text(text, self.family or "gbsn")
