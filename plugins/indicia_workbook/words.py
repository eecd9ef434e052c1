"""The texts of workbooks, in English and in Chinese."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from indicia.documents import table_words
from indicia.messages import texts_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.definition.methodology_section import Methodology

WORDS: Mapping[str, tuple[str, str]] = {**table_words.WORDS, **texts_in(files(__package__) / "words.toml")}
"""The texts by key, English first, with the names of values in braces."""


def word(key: str, language: str, **filled: object) -> str:
    """Return a text in Chinese for "zh", else in English.

    >>> word("level", "zh", n=2)
    '第2级'
    """
    return table_words.word(key, language, WORDS, **filled)


def sheet_sentence(sheet: str, methodology: Methodology, language: str) -> str:
    """Return the sentence that describes a sheet, by the key of its description."""
    suffix = "_worst" if sheet == "ranking" and methodology.rank_from == "worst" else ""
    return word(f"{sheet}_says{suffix}", language, ties=word(methodology.ties, language))
