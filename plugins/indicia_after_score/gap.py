"""The analysis of the gap between two units: its parts by indicator and dimension, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from indicia.analyses import IN_INDEX, About, Column, Grid, Kind, Need, Table, columns_of
from indicia.analyses.columns import INDICATOR
from indicia.answers.needs import Asked, Scores
from indicia.errors import DefinitionError
from indicia_after_score.explained import OF_PERIOD, ORDERS, RULE, Drawn, page, table_of_draws
from indicia_explain.declared import DIMENSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.analyses import Computed, Facts, Frames, Heading, Items
    from indicia.notes import Note
    from indicia_explain.gap import ExplainedGap
    from indicia_robustness.draws import VariedChoices


@dataclass(frozen=True)
class GapOf(Need["ExplainedGap"]):
    """The gap between two units with its parts."""

    a: str | None
    b: str | None
    rules: tuple[Literal["natural", "shapley", "owen"], ...]
    varied: VariedChoices

    def resolve(self, facts: Facts) -> ExplainedGap:
        """Divide the gap."""
        from indicia_explain.gap import explain_gap

        if self.a is None or self.b is None:
            raise DefinitionError(
                "a gap needs two units", remedy='indicia explain UNIT UNIT (in Python: a="Lima", b="Oslo")'
            )
        result, period = facts[Scores()], facts[Asked()].period
        return explain_gap(result, self.a, self.b, period, robust=facts[self.varied], rules=self.rules)


@dataclass(frozen=True)
class Gap(Drawn):
    """The gap between two units, the score of `a` minus that of `b`, by parts that add up to it.

    In a tree of power means the parts are exact, by the rule of the natural scale. Other scores are divided by Shapley
    values, or by Owen values if the index has dimensions, with all statistics of the run fixed. In both, parts of
    indicators add to the part of their dimension. A positive part raises the score of `a`. `drawn` needs draws: of
    `[robustness]` in the index file, or of `weights`.
    """

    name = "gap"
    heading = "Why is one unit ahead of another?"
    reference = (
        "Ang (2015), Energy Policy 86; Shorrocks (2013), Journal of Economic Inequality 11; Owen (1977); Castro, Gómez "
        "& Tejada (2009), Computers & Operations Research 36"
    )
    shown_as = "explanation"
    answer = "indicia_after_score.explained_answer:ExplainedAnswer"

    a: Annotated[str | None, About("the first unit, by its key or its label")] = None
    b: Annotated[str | None, About("the second unit, whose score is subtracted")] = None
    rules: Annotated[
        tuple[Literal["natural", "shapley", "owen"], ...],
        About("further rules, whose parts stand beside the others: natural, shapley, owen"),
    ] = ()

    parts = Table(
        "The parts of the gap by indicator",
        INDICATOR,
        DIMENSION,
        Column("a_raw", Kind.FIGURE, "the value of a, before imputation and treatment", raw=True),
        Column("b_raw", Kind.FIGURE, "the value of b", raw=True),
        Column("a_prepared", Kind.FIGURE, "the value of a after all changes", raw=True),
        Column("b_prepared", Kind.FIGURE, "the value of b after all changes", raw=True),
        *columns_of(
            Kind.SCORE,
            a_normalised="the normalised value of a",
            b_normalised="the normalised value of b",
            a_value="the value of a, with implied values",
            b_value="the value of b, with implied values",
        ),
        Column("weight", Kind.SHARE, "the effective weight, re-scaled without indicators that neither has"),
        Column("part", Kind.CHANGE, "the part in the gap"),
        Column("share", Kind.SHARE, "its share of the gap"),
        Column("standard_error", Kind.FIGURE, "the standard error of a sampled part", optional=True),
        Column("{rule}", Kind.CHANGE, "the part by a further rule, and the standard error of a sampled one"),
        order=IN_INDEX,
    )
    nodes = Table(
        "The parts of the gap by dimension",
        Column("node", Kind.PART, "the dimension"),
        DIMENSION,
        *columns_of(Kind.SCORE, a_value="the unrounded score of a", b_value="the unrounded score of b"),
        Column("part", Kind.CHANGE, "the part in the gap: the sum of those of its indicators"),
        Column("share", Kind.SHARE, "its share of the gap"),
        order="In the order of the tree, from the index down.",
    )
    totals = Table(
        "The gap",
        *columns_of(Kind.UNIT, a="the first unit", b="the second unit"),
        OF_PERIOD,
        *columns_of(Kind.SCORE, a_score="the unrounded score of a", b_score="the unrounded score of b"),
        *columns_of(Kind.RANK, a_rank="the rank of a", b_rank="the rank of b"),
        Column("gap", Kind.CHANGE, "the score of a less that of b"),
        Column("{other}", Kind.CHANGE, "a part that no indicator has, such as `rounding`"),
        RULE,
        ORDERS,
        order="One row.",
    )
    drawn = Table(
        "The gap in the draws",
        *columns_of(
            Kind.COUNT,
            draws="the number of draws in which both have ranks",
            ahead="the number in which a is ahead",
            level="the number in which both are level",
            behind="the number in which a is behind",
        ),
        Column("share_ahead", Kind.SHARE, "the share in which a is ahead; level counts half"),
        *columns_of(
            Kind.SHIFT,
            rank_median="the median of the rank of a less that of b",
            rank_lower="its 5 % quantile",
            rank_upper="its 95 % quantile",
        ),
        *columns_of(
            Kind.CHANGE,
            median="the median of the gap; missing if the draws have scores of several scales",
            lower="its 5 % quantile",
            upper="its 95 % quantile",
        ),
        order="One row.",
    )

    @property
    def explained(self) -> GapOf:
        """The gap that is asked for."""
        return GapOf(self.a, self.b, self.rules, self.varied)

    def compute(self, facts: Facts) -> Computed:
        """Compute each table when it is asked for."""
        gap = facts[self.explained]
        return {
            **{table: partial(getattr, gap, table.name) for table in (self.parts, self.nodes, self.totals)},
            self.drawn: partial(table_of_draws, gap.drawn),
        }

    def record(self, facts: Facts) -> Mapping[str, Any]:
        """Return the units, the rule, and the draws."""
        return facts[self.explained].question

    def document(self, facts: Facts, frames: Frames) -> Iterator[Heading | Items | Table | Grid | Note]:
        """Yield the headline, the parts by dimension and by indicator, the other sentences, and notes."""
        from indicia_explain.gap_grid import gap_by_dimension, gap_by_indicator, top_dimensions

        del frames  # the gap has the figures of all tables
        gap = facts[self.explained]
        grids = [Grid(self.nodes, partial(gap_by_dimension, gap))] if len(top_dimensions(gap)) else []
        grids.append(Grid(self.parts, partial(gap_by_indicator, gap)))
        yield from page(self.heading, gap.findings, grids, gap.notes)
