"""Cells of text as people read them: a number in any notation, a mark of a missing value, a note."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

from indicia_recognition.words import read_words

if TYPE_CHECKING:
    from collections.abc import Mapping

CellClass: TypeAlias = Literal["empty", "number", "missing", "text"]

NARROW = {
    ord(wide): narrow
    for wide, narrow in zip(
        "０１２３４５６７８９．，＋－％（）−▲△·",
        "0123456789.,+-%()---.",
        strict=True,
    )
}
"""The plain forms of full-width characters, and of signs of negative numbers, by code."""
_NUMBER = re.compile(
    r"""[(]?\s*
    (?:[^\W\d_]{0,4}[$€£¥₹₩₽₺]|(?P<currency>[^\W\d_]{1,4}\.?)\s?|~|≈)?\s*
    [-+−–]?\s*[$€£¥₹₩₽₺]?\s*
    (?:\d+(?:[.,'’\s_]\d+)*|[.,]\d+)\.?(?:[eE][-+]?\d+)?  # digits with marks between them
    \s*[)]?-?\s*
    (?:[%‰°]|[$€£¥₹₩₽₺元円]|[^\W\d_]{1,8}\.?(?:/\w{1,4})?)?  # a sign of percent, a unit or a magnitude
    \s*(?:[*†‡§#]+|\[\w{1,2}\]|\(\w{1,2}\)|[¹²³⁰⁴-⁹ᵃ-ᶻ⁾①-⒇ⓐ-ⓩ]+|[a-z]{1,2})*""",
    re.VERBOSE,
)
_DATE = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}(?!\d)|\d{4}[./]\d\d?[./]\d\d?(?!\d)")
_YEAR = re.compile(r"(?:FY|Y|X|y)?\s?((?:1[5-9]|20|21)\d\d)(?:\s?\[?YR\d{4}\]?|年|年度)?")
_NOTE_MARK = re.compile(
    r"©|[-_=–—.]{4,}$|[*†‡§¹²³⁴-⁹①-⒇ⓐ-ⓩ]|\(?(?:\d{1,2}|[a-z])[)/]\s|\[(?:\d{1,2}|[a-z])\]|[a-z]\s*=\s|\d\s*=\s"
)


@dataclass(frozen=True)
class Vocabulary:
    """The words of `vocabulary/notation.toml`; words without regard to case are in lower case."""

    notes: frozenset[str]
    titles: frozenset[str]
    unit_rows: frozenset[str]
    approximations: frozenset[str]
    missing: frozenset[str]
    letters: frozenset[str]
    currencies: frozenset[str]
    units: frozenset[str]
    magnitudes: Mapping[str, float]
    flags: Mapping[str, str]


@cache
def vocabulary() -> Vocabulary:
    """Return the words of the notation of tables."""
    words = read_words("notation")

    def folded(name: str) -> frozenset[str]:
        return frozenset(word.casefold() for word in words[name])

    return Vocabulary(
        folded("notes"),
        folded("titles"),
        folded("unit_rows"),
        folded("approximations"),
        folded("missing"),
        folded("letters"),
        frozenset(words["currencies"]),
        folded("units"),
        MappingProxyType(words["magnitudes"]),
        MappingProxyType(words["flags"]),
    )


def cell_class(cell: str | None) -> CellClass:
    """Return the class of a cell.

    >>> [cell_class(cell) for cell in ("1 335,21", "$6.32 bn", "..", "Lima", "")]
    ['number', 'number', 'missing', 'text', 'empty']
    """
    text = "" if cell is None else cell.strip()
    if not text:
        return "empty"
    if len(text) <= 40 and not _DATE.match(text) and (match := _NUMBER.fullmatch(text.translate(NARROW))):
        currency = match["currency"]
        if currency is None or {currency, currency.rstrip(".")} & vocabulary().currencies:
            return "number"
    return "missing" if is_missing_mark(text) else "text"


def is_missing_mark(text: str) -> bool:
    """Return True if people read the text as a missing value in a column of numbers.

    >>> is_missing_mark("n.a."), is_missing_mark(": c"), is_missing_mark("Lima")
    (True, True, False)
    """
    word = " ".join(text.casefold().split())
    words = vocabulary()
    if word in words.missing or word in words.letters:
        return True
    return word[:1] == ":" and (word[1:].strip() in words.flags or not word[1:].strip())


def year(cell: str | None) -> int | None:
    """Return the year that a cell names; None for another cell.

    >>> year("2018 [YR2018]"), year("2018年"), year("17"), year("2018.5")
    (2018, 2018, None, None)
    """
    match = _YEAR.fullmatch((cell or "").strip())
    return int(match[1]) if match else None


def is_note(text: str) -> bool:
    """Return True if a text begins like a note or a source.

    >>> is_note("Source: UN (2020)"), is_note("* estimated"), is_note("资料来源：国家统计局"), is_note("Notodden")
    (True, True, True, False)
    """
    text = text.strip().strip("\"'")
    if _NOTE_MARK.match(text):
        return True
    start = re.split(r"[:：\-–—(（,，;；]|\s{2,}", text, maxsplit=1)[0].casefold().strip(" .")
    known = vocabulary().notes | vocabulary().unit_rows
    # A word alone is a note only before a colon, as "Champ" and "Stand" may be names.
    if start in known:
        return len(start) < len(text.strip())
    words = start.split()
    return len(words) > 2 and (words[0] in known or " ".join(words[:2]) in known)
