"""The description of a served index: its parts, variants and periods, and the methods that may be chosen."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

from indicia.catalogue.importing import plugin_of
from indicia.comparison.methodology import methods
from indicia.data.cell_text import cell_text
from indicia.definition import OPTIONAL, STAGES, text
from indicia.errors import IndiciaError
from indicia.messages import CORE
from indicia.serve.choices import STAGES_OF_INDICATORS
from indicia.serve.scoring import recorded_warnings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.catalogue import Catalogue, Offer
    from indicia.definition.section import Text
    from indicia.index import Index
    from indicia.serve.sources import Source


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
