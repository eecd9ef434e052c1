"""Citations in RIS, for reference managers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indicia.citations.citation import OTHERS
from indicia.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.citations.citation import Citation, WorkKind

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
