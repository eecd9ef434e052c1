"""The files of partitions, in folders and object stores."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote

import polars as pl

from indicia.data.parquet_footer import is_parquet
from indicia.errors import DataError, OutputError, join_names, suggest
from indicia.paths import check_path, check_regular, expanded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


STORES = ("s3", "s3a", "gs", "gcs", "az", "azure", "adl", "abfs", "abfss", "hf")
"""The schemes of object stores, whose folders can be listed."""
WEB = ("http", "https")
"""The schemes of the web, where each file is named."""
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


def is_remote(source: str) -> bool:
    """Return True if a source is a URL.

    >>> is_remote("s3://bucket/parts"), is_remote("parts/a.parquet")
    (True, False)
    """
    return _SCHEME.match(source) is not None


def is_in_store(source: str) -> bool:
    """Return True if a source is the URL of an object store."""
    scheme = _SCHEME.match(source)
    return scheme is not None and scheme[1].lower() in STORES


def place_below(folder: Path, path: str) -> str:
    """Return the place of a table of an index file: a URL, or a path relative to the folder of the index file."""
    return path if is_remote(path) else str(folder / expanded(path))


MANIFEST = "_manifest.json"
"""The manifest of a folder of results, which is no part of the table."""
WORKSPACE, RUN = ".indicia", "run.json"
"""The hidden folder of a folder of results, and the file in it that names the run."""
DELTA_LOG = "_delta_log"
"""The folder that tells which files of a table of Delta hold its present rows."""
ICEBERG_METADATA = ".metadata.json"
"""The end of the names of files that tell the same of a table of Iceberg."""
_ENDINGS = {"parquet": "parquet", "parq": "parquet", "pq": "parquet", "csv": "csv", "tsv": "csv", "txt": "csv"}
"""The kind of a part by the ending of its name."""
KNOWN = "a folder or glob of Parquet files, or of CSV or TSV files with a header each"
_NULL_KEY = "__HIVE_DEFAULT_PARTITION__"
"""The value of a key of Hive that stands for null."""


Keys: TypeAlias = tuple[tuple[str, object], ...]
"""The names and values of the keys of a file."""


@dataclass(frozen=True)
class PartFile:
    """A file of a partitioned table."""

    path: Path
    relative: str
    """The path below the folder of the table."""
    size: int
    """The bytes of the file."""
    modified: int
    """The time of the last change, in nanoseconds."""
    keys: Keys = ()
    """The names and values of the keys in the names of its folders: year=2020."""


def files_of(source: str) -> tuple[str, list[PartFile]]:
    """Return the kind of the files of a folder, a glob or a single file, "parquet" or "csv", and the files.

    Hidden files and files whose name begins with "_", such as the manifest of results, are left out.

    Raises
    ------
    DataError
        No such file or folder, no file in it, or files of several kinds.
    """
    path = expanded(source)
    if not path.exists() and has_magic(source):
        root, paths = _of_glob(str(path))
    else:
        check_regular(path)
        root, paths = (path, list(_below(path))) if path.is_dir() else (path.parent, [existing(path)])
    _check_not_in_lake(root)
    if (root / WORKSPACE / RUN).exists() and not (root / MANIFEST).exists():
        remedy = "run it again: it takes up where it stopped"
        raise DataError("the folder has the scores of a run that did not finish", where=str(root), remedy=remedy)
    if not paths:
        what = f'no file matches "{source}"' if root != path else f'the folder "{source}" has no file of a table'
        raise DataError(what, where=str(root), remedy=f"name {KNOWN}")
    paths.sort(key=lambda path: path.relative_to(root).parts)
    kind = _kind_of_all(paths)
    relatives = [path.relative_to(root) for path in paths]
    names = [relative.as_posix() for relative in relatives]
    keys = typed_keys([keys_of_folders(relative.parts[:-1]) for relative in relatives], names, str(root))
    return kind, [part_file(*facts) for facts in zip(paths, names, keys, strict=True)]


def check_outside(output: Path, source: str) -> None:
    """Refuse a folder of results below the folder of the table: the next run would read the results as rows.

    Raises
    ------
    OutputError
        With both folders.
    """
    check_path(output)
    table, place = expanded(source).resolve(), output.resolve()
    if not table.is_dir() or not place.is_relative_to(table):
        return
    if not _is_hidden_below(place, table):
        raise OutputError(
            f'"{output.name}" is in the folder of the table, and would be read as a part of it',
            where=str(output),
            remedy=f'name a folder that is not below "{source}"',
        )


def _of_glob(pattern: str) -> tuple[Path, list[Path]]:
    """Return the folder above the first wildcard, and the files that match; a folder stands for its files."""
    parts = Path(pattern).parts
    first = next(at for at, part in enumerate(parts) if has_magic(part))
    root = Path(*parts[:first])
    if not root.is_dir():
        raise _no_folder(root)
    matches = [match for match in root.glob(str(Path(*parts[first:]))) if not _is_hidden_below(match, root)]
    files = (file for match in matches for file in (_below(match) if match.is_dir() else [match]))
    return root, list(dict.fromkeys(files))


def _below(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder; a linked folder is entered unless it is entered already."""
    entered = set()
    for place, folders, names in os.walk(folder, followlinks=True, onerror=_refuse_folder):
        real = os.path.realpath(place)
        folders[:] = [] if real in entered else [name for name in folders if not _is_hidden(name)]
        if real not in entered:
            yield from (Path(place, name) for name in names if not _is_hidden(name))
        entered.add(real)


