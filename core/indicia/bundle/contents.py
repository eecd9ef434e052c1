"""The files of a pack, by their places in the zip."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from polars.exceptions import PanicException, PolarsError

from indicia.bundle.places import FOLDER, PackedFile, moved_names, renamed, renamed_text
from indicia.bundle.record import MANIFEST
from indicia.data import TableAsRead, fingerprint, render
from indicia.defaults import PAGE_FORMAT, RECORD_FORMATS
from indicia.definition import load
from indicia.errors import DataError, IndiciaError
from indicia.fitted import FittedIndex
from indicia.fitted_words import as_json_value
from indicia.result import as_json
from indicia.result.declared import ResultTables
from indicia.result.inputs import software

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import polars as pl

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
    from indicia.dossier import Dossier  # imported here, since opening a pack does not need it
    from indicia.exporting import files_of

    return {
        "results/scores.csv": render(result.scores, "csv"),
        MANIFEST: as_json({**result.manifest, **_installed(), "table": "scores"}),
        "results/index.json": files_of(Dossier(public), "dossier", RECORD_FORMATS[0])[""],
    }


def audit_files(index: Questions, frame: pl.DataFrame, progress: Progress) -> dict[str, bytes]:
    """Return the audit as a document and as a page."""
    from indicia.exporting import files_of

    audit = index.audit(TableAsRead(frame), progress=progress)
    return {f"audit/audit.{form}": files_of(audit, "audit", form)[""] for form in RECORD_FORMATS}


def report_files(index: Questions, frame: pl.DataFrame, progress: Progress) -> dict[str, bytes]:
    """Return the page of the index."""
    from indicia.dossier import compile_dossier
    from indicia.exporting import files_of

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
