"""A pack that is open: its index, its table and its results."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import file_digest
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

import polars as pl
from polars.exceptions import PanicException, PolarsError

from indicia import index as indices
from indicia.data import TableAsRead, is_server, parse_json, split_sheet
from indicia.definition import Origin, read_toml
from indicia.errors import DataError, DefinitionError, PluginError, join_names
from indicia.limits import CELLS
from indicia.paths import expanded
from indicia.result import read_manifest
from indicia_bundle import fitted
from indicia_bundle.places import paths_leading_out, texts_in
from indicia_bundle.record import FROM_SOURCE, MANIFEST, NAME, Record, check_hashes, check_sizes, opened, read_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indicia.index import Index
    from indicia_bundle.fitted import FittedIndex


@dataclass(frozen=True, repr=False)
class Bundle:
    """An open pack. Its files are in a folder that is removed when the pack is closed; keep it while the index is used.

    `with open_bundle("index.zip") as bundle: bundle.index.score(bundle.table)`
    """

    path: Path
    record: Record
    index: Index | FittedIndex
    """The index or the fitted index; of a variant, the variant."""
    frame: pl.DataFrame | None
    """The table as the index reads it; None if the pack does not have the data, and no other table is named."""
    results: Mapping[str, pl.DataFrame]
    """The packed tables of the results by name, such as `scores`; the raw tables are absent if data are withheld."""
    folder: Path
    """The folder of the unpacked files."""
    _temporary: TemporaryDirectory[str] = field(repr=False)

    @property
    def table(self) -> TableAsRead | None:
        """The table for `index.score(table)`, `index.audit(table)` and other questions; None if the pack has none."""
        return None if self.frame is None else TableAsRead(self.frame)

    @property
    def source(self) -> str | TableAsRead | None:
        """The table: a file of the folder, or the rows as they were read; None for the table of the index file.

        The index reads a file with the rows that `[data] without` leaves out, which checks compare with the units.
        """
        if self.frame is None or self.record.table.as_read:
            return self.table
        return _path_of_table(self.record, self.folder)

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest of the packed results."""
        return read_manifest(self.folder / MANIFEST)

    def close(self) -> None:
        """Remove the unpacked files."""
        self._temporary.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Bundle({str(self.path)!r}, {self.index!r})"


def open_bundle(
    path: str | Path,
    plugins: Iterable[str | Path] = (),
    *,
    table: str | Path | None = None,
    allow_code: bool = False,
    only_plugins: Iterable[str] | None = None,
) -> Bundle:
    """Open a pack that `indicia pack` wrote; nothing is computed.

    Parameters
    ----------
    path : path
        The zip.
    plugins : paths
        Files of plugins whose code may run.
    table : path, optional
        The file of the data, or the folder with the files of the data, if the pack does not have them.
    allow_code : bool
        True if the plugin files in the pack may be loaded, which runs their code.
    only_plugins : names, optional
        The installed plugins that are used besides Indicia's own; default: all.

    Raises
    ------
    DataError
        If the file is not a pack, is damaged, is too large, or a file in it is not as it was packed; the error has the
        hash of the file. If the table is not the packed one.
    PluginError
        If the pack has plugin files, and `allow_code` is False.
    """
    path = Path(path)
    temporary = TemporaryDirectory(prefix="indicia-")
    try:
        folder = Path(temporary.name)
        record = _unpack(path, folder)
        _bring_withheld(record, folder, None if table is None else expanded(str(table)))
        index = _load(record, folder, [Path(file) for file in plugins], allow_code, only_plugins)
        index = replace(index, origin=replace(index.origin, pack=path))
        frame = _read_frame(record, folder, index, path, table)
        return Bundle(path, record, index, frame, _results(record, folder, path), folder, temporary)
    except BaseException:
        temporary.cleanup()
        raise


def _unpack(path: Path, folder: Path) -> Record:
    """Unpack a pack into a folder, after a look at its record, and return the record."""
    with opened(path) as files:
        files.unpack({NAME} & files.sizes.keys(), folder)
        record = read_record(folder, path)
        check_sizes(record, files.sizes, path)
        files.unpack(record.files, folder)
    check_hashes(record, folder, path)
    return record


def _load(
    record: Record, folder: Path, plugins: list[Path], allow_code: bool, only_plugins: Iterable[str] | None
) -> Index | FittedIndex:
    """Return the index; refuse code that nobody allowed, and paths that lead out of the folder."""
    file, code = folder / record.index, [folder / place for place in record.code]
    raw = _raw_index(file, record)
    listed = raw.get("plugins") if isinstance(raw, dict) else None
    named = [*record.code, *(map(str, listed) if isinstance(listed, list) else ())]
    if named and not allow_code:
        raise PluginError(
            f"the pack has plugins, and loading a plugin runs its code: {join_names(named)}",
            remedy="unzip it and look at the code, and if you trust it add --allow-code (in Python: allow_code=True)",
        )
    plugins = [*plugins, *code]
    _check_paths(raw, file, record)
    if record.kind == "fitted":
        return fitted.read(file, plugins, allow_code=allow_code, only_plugins=only_plugins)
    if file.suffix == ".json":
        raw = _mapping(file)
        index = indices.load_index(raw, Origin(file), plugins, allow_code=allow_code, only_plugins=only_plugins)
    else:
        index = indices.read(file, plugins, allow_code=allow_code, only_plugins=only_plugins)
    return index if record.variant is None else index.variant(record.variant)


