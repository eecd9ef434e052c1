"""The writers of documents: each writes all kinds of block in a format."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

from indicia.analyses import Formula, Heading, Table
from indicia.answers.document import Block, Line, document_of
from indicia.data import latex_document, latex_family, latex_text, table_lines
from indicia.errors import strip_controls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from indicia.answers.answer import Answer


def markdown(title: str, blocks: Iterable[Block]) -> str:
    """Return a document in Markdown."""

    def row(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cells)} |"

    def lines(block: Block) -> Iterator[str]:
        if isinstance(block, Heading):
            yield f"## {_plain(block.text)}"
        elif isinstance(block, Line):
            yield _plain(block.text)
        elif isinstance(block, Formula):
            yield f"$${block.latex}$$"
        else:
            yield from (f"**{_plain(block.caption)}**", "", row(map(_plain, block.headings)))
            yield row("--:" if number else ":--" for number in block.numbers)
            yield from (row(map(_plain, cells)) for cells in block.rows)
            for note in block.notes:
                yield from ("", _plain(note))

    return "\n\n".join([f"# {_plain(title)}", *("\n".join(lines(block)) for block in blocks)]) + "\n"


def markup(blocks: Iterable[Block]) -> str:
    """Return the blocks as elements of a page, without a document around them."""
    from latex2mathml.converter import convert

    def row(tag: str, cells: Sequence[str], numbers: Sequence[bool]) -> str:
        kinds = (' class="n"' if number else "" for number in numbers)
        scope = ' scope="col"' if tag == "th" else ""
        texts = (f"<{tag}{scope}{kind}>{_escaped(cell)}</{tag}>" for kind, cell in zip(kinds, cells, strict=True))
        return f"<tr>{''.join(texts)}</tr>"

    def element(block: Block) -> str:
        if isinstance(block, Heading):
            return f"<h2>{_escaped(block.text)}</h2>"
        if isinstance(block, Line):
            return f"<p>{_escaped(block.text)}</p>"
        if isinstance(block, Formula):
            return f"<p>{convert(block.latex)}</p>"
        body = "".join(row("td", cells, block.numbers) for cells in block.rows)
        head = row("th", block.headings, block.numbers)
        table = f"<table><caption>{_escaped(block.caption)}</caption><thead>{head}</thead><tbody>{body}</tbody></table>"
        return table + "".join(f"<p>{_escaped(note)}</p>" for note in block.notes)

    return "\n".join(map(element, blocks))


def page(title: str, blocks: Iterable[Block]) -> str:
    """Return a document as a page in HTML."""
    from indicia.data.write import TABLE_STYLE

    name = _escaped(title)
    head = f'<head><meta charset="utf-8"><title>{name}</title><style>{TABLE_STYLE}</style></head>'
    return f"<!doctype html>\n<html>{head}\n<body><h1>{name}</h1>\n{markup(blocks)}\n</body></html>\n"


def latex(title: str, blocks: Iterable[Block]) -> str:
    """Return a document in LaTeX, which can be read by a paper and compiles by itself."""
    blocks = list(blocks)
    family = latex_family(markdown(title, blocks))  # one font for the Chinese letters of all texts
    lines = [rf"\section*{{{latex_text(title, family or 'gbsn')}}}"]
    for block in blocks:
        if isinstance(block, Heading):
            lines.append(rf"\subsection*{{{latex_text(block.text, family or 'gbsn')}}}")
        elif isinstance(block, Line):
            lines += [latex_text(block.text, family or "gbsn"), ""]
        elif isinstance(block, Formula):
            lines.append(rf"\[{block.latex}\]")
        else:
            lines += table_lines(block, family)
    return latex_document(lines, family)


def data(answer: Answer[Any], language: str | None = None) -> str:
    """Return an answer as JSON: manifest, sentences, and all rows of `tables_of`, with their columns."""
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
    content = {"sentences": answer.sentences(language, published=True), "tables": tables, "manifest": answer.manifest}
    return json.dumps(content, ensure_ascii=False, indent=1, default=str, allow_nan=False) + "\n"


def tables_of(answer: Answer[Any]) -> list[Table]:
    """Return the tables of data on an answer: those of its document, or all tables of an analysis that is `whole`."""
    if answer.analysis.whole:
        return list(answer.frames)
    return [block for block in answer.document() if isinstance(block, Table)]


DOCUMENTS: dict[str, Callable[[str, Iterable[Block]], str]] = {"md": markdown, "html": page, "latex": latex}
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


def _plain(text: str) -> str:
    return re.sub(r"([\\|<*`\[])", r"\\\1", strip_controls(" ".join(text.splitlines())))


def _escaped(text: str) -> str:
    return html.escape(strip_controls(text))
