"""The way of a unit to a rank, or past another unit: weights, single values, several values, missing values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from indicia.analyses import tables_of
from indicia.arguments import names_its_arguments
from indicia.errors import MissingDependency
from indicia.explanation import reach_sentences
from indicia.explanation.declared import ReachTables
from indicia.explanation.outcome import Explanation
from indicia.explanation.reach_grids import reach_grids
from indicia.explanation.reach_missing import missing_table
from indicia.explanation.reach_path import Paths
from indicia.explanation.reach_question import ReachQuestion
from indicia.explanation.reach_rank import ReachWeights
from indicia.explanation.reach_raw import RawChange, raw_changes, raw_table
from indicia.explanation.reach_weights import changes_of_neighbours, weights_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from indicia.documents.blocks import TextTable
    from indicia.notes import Note
    from indicia.presentation import ExplanationTable
    from indicia.scorable import Scorable
    from indicia.types import Period


@dataclass(frozen=True, repr=False, eq=False)
class Reach(Explanation):
    """The least changes with which a unit reaches a rank or overtakes another unit.

    Raw values are those after denomination: divided by the column of `per`, and multiplied by `factor`.
    """

    declared = tables_of(ReachTables)
    table_names: ClassVar[tuple[ExplanationTable, ...]]
    _noun = "the way to a rank"

    target: ReachQuestion

    @cached_property
    def changes(self) -> list[RawChange]:
        """The least change of each raw value; empty if the unit has reached its goal."""
        return [] if self.target.is_reached else raw_changes(self.target)

    @cached_property
    def raw(self) -> pl.DataFrame:
        """The least change of each raw value alone, all else equal: a row for each lever that the unit has.

        `raw_needed` is the value nearest to the present one at which a whole run gives the unit the rank: null if no
        value does. At this value the unit draws level. `where` is "fixed bounds" if no other score depends on the
        value, else "behind the others", "within the others" or "beyond the others"; or "out of reach". `limit` is the
        furthest value of a path, to the end of a fixed scale. `least`, `greatest` and `whole` are the values that the
        indicator can have, `assumed` if its unit proves them and the file states none. `rank_before` and `rank_then`
        are the ranks of whole runs just before and just beyond the value, or at the whole numbers before it and at it.
        If the value is out of reach, `rank_then` is the best rank that the indicator brings.
        """
        return raw_table(self.target, self.changes)

    @cached_property
    def paths(self) -> Paths:
        """The cheapest paths; beyond the best values of the others only if none within them is enough."""
        within = Paths(self.target)
        try:
            if within.fails and not (beyond := Paths(self.target, beyond_others=True)).fails:
                return beyond
        except MissingDependency:  # a sentence has the reason
            pass
        return within

    @cached_property
    def path(self) -> pl.DataFrame:
        """The cheapest changes of several raw values: a row for each path and changed indicator.

        `at_most` is "all", or the largest number of changed values. Costs are in standard deviations (with n - 1)
        unless others are stated. A path by search may be a local optimum; it needs scipy.
        """
        return self.paths.table

    @cached_property
    def path_totals(self) -> pl.DataFrame:
        """The cost of each path, and the rank of a whole run with its values.

        Without a cost, no change within the limits is enough; the rank is then that with all values at their limits.
        """
        return self.paths.totals

    @cached_property
    def path_left_out(self) -> pl.DataFrame:
        """The indicators that no path changes, with the reasons.

        "missing"; "no lever", as the index file states; "alone the worst", so that the scale of all units moves; "no
        effect at first", as the value is beyond a clip, another value decides the score, or the score moves in steps.
        """
        return self.paths.left_out_table

    @cached_property
    def _weights(self) -> ReachWeights:
        return ReachWeights.of(self.target)

    @property
    def weights(self) -> pl.DataFrame:
        """The least change of the weights of one node, with which the unit draws level.

        `level` is the node whose weights change and whose scores are compared, or "indicators" for all indicators of an
        index that is a weighted sum. `l1` is the sum of the absolute changes, `moved` half of it. `single` is the part
        whose weight changes least if it changes alone. `possible` is "yes", "no" if the unit ahead is ahead in every
        part, "level only", or "gaps". With `goal` "rank", a run with these weights gives the unit the rank.
        """
        return self._weights.weights

    @property
    def weight_parts(self) -> pl.DataFrame:
        """The parts of each change of weights: the present weight, the difference, and the new weights."""
        return self._weights.parts

    @cached_property
    def neighbours(self) -> pl.DataFrame:
        """The least change of the weights of the index for each pair of units that follow each other in rank."""
        return weights_table(changes_of_neighbours(self.target.baseline), self.target.baseline)

    @cached_property
    def missing(self) -> pl.DataFrame:
        """The scores and ranks with the worst, median and best value of the others in place of each missing value."""
        return missing_table(self.target)

    @cached_property
    def findings(self) -> tuple[Note, ...]:
        """The sentences, the headline first."""
        return tuple(reach_sentences.findings(self))

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """The facts that a reader of the tables must know."""
        return tuple(reach_sentences.notes(self))

    @names_its_arguments
    def grids(self, language: str | None = None) -> tuple[TextTable, ...]:
        """Return the tables of single values, of the cheapest path, and of missing values.

        Parameters
        ----------
        language : str, optional
            The language, such as "zh"; by default English.

        Returns
        -------
        tuple of TextTable
            The tables, as texts.
        """
        return reach_grids(self, language)

    @property
    def question(self) -> dict[str, Any]:
        """The words of the question for the manifest."""
        target = self.target
        period = self.definition.data.period
        return {
            "reach": target.name,
            "rank": target.rank,
            "overtake": None if target.rival_row is None else target.baseline.names[target.rival],
            "period": None if period is None else str(self.result.scored.units[period][target.row]),
            "costs": dict(target.costs),
            "limits": dict(target.limits),
        }


def reach(
    index: Scorable,
    frame: pl.DataFrame,
    unit: str,
    *,
    rank: int | None = None,
    overtake: str | None = None,
    period: Period | None = None,
    costs: Mapping[str, float] | None = None,
    limits: Mapping[str, float] | None = None,
) -> Reach:
    """Find the least changes with which a unit reaches a rank, or overtakes another unit.

    Parameters
    ----------
    index : Index or FittedIndex
        The index. A fitted index has fixed statistics, so that a change moves no other score.
    frame : DataFrame
        The data, as `index.read_table` returns them.
    unit : str
        The unit, by its key or its label.
    rank : int, optional
        The rank that the unit wants, from 1.
    overtake : str, optional
        The unit to overtake, in place of a rank.
    period : optional
        The period of a panel; by default the last.
    costs : mapping of str to float, optional
        The cost of a change of 1 in an indicator, by indicator; by default 1 divided by its standard deviation.
    limits : mapping of str to float, optional
        The furthest value of a path, by indicator; by default the best value of the other units, or the end of a fixed
        scale before it. If no path within the others is enough, the scale is taken to its end.

    Returns
    -------
    Reach
        The tables and sentences.

    Raises
    ------
    IndiciaError
        If there is no such unit, rank or indicator, or if the unit has no rank.
    """
    result = index.score_frame(frame)
    target = ReachQuestion.of(
        result, unit, rank=rank, overtake=overtake, period=period, costs=costs or {}, limits=limits or {}
    )
    return Reach(result.definition, result, target)
