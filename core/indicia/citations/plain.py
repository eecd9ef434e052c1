"""Citations as text for readers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indicia.citations.citation import OTHERS

if TYPE_CHECKING:
    from indicia.citations.citation import Citation


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
