"""Checks of scale: values that follow the size of units, and values beyond fixed bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import polars as pl
from pydantic import Field

from indicia.checks import Check, Finding
from indicia_checks.intervals import interval_text, severity_at
from indicia_checks.text import counted, number, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.checks import Subject

_LEAST = 5
"""The least number of pairs of a correlation."""


@dataclass(frozen=True)
class GrowsWithSize(Check):
    """Report indicators that follow the size of units and are not divided by it."""

    code = "D11"
    title = "follows the size of units"
    severity = "information"
    source = "Becker et al. (2022), COINr, JOSS 7(78): get_denom_corr"
    needs = ("denominators",)

    correlation: Annotated[float, Field(ge=0, le=1, description="greatest absolute correlation with a size")] = 0.7

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            facts = subject.indicators[name]
            if facts.per:
                continue
            for size in sorted(subject.denominators.columns):
                r, n = _correlation(subject.raw[name], subject.denominators[size])
                if size != facts.column and abs(r) > self.correlation:
                    pairs = counted(n, subject.rows_noun)
                    sentence = f"{name} follows {size}: r = {r:.2f} over {pairs} {interval_text(r, n)}"
                    yield Finding(name, r, self.correlation, sentence, f'divide it by the size: per = "{size}"')


@dataclass(frozen=True)
class ScoreFollowsSize(Check):
    """Find an index that follows the size of units.

    The finding is information where the 95 % interval of the correlation covers the threshold.
    """

    code = "D12"
    title = "the score follows the size of units"
    source = "European Commission, JRC (2019), 10-Step Pocket Guide to Composite Indicators and Scoreboards"
    needs = ("scores", "denominators")

    correlation: Annotated[float, Field(ge=0, le=1, description="greatest absolute correlation with a size")] = 0.6

    def look(self, subject: Subject) -> Iterator[Finding]:
        run = subject.run
        if run is None:
            return
        for size in sorted(subject.denominators.columns):
            r, n = _correlation(run.scores["index"], subject.denominators[size][run.rows])
            if abs(r) > self.correlation:
                severity = severity_at(r, n, self.correlation if r > 0 else -self.correlation)
                pairs = counted(n, subject.rows_noun)
                sentence = f"the score follows {size}: r = {r:.2f} over {pairs} {interval_text(r, n)}"
                remedy = "divide counts and sums by the size of the unit"
                yield Finding("index", r, self.correlation, sentence, remedy, severity)


@dataclass(frozen=True)
class BeyondBounds(Check):
    """Find indicators of which many values are beyond the fixed bounds, and score as the bounds do."""

    code = "D13"
    title = "values beyond the bounds"
    source = "Indicia"
    needs = ("bounds",)

    share: Annotated[float, Field(ge=0, le=1, description="greatest share of values beyond the bounds")] = 0.05

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            bounds = subject.indicators[name].bounds
            values = subject.capped[name].set(subject.raw[name].is_null(), None).drop_nulls()
            if bounds is None or not len(values):
                continue
            low, high = bounds
            below, above = int((values < low).sum()), int((values > high).sum())
            share = (below + above) / len(values)
            if share > self.share:
                sides = [f"{below:,} below {number(low)}"] if below else []
                sides += [f"{above:,} above {number(high)}"] if above else []
                sentence = f"{' and '.join(sides)}, of {counted(len(values), 'value')} of {name} ({percent(share)})"
                yield Finding(name, share, self.share, sentence, "wider bounds tell these units apart")


@dataclass(frozen=True)
class OutweighingUnit(Check):
    """Find columns of weights, such as the population, that give most of the weight to one unit."""

    code = "D24"
    title = "one unit has most of the weight"
    severity = "information"
    source = "Indicia"
    needs = ("weights of units",)

    share: Annotated[float, Field(ge=0, le=1, description="greatest share of one unit in the sum of the weights")] = 0.5

    def look(self, subject: Subject) -> Iterator[Finding]:
        for column in sorted(subject.weights_of_units):
            weights = subject.used_columns[column]
            periods: list[str | None] = [*subject.period_names] or [None]
            for period in periods:
                of_period = weights if period is None else weights.set(~_in_period(subject, period), None)
                total, place = of_period.sum(), of_period.arg_max()
                if not total or place is None or (share := of_period[place] / total) <= self.share:
                    continue
                unit = subject.unit_names[place]
                sentence = (
                    f"{unit} has {percent(share)} of the weight in {column}: weighted means and deviations are close "
                    "to those of this unit"
                )
                remedy = "look at the column, or compute statistics without weights"
                yield Finding(column, share, self.share, sentence, remedy, period=period)


def _in_period(subject: Subject, period: str) -> pl.Series:
    assert subject.periods is not None
    return (subject.periods == period).fill_null(value=False)


def _correlation(first: pl.Series, second: pl.Series) -> tuple[float, int]:
    """Return the correlation of the rows that have both values, and their number; 0 for too few or constant values."""
    pairs = pl.DataFrame([first.cast(pl.Float64).alias("x"), second.cast(pl.Float64).alias("y")]).drop_nulls()
    if len(pairs) < _LEAST:
        return 0.0, len(pairs)
    r = pairs.select(pl.corr("x", "y")).item()
    return (0.0 if r is None or r != r else float(r)), len(pairs)
