"""Checks of units, groups, periods and the roles of columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from shlex import quote
from typing import TYPE_CHECKING

import polars as pl

from indicia_audit.checks import Check, Finding, Listed, Sentence, Subject
from indicia_checks.text import findings_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class IncompleteKeys(Check):
    """Find units without a group, and units that lack a period between two of their periods.

    A unit that stands twice in a period is an error before any check runs.
    """

    code = "D14"
    title = "units without a group or with a gap of periods"
    severity = "error"
    source = "Indicia"
    why = """
    Statistics within groups have no group for a unit without one, and means of groups leave it out. A unit that lacks a
    period breaks trends and changes of ranks.
    """
    example = """
    Town T07 has an empty cell in the column region: "T07 has no region".
    """
    advice = """
    Fill the column of groups. Add the rows of missing periods, with empty cells if need be: an imputation along the
    periods can then fill them.
    """

    def look(self, subject: Subject) -> Iterator[Finding]:
        for group in sorted(subject.groups):
            for _, unit, period in subject.rows_where(subject.units[group].is_null()):
                place = unit if period is None else f"{unit} {period}"
                yield Finding(
                    unit,
                    None,
                    None,
                    Sentence("{place} has no {group}", place=place, group=group),
                    f"name the {group} of {unit}",
                    period=period,
                )
        if subject.period is not None:
            yield from (replace(finding, severity="warning") for finding in findings_of(subject, "period"))
            yield from self._gaps(subject)

    def _gaps(self, subject: Subject) -> Iterator[Finding]:
        """Yield the units that are absent in a period between their first and their last one."""
        number = {period: place for place, period in enumerate(subject.period_names)}
        if subject.periods is None or len(number) < 3:
            return
        places = subject.periods.replace_strict(number, default=None, return_dtype=pl.Int64).alias("place")
        seen = pl.DataFrame([subject.unit_names, places]).drop_nulls().unique()
        spans = seen.group_by("unit").agg(
            pl.col("place").min().alias("first"), pl.col("place").max().alias("last"), pl.len(), "place"
        )
        holes = spans.filter(pl.col("last") - pl.col("first") + 1 > pl.col("len")).sort("unit")
        for unit, first, last, _, present in holes.iter_rows():
            absent = [subject.period_names[place] for place in range(first, last) if place not in set(present)]
            sentence = Sentence(
                "{unit} is absent in {absent}, and present before and after", unit=unit, absent=Listed(absent[:5])
            )
            yield Finding(unit, float(len(absent)), 0.0, sentence, "add the rows, with missing values if need be")


@dataclass(frozen=True)
class DoubtfulDirection(Check):
    """Find assumed directions that names or correlations contradict.

    Other assumed directions, stated directions that names or correlations contradict, and directions as in an index of
    a harm, of which a higher score counts as better, are information.
    """

    code = "D16"
    title = "doubtful direction"
    source = "Indicia"
    evidence = "sample"
    why = """
    A wrong direction rewards what harms. It turns the indicator against its dimension, and no later table shows it.
    """
    example = """
    The index file has no direction for crime, so that more crime counts as better: "crime is a benefit (more is
    better), but it runs against safety, health, housing: its mean rank correlation is −0.52 in 60 units".
    """
    advice = """
    Write `direction = "benefit"` or `direction = "cost"` for each indicator. If a stated direction is right in spite of
    its correlations, the finding is information, and needs no waiver.
    """

    def look(self, subject: Subject) -> Iterator[Finding]:
        doubted = set()
        for finding in findings_of(subject, "direction"):
            if finding.where not in doubted:
                doubted.add(finding.where)
                facts = subject.indicators.get(finding.where)
                is_stated = facts is None or facts.direction_stated
                yield replace(finding, severity="information") if is_stated else finding
        for name in sorted(subject.indicators):
            if not subject.indicators[name].direction_stated and name not in doubted:
                sentence = Sentence("the direction of {name} is assumed: benefit, more is better", name=name)
                setting = quote(f"indicators.{name}.direction=cost")
                remedy = f'write direction = "benefit" or "cost" (--set {setting})'
                yield Finding(name, None, None, sentence, remedy, "information", evidence="statistics")


@dataclass(frozen=True)
class NoIndicator(Check):
    """Find row numbers, codes, identifiers, years and flags that are taken as an indicator."""

    code = "D17"
    title = "a column that is no indicator"
    source = "Indicia"
    why = """
    A row number or a postal code is a number, and no quantity. As an indicator, it moves ranks by chance.
    """
    example = """
    A column numbers the rows, and is an indicator: "no is an indicator of the index, and may be none: it numbers the
    rows from 1 to 60 (a row number)".
    """
    advice = """
    Take the column out of `[indicators]`; write it as `labels` in `[data]` if readers need it.
    """

    def look(self, subject: Subject) -> Iterator[Finding]:
        yield from findings_of(subject, "column")


@dataclass(frozen=True)
class NoUnit(Check):
    """Find totals, aggregates, notes and repeated headers among the units."""

    code = "D18"
    title = "a row that is no unit"
    source = "Indicia"
    why = """
    A total among the units has the largest value of every sum, and becomes the end of the scale. A mean of all units
    takes a rank from a unit.
    """
    example = """
    The last row has the sums of the others: "Total is among the units: its name is that of a total, and health, safety,
    housing and 6 more are the sum of the 60 other rows".
    """
    advice = """
    Leave the row out: `without = ["Total"]` in `[data]`, or read the table without its last rows.
    """

    def look(self, subject: Subject) -> Iterator[Finding]:
        yield from findings_of(subject, "row")


@dataclass(frozen=True)
class AlikeUnits(Check):
    """Find units whose names differ only in case, blanks, accents or Unicode form, and labels of several units."""

    code = "D22"
    title = "units of one name"
    source = "Indicia"
    why = """
    Two spellings of one unit are two units with half of the values each, and both have a rank.
    """
    example = """
    One town stands in two rows: ""Ash" and "ash" differ only in case: the same unit twice?".
    """
    advice = """
    Write one name in all rows and tables. If they are two units, tell them apart by their names.
    """

    def look(self, subject: Subject) -> Iterator[Finding]:
        yield from findings_of(subject, "alike")