def _refuse_folder(error: OSError) -> None:
    raise DataError(
        f"cannot read the folder: {error.strerror}", where=str(error.filename), remedy="ask for the right to read it"
    ) from error


def latest_metadata(folder: Path) -> Path | None:
    """Return the latest file of metadata of a table of Iceberg; None for another folder."""
    files = (folder / "metadata").glob(f"*{ICEBERG_METADATA}")
    return max(files, key=lambda file: (int((re.match(r"v?(\d+)", file.name) or [0, 0])[1]), file.name), default=None)


def _check_not_in_lake(root: Path) -> None:
    """Refuse files of a table of Delta or Iceberg that are named without it: they may hold rows that were deleted."""
    for folder in (root, *root.resolve().parents):
        is_delta = (folder / DELTA_LOG).is_dir()
        if is_delta or latest_metadata(folder) is not None:
            raise DataError(
                f'the files are those of the {"Delta" if is_delta else "Iceberg"} table "{folder}", '
                "and some may hold deleted rows",
                where=str(root),
                remedy="name the folder of the table, and choose rows with where in [data]",
            )


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "_"))


def _is_hidden_below(path: Path, root: Path) -> bool:
    return any(_is_hidden(part) for part in path.relative_to(root).parts)


def existing(path: Path) -> Path:
    """Return a path; DataError with the nearest name if it, or a folder above it, does not exist."""
    if not path.exists():
        if not path.parent.is_dir():
            raise _no_folder(path.parent)
        raise _missing(path)
    return path


def _no_folder(path: Path) -> DataError:
    """Return the error for the first folder of a path that does not exist."""
    while not path.parent.is_dir():
        path = path.parent
    return _missing(path)


def _missing(path: Path) -> DataError:
    noun = "file" if path.suffix else "folder"
    remedy = suggest(path.name, (entry.name for entry in path.parent.iterdir() if not _is_hidden(entry.name)))
    return DataError(f'no {noun} "{path.name}"', where=str(path), remedy=remedy or f"name {KNOWN}")


