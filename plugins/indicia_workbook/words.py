"""The texts of workbooks, in English and in Chinese."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from indicia.documents import table_words
from indicia.messages import Catalogue

if TYPE_CHECKING:
    from indicia.definition.methodology_section import Methodology

_MESSAGES = Catalogue(Path(__file__).parent / "messages")


def word(key: str, language: str, **filled: object) -> str:
    """Return a text of the workbook, or one that it shares with tables for papers, in a language.

    >>> word("level", "zh", n=2)
    '第2级'
    """
    own = f"workbook.{key}"
    is_own = own in _MESSAGES.messages("en")
    return _MESSAGES.text(own, language, **filled) if is_own else table_words.word(key, language, **filled)


def sheet_sentence(sheet: str, methodology: Methodology, language: str) -> str:
    """Return the sentence that describes a sheet, by the key of its description."""
    suffix = "_worst" if sheet == "ranking" and methodology.rank_from == "worst" else ""
    return word(f"{sheet}_says{suffix}", language, ties=word(methodology.ties, language))
