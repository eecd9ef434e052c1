"""The tables of the difference of two editions."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from indicia.analyses.facts import Need
from indicia.answers.needs import Asked, Scores
from indicia.arguments import names_its_arguments
from indicia.data.cell_text import cell_text
from indicia.definition import ROOT, text
from indicia.errors import IndiciaError
from indicia.notes import Note
from indicia.tables.periods import rows_of_period
from indicia_editions.causes import causes_of, totals_of
from indicia_editions.edition import period_before
from indicia_editions.edition_method import EditionMethod
from indicia_editions.methodology_changes import change_table, methodology_changes
from indicia_editions.scenarios import CAUSES
from indicia_editions.scored_edition import ScoredEdition

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from indicia.analyses import Facts
    from indicia.definition import Indicator
    from indicia.result import Result
    from indicia_editions.edition import Edition
    from indicia_editions.methodology_changes import Change

BOTH, ENTERED, LEFT = "both", "entered", "left"
"""The words for a unit or an indicator in both editions, in the new one only, and in the old one only."""
_MOST_CELLS = 8_000_000
"""The most values, units times rows times indicators, for which the causes of all units are computed: some seconds."""
_FEWEST_EXPLAINED = 10
"""The least number of units whose moves are divided into causes."""


@dataclass(frozen=True, repr=False, eq=False)
class DifferenceTables:
    """Two editions whose units are named alike, and the tables of their difference."""

    old: ScoredEdition
    new: ScoredEdition
    renamed: Mapping[str, str] = field(default_factory=dict)
    """The new names of units that the old edition has under another name."""

    @property
    def names_of_editions(self) -> str:
        """The names of both editions."""
        return f"{self.old.title} → {self.new.title}"

    @property
    def have_data(self) -> bool:
        """True if both editions have data."""
        return self.old.result is not None and self.new.result is not None

    @property
    def has_index(self) -> bool:
        """True if one of the editions has a methodology."""
        return self.old.methodology is not None or self.new.methodology is not None

    @property
    def share_a_run(self) -> bool:
        """True for two periods of one panel, whose methodology and data are the same."""
        return self.old.result is not None and self.old.result is self.new.result

    @property
    def have_methods(self) -> bool:
        """True if both editions have a methodology."""
        return self.old.methodology is not None and self.new.methodology is not None

    @property
    def publishes_raw_values(self) -> bool:
        """True unless one of the indices withholds its values before normalisation."""
        return self.old.definition.publishes_raw_values and self.new.definition.publishes_raw_values

    @cached_property
    def units(self) -> pl.DataFrame:
        """The units of both editions by their new rank, those that left last."""
        before = self.old.units.with_columns(pl.col("unit").replace(dict(self.renamed)), in_old=True)
        before = before.rename({"score": "score_old", "rank": "rank_old"})
        after = self.new.units.rename({"score": "score_new", "rank": "rank_new"}).with_columns(in_new=True)
        both = after.join(before, on="unit", how="full", coalesce=True, maintain_order="left_right")
        entered, left = pl.col("in_old").is_null(), pl.col("in_new").is_null()
        status = pl.when(entered).then(pl.lit(ENTERED)).when(left).then(pl.lit(LEFT)).otherwise(pl.lit(BOTH))
        names = self._names(None)
        frame = both.select(
            "unit",
            pl.col("unit").replace(names).alias("label"),
            status.alias("status"),
            "rank_old",
            "rank_new",
            (pl.col("rank_new") - pl.col("rank_old")).alias("move"),
            "score_old",
            "score_new",
            (pl.col("score_new") - pl.col("score_old")).alias("score_change"),
        )
        return frame.sort(pl.col("status") == LEFT, "rank_new", "rank_old", "unit", nulls_last=True)

    @cached_property
    def movers(self) -> pl.DataFrame:
        """The units of both editions whose rank or score differs, the largest move first."""
        moved = self.units.filter((pl.col("move") != 0) | (pl.col("score_change") != 0)).drop("status")
        order = [-pl.col(name).abs() for name in ("move", "score_change")]
        return moved.sort(*order, "unit", nulls_last=True)

    @cached_property
    def causes(self) -> pl.DataFrame:
        """The parts of four causes in the moves of units of both editions, by new rank; empty if none can be told.

        The parts add to the change of the unrounded score, and to the move. See `editions.causes`. Of many
        units whose statistics depend on each other, only those that move most are in the table, and a note says so.
        """
        return self.units.select("unit").join(self._causes[0], on="unit", how="inner", maintain_order="left")

    @property
    def reason_without_causes(self) -> str | None:
        """The reason why moves cannot be divided into causes, for editions with data; None if they are divided."""
        return self._causes[1]

    @cached_property
    def _causes(self) -> tuple[pl.DataFrame, str | None]:
        names = (f"{what}_{cause}" for what in ("score", "rank") for cause in CAUSES)
        empty = pl.DataFrame(schema={"unit": pl.String, **dict.fromkeys(names, pl.Float64)})
        if not self.have_data:
            return empty, None
        try:
            old, new = self.old.as_edition(self.renamed), self.new.as_edition()
            return causes_of(old, new, self._explained(old, new)), None
        except IndiciaError as error:  # a method that compares all units may refuse a scenario
            return empty, error.reason

    def _explained(self, old: Edition, new: Edition) -> list[str] | None:
        """Return the units that move most, if the causes of all units would take minutes; None for all units.

        If statistics depend on the sample, each unit needs runs of all rows.
        """
        if all(EditionMethod(edition).scores_rows_alone for edition in (old, new)):
            return None
        rows = max(len(edition.units) for edition in (old, new))
        indicators = max(len(edition.result.definition.indicators) for edition in (old, new))
        most = max(_FEWEST_EXPLAINED, _MOST_CELLS // (rows * indicators))
        return self.movers["unit"].head(most).to_list() if self.units["move"].count() > most else None

    @cached_property
    def totals(self) -> pl.DataFrame:
        """The parts of the causes over all units."""
        return totals_of(self._causes[0])

    @property
    def published_changes(self) -> tuple[Change, ...]:
        """The changes of the methodology, without statistics of raw values that an index withholds."""
        return tuple(change for change in self.changes if self.publishes_raw_values or change.change != "statistic")

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The changes of the methodology, one for each part and word."""
        return methodology_changes(self.old, self.new)

    @cached_property
    def methodology(self) -> pl.DataFrame:
        """The changes of the methodology."""
        return change_table(self.changes)

    @cached_property
    def _cells(self) -> pl.DataFrame:
        return cells_in_both(self.old, self.new, self.renamed)

    @cached_property
    def revisions(self) -> pl.DataFrame:
        """The values that differ.

        Only units, periods and indicators of both editions are compared; a value that only one of them has differs.
        """
        return changed_cells(self._cells)

    @cached_property
    def revision_summary(self) -> pl.DataFrame:
        """The changed values by indicator."""
        return revision_summary(self._cells)

    @cached_property
    def indicators(self) -> pl.DataFrame:
        """The indicators of both editions, with their effective weights."""
        schema = {"indicator": pl.String, "status": pl.String, "weight_old": pl.Float64, "weight_new": pl.Float64}
        if not self.have_methods:
            return pl.DataFrame(schema=schema)
        before, after = ((edition.methodology or {})["indicators"] for edition in (self.old, self.new))
        weights = [_effective_weights(edition) for edition in (self.old, self.new)]
        rows = [
            (
                name,
                BOTH if name in before and name in after else ENTERED if name in after else LEFT,
                *(of_edition.get(name) for of_edition in weights),
            )
            for name in dict.fromkeys((*before, *after))
        ]
        return pl.DataFrame(rows, schema=schema, orient="row")

    @names_its_arguments
    def reader_names(self, language: str | None = None) -> dict[str, str]:
        """Return the names of units, indicators and dimensions of both editions for readers of a language.

        Parameters
        ----------
        language : str, optional
            The language, such as "zh"; by default English.

        Returns
        -------
        dict of str to str
            The names by key.
        """
        parts: dict[str, str] = {}
        for edition in (self.old, self.new):
            if edition.result is not None:
                parts |= edition.result.reader_names(language)
                parts[ROOT] = text(edition.definition.name, language)
        return {**parts, **self._names(language)}

    @names_its_arguments
    def published_names(self, language: str | None = None) -> dict[str, str]:
        """Return the names of units, parts and editions for a page that the public reads.

        An edition has the name that `[publication]` states, or that of its period, whichever tells the two apart; the
        name of a file stands for no edition there.

        Parameters
        ----------
        language : str, optional
            The language, such as "zh"; by default English.

        Returns
        -------
        dict of str to str
            The names by key.
        """
        words = [Note(kind).in_language(language, {}) for kind in ("earlier_edition", "present_edition")]
        titles = [edition.titles_for_readers(language) for edition in (self.old, self.new)]
        first = [next(filter(None, own), word) for own, word in zip(titles, words, strict=True)]
        pairs = [*zip(*titles, strict=True), first, words]
        names = next(pair for pair in pairs if all(pair) and pair[0] != pair[1])
        editions = dict(zip((self.old.title, self.new.title), names, strict=True))
        return {**editions, **self.reader_names(language)}

    def _names(self, language: str | None) -> dict[str, str]:
        """Return the names of the units of both editions; those of the new edition precede."""
        before = {self.renamed.get(unit, unit): name for unit, name in self.old.names(language).items()}
        return {**before, **self.new.names(language)}


