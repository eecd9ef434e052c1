"""Texts by language, without the languages whose text is that of the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia_report.markup import by_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indicia.definition.section import Text as DefinedText
    from indicia_report.model.types import Text


def compact(spoken: Mapping[str, str]) -> Text:
    """Return a text without the languages that repeat the first.

    >>> compact({"en": "Lima", "zh": "Lima"}), compact({"en": "Peking", "zh": "北京"})
    ({'en': 'Lima'}, {'en': 'Peking', 'zh': '北京'})
    """
    first = next(iter(spoken))
    return {language: text for language, text in spoken.items() if language == first or text != spoken[first]}


def compact_lists(spoken: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return lists of texts without the languages whose list repeats the first."""
    first = next(iter(spoken))
    return {key: list(texts) for key, texts in spoken.items() if key == first or texts != spoken[first]}


def of_definition(value: DefinedText | None, languages: Iterable[str], default: str = "") -> Text:
    """Return a text of the index file."""
    return compact(by_language(value, languages, default))
