"""Pieces of HTML. Only this module escapes text from data and index files."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from html import escape as escape_html
from typing import TYPE_CHECKING, Any
from unicodedata import bidirectional, combining, east_asian_width

from indicia.definition import text as text_in
from indicia.errors import TURNING
from indicia.tables.table import split_brackets
from indicia_report.words import languages, message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indicia.notes import Spoken

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ESCAPED_CONTROLS = re.compile(r"(?<!\\)((?:\\\\)*)\\(?:u00[01][0-9a-f]|[bf])")
"""Control characters, as JSON escapes them, except tabs and line breaks."""
_SEPARATORS = re.compile("[\u2028\u2029]")
"""Line and paragraph separators, which break a line in JavaScript before 2019 and in the renderer of charts."""

_WORDS = re.compile(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+")
"""A word with the space after it, or a Chinese, Japanese or Korean character."""

TALL = 40
"""The most rows of a table without a scroll bar; a long table would hide the next section."""


class Html(str):
    """Markup, which `escape` does not change."""

    __slots__ = ()


def clean(value: object) -> str:
    """Remove the characters that HTML forbids, and replace line separators by spaces.

    >>> clean("Lima\u2028Peru")
    'Lima Peru'
    """
    return _FORBIDDEN.sub("\ufffd", _SEPARATORS.sub(" ", str(value)))


def isolate(name: str) -> str:
    """Isolate the direction of writing of a name from the text around the name.

    Marks of direction are removed. U+2068 and U+2069 enclose a name that is written from right to left.

    >>> isolate("Lima"), isolate("\u202eturned") == "turned", isolate("\u05d7\u05d9\u05e4\u05d4")[0] == "\u2068"
    ('Lima', True, True)
    """
    unmarked = TURNING.sub("", name)
    right_to_left = any(bidirectional(letter) in ("R", "AL", "AN") for letter in unmarked)
    return f"\u2068{unmarked}\u2069" if right_to_left else unmarked


def escape(value: object) -> Html:
    """Escape a text, unless it is markup.

    >>> escape("<b> & c")
    '&lt;b&gt; &amp; c'
    """
    return value if isinstance(value, Html) else Html(escape_html(clean(value)))


def escape_in_element(value: object) -> Html:
    """Escape a text that stands between tags, where quotation marks are as they are.

    >>> escape_in_element('{"<b>": 1}')
    '{"&lt;b&gt;": 1}'
    """
    return Html(escape_html(clean(value), quote=False))


def json_data(value: object) -> Html:
    """Return a value as JSON that is safe within a script element.

    >>> json_data({"<b>": "\\x01 \\\\u0001"})
    '{"\\\\u003cb\\\\u003e":"\ufffd \\\\\\\\u0001"}'
    """
    document = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    document = _ESCAPED_CONTROLS.sub("\\1\ufffd", clean(document))
    return Html(document.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


@dataclass(frozen=True)
class Texts:
    """The texts of a page in its languages; the page opens in the first language."""

    languages: tuple[str, ...]

    @classmethod
    def of(cls, language: str | None) -> Texts:
        """Return the texts of a page that opens in a language.

        A page in a language of the messages has all of these. A page in another language has English words.
        """
        known = languages()
        first = language or next(iter(known))
        return cls((first, *(other for other in known if other != first)) if first in known else (first,))

    def get(self, key: str, **values: object) -> Spoken:
        """Return a message by language; a value may be a text by language too.

        The value `count` decides the plural form; `n` is another word for it.
        """
        if "n" in values:
            values.setdefault("count", values["n"])
        count = values.get("count")
        if isinstance(count, int):
            values["count"] = f"{count:,}"
        sentences = {}
        for language in self.languages:
            template = message(key, language, count)
            values_in_language = {
                name: value.get(language, "") if isinstance(value, dict) else value for name, value in values.items()
            }
            sentences[language] = template.format(**values_in_language) if values_in_language else template
        return sentences

    def html(self, key: str, **values: object) -> Html:
        """Return a message as markup, in every language of the page."""
        return self.show(self.get(key, **values))

    def join(self, texts: Iterable[Mapping[str, str]], separator: str = "comma") -> Spoken:
        """Join texts with the separator of each language."""
        parts, separators = list(texts), self.get(separator)
        return {language: separators[language].join(part[language] for part in parts) for language in self.languages}

    def join_names(self, names: Iterable[Mapping[str, str]]) -> Spoken:
        """Join names with isolated directions of writing."""
        return self.join({language: isolate(name[language]) for language in self.languages} for name in names)

    def show(self, spoken: Mapping[str, str], tag: str = "span") -> Html:
        """Return a text as markup in every language of the page; the style sheet shows one of them."""
        if len(set(spoken.values())) == 1:
            return escape(next(iter(spoken.values())))
        return Html("".join(f"<{tag} lang={language}>{escape(text)}</{tag}>" for language, text in spoken.items()))

    def name(self, spoken: Mapping[str, str]) -> Html:
        """Return a name as markup that isolates its direction of writing."""
        if len(set(spoken.values())) == 1:
            return Html(f"<bdi>{escape(next(iter(spoken.values())))}</bdi>")
        return self.show(spoken, "bdi")

    def attribute(self, spoken: Mapping[str, str]) -> Html:
        """Return a text in the first language, for an attribute."""
        return escape(spoken[self.languages[0]])

    def label(
        self, x: float, y: float, spoken: Mapping[str, str], width: float, attributes: str = "", beside: str = "{}"
    ) -> Html:
        """Return a label of a drawing, cut to a width; the tooltip has the full name.

        `beside` is a template of the label; only the name, at `{}`, is cut.
        """
        available = width - width_of(beside.replace("{}", ""))
        names = {language: isolate(name) for language, name in spoken.items()}
        cut = {language: truncate(name, available) for language, name in names.items()}
        title = f"<title>{self.show(names, 'tspan')}</title>" if cut != names else ""
        label = {language: beside.format(name) for language, name in cut.items()}
        return Html(f'<text x="{x:g}" y="{y:g}" {attributes}>{self.show(label, "tspan")}{title}</text>')


def truncate(label: str, width: float, size: float = 12) -> str:
    """Cut a label to an estimated width in pixels; brackets at the end of the label stay.

    >>> truncate("Value added of secondary industry", 110), truncate("Sao Tome and Principe (STP)", 150)
    ('Value added of…', 'Sao Tome and… (STP)')
    """
    available = width / size
    if width_of(label, 1) <= available:
        return label
    head, brackets = split_brackets(label)
    if brackets and width_of(brackets, 1) <= available / 2:
        return truncate(head, width - width_of(brackets, size), size) + brackets
    start, width_so_far = "", 1.0  # the ellipsis is one em wide
    for letter in label:
        width_so_far += _width(letter)
        if width_so_far > available:
            break
        start += letter
    return start.rstrip() + ("…\u2069" if start.startswith("\u2068") else "…")


def wrap(sentence: str, width: float, size: float = 12) -> list[str]:
    """Break a sentence into lines of a width in pixels, between words or between Chinese characters.

    >>> wrap("Left out: one and two", 80)
    ['Left out:', 'one and two']
    >>> wrap("因无法计分而未采用", 60)
    ['因无法计分', '而未采用']
    """
    lines, available = [""], width / size
    for word in _WORDS.findall(sentence):
        if lines[-1] and width_of((lines[-1] + word).rstrip(), 1) > available:
            lines.append("")
        lines[-1] += word
    return [line.rstrip() for line in lines]


def width_of(label: str, size: float = 12) -> float:
    """Estimate the width of a label in pixels."""
    return size * sum(map(_width, label))


def _width(letter: str) -> float:
    """Estimate the width of a character in ems, for a wide font."""
    if combining(letter) or TURNING.match(letter):
        return 0.0
    if east_asian_width(letter) in "WF" or letter in "mwMW%@…":
        return 1.0
    return 0.3 if letter in "ijlI'|" else 0.4 if letter in "frtJ .,:;!()-·" else 0.75 if letter.isupper() else 0.63


def number(value: float | None, digits: int = 2) -> str:
    """Format a number; a dash stands for a missing value.

    >>> number(1.005, 2), number(None), number(-0.0), number(-2.5, 1)
    ('1.00', '–', '0.00', '−2.5')
    """
    if value is None or value != value:
        return "–"
    digits_of_value = f"{value:.{digits}f}"
    return digits_of_value.removeprefix("-") if float(digits_of_value) == 0 else digits_of_value.replace("-", "−")


def score_text(value: float | None, digits: int) -> str:
    """Format a score as the script of the page does: halves are rounded up, and thousands are grouped.

    >>> score_text(0.12345, 4), score_text(8454.125, 2), score_text(-2.5, 0), score_text(None, 2)
    ('0.1235', '8,454.13', '−3', '–')
    """
    if value is None or value != value:
        return "–"
    if abs(value) < 1e15:  # larger numbers have no digits to round
        value = float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))
    return f"{value + 0.0:,.{digits}f}".replace("-", "−")


def exact_number(value: float) -> str:
    """Format a number with all of its digits.

    >>> exact_number(75000.0), exact_number(0.1), exact_number(-3)
    ('75,000', '0.1', '−3')
    """
    digits = f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else repr(float(value))
    return digits.replace("-", "−")


def figure(value: float | None) -> str:
    """Format a figure of the data with six digits; larger figures are rounded to the unit.

    >>> figure(1234567.8), figure(12360.82), figure(0.5)
    ('1,234,568', '12,360.8', '0.5')
    """
    if value is None or value != value:
        return "–"
    digits = f"{value:,.0f}" if 1e5 <= abs(value) < 1e15 else f"{value:,.6g}"
    return digits.replace("-", "−")


def rank_text(value: float | None) -> str:
    """Format a rank, which may lie between two whole numbers.

    >>> rank_text(2.0), rank_text(2.5), rank_text(17.95)
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
    """Return a table; the script of the page makes it sortable and, if `search`, searchable.

    `rows` are markup. `numbers` are the columns, counted from 1, that are aligned right.
    """
    lines = list(rows)
    tall = " tall" if len(lines) > TALL else ""
    right = " ".join(f"n{column}" for column in numbers)
    head = "".join(f"<th scope=col>{escape(heading)}" for heading in headings)
    style = f"{classes} {right}".strip()
    attributes = (f' class="{style}"' if style else "") + (" data-search" if search else "")
    return Html(
        f'<div class="scroll{tall}" tabindex=0 role=region aria-labelledby={name}-c>'
        f'<table id="{name}"{attributes}>'
        f"<caption id={name}-c>{escape(caption)}</caption>"
        f"<thead><tr>{head}<tbody>\n{chr(10).join(lines)}\n</table></div>"
    )


