"""A citation: the bibliographic facts of a work."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

WorkKind: TypeAlias = Literal[
    "article", "book", "chapter", "conference", "report", "thesis", "software", "dataset", "other"
]
Role: TypeAlias = Literal["index", "software", "method", "data"]
"""The part of a work in a run: the index itself, a program, the source of a method, or the source of data."""

ROLES: tuple[Role, ...] = get_args(Role)
OTHERS = "others"
"""The word for further authors, at the end of a list of authors, as in BibTeX."""
_LISTS = ("authors", "used_for")
_KEY_WORDS = 5


@dataclass(frozen=True)
class Citation:
    """A work, with its part in a run; a fact that nobody states is empty.

    >>> work = Citation("deng_1982", "article", "Control problems of grey systems", ("Deng, Julong",), "1982")
    >>> work.record
    {'key': 'deng_1982', 'kind': 'article', 'title': 'Control problems of grey systems', 'authors': ['Deng, Julong'], \
'year': '1982'}
    """

    key: str
    """The identifier of the work in a bibliography: ASCII letters, digits and _."""
    kind: WorkKind = "other"
    title: str = ""
    authors: tuple[str, ...] = ()
    """Persons as "Family, Given"; a name without a comma is that of an organisation, and "others" further authors."""
    year: str = ""
    container: str = ""
    """The journal, the book of a chapter, the proceedings, or the series of a report."""
    volume: str = ""
    number: str = ""
    pages: str = ""
    edition: str = ""
    publisher: str = ""
    version: str = ""
    doi: str = ""
    url: str = ""
    licence: str = ""
    accessed: str = ""
    """The day when an online source was read, as 2024-03-31."""
    note: str = ""
    role: Role = "method"
    used_for: tuple[str, ...] = ()
    """The methods or indicators that rest on the work."""

    @property
    def record(self) -> dict[str, Any]:
        """The stated facts as values that JSON can hold."""
        values = ((field.name, getattr(self, field.name), field.default) for field in fields(self))
        return {name: list(value) if name in _LISTS else value for name, value, default in values if value != default}

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Citation:
        """Return the citation of a record of a manifest.

        Parameters
        ----------
        record : mapping
            The values of the fields by name.

        Returns
        -------
        Citation
            The work.

        Raises
        ------
        ValueError
            If the record is none of a work.
        """
        names = {field.name for field in fields(cls)}
        if unknown := sorted(str(name) for name in record if name not in names):
            raise ValueError(f"unknown word {unknown[0]}")
        for name, value in record.items():
            texts = value if name in _LISTS and isinstance(value, (list, tuple)) else [value]
            if not all(isinstance(text, str) for text in texts):
                raise ValueError(f"{name} is no text")
        if not isinstance(record.get("key"), str):
            raise ValueError("key is missing")
        for name, words in (("kind", get_args(WorkKind)), ("role", ROLES)):
            if name in record and record[name] not in words:
                raise ValueError(f"{name} is none of {', '.join(words)}")
        lists = {name: _as_texts(record[name]) for name in _LISTS if name in record}
        return cls(**{**record, **lists})


def _as_texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def slug(text: str) -> str:
    """Return the key of a text: its first words up to a year, in ASCII.

    Parameters
    ----------
    text : str
        The text of a reference.

    Returns
    -------
    str
        The key, a few words long.

    Examples
    --------
    >>> slug("Žižović & Pamučar (2019), Decision Making"), slug("世界银行")
    ('zizovic_pamucar_2019', 'work')
    """
    letters = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("ø", "o")).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", letters.lower())
    year = next((place for place, word in enumerate(words) if re.fullmatch(r"1[5-9]\d\d|20\d\d", word)), len(words))
    return "_".join(words[: min(year + 1, _KEY_WORDS)]) or "work"


def with_unique_keys(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """Return citations sorted by role; equal works are joined, and other works with the same key get _b, _c, …

    Parameters
    ----------
    citations : iterable of Citation
        The works.

    Returns
    -------
    tuple of Citation
        The works, each key once.

    Examples
    --------
    >>> works = [Citation("a", title="One", used_for=("x",)), Citation("a", title="Two"), Citation("a", title="One")]
    >>> [(work.key, work.title, work.used_for) for work in with_unique_keys(works)]
    [('a', 'One', ('x',)), ('a_b', 'Two', ())]
    """
    merged: dict[Citation, list[str]] = {}
    for citation in sorted(citations, key=lambda citation: ROLES.index(citation.role)):
        merged.setdefault(replace(citation, used_for=()), []).extend(citation.used_for)
    keys: set[str] = set()
    unique = []
    for work, uses in merged.items():
        key = next(key for key in _variants(work.key, len(merged)) if key not in keys)
        keys.add(key)
        unique.append(replace(work, key=key, used_for=tuple(dict.fromkeys(uses))))
    return tuple(unique)


def _variants(key: str, works: int) -> Iterator[str]:
    """Yield a key, and the key with _b, _c, … _z, and then numbers: enough keys for so many works."""
    yield key
    yield from (f"{key}_{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")
    yield from (f"{key}_{number}" for number in range(27, 27 + works))
