"""The texts of a pack for readers: README.txt and CITATION.cff."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from indicia.definition import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.definition import Definition

_SPDX = re.compile(r"[A-Za-z0-9.+-]+-[0-9.]+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

CONTENT = {
    "index/": "the index file, and the files that it reads",
    "table/": "the table of units",
    "plugins/": "plugin files that no index file names",
    "results/scores.csv": "scores and ranks; its manifest beside it has all settings and versions",
    "results/index.json": "the whole result in one document",
    "results/tables/": "every table of the result, in Parquet, bit by bit",
    "audit/": "the statistical audit: a document for programs, and a page",
    "report/": "the page of the index for readers",
    "CITATION.cff": "how to cite the index",
    "references.bib": "the works behind the index, its methods and its data",
    "DATA_LICENCE.txt": "the licences of the data",
    "pack.json": "the hash of each file, and the versions of all programs",
}
"""The content of a pack by place, for README.txt."""


def readme(
    definition: Definition, names: Sequence[str], environment: Mapping[str, str], notes: Sequence[str], *, code: bool
) -> str:
    """Return README.txt: the content of the pack, the command that computes it again, and the notes of the packing."""
    title = text(definition.name)
    lines = [
        title,
        "=" * len(title),
        "",
        "This file holds an edition of a composite index, with all that it needs.",
        "",
    ]
    width = max(map(len, CONTENT))
    for place, content in CONTENT.items():
        if any(name.startswith(place) for name in (*names, "pack.json")):
            lines.append(f"  {place.ljust(width)}  {content}")
    lines += ["", "To compute it again and compare every table:", ""]
    lines += [
        f"  pip install indicia=={environment['indicia']}",
        f"  indicia replay THIS-FILE.zip{' --allow-code' if code else ''}",
        "",
        "The command ends with 0 if the results are the same bit by bit, and with 1 if they differ; it then says by",
        "how much, and which versions differ. It refuses a file that is not as it was packed.",
    ]
    if code:
        lines += ["", "Plugins are programs: --allow-code runs them, so look at the files first."]
    versions = ", ".join(f"{name} {version}" for name, version in environment.items())
    lines += ["", f"The results were computed with {versions}."]
    if notes:
        lines += ["", "Notes:", "", *(f"- {note}" for note in notes)]
    return "\n".join(lines) + "\n"


def citation_file(definition: Definition) -> str | None:
    """Return CITATION.cff of the index; None if the index file has no authors and no publisher.

    References
    ----------
    Druskat, S., Spaaks, J. H., Chue Hong, N. et al. (2021), Citation File Format 1.2.0, doi:10.5281/zenodo.5171937
    """
    publication = definition.publication
    if publication is None or not (publication.authors or publication.publisher):
        return None
    facts = {
        "title": text(definition.name),
        "version": text(publication.edition),
        "date-released": publication.date if publication.date and _DAY.fullmatch(publication.date) else None,
        "doi": publication.doi,
        "url": publication.url,
        "license": licence if _SPDX.fullmatch(licence := text(publication.licence)) else None,
        "abstract": text(publication.citation),
    }
    lines = ['cff-version: "1.2.0"', 'message: "Cite this index as below."', 'type: "dataset"']
    # a text of JSON is a text of YAML
    lines += [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in facts.items() if value]
    lines.append("authors:")
    for author in publication.authors or (text(publication.publisher),):
        lines += _author(author)
    return "\n".join(lines) + "\n"


def _author(author: str) -> Iterator[str]:
    family, comma, given = (part.strip() for part in author.partition(","))
    if not comma:
        yield f"  - name: {json.dumps(author, ensure_ascii=False)}"
        return
    yield f"  - family-names: {json.dumps(family, ensure_ascii=False)}"
    yield f"    given-names: {json.dumps(given, ensure_ascii=False)}"
