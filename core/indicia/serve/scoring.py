"""The ranking by chosen methods beside that of the index: agreement, and the units that move."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from indicia.analysis.rankings import agreement_with_first
from indicia.comparison.methodology import methods
from indicia.defaults import AGREEMENT, ALL_PAIRS_AGREEMENT
from indicia.errors import IndiciaError, IndiciaWarning
from indicia.messages import CORE
from indicia.tables.names import reader_names
from indicia.tables.periods import rows_of_period

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.index import Index
    from indicia.methods import Agreement
    from indicia.result import Result
    from indicia.serve.choices import Choices
    from indicia.serve.sources import Source

TOP = 10
"""The number of first places that are compared, and of units that move most."""


def score(source: Source, choices: Choices) -> dict[str, Any]:
    """Return the ranking by the choices, and its differences from the ranking of the index.

    Raises
    ------
    IndiciaError
        If the index cannot be scored with the choices. If the index alone cannot be scored, the reason is in
        `index_error`, and there is nothing to compare with.
    """
    index = source.open()
    chosen = choices.apply(index)
    with recorded_warnings() as messages:
        result = chosen.score()
        period, table = _ranking(result, choices.period)
    published, index_error = None, None
    try:
        with recorded_warnings():
            published = index.score()
            _, published_table = _ranking(published, choices.period)
    except IndiciaError as error:
        index_error = error.reason
        published_table = table.select("unit", pl.lit(None, pl.Float64).alias("score"), rank=pl.lit(None, pl.Float64))
    table = table.join(
        published_table.select("unit", published_score="score", published_rank="rank"),
        on="unit",
        how="left",
        maintain_order="left",
    )
    sign = -1 if index.definition.methodology.rank_from == "worst" else 1
    table = table.with_columns(change=sign * (pl.col("published_rank") - pl.col("rank")))
    return {
        "period": period,
        "methods": methods(chosen.tree),
        "published_methods": methods(index.tree) if published else {},
        "index_error": index_error,
        "units": _columns(table, result),
        **_differences(table, index),
        "warnings": messages,
        "notes": {
            language: [note.in_language(language, names) for note in result.notes]
            for language in CORE.languages()
            for names in [result.reader_names(language)]
        },
        "variant": choices.variant,
        "tried": [asdict(tried) for tried in trial.methods] if (trial := choices.trial(index, source.path)) else [],
        "command": choices.command(source.path),
    }


@contextmanager
def recorded_warnings() -> Iterator[list[str]]:
    """Record the warnings of Indicia, each once; others are dropped."""
    messages: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield messages
    texts = (str(warning.message) for warning in caught if issubclass(warning.category, IndiciaWarning))
    messages += dict.fromkeys(texts)


def _ranking(result: Result, period: str | None) -> tuple[str | None, pl.DataFrame]:
    """Return the period, and the units by rank: unit, score, rank, and a name for the readers of each language."""
    name, rows = rows_of_period(result.scored.source, period)
    units, data = result.scored.units, result.definition.data
    names = [reader_names(units, data, language).alias(f"name_{language}") for language in CORE.languages()]
    table = result.scores.select(
        pl.col(result.unit).cast(pl.String).alias("unit"), pl.col("score", "rank").cast(pl.Float64)
    )
    table = table.hstack(names).filter(rows)
    best_first = pl.col("score") if "score" in result.lowest_first else -pl.col("score")
    return name, table.sort("rank", best_first, "unit", nulls_last=True)


def _columns(table: pl.DataFrame, result: Result) -> dict[str, Any]:
    """Return the columns of the ranking; names by language."""
    names = {language: table[f"name_{language}"].to_list() for language in CORE.languages()}
    columns = ("unit", "score", "rank", "published_score", "published_rank", "change")
    return {"names": names, "column": result.unit, **{column: table[column].to_list() for column in columns}}


def _differences(table: pl.DataFrame, index: Index) -> dict[str, Any]:
    """Return the counts of units that move, those that move most, changes of the first places, and agreements."""
    common = table.drop_nulls(["rank", "published_rank"])
    moved = common.filter(pl.col("change") != 0)
    most = moved.sort(-pl.col("change").abs(), "rank", "unit").head(TOP)
    is_top, was_top = pl.col("rank") <= TOP, pl.col("published_rank") <= TOP
    return {
        "counts": {"ranked": table["rank"].count(), "common": len(common), "moved": len(moved)},
        "mean_change": common["change"].abs().mean(),
        "movers": most["unit"].to_list(),
        "top": {
            "places": TOP,
            "entered": table.filter(is_top & ~was_top.fill_null(value=False))["unit"].to_list(),
            "left": table.filter(was_top & ~is_top.fill_null(value=False))["unit"].to_list(),
        },
        "agreement": _agreements(common, index) if len(common) > 1 else [],
    }


def _agreements(common: pl.DataFrame, index: Index) -> list[dict[str, Any]]:
    """Return the agreement of the two rankings by each measure of the catalogue that needs no parameters."""
    catalogue = index.catalogue.with_kind("agreement")
    rankings = common.select("unit", "published_rank", "rank")
    first = [AGREEMENT, ALL_PAIRS_AGREEMENT]
    values: list[dict[str, Any]] = []
    for name in sorted(catalogue.names("agreement"), key=lambda name: (name not in first, name)):
        offer = catalogue.offers["agreement", name]
        try:
            value = agreement_with_first(rankings, cast("Agreement", catalogue.choose("agreement", name)))[0]
            words = {"value": value, "summary": offer.method.summary()}
        except IndiciaError as error:
            words = {"value": None, "summary": error.reason}
        values.append({"name": name, "is_main": name in first, **words})
    return values
