"""Read and write tables that are larger than memory, slice by slice."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from polars.exceptions import PanicException, PolarsError

from indicia.data import parse
from indicia.data.place import output_errors, placing
from indicia.errors import DataError, OutputError
from indicia.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import BinaryIO

    import numpy.typing as npt

    Hashes = npt.NDArray[np.uint64]

SLICE = 8 * 2**20
"""Bytes that are read at a time."""
_READ = (".csv", ".tsv", ".txt", ".parquet")
_WRITTEN = (".csv", ".tsv", ".ndjson", ".jsonl")


def slices(
    path: str | Path,
    encoding: str = "utf-8",
    size: int = SLICE,
    progress: Progress = silent,
) -> Iterator[pl.DataFrame]:
    """Yield a table in parts of so many bytes; all cells of a text file are text.

    `progress` is told how much is read, of how much: bytes of a text file, rows of a Parquet file.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in _READ:
        raise DataError(
            f'"{path.name}" cannot be read slice by slice', remedy=f"known: {', '.join(_READ)}; or score it as a whole"
        )
    if not path.is_file():
        raise DataError(f'no file "{path.name}"', where=str(path))
    try:
        if ending == ".parquet":
            yield from _of_parquet(path, size, progress)
        else:
            with path.open("rb") as file:
                whole = path.stat().st_size
                yield from _of_text(
                    file, path, "\t" if ending == ".tsv" else None, encoding, size, lambda done: progress(done, whole)
                )
    except (PolarsError, PanicException, OSError) as error:
        raise DataError(f'cannot read "{path.name}": {str(error).splitlines()[0]}', where=str(path)) from error


def _of_parquet(path: Path, size: int, progress: Progress) -> Iterator[pl.DataFrame]:
    lazy = pl.scan_parquet(path)
    rows = max(1, size // (8 * max(1, lazy.collect_schema().len())))
    # not collect_batches, which reads ahead as many row groups as there are threads
    every = max(1, lazy.select(pl.len()).collect().item())
    for start in range(0, every, rows):
        yield lazy.slice(start, rows).collect()
        progress(min(start + rows, every), every)


def _of_text(
    file: BinaryIO,
    path: Path,
    separator: str | None,
    encoding: str,
    size: int,
    progress: Callable[[int], None],
) -> Iterator[pl.DataFrame]:
    """Parse block after block, each under the header, so that every rule for a whole file holds for its parts."""
    header = file.readline()
    while header.count(b'"') % 2 or (header and header.isspace()):  # a line break in quotation marks, or blank lines
        line = file.readline()
        if not line:
            break
        header += line
    rest, done = b"", 0
    while block := file.read(size):
        rest += block
        end = _last_row(rest)
        if end == 0 and len(rest) > 16 * max(size, SLICE):
            raise DataError("a quotation mark is not closed", where=f"{path}, after row {done}")
        if rest[:end].strip():
            part = _parsed(header + rest[:end], path, separator, encoding, done)
            yield part
            done += len(part)
        rest = rest[end:]
        progress(file.tell())
    if rest.strip() or done == 0:
        yield _parsed(header + rest, path, separator, encoding, done)


def _last_row(block: bytes) -> int:
    """Return where the last row ends that is complete: at a line break that no quotation marks enclose."""
    quotes, end = block.count(b'"'), len(block)
    while (line := block.rfind(b"\n", 0, end)) >= 0:
        quotes -= block.count(b'"', line, end)
        if quotes % 2 == 0:
            return line + 1
        end = line
    return 0


def _parsed(content: bytes, path: Path, separator: str | None, encoding: str, done: int) -> pl.DataFrame:
    where = f"{path}, after row {done}" if done else str(path)
    table = parse.from_csv(parse.decoded(content, encoding, where), separator, where, lambda _: pl.String)
    return table.frame if table.blank is None else table.frame.filter(~table.blank)


def hashed(keys: pl.DataFrame) -> Hashes:
    """Return a number of 64 bits for each row, the same for the same cells; other cells hardly ever have it."""
    return keys.hash_rows(seed=0).to_numpy()


def repeated(hashes: bytearray) -> Hashes:
    """Return the numbers that stand more than once among these, which are sorted where they are, for want of room."""
    numbers = np.frombuffer(hashes, np.uint64)
    numbers.sort()
    return np.unique(numbers[1:][numbers[1:] == numbers[:-1]])


@contextmanager
def appending(
    path: str | Path, described_by: Mapping[Path, Callable[[], bytes]] = MappingProxyType({})
) -> Iterator[Callable[[pl.DataFrame], None]]:
    """Give a function that appends frames to a file; the file appears when all are written, or not at all.

    The files of `described_by` appear with it; their content is asked for when all frames are written.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in _WRITTEN:
        raise OutputError(f'"{path.name}" cannot be written slice by slice', remedy=f"known: {', '.join(_WRITTEN)}")
    with placing(path, *described_by) as [part, *descriptions]:
        with output_errors(path), part.open("wb") as file:

            def append(frame: pl.DataFrame) -> None:
                if ending in (".csv", ".tsv"):
                    separator = "\t" if ending == ".tsv" else ","
                    frame.write_csv(file, include_header=file.tell() == 0, separator=separator)
                else:
                    frame.write_ndjson(file)

            yield append
        for description, (place, content) in zip(descriptions, described_by.items(), strict=True):
            with output_errors(place):
                description.write_bytes(content())
