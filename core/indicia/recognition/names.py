"""Names of columns as words: what the name of a column says it holds."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["indicators", "values", "units", "periods", "measures"]

_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])")


@dataclass(frozen=True)
class ColumnWords:
    """The words of `vocabulary/layouts.toml`."""

    roles: dict[Role, tuple[str, ...]]
    parts: tuple[str, ...]
    names: frozenset[str]
    bases: frozenset[str]
    totals: frozenset[str]


@cache
def column_words() -> ColumnWords:
    """Return the words of the names of columns in long and wide tables."""
    text = files("indicia.recognition").joinpath("vocabulary", "layouts.toml").read_text(encoding="utf-8")
    lists = tomllib.loads(text)
    roles: tuple[Role, ...] = ("indicators", "values", "units", "periods", "measures")
    # the longest part first, so that 名称 is found before a part that ends it
    parts = tuple(sorted(lists["parts"], key=len, reverse=True))
    names, bases, totals = (frozenset(lists[name]) for name in ("names", "bases", "totals"))
    return ColumnWords({role: tuple(lists[role]) for role in roles}, parts, names, bases, totals)


def words_of(name: str) -> str:
    """Return the words of a name in lower case, with blanks between them.

    >>> words_of("IndicatorCode"), words_of("REF_AREA"), words_of("Ｙear ")
    ('indicator code', 'ref area', 'year')
    """
    split = _CAMEL.sub(" ", unicodedata.normalize("NFKC", name))
    return re.sub(r"[\W_]+", " ", split).strip().casefold()


def split_part(name: str) -> tuple[str, str]:
    """Return the words of a name without the last word that says which name it is, and this word.

    >>> split_part("Indicator Code"), split_part("指标名称"), split_part("name")
    (('indicator', 'code'), ('指标', '名称'), ('name', ''))
    """
    words = words_of(name)
    for part in column_words().parts:
        for ending in (f" {part}", part if not part.isascii() else f" {part}"):
            if words.endswith(ending) and len(words) > len(ending):
                return words[: -len(ending)].strip(), part
    return words, ""


def rank_of(name: str, role: Role) -> int | None:
    """Return the place of a name in the list of a role; None for a name that is not in it.

    >>> rank_of("Indicator Name", "indicators"), rank_of("gdp", "indicators")
    (0, None)
    """
    words = column_words().roles[role]
    for candidate in (words_of(name), split_part(name)[0]):
        if candidate in words:
            return words.index(candidate)
    return None


def is_name(name: str) -> bool:
    """Return True if a name says that its column holds names for readers, not codes.

    >>> is_name("Country Name"), is_name("Country Code")
    (True, False)
    """
    return split_part(name)[1] in column_words().names
