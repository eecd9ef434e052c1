"""Lists of citations in a format."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Literal, TypeAlias

from indicia.citations.bibtex import bibtex
from indicia.citations.citation import OTHERS
from indicia.citations.plain import plain
from indicia.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indicia.citations.citation import Citation, Role, WorkKind

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


_TYPES: dict[WorkKind, str] = {
    "article": "JOUR",
    "book": "BOOK",
    "chapter": "CHAP",
    "conference": "CONF",
    "report": "RPRT",
    "thesis": "THES",
    "software": "COMP",
    "dataset": "DATA",
    "other": "GEN",
}


def ris(citation: Citation) -> str:
    """Return the lines of a citation, from TY to ER.

    >>> from indicia.citations import Citation
    >>> work = Citation("deng_1982", "article", "Control problems", ("Deng, Julong",), "1982", pages="288–294")
    >>> for line in ris(work).splitlines():
    ...     print(line.rstrip())
    TY  - JOUR
    ID  - deng_1982
    AU  - Deng, Julong
    TI  - Control problems
    PY  - 1982
    SP  - 288
    EP  - 294
    ER  -
    """
    lines = [f"{tag}  - {' '.join(printable(value).split())}" for tag, value in _lines(citation) if value]
    return "\n".join([*lines, "ER  - "])


def _lines(citation: Citation) -> Iterator[tuple[str, str]]:
    start, _, end = re.sub("[-–]+", "–", citation.pages).partition("–")
    yield "TY", _TYPES[citation.kind]
    yield "ID", citation.key
    yield from (("AU", author) for author in citation.authors if author != OTHERS)
    yield "TI", citation.title
    yield "PY", citation.year[:4] if citation.year[:4].isdigit() else ""
    yield "DA", citation.year.replace("-", "/") if len(citation.year) > len("2024") else ""
    yield "T2", citation.container
    yield "VL", citation.volume
    yield "IS", citation.number
    yield "SP", start
    yield "EP", end
    yield "ET", citation.edition or citation.version
    yield "PB", citation.publisher
    yield "DO", citation.doi
    yield "UR", citation.url
    yield "Y2", citation.accessed.replace("-", "/")
    yield "N1", citation.note
    yield "C1", f"licence: {citation.licence}" if citation.licence else ""
    if citation.used_for:
        yield from (("KW", word) for word in (citation.role, *citation.used_for))
