"""Words and names of columns, compared without case and marks."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping


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


_HAN = r"[\u3040-\u30ff\u3400-\u9fff]"
"""Characters of Chinese and Japanese, between which blanks only fill a column."""
_FOLDER = Path(__file__).parent / "vocabulary"
"""The folder of the word lists."""


@lru_cache(maxsize=1 << 14)
def plain_words(name: str) -> str:
    """Return the words of a name in lower case, without accents and punctuation.

    >>> plain_words("infantMortality"), plain_words("STATE_FIPS"), plain_words("Île-de-France"), plain_words("全 国")
    ('infant mortality', 'state fips', 'ile de france', '全国')
    """
    spaced = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", unicodedata.normalize("NFKC", name))
    words = " ".join(re.findall(r"[^\W_]+", simplified(without_accents(spaced.casefold()))))
    return words if words.isascii() else re.sub(rf"(?<={_HAN}) (?={_HAN})", "", words)


def without_accents(text: str) -> str:
    """Return a text without accents.

    >>> without_accents("Türkiye")
    'Turkiye'
    """
    if text.isascii():
        return text
    return "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))


def read_words(file: str) -> dict[str, Any]:
    """Return the content of a file of the vocabulary.

    >>> list(read_words("metadata"))
    ['columns', 'cells']
    """
    return tomllib.loads((_FOLDER / f"{file}.toml").read_text(encoding="utf-8"))


def simplified(text: str) -> str:
    """Return a text with simplified Chinese characters for traditional and Japanese ones.

    >>> simplified("失業率"), simplified("総計")
    ('失业率', '总计')
    """
    return text if text.isascii() else text.translate(_translation())


@cache
def other_characters() -> Mapping[str, str]:
    """Return the simplified Chinese character of each traditional or Japanese one."""
    pairs = read_words("characters")["pairs"]
    return {other: simple for line in pairs for simple, other in line.split()}


@cache
def _translation() -> dict[int, str]:
    return str.maketrans(dict(other_characters()))


@dataclass(frozen=True)
class WordList:
    """The words that give a name a meaning, such as that of a code or of a total."""

    names: frozenset[str] = frozenset()
    """Whole names."""
    first: tuple[str, ...] = ()
    """Words at the start of a name."""
    last: tuple[str, ...] = ()
    """Words at the end of a name."""
    within: tuple[str, ...] = ()
    """Words anywhere in a name."""
    endings: tuple[str, ...] = ()
    """The last letters of a name, for languages without blanks between words."""

    @property
    def phrases(self) -> tuple[str, ...]:
        """The words and phrases of all places."""
        return (*self.names, *self.first, *self.last, *self.within, *self.endings)

    def matches(self, name: str) -> bool:
        """Return True if a name has the meaning of the list.

        >>> WordList(last=("code",)).matches("zip_code"), WordList(last=("code",)).matches("codes of conduct")
        (True, False)
        """
        return self.match_words(plain_words(name))

    def match_words(self, words: str) -> bool:
        """Return True if the plain words of a name have the meaning of the list."""
        return bool(words) and (words in self.names or bool(self._pattern.search(words)))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """The places of words as one expression, which is faster than a comparison with each word."""
        places = (
            *(rf"^{re.escape(word)}(?= |$)" for word in self.first),
            *(rf"(?:^| ){re.escape(word)}$" for word in self.last),
            *(rf"(?:^| ){re.escape(word)}(?= |$)" for word in self.within),
            *(rf"{re.escape(ending)}$" for ending in self.endings),
        )
        return re.compile("|".join(places) or "(?!)")


@cache
def word_lists(file: str) -> dict[str, WordList]:
    """Return the word lists of a file of the vocabulary, by their headings.

    >>> word_lists("columns")["code"].matches("Postal code")
    True
    """
    tables = read_words(file)
    lists = {}
    for heading, table in tables.items():
        words = {place: tuple(map(plain_words, texts)) for place, texts in table.items()}
        names = frozenset(words.pop("names", ()))
        lists[heading] = WordList(names, **words)
    return lists