def hidden(content: Html) -> Html:
    """Return the caption of a table that repeats the heading above the table: only a screen reader says it."""
    return Html(f'<span class="hidden">{content}</span>')


def row(cells: Iterable[object], head: int | None = None, attributes: str = "") -> str:
    """Return a row of a table; the cell at `head` is its heading.

    >>> row(["1", "Lima"], head=1)
    '<tr><td>1<th scope=row>Lima'
    """
    # HTML needs no end tags of cells and rows; without them, a page of many rows is smaller.
    tags = (f"<th scope=row>{escape(cell)}" if at == head else f"<td>{escape(cell)}" for at, cell in enumerate(cells))
    return f"<tr{' ' + attributes if attributes else ''}>{''.join(tags)}"


def section(name: str, heading: Html, *content: str) -> str:
    """Return a section of the page."""
    return (
        f'<section id="{name}" aria-labelledby="{name}-h"><h2 id="{name}-h">{heading}</h2>{"".join(content)}</section>'
    )


def paragraph(content: Html, classes: str = "") -> str:
    """Return a paragraph."""
    return f'<p class="{classes}">{content}</p>' if classes else f"<p>{content}</p>"


def by_language(value: Any, languages: Iterable[str], default: str) -> Spoken:
    """Return a text of the index file by language."""
    return {language: text_in(value, language, default) for language in languages}
