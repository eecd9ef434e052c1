"""Editions from packs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from indicia.data import fingerprint
from indicia.data.cell_text import cell_text
from indicia.errors import DataError, DefinitionError
from indicia.notes import Count, Names, Note
from indicia.result import Inputs
from indicia_bundle.edition_sources.score_tables import rows_of_period
from indicia_bundle.fitted import FittedIndex
from indicia_bundle.opening import open_bundle
from indicia_editions.scored_edition import ScoredEdition
from indicia_editions.sources import ScoreColumns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.questions import Questions
    from indicia.sources import CodeChoices
    from indicia.types import Period, TableLike


def edition_of_pack(
    path: Path, name: str, table: TableLike | None, period: Period | None, code: CodeChoices
) -> ScoredEdition:
    """Return the edition of a pack: computed again from its data, or its packed scores if it has no data."""
    if table is not None and not isinstance(table, (str, Path)):
        raise DefinitionError(
            f"{name} is a pack, whose data are files", remedy="name the file of the data, or a folder with its files"
        )
    bundle = open_bundle(path, code.plugins, table=table, **code.arguments)
    try:
        index, packed = bundle.index, bundle.results["scores"]
        if bundle.frame is None:
            return _of_packed_scores(index, packed, name, period)
        if table is not None and fingerprint(bundle.frame) != bundle.record.table.sha256:
            raise DataError(
                f"{table} is not the table that the results of {name} were computed from",
                remedy="--table names the table of this edition",
            )
        result = index.score_frame(bundle.frame)
        _ = result.manifest  # reads files of the pack
    finally:
        bundle.close()
    edition = ScoredEdition.of_result(name, index, result, period)
    scores = _packed_units(index, packed, edition.period)
    return replace(edition, remarks=tuple(_departures(edition, scores)))


def _packed_units(index: Questions, packed: pl.DataFrame, period: str | None) -> pl.DataFrame:
    """Return the packed scores and ranks of a period: unit, score, rank."""
    data = index.definition.data
    if data.period is not None and period is not None:
        packed = packed.filter(cell_text(data.period, packed.schema[data.period]) == pl.lit(period))
    columns = (pl.col(column).cast(pl.Float64) for column in ("score", "rank"))
    return packed.select(pl.col(str(data.unit)).cast(pl.String).alias("unit"), *columns)


def _departures(edition: ScoredEdition, packed: pl.DataFrame) -> Iterator[Note]:
    """Yield a note if the scores or ranks of a pack are others than those that are computed here."""
    both = edition.units.join(packed, on="unit", how="full", suffix="_packed", coalesce=True, maintain_order="left")
    differs = [pl.col(column).ne_missing(pl.col(f"{column}_packed")) for column in ("score", "rank")]
    units = both.filter(pl.any_horizontal(differs))["unit"].to_list()
    if units:
        yield Note(
            "computed_otherwise",
            edition=Names.of([edition.title]),
            count=Count(len(units), "unit"),
            units=Names.of(units),
        )


def _of_packed_scores(index: Questions, packed: pl.DataFrame, name: str, period: Period | None) -> ScoredEdition:
    """Return the edition of a pack without data: its methodology, and the scores that were packed."""
    data = index.definition.data
    column, text_of_period = data.period, None
    if column is not None:
        packed, text_of_period = rows_of_period(packed, name, period, ScoreColumns(period=column), None)
    units = _packed_units(index, packed, None)
    labels = [pl.col(label).cast(pl.String) for label in data.labels() if label in packed.columns]
    return ScoredEdition(
        name,
        index.definition,
        units,
        packed.select(pl.col(str(data.unit)).cast(pl.String).alias("unit"), *labels),
        period=text_of_period,
        is_fitted=isinstance(index, FittedIndex),
        stated_methodology=Inputs(index.definition, index.tree, index.catalogue, {}, index.origin).methodology,
    )
