"""Pieces of HTML: whatever comes from data or from an index file is escaped here."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any
from unicodedata import bidirectional, combining, east_asian_width

from indicia.definition import text as written
from indicia.errors import TURNING
from indicia.notes import LANGUAGES, Spoken
from indicia.report.words import words
from indicia.tables.names import parted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SEPARATORS = re.compile("[\u2028\u2029]")
"""Line and paragraph separator: line ends to JavaScript before 2019, and so to the renderer of charts."""

_WORDS = re.compile(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+")
"""A word with the space after it, or a Chinese, Japanese or Korean character."""

TALL = 40
"""A table of more rows scrolls by itself, so that the sections of a page stay within reach."""


class Html(str):
    """Text that is markup already, and is not escaped again."""

    __slots__ = ()


def clean(value: object) -> str:
    """Return a text without the characters that no document may hold; line separators, which end a script, are spaces.

    >>> clean("Lima\u2028Peru")
    'Lima Peru'
    """
    return _UNFIT.sub("\ufffd", _SEPARATORS.sub(" ", str(value)))


def inert(name: str) -> str:
    """Return a name that turns nothing beside it round: without marks of direction, and apart if it runs leftwards.

    >>> inert("Lima"), inert("\u202eturned") == "turned", inert("\u05d7\u05d9\u05e4\u05d4")[0] == "\u2068"
    ('Lima', True, True)
    """
    kept = TURNING.sub("", name)
    return f"\u2068{kept}\u2069" if any(bidirectional(letter) in ("R", "AL", "AN") for letter in kept) else kept


def text(value: object) -> Html:
    """Escape a text, unless it is markup.

    >>> text("<b> & c")
    '&lt;b&gt; &amp; c'
    """
    return value if isinstance(value, Html) else Html(escape(clean(value)))


def data(value: object) -> Html:
    """Return a value as JSON that can stand within a script element."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Html(clean(written).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


@dataclass(frozen=True)
class Voice:
    """The languages of a page, the one that it opens with first."""

    languages: tuple[str, ...]

    @classmethod
    def of(cls, language: str | None) -> Voice:
        """Return the languages of a page that opens in one: both that the words have, or another with English words."""
        first = language or next(iter(LANGUAGES))
        return cls((first, *(one for one in LANGUAGES if one != first)) if first in LANGUAGES else (first,))

    def said(self, key: str, **values: object) -> Spoken:
        """Return a sentence by language; values may themselves be texts by language."""
        by_language = words(key)
        found = {}
        for language in self.languages:
            sentence = by_language.get(language, by_language["en"])
            filled = {
                name: value.get(language, "") if isinstance(value, dict) else value for name, value in values.items()
            }
            found[language] = sentence.format(**filled) if filled else sentence
        return found

    def say(self, key: str, **values: object) -> Html:
        """Return a sentence as markup, in every language of the page."""
        return self.show(self.said(key, **values))

    def listed(self, each: Iterable[Mapping[str, str]], parted: str = "comma") -> Spoken:
        """Return several texts as one, with the comma of each language between them, or what else parts them there."""
        every, between = list(each), self.said(parted)
        return {one: between[one].join(said[one] for said in every) for one in self.languages}

    def show(self, spoken: Mapping[str, str], tag: str = "span") -> Html:
        """Return a text in every language of the page; the style sheet shows one of them."""
        if len(set(spoken.values())) == 1:
            return text(next(iter(spoken.values())))
        return Html("".join(f"<{tag} lang={one}>{text(said)}</{tag}>" for one, said in spoken.items()))

    def name(self, spoken: Mapping[str, str]) -> Html:
        """Return a name whose direction of writing is its own."""
        if len(set(spoken.values())) == 1:
            return Html(f"<bdi>{text(next(iter(spoken.values())))}</bdi>")
        return self.show(spoken, "bdi")

    def plain(self, spoken: Mapping[str, str]) -> Html:
        """Return a text in the first language, for an attribute."""
        return text(spoken[self.languages[0]])

    def label(
        self, x: float, y: float, spoken: Mapping[str, str], width: float, attributes: str = "", beside: str = "{}"
    ) -> Html:
        """Return a label of a drawing, cut to a width; its title has the whole. What stands beside a name is kept."""
        room = width - width_of(beside.replace("{}", ""))
        names = {one: inert(said) for one, said in spoken.items()}
        cut = {one: fitted(said, room) for one, said in names.items()}
        whole = f"<title>{self.show(names, 'tspan')}</title>" if cut != names else ""
        drawn = {one: beside.format(said) for one, said in cut.items()}
        return Html(f'<text x="{x:g}" y="{y:g}" {attributes}>{self.show(drawn, "tspan")}{whole}</text>')


