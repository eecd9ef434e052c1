"""Editions from tables of scores or ranks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.data import read_table
from indicia.data.cell_text import cell_text, value_text
from indicia.definition import Origin, define
from indicia.errors import DataError, DefinitionError, join_names, suggest
from indicia_editions.scored_edition import ScoredEdition
from indicia_editions.sources import ScoreColumns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia.types import Period

_UNIT_WORDS = ("unit",)
_SCORE_WORDS = ("score", "得分")
_RANK_WORDS = ("rank", "排名", "名次")
"""The columns of a table of scores, by role; their names may have capital letters."""


def edition_of_scores(
    source: object, name: str, period: Period | None, other: ScoredEdition | None, columns: ScoreColumns
) -> ScoredEdition:
    """Return the edition of a table of scores or ranks, or of a JSON document with them."""
    document = read_document(source)
    if document is not None:
        source, columns = units_of(document), ScoreColumns(unit="unit", score="score", rank="rank", period="period")
    names = _columns_of(source)
    score = _column(names, columns.score, _SCORE_WORDS)
    rank = _column(names, columns.rank, _RANK_WORDS)
    if score is None and rank is None:
        raise DataError(
            f"{name} has neither a column of scores nor of ranks",
            where=f"columns: {join_names(names, 12)}",
            remedy="--score COLUMN or --rank COLUMN names it",
        )
    numbers = {word: column for word, column in (("score", score), ("rank", rank)) if column is not None}
    unit = _unit_column(names, name, columns, list(numbers.values()), other)
    frame = read_table(source, text=[unit], numbers=list(numbers.values()))
    frame, text_of_period = rows_of_period(frame, name, period, columns, other)
    units = _units_of(frame, name, unit, numbers)
    lowest_first = other is not None and other.lowest_first
    if rank is None:
        units = units.with_columns(rank=pl.col("score").rank("min", descending=not lowest_first).cast(pl.Float64))
    definition = define({"name": name, "data": {"unit": "unit"}, "indicators": {"score": {}}}, Origin())
    return ScoredEdition(
        name,
        definition,
        units,
        units.select("unit"),
        lowest_first=lowest_first,
        ranked_here=rank is None,
        period=text_of_period,
        is_fitted=document is not None and document.get("manifest", {}).get("fitted") is not None,
        stated_methodology=None if document is None else methodology_of(document),
    )


def check_chosen_columns(columns: ScoreColumns, tables: Sequence[object]) -> None:
    """Refuse a chosen column that no table of scores has, or that is named without a table of scores.

    Raises
    ------
    DefinitionError
        If no edition is a table of scores.
    DataError
        If no table has the column.
    """
    chosen = {
        role.name: getattr(columns, role.name)
        for role in fields(ScoreColumns)
        if getattr(columns, role.name) is not None
    }
    if not chosen:
        return
    if not tables:
        role = next(iter(chosen))
        raise DefinitionError(
            f"--{role} names a column of a table of scores, and no edition is one", remedy=f"leave --{role} out"
        )
    names = [name for table in tables if read_document(table) is None for name in _columns_of(table)]
    for role, column in chosen.items():
        if column not in names:
            raise DataError(f'no table of scores has the column "{column}" of --{role}', remedy=suggest(column, names))


def _units_of(frame: pl.DataFrame, name: str, unit: str, numbers: Mapping[str, str]) -> pl.DataFrame:
    """Return the columns `unit`, `score` and `rank`; refuse a unit that stands twice."""
    units = frame.select(
        pl.col(unit).cast(pl.String).alias("unit"),
        *(
            (pl.col(numbers[word]) if word in numbers else pl.lit(None)).cast(pl.Float64).alias(word)
            for word in ("score", "rank")
        ),
    ).drop_nulls("unit")
    repeated = units["unit"].filter(units["unit"].is_duplicated()).unique(maintain_order=True)
    if len(repeated):
        raise DataError(
            f"{name} has units more than once: {join_names(repeated)}",
            remedy="keep one row for each unit; --period COLUMN names the column of the periods of a panel",
        )
    return units


def _columns_of(source: object) -> list[str]:
    if isinstance(source, Mapping):
        return [str(column) for column in source]
    return read_table(source).columns if isinstance(source, (str, Path)) else list(getattr(source, "columns", ()))


def _column(names: Sequence[str], chosen: str | None, words: Sequence[str]) -> str | None:
    """Return the column that an option names, or the column with the name of a role; None if there is none.

    An option may be about the other table, so that a column with the name of the role is taken if the chosen column is
    absent.
    """
    if chosen is not None and chosen in names:
        return chosen
    lowered = {name.strip().lower(): name for name in reversed(names)}
    return next((lowered[word] for word in words if word in lowered), None)


def _unit_column(
    names: Sequence[str], table: str, columns: ScoreColumns, numbers: Sequence[str], other: ScoredEdition | None
) -> str:
    """Return the column of the units: the one chosen, one with a name of the other edition, or the first other one."""
    if (chosen := _column(names, columns.unit, _UNIT_WORDS)) is not None:
        return chosen
    if columns.unit is not None and other is not None:
        raise DataError(f'{table} has no column "{columns.unit}"', remedy=suggest(columns.unit, names))
    candidates: Iterable[str] = ()
    period = columns.period
    if other is not None:
        data = other.definition.data
        candidates, period = [str(data.unit), *data.labels()], period or data.period
    column = next((name for name in candidates if name in names), None)
    column = column or next((name for name in names if name not in (*numbers, period)), None)
    if column is None:
        raise DataError(f"{table} has no column of units", remedy="--unit COLUMN names it")
    return column


def rows_of_period(
    frame: pl.DataFrame, name: str, period: Period | None, columns: ScoreColumns, other: ScoredEdition | None
) -> tuple[pl.DataFrame, str | None]:
    """Return the rows of a period, by default the last, and its text; all rows of a table without periods."""
    column = columns.period or (other.definition.data.period if other is not None else None)
    if column is None or column not in frame.columns:
        if period is not None:
            raise DataError(f"{name} has no periods", remedy="--period COLUMN names the column of the periods")
        return frame, None
    frame = frame.sort(column, maintain_order=True, nulls_last=False)
    of_row = frame.select(cell_text(column, frame.schema[column])).to_series()
    periods = of_row.drop_nulls().unique(maintain_order=True).to_list()
    chosen = value_text(period) if period is not None else periods[-1]
    if chosen not in periods:
        raise DataError(f"the period {chosen} is not in {name}", remedy=suggest(chosen, periods))
    return frame.filter(of_row == chosen), chosen


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
