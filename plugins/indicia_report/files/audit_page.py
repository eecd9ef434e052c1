"""The annex of an audit as one HTML file that needs no network."""

from __future__ import annotations

import re
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from indicia_report.markup import Html, escape, paragraph, row, section, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indicia.documents.annex_tables import AnnexTable
    from indicia_report.files.annex import Annex, AnnexChapter, Group

_STYLE = """
.finding{border-left:4px solid var(--line);padding:.1rem 0 .1rem .8rem;margin:.9rem 0}
.finding h3{margin:0}.finding.error{border-color:var(--k5)}.finding.warning{border-color:var(--k1)}
.finding.information{border-color:var(--k0)}.finding.waived{border-left-style:dashed}
td{white-space:normal;max-width:26rem}"""
_ADDRESS = re.compile(r"https?://[^\s<>]*[\w/]")


def annex_page(annex: Annex) -> str:
    """Return an annex as an HTML page."""
    sections = list(_sections(annex))
    links = "".join(f'<a href="#{name}">{escape(heading)}</a>' for name, heading, _ in sections)
    style = files("indicia_report.files").joinpath("documents.css").read_text(encoding="utf-8")
    title = escape(annex.title)
    facts = " · ".join(map(escape, annex.facts))
    width = max(len(printed.numbers) for printed in (annex.summary, annex.thresholds, *annex.tables))
    right = "".join(f".n{at}>*>tr>:nth-child({at}){{text-align:right}}" for at in range(1, width + 1))
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
            'img-src data:">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f'<meta name="generator" content="Indicia {version("indicia")}">',
            f'<link rel="icon" href="data:,"><title>{title}</title>',
            f"<style>{style}{_STYLE}{right}</style></head><body>",
            '<a class="skip" href="#verdict">Skip to the verdict</a>',
            f'<header><h1>{title}</h1><p class="sub">{facts}</p></header>',
            f'<nav aria-label="Contents">{links}</nav><main>',
            *(section(name, escape(heading), *content) for name, heading, content in sections),
            "</main></body></html>",
            "",
        ]
    )


def _sections(annex: Annex) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the id, the heading and the markup of each section."""
    caveat = Html(f"{escape(annex.verdict)} {_link(annex.caveat_url)}")
    yield "verdict", "Verdict", [paragraph(caveat), html_table(annex.summary)]
    for number, chapter in enumerate(annex.chapters, 1):
        yield f"chapter-{number}", chapter.heading, list(_chapter(chapter))
    if annex.tables:
        yield (
            "tables",
            "Tables",
            [f"<h3>{escape(printed.caption)}</h3>{html_table(printed)}" for printed in annex.tables],
        )
    profile = [paragraph(escape(line), "note") for line in annex.profile]
    yield "profile", "Profile and thresholds", [*profile, html_table(annex.thresholds)]
    if annex.waivers:
        yield "accepted", "Waivers", [html_table(annex.waivers)]
    yield "methods", "Methods", [html_list(annex.method)]
    yield "sources", "Sources of the checks", [html_list(annex.sources)]
    yield "cite", "How to cite", [html_list(annex.citations)]


def _chapter(chapter: AnnexChapter) -> Iterator[str]:
    yield from map(_group, chapter.groups)
    yield from (paragraph(escape(line), "note") for line in chapter.lines)


def _group(group: Group) -> str:
    remedy = paragraph(escape(f"What to do: {group.remedy}."), "note") if group.remedy else ""
    heading = f"{group.mark.capitalize()} {group.code}: {group.title}"
    return f'<div class="finding {group.mark}"><h3>{escape(heading)}</h3>{html_list(group.lines)}{remedy}</div>'


def html_list(texts: Iterable[str]) -> str:
    """Return a list of sentences as HTML, with their addresses as links."""
    return f"<ul>{''.join(f'<li>{_linked(text)}' for text in texts)}</ul>"


def html_table(printed: AnnexTable) -> str:
    """Return a table as HTML."""
    numbers = [at for at, is_number in enumerate(printed.numbers, 1) if is_number]
    rows = (row([_linked(cell) for cell in cells], head=0) for cells in printed.rows)
    note = paragraph(escape(printed.note), "note") if printed.note else ""
    name = f"table-{printed.name}"
    return table(name, printed.headings, rows, caption=printed.caption, numbers=numbers, search=False) + note


def _linked(text: str) -> Html:
    """Return a text with its addresses as links."""
    places = [*_ADDRESS.finditer(text)]
    starts = [0, *(place.end() for place in places)]
    ends = [*(place.start() for place in places), len(text)]
    pieces = [escape(text[start:end]) for start, end in zip(starts, ends, strict=True)]
    links = [*(_link(place[0]) for place in places), ""]
    return Html("".join(f"{piece}{link}" for piece, link in zip(pieces, links, strict=True)))


def _link(address: str) -> Html:
    return Html(f'<a rel="noreferrer" href="{escape(address)}">{escape(address)}</a>')
