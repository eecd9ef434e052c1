"""The works behind the methods of a package, from its file `references.toml`.

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
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from indicia.callers import warn
from indicia.citations.citation import Citation, slug
from indicia.errors import PluginWarning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
