"""An index file for a table that a reader uploads."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import Any

from indicia.data import write
from indicia.errors import DataError, IndiciaError
from indicia.index import draft_index_file
from indicia_serve.scoring import recorded_warnings

UPLOADS = (".csv", ".tsv", ".xlsx", ".parquet")
"""The endings of tables that may be uploaded. A database or a page of another kind is named in an index file."""
INDEX = "index.toml"
UPLOAD_AGAIN = (
    "mend it in the table, and upload it again: a table has a column that names each unit once (in each period), and "
    "columns of numbers"
)
_OUT_OF_REACH = re.compile(r"--\w|\[\w+\]|\w = |\bindicia \w|INDICIA_")
"""Options, words of index files, commands and variables, which a reader of the page cannot set."""
_ROLES = ("unit", "label", "period", "groups")


def safe_name(name: str) -> str:
    """Return the name of an uploaded file without folders and strange characters.

    >>> safe_name("C:\\\\data\\\\Our cities (2).CSV"), safe_name("../../etc/表.xlsx")
    ('Our_cities_2.csv', '表.xlsx')
    >>> safe_name("photo.png")
    Traceback (most recent call last):
    indicia.errors.DataError: photo.png is no table
      fix: upload .csv, .tsv, .xlsx, .parquet
    """
    path = PurePosixPath(name.replace("\\", "/"))
    if path.suffix.lower() not in UPLOADS:
        raise DataError(f"{path.name[:80] or 'the upload'} is no table", remedy=f"upload {', '.join(UPLOADS)}")
    stem = re.sub(r"[^\w-]+", "_", path.stem).strip("_")[:60]
    return f"{stem or 'table'}{path.suffix.lower()}"


def draft_of_upload(table: Path, sheet: str | None) -> dict[str, Any]:
    """Write an index file for an uploaded table, and return what was recognised.

    Raises
    ------
    IndiciaError
        If there is no index in the table. The error names the file without its folder, and its remedy names no options.
    """
    try:
        return draft(f"{table}#{sheet}" if sheet else str(table), table.parent)
    except IndiciaError as error:
        where = error.where.replace(f"{table.parent}{os.sep}", "") if error.where else None
        raise DataError(error.what, where=where, remedy=remedy_of_reader(error.remedy)) from error


def remedy_of_reader(remedy: str | None) -> str:
    """Return the parts of a remedy that a reader of the page can follow; without any, those of every table.

    >>> remedy_of_reader('rename one of them, or list the others: columns = ["city"] (--set data.columns=…)')
    'rename one of them'
    >>> remedy_of_reader('name it: unit = "…" (--unit)') == remedy_of_reader(None) == UPLOAD_AGAIN
    True
    """
    parts = re.split(r"(; |, or )", remedy or "")
    kept = [part for part in parts[::2] if part and not _OUT_OF_REACH.search(part)]
    return "; ".join(kept) or UPLOAD_AGAIN


def draft(table: str, folder: Path) -> dict[str, Any]:
    """Write an index file for a table into a folder, as `indicia init` does, and return what was recognised."""
    with recorded_warnings() as messages:
        text, recognised = draft_index_file([table], folder)
    write(text.encode(), folder / INDEX)
    observations = [" ".join(str(observation).split()) for observation in recognised.observations]
    directions = [
        {
            "indicator": name,
            "direction": recognised.definition["indicators"][name].get("direction", "unclear"),
            "reason": recognised.direction_reason(name) or "stated",
        }
        for name in recognised.indicators
    ]
    roles = {word: recognised.data[word] for word in _ROLES if recognised.data.get(word)}
    return {"roles": roles, "directions": directions, "observations": [*observations, *messages]}
