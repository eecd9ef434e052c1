"""The texts of tables for papers and workbooks: captions, headings, notes."""

from __future__ import annotations

from indicia.messages import CORE


def word(key: str, language: str | None, /, **filled: object) -> str:
    """Return a text of tables in a language, with its slots filled.

    >>> word("rank_of", "en", group="region")
    'rank within region'
    """
    return CORE.text(f"table.{key}", language, **filled)
