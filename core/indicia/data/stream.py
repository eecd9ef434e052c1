"""Reading and writing of tables slice by slice, for tables that are larger than memory."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import polars as pl
from polars.exceptions import PanicException, PolarsError

from indicia.data import parse
from indicia.data.atomic import output_errors, part_files
from indicia.data.page_checksums import check_pages
from indicia.data.parquet_footer import with_pandas_index
from indicia.errors import DataError, OutputError
from indicia.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy.typing as npt

    Hashes = npt.NDArray[np.uint64]

SLICE = 8 * 2**20
"""The bytes of a slice."""
_READ = (".csv", ".tsv", ".txt", ".parquet")
_WRITTEN = (".csv", ".tsv", ".ndjson", ".jsonl")


def slices(
    path: str | Path,
    encoding: str = "utf-8",
    size: int = SLICE,
    progress: Progress = silent,
    separator: str | None = None,
) -> Iterator[pl.DataFrame]:
    """Yield a table in slices of about `size` bytes; all cells of a text file are text.

    `separator` stands between the fields of a text file; by default a tab in a .tsv file, and else the separator that
    the header has most often.
    `progress` is called with the number of bytes of a text file, or rows of a Parquet file, read so far and in all.
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
                total = path.stat().st_size
                separator = separator or ("\t" if ending == ".tsv" else None)
                yield from _of_text(file, path, separator, encoding, size, lambda done: progress(done, total))
    except (PolarsError, PanicException, OSError) as error:
        raise DataError(f'cannot read "{path.name}": {str(error).splitlines()[0]}', where=str(path)) from error


def _of_parquet(path: Path, size: int, progress: Progress) -> Iterator[pl.DataFrame]:
    lazy = pl.scan_parquet(path)
    rows = max(1, size // (8 * max(1, lazy.collect_schema().len())))
    total = max(1, lazy.select(pl.len()).collect().item())
    # collect_batches would read as many row groups ahead as there are threads
    note = parse.pandas_note(path)
    check_pages(path, str(path))
    for start in range(0, total, rows):
        yield with_pandas_index(lazy.slice(start, rows).collect(), note)
        progress(min(start + rows, total), total)


def _of_text(
    file: BinaryIO, path: Path, separator: str | None, encoding: str, size: int, progress: Callable[[int], None]
) -> Iterator[pl.DataFrame]:
    """Parse each block with the header of the file, by the rules of a complete file."""
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
    """Return the end of the last complete row: a line break outside quotation marks."""
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


def hash_rows(keys: pl.DataFrame) -> Hashes:
    """Return a hash of 64 bits for each row; different rows almost never have the same hash."""
    return keys.hash_rows(seed=0).to_numpy()


def repeated_hashes(hashes: bytearray) -> Hashes:
    """Return the hashes that occur more than once; to save memory, the argument is sorted in place."""
    ordered = np.frombuffer(hashes, np.uint64)
    ordered.sort()
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


@contextmanager
def open_appender(
    path: str | Path, described_by: Mapping[Path, Callable[[], bytes]] = MappingProxyType({})
) -> Iterator[Callable[[pl.DataFrame], None]]:
    """Yield a function that appends frames to a file; the file appears once all are written, or not at all.

    The files of `described_by` appear together with the file; each function returns the content of its file, and is
    called after all frames are written.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in _WRITTEN:
        raise OutputError(f'"{path.name}" cannot be written slice by slice', remedy=f"known: {', '.join(_WRITTEN)}")
    with part_files(path, *described_by) as [part, *descriptions]:
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
