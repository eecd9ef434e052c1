"""The analysis of the way to a rank: the least changes that bring a unit there."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - the annotations are read at run time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Annotated

from indicia.analyses import IN_INDEX, About, Analysis, Column, Kind, Need, Table, columns_of
from indicia.analyses.columns import INDICATOR
from indicia.answers.needs import Asked, Scores
from indicia.errors import DefinitionError, MissingDependency
from indicia.notes import Note
from indicia_after_score.explained import page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import polars as pl

    from indicia.analyses import Computed, Facts, Frames, Grid, Heading, Items
    from indicia_explain.reach import LeastChanges

_AT_MOST = Column("at_most", Kind.TEXT, '"all", or the largest number of changed values', title="path")
_NOW = Column("raw", Kind.FIGURE, "the present value", title="now")
_IN_SD = Column("change_in_sd", Kind.FIGURE, "the absolute change in standard deviations", title="change in SD")
_GOAL = Column("goal", Kind.TEXT, '"overtake", or "rank" for the rank that is asked for')
_NEAREST = (
    Column("level", Kind.TEXT, 'the node whose weights change, or "indicators" for all indicators of a weighted sum'),
    Column("ahead", Kind.UNIT, "the unit that is ahead"),
    Column("behind", Kind.UNIT, "the unit that is behind"),
)
_WEIGHTS = (
    *_NEAREST,
    Column("gap", Kind.CHANGE, "the distance of their scores", title="score gap"),
    Column("possible", Kind.TEXT, '"yes"; "no" if the first is ahead in every part; "level only"; or "gaps"'),
    Column("l1", Kind.FIGURE, "the sum of the absolute changes of weights"),
    Column("moved", Kind.SHARE, "half of it: the weight that moves"),
    Column("single", Kind.PART, "the part whose weight changes least if it changes alone", title="single part"),
    Column("single_new", Kind.SHARE, "its new weight"),
    Column("single_change", Kind.FIGURE, "the change of its weight"),
    *columns_of(Kind.RANK, ahead_rank="the rank of the unit ahead", behind_rank="the rank of the unit behind"),
    Column("method", Kind.TEXT, '"closed form" or "search"'),
)


@dataclass(frozen=True)
class Changes(Need["LeastChanges"]):
    """The least changes of weights and values, each computed when it is read."""

    of: str | None
    rank: int | None
    overtake: str | None
    costs: tuple[tuple[str, float], ...]
    limits: tuple[tuple[str, float], ...]

    def resolve(self, facts: Facts) -> LeastChanges:
        """Find the unit and its goal."""
        from indicia_explain.reach import LeastChanges
        from indicia_explain.reach_question import ReachQuestion

        if self.of is None:
            raise DefinitionError(
                "the way to a rank needs a unit", remedy='indicia explain UNIT --reach 10 (in Python: of="Lima")'
            )
        return LeastChanges(
            ReachQuestion.of(
                facts[Scores()],
                self.of,
                rank=self.rank,
                overtake=self.overtake,
                period=facts[Asked()].period,
                costs=dict(self.costs),
                limits=dict(self.limits),
            )
        )


@dataclass(frozen=True)
class Reach(Analysis):
    """The least changes that bring a unit to a rank, or level with another unit.

    `raw` has the least change of each value alone, `path` the cheapest changes of several values, `weights` the least
    changes of weights, `missing` the ranks with other values in place of missing ones. Every change is confirmed by
    whole runs; values are those after denomination. A path by search may be a local optimum; it needs scipy.
    """

    name = "reach"
    heading = "What brings a unit to a rank?"
    shown_as = "explanation"
    answer = "indicia_after_score.explained_answer:ExplainedAnswer"

    of: Annotated[str | None, About("the unit, by its key or its label")] = None
    rank: Annotated[int | None, About("what would bring the unit to this rank", option="reach")] = None
    overtake: Annotated[str | None, About("what would bring the unit level with this unit", metavar="UNIT")] = None
    costs: Annotated[
        Mapping[str, float],
        About(
            "the cost of a change of an indicator by 1; by default 1 / its standard deviation",
            option="price",
            metavar="INDICATOR=NUMBER",
        ),
    ] = field(default_factory=dict)
    limits: Annotated[
        Mapping[str, float],
        About(
            "the furthest value of an indicator; by default the best of the others, or the end of a fixed scale",
            option="limit",
            metavar="INDICATOR=NUMBER",
        ),
    ] = field(default_factory=dict)

    raw = Table(
        "One value alone, all else equal",
        INDICATOR,
        _NOW,
        Column(
            "raw_needed",
            Kind.FIGURE,
            "the nearest value with the rank, at which the unit draws level, or missing",
            title="needed",
            beyond="raw",
        ),
        Column("change", Kind.FIGURE, "the change"),
        _IN_SD,
        Column(
            "where",
            Kind.TEXT,
            '"fixed bounds" if no other score depends on the value; else "behind the others", "within the others", '
            '"beyond the others" or "out of reach"',
        ),
        *columns_of(
            Kind.FIGURE,
            best_of_others="the best value of the others",
            limit="the furthest value of a path, to the end of a fixed scale",
            least="the least value that the indicator can have",
            greatest="the greatest value that it can have",
        ),
        Column("whole", Kind.YES, "true if it has whole numbers"),
        Column("assumed", Kind.YES, "true if its unit proves the possible values and the file states none"),
        *columns_of(
            Kind.RANK,
            rank_before="the rank of a run just before the value, or at the whole number before it",
            rank_then="the rank just beyond the value, or at the whole number; the best rank if out of reach",
        ),
        Column("score_then", Kind.SCORE, "the score of this run"),
        order=IN_INDEX,
        raw=True,
        brief=("indicator", "raw", "raw_needed", "change_in_sd", "rank_then", "where"),
        first=("change_in_sd", "rank_then"),
    )
    path = Table(
        "The cheapest path",
        _AT_MOST,
        INDICATOR,
        _NOW,
        Column("raw_new", Kind.FIGURE, "the new value", title="new value", beyond="raw"),
        Column("change", Kind.FIGURE, "the change"),
        _IN_SD,
        Column("cost", Kind.FIGURE, "the cost, in standard deviations unless others are stated"),
        Column("at_limit", Kind.YES, "true if the value is at its limit"),
        order="By path, in the order of the index file.",
        raw=True,
        brief=("at_most", "indicator", "raw", "raw_new", "change_in_sd", "cost"),
    )
    path_totals = Table(
        "The cost of each path",
        _AT_MOST,
        Column("method", Kind.TEXT, '"linear programme" or "search", which can end at a local optimum'),
        Column("cost", Kind.FIGURE, "the cost; missing if no change within the limits is enough"),
        Column("changed", Kind.COUNT, "the number of changed values"),
        *columns_of(Kind.SCORE, score="the present score", score_needed="the score that the rank needs"),
        Column("rank_then", Kind.RANK, "the rank of a run with the values, or with all values at their limits"),
        order="All values first, then by their number.",
    )
    path_left_out = Table(
        "The indicators that no path changes",
        INDICATOR,
        Column(
            "reason",
            Kind.TEXT,
            '"missing"; "no lever", as the index file states; "alone the worst", so that the scale of all units moves; '
            '"no effect at first", as the score does not depend on a small change',
        ),
        order=IN_INDEX,
    )
    weights = Table(
        "The least change of the weights of one node",
        _GOAL,
        *_WEIGHTS,
        Column("rank_then", Kind.RANK, "the rank of a run just beyond these weights"),
        order="By goal, then from the index down.",
    )
    weight_parts = Table(
        "The parts of each change of weights",
        _GOAL,
        *_NEAREST,
        Column("part", Kind.PART, "the part"),
        Column("weight", Kind.SHARE, "its present weight"),
        Column("difference", Kind.CHANGE, "the value of the unit behind less that of the unit ahead"),
        Column("l1_weight", Kind.SHARE, "its weight by the least change of all weights"),
        Column("single_weight", Kind.SHARE, "its weight by the least change of a single one"),
        Column("single_change", Kind.FIGURE, "the change of its weight if it changes alone"),
        Column("single_ratio", Kind.FIGURE, "its new weight divided by the present one"),
        order="By goal and level, then in the order of the index file.",
    )
    neighbours = Table(
        "The least change of weights between units that follow each other in rank", *_WEIGHTS, order="By rank."
    )
    missing = Table(
        "Missing values, at the worst, the median and the best of the others",
        INDICATOR,
        Column("imputed", Kind.FIGURE, "the value that the run imputes"),
        *columns_of(Kind.FIGURE, worst="the worst value of the others", median="their median", best="their best value"),
        *columns_of(
            Kind.SCORE,
            score_worst="the score with the worst value",
            score_median="the score with the median",
            score_best="the score with the best value",
        ),
        Column("rank_worst", Kind.RANK, "the rank with the worst value", title="rank at worst"),
        Column("rank_median", Kind.RANK, "the rank with the median", title="at median"),
        Column("rank_best", Kind.RANK, "the rank with the best value", title="at best"),
        Column("span", Kind.SHIFT, "the rank with the worst value less that with the best"),
        order="The largest span first.",
        raw=True,
        brief=("indicator", "rank_worst", "rank_median", "rank_best"),
    )

    @property
    def changes(self) -> Changes:
        """The changes that are asked for."""
        return Changes(self.of, self.rank, self.overtake, tuple(self.costs.items()), tuple(self.limits.items()))

    def compute(self, facts: Facts) -> Computed:
        """Compute each table when it is asked for."""
        from indicia_explain.reach import rows_of_missing
        from indicia_explain.reach_raw import rows_of_changes
        from indicia_explain.reach_weights import rows_of_neighbours

        changes = facts[self.changes]
        question = changes.question
        rows: dict[Table, Callable[[], Iterable[tuple[object, ...]]]] = {
            self.raw: lambda: rows_of_changes(question, changes.changes),
            self.path: lambda: changes.paths.rows,
            self.path_totals: lambda: changes.paths.totals,
            self.path_left_out: lambda: changes.paths.left_out.items(),
            self.weights: lambda: changes.weights.weights,
            self.weight_parts: lambda: changes.weights.parts,
            self.neighbours: lambda: rows_of_neighbours(question.baseline),
            self.missing: lambda: rows_of_missing(question),
        }
        return {table: partial(_frame, table, of_table) for table, of_table in rows.items()}

    def document(self, facts: Facts, frames: Frames) -> Iterator[Heading | Items | Table | Grid | Note]:
        """Yield the headline, the tables that have rows, the other sentences, and notes."""
        from indicia_explain import reach_sentences

        changes, tables = facts[self.changes], self.tables()
        found = [*reach_sentences.findings(changes, lambda name: frames[tables[name]])]
        notes = [*reach_sentences.notes(changes, lambda name: frames[tables[name]])]
        shown = [self.raw, self.path, self.missing]
        if not facts[Scores()].definition.publishes_raw_values:
            found = [note for note in found if note.kind not in reach_sentences.WITH_RAW_VALUES]
            shown, notes = [], [*notes, Note("raw_values_withheld")]
        yield from page(self.heading, found, [table for table in shown if _has_rows(frames, table)], notes)


def _has_rows(frames: Frames, table: Table) -> bool:
    """Return True if a table has rows; without the package that computes it, a sentence has the reason."""
    with suppress(MissingDependency):
        return len(frames[table]) > 0
    return False


def _frame(table: Table, rows: Callable[[], Iterable[tuple[object, ...]]]) -> pl.DataFrame:
    """Return the rows of a table as a frame; NaN is missing."""
    import polars as pl

    return table.frame(rows()).with_columns(pl.col(pl.Float64).fill_nan(None))