def _effective_weights(edition: ScoredEdition) -> Mapping[str, float]:
    return {} if edition.result is None else edition.result.scored.effective_weights


@dataclass(frozen=True)
class Editions(Need[DifferenceTables]):
    """Two editions, which are known if two were asked for; of an index alone, its last two periods."""

    def resolve(self, facts: Facts) -> DifferenceTables:
        """Find the period of the index, and the one before."""
        index, result = facts[Asked()].index, facts[Scores()]
        new = ScoredEdition.of_result(text(result.definition.name), index, result, facts[Asked()].period)
        old = new.at(period_before(result, new.period, "a difference"), new.name)
        return DifferenceTables(old, new)


SCHEMA = {
    "unit": pl.String,
    "period": pl.String,
    "indicator": pl.String,
    "old": pl.Float64,
    "new": pl.Float64,
    "change": pl.Float64,
}
"""The columns of the table of changed values; `period` is there if both editions have periods."""


def cells_in_both(old: ScoredEdition, new: ScoredEdition, renamed: Mapping[str, str]) -> pl.DataFrame:
    """Return the values of the indicators, units and periods that both editions have: `SCHEMA`, one row each.

    Parameters
    ----------
    old, new : ScoredEdition
        Two editions with data.
    renamed : mapping of str to str
        The new names of renamed units.

    Returns
    -------
    DataFrame
        Values that both editions lack are left out. If only one edition is a panel, the values of its period are
        compared with those of the other edition.

    Notes
    -----
    If both editions state the same `per` and `factor`, the values are those after both, in the unit of measure of the
    indicator: a revised denominator revises each indicator that it divides. Otherwise they are the values as read,
    since a change of the method is no revision of data.
    """
    if old.result is None or new.result is None:
        return pl.DataFrame(schema={name: kind for name, kind in SCHEMA.items() if name != "period"})
    results = (old.result, new.result)
    by_period = all(result.definition.data.period for result in results)
    common = [name for name in old.definition.indicators if name in new.definition.indicators]
    with_unit = {name for name in common if _denomination(old, name) == _denomination(new, name)}
    before, after = (
        _long(edition, result, common, by_period, with_unit)
        for edition, result in zip((old, new), results, strict=True)
    )
    before = before.with_columns(pl.col("unit").replace(dict(renamed)))
    key = ["unit", *(["period"] if by_period else []), "indicator"]
    cells = before.rename({"value": "old"}).join(
        after.rename({"value": "new"}), on=key, how="inner", maintain_order="left_right"
    )
    cells = cells.filter(pl.col("old").is_not_null() | pl.col("new").is_not_null())
    return cells.with_columns(change=pl.col("new") - pl.col("old"))


