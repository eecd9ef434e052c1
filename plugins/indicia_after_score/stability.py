"""The analysis of the smallest changes that change a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from indicia.analyses import About, Analysis, Column, Heading, Kind, Need, Part, Table, columns_of
from indicia.answers.needs import Asked, Frame, Rows, Scores
from indicia.notes import Count, Names, Note, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from indicia.analyses import Computed, Facts, Frames
    from indicia_robustness.baseline import Baseline
    from indicia_robustness.exhaustive import Exhaustive
    from indicia_robustness.omissions import Omission

_SMALLEST_CHANGE = 0.0005
"""Changes of a weight below this are not listed, since the weight has three decimals."""
_UNIT = Column("unit", Kind.UNIT, "the unit")
_RANK = Column("rank", Kind.RANK, "its rank in the index")
_FAULT = Column("fault", Kind.TEXT, "the reason why there are no figures, if there are none")
_LEFT_OUT = (
    Column("left_out", Kind.TEXT, "the kind of part: dimension, indicator or unit", title=""),
    Column("name", Kind.PART, "the part that is left out", title="left out"),
)
_OF = Column("of", Kind.PART, "the node whose weights change", title="parent")
_PART = Column("part", Kind.PART, "the part whose weight changes")
_WEIGHT = Column("weight", Kind.FIGURE, "its weight in the index, of a sum of 1")


@dataclass(frozen=True)
class Ranked(Need["Baseline"]):
    """The index without changes, of which at least two units have a rank."""

    def resolve(self, facts: Facts) -> Baseline:
        """Take scores and ranks of the period."""
        from indicia_robustness.baseline import Baseline, check_ranked

        result, (_, rows) = facts[Scores()], facts[Rows()]
        check_ranked(result.scored.rank.filter(rows), least=2)
        return Baseline(result.definition, result.scored, rows.to_numpy())


@dataclass(frozen=True)
class Omissions(Need["Sequence[Omission]"]):
    """The ranks without each dimension, each indicator, and each of the first units."""

    units: int

    def resolve(self, facts: Facts) -> Sequence[Omission]:
        """Score the index without each part."""
        from indicia_robustness.omissions import omissions

        return omissions(facts[Ranked()], facts[Asked()].index.tree, facts[Frame()], self.units, facts.progress)


@dataclass(frozen=True)
class AllWeights(Need["Exhaustive"]):
    """The scores under all weights of a node that are multiples of a step."""

    node: str | None
    step: float | None
    band: float | None
    units: int

    def resolve(self, facts: Facts) -> Exhaustive:
        """Prepare the scores, which are computed when they are read."""
        from indicia_robustness.exhaustive import Exhaustive

        return Exhaustive(facts[Ranked()], self.node, self.step, self.band, self.units)


@dataclass(frozen=True)
class Stability(Analysis):
    """The smallest changes that alter the ranking: a part left out, other weights or values, units that come and go.

    `value_moves` and `weight_moves` have what lifts or lowers each unit, `value_steps` and `weight_steps` the ranks
    after each step, `relevance` the indicators that can go, and `modes` the scores under all weights. Imputed values
    and treated outliers stay as they are.
    """

    name = "stability"
    heading = "What changes the ranking?"
    reference = "Triantaphyllou & Sánchez (1997), Decision Sciences 28(1); Wang & Triantaphyllou (2008), Omega 36(1)"

    units: Annotated[int, About("leave out, move and test for reversals this number of first-ranked units", ge=0)] = 100
    places: Annotated[int, About("value_moves, weight_moves: places up or down", ge=1)] = 1
    steps: Annotated[
        str | dict[str, str],
        About('value_steps, weight_steps: "±50% by 10%", "0.1 to 0.5 by 0.1" or "2, 3", for all parts or by part'),
    ] = "±50% by 10%"
    other_weights: Annotated[
        Literal["proportional", "equal"], About("weight_steps: the others change in proportional or equal amounts")
    ] = "proportional"
    node: Annotated[str | None, Part, About("modes: the dimension whose weights vary; by default the index")] = None
    grid: Annotated[float | None, About("modes: the step of the weights; by default 0.05 for few parts", gt=0)] = None
    band: Annotated[float | None, About("modes: the width around a mode; by default a tenth of the range", gt=0)] = None

    omission_effects = Table(
        "The places that units move without one part",
        *_LEFT_OUT,
        Column("mean_shift", Kind.PLACES, "the mean number of places that units move", title="on average"),
        Column("median_shift", Kind.PLACES, "the median number of places that units move"),
        Column("largest_shift", Kind.PLACES, "the largest number of places that a unit moves", title="at most"),
        Column("moves_most", Kind.UNIT, "the unit that moves most"),
        Column("first", Kind.UNITS, "the units that are first then", title="then first"),
        _FAULT,
        order="The largest mean shift first; parts that cannot be left out last.",
        brief=("left_out", "name", "mean_shift", "largest_shift", "moves_most", "first"),
    )
    ranks = Table(
        "The ranks without one part",
        *_LEFT_OUT,
        _UNIT,
        Column("nominal", Kind.RANK, "its rank in the index, among the units that stay"),
        Column("rank", Kind.RANK, "its rank without the part"),
        order="Dimensions, indicators, then units by rank; within each, units in the order of the data.",
    )
    weights = Table(
        "The smallest change of one weight that changes the ranking",
        _OF,
        _PART,
        _WEIGHT,
        Column("first_changes", Kind.RATE, "the relative change that makes another unit first", title="new first at"),
        Column("then_first", Kind.UNIT, "that unit", title="new first"),
        Column(
            "two_swap", Kind.RATE, "the smallest relative change that lets two units change places", title="swap at"
        ),
        Column("ahead", Kind.UNIT, "the unit that is ahead of these two now", title="ahead now"),
        Column("behind", Kind.UNIT, "the unit that is ahead after the change", title="ahead after"),
        order="The smallest change of the first unit, then the smallest change of two units.",
        brief=("part", "weight", "first_changes", "then_first", "two_swap", "ahead", "behind"),
    )
    minimal_weight_shift = Table(
        "The weights nearest to those of the index at which a unit draws level with the first",
        _UNIT,
        Column("moved", Kind.SHARE, "the share of the weight that moves between the parts of the index"),
        _PART,
        _WEIGHT,
        Column("then", Kind.FIGURE, "its weight then, of a sum of 1"),
        order="The smallest shift first; within each unit, parts in the order of the index.",
    )
    reversals = Table(
        "Tests for rank reversals: units that change places although their own values stay the same",
        Column("test", Kind.TEXT, "what happens to other units", title=""),
        Column("should", Kind.TEXT, "what should stay", title="expected"),
        *columns_of(Kind.COUNT, tried="the number of trials", failed="the number of trials that fail"),
        Column("example", Kind.TEXT, "a trial that fails", title="such as"),
        _FAULT,
        order="In the order of the tests of Wang & Triantaphyllou (2008).",
        brief=("test", "should", "tried", "failed", "example"),
    )
    value_moves = Table(
        "The least change of one value that moves a unit some places",
        _UNIT,
        _RANK,
        Column("move", Kind.TEXT, "up or down"),
        Column("target", Kind.RANK, "the rank that is some places better or worse, or the first or last"),
        Column("indicator", Kind.PART, "the indicator"),
        Column("value", Kind.FIGURE, "its value, after denomination", raw=True),
        Column(
            "needed", Kind.FIGURE, "the nearest value at which the unit draws level there, if there is one", raw=True
        ),
        Column("change", Kind.FIGURE, "the change of the value", raw=True),
        Column("change_in_sd", Kind.FIGURE, "the size of the change in standard deviations", raw=True),
        Column("rank_then", Kind.RANK, "the rank of a whole run just beyond that value, or with the furthest one"),
        order="By rank; up before down, the smallest change first.",
    )
    weight_moves = Table(
        "The least change of one weight that moves a unit some places",
        _UNIT,
        _RANK,
        Column("move", Kind.TEXT, "up or down"),
        Column("target", Kind.RANK, "the rank that is some places better or worse, or the first or last"),
        _OF,
        _PART,
        _WEIGHT,
        Column("needed", Kind.FIGURE, "the weight at which the unit draws level there, if there is one"),
        Column("relative_change", Kind.RATE, "the change as a share of the weight, before scaling to a sum of 1"),
        Column("rank_then", Kind.RANK, "the rank of the unit just beyond that weight"),
        order="By rank; up before down, the smallest change first.",
    )
    value_steps = Table(
        "The score and rank of a unit after each step of each of its values",
        _UNIT,
        Column("indicator", Kind.PART, "the indicator"),
        Column("change", Kind.RATE, "the change relative to the present value", raw=True),
        Column("value", Kind.FIGURE, "the value then", raw=True),
        Column("score", Kind.SCORE, "the score of the unit then"),
        Column("rank", Kind.RANK, "the rank of the unit then"),
        Column("shift", Kind.SHIFT, "the change of its rank"),
        Column("others_moved", Kind.COUNT, "the number of other units whose ranks change"),
        Column("first", Kind.UNITS, "the units that are first then"),
        _FAULT,
        order="By rank, in the order of indicators and steps.",
    )
    weight_steps = Table(
        "The scores and ranks of all units after each step of each weight",
        _OF,
        _PART,
        Column("change", Kind.RATE, "the change relative to the present weight"),
        Column("weight", Kind.FIGURE, "the weight then, of a sum of 1"),
        _UNIT,
        Column("score", Kind.SCORE, "the score of the unit then"),
        Column("rank", Kind.RANK, "the rank of the unit then"),
        Column("shift", Kind.SHIFT, "the change of its rank"),
        _FAULT,
        order="By node, part and step; units in the order of the data.",
    )
    relevance = Table(
        "The indicators that leave one after another, the one whose omission changes the scores least first",
        Column("round", Kind.COUNT, "the round"),
        Column("left_out", Kind.PART, "the indicator that could leave"),
        Column("is_least", Kind.YES, "whether it is the one that leaves"),
        Column("distance", Kind.FIGURE, "the sum of the absolute changes of scores"),
        *columns_of(
            Kind.FIGURE,
            spearman="the rank correlation of the rankings before and after",
            weighted_spearman="the same, with more weight for the first places",
        ),
        Column("mean_shift", Kind.PLACES, "the mean number of places that units move"),
        _FAULT,
        order="By round, the smallest distance first.",
    )
    modes = Table(
        "The most likely score of each unit under all weights of a node",
        _UNIT,
        _RANK,
        Column("mode", Kind.SCORE, "the highest point of the density of its scores"),
        Column("mode_rank", Kind.RANK, "its rank by the modes"),
        Column("single", Kind.SHARE, "the share of its scores in a band around the mode"),
        Column("cross", Kind.SHARE, "the share of all scores in the band that are its own"),
        Column("confidence", Kind.SHARE, "the mean of both"),
        Column("fragility", Kind.FIGURE, "the length of the index of mode_sensitivity over the parts, from 0 to 1"),
        order="By rank of the mode.",
    )
    mode_sensitivity = Table(
        "The change of mode and confidence for each 1 that a weight grows",
        _UNIT,
        _PART,
        Column("anchor", Kind.FIGURE, "the mean weight under which the score of the unit lies in its band"),
        Column("of_score", Kind.FIGURE, "the slope of the mode"),
        Column("of_confidence", Kind.FIGURE, "the slope of the confidence"),
        Column("index", Kind.FIGURE, "the mean size of both slopes, each divided by its largest"),
        order="The largest index first.",
    )

    def __post_init__(self) -> None:
        """Refuse steps that cannot be read."""
        if self.steps != Stability.steps:
            from indicia_robustness.steps import read_steps

            for words in (self.steps,) if isinstance(self.steps, str) else self.steps.values():
                read_steps(words)

    def compute(self, facts: Facts) -> Computed:
        """Compute each table when it is asked for."""
        from indicia_robustness import omissions
        from indicia_robustness.critical_weights import critical_weights
        from indicia_robustness.nearest_weights import nearest_weights
        from indicia_robustness.relevance import relevance
        from indicia_robustness.reversals import rank_reversals
        from indicia_robustness.step_tables import value_steps, weight_steps
        from indicia_robustness.steps import check_parts
        from indicia_robustness.value_moves import ValueMoves
        from indicia_robustness.weight_moves import WeightMoves

        baseline, tree, frame = facts[Ranked()], facts[Asked()].index.tree, facts[Frame()]
        nodes = baseline.nominal.tree.counting_nodes()
        check_parts(self.steps, [part.id for node in nodes for part in node.components])
        all_weights = AllWeights(self.node, self.grid, self.band, self.units)
        return {
            self.omission_effects: lambda: omissions.shifts(baseline, facts[Omissions(self.units)]),
            self.ranks: lambda: omissions.ranks(baseline, facts[Omissions(self.units)]),
            self.weights: lambda: critical_weights(baseline),
            self.minimal_weight_shift: lambda: nearest_weights(baseline),
            self.reversals: lambda: rank_reversals(baseline, self.units),
            self.value_moves: lambda: ValueMoves(baseline, self.places, self.units).table,
            self.weight_moves: lambda: WeightMoves(baseline, self.places, self.units).table,
            self.value_steps: lambda: value_steps(baseline, self.steps, self.units),
            self.weight_steps: lambda: weight_steps(baseline, self.steps, self.other_weights),
            self.relevance: lambda: relevance(baseline, tree, frame, facts.progress),
            self.modes: lambda: facts[all_weights].table,
            self.mode_sensitivity: lambda: facts[all_weights].sensitivity,
        }

    def document(self, facts: Facts, frames: Frames) -> Iterator[Heading | Table | Note | str]:
        """Yield the notes on the index, and an answer to each question of a reader."""
        from indicia.run import notes_on_omissions, notes_on_other_weights
        from indicia_robustness.omissions import leader_changes

        baseline = facts[Ranked()]
        tree, leaders = baseline.nominal.tree, Names.of(baseline.first)
        yield from baseline.notes_on_ranks
        yield from notes_on_omissions(baseline.definition, baseline.nominal.fitted_by)
        yield from notes_on_other_weights(baseline.definition, baseline.nominal.records)
        yield Heading("What if a part were left out?")
        omitted = facts[Omissions(self.units)]
        yield from _on_omissions(frames[self.omission_effects], leader_changes(baseline, omitted), leaders)
        yield self.omission_effects
        yield Heading("What if a weight changed?")
        yield from _on_weights(frames[self.weights], leaders)
        yield self.weights
        yield Heading("What would put another unit first?")
        if tree.id in baseline.effects:
            yield from _on_weight_shift(frames[self.minimal_weight_shift], leaders)
        else:  # a search takes long
            yield Note("shift_needs_search")
        yield Heading("Does the order hold when units come and go?")
        yield from _on_reversals(frames[self.reversals])
        yield self.reversals


def _on_omissions(table: pl.DataFrame, leader_changes: set[tuple[str, str]], leaders: Names) -> Iterator[Note]:
    """Yield the part that the ranking depends on most, and the parts without which another unit is first."""
    from indicia_robustness.omissions import KINDS

    scored, faults = table.filter(table["fault"].is_null()), table.filter(table["fault"].is_not_null())
    if len(scored):
        kinds = scored["left_out"].to_list()
        yield Note("left_out_in_turn", parts=Names(tuple(Count(kinds.count(k), k) for k in KINDS if k in kinds)))
        row = scored.row(0, named=True)
        if row["moves_most"] is None:
            yield Note("no_omission_effect")
        else:
            shifts = {"mean": f"{row['mean_shift']:.1f}", "largest": f"{row['largest_shift']:g}"}
            yield Note("omission_effect", part=Names.of([row["name"]]), unit=Names.of([row["moves_most"]]), **shifts)
        parts = scored.select("left_out", "name").rows()
        if names := [name for kind, name in parts if (kind, name) in leader_changes]:
            yield Note("leader_changes", parts=Names.of(names))
        else:
            yield Note("leader_stays_without_part", units=leaders)
    if len(faults):
        yield Note("not_scored_without", parts=Names.of(faults["name"]), reason=faults["fault"][0])


def _on_weights(table: pl.DataFrame, leaders: Names) -> Iterator[Note]:
    """Yield the smallest changes of one weight that make another unit first, and that change two places."""
    top = table.filter(table["first_changes"].is_finite())
    if len(top):
        row = top.row(0, named=True)
        names = {"part": Names.of([row["part"]]), "unit": Names.of([row["then_first"]])}
        yield Note("critical_weight", units=leaders, change=percent(abs(row["first_changes"])), **names)
    else:
        yield Note("no_critical_weight", units=leaders)
    swaps = table.filter(table["two_swap"].is_finite())
    if len(swaps):
        row = swaps.row(swaps["two_swap"].abs().arg_min() or 0, named=True)
        names = {word: Names.of([row[word]]) for word in ("part", "ahead", "behind")}
        yield Note("critical_swap", change=percent(abs(row["two_swap"])), **names)


def _on_weight_shift(table: pl.DataFrame, leaders: Names) -> Iterator[Note]:
    """Yield the weight that must move for another unit to be first."""
    if table.is_empty():
        yield Note("no_weight_shift", units=leaders)
        return
    first = table.filter(table["unit"] == table["unit"][0])
    yield Note("minimal_shift", moved=f"{first['moved'][0]:.1%}", unit=Names.of([first["unit"][0]]), units=leaders)
    changes = [row for row in first.select("part", "weight", "then").rows() if abs(row[2] - row[1]) >= _SMALLEST_CHANGE]
    if changes:
        changes.sort(key=lambda change: -abs(change[2] - change[1]))
        notes = (
            Note("weight_change", part=Names.of([part]), before=f"{before:.3f}", after=f"{after:.3f}")
            for part, before, after in changes
        )
        yield Note("weight_changes", changes=Names(tuple(notes)))


def _on_reversals(table: pl.DataFrame) -> Iterator[Note]:
    """Yield the results of the tests for rank reversals."""
    if not table["tried"].sum():
        yield Note("reversals_not_tried")
    else:
        yield Note("reversals" if table["failed"].sum() else "no_reversals")
    if (faults := table["fault"].drop_nulls()).len():
        yield Note("reversals_not_scored", reason=faults[0])
