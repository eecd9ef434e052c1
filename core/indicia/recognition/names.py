"""Names of columns as words: what the name of a column says it holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias, get_args

from indicia.recognition.words import plain_words, read_words

Role: TypeAlias = Literal["indicators", "values", "units", "periods", "measures"]


@dataclass(frozen=True)
class ColumnWords:
    """The words of `vocabulary/layouts.toml`."""

    roles: dict[Role, tuple[str, ...]]
    parts: tuple[str, ...]
    names: frozenset[str]
    bases: frozenset[str]
    totals: frozenset[str]
    certain: frozenset[str]


@cache
def column_words() -> ColumnWords:
    """Return the words of the names of columns in long and wide tables."""
    lists = read_words("layouts")
    words = {name: tuple(map(plain_words, texts)) for name, texts in lists.items()}
    # the longest part first, so that 名称 is found before a part that ends it
    parts = tuple(sorted(words["parts"], key=len, reverse=True))
    sets = (frozenset(words[name]) for name in ("names", "bases", "totals", "certain"))
    return ColumnWords({role: words[role] for role in get_args(Role)}, parts, *sets)


def split_part(name: str) -> tuple[str, str]:
    """Return the words of a name without the last word that says which name it is, and this word.

    >>> split_part("Indicator Code"), split_part("指标名称"), split_part("name")
    (('indicator', 'code'), ('指标', '名称'), ('name', ''))
    """
    words = plain_words(name)
    for part in column_words().parts:
        ending = f" {part}" if part.isascii() else part  # Chinese has no blanks between words
        if words.endswith(ending) and len(words) > len(ending):
            return words[: -len(ending)].strip(), part
    return words, ""


def rank_of(name: str, role: Role) -> int | None:
    """Return the place of a name in the list of a role; None for a name that is not in it.

    >>> rank_of("Indicator Name", "indicators"), rank_of("gdp", "indicators")
    (0, None)
    >>> rank_of("indic_il", "indicators") == rank_of("health indicator", "indicators") != None
    True
    """
    words = column_words().roles[role]
    candidates = plain_words(name), split_part(name)[0]
    for candidate in candidates:
        if candidate in words:
            return words.index(candidate)
    if role == "indicators" and any(_ends_as_indicator(candidate) for candidate in candidates):
        return len(words)
    return None


def _ends_as_indicator(words: str) -> bool:
    """Return True for names such as "health indicator", and for those of Eurostat: "indic_il", "indic_de"."""
    first, *others = words.split() or [""]
    return bool(others) and (first == "indic" or others[-1] in column_words().certain)


def is_name(name: str) -> bool:
    """Return True if a name says that its column holds names for readers, not codes.

    >>> is_name("Country Name"), is_name("Country Code")
    (True, False)
    """
    return split_part(name)[1] in column_words().names
