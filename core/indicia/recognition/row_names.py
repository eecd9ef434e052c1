"""The names of rows that are no units: totals, aggregates, statistics of the other rows, notes."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from indicia.recognition.cells import is_note
from indicia.recognition.words import plain_words, word_lists

Kind: TypeAlias = Literal["total", "aggregate", "statistic", "note"]

_CODES = re.compile(r"(eu|ea|emu|oecd|efta|eea)[-_ ]?\d{0,2}([-_ ](19|20)\d\d)?( countries| members)?", re.IGNORECASE)
"""Codes of unions of countries with their number of members: EU27_2020, EA19, EU-28."""
_BRACKETS = re.compile(r"\s*[(\[（][^()\[\]（）]*[)\]）]\s*$")


def kind_of_name(name: str) -> Kind | None:
    """Return the kind of row that a name stands for; None for the name of a unit.

    >>> kind_of_name("World"), kind_of_name("EU27_2020"), kind_of_name("Africa (total)"), kind_of_name("合计")
    ('total', 'aggregate', 'total', 'total')
    >>> kind_of_name("Source: United Nations"), kind_of_name("Union County"), kind_of_name("South Africa")
    ('note', None, None)
    """
    lists = word_lists("rows")
    short = _BRACKETS.sub("", name.strip())
    words, short_words = plain_words(name), plain_words(short)
    if lists["total"].match_words(short_words) or lists["total"].match_words(words):
        return "total"
    if lists["statistic"].match_words(short_words):
        return "statistic"
    if lists["aggregate"].match_words(short_words) or _CODES.fullmatch(short.strip()):
        return "aggregate"
    return "note" if is_note(name) else None
