"""Tables for papers in Markdown and HTML."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from indicia.errors import strip_controls
from indicia_report.files.annex_markdown import escape_markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.data import PrintedTable

_NO_CHARACTERS = dict.fromkeys((0xFFFE, 0xFFFF), "\N{REPLACEMENT CHARACTER}")
_STYLE = (
    "body{font:14px/1.5 system-ui,sans-serif;margin:2em}"
    "table{border-collapse:collapse;border-bottom:1.5px solid;border-top:1.5px solid;font-variant-numeric:tabular-nums}"
    "caption{font-weight:600;padding:.5em 0;text-align:left}"
    "th,td{padding:.2em .8em .2em 0;text-align:left;vertical-align:top}"
    "thead th{border-bottom:1px solid}"
    ".n{text-align:right}"
)


def in_markdown(table: PrintedTable) -> str:
    """Return a table in Markdown, with its caption above and its notes below."""

    def row(cells: Sequence[str]) -> str:
        return f"| {' | '.join(map(escape_markdown, cells))} |"

    rule = f"| {' | '.join('--:' if number else ':--' for number in table.numbers)} |"
    lines = [f"**{escape_markdown(table.caption)}**", "", row(table.headings), rule]
    lines += [row(signed(table, cells)) for cells in table.rows]
    lines += [line for note in table.notes for line in ("", escape_markdown(note))]
    return "\n".join(lines) + "\n"


def in_html(table: PrintedTable) -> str:
    """Return a page with a table, its caption and its notes."""
    kinds = [' class="n"' if number else "" for number in table.numbers]

    def row(tag: str, cells: Sequence[str]) -> str:
        texts = (f"<{tag}{kind}>{_escape(cell)}</{tag}>" for kind, cell in zip(kinds, cells, strict=True))
        return f"<tr>{''.join(texts)}</tr>"

    caption = _escape(table.caption)
    lines = [
        "<!doctype html>",
        f'<html lang="{table.language}"><head><meta charset="utf-8"><title>{caption}</title>',
        f"<style>{_STYLE}</style></head>",
        f"<body><table><caption>{caption}</caption>",
        f"<thead>{row('th', table.headings)}</thead>",
        "<tbody>",
        *(row("td", signed(table, cells)) for cells in table.rows),
        "</tbody></table>",
        *(f"<p>{_escape(note)}</p>" for note in table.notes),
        "</body></html>",
    ]
    return "\n".join(lines) + "\n"


def signed(table: PrintedTable, cells: Sequence[str]) -> list[str]:
    """Return the cells of a row, with minus signs in place of the hyphens before negative numbers."""
    return [
        f"−{cell[1:]}" if number and cell.startswith("-") and cell[1:2].isdigit() else cell
        for cell, number in zip(cells, table.numbers, strict=True)
    ]


def xml_text(text: str) -> str:
    """Return a text in one line, without the characters that XML cannot hold."""
    return strip_controls(" ".join(text.splitlines())).translate(_NO_CHARACTERS)


def _escape(text: str) -> str:
    return html.escape(xml_text(text))
