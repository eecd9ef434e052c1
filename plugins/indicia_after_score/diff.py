"""The analysis of what changed between two editions of an index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar

from indicia.analyses import IN_INDEX, About, Analysis, Column, Heading, Items, Kind, Table, columns_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from indicia.analyses import Computed, Facts, Frames
    from indicia.notes import Note
    from indicia_editions.difference_tables import DifferenceTables

_UNIT = Column("unit", Kind.UNIT, "the unit")
_LABEL = Column("label", Kind.TEXT, "its name")
_INDICATOR = Column("indicator", Kind.PART, "the indicator")
_RANKS = tuple(columns_of(Kind.RANK, rank_old="its rank in the old edition", rank_new="its rank in the new edition"))
_MOVE = Column("move", Kind.SHIFT, "the new rank minus the old one: a climb is negative", title="rank change")
_SCORES = tuple(
    columns_of(Kind.SCORE, score_old="its score in the old edition", score_new="its score in the new edition")
)
_CHANGE = Column("score_change", Kind.CHANGE, "the new score minus the old one")
_CAUSES = {
    "own": "the data of the unit",
    "others": "the data of all other units",
    "method": "the methodology",
    "sample": "the units that came and went",
}

_REVISED = (
    _INDICATOR,
    *columns_of(
        Kind.COUNT,
        values="the compared values",
        changed="the values that differ",
        filled="those that only the new edition has",
        emptied="those that only the old edition has",
    ),
    Column("mean_change", Kind.CHANGE, "the mean of the changes", raw=True),
    Column("largest_change", Kind.CHANGE, "the largest change", raw=True, title="largest"),
    Column("unit", Kind.UNIT, "the unit of the largest change"),
)


def _parts(kind: Kind, prefix: str, unit: str) -> Iterator[Column]:
    """Return the columns of the parts of the causes, in a unit of measure."""
    return columns_of(
        kind, **{f"{prefix}{cause}": f"the part of {meaning}, {unit}" for cause, meaning in _CAUSES.items()}
    )


@dataclass(frozen=True)
class Diff(Analysis):
    """Compare two editions: units, scores, ranks, causes of moves, methodology, revised data.

    An edition is an index file or its folder, a pack, a fitted index with its table, or a table of units with scores or
    ranks. A table of scores tells no causes, methodology or revisions. Of an index alone, the last two periods of its
    panel are compared.

    With --recast, the tables OLD are scored by the method of NEW, and --show has series or editions. A fitted index
    scores all of them by its statistics; an index with a period scores them as one panel, with statistics as the index
    file states them; another index scores each by itself.

    \b
    Examples:
      indicia diff 2023/index.toml 2024/index.toml
      indicia diff edition-2023.json 2024 --old-table 2023/data.csv
      indicia diff published-2023.csv 2024 --score "Index value"
      indicia diff 2023 2024 --fail-on "max_move > 10" --fail-on "left > 0"
      indicia diff 2023 2024 --show revisions -o revisions.csv
      indicia diff 2023 2024 --plot movers.svg     the largest moves as a chart
      indicia diff 2023 2024 -o changes.md     also .html, .tex, .docx, .xlsx, .json
      indicia diff 2022.csv 2023=data.csv edition-2024.json --recast -o series.csv
    """

    name = "diff"
    heading = "What changed?"
    reference = "Shapley (1953), Annals of Mathematics Studies 28; Shorrocks (2013), Journal of Economic Inequality 11"
    whole = True

    min_rank_change: Annotated[int, About("movers: only units that move this number of places or more", ge=0)] = 0
    fail_on: Annotated[
        tuple[str, ...],
        About(
            'exit 1 if a rule holds: "max_move > 10"; also mean_move, entered, left, max_score_change, '
            "revised_cells, method_changes, top10_changed …",
            metavar="RULE",
        ),
    ] = ()

    units: ClassVar[Table] = Table(
        "Units then and now",
        _UNIT,
        _LABEL,
        Column("status", Kind.TEXT, "both, entered (only the new edition has the unit) or left (only the old one)"),
        *_RANKS,
        _MOVE,
        *_SCORES,
        _CHANGE,
        order="By new rank; units that left last, by old rank.",
    )
    movers: ClassVar[Table] = Table(
        "Units that move",
        *(_UNIT, _LABEL, *_RANKS, _MOVE, *_SCORES, _CHANGE),
        order="The largest move first; of equal moves, the largest change of the score.",
    )
    moves_by_cause: ClassVar[Table] = Table(
        "The largest moves, and their causes in places: a climb is positive",
        _UNIT,
        *_RANKS,
        Column("gained", Kind.SHIFT, "the places gained: the old rank minus the new one"),
        _CHANGE,
        *_parts(Kind.SHIFT, "", "in places gained"),
        order="The largest move first, as in movers.",
        shown=20,
    )
    changes_by_cause: ClassVar[Table] = Table(
        "The largest changes of scores, and their causes in points",
        _UNIT,
        *_RANKS,
        _CHANGE,
        *_parts(Kind.CHANGE, "", "in points of the score"),
        order="The largest move first, as in movers.",
        shown=20,
    )
    causes: ClassVar[Table] = Table(
        "Causes of moves",
        _UNIT,
        *_parts(Kind.CHANGE, "score_", "in points of the unrounded score"),
        *_parts(Kind.SHIFT, "rank_", "in ranks: a climb is negative"),
        order="By new rank, as in units.",
    )
    totals: ClassVar[Table] = Table(
        "Causes over all units",
        Column("what", Kind.TEXT, "score or rank"),
        Column("cause", Kind.TEXT, "own, others, method or sample"),
        *columns_of(
            Kind.FIGURE,
            sum="the sum of the parts; those of ranks need not sum to 0, since units come and go",
            mean="the mean of the parts",
            sum_absolute="the sum of the parts without signs",
            mean_absolute="the mean of the parts without signs",
        ),
        Column("share", Kind.SHARE, "the share of the cause in the parts of all causes, without signs"),
        order="Scores, then ranks.",
    )
    methodology: ClassVar[Table] = Table(
        "Changes of method",
        Column(
            "change",
            Kind.TEXT,
            "indicator_added, indicator_removed, dimension_added, dimension_removed, weight, method, word, setting, "
            "fitted or statistic",
        ),
        Column("part", Kind.PART, "the indicator or dimension; empty for a change of the whole index"),
        Column("word", Kind.TEXT, "the word of the index file, or the name of the statistic"),
        Column("old", Kind.TEXT, "the former value"),
        Column("new", Kind.TEXT, "the present value"),
        order="Parts, words, methods, settings; each in the order of the index file.",
    )
    revisions: ClassVar[Table] = Table(
        "Changed values",
        _UNIT,
        Column("period", Kind.PERIOD, "the period, if both editions are panels", optional=True),
        _INDICATOR,
        Column("old", Kind.FIGURE, "the former value, after denomination if both editions state the same", raw=True),
        Column("new", Kind.FIGURE, "the present value", raw=True),
        Column("change", Kind.FIGURE, "the present value minus the former one", raw=True),
        order="By indicator, in the order of the data.",
    )
    revision_summary: ClassVar[Table] = Table("Changed values by indicator", *_REVISED, order=IN_INDEX)
    revised: ClassVar[Table] = Table("Indicators with changed values", *_REVISED, order=IN_INDEX, shown=50)
    indicators: ClassVar[Table] = Table(
        "Indicators then and now",
        _INDICATOR,
        Column("status", Kind.TEXT, "both, entered or left"),
        *columns_of(
            Kind.FIGURE,
            weight_old="its effective weight in the old edition, unless groups or periods have others",
            weight_new="its effective weight in the new edition",
        ),
        order="In the order of the old edition; new indicators last.",
    )

    def __post_init__(self) -> None:
        """Refuse rules that cannot be read."""
        if self.fail_on:
            from indicia_editions.rules import read_rules

            read_rules(self.fail_on)

    def compute(self, facts: Facts) -> Computed:
        """Compute each table when it is asked for."""
        from indicia_editions.difference_tables import Editions

        pair = facts[Editions()]
        movers = partial(_movers, pair, self.min_rank_change)
        return {
            **{
                table: partial(getattr, pair, name)
                for name, table in self.tables().items()
                if hasattr(type(pair), name)
            },
            self.movers: movers,
            self.revised: lambda: pair.revision_summary.filter(pair.revision_summary["changed"] > 0),
            self.moves_by_cause: lambda: _by_cause(pair, movers(), self.moves_by_cause, "rank"),
            self.changes_by_cause: lambda: _by_cause(pair, movers(), self.changes_by_cause, "score"),
        }

    def alarms(self, facts: Facts) -> tuple[Note, ...]:
        """Return a sentence for each rule that holds."""
        from indicia_editions.difference_tables import Editions
        from indicia_editions.rules import broken_rules, read_rules

        return broken_rules(facts[Editions()], read_rules(self.fail_on))

    def document(self, facts: Facts, frames: Frames) -> Iterator[Heading | Items | Table | Note]:
        """Yield units, rules, moves with their causes, changes of methodology and data, and notes."""
        from indicia_editions import sentences
        from indicia_editions.difference_tables import Editions

        pair = facts[Editions()]
        findings = sentences.difference_findings(pair)
        yield from (Heading(self.heading), next(findings))
        revised = self.revised if len(frames[self.revised]) else None
        moves = self.moves_by_cause if (pair.movers["move"] != 0).any() else self.changes_by_cause
        for heading, notes, table in (
            ("Which rules hold?", self.alarms(facts), None),
            ("Who moves most, and why?", [*findings], moves if len(frames[moves]) else None),
            ("What changed in the methodology?", sentences.methodology_sentences(pair), None),
            (
                "Which data changed?",
                sentences.data_sentences(pair),
                revised,
            ),
            ("Notes", sentences.difference_notes(pair), None),
        ):
            if notes or table:
                yield Heading(heading)
            if notes:
                yield Items(notes)
            if table:
                yield table


def _movers(pair: DifferenceTables, places: int) -> pl.DataFrame:
    """Return the units that move a number of places or more; of any number with 0."""
    return pair.movers.filter(pair.movers["move"].abs() >= places) if places else pair.movers


def _by_cause(pair: DifferenceTables, movers: pl.DataFrame, table: Table, what: str) -> pl.DataFrame:
    """Return moves with the parts of their causes: of ranks in places gained, of scores in points."""
    import polars as pl

    parts = {cause: pl.col(f"{what}_{cause}") for cause in _CAUSES}
    if what == "rank":  # a negation would write -0 for no part
        parts = {cause: pl.when(part == 0).then(0.0).otherwise(-part) for cause, part in parts.items()}
    moves = movers.with_columns(gained=pl.col("rank_old") - pl.col("rank_new"))
    return table.select(moves.join(pair.causes.select("unit", **parts), on="unit", how="left", maintain_order="left"))
