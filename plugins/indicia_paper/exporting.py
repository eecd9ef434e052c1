"""The files of results: the exporter of a format is found among those that plugins offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from indicia import tracing
from indicia.catalogue import installed
from indicia.data import write, write_together
from indicia.errors import OutputError, suggest
from indicia.outputs import Exporter, ExportOptions
from indicia.progress import Progress, silent

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.catalogue import Catalogue
    from indicia.outputs import Exported, Files


_NOUNS: dict[Exported, str] = {
    "dossier": "an index",
    "chart": "a chart",
    "units": "the units of an index",
    "reports": "a list of reports",
}


def exporters(exported: Exported, catalogue: Catalogue | None = None) -> dict[str, type[Exporter[Any]]]:
    """Return the exporters of one kind of results by their formats, in the order of their names."""
    catalogue = installed(kinds=["exporter"]) if catalogue is None else catalogue.with_kind("exporter")
    found: dict[str, type[Exporter[Any]]] = {}
    for name in catalogue.names("exporter"):
        exporter = cast("type[Exporter[Any]]", catalogue.offers["exporter", name].method)
        if exported in exporter.exports:
            for form in exporter.formats:
                found.setdefault(form, exporter)
    return found


def exporter_of(
    exported: Exported, form: str | None, path: Path | None = None, catalogue: Catalogue | None = None
) -> tuple[str, Exporter[Any]]:
    """Return the format, by default that of the ending of a path, and its exporter.

    Raises
    ------
    OutputError
        If no exporter of these results has the format.
    """
    by_format = exporters(exported, catalogue)
    if form is None and path is not None:
        ending = path.suffix.lower()
        form = next((word for word, entry in by_format.items() if ending in entry.formats[word]), ending)
    if form in by_format:
        return form, by_format[form]()
    if form is None or form.startswith("."):
        endings = sorted({ending for word, entry in by_format.items() for ending in entry.formats[word]})
        others = [word for word, entry in by_format.items() if not entry.formats[word]]
        by_word = f"; by --format: {', '.join(others)}" if others else ""
        known = f"known: {', '.join(endings)}{by_word}"
        raise OutputError(f"{_NOUNS[exported]} cannot be written as {path}", remedy=known)
    raise OutputError(
        f'{_NOUNS[exported]} cannot be written as "{form}"',
        remedy=suggest(form, by_format) or f"one of {', '.join(by_format)}",
    )


def files_of(
    exported: Any,
    kind: Exported,
    form: str,
    *,
    language: str | None = None,
    catalogue: Catalogue | None = None,
    **details: Any,
) -> Files:
    """Return the contents of the files of results in a format."""
    word, exporter = exporter_of(kind, form, catalogue=catalogue)
    return contents(exporter, exported, ExportOptions(word, language, details=details))


def contents(exporter: Exporter[Any], exported: Any, options: ExportOptions) -> Files:
    """Return the contents of the files that an exporter writes."""
    what = f"the {type(exported).__name__.lower()} as {options.format}"
    return tracing.called(exporter, what, {}, lambda: exporter.write(exported, options))


def write_files(files: Files, path: Path) -> list[Path]:
    """Write files side by side, all or none, and return their paths; "" is the content of `path` itself.

    Beside a device or a pipe no other file is written.
    """
    paths = {path.with_name(f"{path.stem}{ending}") if ending else path: content for ending, content in files.items()}
    write_together({path: paths[path], **paths})
    return list(paths) if path.is_file() else [path]


def make_folder(folder: Path) -> None:
    """Create a folder in a folder that exists; a folder that exists stays as it is.

    Raises
    ------
    OutputError
        If there is a file of this name, or no folder to create it in.
    """
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        remedy = "create its folder first" if isinstance(error, FileNotFoundError) else "name another folder"
        raise OutputError(f'cannot create the folder "{folder}": {error.strerror}', remedy=remedy) from error


def write_folder(files: Files, folder: Path, progress: Progress = silent) -> tuple[str, ...]:
    """Write files to a folder, each whole, under their names; return the other pages that the folder holds.

    Parameters
    ----------
    files
        The contents by name. A mapping may make each content when it is read.
    folder
        The folder, which exists.
    progress
        A function that is called with the number of written files and the number of all.
    """
    for number, name in enumerate(files, start=1):
        write(files[name], folder / name)
        progress(number, len(files))
    return tuple(sorted({page.name for page in folder.glob("*.html")} - set(files)))


def export(
    exported: Any,
    kind: Exported,
    path: Path,
    form: str | None = None,
    *,
    table: str | None = None,
    language: str | None = None,
) -> list[Path]:
    """Write results to files in a format, by default that of the ending of the path; return the paths."""
    word, exporter = exporter_of(kind, form, path)
    check_shown(word, exporter, table)
    details = {"table": table} if table else {}
    return write_files(contents(exporter, exported, ExportOptions(word, language, path.name, details)), path)


def check_shown(form: str, exporter: Exporter[Any], table: str | None) -> None:
    """Refuse a table that the exporter of a format cannot write.

    Raises
    ------
    OutputError
        If the files of the format hold the whole result, or the exporter does not know the table.
    """
    if table is None or table in exporter.tables:
        return
    if not exporter.tables:
        raise OutputError(
            f"{form} holds the whole result, and no single table", remedy="-o table.tex, .docx, .md or .html"
        )
    raise OutputError(
        f'{form} has no table "{table}"',
        remedy=suggest(table, exporter.tables) or f"one of {', '.join(exporter.tables)}",
    )
