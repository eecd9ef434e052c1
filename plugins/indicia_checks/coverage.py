"""Checks of missing, imputed and old values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import polars as pl
from pydantic import Field

from indicia.checks import Check, Finding
from indicia_checks.text import counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.checks import Subject

_GUIDE = "European Commission, JRC (2019), 10-Step Pocket Guide to Composite Indicators and Scoreboards"


@dataclass(frozen=True)
class FewValuesOfIndicator(Check):
    """Find indicators whose share of present values is too small, before anything is filled."""

    code = "D01"
    title = "few values of an indicator"
    source = f"{_GUIDE}: aim for at least 65 %"

    share: Annotated[float, Field(ge=0, le=1, description="least share of the rows that have a value")] = 0.65

    def look(self, subject: Subject) -> Iterator[Finding]:
        rows = len(subject.raw)
        for name in sorted(subject.indicators):
            absent = subject.raw[name].null_count()
            present = 1 - absent / rows
            if present < self.share:
                sentence = f"{name} is missing for {absent:,} of {counted(rows, subject.rows_noun)}"
                remedy = f"[screening] indicators = {self.share:g} leaves it out, or choose an imputation"
                yield Finding(name, present, self.share, f"{sentence} ({percent(1 - present)})", remedy)


@dataclass(frozen=True)
class FewValuesOfUnit(Check):
    """Find units that have too few of the indicators, or too few of a dimension, before anything is filled."""

    code = "D02"
    title = "few values of a unit"
    severity = "error"
    source = "Becker et al. (2022), COINr, JOSS 7(78): Screen, 0.66; WIPO (2024), Global Innovation Index: 66 %"

    share: Annotated[float, Field(ge=0, le=1, description="least share of the indicators")] = 0.66
    dimension: Annotated[
        float, Field(ge=0, le=1, description="least share of the indicators of a dimension; else a warning")
    ] = 0.5

    def look(self, subject: Subject) -> Iterator[Finding]:
        number = len(subject.indicators)
        present = _present(subject, list(subject.indicators))
        remedy = f"[screening] units = {self.share:g} leaves it out, or choose an imputation"
        for row, unit, period in subject.rows_where(present < self.share * number):
            share = present[row] / number
            sentence = f"{_row(unit, period)} has {present[row]} of {counted(number, 'indicator')} ({percent(share)})"
            yield Finding(unit, share, self.share, sentence, remedy, period=period)
        enough = present >= self.share * number
        for node in sorted(subject.nodes):
            names = subject.nodes[node].indicators
            if node == "index" or len(names) < 2:
                continue
            of_node = _present(subject, names)
            for row, unit, period in subject.rows_where(enough & (of_node < self.dimension * len(names))):
                share = of_node[row] / len(names)
                sentence = (
                    f"{_row(unit, period)} has {of_node[row]} of {counted(len(names), 'indicator')} of {node} "
                    f"({percent(share)})"
                )
                remedy_here = f"[screening] dimensions = {self.dimension:g} leaves it out, or choose an imputation"
                yield Finding(unit, share, self.dimension, sentence, remedy_here, "warning", period)


@dataclass(frozen=True)
class OldValues(Check):
    """Find values of the last period that are filled while the latest measured value of the unit is old."""

    code = "D08"
    title = "old values"
    source = "Indicia"
    needs = ("periods", "imputation")

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
                sentence = (
                    f"{name} is filled in {last:g} for {counted(len(old), 'unit')} whose latest value is more than "
                    f"{self.years:g} years old, such as {first} ({old['latest'][0]:g})"
                )
                yield Finding(name, age, self.years, sentence, "leave these units out, or find newer values")


@dataclass(frozen=True)
class ImputedShare(Check):
    """Find indicators and units of which a large share of values is imputed."""

    code = "D09"
    title = "many imputed values"
    source = "Indicia: the complement of D01"
    needs = ("imputation",)

    share: Annotated[float, Field(ge=0, le=1, description="greatest share of imputed values")] = 0.35

    def look(self, subject: Subject) -> Iterator[Finding]:
        rows, number = len(subject.raw), len(subject.indicators)
        for name in sorted(subject.indicators):
            count = int(subject.imputed[name].sum())
            if count > self.share * rows:
                method = subject.indicators[name].imputation
                sentence = f"{count:,} of {counted(rows, 'value')} of {name} are imputed by {method}"
                remedy = f"{name} tells little about these {subject.rows_noun}s: leave it out, or complete it"
                yield Finding(name, count / rows, self.share, f"{sentence} ({percent(count / rows)})", remedy)
        counts = subject.imputed.select(pl.sum_horizontal(pl.all())).to_series()
        for row, unit, period in subject.rows_where(counts > self.share * number):
            share = counts[row] / number
            sentence = f"{counts[row]} of {counted(number, 'value')} of {_row(unit, period)} are imputed"
            remedy = f"[screening] units = {1 - self.share:g} leaves it out"
            yield Finding(unit, share, self.share, f"{sentence} ({percent(share)})", remedy, period=period)


@dataclass(frozen=True)
class SkippedValues(Check):
    """Report units that are scored by the values that they have, which imputes the mean of these for the others."""

    code = "D10"
    title = "scores without missing values"
    severity = "information"
    source = "Becker (2021), Composite Indicator Development and Analysis in R with COINr, chapter 6"

    def look(self, subject: Subject) -> Iterator[Finding]:
        skipping = [
            name
            for node in subject.nodes.values()
            if node.missing == "skip"
            for name in node.components
            if name in subject.indicators
        ]
        if not skipping:
            return
        incomplete = subject.filled.select(pl.any_horizontal(pl.col(skipping).is_null())).to_series()
        count, rows = int(incomplete.sum()), len(subject.filled)
        if count:
            sentence = (
                f"{count:,} of {counted(rows, subject.rows_noun)} lack a value and are scored by the values that they "
                "have, as if the missing ones were equal to the mean of the others"
            )
            remedy = "indicia robustness --imputation shows whether ranks depend on it"
            yield Finding("index", count / rows, None, sentence, remedy)


@dataclass(frozen=True)
class AgeOfValues(Check):
    """Find indicators with values whose own year is much older than their period, or than the newest year of the data.

    The period counts if it is a year; else the newest year of all values does.
    """

    code = "D23"
    title = "age of values"
    source = "Indicia"
    needs = ("years",)

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
            sentence = (
                f"{old:,} of {counted(present, 'value')} of {name} {'is' if old == 1 else 'are'} more than "
                f"{self.years:g} years old, the oldest that of {row} ({year}, {counted(oldest, 'year')})"
            )
            remedy = f"find newer values of {name}, or write a waiver with the reason"
            yield Finding(name, old / present, self.share, sentence, remedy)


def _present(subject: Subject, names: list[str] | tuple[str, ...]) -> pl.Series:
    """Return the number of present values of each row."""
    return subject.raw.select(pl.sum_horizontal(pl.col(list(names)).is_not_null().cast(pl.Int64))).to_series()


def _row(unit: str, period: str | None) -> str:
    return unit if period is None else f"{unit} {period}"
