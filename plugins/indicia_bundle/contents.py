"""The files of a pack, by their places in the zip, and the texts that explain it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from polars.exceptions import PanicException, PolarsError

from indicia.data import TableAsRead, fingerprint, render
from indicia.defaults import PAGE_FORMAT, RECORD_FORMATS
from indicia.definition import load, text
from indicia.errors import DataError, IndiciaError
from indicia.result import as_json
from indicia.result.declared import ResultTables
from indicia.result.inputs import software
from indicia_bundle.fitted import FittedIndex
from indicia_bundle.fitted_words import as_json_value
from indicia_bundle.places import FOLDER, PackedFile, moved_names, renamed, renamed_text
from indicia_bundle.record import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from indicia.definition import Definition
    from indicia.progress import Progress
    from indicia.questions import Questions
    from indicia.result import Result

_LIBRARIES = ("scipy",)
"""Libraries that are not always installed."""


def index_file(index: Questions, files: Iterable[PackedFile]) -> tuple[str, bytes]:
    """Return the place and the bytes of the index file, whose paths are those in the pack.

    An index that options have changed, or that has no file, becomes JSON.
    """
    moved, origin = moved_names(files), index.origin
    if isinstance(index, FittedIndex):
        return f"{FOLDER}/fitted.json", _fitted_file(index, moved)
    if origin.path is not None and load(origin.path)[0] == index.raw:
        toml = renamed_text(origin.toml, moved)
        if toml is not None:
            return f"{FOLDER}/{origin.path.name}", toml.encode()
    raw = as_json_value(renamed(index.raw, moved))
    return f"{FOLDER}/index.json", f"{json.dumps(raw, ensure_ascii=False, indent=1, default=str)}\n".encode()


def _fitted_file(fitted: FittedIndex, moved: dict[str, str]) -> bytes:
    """Return the bytes of a fitted index; its plugins have their places in the pack."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fitted.json"
        replace(fitted, raw=renamed(fitted.raw, moved), origin=replace(fitted.origin, path=path)).write(path)
        return path.read_bytes()


def contents_of(files: Iterable[tuple[str, Path]]) -> dict[str, bytes]:
    """Return the bytes of files by place."""
    contents = {}
    for place, path in files:
        try:
            contents[place] = path.read_bytes()
        except OSError as error:
            raise DataError(f"cannot pack {path}: {error.strerror}", where=str(path)) from error
    return contents


def plugin_files(index: Questions, files: Iterable[PackedFile]) -> Iterator[tuple[str, Path]]:
    """Yield the plugin files that were loaded and that the index file does not name."""
    named = {file.path.resolve() for file in files}
    taken: set[str] = set()
    for origin in index.catalogue.origins.values():
        if isinstance(origin, Path) and origin.resolve() not in named:
            number = sum(name.casefold() == origin.name.casefold() for name in taken)
            taken.add(origin.name)
            yield f"plugins/{f'{number + 1}/' if number else ''}{origin.name}", origin


def parquet(frame: pl.DataFrame) -> bytes:
    """Return the bytes of a table, which keep every bit and every type."""
    buffer = BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def result_tables(result: Result) -> tuple[dict[str, pl.DataFrame], dict[str, str]]:
    """Return the tables of a result, and the reasons for the tables that it does not have."""
    tables: dict[str, pl.DataFrame] = {}
    absent: dict[str, str] = {}
    for name in result.table_names:
        try:
            tables[name] = result.frame(name)
        except IndiciaError as error:
            absent[name] = error.what
    return tables, absent


def packed_tables(
    tables: dict[str, pl.DataFrame], *, with_raw_values: bool
) -> tuple[dict[str, bytes], dict[str, dict[str, object]]]:
    """Return the files of the tables of a result, and their entries in `pack.json`.

    Without raw values, the tables that hold them have only their fingerprint.
    """
    contents: dict[str, bytes] = {}
    entries: dict[str, dict[str, object]] = {}
    for name, frame in tables.items():
        place = f"results/tables/{name}.parquet"
        if with_raw_values or not getattr(ResultTables, name).is_raw:
            with suppress(PolarsError, PanicException):  # a type that Parquet does not have: by its fingerprint alone
                contents[place] = parquet(frame)
        entries[name] = {
            "file": place if place in contents else None,
            "sha256": fingerprint(frame),
            "rows": frame.height,
        }
    return contents, entries


def result_files(result: Result, public: Result) -> dict[str, bytes]:
    """Return the scores with their manifest, and the document; `public` has no raw values if they are withheld."""
    from indicia_paper.dossier import Dossier  # imported here, since opening a pack does not need it
    from indicia_paper.exporting import files_of

    return {
        "results/scores.csv": render(result.scores, "csv"),
        MANIFEST: as_json({**result.manifest, **_installed(), "table": "scores"}),
        "results/index.json": files_of(Dossier(public), "dossier", RECORD_FORMATS[0])[""],
    }


def audit_files(index: Questions, frame: pl.DataFrame, progress: Progress) -> dict[str, bytes]:
    """Return the audit as a document and as a page."""
    from indicia.answers.writers import written  # imported here, since opening a pack does not need it

    audit = index.analyse("audit", TableAsRead(frame), progress=progress)
    return {f"audit/audit.{form}": written(audit, form) for form in RECORD_FORMATS}


def report_files(index: Questions, frame: pl.DataFrame, progress: Progress) -> dict[str, bytes]:
    """Return the page of the index."""
    from indicia_paper.dossier import compile_dossier
    from indicia_paper.exporting import files_of

    dossier = compile_dossier(index, TableAsRead(frame), progress=progress)
    return {"report/report.html": files_of(dossier, "dossier", PAGE_FORMAT)[""]}


def environment() -> dict[str, str]:
    """Return the versions of Indicia, its libraries and Python, and the platform."""
    return {**software(), **_installed()}


def _installed() -> dict[str, str]:
    """Return the versions of optional libraries, whether or not this process has loaded them."""
    versions = {}
    for library in _LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            continue
    return versions


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
