"""The iterative compromise of methodologies: each scores the scores of all, until all rankings agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.defaults import WEIGHTING
from indicia.definition import ROOT, Origin, build_tree, define, with_choices
from indicia.errors import DataError, IndiciaError
from indicia.run import StageCache, score_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.comparison.methodology import Methodology
    from indicia.definition import Definition, Node
    from indicia.result import Inputs
    from indicia.run import Scored

_UNIT = "unit"


def iterate(
    ranks: pl.DataFrame,
    scores: pl.DataFrame,
    methods: Sequence[Methodology],
    inputs: Sequence[Inputs],
    weights: Mapping[int, float],
    rounds: int,
) -> pl.DataFrame:
    """Return the ranks of each round; see `Comparison.iterated`.

    `ranks` has the unit, its labels, and a column for each methodology, by number; `scores` the rows of these units.
    `weights` are those of methodologies, by number.
    """
    numbers = [str(methodology.number) for methodology in methods]
    units, current = ranks.drop(numbers), scores.select(numbers)
    frames = [_round(0, units, ranks.select(numbers))]
    planned = list(_planned(methods, inputs, weights))
    for number in range(1, rounds + 1):
        if frames[-1]["agree"][0]:
            break
        table = pl.DataFrame({_UNIT: units.to_series().cast(pl.String)}).hstack(current)
        scored = _score(methods, planned, table)
        current = pl.DataFrame([run.nodes[ROOT].alias(name) for run, name in zip(scored, numbers, strict=True)])
        of_round = pl.DataFrame([run.rank.alias(name) for run, name in zip(scored, numbers, strict=True)])
        frames.append(_round(number, units, of_round))
    return pl.concat(frames, how="vertical_relaxed")


def _round(number: int, units: pl.DataFrame, ranks: pl.DataFrame) -> pl.DataFrame:
    """Return the ranks of a round, with its number, and True if all methodologies agree."""
    first = ranks.to_series(0)
    agree = all((column == first).all() for column in ranks)
    taken = [name for name in ("round", "agree") if name in units.columns]
    if taken:
        raise DataError(f'the column "{taken[0]}" has the name of a figure', remedy="rename it in the data")
    facts = pl.DataFrame({"round": [number] * len(units), "agree": [agree] * len(units)})
    return facts.hstack(units).hstack(ranks)


def _planned(
    methods: Sequence[Methodology], inputs: Sequence[Inputs], weights: Mapping[int, float]
) -> Iterator[tuple[Definition, Node]]:
    """Yield, for each methodology, an index of the scores of all with its normalisation and aggregation."""
    indicators = {
        str(methodology.number): {
            "direction": "cost" if of_methodology.tree.low_is_best else "benefit",
            "weight": weights.get(methodology.number, 1.0),
        }
        for methodology, of_methodology in zip(methods, inputs, strict=True)
    }
    origin = Origin()  # no line of an index file states these indicators
    for methodology, of_methodology in zip(methods, inputs, strict=True):
        tree = of_methodology.tree
        words = {"ties": of_methodology.definition.methodology.ties}
        definition = define({"data": {"unit": _UNIT}, "indicators": indicators, "methodology": words}, origin)
        normalisations = {str(leaf.normalisation): leaf.normalisation for leaf in tree.leaves()}
        normalisation = next(iter(normalisations.values()))
        choices = {
            "normalisation": normalisation if len(normalisations) == 1 else tree.aggregation.canonical_normalisation,
            "weighting": WEIGHTING,
            "aggregation": tree.aggregation,
        }
        definition = with_choices(definition, choices)
        try:
            yield definition, build_tree(definition, of_methodology.catalogue, origin)
        except IndiciaError as error:
            raise _cannot(methodology, error) from error


def _score(
    methods: Sequence[Methodology], planned: Sequence[tuple[Definition, Node]], table: pl.DataFrame
) -> list[Scored]:
    """Score a table by all methodologies; an error names the methodology that cannot."""
    results = []
    for methodology, result in zip(methods, score_all(planned, table, StageCache()), strict=True):
        if isinstance(result, IndiciaError):
            raise _cannot(methodology, result)
        results.append(result)
    return results


def _cannot(methodology: Methodology, error: IndiciaError) -> DataError:
    return DataError(
        f"{methodology.label} cannot score the scores of all methodologies: {error.reason}",
        remedy="compare without this methodology",
    )
