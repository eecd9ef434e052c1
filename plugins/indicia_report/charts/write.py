"""Charts as files: pictures, HTML pages that need no network, and Vega-Lite."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

from indicia.errors import OutputError, join_names, require_optional, suggest
from indicia_report.charts.style import FONT, FONT_CJK
from indicia_report.markup import escape, json_data

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = ("svg", "png", "pdf", "html", "json")
_PIXELS = 2.0
"""Pixels of a PNG per pixel of the chart."""


def rendered(chart: Any, format: str, *, language: str = "en") -> bytes:
    """Return a chart in a format.

    `json` is the Vega-Lite specification, `html` a page with all libraries. For PNG and PDF, a letter that no font has
    is an error, as the picture would show a box in place of the letter.
    """
    check_format(format)
    specification = chart.to_dict()
    if format == "json":
        return (json.dumps(specification, ensure_ascii=False, indent=2) + "\n").encode()
    vl_convert = require_optional("vl_convert", "drawing a chart", "charts")
    config = specification.get("config", {})
    if config.get("font") == FONT and any(font_for(letter) == _CJK for letter in letters(specification)):
        config["font"] = FONT_CJK
    if format == "html":
        return _page(specification, language, vl_convert).encode()
    if format in ("png", "pdf"):
        check_letters(specification)
    if format == "png":
        picture: bytes = vl_convert.vegalite_to_png(specification, scale=_PIXELS)
        return picture
    if format == "pdf":
        document: bytes = vl_convert.vegalite_to_pdf(specification)
        return document
    return _described(vl_convert.vegalite_to_svg(specification), specification).encode()


def check_format(format: str) -> None:
    """Refuse an unknown format."""
    if format not in FORMATS:
        raise OutputError(f'a chart cannot be written as "{format}"', remedy=suggest(format, FORMATS))


def _described(svg: str, specification: dict[str, Any]) -> str:
    """Add the title and the alternative text as elements, which more screen readers read than attributes."""
    title = specification.get("title", {}).get("text", "")
    elements = f'role="img" aria-labelledby="title desc"><title id="title">{escape(title)}</title>'
    elements += f'<desc id="desc">{escape(specification.get("description", ""))}</desc>'
    return re.sub(r"^(<svg[^>]*)>", lambda tag: f"{tag[1]} {elements}", svg, count=1)


def _page(specification: dict[str, Any], language: str, vl_convert: Any) -> str:
    """Return a page with all libraries; the specification is JSON data, so that no name runs as code."""
    title = escape(specification.get("title", {}).get("text", ""))
    description = escape(specification.get("description", ""))
    paper = specification.get("config", {}).get("background", "#ffffff")
    start = (
        "vegaEmbed('#chart', JSON.parse(document.getElementById('specification').textContent),"
        " { renderer: 'svg', actions: false });"
    )
    library = _library(vl_convert)
    policy = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:"
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{title}</title>"
        f"<style>body{{margin:1rem;background:{escape(paper)}}}#chart{{overflow-x:auto}}</style></head>"
        f'<body><main><div id="chart" role="img" aria-label="{description}"></div></main>'
        f'<script type="application/json" id="specification">{json_data(specification)}</script>'
        f"<script>{library}</script><script>{start}</script></body></html>\n"
    )


@cache
def _library(vl_convert: Any) -> str:
    """Return the JavaScript libraries of a page, which vl-convert bundles in up to a second."""
    library: str = vl_convert.javascript_bundle()
    return library.replace("</script", "<\\/script")


def check_letters(specification: dict[str, Any], drawn: Callable[[str], bool] | None = None) -> None:
    """Refuse letters that no font of the machine has; `drawn` tests a letter."""
    has_font = drawn or can_draw
    lacking = sorted(letter for letter in letters(specification) if not has_font(letter))
    if lacking:
        fonts = dict.fromkeys(font_for(letter) for letter in lacking)
        raise OutputError(
            f"no font of this machine has the letters {join_names(lacking, 10)}",
            remedy=f"install {' and '.join(fonts)} (Debian, Ubuntu: apt-get install), or write svg or html, which the "
            "reader's fonts draw",
        )


def letters(specification: object) -> set[str]:
    """Return the letters beyond ASCII that a chart may show.

    >>> sorted(letters({"title": "北京 a", "data": {"values": [{"unit": "Zürich"}]}}))
    ['ü', '京', '北']
    """
    if isinstance(specification, str):
        return {letter for letter in specification if ord(letter) > 127 and unicodedata.category(letter)[0] in "LNPS"}
    if isinstance(specification, dict):
        return letters(list(specification.values()))
    if isinstance(specification, (list, tuple)):
        return set().union(*map(letters, specification))
    return set()


_CJK = "fonts-noto-cjk"
_SCRIPTS = (
    (_CJK, "CJK HIRAGANA KATAKANA HANGUL BOPOMOFO IDEOGRAPHIC FULLWIDTH HALFWIDTH"),
    ("fonts-noto-color-emoji", "EMOJI"),
)


def font_for(letter: str) -> str:
    """Return the package of the font that has a letter.

    >>> font_for("北"), font_for("م"), font_for("🏙")
    ('fonts-noto-cjk', 'fonts-noto-core', 'fonts-noto-color-emoji')
    """
    script = unicodedata.name(letter, "").split(" ")[0]
    if unicodedata.category(letter) == "So" and ord(letter) > 0x1F000:
        script = "EMOJI"
    return next((font for font, scripts in _SCRIPTS if script in scripts.split()), "fonts-noto-core")


@cache
def can_draw(letter: str) -> bool:
    """Return True if the picture of a letter differs from the picture of a letter that no font has."""
    return _drawing(letter) != _drawing("\U0010fffd")


@cache
def _drawing(letter: str) -> bytes:
    """Return the picture of a letter by the renderer, which alone knows the fonts of a system."""
    shown = f'<text x="4" y="22" font-size="20" font-family="sans-serif">{escape(letter)}</text>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32">{shown}</svg>'
    picture: bytes = require_optional("vl_convert", "drawing a chart", "charts").svg_to_png(svg)
    return picture