def fitted(label: str, width: float, size: float = 12) -> str:
    """Cut a label to a width in pixels, as far as that can be told without its font; brackets at its end stay.

    >>> fitted("Value added of secondary industry", 110), fitted("Sao Tome and Principe (STP)", 150)
    ('Value added of…', 'Sao Tome and… (STP)')
    """
    room = width / size
    if width_of(label, 1) <= room:
        return label
    head, brackets = parted(label)
    if brackets and width_of(brackets, 1) <= room / 2:
        return fitted(head, width - width_of(brackets, size), size) + brackets
    kept, taken = "", 1.0
    for mark in label:
        taken += _width(mark)
        if taken > room:
            break
        kept += mark
    return kept.rstrip() + ("…\u2069" if kept.startswith("\u2068") else "…")


def wrapped(sentence: str, width: float, size: float = 12) -> list[str]:
    """Break a sentence into lines that fit into a width in pixels, between words or between Chinese characters.

    >>> wrapped("Left out: one and two", 80)
    ['Left out:', 'one and two']
    >>> wrapped("因无法计分而未采用", 60)
    ['因无法计分', '而未采用']
    """
    lines, room = [""], width / size
    for word in _WORDS.findall(sentence):
        if lines[-1] and width_of((lines[-1] + word).rstrip(), 1) > room:
            lines.append("")
        lines[-1] += word
    return [line.rstrip() for line in lines]


def width_of(label: str, size: float = 12) -> float:
    """Return the width of a label in pixels, as far as that can be told without its font."""
    return size * sum(map(_width, label))


def _width(mark: str) -> float:
    """Return the width of a character in ems, roughly: in a wide font, so that labels fit in others too."""
    if combining(mark) or TURNING.match(mark):
        return 0.0
    if east_asian_width(mark) in "WF" or mark in "mwMW%@…":
        return 1.0
    return 0.3 if mark in "ijlI'|" else 0.4 if mark in "frtJ .,:;!()-·" else 0.75 if mark.isupper() else 0.63


def number(value: float | None, digits: int = 2) -> str:
    """Write a number; what is missing is a dash.

    >>> number(1.005, 2), number(None), number(-0.0)
    ('1.00', '–', '0.00')
    """
    if value is None or value != value:
        return "–"
    written = f"{value:.{digits}f}"
    return written.removeprefix("-") if float(written) == 0 else written


def exact(value: float) -> str:
    """Write a number with all of its digits.

    >>> exact(75000.0), exact(0.1), exact(-3)
    ('75,000', '0.1', '−3')
    """
    written = f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else repr(float(value))
    return written.replace("-", "−")


def short(value: float | None) -> str:
    """Write a figure of the data with six digits, or to the unit where it has more before the point.

    >>> short(1234567.8), short(12360.82), short(0.5)
    ('1,234,568', '12,360.8', '0.5')
    """
    if value is None or value != value:
        return "–"
    return f"{value:,.0f}" if 1e5 <= abs(value) < 1e15 else f"{value:,.6g}"


def whole(value: float | None) -> str:
    """Write a rank, or what lies between two.

    >>> whole(2.0), whole(2.5), whole(17.95)
    ('2', '2.5', '18')
    """
    return "–" if value is None or value != value else f"{value + 1e-9:.1f}".removesuffix(".0")


def table(
    name: str,
    headings: Sequence[object],
    rows: Iterable[str],
    *,
    caption: object,
    numbers: Iterable[int] = (),
    classes: str = "",
    search: bool = True,
) -> Html:
    """Return a table that the script makes sortable and, if it is long, searchable; `rows` are markup.

    `numbers` are the columns, from 1, that stand flush right. On a screen, a long table scrolls under its headings.
    """
    listed = list(rows)
    tall = " tall" if len(listed) > TALL else ""
    right = " ".join(f"n{column}" for column in numbers)
    head = "".join(f'<th scope="col">{text(heading)}</th>' for heading in headings)
    return Html(
        f'<div class="scroll{tall}" tabindex="0" role="region" aria-labelledby="{name}-c">'
        f'<table id="{name}" class="{classes} {right}"{" data-search" if search else ""}>'
        f'<caption id="{name}-c">{text(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>\n{chr(10).join(listed)}\n</tbody></table></div>"
    )


def row(cells: Iterable[object], head: int | None = None, attributes: str = "") -> str:
    """Return a row of a table; the cell at `head` names it.

    >>> row(["1", "Lima"], head=1)
    '<tr><td>1<th scope="row">Lima'
    """
    drawn = (f'<th scope="row">{text(one)}' if at == head else f"<td>{text(one)}" for at, one in enumerate(cells))
    return f"<tr{' ' + attributes if attributes else ''}>{''.join(drawn)}"


def section(name: str, heading: Html, *content: str) -> str:
    """Return a section of the page."""
    return (
        f'<section id="{name}" aria-labelledby="{name}-h"><h2 id="{name}-h">{heading}</h2>{"".join(content)}</section>'
    )


def paragraph(content: Html, classes: str = "") -> str:
    """Return a paragraph."""
    return f'<p class="{classes}">{content}</p>' if classes else f"<p>{content}</p>"


def spoken(value: Any, languages: Iterable[str], default: str) -> Spoken:
    """Return a text of the index file by language."""
    return {one: written(value, one, default) for one in languages}
