"""Charts as files: pictures, HTML pages that need no network, and Vega-Lite."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from indicia.documents.blocks import TextTable
from indicia.documents.html import table_element
from indicia.errors import OutputError, join_names, require_optional, suggest
from indicia_report.markup import escape, json_data, number
from indicia_report.words import is_message, message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

FORMATS = ("svg", "png", "pdf", "html", "json")
_PIXELS = 2.0
"""Pixels of a PNG per pixel of the chart."""


def rendered(chart: Any, format: str, *, language: str = "en") -> bytes:
    """Return a chart in a format.

    `json` is the Vega-Lite specification, `html` a page with all libraries. For PNG and PDF, a letter that no font has
    is an error, as the picture would show a box in place of the letter.
    """
    check_format(format)
    # vl-convert reports what is wrong in a chart; the check of each row against a schema takes longer than the drawing
    specification = chart.to_dict(validate=False)
    if format == "json":
        return (json.dumps(specification, ensure_ascii=False, indent=2) + "\n").encode()
    vl_convert = require_optional("vl_convert", "drawing a chart", "charts")
    config = specification.get("config", {})
    font = config.get("font", "")
    if font.endswith(FONT) and any(font_for(letter) == _CJK for letter in letters(specification)):
        config["font"] = f"{font.removesuffix(FONT)}{CJK}, {FONT}"
    if format == "html":
        return _page(specification, language, vl_convert).encode()
    if format in ("png", "pdf"):
        check_fonts(_facts(specification).get("fonts", ()))
        check_letters(specification)
    logo = _facts(specification).get("logo")
    if logo:
        svg = with_logo(vl_convert.vegalite_to_svg(specification), logo, config.get("background", "#ffffff"))
        picture: bytes
        if format == "png":
            picture = vl_convert.svg_to_png(svg, scale=_PIXELS)
        elif format == "pdf":
            picture = vl_convert.svg_to_pdf(svg)
        else:
            picture = _described(svg, specification).encode()
        return picture
    if format == "png":
        picture = vl_convert.vegalite_to_png(specification, scale=_PIXELS)
        return picture
    if format == "pdf":
        document: bytes = vl_convert.vegalite_to_pdf(specification)
        return document
    return _described(vl_convert.vegalite_to_svg(specification), specification).encode()


def check_format(format: str) -> None:
    """Refuse an unknown format."""
    if format not in FORMATS:
        raise OutputError(f'a chart cannot be written as "{format}"', remedy=suggest(format, FORMATS))


def _facts(specification: dict[str, Any]) -> dict[str, Any]:
    """Return the title, the sentences and the fonts of a chart of Indicia; nothing of another chart."""
    facts: dict[str, Any] = (specification.get("usermeta") or {}).get("indicia") or {}
    return facts


def _title(specification: dict[str, Any]) -> str:
    """Return the title, which a user may have replaced by a text."""
    title = specification.get("title") or ""
    lines = title.get("text", "") if isinstance(title, dict) else title
    return " ".join(lines) if isinstance(lines, list) else str(lines)


def _described(svg: str, specification: dict[str, Any]) -> str:
    """Add the title and the alternative text as elements, which more screen readers read than attributes."""
    elements = f'role="img" aria-labelledby="title desc"><title id="title">{escape(_title(specification))}</title>'
    elements += f'<desc id="desc">{escape(specification.get("description", ""))}</desc>'
    return re.sub(r"^(<svg[^>]*)>", lambda tag: f"{tag[1]} {elements}", svg, count=1)


def _page(specification: dict[str, Any], language: str, vl_convert: Any) -> str:
    """Return a page with all libraries; the specification is JSON data, so that no name runs as code.

    The title and the lines below it are text of the page, which a narrow window breaks into lines. A chart that
    reflows is as wide as the window; another one has a scroll bar. Its numbers stand in a table below, which needs no
    script.
    """
    facts, title = _facts(specification), _title(specification)
    config = specification.get("config", {})
    paper, font = config.get("background", "#ffffff"), config.get("font", "sans-serif")
    ink = config.get("axis", {}).get("labelColor", "#000000")
    heading = ""
    if isinstance(specification.get("title"), dict) and facts:
        sizes = specification.pop("title")
        sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in facts["sentences"])
        heading = f'<header><h1 id="title">{escape(title)}</h1>{sentences}</header>'
        style = (
            f"h1{{font-size:{1.15 * sizes['fontSize']:g}px;margin:0 0 .4rem}}"
            f"header p{{margin:.1rem 0;font-size:{1.1 * sizes['subtitleFontSize']:g}px;"
            f"color:{escape(sizes['subtitleColor'])}}}header{{margin-bottom:1rem}}"
        )
    else:
        style = ""
    name = 'aria-labelledby="title"' if heading else f'aria-label="{escape(title)}"'
    table, foot = numbers_table(specification, language), ""
    if logo := facts.get("logo"):
        foot = f'<p class="logo"><img src="{escape(logo)}" alt=""></p>'
        style += f".logo{{text-align:right}}.logo img{{max-height:{HEIGHT}px;max-width:{WIDTH}px}}"
    width = _as_wide_as_the_window(specification)
    start = (
        "vegaEmbed('#chart', JSON.parse(document.getElementById('specification').textContent),"
        " { renderer: 'svg', actions: false }).then(({ view }) => {"
        # the first layout fits axes and legends to the window, and the second the chart to these
        " const fit = () => view.resize().runAsync();"
        " fit(); addEventListener('resize', () => requestAnimationFrame(fit)) });"
    )
    library = _library(vl_convert)
    policy = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:"
    families = ", ".join(
        f"'{family.strip()}'" if " " in family.strip() else family.strip() for family in font.split(",")
    )
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title>"
        f"<style>body{{margin:1rem auto;padding:0 1rem;max-width:{width}px;background:{escape(paper)};"
        f"color:{escape(ink)};font-family:{families}}}#chart{{display:block;width:100%;overflow-x:auto}}"
        f"{_TABLES}{style}</style></head>"
        f'<body><main>{heading}<div id="chart" role="img" {name} aria-describedby="description"></div>'
        f'<p id="description" hidden>{escape(specification.get("description", ""))}</p>{table}{foot}</main>'
        f'<script type="application/json" id="specification">{json_data(specification)}</script>'
        f"<script>{library}</script><script>{start}</script></body></html>\n"
    )


_TABLES = (
    "details{margin-top:1rem}summary{cursor:pointer;min-height:24px}"
    "table{border-collapse:collapse;margin:.6rem 0;font-size:.85rem;display:block;overflow-x:auto}"
    "th,td{padding:.15rem .6rem;text-align:left;font-weight:normal;font-variant-numeric:tabular-nums;"
    "border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent)}thead th{font-weight:bold}"
)
"""The style of the table of numbers."""


def _as_wide_as_the_window(specification: dict[str, Any]) -> int:
    """Make a chart that reflows as wide as its page, and return the greatest width of the page."""
    own = specification.get("width")
    if not _facts(specification).get("reflows") or not isinstance(own, int | float):
        return _WIDEST
    fitted = specification.get("autosize", {}).get("type") in ("fit", "fit-x")
    fits_height = specification.get("autosize", {}).get("type") in ("fit", "fit-y")
    specification["width"] = "container"
    specification["autosize"] = {"type": "fit" if fits_height else "fit-x", "contains": "padding"}
    return round(own) if fitted else min(_WIDEST, max(_NARROWEST, round(1.4 * own) + 200))


_NARROWEST, _WIDEST = 640, 1400
"""The least and the greatest width of a page, in pixels."""


@cache
def _library(vl_convert: Any) -> str:
    """Return the JavaScript libraries of a page, which vl-convert bundles in up to a second."""
    library: str = vl_convert.javascript_bundle()
    return library.replace("</script", "<\\/script")


def check_fonts(families: Iterable[str]) -> None:
    """Refuse the fonts of a house style if this machine has none of them."""
    wanted = list(families)
    if wanted and not any(has_family(family) for family in wanted):
        raise OutputError(
            f"this machine has no font {join_names(wanted)}, which the house style names",
            remedy="install the font, name one that is installed, or write svg or html, which the reader's fonts draw",
        )


@cache
def has_family(family: str) -> bool:
    """Return True if letters in a family differ from those of a family that nobody has."""
    generic = ("serif", "sans-serif", "monospace", "cursive", "fantasy")
    return family.lower() in generic or _letters_in(family) != _letters_in("no such family")


def _letters_in(family: str) -> bytes:
    shown = f'<text x="4" y="22" font-size="20" font-family="{escape(family)}">agQR5 永</text>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="140" height="32">{shown}</svg>'
    picture: bytes = require_optional("vl_convert", "drawing a chart", "charts").svg_to_png(svg)
    return picture


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


MOST_ROWS = 2000
"""The most rows of a table; a larger one would be slow to open, and the data of the chart have all rows."""
_NAMES = ("nominal", "ordinal")
"""The types of columns that name something."""


@dataclass(frozen=True)
class _Column:
    field: str
    heading: str
    format: str
    """The format of numbers as in tooltips, such as `.2f`; empty for all digits."""


@dataclass(frozen=True)
class _Layer:
    tips: tuple[_Column, ...]
    """The columns of its tooltips."""
    names: tuple[str, ...]
    """The columns of names that place or colour a mark."""
    rows: Sequence[Mapping[str, Any]]


def numbers_table(specification: Mapping[str, Any], language: str) -> str:
    """Return the numbers of a chart as tables, each behind a heading that opens it; empty if there are none.

    The columns are those of the tooltips, with the names that place or colour a mark. Layers that show the same columns
    make one table.
    """
    layers = list(_layers(specification, {}))
    shown = []
    for tips in dict.fromkeys(layer.tips for layer in layers):
        alike = [layer for layer in layers if layer.tips == tips]
        others = dict.fromkeys(
            name for layer in alike for name in layer.names if name not in {tip.field for tip in tips}
        )
        columns = (tips[0], *(_Column(name, name, "") for name in others), *tips[1:])
        rows = dict.fromkeys(
            tuple(_text(row.get(column.field), column.format) for column in columns)
            for layer in alike
            for row in layer.rows
        )
        if rows:
            shown.append(_table(columns, list(rows), language))
    if not shown:
        return ""
    return f"<details><summary>{escape(message('chart.numbers', language))}</summary>{''.join(shown)}</details>"


def _layers(part: Mapping[str, Any], inherited: Mapping[str, Any]) -> Iterator[_Layer]:
    """Yield the layers with tooltips."""
    data, encoding = part.get("data") or inherited, part.get("encoding") or {}
    tips = encoding.get("tooltip")
    columns = tuple(
        _Column(tip["field"], tip.get("title") or tip["field"], tip.get("format") or "")
        for tip in (tips if isinstance(tips, list) else [tips])
        if isinstance(tip, dict) and tip.get("field")
    )
    if "mark" in part and isinstance(data.get("values"), list) and columns:
        yield _Layer(columns, tuple(_names(encoding, data["values"])), data["values"])
    for word in ("layer", "hconcat", "vconcat", "concat"):
        for inner in part.get(word, ()):
            yield from _layers(inner, data)


def _names(encoding: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for word in ("y", "x", "color"):
        channel = encoding.get(word)
        # a column without a scale has colours
        if isinstance(channel, dict) and channel.get("type") in _NAMES and channel.get("scale", ()) is not None:
            field = str(channel.get("field"))
            if any(isinstance(row.get(field), str) for row in rows):
                yield field


def _text(value: object, pattern: str) -> str:
    """Return a cell as text.

    >>> _text(0.256, ".1%"), _text(-1234.5678, ".4~g"), _text(2.0, ""), _text(None, ""), _text("Lima", ".2f")
    ('25.6%', '−1235', '2', '–', 'Lima')
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "–" if value is None else str(value)
    if math.isnan(value):
        return "–"
    if pattern.endswith("f"):
        return number(value, int(pattern[1:-1]))
    text = f"{value:{pattern.replace('~', '')}}" if pattern else f"{value:.10g}"
    return text.replace("-", "−")


