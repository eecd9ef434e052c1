"""The analysis of the move of a unit between two periods of a panel, or since an earlier edition of the index."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date  # noqa: TC003 - the annotation is read at run time
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from indicia.analyses import About, Column, Grid, Kind, Need, Table, columns_of
from indicia.answers.needs import Asked, Scores
from indicia.errors import DefinitionError
from indicia.presentation import registered
from indicia_after_score.explained import Drawn, page, table_of_draws

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from indicia.analyses import Computed, Facts, Frames, Heading, Items
    from indicia.notes import Note
    from indicia.scorable import Scorable
    from indicia.types import TableLike
    from indicia_editions.edition import Edition
    from indicia_editions.move import ExplainedMove
    from indicia_robustness.draws import VariedChoices
else:  # the editions check these values, since `--help` starts without polars
    Edition = Scorable = Path = TableLike = Any

_WHAT = Column("what", Kind.TEXT, '"score" or "rank"')
_CAUSES = {
    "own": "the data of the unit",
    "others": "the data of the others",
    "method": "the method",
    "sample": "the units that came and left",
}


@dataclass(frozen=True)
class MoveOf(Need["ExplainedMove"]):
    """The move of a unit with its causes."""

    of: str | None
    start: str | int | float | date | None
    since: Edition | Scorable | Path | str | None = field(hash=False)
    since_table: TableLike | None = field(hash=False)
    varied: VariedChoices

    def resolve(self, facts: Facts) -> ExplainedMove:
        """Divide the move."""
        from indicia_editions.drawn_move import draw_editions
        from indicia_editions.move import explain_move

        if self.of is None:
            raise DefinitionError(
                "a move needs a unit", remedy='indicia explain UNIT --from PERIOD (in Python: of="Lima")'
            )
        old, new = self._editions(facts)
        design = self.varied.design(facts[Asked()].index)
        robust = draw_editions(old, new, design, facts.progress) if design else None
        return explain_move(old, new, self.of, robust=robust)

    def _editions(self, facts: Facts) -> tuple[Edition, Edition]:
        from indicia_editions.edition import Edition, edition_name, period_before

        subject, result = facts[Asked()], facts[Scores()]
        name = None if self.since is None else edition_name(subject.index)
        new = Edition.of_result(result, subject.period, name, subject.index)
        if self.since is None:
            old = new.at(period_before(result, new.period, "a move") if self.start is None else self.start)
            if old.period == new.period:
                raise DefinitionError(f"the move begins and ends in {new.period}", remedy="name two periods")
            return old, new
        if isinstance(self.since, Edition):
            return self.since, new
        earlier: Edition = registered("earlier")(self.since, self.since_table)
        return earlier, new


@dataclass(frozen=True)
class Move(Drawn):
    """The move of a unit between two periods of a panel, or since an earlier edition, divided into four causes.

    Own data: the row of the unit. Others' data: the rows of the units that both editions have. Method: all that the
    index file states. Sample: the units that came or went. The parts are Shapley values over sixteen whole runs, and
    add up to the move of score and rank. `drawn` needs draws: of `[robustness]` in the index file, or of `weights`.
    """

    name = "move"
    heading = "Why did a unit move?"
    reference = "Shapley (1953), Annals of Mathematics Studies 28; Shorrocks (2013), Journal of Economic Inequality 11"
    shown_as = "explanation"
    answer = "indicia_after_score.explained_answer:MoveAnswer"

    of: Annotated[str | None, About("the unit, by its key or its label")] = None
    start: Annotated[
        str | int | float | date | None,
        About(
            "the period of a panel in which the move begins; by default the one before its end",
            option="from",
            metavar="PERIOD",
        ),
    ] = None
    end: Annotated[
        str | int | float | date | None,
        About("the period in which the move ends; by default the last", option="to", metavar="PERIOD"),
    ] = None
    since: Annotated[
        Edition | Scorable | Path | str | None,
        About("the move since this edition: index file, pack or fitted index", metavar="EDITION"),
    ] = None
    since_table: Annotated[TableLike | None, About("the data of the edition of --since", metavar="TABLE")] = None

    causes = Table(
        "The part of each cause in the move",
        _WHAT,
        Column("cause", Kind.TEXT, "own, others, method, sample; or data, which is own and others"),
        *columns_of(
            Kind.FIGURE,
            shapley="the Shapley value: the parts of the four causes add up to the move",
            first="the part if the cause is switched first, alone from the old edition",
            last="the part if it is switched last",
            lowest="the lowest part over the 24 orders",
            highest="the highest part; where both differ in sign, the part depends on the order",
        ),
        order="Score, then rank, by cause.",
    )
    scenarios = Table(
        "The sixteen runs",
        *columns_of(Kind.COUNT, **{cause: f"{meaning}: 0 old, 1 new" for cause, meaning in _CAUSES.items()}),
        Column("score", Kind.SCORE, "the unrounded score of the unit"),
        Column("rank", Kind.RANK, "its rank"),
        by=("sample", "method", "others", "own"),
    )
    parts = Table(
        "The part of own data by indicator",
        Column("indicator", Kind.PART, 'the indicator; "(weights)" and the like have parts that no indicator has'),
        Column("old_raw", Kind.FIGURE, "the old value, before imputation and treatment", raw=True),
        Column("new_raw", Kind.FIGURE, "the new value", raw=True),
        *columns_of(Kind.SCORE, old_normalised="the old normalised value", new_normalised="the new normalised value"),
        Column("weight", Kind.SHARE, "the effective weight, the mean over contexts and runs"),
        Column("part", Kind.CHANGE, "the part in the change of score; parts add up to that of own data"),
        Column("standard_error", Kind.FIGURE, "the largest standard error of a sampled part", optional=True),
        order="In the order of the index file; rows without a weight are last.",
    )
    totals = Table(
        "The move",
        _WHAT,
        *columns_of(
            Kind.FIGURE,
            old="the figure of the old edition",
            new="that of the new edition",
            move="the new figure less the old one",
        ),
        order="Score, then rank.",
    )
    drawn = Table(
        "The move in the draws",
        Column("draws", Kind.COUNT, "the number of draws"),
        *columns_of(
            Kind.SHARE,
            climbed="the share in which the unit climbed",
            stayed="the share in which it kept its rank",
            fell="the share in which it fell",
        ),
        *columns_of(
            Kind.SHIFT,
            rank_median="the median change of rank, the new one less the old one",
            rank_lower="its 5 % quantile",
            rank_upper="its 95 % quantile",
        ),
        Column("score_rose", Kind.SHARE, "the share in which its score rose; missing for scores of several scales"),
        *columns_of(
            Kind.CHANGE,
            score_median="the median change of score",
            score_lower="its 5 % quantile",
            score_upper="its 95 % quantile",
        ),
        order="One row.",
    )

    def __post_init__(self) -> None:
        """Refuse two names of one edition; the period is that in which the move ends."""
        if self.since is not None and self.start is not None:
            raise DefinitionError(
                "start (--from) and since (--since) both name the earlier edition", remedy="leave one of them out"
            )
        if self.since is None and self.since_table is not None:
            raise DefinitionError("--since-table needs --since", remedy="--since names the earlier edition")
        if self.end is not None:
            if self.period not in (None, self.end):
                raise DefinitionError(
                    "end (--to) and period (--at) both name the period in which the move ends",
                    remedy="leave one of them out",
                )
            object.__setattr__(self, "period", self.end)

    @property
    def explained(self) -> MoveOf:
        """The move that is asked for."""
        return MoveOf(self.of, self.start, self.since, self.since_table, self.varied)

    def compute(self, facts: Facts) -> Computed:
        """Compute each table when it is asked for."""
        move = facts[self.explained]
        names = [name for name, table in self.tables().items() if table is not self.drawn]
        return {
            **{self.tables()[name]: partial(getattr, move, name) for name in names},
            self.drawn: partial(table_of_draws, move.drawn),
        }

    def record(self, facts: Facts) -> Mapping[str, Any]:
        """Return the unit, the two editions, and the draws."""
        return facts[self.explained].question

    def document(self, facts: Facts, frames: Frames) -> Iterator[Heading | Items | Table | Grid | Note]:
        """Yield the headline, the causes, the other sentences, and notes."""
        from indicia_editions.move_grid import move_grid

        del frames  # the move has the figures of all tables
        move = facts[self.explained]
        yield from page(self.heading, move.findings, [Grid(self.causes, partial(move_grid, move))], move.notes)
