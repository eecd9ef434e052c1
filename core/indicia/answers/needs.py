"""The facts about a run that analyses need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.analyses.facts import Need
from indicia.defaults import NORMALISATION
from indicia.errors import DataError, DefinitionError, join_names, suggest

if TYPE_CHECKING:
    import polars as pl

    from indicia.analyses import Facts
    from indicia.result import Result
    from indicia.scorable import Scorable
    from indicia.types import Period, TableLike


@dataclass(frozen=True)
class Subject:
    """The index that is analysed, with its data and the period."""

    index: Scorable
    table: TableLike | None = None
    period: Period | None = None
    source: str | None = None
    """The name of the table for readers, if the table is a frame that was read from a file."""


@dataclass(frozen=True)
class Asked(Need[Subject]):
    """The subject of the analysis, which is known from the start."""


@dataclass(frozen=True)
class Frame(Need["pl.DataFrame"]):
    """The data as the index reads them."""

    def resolve(self, facts: Facts) -> pl.DataFrame:
        """Read the table."""
        subject = facts[Asked()]
        return subject.index.read_table(subject.table)


@dataclass(frozen=True)
class Scores(Need["Result"]):
    """The result of a run: scores, ranks, weights, normalised values."""

    def resolve(self, facts: Facts) -> Result:
        """Score the data."""
        return facts[Asked()].index.score_frame(facts[Frame()])


@dataclass(frozen=True)
class Rows(Need["tuple[str | None, pl.Series]"]):
    """The period, by default the last, and a mask of its rows; None and all rows without periods."""

    def resolve(self, facts: Facts) -> tuple[str | None, pl.Series]:
        """Find the rows of the period."""
        from indicia.tables.periods import rows_of_period  # here, since `--help` imports needs and no tables

        return rows_of_period(facts[Scores()].scored.source, facts[Asked()].period)


@dataclass(frozen=True)
class Panel(Need["pl.DataFrame"]):
    """The scores of the index and of its dimensions in all periods: `unit`, `period` and a column for each part."""

    needs_periods: bool = True
    """False: an index without periods has a panel too, whose `period` is empty."""

    def resolve(self, facts: Facts) -> pl.DataFrame:
        """Collect the scores."""
        import polars as pl

        from indicia.definition import ROOT

        result = facts[Scores()]
        period = result.definition.data.period
        if period is None and self.needs_periods:
            raise DataError("the analysis needs periods, and the index has one", remedy='period = "year" in [data]')
        when = pl.lit(None, pl.String) if period is None else pl.col(period)
        keys = result.scored.units.select(pl.col(result.unit).alias("unit"), when.alias("period"))
        return keys.hstack([result.scored.nodes[ROOT], *result.scored.nodes.drop(ROOT)])


@dataclass(frozen=True)
class Groups(Need["pl.Series"]):
    """The group of each row."""

    column: str | None = None
    """The column of the groups, one of `groups` in `[data]`; None for the first."""

    def resolve(self, facts: Facts) -> pl.Series:
        """Find the column."""
        result = facts[Scores()]
        groups = result.definition.data.groups
        if not groups:
            raise DataError("the analysis needs groups of units, and the index has none", remedy='groups = ["region"]')
        column = groups[0] if self.column is None else self.column
        if column not in groups:
            raise DataError(f'no group "{column}" in [data]', remedy=suggest(column, groups))
        values = result.scored.units[column]
        if values.null_count():
            units = result.scored.units.filter(values.is_null())[result.unit]
            raise DataError(
                f"{column} is missing for {join_names(units.unique().sort())}", remedy="fill it in the data"
            )
        return values


@dataclass(frozen=True)
class BestValue(Need[float]):
    """The best normalised value, if the normalisations of all indicators have the same one."""

    def resolve(self, facts: Facts) -> float:
        """Compare the normalisations."""
        best = {str(leaf.normalisation): leaf.normalisation.best_score for leaf in facts[Scores()].scored.tree.leaves()}
        if len(values := set(best.values())) == 1 and (value := values.pop()) is not None:
            return value
        raise DefinitionError(
            f"the best normalised value is not the same, or has no limit, under {', '.join(sorted(best))}",
            remedy=f"choose one normalisation with a best value, such as {NORMALISATION}, or state it: best = 1",
        )
