"""The writer of documents in HTML."""

from __future__ import annotations

import re
from html import escape as escape_html
from typing import TYPE_CHECKING

from indicia.documents.blocks import Formula, Heading, Items, Line, with_em_spaces
from indicia.errors import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia.documents.blocks import Block, TextTable

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em}"
    "h1{font-size:1.6em;line-height:1.25}"
    "h2{border-bottom:1px solid #8884;font-size:1.2em;margin:2em 0 .5em}"
    "ul{padding-left:1.2em}"
    "li{margin:.3em 0}"
    ".note{font-size:.9em;opacity:.75}"
    ".scroll{margin:1em 0;overflow-x:auto}"
    "table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums}"
    "caption{font-weight:600;padding:.5em 0;text-align:left}"
    "th,td{border-bottom:1px solid #8884;padding:.2em .8em;text-align:left;vertical-align:top}"
    ".n{text-align:right}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""A page needs no network and runs no script."""
_ADDRESS = re.compile(r"(https?://[^\s<>]*[\w/])")
_NO_CHARACTERS = dict.fromkeys((0xFFFE, 0xFFFF), "\N{REPLACEMENT CHARACTER}")


def xml_text(text: str) -> str:
    """Return a text in one line, without the characters that XML cannot hold."""
    return one_line(text).translate(_NO_CHARACTERS)


def escape(text: str) -> str:
    """Return a text as HTML, in one line."""
    return escape_html(xml_text(text))


def page(title: str, body: str, *, style: str = STYLE, language: str | None = None) -> str:
    """Return a page with a title and a style around elements."""
    tag = f'<html lang="{escape(language)}">' if language else "<html>"
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    head = f'<head><meta charset="utf-8">{policy}<title>{escape(title)}</title><style>{style}</style></head>'
    return f"<!doctype html>\n{tag}{head}\n<body>{body}</body></html>\n"


def html(title: str, blocks: Iterable[Block], language: str | None = None) -> str:
    """Return a document as a page in a language; by default English."""
    return page(title, f"<h1>{escape(title)}</h1>\n{elements(blocks)}\n", language=language or "en")


def elements(blocks: Iterable[Block], *, inline: bool = False) -> str:
    """Return blocks as elements of a page, without a document around them; `inline` is that of `table_element`."""
    return "\n".join(_element(block, inline=inline) for block in blocks)


def _element(block: Block, *, inline: bool = False) -> str:
    if isinstance(block, Heading):
        return f"<h2>{escape(block.text)}</h2>"
    if isinstance(block, Line):
        return _paragraph(block.text)
    if isinstance(block, Formula):
        from latex2mathml.converter import convert

        return f"<p>{convert(block.latex)}</p>"
    if isinstance(block, Items):
        return f"<ul>{''.join(f'<li>{_linked(text)}</li>' for text in block.texts)}</ul>"
    notes = "".join(_paragraph(note, is_note=True) for note in block.notes)
    name, table = escape(block.caption), table_element(block, inline=inline)
    if inline:
        return f"{table}{notes}"
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">{table}</div>{notes}'


def _paragraph(text: str, *, is_note: bool = False) -> str:
    attribute = ' class="note"' if is_note else ""
    return f"<p{attribute}>{_linked(text)}</p>"


def _linked(text: str) -> str:
    """Return a text with its addresses as links."""
    pieces = _ADDRESS.split(text)
    links = (f'<a rel="noreferrer" href="{escape(piece)}">{escape(piece)}</a>' for piece in pieces[1::2])
    return "".join(part for pair in zip(map(escape, pieces[::2]), [*links, ""], strict=True) for part in pair)


def table_element(table: TextTable, *, inline: bool = False, names_rows: bool = False) -> str:
    """Return a table of texts as an element.

    Parameters
    ----------
    table : TextTable
        The table.
    inline : bool, default False
        True: each cell has its own style, as in notebooks, which drop styles of a page; bars get letters of one width.
    names_rows : bool, default False
        True: the first cell of each row is its heading.
    """
    kinds = [_attribute(is_number, inline=inline) for is_number in table.numbers]
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    head = "".join(
        f'<th scope="col"{kind}>{escape(cell)}</th>' for kind, cell in zip(kinds, table.headings, strict=True)
    )
    body = "\n".join(f"<tr>{_cells(row, kinds, inline=inline, names_rows=names_rows)}</tr>" for row in table.rows)
    return f"<table>{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


def _attribute(is_number: bool, *, inline: bool) -> str:
    if inline:
        return f' style="text-align:{"right" if is_number else "left"}"'
    return ' class="n"' if is_number else ""


def _cells(row: Sequence[str], kinds: Sequence[str], *, inline: bool, names_rows: bool) -> str:
    written = []
    for at, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
        tag, scope = ("th", ' scope="row"') if names_rows and at == 0 else ("td", "")
        indent = len(cell) - len(cell.lstrip(" ")) if at == 0 else 0
        style = f";padding-left:{indent + 1}ch" if indent else ""
        style += ";font-family:monospace;white-space:pre" if "│" in cell else ""
        attribute = f'{kind[:-1]}{style}"' if inline and style else kind
        text = escape(cell[indent:]) if inline else _linked(cell if at else with_em_spaces(cell))
        written.append(f"<{tag}{scope}{attribute}>{text}</{tag}>")
    return "".join(written)
