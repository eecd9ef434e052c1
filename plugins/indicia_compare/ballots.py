"""The rankings of a comparison that a consensus combines, with the weights that the user gives to methodologies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import polars as pl

from indicia.errors import DataError, DefinitionError, suggest
from indicia_compare.distinct import first_with_same_ranking

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia_compare.distinct import Count
    from indicia_compare.methodology import Methodology

RankedUnits: TypeAlias = Literal["common", "all"]
"""A consensus ranks the units that every methodology ranks, or all units that some methodology ranks."""


@dataclass(frozen=True)
class Ballots:
    """The rankings that count, and their weights."""

    rankings: pl.DataFrame
    """The unit, and a column for each ranking that counts, named by the number of its first methodology."""
    weights: dict[str, float]
    """The weights of rankings, by column; a ranking that is absent has weight 1."""

    @classmethod
    def of(
        cls, ranks: pl.DataFrame, methods: Sequence[Methodology], count: Count, weights: Mapping[str, float]
    ) -> Ballots:
        """Return the rankings that count, of a table with the unit and the ranks by each methodology.

        A ranking that several methodologies give counts once, with the weight that is stated for any of them; with
        `count="all"` each methodology counts.
        """
        stated = weights_by_number(methods, weights)
        numbers = [str(methodology.number) for methodology in methods]
        matrix = ranks.select(pl.col(numbers).cast(pl.Float64).fill_null(np.nan)).to_numpy()
        first = range(len(methods)) if count == "all" else first_with_same_ranking(matrix)
        of_rankings: dict[str, float] = {}
        stated_for: dict[str, Methodology] = {}
        for place, methodology in zip(first, methods, strict=True):
            number, weight = numbers[place], stated.get(methodology.number)
            if weight is None:
                continue
            if of_rankings.setdefault(number, weight) != weight:
                raise DefinitionError(
                    f"{stated_for[number].label} and {methodology.label} give the same ranking, which counts once, "
                    f"and have the weights {of_rankings[number]:g} and {weight:g}",
                    remedy='the same weight for both, or count = "all" (--count all)',
                )
            stated_for.setdefault(number, methodology)
        counted = [numbers[place] for place in dict.fromkeys(first)]
        return cls(ranks.select(ranks.columns[0], *counted), of_rankings)


def weights_by_number(methods: Sequence[Methodology], weights: Mapping[str, float]) -> dict[int, float]:
    """Return the weights by the numbers of methodologies, of weights by their labels or numbers."""
    numbers = {str(methodology.number): methodology.number for methodology in methods}
    names = {**numbers, **{methodology.label: methodology.number for methodology in methods}}
    by_number: dict[int, float] = {}
    for name, weight in weights.items():
        if str(name) not in names:
            raise DataError(
                f'"{name}" has a weight and is no methodology of the comparison',
                remedy=suggest(str(name), [methodology.label for methodology in methods]),
            )
        if np.isnan(weight):
            raise DataError(f'the weight of "{name}" is no number', remedy="a number above 0")
        number = names[str(name)]
        if number in by_number:
            raise DataError(f"methodology {number} has two weights, by name and number", remedy="leave one of them out")
        by_number[number] = weight
    return by_number
