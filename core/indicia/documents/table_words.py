"""The texts of tables for papers and workbooks, in English and in Chinese."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from indicia.messages import texts_in

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = texts_in(files(__package__) / "table_words.toml")
"""The texts by key, English first, with the names of values in braces."""


def word(key: str, language: str | None, texts: Mapping[str, tuple[str, str]] = WORDS, /, **filled: object) -> str:
    """Return a text in Chinese for "zh", else in English.

    >>> word("rank_of", "en", group="region")
    'rank within region'
    """
    english, chinese = texts[key]
    return (chinese if language == "zh" else english).format(**filled)
