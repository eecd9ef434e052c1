"""The analysis of the score of a unit: its parts, down to the values of the unit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

from indicia.analyses import About, Analysis, Column, Grid, Kind, Need, Table, columns_of
from indicia.analyses.columns import INDICATOR
from indicia.answers.needs import Asked, Scores
from indicia.errors import DefinitionError
from indicia_after_score.explained import OF_PERIOD, ORDERS, RULE, page
from indicia_explain.declared import LOST, PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.analyses import Computed, Facts, Frames, Heading, Items
    from indicia.notes import Note
    from indicia_explain.score import ExplainedScore


@dataclass(frozen=True)
class ScoreOf(Need["ExplainedScore"]):
    """The score of a unit with its parts."""

    of: str | None

    def resolve(self, facts: Facts) -> ExplainedScore:
        """Divide the score."""
        from indicia_explain.score import explain_score

        if self.of is None:
            raise DefinitionError("an explanation needs a unit", remedy='indicia explain UNIT (in Python: of="Lima")')
        return explain_score(facts[Scores()], self.of, facts[Asked()].period)


@dataclass(frozen=True)
class Explain(Analysis):
    """The score of a unit, unfolded to its values and put together again by parts that add up to it.

    In a tree of power means, contributions sum to the unrounded score. For other methods, `vs_median` divides the
    distance to the median profile, a unit with the median of each indicator, by Shapley or Owen values.
    """

    name = "explain"
    heading = "Why does a unit have its score?"
    shown_as = "explanation"
    answer = "indicia_after_score.explained_answer:ExplainedAnswer"

    of: Annotated[str | None, About("the unit, by its key or its label")] = None

    parts = PARTS
    nodes = Table(
        "The parts of each dimension and of the index",
        Column("node", Kind.PART, "the dimension, or the index"),
        Column("aggregation", Kind.TEXT, "its aggregation"),
        Column("node_value", Kind.SCORE, "its unrounded score"),
        Column("part", Kind.PART, "the component"),
        Column("value", Kind.SCORE, "its value"),
        *columns_of(Kind.SHARE, weight="its weight within the node", effective_weight="over what the unit has"),
        Column("piece", Kind.FIGURE, "the component on the scale on which the node adds, or multiplies"),
        Column("shifted_weight", Kind.SHARE, "the weight with which the value of the node is a weighted sum"),
        Column("contribution", Kind.CHANGE, "the part in the value of the node"),
        Column("vs_median", Kind.CHANGE, "the part in the distance of the index to the median profile"),
        LOST,
        order="A node stands before its own parts; both are in the order of the index file.",
    )
    totals = Table(
        "The score and the sums of its parts",
        Column("unit", Kind.UNIT, "the unit"),
        OF_PERIOD,
        Column("score", Kind.SCORE, "the unrounded score: the sum of contributions, `constant` and `rounding`"),
        Column("published", Kind.SCORE, "the score as the run rounds it"),
        Column("rank", Kind.RANK, "its rank"),
        Column("of", Kind.COUNT, "the number of units with a rank"),
        Column("base", Kind.SCORE, "the score of the median profile"),
        Column("above_base", Kind.CHANGE, "the score less `base`: the sum of `vs_median` and `rounding_above_base`"),
        Column("rounding_above_base", Kind.CHANGE, "what the rounding of dimensions adds to it"),
        Column("behind_base", Kind.COUNT, "the number of ranked units whose scores are worse than `base`"),
        Column("lost", Kind.CHANGE, "the distance to the top of all scales: the sum of `lost` and `rounding_lost`"),
        Column("rounding_lost", Kind.CHANGE, "what the rounding of dimensions adds to it"),
        Column("constant", Kind.CHANGE, "what rescalings add to the score"),
        Column("rounding", Kind.CHANGE, "what the rounding of dimensions adds to the score"),
        Column("best_unit", Kind.UNIT, "the unit with the best rank in the period"),
        Column("best_score", Kind.SCORE, "its unrounded score"),
        RULE,
        ORDERS,
        order="One row.",
    )
    unfolding = Table(
        "The life of each value",
        INDICATOR,
        Column("step", Kind.TEXT, 'such as "read", the stages that changed it, "normalisation", "contribution"'),
        Column("value", Kind.FIGURE, "the value after the step; without raw values, these steps have no rows"),
        Column("rule", Kind.TEXT, "the method of the step"),
        order="In the order of the index file, then of the steps.",
    )

    @property
    def explained(self) -> ScoreOf:
        """The score that is asked for."""
        return ScoreOf(self.of)

    def compute(self, facts: Facts) -> Computed:
        """Compute each table when it is asked for."""
        score = facts[self.explained]
        return {table: partial(getattr, score, name) for name, table in self.tables().items()}

    def document(self, facts: Facts, frames: Frames) -> Iterator[Heading | Items | Table | Grid | Note]:
        """Yield the headline, the tree of the score, changed values, the other sentences, and notes."""
        from indicia_explain.score_grid import changed_parts, changed_values, score_tree

        del frames  # the score has the figures of all tables
        score = facts[self.explained]
        grids = [Grid(self.parts, partial(score_tree, score))]
        if changed_parts(score):
            grids.append(Grid(self.unfolding, partial(changed_values, score)))
        yield from page(self.heading, score.findings, grids, score.notes)