def _mapping(file: Path) -> dict[str, Any]:
    """Return the content of a JSON file."""
    try:
        content = parse_json(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{file.name} of the pack is not JSON", remedy=FROM_SOURCE) from error
    if not isinstance(content, dict):
        raise DataError(f"{file.name} of the pack is no table of words", remedy=FROM_SOURCE)
    return content


def _raw_index(file: Path, record: Record) -> Any:
    """Return the words of the index file, or those in the file of a fitted index, before they are checked."""
    raw = _mapping(file) if file.suffix == ".json" else read_toml(file, "index file")[0]
    return raw.get("index", {}) if record.kind == "fitted" else raw


def _check_paths(raw: Any, file: Path, record: Record) -> None:
    """Refuse an index file that reads files of this machine, or a server."""
    outside = list(paths_leading_out(raw, file.parent))
    if not record.table.as_read:
        outside += [name for name in texts_in(raw.get("data") if isinstance(raw, dict) else raw) if is_server(name)]
    if outside:
        raise DefinitionError(
            f"the index file of the pack reads files that are not in the pack: {join_names(outside)}",
            remedy="unzip it, look at the index file, and run it where its files are",
        )


def _bring_withheld(record: Record, folder: Path, table: Path | None) -> None:
    """Copy the files that the pack lacks into the folder, if their hashes are those of the record."""
    if table is None:
        return
    if not record.withheld and not _lacks_data(record, folder):
        raise DataError("the pack has its data, and needs no table", remedy="leave --table out")
    for place, entry in record.withheld.items():
        file = _beside(table, place, entry.name, is_only=len(record.withheld) == 1)
        with file.open("rb") as opened:
            computed = file_digest(opened, "sha256").hexdigest()
        if computed != entry.sha256:
            raise DataError(
                f"{file} is not the table that the results were computed from: its SHA-256 is {computed}, "
                f"and was {entry.sha256}",
                remedy="--table names the file, or the folder with the files, of the packed edition",
            )
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        copyfile(file, target)


def _beside(table: Path, place: str, name: str, *, is_only: bool) -> Path:
    """Return the file of a table: the table itself, or a file of its folder."""
    if not table.exists():
        raise DataError(f"no such file or folder: {table}", remedy="--table names a folder with all files of the data")
    if table.is_file() and (is_only or table.name == name):
        return table
    folder = table if table.is_dir() else table.parent
    for file in (folder / Path(place).relative_to(Path(place).parts[0]), folder / name):
        if file.is_file():
            return file
    raise DataError(f"no such file: {folder / name}", remedy="--table names a folder with all files of the data")


def _lacks_data(record: Record, folder: Path) -> bool:
    places = [*record.withheld, *([record.table.file] if record.table.file else [])]
    return any(not (folder / place).is_file() for place in places)


def _read_frame(
    record: Record, folder: Path, index: Index | FittedIndex, path: Path, other: str | Path | None
) -> pl.DataFrame | None:
    """Return the table as the index reads it, None if there is none; a replay compares its fingerprint."""
    if _lacks_data(record, folder):
        # rows from a database have no file with a hash, so they are read from it again
        return index.read_table(other) if record.table.as_read and other is not None else None
    table = record.table
    if table.file is not None:
        return _parquet(folder, table.file, path)
    return index.read_table(_path_of_table(record, folder))


def _path_of_table(record: Record, folder: Path) -> str | None:
    """Return the path of the table, with its sheet; None for the table of the index file."""
    if record.table.name is None:
        return None
    name, sheet = split_sheet(record.table.name)
    return f"{folder / name}#{sheet}" if sheet else str(folder / name)


def _results(record: Record, folder: Path, path: Path) -> dict[str, pl.DataFrame]:
    return {name: _parquet(folder, entry.file, path) for name, entry in record.results.items() if entry.file}


def _parquet(folder: Path, place: str, path: Path) -> pl.DataFrame:
    """Read a table of the pack after counting its cells, since a small file may repeat a value a billion times."""
    try:
        lazy = pl.scan_parquet(folder / place, glob=False)
        cells = lazy.select(pl.len()).collect().item() * len(lazy.collect_schema())
        if excess := CELLS.excess(cells):
            raise DataError(f"{path}: {place} is too large: {excess}", remedy=CELLS.remedy(cells))
        return lazy.collect()
    except (PolarsError, PanicException, OSError) as error:
        raise DataError(f"{path}: {place} is not a table in Parquet", remedy=FROM_SOURCE) from error
