"""Checks of the distribution of values: repeated values, skewness, outliers."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, gamma, sqrt
from typing import TYPE_CHECKING, Annotated

import numpy as np
import polars as pl
from pydantic import Field

from indicia.checks import Check, Finding, distribution, moments
from indicia_checks.text import counted, number, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.checks import Distribution, Subject

_GUIDE = "European Commission, JRC (2019), 10-Step Pocket Guide to Composite Indicators and Scoreboards"
_A2SIT = "A2SIT (Admin 2 Severity Index Tool), help page on the analysis of indicators"


@dataclass(frozen=True)
class RepeatedValue(Check):
    """Find indicators of which one value is shared by most units, as measured or after caps and bounds."""

    code = "D03"
    title = "one value for most units"
    source = _A2SIT

    share: Annotated[float, Field(ge=0, le=1, description="greatest share of one value")] = 0.5

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            yield from self._look_at(name, subject)

    def _look_at(self, name: str, subject: Subject) -> Iterator[Finding]:
        bounds = subject.indicators[name].bounds
        measured = subject.distributions.get(name)
        yield from (as_measured := list(self._common(name, subject, measured, "")))
        capped = subject.capped[name] if bounds is None else subject.capped[name].clip(*bounds)
        # filled values do not count here: D09 reports them
        values = capped.set(subject.raw[name].is_null(), None)
        if not as_measured and not values.equals(subject.raw[name], null_equal=True):
            yield from self._common(name, subject, distribution(values), " after caps and bounds")

    def _common(self, name: str, subject: Subject, facts: Distribution | None, when: str) -> Iterator[Finding]:
        if facts is None or facts.present < 3 or facts.distinct == 1:
            return
        rows, count = facts.present, facts.most_common_count
        if count > self.share * rows:
            share = count / rows
            sentence = (
                f"{name} is {number(facts.most_common)} for {count:,} of {counted(rows, subject.rows_noun)}{when}"
            )
            remedy = "it hardly tells units apart: leave it out, or take a finer measure"
            remedy = remedy if not when else "widen the bounds, or raise the cap"
            yield Finding(name, share, self.share, f"{sentence} ({percent(share)})", remedy)


@dataclass(frozen=True)
class FewDistinctValues(Check):
    """Find indicators with many zeros, and indicators with few distinct values."""

    code = "D04"
    title = "many zeros or ties"
    source = "Becker et al. (2022), COINr, JOSS 7(78): get_stats"

    non_zero: Annotated[float, Field(ge=0, le=1, description="least share of values other than zero")] = 0.5
    distinct: Annotated[float, Field(ge=0, le=1, description="least share of distinct values")] = 0.5

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            facts = subject.distributions.get(name)
            if facts is None:
                continue
            rows, zeros = facts.present, facts.zeros
            if rows - zeros < self.non_zero * rows:
                sentence = f"{zeros:,} of {counted(rows, 'value')} of {name} are zero"
                remedy = 'check that zero does not stand for a missing value ([data] missing = ["0"])'
                yield Finding(name, 1 - zeros / rows, self.non_zero, sentence, remedy)
                continue
            if subject.periods is not None:  # units repeat their values over the periods
                facts = distribution(subject.raw[name].filter(subject.periods == subject.period_names[-1]))
            distinct, rows = (facts.distinct, facts.present) if facts else (0, 0)
            if 1 < distinct < self.distinct * rows:
                sentence = f"{name} has {counted(distinct, 'distinct value')} for {counted(rows, 'unit')}"
                remedy = "ties stay ties in the ranking; a measure with more digits separates them"
                yield Finding(name, distinct / rows, self.distinct, sentence, remedy, "information")


@dataclass(frozen=True)
class Skewed(Check):
    """Find indicators that are skewed and have heavy tails, and are neither treated nor transformed.

    Skewness and excess kurtosis are the bias-corrected ones of spreadsheets. The rule is weak below some 15 units, as
    the skewness of n values cannot exceed √n.
    """

    code = "D05"
    title = "skewed values"
    source = "Becker et al. (2022), COINr, JOSS 7(78): check_SkewKurt; the 10-Step Pocket Guide of the JRC"

    skewness: Annotated[float, Field(ge=0, description="greatest absolute skewness")] = 2.0
    kurtosis: Annotated[float, Field(ge=0, description="greatest excess kurtosis")] = 3.5

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            if subject.indicators[name].treatment or not self._fails(*moments(subject.prepared[name])):
                continue
            skewness, kurtosis = subject.skewness[name], subject.kurtosis[name]
            if skewness is None or kurtosis is None or not self._fails(skewness, kurtosis):
                continue
            values = subject.raw[name]
            n = len(values) - values.null_count()
            sentence = (
                f"{name} is skewed: skewness {skewness:.2f}, kurtosis {kurtosis:.2f} over {n:,} values; "
                f"{_extreme(subject, name, highest=skewness > 0)}"
            )
            yield Finding(name, skewness, self.skewness, sentence, _TREATMENTS)

    def _fails(self, skewness: float | None, kurtosis: float | None) -> bool:
        return (
            skewness is not None and kurtosis is not None and abs(skewness) > self.skewness and kurtosis > self.kurtosis
        )


@dataclass(frozen=True)
class HeavyTails(Check):
    """Find indicators that are not skewed and have very heavy tails, and are neither treated nor transformed."""

    code = "D06"
    title = "heavy tails"
    source = _GUIDE

    kurtosis: Annotated[float, Field(ge=0, description="greatest excess kurtosis")] = 10.0
    skewness: Annotated[float, Field(ge=0, description="absolute skewness from which D05 reports it")] = 2.0

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            skewness, kurtosis = subject.skewness[name], subject.kurtosis[name]
            after = moments(subject.prepared[name])[1]
            if subject.indicators[name].treatment or kurtosis is None or skewness is None or after is None:
                continue
            if kurtosis > self.kurtosis and after > self.kurtosis and abs(skewness) <= self.skewness:
                values = subject.raw[name].drop_nulls().to_numpy()
                centre = float(np.median(values))
                extreme = _extreme(subject, name, highest=bool(values.max() - centre >= centre - values.min()))
                sentence = f"{name} has heavy tails: kurtosis {kurtosis:.2f}; {extreme}"
                yield Finding(name, kurtosis, self.kurtosis, sentence, _TREATMENTS)


@dataclass(frozen=True)
class Treated(Check):
    """Find indicators that stay skewed after the treatment, or of which the treatment changes many values."""

    code = "D07"
    title = "outliers after the treatment"
    source = "Becker et al. (2022), COINr, JOSS 7(78): Treat, 5 points at most, then a logarithm"
    needs = ("treatment",)

    points: Annotated[int, Field(ge=0, description="greatest number of changed values")] = 5
    skewness: Annotated[float, Field(ge=0, description="greatest absolute skewness")] = 2.0
    kurtosis: Annotated[float, Field(ge=0, description="greatest excess kurtosis")] = 3.5

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            method = subject.indicators[name].treatment
            if not method:
                continue
            skewness, kurtosis = moments(subject.treated[name])
            count, rows = int(subject.changed[name].sum()), len(subject.treated)
            if (
                skewness is not None
                and kurtosis is not None
                and abs(skewness) > self.skewness
                and kurtosis > self.kurtosis
            ):
                sentence = f"{name} stays skewed after {method}: skewness {skewness:.2f}, kurtosis {kurtosis:.2f}"
                yield Finding(name, skewness, self.skewness, sentence, 'try a logarithm: transform = "log"')
            elif self.points < count < rows:  # a change of scale changes all values
                sentence = f"{method} changes {counted(count, 'value')} of {name}"
                yield Finding(name, float(count), float(self.points), sentence, 'try a logarithm: transform = "log"')


@dataclass(frozen=True)
class UnusualCombination(Check):
    """Report units whose values are unusual together, by the Mahalanobis distance of complete rows.

    The probability holds for the table as a whole: each unit is compared with the probability divided by their number.
    """

    code = "D15"
    title = "unusual combination of values"
    severity = "information"
    source = (
        "OECD/JRC (2008), Handbook on Constructing Composite Indicators, Box 5; Tabachnick & Fidell (2013), p < 0.001"
    )

    probability: Annotated[float, Field(gt=0, lt=1, description="probability of such a unit by chance")] = 0.001
    rows_per_indicator: Annotated[float, Field(ge=2, description="least number of complete rows per indicator")] = 5.0

    def look(self, subject: Subject) -> Iterator[Finding]:
        names = sorted(subject.indicators)
        complete = subject.raw.select(pl.all_horizontal(pl.col(names).is_not_null())).to_series()
        n, k = int(complete.sum()), len(names)
        if k < 2 or n < self.rows_per_indicator * k:
            return
        z = subject.raw.filter(complete).select(names).to_numpy()
        largest = np.abs(z).max(axis=0)
        z = z / np.where(largest > 0, largest, 1.0)  # squares of large values could overflow
        scale = z.std(axis=0, ddof=1)
        if not (scale > 0).all():
            return
        z = (z - z.mean(axis=0)) / scale
        correlations = z.T @ z / (n - 1)
        if np.linalg.matrix_rank(correlations) < k:
            return
        distances = np.einsum("ij,ij->i", z @ np.linalg.inv(correlations), z)
        furthest = float(distances.max())
        if chi_square_tail(furthest, k) * n >= self.probability:
            return
        spread = np.full(len(complete), np.nan)
        spread[complete.to_numpy()] = distances
        limit = _chi_square_limit(self.probability / n, k, furthest)
        rows = [
            (-float(spread[row]), unit if period is None else f"{unit} {period}", unit, period)
            for row, unit, period in subject.rows_where(pl.Series(np.nan_to_num(spread, nan=0.0) > limit))
        ]
        distance, first, unit, period = min(rows)
        names_first = ", ".join(name for _, name, *_ in sorted(rows)[:5])
        sentence = (
            f"the values of {counted(len(rows), subject.rows_noun)} are unusual together, first of {names_first}: "
            f"the squared Mahalanobis distance of {first} is {-distance:.1f}"
        )
        chance = chi_square_tail(-distance, k) * n
        yield Finding(unit, chance, self.probability, sentence, "check the values", period=period)


def chi_square_tail(value: float, degrees: int) -> float:
    """Return the probability that a chi-square variable exceeds a value, in closed form for whole degrees of freedom.

    >>> round(chi_square_tail(3.841459, 1), 6), round(chi_square_tail(18.467, 4), 6)
    (0.05, 0.001)
    """
    half = value / 2
    if half > 600:  # exp(-half) underflows with the products below
        return 0.0
    if degrees % 2 == 0:
        term = total = 1.0
        for step in range(1, degrees // 2):
            term *= half / step
            total += term
        return exp(-half) * total
    total = erfc(sqrt(half))
    term = sqrt(half) / gamma(1.5)
    for step in range(degrees // 2):
        total += exp(-half) * term
        term *= half / (step + 1.5)
    return total


def _chi_square_limit(probability: float, degrees: int, above: float) -> float:
    """Return the value that a chi-square variable exceeds with a probability, by bisection."""
    low, high = 0.0, above
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if chi_square_tail(middle, degrees) > probability else (low, middle)
    return high


_TREATMENTS = 'treatment = "winsorise" or transform = "log" reduces it'


def _extreme(subject: Subject, name: str, *, highest: bool) -> str:
    """Return a clause with the largest or smallest value and its unit; of several units the first by name."""
    values = subject.raw[name]
    end = values.max() if highest else values.min()
    _, unit, period = next(iter(subject.rows_where((values == end).fill_null(value=False))))
    place = unit if period is None else f"{unit} {period}"
    return f"the {'largest' if highest else 'smallest'} value is {number(float(end))} ({place})"  # type: ignore[arg-type]
