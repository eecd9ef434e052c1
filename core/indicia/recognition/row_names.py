"""The names of rows that are no units: totals, aggregates, statistics of the other rows, notes."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from indicia.recognition.words import plain_words, word_lists

Kind: TypeAlias = Literal["total", "aggregate", "statistic", "note"]

_CODES = re.compile(r"(eu|ea|emu|oecd|efta|eea)[-_ ]?\d{0,2}([-_ ](19|20)\d\d)?(\s.*)?", re.IGNORECASE)
"""Codes of unions of countries with their number of members: EU27_2020, EA19, EU-28."""
_BRACKETS = re.compile(r"\s*[(\[（][^()\[\]（）]*[)\]）]\s*$")
_MARK = re.compile(r"\s*(\*+|[†‡§¹²³⁴-⁹]+|\[\d+\]|\(\d+\))\s*\S")
"""The mark at the start of a footnote: "* Estimate", "[1] Without islands"."""


def kind_of_name(name: str) -> Kind | None:
    """Return the kind of row that a name stands for; None for the name of a unit.

    >>> kind_of_name("World"), kind_of_name("EU27_2020"), kind_of_name("Africa (total)"), kind_of_name("合计")
    ('total', 'aggregate', 'total', 'total')
    >>> kind_of_name("Source: United Nations"), kind_of_name("Union County"), kind_of_name("South Africa")
    ('note', None, None)
    """
    lists = word_lists("rows")
    short = _BRACKETS.sub("", name.strip())
    if lists["total"].matches(short) or lists["total"].matches(name):
        return "total"
    if lists["statistic"].matches(short):
        return "statistic"
    if lists["aggregate"].matches(short) or _CODES.fullmatch(short.strip()):
        return "aggregate"
    return "note" if is_note(name) else None


def is_note(text: str) -> bool:
    """Return True for a line below a table: a source, a remark, a footnote.

    >>> is_note("Quelle: Statistisches Bundesamt"), is_note("Notre-Dame"), is_note("注：按当年价格计算")
    (True, False, True)
    """
    beginnings = word_lists("rows")["note_beginnings"].names
    stripped = text.strip()
    if any(plain_words(stripped).startswith(word) for word in beginnings) and re.search(r"[:：]|\d|.{12}", stripped):
        return True
    if _MARK.match(stripped):
        return True
    start = re.match(r"\W*[^:：.]{0,40}?(?=[:：.])", stripped)
    if start and word_lists("rows")["note"].matches(start.group()):
        return True
    return len(stripped) > 30 and word_lists("rows")["note"].matches(stripped)
