"""The files of a partitioned table: those of a folder or glob, in sorted order, with the keys of their folders."""

from __future__ import annotations

import os
from dataclasses import dataclass
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import polars as pl

from indicia.data.parquet_footer import is_parquet
from indicia.errors import DataError, join_names, suggest
from indicia.paths import check_regular, expanded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MANIFEST = "manifest.json"
"""The manifest of a folder of results, which is no part of the table."""
_ENDINGS = {"parquet": "parquet", "parq": "parquet", "pq": "parquet", "csv": "csv", "tsv": "csv", "txt": "csv"}
"""The kind of a part by the ending of its name."""
KNOWN = "a folder or glob of Parquet files, or of CSV or TSV files with a header each"
_NULL_KEY = "__HIVE_DEFAULT_PARTITION__"
"""The value of a key of Hive that stands for null."""


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
    keys: tuple[tuple[str, object], ...] = ()
    """The names and values of the keys in the names of its folders: year=2020."""


def files_of(source: str) -> tuple[str, list[PartFile]]:
    """Return the kind of the files of a folder, a glob or a single file, "parquet" or "csv", and the files.

    Hidden files, files whose name begins with "_", and the manifest of results are left out.

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
        root, paths = (path, list(_below(path))) if path.is_dir() else (path.parent, [_existing(path)])
    if not paths:
        what = f'no file matches "{source}"' if root != path else f'the folder "{source}" has no file of a table'
        raise DataError(what, where=str(root), remedy=f"name {KNOWN}")
    paths.sort(key=lambda path: path.relative_to(root).parts)
    kind = _kind_of_all(paths)
    return kind, _with_typed_keys([_file_of(path, root) for path in paths], root)


def _of_glob(pattern: str) -> tuple[Path, list[Path]]:
    """Return the folder above the first wildcard, and the files that match; a folder stands for its files."""
    parts = Path(pattern).parts
    first = next(at for at, part in enumerate(parts) if has_magic(part))
    root = Path(*parts[:first])
    if not root.is_dir():
        raise _no_folder(root)
    matches = [match for match in root.glob(str(Path(*parts[first:]))) if not _is_hidden_below(match, root)]
    files = (file for match in matches for file in (_below(match) if match.is_dir() else [match]))
    return root, list(dict.fromkeys(file for file in files if file.name != MANIFEST))


def _below(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder; a linked folder is entered unless it is entered already."""
    entered = set()
    for place, folders, names in os.walk(folder, followlinks=True, onerror=_refuse_folder):
        real = os.path.realpath(place)
        folders[:] = [] if real in entered else [name for name in folders if not _is_hidden(name)]
        if real not in entered:
            yield from (Path(place, name) for name in names if not _is_hidden(name) and name != MANIFEST)
        entered.add(real)


def _refuse_folder(error: OSError) -> None:
    raise DataError(
        f"cannot read the folder: {error.strerror}", where=str(error.filename), remedy="ask for the right to read it"
    ) from error


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "_"))


def _is_hidden_below(path: Path, root: Path) -> bool:
    return any(_is_hidden(part) for part in path.relative_to(root).parts)


def _existing(path: Path) -> Path:
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


def _file_of(path: Path, root: Path) -> PartFile:
    check_regular(path)
    try:
        status = path.stat()
    except OSError as error:
        remedy = "write the file again, or take it out of the folder"
        raise DataError(f'cannot read "{path.name}": {error.strerror}', where=str(path), remedy=remedy) from error
    relative = path.relative_to(root)
    pairs = (part.partition("=") for part in relative.parts[:-1])
    keys = tuple((unquote(key), _value_of_key(value)) for key, equals, value in pairs if key and equals)
    return PartFile(path, relative.as_posix(), status.st_size, status.st_mtime_ns, keys)


def _value_of_key(value: str) -> str | None:
    return None if value == _NULL_KEY else unquote(value)


def _with_typed_keys(files: list[PartFile], root: Path) -> list[PartFile]:
    """Return the files with keys of the types that polars infers from all values of a key."""
    names = tuple(name for name, _ in files[0].keys)
    for file in files:
        if tuple(name for name, _ in file.keys) != names:
            first, other = (" and ".join(name for name, _ in each.keys) or "no key" for each in (files[0], file))
            raise DataError(
                f'"{files[0].relative}" has {first} in the names of its folders, and "{file.relative}" has {other}',
                where=str(root),
                remedy="give every file the same keys: year=2020/region=north/part-0.parquet",
            )
    if len(set(names)) < len(names):
        raise DataError(f"a key stands twice in the names of folders: {files[0].relative}", where=str(root))
    if not names:
        return files
    typed = [typed_key([file.keys[at][1] for file in files]) for at in range(len(names))]
    return [
        PartFile(file.path, file.relative, file.size, file.modified, tuple(zip(names, values, strict=True)))
        for file, values in zip(files, zip(*typed, strict=True), strict=True)
    ]


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
