"""A result as a JSON document, and the schema of the document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import polars as pl
import polars.selectors as cs
from pydantic import BaseModel, ConfigDict, Field

from indicia.answers.writers import content
from indicia.definition import text
from indicia.run import IMPUTED_SHARE, band_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indicia.result import Result
    from indicia_editions.difference import EditionDifference


class _Object(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Part(_Object):
    """A dimension or an indicator with its weights; one entry per group of rows if weights differ by group."""

    id: str
    name: str
    parent: str
    kind: Literal["dimension", "indicator"]
    level: int = Field(description="1 for the components of the index")
    weight: float = Field(description="within the parent, where weights sum to 1 unless the index leaves them unscaled")
    effective: float = Field(
        description="over the whole index: the sum over all parents; 0 for a part that does not count"
    )
    group: dict[str, str | int | float | bool] = Field({}, description="the group of rows that has this weight")


class Value(_Object):
    """An indicator of a unit."""

    prepared: float | None = Field(
        None, description="the value before normalisation: imputed, treated, capped; absent if it is not published"
    )
    normalised: float | None = Field(description="a larger value raises the score of the dimension")
    imputed: bool = Field(default=False, description="true for an imputed value; absent for a measured value")


class Unit(_Object):
    """A unit, in one period of a panel."""

    unit: str
    period: str | int | float | None = None
    about: dict[str, str | int | float | bool | None] = Field({}, description="labels and groups, by column")
    score: float | None
    rank: float | None = Field(
        description="1 is the best, or the worst if rank_from of the methodology is worst; null for a unit that has no "
        "score or is not ranked"
    )
    ranks: dict[str, float | None] = Field({}, description="ranks within groups, by the column of the groups")
    bands: dict[str, str | int | None] = Field({}, description="bands by classification; absent if the index has none")
    imputed_share: float | None = Field(
        None,
        description="share of the weight of the index that rests on imputed values; absent without imputation",
    )
    dimensions: dict[str, float | None] = Field(description="scores, by id")
    indicators: dict[str, Value] = Field(description="by id")


class Cell(_Object):
    """A cell that a stage changed."""

    unit: str
    period: str | int | float | None = None
    indicator: str
    stage: str
    before: float | None = Field(description="null for a missing value, and if raw values are not published")
    after: float | None = Field(description="null for a missing value, and if raw values are not published")
    why: str


class Attributes(_Object):
    """A value as the data have it, with its attributes."""

    unit: str
    period: str | int | float | None = None
    indicator: str
    value: float | None
    year: int | None
    source: str | None
    status: str | None
    standard_error: float | None


class AggregateScores(_Object):
    """The scores of an aggregate, such as a region, which has no rank; in one period of a panel."""

    aggregate: str
    name: str
    period: str | int | float | None = None
    score: float | None
    dimensions: dict[str, float | None] = Field(description="scores, by id")
    members: int | None = Field(description="members with a score; null for a row of the table")
    coverage: float | None = Field(description="their share of the weight of all members")


class Changes(_Object):
    """The difference from an earlier edition."""

    edition: str = Field(description="the name of the earlier edition")
    sentences: list[str]
    tables: dict[str, dict[str, Any]] = Field(description="by name: caption, order, columns with meanings, rows")


class Document(_Object):
    """The result of a composite index: structure, units, changed cells, and the manifest to run the index again."""

    format: Literal["indicia-result-1"] = "indicia-result-1"
    name: str
    methodology: str
    structure: list[Part]
    units: list[Unit] = Field(description="in the order of the data")
    cells: list[Cell]
    attributes: list[Attributes] = Field([], description="values with attributes; absent if no value has any")
    aggregates: list[AggregateScores] = []
    since: Changes | None = Field(None, description="the changes since an earlier edition; absent without --since")
    notes: list[str]
    manifest: dict[str, Any]


def document_schema() -> dict[str, Any]:
    """Return the JSON Schema of the document."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Document.model_json_schema()}


