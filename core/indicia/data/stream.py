"""Read and write tables that are larger than memory, slice by slice."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from indicia.errors import DataError, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SLICE = 100_000
"""Rows that are held at a time."""
_READ = (".csv", ".tsv", ".parquet")
_WRITTEN = (".csv", ".tsv", ".ndjson", ".jsonl")


def slices(path: Path, rows: int = SLICE) -> Iterator[pl.DataFrame]:
    """Yield a table a number of rows at a time, all cells of a text file as text; UTF-8 is taken for granted."""
    ending = path.suffix.lower()
    if ending not in _READ:
        raise DataError(
            f'"{path.name}" cannot be read slice by slice', remedy=f"known: {', '.join(_READ)}; or score it as a whole"
        )
    if not path.is_file():
        raise DataError(f'no file "{path.name}"', where=str(path))
    try:
        if ending == ".parquet":
            lazy = pl.scan_parquet(path)
        else:
            lazy = pl.scan_csv(path, separator="\t" if ending == ".tsv" else ",", infer_schema=False)
        yield from lazy.collect_batches(chunk_size=rows, maintain_order=True)
    except (PolarsError, OSError) as error:
        raise DataError(f'cannot read "{path.name}": {str(error).splitlines()[0]}', where=str(path)) from error


@contextmanager
def appending(path: Path) -> Iterator[Callable[[pl.DataFrame], None]]:
    """Give a function that appends frames to a file; the file appears when all are written, or not at all."""
    ending = path.suffix.lower()
    if ending not in _WRITTEN:
        raise OutputError(f'"{path.name}" cannot be written slice by slice', remedy=f"known: {', '.join(_WRITTEN)}")
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("wb") as file:

            def append(frame: pl.DataFrame) -> None:
                if ending in (".csv", ".tsv"):
                    separator = "\t" if ending == ".tsv" else ","
                    frame.write_csv(file, include_header=file.tell() == 0, separator=separator)
                else:
                    frame.write_ndjson(file)

            yield append
        beside.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)