def _denomination(edition: ScoredEdition, indicator: str) -> tuple[str | None, float]:
    """Return the denominator and the factor of an indicator."""
    spec = edition.definition.indicators[indicator]
    return spec.per, spec.factor


def _long(
    edition: ScoredEdition, result: Result, indicators: list[str], by_period: bool, with_unit: Collection[str]
) -> pl.DataFrame:
    """Return the values, one row for each unit, period and indicator; those of `with_unit` in their unit of measure."""
    frame, data, specs = result.table, result.definition.data, edition.definition.indicators
    keys = [pl.col(str(data.unit)).cast(pl.String).alias("unit")]
    if by_period:
        keys.append(cell_text(str(data.period), frame.schema[str(data.period)]).alias("period"))
    elif data.period is not None:
        name = cell_text(data.period, frame.schema[data.period])
        frame = frame.filter(name == rows_of_period(result.scored.source, edition.period)[0])
    values = [
        _value(column, specs[name] if name in with_unit else None).fill_nan(None).alias(f"\0{name}")
        for name in indicators
        if (column := specs[name].column or name) in frame.columns
    ]
    index = [str(key.meta.output_name()) for key in keys]
    long = frame.select(*keys, *values).unpivot(index=index, variable_name="indicator", value_name="value")
    return long.with_columns(pl.col("indicator").str.strip_prefix("\0"))


def _value(column: str, spec: Indicator | None) -> pl.Expr:
    """Return the value as read; with the words of the indicator, times its factor and divided by its denominator."""
    value = pl.col(column).cast(pl.Float64)
    if spec is None:
        return value
    value = value * spec.factor
    return value if spec.per is None else value / pl.col(spec.per).cast(pl.Float64, strict=False)


def changed_cells(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the values that differ, by indicator; a value that only one edition has differs too."""
    return cells.filter(pl.col("old").ne_missing(pl.col("new")))


def revision_summary(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the numbers of changed values by indicator, with the mean and the largest change.

    `filled` are values that only the new edition has, `emptied` those that only the old edition has; both are among
    `changed`. `unit` is the unit of the largest change.
    """
    old, new, change = pl.col("old"), pl.col("new"), pl.col("change")
    changed, keys = old.ne_missing(new), cells.select(pl.exclude("indicator", "old", "new", "change")).columns
    largest, unit = (
        column.sort_by(-change.abs(), *keys, nulls_last=True).first() for column in (change, pl.col("unit"))
    )
    return cells.group_by("indicator", maintain_order=True).agg(
        values=pl.len().cast(pl.Int64),
        changed=changed.sum().cast(pl.Int64),
        filled=old.is_null().sum().cast(pl.Int64),
        emptied=new.is_null().sum().cast(pl.Int64),
        mean_change=change.filter(change != 0).mean(),
        largest_change=pl.when(largest != 0).then(largest),
        unit=pl.when(largest != 0).then(unit),
    )
