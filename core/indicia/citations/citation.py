"""Works behind methods: their fields, their text, and the `references.toml` of packages.

The works behind the methods of a package, from its file `references.toml`.

A method states its reference as a text, such as "Brans, Vincke & Mareschal (1986), European Journal of Operational
Research 24(2)". An entry of `references.toml` has a label, the beginning of such texts, and the facts of the work:

    [brans_1986]
    label = "Brans, Vincke & Mareschal (1986)"
    kind = "article"
    authors = ["Brans, J. P.", "Vincke, P.", "Mareschal, B."]
    title = "How to select and how to rank projects: The PROMETHEE method"
    year = "1986"
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field, fields, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from indicia.callers import warn
from indicia.errors import PluginWarning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def plain(citation: Citation, *, with_link: bool = True) -> str:
    """Return a citation as one line.

    Parameters
    ----------
    citation : Citation
        The work.
    with_link : bool, default True
        False to leave out the address.

    Returns
    -------
    str
        The line.

    Examples
    --------
    >>> from indicia.citations import Citation
    >>> work = Citation("d", "article", "Grey systems", ("Deng, J.", "Li, K."), "1982", container="Letters", volume="1")
    >>> plain(work)
    'Deng, J. & Li, K. (1982). Grey systems. Letters 1.'
    """
    link = link_of(citation) if with_link else ""
    if citation.role == "index" and citation.note:  # the publisher states how to cite the index
        sentence = citation.note if citation.note.endswith((".", "。")) else f"{citation.note}."
        return sentence if not link or link in citation.note else f"{sentence} {link}"
    *others, last = citation.authors or ("",)
    authors = ", ".join(others) + (" et al." if last == OTHERS else f" & {last}") if others else last
    year = f"({citation.year})" if citation.year else ""
    title = citation.title + (f" (version {citation.version})" if citation.version else "")
    issue = citation.volume + (f"({citation.number})" if citation.number else "")
    pages = citation.pages.replace("-", "–")
    place = ", ".join(filter(None, (" ".join(filter(None, (citation.container, issue))), pages)))
    edition = f"{citation.edition} edition" if re.fullmatch(r"\d[\w/–-]*", citation.edition) else citation.edition
    accessed = f"Read on {citation.accessed}" if citation.accessed else ""
    licence = f"Licence: {citation.licence}" if citation.licence else ""
    lead = " ".join(filter(None, (authors, year)))
    publisher = "" if citation.authors == (citation.publisher,) else citation.publisher
    parts = (lead, title, place, edition, publisher, citation.note, accessed, licence)
    sentences = [f"{part.rstrip('.')}." for part in parts if part]
    return " ".join([*sentences, *([link] if link else [])])


def link_of(citation: Citation) -> str:
    """Return the address of a work: that of its DOI, or its own; empty if it has none.

    Parameters
    ----------
    citation : Citation
        The work.

    Returns
    -------
    str
        The address.
    """
    return f"https://doi.org/{citation.doi}" if citation.doi else citation.url


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


FILE = "references.toml"
_REMARKS = "remarks"
"""The key of the list of parts of references that name no work."""


@dataclass(frozen=True)
class Registry:
    """The works of a package by label, and the parts of references that name no work."""

    works: Mapping[str, Citation] = field(default_factory=dict)
    remarks: frozenset[str] = frozenset()

    def works_in(self, reference: str) -> Iterator[Citation]:
        """Yield the works that a reference names, in its order; a part without an entry becomes a note."""
        for part in filter(None, (part.strip() for part in reference.split(";"))):
            works = list(self._in_part(part))
            yield from works
            if not works and part not in self.remarks:
                yield Citation(slug(part), note=part)

    def _in_part(self, part: str) -> Iterator[Citation]:
        """Yield the works whose labels occur in a part; where labels overlap, the first and longest counts."""
        if self._labels is not None:
            yield from dict.fromkeys(self.works[label] for label in self._labels.findall(part))

    @cached_property
    def _labels(self) -> re.Pattern[str] | None:
        labels = sorted(self.works, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, labels))) if labels else None


def cited_works(reference: str, package: str) -> tuple[Citation, ...]:
    """Return the works that the reference of a method names.

    Parameters
    ----------
    reference : str
        The attribute `reference` of the method.
    package : str
        The top package of the method, whose list of works is read.

    Returns
    -------
    tuple of Citation
        The works.
    """
    return tuple(registry_of(package).works_in(reference))


@cache
def registry_of(package: str) -> Registry:
    """Return the works of a package; a file that cannot be read causes a warning, and counts as no file."""
    try:
        text = files(package).joinpath(FILE).read_text(encoding="utf-8")
    except (OSError, ImportError, ValueError, TypeError):  # a plugin that is a single file, or has no list of works
        return Registry()
    try:
        return read_registry(text)
    except ValueError as error:
        warn(f"{FILE} of {package} is left out: {error}", PluginWarning)
        return Registry()


def read_registry(toml: str) -> Registry:
    """Return the works of a text in TOML; ValueError if the text or an entry is wrong."""
    entries = tomllib.loads(toml)
    remarks = entries.pop(_REMARKS, [])
    if not isinstance(remarks, list):
        raise ValueError(f"{_REMARKS} is no list")
    works: dict[str, Citation] = {}
    for key, entry in entries.items():
        label, work = _work(key, entry)
        if label in works:
            raise ValueError(f"{key} and {works[label].key} have the same label")
        works[label] = work
    return Registry(works, frozenset(map(str, remarks)))


def _work(key: str, entry: Any) -> tuple[str, Citation]:
    if not isinstance(entry, dict) or not isinstance(label := entry.get("label"), str) or not label:
        raise ValueError(f"{key} has no label")
    if slug(key) != key:
        raise ValueError(f"{key} is no key of ASCII letters in lower case, digits and _")
    facts = {word: value for word, value in entry.items() if word != "label"}
    try:
        return label, Citation.of_record({"key": key, **facts})
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from error
