"""Editions from the JSON documents that `indicia export -o index.json` writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

_FORMAT = "indicia-result-1"
_SECTIONS = ("methodology", "screening", "eligible", "indicators", "dimensions", "nodes")
"""The sections of a manifest of a present form that describe the methodology."""


def read_document(source: object) -> dict[str, Any] | None:
    """Return the content of a document; None for another file or value."""
    if not isinstance(source, (str, Path)) or Path(source).suffix.lower() != ".json" or not Path(source).is_file():
        return None
    try:
        content = json.loads(Path(source).read_text(encoding="utf-8"))
    except (ValueError, RecursionError, OSError):  # the reader of tables raises the error
        return None
    return content if isinstance(content, dict) and content.get("format") == _FORMAT else None


def units_of(document: dict[str, Any]) -> pl.DataFrame:
    """Return the scores and ranks of a document: unit, period if it has periods, score, rank."""
    schema = {"unit": pl.String, "period": pl.String, "score": pl.Float64, "rank": pl.Float64}
    rows = [
        (unit["unit"], None if unit["period"] is None else str(unit["period"]), unit["score"], unit["rank"])
        for unit in document["units"]
    ]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame if frame["period"].null_count() < len(frame) else frame.drop("period")


def methodology_of(document: dict[str, Any]) -> dict[str, Any] | None:
    """Return the methodology of a document from its manifest; None if the manifest has an earlier form."""
    manifest = document.get("manifest", {})
    return manifest if all(isinstance(manifest.get(section), dict) for section in _SECTIONS) else None
