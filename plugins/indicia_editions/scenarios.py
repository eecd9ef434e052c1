"""The sixteen runs between two editions: own data, others' data, method and sample, each old or new.

A scenario has four bits. The sample bit chooses the list of units, the own bit the edition that has the row of the
unit that is explained, the others bit that of all other rows, and the method bit the whole method. Then everything is
run afresh. A unit that came or went has one row; what one table does not have takes the values of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from indicia.errors import DefinitionError, IndiciaError
from indicia.methods import Domain
from indicia.methods.noise import NOISE
from indicia.run import ROWS_PER_BATCH
from indicia.stages.rank import lowest_ranks_first
from indicia_editions.edition_method import EditionMethod
from indicia_editions.method_runs import (
    RowScores,
    located,
    rows_of,
    score_set,
    score_sets,
    scored_set,
    scores_alone,
    stacked,
    with_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia.run.scored import Scored
    from indicia.tables.table import Table
    from indicia_editions.edition import Edition
    from indicia_robustness.rank_distribution import Ties

    Integers = npt.NDArray[np.int64]

Bits: TypeAlias = "tuple[int, int, int, int]"

CAUSES = ("own", "others", "method", "sample")
"""The causes of a move, in the order of the bits."""
_MOST_CELLS = 400_000_000
"""The most values, units times rows times indicators, that a scenario of many units scores: some minutes."""
_FEW = 4
"""The number of units up to which each set of rows has a run of its own."""


@dataclass(frozen=True, eq=False)
class Scenarios:
    """The scores and ranks of units in the sixteen runs."""

    units: tuple[str, ...]
    """The units that are explained; both editions have them."""
    scores: Array
    """Unrounded scores by own, others, method, sample and unit, (2, 2, 2, 2, units); NaN for a unit without a score."""
    ranks: Array
    """Ranks among the units of the sample, of the same shape; NaN for a unit without a rank."""
    errors: dict[Bits, IndiciaError]
    """The first error of each scenario in which a unit could not be scored."""

    @classmethod
    def of(cls, old: Edition, new: Edition, units: Sequence[str] | None = None) -> Scenarios:
        """Score the scenarios of units.

        Parameters
        ----------
        old, new : Edition
            The editions.
        units : sequence of str, optional
            The units that are explained, which both editions have; by default all such units.

        Returns
        -------
        Scenarios
            The runs. A unit that cannot be scored in a scenario has NaN there.

        Raises
        ------
        IndiciaError
            If the method of an edition cannot score the rows of the other at all.
        """
        in_new = set(new.units)
        explained = [unit for unit in old.units if unit in in_new] if units is None else list(units)
        scores, ranks = np.full((2, 2, 2, 2, len(explained)), np.nan), np.full((2, 2, 2, 2, len(explained)), np.nan)
        errors: dict[Bits, IndiciaError] = {}
        methods = [EditionMethod(edition) for edition in (old, new)]
        is_one_method = methods[0].is_same_as(methods[1])
        for number, method in enumerate(methods[:1] if is_one_method else methods):
            of_method = MethodScenarios(method, (old, new), explained)
            for own, others, sample in product((0, 1), repeat=3):
                bits = own, others, number, sample
                scores[bits], ranks[bits] = of_method.score(own, others, sample, bits, errors)
        if is_one_method:
            scores[:, :, 1], ranks[:, :, 1] = scores[:, :, 0], ranks[:, :, 0]
            errors |= {(own, others, 1, sample): error for (own, others, _, sample), error in errors.items()}
        for number, edition in enumerate((old, new)):  # the published figures, to the last digit
            place = {unit: place for place, unit in enumerate(edition.units)}
            places = np.array([place[unit] for unit in explained], dtype=np.int64)
            same = (number, number, slice(None) if is_one_method else number, number)
            scores[same], ranks[same] = edition.scores[places], edition.ranks[places]
        return cls(tuple(explained), scores, ranks, errors)


@dataclass(frozen=True, eq=False)
class MethodScenarios:
    """The runs of one method; the pool has the rows of the old edition, then those of the new one."""

    method: EditionMethod
    editions: tuple[Edition, Edition]
    explained: Sequence[str]

    @cached_property
    def rows_alone(self) -> RowScores:
        """The scores of the pool, if the method scores each row alone."""
        first, second = (scores_alone(self.method, edition) for edition in self.editions)
        return RowScores(
            np.concatenate([first.unrounded, second.unrounded]), np.concatenate([first.ranked, second.ranked])
        )

    @cached_property
    def tables(self) -> tuple[Table, Table]:
        """The rows of each edition."""
        old, new = self.editions
        return rows_of(self.method, old), rows_of(self.method, new)

    @cached_property
    def pool(self) -> Table:
        """The rows of both editions."""
        return stacked(*self.tables)

    @cached_property
    def places(self) -> tuple[dict[str, int], dict[str, int]]:
        """The row in the pool of each unit of an edition; -1 for a unit that a panel screens out."""
        if self.method.scores_rows_alone:
            names = [edition.units for edition in self.editions]
        else:
            names = [table.units[table.unit].to_list() for table in self.tables]
        start = (0, len(names[0]))
        rows = [{name: start[e] + row for row, name in enumerate(names[e])} for e in (0, 1)]
        old, new = ({unit: rows[e].get(unit, -1) for unit in edition.units} for e, edition in enumerate(self.editions))
        return old, new

    def rows_of_sample(self, others: int, sample: int) -> Integers:
        """Return the row of each unit of a sample in the pool: that of the edition of the others bit, if it has it."""
        first, second = self.places[others], self.places[1 - others]
        units = self.editions[sample].units
        return np.array([first[unit] if unit in first else second[unit] for unit in units], dtype=np.int64)

    def places_in_sample(self, sample: int) -> Integers:
        """Return the place of each explained unit in a sample."""
        place = {unit: place for place, unit in enumerate(self.editions[sample].units)}
        return np.array([place[unit] for unit in self.explained], dtype=np.int64)

    def eligible(self, sample: int) -> npt.NDArray[np.bool_]:
        """Return a mask of the units of a sample that may have a rank."""
        return self.method.eligible(self.editions[sample].units)

    def score(
        self, own: int, others: int, sample: int, bits: Bits, errors: dict[Bits, IndiciaError]
    ) -> tuple[Array, Array]:
        """Return the scores and ranks of the explained units in a scenario."""
        rows, places = self.rows_of_sample(others, sample), self.places_in_sample(sample)
        if own == others:
            with located(self.method, self.editions[others]):
                scores = self.score_rows(rows)
            ranks = self.method.ranks(np.where(self.eligible(sample), scores.ranked, np.nan)[None])[0]
            return scores.unrounded[places], ranks[places]
        self._check_size(len(rows))
        own_rows = np.array([self.places[own][unit] for unit in self.explained], dtype=np.int64)
        if self.method.scores_rows_alone:
            return self.replace_scores(rows, places, own_rows, sample)
        return self.replace_rows(rows, places, own_rows, sample, bits, errors)

    def _check_size(self, rows: int) -> None:
        """Refuse runs of all rows for each of very many units."""
        indicators = sum(1 for _ in self.method.tree.leaves())
        if not self.method.scores_rows_alone and len(self.explained) * rows * indicators > _MOST_CELLS:
            raise DefinitionError(
                f"the statistics of {self.method.edition.name} depend on its units, so that the causes of the moves of "
                f"{len(self.explained):,} units need as many runs of {rows:,} rows",
                remedy="explain single units (indicia explain UNIT --since EDITION), or fit the index (indicia fit)",
            )

    def score_rows(self, rows: Integers) -> RowScores:
        """Score rows of the pool, (rows,)."""
        if self.method.scores_rows_alone:
            return self.rows_alone.of_rows(rows)
        present = np.flatnonzero(rows >= 0)
        scores = score_set(self.method, with_rows(self.pool, rows[present]))
        back = np.full(len(rows), -1)
        back[present] = np.arange(len(present))
        return scores.of_rows(back)

    def scored_with_own(self, own: int, others: int, sample: int, unit: str) -> Scored:
        """Return the run of a scenario, with its records."""
        rows = self.rows_of_sample(others, sample)
        rows[self.editions[sample].units.index(unit)] = self.places[own][unit]
        return scored_set(self.method, with_rows(self.pool, rows[rows >= 0]))

    def scored_pair(self, unit: str) -> Scored:
        """Return the run of both rows of a unit, old and new, by a method that scores each row alone."""
        rows = [table.units[table.unit].to_list().index(unit) for table in self.tables]
        pool_rows = np.array([rows[0], len(self.tables[0].units) + rows[1]])
        return scored_set(self.method, with_rows(self.pool, pool_rows))

    def replace_scores(self, rows: Integers, places: Integers, own_rows: Integers, sample: int) -> tuple[Array, Array]:
        """Return the scores and ranks of units that have their other row, where each row is scored alone."""
        eligible, own = self.eligible(sample), self.rows_alone.of_rows(own_rows)
        ranks = ranks_with_one_replaced(
            np.where(eligible, self.rows_alone.of_rows(rows).ranked, np.nan),
            places,
            np.where(eligible[places], own.ranked, np.nan),
            self.method.definition.methodology.ties,
            lowest_first=lowest_ranks_first(self.method.definition, self.method.tree),
            positive=self.method.tree.aggregation.domain is Domain.POSITIVE,
        )
        return own.unrounded, ranks

    def replace_rows(
        self,
        rows: Integers,
        places: Integers,
        own_rows: Integers,
        sample: int,
        bits: Bits,
        errors: dict[Bits, IndiciaError],
    ) -> tuple[Array, Array]:
        """Return the scores and ranks of units that have their other row: a run of all rows for each unit."""
        scores, ranks, eligible = np.full(len(places), np.nan), np.full(len(places), np.nan), self.eligible(sample)
        for units in self._batches(len(rows)):
            sets = np.tile(rows, (len(units), 1))
            sets[np.arange(len(units)), places[units]] = own_rows[units]
            for members, of_sets in self._scored_sets(sets, bits, errors):
                column = places[units][members]
                ranked = self.method.ranks(np.where(eligible, of_sets.ranked, np.nan))
                scores[units[members]] = of_sets.unrounded[np.arange(len(members)), column]
                ranks[units[members]] = ranked[np.arange(len(members)), column]
        return scores, ranks

    def _batches(self, rows: int) -> Iterator[Integers]:
        size = max(1, ROWS_PER_BATCH // max(1, rows))
        for start in range(0, len(self.explained), size):
            yield np.arange(start, min(start + size, len(self.explained)))

    def _scored_sets(
        self, sets: Integers, bits: Bits, errors: dict[Bits, IndiciaError]
    ) -> Iterator[tuple[Integers, RowScores]]:
        """Yield the sets that can be scored, by number, and their scores, (sets, rows): all in one run if possible."""
        if len(sets) > _FEW and self.method.screens_rows_alone:
            try:
                yield np.arange(len(sets)), self._score_together(sets)
                return
            except IndiciaError:  # scored one by one, only the faulty set fails
                pass
        for number, rows in enumerate(sets):
            try:
                scores = self.score_rows(rows)
            except IndiciaError as error:
                errors.setdefault(bits, error)
                continue
            yield np.array([number]), RowScores(scores.unrounded[None], scores.ranked[None])

    def _score_together(self, sets: Integers) -> RowScores:
        """Score all sets in one run, (sets, rows)."""
        present = sets >= 0
        numbers = np.repeat(np.arange(len(sets)), present.sum(axis=1))
        scores = score_sets(self.method, self.pool, sets[present], numbers)
        back = np.full(sets.shape, -1)
        back[present] = np.arange(present.sum())
        return scores.of_rows(back)


def ranks_with_one_replaced(
    scores: Array, places: Integers, values: Array, ties: Ties, *, lowest_first: bool, positive: bool
) -> Array:
    """Rank one unit at a time with another score, while all other units keep theirs.

    Each rank is that of `rank_distribution.ranks` for the scores with one replaced; all ranks together take one sort.

    Parameters
    ----------
    scores : (units,) array
        The scores of all units; NaN for a unit without a score.
    places : (k,) array of int
        The unit whose score is replaced, for each rank.
    values : (k,) array
        The score in its place; NaN gives no rank.
    ties : {"min", "max", "average", "dense"}
        The rank of equal scores.
    lowest_first : bool
        True if the lowest score has rank 1.
    positive : bool
        True if rounding noise is relative to each score, as that of geometric means.

    Returns
    -------
    (k,) array
        Ranks; 1 is the best.

    >>> places, values = np.array([0, 2]), np.array([5.0, 9.0])
    >>> ranks_with_one_replaced(np.array([9.0, 7.0, 4.0]), places, values, "min", lowest_first=False, positive=False)
    array([2., 1.])
    """
    present = np.concatenate([scores[~np.isnan(scores)], values[~np.isnan(values)]])
    size = np.abs(present).max(initial=0.0)
    if positive and present.min(initial=np.inf) > 0:
        scores, values, size = np.log(scores), np.log(values), 1.0
    sign = -1.0 if lowest_first else 1.0
    scale = _Scale.of(sign * scores, NOISE * size)
    own = scale.place_of[places]
    start, end = scale.tied(sign * values)
    better = len(scale.ordered) - end - (own >= end)
    tied = end - start - ((own >= start) & (own < end))
    alone = (own >= end) & scale.is_single[np.maximum(own, 0)] if len(scale.ordered) else np.zeros(len(own), dtype=bool)
    ranks = {
        "min": better + 1.0,
        "max": better + tied + 1.0,
        "average": better + tied / 2 + 1.0,
        "dense": scale.levels_from(end) - alone + 1.0,
    }[ties]
    return np.where(np.isnan(values), np.nan, ranks)


@dataclass(frozen=True)
class _Scale:
    """Scores in ascending order, with the level that scores share if they differ by rounding noise only."""

    ordered: Array
    level: Integers
    first: Integers
    """The first place of each level, and the number of scores at the end, (levels + 1,)."""
    place_of: Integers
    """The place of each unit in the order, (units,); -1 for a unit without a score."""
    tolerance: float

    @classmethod
    def of(cls, scores: Array, tolerance: float) -> _Scale:
        """Return the order of the scores; larger scores are better."""
        order = np.argsort(scores)[: np.count_nonzero(~np.isnan(scores))]
        place_of = np.full(len(scores), -1)
        place_of[order] = np.arange(len(order))
        ordered = scores[order]
        level = np.cumsum(np.diff(ordered, prepend=ordered[:1]) > tolerance, dtype=np.int64)
        first = np.searchsorted(level, np.arange((level[-1] if len(level) else -1) + 2))
        return cls(ordered, level, first, place_of, tolerance)

    @property
    def is_single(self) -> npt.NDArray[np.bool_]:
        """True for each place whose level no other score shares."""
        single: npt.NDArray[np.bool_] = (np.diff(self.first) == 1)[self.level]
        return single

    def tied(self, values: Array) -> tuple[Integers, Integers]:
        """Return the first place that ties with each value, and the place after the last."""
        values = np.nan_to_num(values)
        start = np.searchsorted(self.ordered, values - self.tolerance, "left")
        end = np.searchsorted(self.ordered, values + self.tolerance, "right")
        ties = end > start
        if ties.any():  # a level reaches as far as its scores are neighbours
            start[ties] = self.first[self.level[start[ties]]]
            end[ties] = self.first[self.level[end[ties] - 1] + 1]
        return start, end

    def levels_from(self, places: Integers) -> Integers:
        """Return the number of levels from each place up."""
        levels = len(self.first) - 1
        below = np.append(self.level, levels)
        counts: Integers = levels - below[places]
        return counts