def _table(columns: Sequence[_Column], rows: Sequence[tuple[str, ...]], language: str) -> str:
    headings = [_heading(column.heading, language) for column in columns]
    table = table_element(TextTable(headings, rows[:MOST_ROWS], [False] * len(columns)), names_rows=True)
    cut = ""
    if len(rows) > MOST_ROWS:
        sentence = message("chart.numbers_cut", language).format(shown=f"{MOST_ROWS:,}", n=f"{len(rows):,}")
        cut = f"<p>{escape(sentence)}</p>"
    return f"{table}{cut}"


def _heading(name: str, language: str) -> str:
    """Return the word for a column of the data of a chart."""
    key = f"chart.column_{name}"
    return message(key, language) if is_message(key) else name


HEIGHT, WIDTH = 28, 160
"""The greatest height and width of a logo, in pixels; it keeps its proportions."""
ROOM = HEIGHT + 12
"""The pixels that a logo adds to the height of a picture."""
_SIZE = re.compile(r'^(<svg\b[^>]*?) width="([\d.]+)" height="([\d.]+)" viewBox="0 0 [\d.]+ [\d.]+"')


def with_logo(svg: str, logo: str, background: str) -> str:
    """Return a picture that is higher by the room of a logo, with the logo in it; `logo` is a `data:` address.

    >>> picture = '<svg class="marks" width="300" height="200" viewBox="0 0 300 200"><rect/></svg>'
    >>> with_logo(picture, "data:image/png;base64,AA==", "#ffffff")[:71]
    '<svg class="marks" width="300" height="240" viewBox="0 0 300 240"><rect'
    """
    size = _SIZE.match(svg)
    if size is None:
        return svg
    width, height = float(size[2]), float(size[3])
    start = f'{size[1]} width="{width:g}" height="{height + ROOM:g}" viewBox="0 0 {width:g} {height + ROOM:g}"'
    foot = (
        f'<rect x="0" y="{height:g}" width="{width:g}" height="{ROOM}" fill="{escape(background)}"/>'
        f'<image x="{width - min(WIDTH, width - 8) - 4:g}" y="{height + 4:g}" width="{min(WIDTH, width - 8):g}" '
        f'height="{HEIGHT}" preserveAspectRatio="xMaxYMid meet" href="{escape(logo)}" role="presentation"/>'
    )
    return f"{start}{svg[size.end() :].removesuffix('</svg>')}{foot}</svg>"


FONT = "Noto Sans, DejaVu Sans, Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
CJK = "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei"
"""The fonts of charts with Chinese, Japanese or Korean names, before the others."""
