"""The rankings of several methodologies side by side: what stays, what moves, and what moves it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.data import with_figures
from indicia.defaults import AGREEMENT
from indicia.errors import DataError, IndiciaError, suggest_unit
from indicia_compare.bands import band_changes
from indicia_compare.combined_rankings import CombinedRankings
from indicia_compare.distinct import pairs_for_choice
from indicia_compare.published import compare_with

if TYPE_CHECKING:
    from indicia.types import AgreementChoice, NonNegativeFloat, PositiveInt, PublishedRanking


@dataclass(frozen=True, repr=False, eq=False)
class Comparison(CombinedRankings):
    """Scores and ranks of the same units by several methodologies, which are numbered from 1.

    `scores` and `ranks` have the unit, its labels, and one column per methodology, named by its number. Ranks are
    compared for the units that every methodology ranks; if a methodology ranks other units too, the ranks are computed
    again without them.

    Several methodologies may have the same ranking. Medians, shares, the consensus and effects count each distinct
    ranking once, or with `count="all"` the ranking of every methodology.
    """

    @cached_property
    def movers(self) -> pl.DataFrame:
        """The best, median and worst rank of each unit, and the methodologies of the best and the worst.

        `best_in` and `worst_in` are the first methodologies with these ranks, by name or number as in `agreement`. The
        widest spread comes first.
        """
        ranks = self._matrix
        ends = [(ranks.min(axis=1), ranks.argmin(axis=1)), (ranks.max(axis=1), ranks.argmax(axis=1))]
        (best, best_in), (worst, worst_in) = reversed(ends) if self.ranks_from_worst else ends
        figures = [
            pl.Series("best", best),
            pl.Series("median", self._medians),
            pl.Series("worst", worst),
            pl.Series("spread", np.abs(worst - best)),
            self.method_names[best_in].alias("best_in"),
            self.method_names[worst_in].alias("worst_in"),
        ]
        table = with_figures(self._unit_columns, figures)
        is_integer = self.common_ranks.schema["1"].is_integer()
        table = table.with_columns(pl.col("best", "worst", "spread").cast(pl.Int64)) if is_integer else table
        return table.sort(["spread", "median", self.unit], descending=[True, False, False])

    @names_its_arguments
    def stable(self, k: NonNegativeFloat = 3) -> list[str]:
        """Return the units whose rank by every methodology is within k places of their median rank.

        The median is over the counted rankings; for an even number of rankings it may lie between two ranks.

        Parameters
        ----------
        k : float, default 3
            The places that a unit may move.

        Returns
        -------
        list of str
            The names of the units, in the order of the alphabet.
        """
        is_stable = (np.abs(self._matrix - self._medians[:, None]) <= k).all(axis=1)
        return self.common_ranks.filter(pl.Series(is_stable))[self.unit].sort().to_list()

    @names_its_arguments
    def top(self, k: PositiveInt = 10) -> pl.DataFrame:
        """Return the units among the first k of any counted ranking, with the number and `share` of such `rankings`.

        A unit with a share of 1 is among the first k in all rankings. With ties, a ranking may have more than k units.

        Parameters
        ----------
        k : int, default 10
            The number of places.

        Returns
        -------
        polars.DataFrame
            The units, `rankings` and `share` (0 to 1), the highest count first.
        """
        count = (self._counted_ranks <= k).sum(axis=1)
        figures = pl.Series("rankings", count, pl.Int64), pl.Series("share", count / len(self.counted_methods))
        table = with_figures(self._unit_columns, figures)
        order = pl.DataFrame({"count": -count, "median": self._medians, "unit": table[self.unit]})
        table = table[order.select(pl.arg_sort_by("count", "median", "unit")).to_series()]
        return table.filter(pl.col("rankings") > 0)

    @cached_property
    def band_changes(self) -> pl.DataFrame:
        """The number and share of units that change bands from the first methodology, by classification of `[bands]`.

        `units` is the number of units that have a band by both methodologies. A methodology whose scores have no bands
        has the reason.
        """
        if not self.definition.bands:
            raise IndiciaError("the index has no bands", remedy="write [bands.grade] thresholds = [40, 60]")
        return band_changes([(method.number, method.label) for method in self.methods], self.bands)

    @cached_property
    def effects(self) -> pl.DataFrame:
        """The mean number of places that a unit moves if only one choice changes; the largest effect first.

        This is the mean of |rank - rank'| over all units, and over all pairs of rankings that differ in this choice
        alone; null without such a pair. A pair of distinct rankings counts once, even if several pairs of methodologies
        have it. Options that move no unit count once, as 0. With `count="all"` every pair of methodologies counts.
        """
        rows = [(name, *self._effect(name)) for name in self.choices]
        schema = {"choice": pl.String, "mean_shift": pl.Float64, "pairs": pl.Int64}
        table = pl.DataFrame(rows, schema=schema, orient="row")
        return table.sort(-pl.col("mean_shift"), nulls_last=True, maintain_order=True)

    def _effect(self, name: str) -> tuple[float | None, int]:
        rankings = range(len(self.methods)) if self.count == "all" else self._first_with_same_ranking
        ranks = self._matrix.T
        shifts = [
            float(np.abs(ranks[first] - ranks[second]).mean())
            for first, second in pairs_for_choice(name, self.methods, rankings)
        ]
        return (sum(shifts) / len(shifts) if shifts else None), len(shifts)

    @names_its_arguments
    def specification(self, unit: str | None = None) -> pl.DataFrame:
        """Return a row for each methodology, for a specification curve: its choices, and the rank of a unit.

        Rows are sorted by this rank. Without a unit, the column is `mean_shift`, the mean distance of all units from
        their median ranks, and rows are sorted by this distance.

        Parameters
        ----------
        unit : str, optional
            A unit, by its key or label; by default the distance of all units is shown.

        Returns
        -------
        polars.DataFrame
            `methodology`, `rank` and `score`, or `mean_shift` (places), and a column for each choice.

        Raises
        ------
        DataError
            If there is no such unit.
        """
        if unit is None:
            distance = np.abs(self._matrix - self._medians[:, None]).mean(axis=0)
            return self._with_columns(mean_shift=pl.Series(distance)).sort("mean_shift", "methodology")
        row = self._row_of(unit)
        ranks_of, scores_of = (frame.row(row)[-len(self.methods) :] for frame in (self.ranks, self.scores))
        rank_type = self.ranks.schema["1"]
        table = self._with_columns(
            rank=pl.Series(ranks_of, dtype=rank_type), score=pl.Series(scores_of, dtype=pl.Float64)
        )
        return table.sort("rank", "methodology", nulls_last=True)

    def _with_columns(self, **columns: pl.Series) -> pl.DataFrame:
        """Return the table of methodologies with further columns before the choices."""
        return self.methodologies.with_columns(**columns).select(
            "methodology", *columns, pl.exclude("methodology", *columns)
        )

    def _row_of(self, unit: str) -> int:
        for column in self._columns:
            names = self.ranks[column].to_list()
            if unit in names:
                return names.index(unit)
        raise DataError(
            f'"{unit}" is no unit of the data', remedy=suggest_unit(unit, self.ranks[self.unit].to_list(), self.unit)
        )

    @names_its_arguments
    def against(self, published: PublishedRanking | None = None, method: AgreementChoice = AGREEMENT) -> pl.DataFrame:
        """Compare each methodology with a published ranking; sort by agreement, the best first.

        For a set of N units, `recovered` is the number of these units among the first N. For ranks or scores,
        `agreement` is the agreement of the ranks, `mean_shift` is the mean distance in places, and `equal_ranks` and
        `equal_scores` are the numbers of equal values.

        Parameters
        ----------
        published : path, frame or list of units, optional
            Ranks or scores, or the first units in no order; by default the published ranking of the comparison, or the
            `[reference]` of the index file.
        method : str, mapping or Agreement, default "kendall"
            An agreement of two rankings.

        Returns
        -------
        polars.DataFrame
            A row for each methodology.

        Raises
        ------
        IndiciaError
            If there is no published ranking, or it cannot be read.
        """
        source = self.published if published is None else self.read_published(published)
        if source is None:
            raise IndiciaError("there is no published ranking", remedy="--against published.csv, or [reference]")
        agreement = compare_with(self.ranks, self.scores, source, method)
        return agreement.join(self.methodologies, on="methodology", maintain_order="left")
