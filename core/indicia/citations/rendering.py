"""Lists of citations in a format."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Literal, TypeAlias

from indicia.citations.bibtex import bibtex
from indicia.citations.plain import plain
from indicia.citations.ris import ris

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.citations.citation import Citation, Role

CitationFormat: TypeAlias = Literal["bibtex", "ris", "text"]
_HEADINGS: dict[Role, str] = {"index": "Index", "software": "Software", "method": "Methods", "data": "Data"}


def render(citations: Iterable[Citation], form: CitationFormat = "bibtex") -> str:
    """Return citations in a format, in their order; a text has a heading for each role.

    Parameters
    ----------
    citations : iterable of Citation
        The works, as `index.cite()` returns them.
    form : {"bibtex", "ris", "text"}, default "bibtex"
        The format.

    Returns
    -------
    str
        The content of a file.

    Examples
    --------
    >>> import indicia
    >>> index = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {}}})
    >>> print(indicia.citations.render(index.cite(), "text").splitlines()[0])
    Software
    """
    if form == "text":
        sections = groupby(citations, key=lambda citation: citation.role)
        return "\n\n".join("\n".join([_HEADINGS[role], *map(_line, works)]) for role, works in sections) + "\n"
    entry_of = bibtex if form == "bibtex" else ris
    return "\n\n".join(map(entry_of, citations)) + "\n"


def _line(citation: Citation) -> str:
    uses = f" [{', '.join(citation.used_for)}]" if citation.used_for else ""
    return f"  {plain(citation)}{uses}"
