"""The facts on which the results of a run over partitions depend: its manifest, and the identity for a resumed run."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from indicia.result import Inputs

if TYPE_CHECKING:
    from indicia.data.table_partitions import TablePartitions
    from indicia.scorable import Scorable

_FOR_READERS = ("files_outside", "publication", "references", "citations")
"""Sections of a manifest on which no figure depends."""


def manifest_of_partitions(index: Scorable, partitions: TablePartitions) -> dict[str, Any]:
    """Return the manifest of a run over partitions. The files of the table have a fingerprint, as no task has all rows.

    Parameters
    ----------
    index : Scorable
        The index, fitted or not.
    partitions : TablePartitions
        The partitions of its table.
    """
    return _inputs(index, partitions).manifest


def notes_on_definition(index: Scorable, partitions: TablePartitions) -> list[str]:
    """Return the notes on an index, such as the directions that are assumed."""
    return list(map(str, _inputs(index, partitions).notes))


def _inputs(index: Scorable, partitions: TablePartitions) -> Inputs:
    table = {
        "fingerprint": partitions.fingerprint,
        "rows": partitions.rows,
        "partitions": len(partitions.partitions),
        "cuts": _digest([[part.first, part.length] for each in partitions.partitions for part in each.slices]),
    }
    return Inputs(index.definition, index.tree, index.catalogue, table, index.origin)


def identity_of(index: Scorable, partitions: TablePartitions) -> dict[str, str]:
    """Return a hash of each section of the manifest on which results depend, for `PartitionedOutput.opened`.

    A message names the sections that differ: "file" is the table, "methodology" and "indicators" are the index, and
    "polars" and "plugins" are versions.
    """
    manifest = manifest_of_partitions(index, partitions)
    return {name: _digest(value) for name, value in manifest.items() if name not in _FOR_READERS}


def _digest(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