def _kind_of_all(paths: Sequence[Path]) -> str:
    """Return the kind of the files; files of another kind are an error that names one of each."""
    kinds: dict[str, Path] = {}
    for path in paths:
        kinds.setdefault(_kind(path), path)
    if other := kinds.get(""):
        raise DataError(
            f'"{other.name}" is no part of a table that is read by partitions',
            where=str(other),
            remedy=f"take it out of the folder, or name the parts with a glob: *.parquet; known: {KNOWN}",
        )
    if len(kinds) > 1:
        names = join_names(f'"{path.name}"' for path in kinds.values())
        where = "\n".join(map(str, kinds.values()))
        raise DataError(
            f"files of several kinds: {names}", where=where, remedy="name those of one kind with a glob: *.parquet"
        )
    return next(iter(kinds))


def _kind(path: Path) -> str:
    """Return the kind of a file by its ending; by its first bytes if the ending is that of no table."""
    kind = _ENDINGS.get(path.suffix.lower().removeprefix("."), "")
    return kind or ("parquet" if is_parquet(path) else "")


def part_file(path: Path, relative: str, keys: Keys = ()) -> PartFile:
    """Return a file with its size and the time of its last change; DataError if it is missing or forbidden."""
    check_regular(path)
    try:
        status = path.stat()
    except OSError as error:
        remedy = "write the file again, or take it out of the folder"
        raise DataError(f'cannot read "{path.name}": {error.strerror}', where=str(path), remedy=remedy) from error
    return PartFile(path, relative, status.st_size, status.st_mtime_ns, keys)


def keys_of_folders(folders: Iterable[str]) -> tuple[tuple[str, str | None], ...]:
    """Return the keys in the names of folders, with their values as texts.

    >>> keys_of_folders(["table", "year=2020", "region=__HIVE_DEFAULT_PARTITION__"])
    (('year', '2020'), ('region', None))
    """
    pairs = (folder.partition("=") for folder in folders)
    return tuple(
        (unquote(key), None if value == _NULL_KEY else unquote(value)) for key, equals, value in pairs if key and equals
    )


def typed_keys(keys: Sequence[tuple[tuple[str, str | None], ...]], names: Sequence[str], where: str) -> list[Keys]:
    """Return the keys of files with the types that polars infers from all values of a key.

    Parameters
    ----------
    keys : Sequence
        The keys of each file.
    names : Sequence[str]
        The names of the files in messages.
    where : str
        The folder of the table.
    """
    if not keys:
        return []
    first = tuple(name for name, _ in keys[0])
    for pairs, name in zip(keys, names, strict=True):
        if tuple(key for key, _ in pairs) != first:
            ours, theirs = (" and ".join(key for key, _ in each) or "no key" for each in (keys[0], pairs))
            raise DataError(
                f'"{names[0]}" has {ours} in the names of its folders, and "{name}" has {theirs}',
                where=where,
                remedy="give every file the same keys: year=2020/region=north/part-0.parquet",
            )
    if len(set(first)) < len(first):
        remedy = "give the folders different keys"
        raise DataError(f"a key stands twice in the names of folders: {names[0]}", where=where, remedy=remedy)
    columns = [typed_key([pairs[at][1] for pairs in keys]) for at in range(len(first))]
    rows = zip(*columns, strict=True) if columns else ((),) * len(keys)
    return [tuple(zip(first, row, strict=True)) for row in rows]


def typed_key(values: Iterable[object]) -> list[object]:
    """Return the values of a key with the type that polars infers from their texts.

    >>> typed_key(["2020", "2021", None]), typed_key(["2020", "north"])
    ([2020, 2021, None], ['2020', 'north'])
    """
    texts = ["" if value is None else str(value) for value in values]
    if any("\n" in text or "\r" in text for text in texts):
        return list(values)
    content = "\n".join(["key", *texts, ""]).encode()
    column = pl.read_csv(
        content, separator="\x01", quote_char=None, try_parse_dates=True, infer_schema_length=None, raise_if_empty=False
    )
    return column.to_series().to_list() if column.height == len(texts) else list(values)
