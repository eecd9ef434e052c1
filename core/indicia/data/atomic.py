"""Files that are written whole or not at all, sealed texts, and fingerprints of content."""

from __future__ import annotations

import errno
import json
import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.errors import OutputError, suggest
from indicia.paths import check_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails


def checksum(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all keys and values except the checksum, independent of order and white space.

    >>> checksum({"a": 1, "b": 2, "sha256": ""}) == checksum({"b": 2, "a": 1})
    True
    """
    rest = {key: value for key, value in content.items() if key != "sha256"}
    return sha256(json.dumps(rest, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()


def sealed(content: Mapping[str, Any], form: int) -> bytes:
    """Return the bytes of a file: its form, its checksum and its content; ValueError for a value that is not finite."""
    words = json.loads(json.dumps({"format": form, **content}, allow_nan=False, default=str))
    text = json.dumps({"format": form, "sha256": checksum(words), **words}, ensure_ascii=False, indent=1)
    return f"{text}\n".encode()


def other_form(noun: str, form: object, known: int, writer: object) -> tuple[str, str]:
    """Return the fault of a file of another form than the known one, and its remedy; `writer` is the version."""
    by = f", written by Indicia {writer}" if isinstance(writer, str) else ""
    install = f"pip install indicia=={writer}" if by else "install the version of Indicia that wrote it"
    return f"{noun} of form {form!r:.20}{by}; this version of Indicia reads form {known}", install


def explain_fault(finding: ErrorDetails, content: Any, noun: str, file: type[BaseModel], writer: object) -> str:
    """Return the place and the fault of a part, and for an unknown key the version that knows it or the nearest key."""
    place: list[str] = []
    for part in finding["loc"]:
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):  # pydantic adds further names for unions
            continue
        place.append(str(part))
    where, last = ".".join(place), str(finding["loc"][-1])
    match finding["type"]:
        case "missing":
            return f"{'.'.join([*place, last])} is missing"
        case "extra_forbidden" if isinstance(writer, str) and writer != version("indicia"):
            return f"{where} is no key of {noun}; Indicia {writer}, which wrote it, knows it"
        case "extra_forbidden":
            schema = file.model_json_schema()
            known = {key for table in (schema, *schema["$defs"].values()) for key in table.get("properties", ())}
            return f"{where} is no key of {noun}{f'; {nearest}' if (nearest := suggest(last, known)) else ''}"
        case "value_error":
            return f"{where}: {finding['msg'].removeprefix('Value error, ')}"
    return f"{where} is of a wrong type"


_TEXTS = (pl.String, pl.Categorical, pl.Enum)
_BLOCK = 1 << 15
"""The rows of a block, a multiple of 8; a block of numbers fits into the cache of a processor."""


def fingerprint(frame: pl.DataFrame) -> str:
    """Return the SHA-256 of the names, the types and the values of a table.

    The fingerprint does not depend on the platform or on the storage: the size of chunks, the values under nulls, and
    text as strings or as categories. 0.0 and -0.0 differ, as do 1 and 1.0.

    Notes
    -----
    The fingerprint is the hash of the hashes of the columns, in their order. The hash of a column has

    - a JSON list: the name, the type (String for categories), the number of rows, the number of nulls;
    - in a column with nulls: a bit for each row, 1 for a value, eight bits to a byte from the lowest bit;
    - of numbers, dates and times: the values in little-endian bytes, 0 for a null;
    - of text: the number of bytes of each value in four little-endian bytes, then the bytes of all values;
    - of true and false: a bit for each row, as above, 0 for a null;
    - of other types: the Python texts of the values, in blocks of 32,768 rows.

    Examples
    --------
    >>> fingerprint(pl.DataFrame({"x": [1, 2]})) == fingerprint(pl.DataFrame({"x": [2, 1]}))
    False
    """
    if frame.height <= _BLOCK:  # starting threads takes longer than hashing
        digests = list(map(_column_digest, frame))
    else:
        with ThreadPoolExecutor(pl.thread_pool_size()) as threads:
            digests = list(threads.map(_column_digest, frame))
    return sha256(b"".join(digests)).hexdigest()


def _column_digest(column: pl.Series) -> bytes:
    if column.dtype in _TEXTS:
        column = column.cast(pl.String)
    header = [column.name, str(column.dtype), len(column), column.null_count()]
    digest = sha256(json.dumps(header).encode())
    if column.null_count():
        for block in _blocks(column.is_not_null()):
            digest.update(_bits(block))
    for content in _contents(column):
        digest.update(content)
    return digest.digest()


def _contents(column: pl.Series) -> Iterator[Any]:
    """Yield the bytes of the values, block by block."""
    dtype = column.dtype
    if dtype == pl.String:
        for block in _blocks(column):
            yield _little_endian(block.str.len_bytes().fill_null(0))
        for block in _blocks(column):
            yield (block.str.join("").item() or "").encode()
    elif dtype == pl.Boolean:
        for block in _blocks(column):
            yield _bits(block.fill_null(False))
    elif dtype.is_temporal() or _has_numpy_type(dtype):
        for block in _blocks(column.to_physical()):
            yield _little_endian(block.fill_null(0))
    else:
        for block in _blocks(column):
            yield repr(block.to_list()).encode()


def _blocks(column: pl.Series) -> Iterator[pl.Series]:
    return (column.slice(at, _BLOCK) for at in range(0, len(column), _BLOCK))


def _bits(flags: pl.Series) -> Any:
    return np.packbits(flags.to_numpy(), bitorder="little")


def _little_endian(numbers: pl.Series) -> Any:
    values = numbers.to_numpy()
    return np.ascontiguousarray(values, values.dtype.newbyteorder("<"))


def _has_numpy_type(dtype: pl.DataType) -> bool:
    return dtype.is_float() or (dtype.is_integer() and str(dtype) not in ("Int128", "UInt128"))


try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


_PARTS = ".indicia-*.part"
_NO_SPACE = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
"""The errors of a full disk."""
_MAX_AGE = 60.0
"""On Windows, which has no locks, a part-file without a change in these seconds is no longer written."""


def check_output_path(path: str | Path) -> None:
    """Refuse a path that is a folder, or in a folder that does not exist."""
    path = Path(path)
    check_path(path)
    if path.is_dir():
        raise OutputError(f'"{path}" is a folder', remedy="name a file in it")
    if not path.resolve().parent.is_dir():
        raise OutputError(f'there is no folder "{path.resolve().parent}"', where=str(path), remedy="create it first")


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn an error of the operating system into an OutputError that names the file."""
    try:
        yield
    except OSError as error:
        remedy = "free space on the disk, and start again" if error.errno in _NO_SPACE else None
        raise OutputError(f'cannot write "{path.name}": {error.strerror}', where=str(path), remedy=remedy) from error


@contextmanager
def part_files(*paths: Path) -> Iterator[list[Path]]:
    """Yield a part-file for each path, and rename all part-files at the end; after an error, rename none.

    The first path is the output, the others describe it. The next write to a folder removes part-files of processes
    that were killed.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with part_files(Path(folder) / "scores.csv") as [part]:
    ...         _ = part.write_text("city,score")
    ...     [path.name for path in Path(folder).iterdir()]
    ['scores.csv']
    """
    targets = [path.resolve() for path in paths]
    for path in paths:
        check_output_path(path)
    for folder in dict.fromkeys(target.parent for target in targets):
        clear_parts(folder)
    with ExitStack() as stack:
        parts = []
        for path, target in zip(paths, targets, strict=True):
            with output_errors(path):
                parts.append(stack.enter_context(locked_part(target.parent)))
        yield parts
        with output_errors(paths[0]):
            _rename_all(parts, targets)


def clear_parts(folder: Path) -> None:
    """Remove the part-files in a folder that no process writes."""
    for part in folder.glob(_PARTS):
        with suppress(OSError):  # the part-file is locked, removed, or of another user, or the file system has no locks
            _clear(part)


def _rename_all(parts: Sequence[Path], targets: Sequence[Path]) -> None:
    """Rename the part-files; before the output changes, the descriptions of the old output are moved aside.

    A process that is killed in between leaves an output without a description, but never with a wrong description.
    """
    moved = []
    try:
        for target in targets[1:]:
            if target.exists():
                aside = _new_part(target.parent)
                os.replace(target, aside)  # noqa: PTH105
                moved.append((aside, target))
        os.replace(parts[0], targets[0])  # noqa: PTH105
    except OSError:
        for aside, target in moved:
            os.replace(aside, target)  # noqa: PTH105
        raise
    for part, target in zip(parts[1:], targets[1:], strict=True):
        os.replace(part, target)  # noqa: PTH105
    for aside, _ in moved:
        aside.unlink()


def _new_part(folder: Path) -> Path:
    return folder / f".indicia-{secrets.token_hex(8)}.part"


@contextmanager
def locked_part(folder: Path) -> Iterator[Path]:
    """Create a part-file that is locked while this process writes it; remove it at the end unless it was renamed.

    The operating system releases the lock when the process ends, even if it is killed. A process id in the
    name would not suffice: systems reuse ids, and machines and containers that share a folder may use the same ids.
    """
    part, lock = _locked(folder)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)
        if lock is not None:
            os.close(lock)


def _locked(folder: Path) -> tuple[Path, int | None]:
    while True:
        part = _new_part(folder)
        file = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        if fcntl is None:  # Windows neither removes nor renames an open file
            os.close(file)
            return part, None
        with suppress(OSError):  # a file system without locks: `_clear` fails there, and removes no part-file
            fcntl.flock(file, fcntl.LOCK_EX)
        if part.exists():  # else another process removed the file before it was locked
            return part, file
        os.close(file)


def _clear(part: Path) -> None:
    """Remove a part-file unless a process holds its lock; the lock is kept until the file is removed."""
    if fcntl is None:
        if time.time() - part.stat().st_mtime > _MAX_AGE:
            part.unlink()
        return
    file = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        part.unlink()
    finally:
        os.close(file)
