"""Lists of citations in a format."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING, Literal, TypeAlias

from indicia.citations.citation import OTHERS, Citation, Role, WorkKind, plain
from indicia.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


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


_ENTRIES: dict[WorkKind, str] = {
    "article": "article",
    "book": "book",
    "chapter": "incollection",
    "conference": "inproceedings",
    "report": "techreport",
    "thesis": "phdthesis",
}
"""The type of entry by kind of work; the other kinds are `misc`, which all styles of BibTeX have."""
_CONTAINERS: dict[WorkKind, str] = {
    "article": "journal",
    "chapter": "booktitle",
    "conference": "booktitle",
    "report": "type",
    "book": "series",
}
_PUBLISHERS: dict[WorkKind, str] = {
    "report": "institution",
    "thesis": "school",
    "software": "howpublished",
    "dataset": "howpublished",
    "other": "howpublished",
}
_REPEATED: tuple[WorkKind, ...] = ("software", "dataset", "other")
"""The kinds of work that need no publisher beside the author."""
_SIGNS = {
    **{sign: f"\\{sign}" for sign in "&%$#_"},
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "…": r"\ldots{}",
    "\u00a0": "~",
    "ß": r"{\ss}",
    "æ": r"{\ae}",
    "Æ": r"{\AE}",
    "œ": r"{\oe}",
    "Œ": r"{\OE}",
    "ø": r"{\o}",
    "Ø": r"{\O}",
    "ł": r"{\l}",
    "Ł": r"{\L}",
    "đ": r"{\dj}",
    "Đ": r"{\DJ}",
    "ı": r"{\i}",
    "µ": r"\textmu{}",
}
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0328": "k",
}  # fmt: skip
_GREEK = frozenset({
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi", "pi",
    "rho", "sigma", "tau", "phi", "chi", "psi", "omega",
})  # fmt: skip
"""The small Greek letters that have a command."""
_BELOW = "\u0323\u0327\u0328"
"""The accents below a letter, which keeps its dot."""


def bibtex(citation: Citation) -> str:
    r"""Return the entry of a citation.

    >>> from indicia.citations import Citation
    >>> work = Citation("zizovic_2019", "article", "A & B", ("Žižović, M.",), "2019", container="DMAME", number="2")
    >>> print(bibtex(work))
    @article{zizovic_2019,
      author = {{\v{Z}}i{\v{z}}ovi{\'{c}}, M.},
      title = {{A \& B}},
      year = {2019},
      journal = {DMAME},
      number = {2}
    }
    """
    kind, is_author = citation.kind, citation.authors == (citation.publisher,)
    words = {
        "key": "" if citation.authors or citation.title else escape_latex(citation.note),  # by which styles sort
        "author": " and ".join(map(_author, citation.authors)),
        "title": f"{{{escape_latex(citation.title)}}}" if citation.title else "",
        "year": escape_latex(citation.year[:4]),
        "date": escape_latex(citation.year) if len(citation.year) > len("2024") else "",
        _CONTAINERS.get(kind, "series"): escape_latex(citation.container),
        "volume": escape_latex(citation.volume),
        "number": escape_latex(citation.number),
        "pages": escape_latex(re.sub("[-–]+", "–", citation.pages)),
        "edition": escape_latex(citation.edition),
        # an author that is the publisher is printed once
        _PUBLISHERS.get(kind, "publisher"): "" if kind in _REPEATED and is_author else escape_latex(citation.publisher),
        "version": escape_latex(citation.version),
        "doi": _verbatim(citation.doi),
        "url": _verbatim(citation.url),
        "urldate": escape_latex(citation.accessed),
        "note": escape_latex("; ".join(filter(None, (citation.note, _licence(citation))))),
        "keywords": escape_latex(", ".join((citation.role, *citation.used_for))) if citation.used_for else "",
    }
    lines = ",\n".join(f"  {word} = {{{value}}}" for word, value in words.items() if value)
    return f"@{_ENTRIES.get(kind, 'misc')}{{{citation.key},\n{lines}\n}}"


def _licence(citation: Citation) -> str:
    return f"Licence: {citation.licence}" if citation.licence else ""


def _author(name: str) -> str:
    """Return a name; braces keep the name of an organisation from being read as family and given names."""
    if name == OTHERS:
        return name
    return escape_latex(name) if "," in name and " and " not in name else f"{{{escape_latex(name)}}}"


def escape_latex(text: str) -> str:
    r"""Return a text as LaTeX, with balanced braces.

    >>> print(escape_latex("50 % of {a}, Šarka & Özgür"))
    50 \% of \textbraceleft{}a\textbraceright{}, {\v{S}}arka \& {\"{O}}zg{\"{u}}r
    """
    letters = unicodedata.normalize("NFC", " ".join(printable(text).split()))
    return "".join(map(_letter, letters))


def _letter(letter: str) -> str:
    if letter in _SIGNS:
        return _SIGNS[letter]
    greek = unicodedata.name(letter, "").replace("LAMDA", "LAMBDA").rpartition(" LETTER ")
    if greek[0] == "GREEK SMALL" and greek[2].lower() in _GREEK:
        return rf"$\{greek[2].lower()}$"
    parts = unicodedata.normalize("NFD", letter)
    base, mark = parts[:1], parts[1:]
    if mark not in _ACCENTS or not base.isascii():
        return letter
    dotless = rf"\{base}" if base in "ij" and mark not in _BELOW else base
    return rf"{{\{_ACCENTS[mark]}{{{dotless}}}}}"


def _verbatim(address: str) -> str:
    """Return an address without signs that would end the field."""
    signs = {"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"}
    return "".join(signs.get(letter, letter) for letter in printable(address))
