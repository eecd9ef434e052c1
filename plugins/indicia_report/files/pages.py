"""Documents as one HTML file that needs no network."""

from __future__ import annotations

from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from indicia.documents.blocks import Heading
from indicia.documents.html import elements
from indicia_report.markup import escape, section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.documents.blocks import Block

_STYLE = """
.finding{border-left:4px solid var(--line);padding:.1rem 0 .1rem .8rem;margin:.9rem 0}
.finding h3{margin:0}.finding.error{border-color:var(--k5)}.finding.warning{border-color:var(--k1)}
.finding.information{border-color:var(--k0)}.finding.waived{border-left-style:dashed}
td{white-space:normal;max-width:26rem}.n{text-align:right}
caption{position:static;width:auto;height:auto;clip-path:none;font-weight:600;text-align:left;padding:.4rem 0}"""


def document_page(title: str, blocks: Iterable[Block], language: str = "en") -> str:
    """Return a document as a page with a link to each section; what stands before the first heading is in its head."""
    sections: list[tuple[Heading, list[Block]]] = [(Heading(title), [])]
    for block in blocks:
        if isinstance(block, Heading):
            sections.append((block, []))
        else:
            sections[-1][1].append(block)
    (_, first), *others = sections
    style = files("indicia_report.files").joinpath("documents.css").read_text(encoding="utf-8")
    links = "".join(f'<a href="#{heading.name}">{escape(heading.text)}</a>' for heading, _ in others)
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{escape(language)}"><head><meta charset="utf-8">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
            'img-src data:">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f'<meta name="generator" content="Indicia {version("indicia")}">',
            f'<link rel="icon" href="data:,"><title>{escape(title)}</title><style>{style}{_STYLE}</style></head><body>',
            f'<a class="skip" href="#{others[0][0].name}">{escape(others[0][0].text)}</a>' if others else "",
            f'<header><h1>{escape(title)}</h1><div class="sub">{elements(first)}</div></header>',
            f"<nav>{links}</nav><main>",
            *(section(heading.name, escape(heading.text), elements(content)) for heading, content in others),
            "</main></body></html>",
            "",
        ]
    )