def document(result: Result, language: str | None = None, since: EditionDifference | None = None) -> str:
    """Return a result as JSON that follows `document_schema`, with the difference from an earlier edition, if any."""
    cells = _rows(result, result.cells, Cell, ("before", "after"))
    attributes = _rows(result, result.attributes, Attributes, ("value", "standard_error"))
    content = {
        "format": "indicia-result-1",
        "name": text(result.definition.name, language),
        "methodology": result.methodology,
        "structure": _structure(result, language),
        "units": _units(result, language),
        "cells": cells,
        **({"attributes": attributes} if attributes else {}),
        **({"aggregates": _aggregates(result)} if result.definition.aggregates else {}),
        **({"since": _changes(since, language)} if since is not None else {}),
        "notes": list(result.notes),
        "manifest": result.manifest,
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _changes(difference: EditionDifference, language: str | None) -> dict[str, Any]:
    """Return the difference from an earlier edition."""
    edition = difference.old.title
    return {"edition": difference.published_names(language).get(edition, edition), **content(difference, language)}


def _structure(result: Result, language: str | None) -> list[dict[str, Any]]:
    """Return the parts of the index with their weights; if weights differ by group, a part has an entry for each."""
    definition, fields = result.definition, {"id", "name", "parent", "kind", "level", "weight", "effective"}
    names = {name: spec.name for name, spec in definition.dimensions.items()}
    names |= {name: spec.name for name, spec in definition.indicators.items()}
    return [
        {
            **{key: value for key, value in row.items() if key in fields},
            "name": text(names[row["id"]], language, row["id"]),
            "group": {key: _plain(value) for key, value in row.items() if key not in fields},
        }
        for row in result.weights.iter_rows(named=True)
    ]


def _units(result: Result, language: str | None) -> list[dict[str, Any]]:
    """Return the labels, scores, ranks, bands and indicators of each row of the data."""
    scored, period, root = result.scored, result.definition.data.period, result.scored.tree.id
    rows = zip(
        _dicts(result.scores.select(cs.by_name(IMPUTED_SHARE, require_all=False)), len(scored.units)),
        _dicts(_bands(result, language), len(scored.units)),
        _indicators(result),
        scored.units.iter_rows(named=True),
        scored.nodes.iter_rows(named=True),
        scored.ranks.iter_rows(named=True),
        strict=True,
    )
    return [
        {
            "unit": str(unit[result.unit]),
            "period": _plain(unit[period]) if period else None,
            "about": {key: _plain(value) for key, value in unit.items() if key not in (result.unit, period)},
            "score": nodes[root],
            "rank": ranks["rank"],
            "ranks": {key.removeprefix("rank_"): value for key, value in ranks.items() if key != "rank"},
            **({"bands": bands} if bands else {}),
            **share,
            "dimensions": {key: value for key, value in nodes.items() if key != root},
            "indicators": indicators,
        }
        for share, bands, indicators, unit, nodes, ranks in rows
    ]


def _indicators(result: Result) -> Iterator[dict[str, Any]]:
    """Yield the indicators of each row of the data."""
    scored, publishes = result.scored, result.definition.publishes_raw_values
    leaves = [leaf.id for leaf in scored.tree.leaves() if leaf.id in result.imputed.values.columns]
    rows = zip(
        _dicts(result.imputed.values.select(leaves), len(scored.units)),
        scored.prepared.iter_rows(named=True),
        scored.normalised.iter_rows(named=True),
        strict=True,
    )
    for imputed, prepared, normalised in rows:
        yield {
            key: {
                **({"prepared": prepared[key]} if publishes else {}),
                "normalised": normalised[key],
                **({"imputed": True} if imputed.get(key) and prepared[key] is not None else {}),
            }
            for key in normalised
        }


def _bands(result: Result, language: str | None) -> pl.DataFrame:
    """Return the name or the number of each row's band, a column for each classification."""
    bands = result.definition.bands
    return pl.DataFrame(
        [
            band_names(column, bands[column.name], language) if column.dtype == pl.Enum else column
            for column in result.bands_of_rows
        ]
    )


def _dicts(frame: pl.DataFrame, rows: int) -> Iterable[dict[str, Any]]:
    """Return the rows of a frame as dicts; empty dicts for a frame without columns, which has no rows."""
    return frame.iter_rows(named=True) if frame.width else ({} for _ in range(rows))


def _rows(result: Result, frame: pl.DataFrame, entry: type[_Object], raw_values: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of a table with the fields of an entry, and with unit and period; raw values may be withheld."""
    period = result.definition.data.period
    withheld = {} if result.definition.publishes_raw_values else dict.fromkeys(raw_values)
    return [
        {
            **{key: value for key, value in row.items() if key in entry.model_fields},
            **withheld,
            "unit": str(row[result.unit]),
            "period": _plain(row[period]) if period else None,
        }
        for row in frame.iter_rows(named=True)
    ]


def _aggregates(result: Result) -> list[dict[str, object]]:
    period, facts = result.definition.data.period, ("aggregate", "name", "score", "members", "coverage")
    return [
        {
            **{key: row[key] for key in facts},
            "period": _plain(row[period]) if period else None,
            "dimensions": {key: value for key, value in row.items() if key not in (*facts, period)},
        }
        for row in result.aggregates.iter_rows(named=True)
    ]


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
