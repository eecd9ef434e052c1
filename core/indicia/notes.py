"""Notes and other sentences for readers of results: messages of the catalogue with their values."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from indicia.messages.catalogue import CORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Spoken: TypeAlias = dict[str, str]
"""A text by language."""

MARK = "*"
"""The mark after a figure that is imputed or computed from imputed values."""


@dataclass(frozen=True)
class Count:
    """A number of units, rows or other things."""

    number: int
    noun: str

    def in_language(self, language: str, names: Mapping[str, str]) -> str:  # noqa: ARG002
        """Return the number with its noun in a language."""
        return CORE.message(f"count.{self.noun}", language, self.number).format(count=f"{self.number:,}")


@dataclass(frozen=True)
class Names:
    """A list for a sentence, of units or parts by name or of other items: the first few, and the number of the others.

    `between` separates the items, by default a comma of the language.
    """

    names: tuple[str | Count | Note, ...]
    limit: int = 5
    between: str | None = None
    count: int | None = None
    """The number of all items, if `names` has only the first of them."""

    @classmethod
    def of(cls, names: Iterable[object], limit: int = 5, between: str | None = None) -> Names:
        """Return a list of the names of units or parts."""
        return cls(tuple(map(str, names)), limit, between)

    def in_language(self, language: str, names: Mapping[str, str]) -> str:
        """Return the list in a language, with the names of units and parts for its readers."""
        items = [
            item.in_language(language, names) if isinstance(item, (Count, Note)) else names.get(item, item)
            for item in self.names
        ]
        text = (self.between or CORE.message("list.comma", language)).join(items[: self.limit])
        count = len(items) if self.count is None else self.count
        if count <= self.limit:
            return text
        return CORE.text("list.more", language, names=text, more=count - self.limit, count=count)


@dataclass(frozen=True)
class Shares:
    """Units, each with a share between 0 and 1: the first few, and the number of the others."""

    shares: tuple[tuple[str, float], ...]
    limit: int = 5
    count: int | None = None
    """The number of all units, if `shares` has only the first of them."""

    def in_language(self, language: str, names: Mapping[str, str]) -> str:
        """Return the units in a language, with their shares as percentages."""
        units = (f"{names.get(unit, unit)} ({percentage(share)})" for unit, share in self.shares)
        return Names(tuple(units), self.limit, count=self.count).in_language(language, {})


@dataclass(frozen=True)
class Rank:
    """A rank for a sentence; tied units may share a rank between two whole numbers."""

    number: float

    def in_language(self, language: str, names: Mapping[str, str]) -> str:  # noqa: ARG002
        """Return the rank as an ordinal.

        >>> [Rank(number).in_language("en", {}) for number in (1, 2, 3, 4, 11, 12, 13, 21, 112, 2.5)]
        ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '112th', '2.5th']
        >>> Rank(12).in_language("zh", {})
        '第 12 名'
        """
        endings = {} if self.number % 100 in (11, 12, 13) else {1.0: "st", 2.0: "nd", 3.0: "rd"}
        ordinal = f"{self.number:,.10g}{endings.get(self.number % 10, 'th')}"
        return CORE.text("list.rank", language, ordinal=ordinal, number=f"{self.number:.10g}")


def percentage(share: float) -> str:
    """Write a share as a percentage; a share below 1 % has a digit that is not zero.

    >>> percentage(0.125), percentage(0.004), percentage(1.0), percentage(0.0)
    ('13 %', '0.4 %', '100 %', '0 %')
    """
    return f"{math.floor(100 * share + 0.5)} %" if share >= 0.01 or share == 0 else f"{100 * share:.1g} %"


def percent(share: float) -> str:
    """Write a share in percent, with a digit that is not 0.

    >>> percent(1.8154), percent(-0.00014), percent(0.0)
    ('181.5%', '-0.01%', '0.0%')
    """
    return f"{100 * share:.1f}%" if abs(share) >= 0.0005 or not share else f"{100 * share:.1g}%"


class Note(str):
    """A sentence in English that keeps its kind and its values, so that `in_language` can return it in other languages.

    >>> note = Note("imputation", count=Count(1, "value"), parts=Names(("gdp",)))
    >>> print(note)
    1 value imputed in gdp
    >>> note.in_language("zh", {"gdp": "国内生产总值"})
    '已填补 1 个数值：国内生产总值'
    """

    kind: str
    filled: dict[str, Any]

    def __new__(cls, kind: str, **filled: Any) -> Note:
        """Return the sentence in English, with parts and units by their names in the index file."""
        note = super().__new__(cls, _sentence(kind, filled, "en", {}))
        note.kind, note.filled = kind, filled
        return note

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.kind,), self.filled

    @property
    def in_order_of_names(self) -> Note:
        """The sentence with its units by name, so that the order of the data does not change it."""
        units = self.filled.get("units")
        if not isinstance(units, Names) or units.count is not None:
            return self
        return Note(self.kind, **{**self.filled, "units": replace(units, names=tuple(sorted(units.names, key=str)))})

    def in_language(self, language: str | None, names: Mapping[str, str]) -> str:
        """Return the sentence in a language, English by default, with the names of parts and units for its readers."""
        return _sentence(self.kind, self.filled, language or "en", names)


def _sentence(kind: str, filled: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    words = {name: _words(value, language, names) for name, value in filled.items()}
    return CORE.message(f"note.{kind}", language).format(**words)


def _words(value: Any, language: str, names: Mapping[str, str]) -> str:
    if hasattr(value, "in_language"):
        return str(value.in_language(language, names))
    if isinstance(value, dict):
        return str(value.get(language) or value.get("en") or next(iter(value.values())))
    return str(value)
