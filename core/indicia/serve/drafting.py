"""An index file for a table that a reader uploads."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from indicia.data import write
from indicia.errors import DataError
from indicia.index_of_table import draft_index_file
from indicia.serve.scoring import recorded_warnings

if TYPE_CHECKING:
    from pathlib import Path

UPLOADS = (".csv", ".tsv", ".xlsx", ".parquet")
"""The endings of tables that may be uploaded. A database or a page of another kind is named in an index file."""
INDEX = "index.toml"
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
