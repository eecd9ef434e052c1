"""Scores of a request, and descriptions of an index."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import MISSING, asdict, fields
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from indicia.catalogue.offers import plugin_of
from indicia.data.cell_text import cell_text
from indicia.defaults import AGREEMENT, ALL_PAIRS_AGREEMENT
from indicia.definition import OPTIONAL, STAGES, text
from indicia.errors import IndiciaError, IndiciaWarning
from indicia.messages.catalogue import CORE
from indicia.tables.periods import rows_of_period
from indicia.tables.table import reader_names
from indicia_compare.methodology import methods
from indicia_serve.choices import STAGES_OF_INDICATORS, Choices
from indicia_statistics.analysis.rankings import agreement_with_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.catalogue import Catalogue, Offer
    from indicia.definition.section import Text
    from indicia.index import Index
    from indicia.methods import Agreement
    from indicia.result import Result
    from indicia_serve.sources import Source


def describe(source: Source) -> dict[str, Any]:
    """Return what a page needs to offer other methods for an index."""
    index = source.open()
    with recorded_warnings() as messages:
        definition, tree = index.definition, index.tree
        offered = {stage: _methods(index.catalogue, stage) for stage in STAGES}
    return {
        "name": _by_language(definition.name, "Index"),
        "file": source.path.name,
        "stages": [
            {
                "stage": stage,
                "optional": stage in OPTIONAL,
                "published": methods(tree)[stage],
                "methods": offered[stage],
            }
            for stage in STAGES
        ],
        "parts": [
            *(_part("dimensions", name, part.name, STAGES) for name, part in definition.dimensions.items()),
            *(
                _part("indicators", name, part.name, STAGES_OF_INDICATORS)
                for name, part in definition.indicators.items()
            ),
        ],
        "variants": [
            {"id": name, "name": _by_language(variant.name, name)} for name, variant in definition.variants.items()
        ],
        "warnings": messages,
        **_data(index),
    }


def _data(index: Index) -> dict[str, Any]:
    """Return the periods and the number of units; or the reason why the data cannot be read."""
    data = index.definition.data
    try:
        frame = index.read_table()
    except IndiciaError as error:
        return {"periods": [], "units": 0, "data_error": str(error)}
    periods: list[str] = []
    if data.period:
        distinct = frame.select(data.period).unique().sort(data.period)
        periods = distinct.select(cell_text(data.period, frame.schema[data.period])).to_series().to_list()
    units = frame[str(data.unit)].n_unique() if data.unit in frame.columns else len(frame)
    return {"periods": periods, "units": units, "data_error": None}


def _by_language(value: Text | None, default: str) -> dict[str, str]:
    return {language: text(value, language, default) for language in CORE.languages()}


def _part(table: str, name: str, label: Text | None, stages: tuple[str, ...]) -> dict[str, Any]:
    return {"id": f"{table}.{name}", "name": _by_language(label, name), "stages": stages}


def _methods(catalogue: Catalogue, stage: str) -> list[dict[str, Any]]:
    """Return the methods of a stage that can be imported, of Indicia and of other plugins."""
    importable = catalogue.importable(stage)
    offers: Mapping[tuple[str, str], Offer] = importable.offers
    return [_method(offers[key]) for key in offers if key[0] == stage]


def _method(offer: Offer) -> dict[str, Any]:
    """Return a method: its name, its parameters, an example, its summary, and its plugin unless it is of Indicia."""
    parameters = [
        {"name": entry.name, "default": None if _is_required(entry) else _in_words(entry)}
        for entry in fields(offer.method)
    ]
    return {
        "name": offer.name,
        "example": offer.method.example,
        "parameters": parameters,
        "summary": offer.method.summary(),
        "plugin": plugin_of(offer.method),
    }


def _is_required(entry: Any) -> bool:
    return entry.default is MISSING and entry.default_factory is MISSING


def _in_words(entry: Any) -> str:
    """Return the default of a parameter as a user writes it."""
    value = entry.default if entry.default is not MISSING else entry.default_factory()
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


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
