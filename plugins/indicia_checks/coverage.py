"""Checks of missing and old values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import polars as pl
from pydantic import Field

from indicia_audit.checks import Check, Finding, Sentence, Severity, Subject
from indicia_checks.text import COINR, GUIDE, counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class FewValuesOfIndicator(Check):
    """Find indicators whose share of present values is too small, before anything is filled."""

    code = "D01"
    title = "few values of an indicator"
    source = f"{GUIDE}: aim for at least 65 %\n{COINR}: get_stats, 0.65"
    evidence = "statistics"
    why = """
    The values that an imputation puts in place of the missing ones come from other units or other indicators. With many
    of them, the indicator repeats what the others say, and the ranks of the units without a value are guesses.
    """
    example = """
    A table of 60 towns has no value of jobs for 24 of them: "jobs is missing for 24 of 60 units (40 %)".
    """
    advice = """
    Complete the column from another source, or leave the indicator out: `[screening] indicators = 0.65` does so for
    all indicators below the share. If you keep it, choose an imputation on purpose, and see what it does to the ranks
    with `indicia robustness --imputation`.
    """

    share: Annotated[float, Field(ge=0, le=1, description="least share of the rows that have a value")] = 0.65

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            facts = subject.statistics[name]
            rows, absent = facts.rows, facts.rows - facts.present
            present = 1 - absent / rows
            if present < self.share:
                sentence = Sentence(
                    "{name} is missing for {absent:,} of {rows}",
                    name=name,
                    absent=absent,
                    rows=counted(rows, subject.rows_noun),
                )
                remedy = f"[screening] indicators = {self.share:g} leaves it out, or choose an imputation"
                yield Finding(
                    name,
                    present,
                    self.share,
                    Sentence("{sentence} ({share})", sentence=sentence, share=percent(1 - present)),
                    remedy,
                )


@dataclass(frozen=True)
class FewValuesOfUnit(Check):
    """Find units that have too few of the indicators, or too few of a dimension, before anything is filled.

    A unit needs the share of the indicators of the whole index, and of each sub-index, by their number. A sub-index is
    a component of the index that consists of dimensions. Below the share of another dimension, the finding is a
    warning.
    """

    code = "D02"
    title = "few values of a unit"
    severity = "error"
    source = (
        f"{COINR}: Screen, 0.66\nWIPO (2024), Global Innovation Index, appendix I: 66 % in each of the two sub-indices"
    )
    evidence = "sample"
    why = """
    Missing values are filled or skipped, and the unit then looks average in what it does not report. If it lacks a
    third of the indicators, its rank says more about the method that fills them than about the unit.
    """
    example = """
    Town T07 lacks five of the nine indicators: "T07 has 4 of 9 indicators (44 %)".
    """
    advice = """
    Leave the unit out: `[screening] units = 0.66`, for sub-indices and dimensions `[screening] dimensions = 0.5`. Or
    find its values in a national source, and name the source in `[data.attributes]`. In an index that averages sources,
    of which each unit has some by design, lower the limit: `[checks.D02] share = 0.2`.
    """

    share: Annotated[
        float, Field(ge=0, le=1, description="least share of the indicators of the index, and of each sub-index")
    ] = 0.66
    dimension: Annotated[
        float, Field(ge=0, le=1, description="least share of the indicators of a dimension; else a warning")
    ] = 0.5

    def look(self, subject: Subject) -> Iterator[Finding]:
        number = len(subject.indicators)
        present = _present(subject, list(subject.indicators))
        remedy = f"[screening] units = {self.share:g} leaves it out, or choose an imputation"
        for row, unit, period in subject.rows_where(present < self.share * number):
            share = present[row] / number
            sentence = Sentence(
                "{unit} has {present} of {indicators} ({share})",
                unit=_row(unit, period),
                present=present[row],
                indicators=counted(number, "indicator"),
                share=percent(share),
            )
            yield Finding(unit, share, self.share, sentence, remedy, period=period)
        enough = present >= self.share * number
        sub_indices = _sub_indices(subject)
        for node in sorted(set(subject.nodes) - {"index"}):
            if node in sub_indices:
                yield from self._in_node(subject, node, enough, self.share, "error")
            else:
                yield from self._in_node(subject, node, enough, self.dimension, "warning")

    def _in_node(
        self, subject: Subject, node: str, enough: pl.Series, least: float, severity: Severity
    ) -> Iterator[Finding]:
        """Yield the units that have enough indicators of the index, and too few of a node."""
        names = subject.nodes[node].indicators
        if len(names) < 2:
            return
        present = _present(subject, names)
        remedy = f"[screening] dimensions = {least:g} leaves it out, or choose an imputation"
        for row, unit, period in subject.rows_where(enough & (present < least * len(names))):
            share = present[row] / len(names)
            number = counted(len(names), "indicator")
            sentence = Sentence(
                "{unit} has {present} of {number} of {node} ({share})",
                unit=_row(unit, period),
                present=present[row],
                number=number,
                node=node,
                share=percent(share),
            )
            yield Finding(unit, share, least, sentence, remedy, severity, period)


@dataclass(frozen=True)
class OldValues(Check):
    """Find values of the last period that are filled while the latest measured value of the unit is old."""

    code = "D08"
    title = "old values"
    source = "Indicia"
    needs = ("periods", "imputation")
    why = """
    A series is filled with the last measured value or along a trend. Readers take the filled value for news about the
    last period, while it describes the unit as it was years before.
    """
    example = """
    Town T03 was last measured in 2014, and the index is about 2021: "jobs is filled in 2021 for 1 unit whose latest
    value is more than 5 years old, such as T03 (2014)".
    """
    advice = """
    Find newer values, leave the unit out of the last period, or limit how far values are carried. `years` in
    `[checks.D08]` is the age that the phenomenon bears.
    """

    years: Annotated[float, Field(ge=0, description="greatest distance from the last period")] = 5.0

    def look(self, subject: Subject) -> Iterator[Finding]:
        if subject.period is None or not subject.units[subject.period].dtype.is_numeric():
            return
        periods = subject.units[subject.period].cast(pl.Float64).alias("\0period")
        last = float(periods.to_numpy().max())
        for name in sorted(subject.indicators):
            imputed = subject.imputed[name]
            if not imputed.any():
                continue
            frame = pl.DataFrame([subject.unit_names, periods, subject.raw[name].alias("\0x"), imputed.alias("\0new")])
            latest = frame.group_by("unit", maintain_order=True).agg(
                pl.col("\0period").filter(pl.col("\0x").is_not_null()).max().alias("latest"),
                (pl.col("\0new") & (pl.col("\0period") == last)).any().alias("filled"),
            )
            old = latest.filter("filled", pl.lit(last) - pl.col("latest") > self.years).sort("unit")
            if len(old):
                age = last - float(old["latest"].to_numpy().min())
                first = old["unit"][0]
                sentence = Sentence(
                    "{name} is filled in {last:g} for {units} whose latest value is more than {years:g} years "
                    "old, such as {first} ({latest:g})",
                    name=name,
                    last=last,
                    units=counted(len(old), "unit"),
                    years=self.years,
                    first=first,
                    latest=old["latest"][0],
                )
                yield Finding(name, age, self.years, sentence, "leave these units out, or find newer values")


@dataclass(frozen=True)
class AgeOfValues(Check):
    """Find indicators with values whose own year is much older than their period, or than the newest year of the data.

    The period counts if it is a year; else the newest year of all values does.
    """

    code = "D23"
    title = "age of values"
    source = "Indicia"
    needs = ("years",)
    evidence = "sample"
    why = """
    Ranks of one year that mix values of ten years compare a unit of today with a unit of the past.
    """
    example = """
    Most values of jobs are of 2021, that of T03 is of 2009: "1 of 60 values of jobs is more than 5 years old, the
    oldest that of T03 (2009, 12 years)".
    """
    advice = """
    Find newer values, or leave the old ones out: `[data]` with an empty cell, and an imputation. If the phenomenon
    changes slowly, raise `years` in `[checks.D23]`, or accept the finding with a reason in `[[waivers]]`.
    """

    years: Annotated[float, Field(ge=0, description="greatest age of a value in years")] = 5.0
    share: Annotated[float, Field(ge=0, le=1, description="greatest share of values that are older")] = 0.0

    def look(self, subject: Subject) -> Iterator[Finding]:
        newest = int(subject.years.max().fill_null(0).to_numpy().max())
        periods = pl.repeat(None, len(subject.units), dtype=pl.String, eager=True)
        text = periods if subject.periods is None else subject.periods
        reference = text.str.extract(r"^([12]\d{3})(?:\.0)?$").cast(pl.Int64).fill_null(newest)
        for name in sorted(subject.years.columns):
            years = subject.years[name]
            age = reference - years
            is_old = (age > self.years).fill_null(value=False)
            present, old = years.count(), int(is_old.sum())
            if not old or old <= self.share * present:
                continue
            rows = pl.DataFrame([subject.row_names, years.alias("year"), age.alias("age")]).filter(is_old)
            row, year, oldest = rows.sort("age", "row", descending=[True, False]).row(0)
            sentence = Sentence(
                "{old:,} of {values} of {name} {verb} more than {years:g} years old, the oldest that of "
                "{row} ({year}, {age})",
                old=old,
                values=counted(present, "value"),
                name=name,
                verb="is" if old == 1 else "are",
                years=self.years,
                row=row,
                year=year,
                age=counted(oldest, "year"),
            )
            remedy = f"find newer values of {name}, or write a waiver with the reason"
            yield Finding(name, old / present, self.share, sentence, remedy)


def _sub_indices(subject: Subject) -> set[str]:
    """Return the components of the index that consist of dimensions."""
    return {
        name
        for name in subject.nodes["index"].components
        if name in subject.nodes and any(part in subject.nodes for part in subject.nodes[name].components)
    }


def _present(subject: Subject, names: list[str] | tuple[str, ...]) -> pl.Series:
    """Return the number of present values of each row."""
    return subject.raw.select(pl.sum_horizontal(pl.col(list(names)).is_not_null().cast(pl.Int64))).to_series()


def _row(unit: str, period: str | None) -> str:
    return unit if period is None else f"{unit} {period}"
