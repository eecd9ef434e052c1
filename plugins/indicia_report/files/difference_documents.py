"""The difference of two editions as one document: Markdown, HTML, LaTeX, a workbook, or JSON."""

from __future__ import annotations

import json
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import normalize

from indicia.data import PrintedTable, latex_document, latex_family, latex_text, table_lines
from indicia.documents.difference_sections import headline, sections_of
from indicia_report.files.annex_markdown import escape_markdown, markdown_table
from indicia_report.files.audit_page import html_list, html_table
from indicia_report.markup import escape, paragraph, section

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.documents.difference_sections import DifferenceSection
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
    sections = sections_of(difference, language, _MOVERS, rules)
    if form == "md":
        return ("\n".join(_markdown(title, first, sections)) + "\n").encode()
    if form == "latex":
        return _latex(title, first, sections, language).encode()
    return _page(title, first, sections, language).encode()


def _markdown(title: str, first: str, sections: Sequence[DifferenceSection]) -> Iterator[str]:
    yield from (f"# {escape_markdown(title)}", "", escape_markdown(first))
    for part in sections:
        yield from ("", f"## {escape_markdown(part.heading)}", "")
        yield from (f"- {escape_markdown(line)}" for line in part.lines)
        if part.table is not None:
            yield from (*([""] if part.lines else []), *markdown_table(part.table))


def _latex(title: str, first: str, sections: Sequence[DifferenceSection], language: str | None) -> str:
    letters = [title, first]
    for part in sections:
        letters += [part.heading, *part.lines]
        if part.table is not None:
            letters += [part.table.caption, *part.table.headings, *(cell for row in part.table.rows for cell in row)]
    family = latex_family(normalize("NFC", "".join(letters)))
    font = family or "gbsn"
    lines = [rf"\section*{{{latex_text(title, font)}}}", latex_text(first, font)]
    for part in sections:
        lines.append(rf"\subsection*{{{latex_text(part.heading, font)}}}")
        if part.lines:
            items = (rf"\item {latex_text(line, font)}" for line in part.lines)
            lines += [r"\begin{itemize}\raggedright", *items, r"\end{itemize}"]
        if (table := part.table) is not None:
            notes = [table.note] if table.note else []
            code = "zh" if language == "zh" else "en"
            printed = PrintedTable(table.headings, table.rows, table.numbers, table.caption, notes=notes, language=code)
            lines += table_lines(printed, family)
    return latex_document(lines, family)


def _page(title: str, first: str, sections: Sequence[DifferenceSection], language: str | None) -> str:
    style = files("indicia_report.files").joinpath("documents.css").read_text(encoding="utf-8")
    widths = [len(part.table.numbers) for part in sections if part.table is not None]
    right = "".join(f".n{at}>*>tr>:nth-child({at}){{text-align:right}}" for at in range(1, max(widths, default=0) + 1))
    links = "".join(f'<a href="#{part.name}">{escape(part.heading)}</a>' for part in sections)
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{escape(language or "en")}"><head><meta charset="utf-8">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
            'img-src data:">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f'<meta name="generator" content="Indicia {version("indicia")}">',
            f'<link rel="icon" href="data:,"><title>{escape(title)}</title>',
            f"<style>{style}{right}</style></head><body>",
            f'<header><h1>{escape(title)}</h1><p class="sub">{escape(first)}</p></header>',
            f"<nav>{links}</nav><main>",
            *(section(part.name, escape(part.heading), *_content(part)) for part in sections),
            "</main></body></html>",
            "",
        ]
    )


def _content(part: DifferenceSection) -> Iterator[str]:
    if len(part.lines) == 1:
        yield paragraph(escape(part.lines[0]))
    elif part.lines:
        yield html_list(part.lines)
    if part.table is not None:
        yield html_table(part.table)


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
