"""The names of rows that are no units: totals, aggregates, statistics of the other rows, notes."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from indicia.recognition.cells import is_note, vocabulary
from indicia.recognition.words import other_characters, plain_words, word_lists

if TYPE_CHECKING:
    import polars as pl

Kind: TypeAlias = Literal["total", "aggregate", "statistic", "note"]

_UNIONS = ("eu", "ea", "emu", "oecd", "efta", "eea")
_CODES = re.compile(r"(eu|ea|emu|oecd|efta|eea)[-_ ]?\d{0,2}([-_ ](19|20)\d\d)?( countries| members)?", re.IGNORECASE)
"""Codes of unions of countries with their number of members: EU27_2020, EA19, EU-28."""
_BRACKETS = re.compile(r"\s*[(\[（][^()\[\]（）]*[)\]）]\s*$")


@cache
def _tokens(of: Literal["kinds", "notes"]) -> tuple[list[str], str]:
    """Return a word of each phrase of a kind or note: the long words, and an expression for the short ones."""
    lists = (word_lists("rows")[kind] for kind in ("total", "statistic", "aggregate"))
    phrases = [phrase for words in lists for phrase in words.phrases]
    if of == "notes":
        phrases = [plain_words(phrase) for phrase in (*vocabulary().notes, *vocabulary().unit_rows)]
    tokens = {max(phrase.split(), key=len) for phrase in phrases if phrase} | (set(_UNIONS) if of == "kinds" else set())
    short = sorted(token for token in tokens if len(token) < 5 and token.isascii())
    return sorted(tokens.difference(short)), rf"(?:^|[^a-z])(?:{'|'.join(short)})(?:[^a-z]|$)"


def may_have_kind(names: pl.Series) -> pl.Series:
    """Return a mask of the names that hold a word of a kind or a note; all other names are names of units.

    The words are sought in all names at once, as `kind_of_name` takes long for thousands of names.

    >>> import polars as pl
    >>> may_have_kind(pl.Series(["Lima", "Grand Total", "* estimated", "unit 7"])).to_list()
    [False, True, True, False]
    >>> may_have_kind(pl.Series(["全 国", "總 計", "北 京"])).to_list()
    [True, True, False]
    """
    plain = names.str.replace_all(r"(\p{Ll})(\p{Lu})", "$1 $2").str.to_lowercase().str.normalize("NFKD")
    plain = plain.str.replace_all(r"\p{M}", "").str.replace_all("ß", "ss", literal=True)
    plain = plain.str.replace_many(dict(other_characters()))
    for _ in range(2):  # the expression does not see a character twice, as in "合 计 行"
        plain = plain.str.replace_all(r"(\p{Han})\s+(\p{Han})", "$1$2")
    (kinds, short_kinds), (notes, short_notes) = _tokens("kinds"), _tokens("notes")
    of_kind = plain.str.contains_any(kinds) | plain.str.contains(short_kinds)
    # a word of a note stands before a mark or before two more words
    noted = names.str.contains(r"[:：\-–—(（,，;；]|\s{2}|\s\S+\s")
    of_note = noted & (plain.str.contains_any(notes) | plain.str.contains(short_notes))
    marked = names.str.contains(r"^[\s\"']*[^\p{L}]|=|[)/]\s")
    return (of_kind | of_note | marked).fill_null(False)


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
