"""The data of the page, from the results of an index."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.citations import plain
from indicia.definition import RANK, ROOT, SCORE
from indicia.errors import IndiciaError
from indicia.stages.rank import lowest_ranks_first
from indicia.statistics.noise import NOISE
from indicia_report.bands import bands_of
from indicia_report.markup import by_language
from indicia_report.method.outside import variable_name
from indicia_report.model.columns import encode
from indicia_report.model.intervals import PageIntervals
from indicia_report.model.levels import other_choices
from indicia_report.model.levers import PageLevers
from indicia_report.model.page_map import page_map
from indicia_report.model.texts import compact, of_definition
from indicia_report.model.tree import PageTree
from indicia_report.model.units import UnitRows
from indicia_report.model.values import PageValues, counts_as_log, trends
from indicia_report.period_view import PeriodView
from indicia_report.trial import title_of

if TYPE_CHECKING:
    from indicia.dossier import Dossier
    from indicia.result import Result
    from indicia_report.markup import Texts
    from indicia_report.model import types

_BEST_SHADE = 9
"""The shade of the best band in the style sheet; the worst has 0."""


def page_model(dossier: Dossier, texts: Texts) -> types.PageModel:
    """Return the data of the page.

    Parameters
    ----------
    dossier
        The results.
    texts
        The texts of the languages of the page.

    Returns
    -------
    PageModel
        Data for JSON; `page.schema.json` is their schema. If raw values may not be published, the data hold none, nor
        anything from which they can be computed.
    """
    result, languages = dossier.result, texts.languages
    definition = result.definition
    units = UnitRows(result, languages)
    tree = PageTree(result, units, languages)
    values = PageValues(result, tree)
    raw = values.raw
    model: types.PageModel = {
        "v": 1,
        "title": compact(title_of(by_language(definition.name, languages, ""), dossier.trial, texts)),
        "langs": list(languages),
        "note": of_definition(definition.note, languages) if definition.note else None,
        "sources": _sources(result, languages),
        "methodology": result.methodology,
        "generator": f"Indicia {version('indicia')}",
        "publication": _publication(result, languages),
        "withheld": not definition.publishes_raw_values,
        "unit": units.units(),
        "noun": units.noun(),
        "groups": units.groups(),
        "periods": units.periods,
        "row": units.rows(),
        "tree": tree.entries(raw, values.year_ranges()),
        "score": values.score(),
        "rank": values.rank(),
        "ranks": values.ranks(),
        "scores": values.scores(),
        "raw": raw,
        "z": values.normalised,
        "imputed": values.imputed(),
        "years": values.years(),
        "noted": values.noted(),
        "ties": definition.methodology.ties,
        "unrounded": definition.methodology.rank_by == "unrounded",
        "noise": NOISE,
        "log": counts_as_log(tree.root),
        "levels": other_choices(definition),
        "lowest_first": lowest_ranks_first(definition, tree.root),
        "robust": _intervals(dossier, units, texts),
        "levers": _levers(dossier, units, tree, texts),
        "bands": _bands(result, tree, texts),
        "trends": _trends(result, units),
        "outside": _outside(result, texts),
        "map": page_map(result, units.ids, languages),
    }
    if dossier.trial is not None:
        model["command"] = dossier.trial.command
    return model


def _publication(result: Result, languages: tuple[str, ...]) -> types.Publication | None:
    publication = result.definition.publication
    if publication is None:
        return None
    work = next(work for work in result.cite() if work.role == "index")
    entry: types.Publication = {
        "citation": of_definition(publication.citation or plain(work, with_link=False), languages)
    }
    if publication.publisher:
        entry["publisher"] = of_definition(publication.publisher, languages)
    if publication.edition:
        entry["edition"] = of_definition(publication.edition, languages)
    if publication.licence:
        entry["licence"] = of_definition(publication.licence, languages)
    if publication.contact:
        entry["contact"] = of_definition(publication.contact, languages)
    if publication.date:
        entry["date"] = publication.date
    if publication.url:
        entry["url"] = publication.url
    if publication.doi:
        entry["doi"] = publication.doi
    return entry


def _sources(result: Result, languages: tuple[str, ...]) -> list[types.Source]:
    sources: list[types.Source] = []
    for name, source in result.definition.sources.items():
        title = result.definition.source_for_readers(name)
        entry: types.Source = {"title": of_definition(title, languages, name)}
        address = f"https://doi.org/{source.doi}" if source.doi else source.url
        if address:
            entry["url"] = address
        sources.append(entry)
    return sources


def _intervals(dossier: Dossier, units: UnitRows, texts: Texts) -> types.Intervals | None:
    robust = dossier.robust
    if robust is None or isinstance(robust, IndiciaError):
        return None
    period = units.periods.index(robust.period) if robust.period in units.periods else 0
    return PageIntervals(robust, units.ids, texts).entry(period)


def _levers(dossier: Dossier, units: UnitRows, tree: PageTree, texts: Texts) -> types.Levers | None:
    view = PeriodView(dossier.result, texts.languages, dossier.period)
    period = units.periods.index(view.period) if view.period in units.periods else 0
    number = {name: at for at, name in enumerate(units.ids)}
    return PageLevers(view, tree.place).entry(period, [number[name] for name in view.units])


def _bands(result: Result, tree: PageTree, texts: Texts) -> list[types.Bands]:
    bands: list[types.Bands] = []
    columns = result.bands_of_rows
    for classification in bands_of(PeriodView(result, texts.languages)):
        labels = classification.bands.labels()
        numbers = columns[classification.id].cast(pl.String).replace_strict(
            labels, range(len(labels)), default=-1, return_dtype=pl.Int64
        )  # fmt: skip
        of = classification.bands.of
        bands.append(
            {
                "id": classification.id,
                "node": tree.place[ROOT] if of in (SCORE, RANK) else tree.place.get(of, 0),
                "name": compact(classification.name),
                "labels": [compact(label) for label in classification.labels],
                "colours": None,
                "shades": [round(_BEST_SHADE * classification.position(number + 1)) for number in range(len(labels))],
                "of": encode(numbers.fill_null(-1).to_numpy()),
            }
        )
    return bands


def _trends(result: Result, units: UnitRows) -> dict[str, types.Trend] | None:
    try:
        return trends(result, units)
    except IndiciaError:  # periods that are neither numbers nor dates have no trend
        return None


def _outside(result: Result, texts: Texts) -> list[types.Variable]:
    """Return the variables outside the index that may be published."""
    definition, view = result.definition, PeriodView(result, texts.languages)
    variables: list[types.Variable] = []
    for name, variable in definition.outside.variables.items():
        if variable.path is not None or definition.publishes_raw_values:
            column = result.outside_values[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
            variables.append({"id": name, "name": compact(variable_name(view, name)), "column": encode(column)})
    return variables
