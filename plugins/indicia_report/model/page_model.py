"""The data of the page, from the results of an index."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.citations import plain
from indicia.definition import RANK, ROOT, SCORE
from indicia.errors import IndiciaError
from indicia.methods.noise import NOISE
from indicia.stages.rank import lowest_ranks_first
from indicia_report.bands import bands_of
from indicia_report.headline import caveat, draws_say
from indicia_report.map import map_of
from indicia_report.markup import by_language
from indicia_report.method.outside import variable_name
from indicia_report.model.columns import base64_of, encode
from indicia_report.model.levers import PageLevers
from indicia_report.model.texts import compact, of_definition
from indicia_report.model.tree import PageTree
from indicia_report.model.units import UnitRows
from indicia_report.model.values import PageValues, counts_as_log, trends
from indicia_report.period_view import PeriodView
from indicia_report.trial import title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.definition import Definition
    from indicia.methods import Array
    from indicia.result import Result
    from indicia_paper.dossier import Dossier
    from indicia_report.markup import Texts
    from indicia_report.model import types
    from indicia_report.model.types import Intervals, Levels, Map, Pairs
    from indicia_robustness import Robust

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


def page_map(result: Result, units: Sequence[str], languages: Sequence[str]) -> Map | None:
    """Return the map of the units for the page; None if the index file names no shapes.

    Raises
    ------
    IndiciaError
        If the file cannot be read, or has no shapes of the units.
    """
    drawn = map_of(result.definition, result.origin, units)
    if drawn is None:
        return None
    names = {language: result.reader_names(language) for language in languages}
    return {
        "w": drawn.width,
        "h": drawn.height,
        "shapes": {unit: region.path for unit, region in drawn.regions.items() if region.rings},
        "dots": {unit: region.dot for unit, region in drawn.regions.items() if region.dot},
        "others": drawn.others.path or None,
        "name": of_definition(drawn.name, languages) if drawn.name else None,
        "source": of_definition(drawn.source, languages) if drawn.source else None,
        "notes": [
            compact({language: note.in_language(language, names[language]) for language in languages})
            for note in drawn.notes
        ],
    }


def other_choices(definition: Definition) -> Levels:
    """Return the entries of `levels` besides the weighting and the aggregation of the index, as TOML."""
    levels = [level.model_dump(mode="python", exclude_none=True) for level in definition.methodology.levels] or [{}]
    rest = {word: value for word, value in levels[0].items() if word not in ("weighting", "aggregation")}
    return {
        "top": "".join(f", {word} = {_toml(value)}" for word, value in rest.items()),
        "below": "".join(f", {_toml(level)}" for level in levels[1:]),
    }


def _toml(value: object) -> str:
    """Format a value as TOML, on one line.

    >>> _toml({"method": "min_max", "upper": 100, "clip": True})
    '{ method = "min_max", upper = 100, clip = true }'
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(word)} = {_toml(inner)}" for word, inner in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(word: object) -> str:
    name = str(word)
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _toml(name)


MOST_UNITS_OF_ALL_PAIRS = 500
"""The most units of which all pairs are on the page; with more, each unit is compared with some above it."""
NEIGHBOURS = 10
"""The number of units above a unit with which it is compared if there are more units."""
_LEVEL = 0.9
"""The share of the draws in the rank intervals of `Robust.units`."""
_STEPS, _NONE = 200, 255
"""The number of steps of a probability in a byte, and the byte for none."""


@dataclass(frozen=True)
class PageIntervals:
    """The results of draws, for the units of the page."""

    robust: Robust
    ids: list[str]
    """The units of the page; the draws may have fewer."""
    texts: Texts

    @cached_property
    def _place(self) -> npt.NDArray[np.int64]:
        """The place in `ids` of each unit of the draws."""
        places = {unit: at for at, unit in enumerate(self.ids)}
        return np.array([places[str(unit)] for unit in self.robust.names], np.int64)

    def entry(self, period: int) -> Intervals:
        """Return the intervals; `period` is the number of the period of the draws."""
        frame = self.robust.units.with_columns(pl.col(self.robust.unit).cast(pl.String).alias("\0unit"))
        by_unit = pl.DataFrame({"\0unit": self.ids}).join(frame, on="\0unit", how="left", maintain_order="left")
        is_ranked = pl.col("tier") > 0

        def of_units(column: str, decimals: int = 2) -> list[float | None]:
            return _short(by_unit.select(pl.when(is_ranked).then(pl.col(column).round(decimals))).to_series())

        def among_first(k: int) -> list[float | None]:
            shares = np.full(len(self.ids), np.nan)
            shares[self._place] = self.robust.share_in_top(k).round(4)
            ranked = by_unit.select(is_ranked.fill_null(value=False)).to_series()
            return _short(pl.Series(shares, nan_to_null=True).set(~ranked, None))

        return {
            "draws": self.robust.draws,
            "says": compact(draws_say(self.robust, self.texts)),
            "caveat": compact(sentence) if (sentence := caveat(self.robust, self.texts)) else None,
            "period": period,
            "level": _LEVEL,
            "lower": of_units("lower", 1),
            "upper": of_units("upper", 1),
            "ten": among_first(10),
            "pairs": self._all_pairs() if len(self.ids) <= MOST_UNITS_OF_ALL_PAIRS else self._neighbours(),
        }

    def _all_pairs(self) -> Pairs:
        shares = np.full((len(self.ids), len(self.ids)), np.nan)
        of_draws = self.robust.pairwise.drop(self.robust.unit).to_numpy()
        shares[np.ix_(self._place, self._place)] = of_draws
        return {"kind": "half", "v": base64_of(_bytes(shares[np.triu_indices(len(self.ids), 1)]))}

    def _neighbours(self) -> Pairs:
        shares = self.robust.neighbours(NEIGHBOURS)
        return {"kind": "ten", "order": encode(self._place[self.robust.order]), "v": base64_of(_bytes(shares))}


def _short(numbers: pl.Series) -> list[float | None]:
    """Return numbers with whole numbers as such, which are shorter in JSON."""
    return [number if number is None or number % 1 else int(number) for number in numbers.to_list()]


def _bytes(shares: Array) -> npt.NDArray[np.uint8]:
    """Return probabilities as bytes, in half per cent."""
    present = ~np.isnan(shares)
    numbers = np.full(shares.shape, _NONE, np.uint8)
    numbers[present] = np.rint(_STEPS * shares[present]).astype(np.uint8)
    return numbers
