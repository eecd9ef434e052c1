"""Addresses of tables in object stores and on the web."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indicia.paths import expanded

if TYPE_CHECKING:
    from pathlib import Path

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
