"""Checks of skewness, heavy tails and the treatment of outliers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.checks import Check, Finding, moments
from indicia_checks.sources import COINR, GUIDE
from indicia_checks.text import counted, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from indicia.checks import Subject


@dataclass(frozen=True)
class Skewed(Check):
    """Find indicators that are skewed and have heavy tails, and that no treatment or transform mends.

    Skewness and excess kurtosis are the bias-corrected ones of spreadsheets. The skewness of n values cannot exceed √n,
    so that the rule finds nothing in four values or fewer, and little below 15. Indicators that caps, transforms or, in
    an audit, the normalisation make skewed are found too.
    """

    code = "D05"
    title = "skewed values"
    source = f"{COINR}: check_SkewKurt, 2 and 3.5\n{GUIDE}: 2 and 3.5"
    uses = ("scores",)
    why = """
    One extreme value stretches the scale, so that all other units have nearly the same normalised value. The indicator
    then decides about one unit, and correlations and components follow that unit.
    """
    example = """
    Income lies between 29 and 73 in 59 towns, and is 400 in T05: "income is skewed: skewness 7.20, kurtosis 54.36 over
    60 values; the largest value is 400 (T05)".
    """
    advice = """
    Check the extreme value. If it is right, write `treatment = "winsorise"` or `transform = "log"` at the indicator,
    and compare the ranks: `indicia robustness --treatment`. A tail of small values, or values of 0 and below, need
    `transform = "log(form='reflected')"`.
    """

    skewness: Annotated[float, Field(ge=0, description="greatest absolute skewness")] = 2.0
    kurtosis: Annotated[float, Field(ge=0, description="greatest excess kurtosis")] = 3.5

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            yield from self._look_at(name, subject)

    def _look_at(self, name: str, subject: Subject) -> Iterator[Finding]:
        prepared, is_treated = moments(subject.prepared[name]), bool(subject.indicators[name].treatment)
        if self._fails(*prepared):
            earlier = moments(subject.treated[name]) if is_treated else (subject.skewness[name], subject.kurtosis[name])
            if not self._fails(*earlier):
                yield self._finding(subject.prepared[name], "after caps and transforms", prepared)
            elif not is_treated:  # D07 reports treated ones
                values = subject.raw[name]
                skewness = earlier[0]
                extreme = extreme_of(subject, name, highest=(skewness or 0.0) > 0)
                sentence = f"{name} is skewed: {_sizes(earlier, values)}; {extreme}"
                yield Finding(name, skewness, self.skewness, sentence, _remedy(values, highest=(skewness or 0.0) > 0))
        elif subject.run is not None and name in subject.run.parts:
            normalised = moments(subject.run.parts[name])
            if self._fails(*normalised):
                yield self._finding(subject.run.parts[name], "after the normalisation", normalised)

    def _finding(self, values: pl.Series, when: str, both: tuple[float | None, float | None]) -> Finding:
        """Return the finding on values that caps, transforms or the normalisation make skewed."""
        sentence = f"{values.name} is skewed {when}: {_sizes(both, values)}"
        remedy = "try another transform or normalisation, or none"
        return Finding(values.name, both[0], self.skewness, sentence, remedy)

    def _fails(self, skewness: float | None, kurtosis: float | None) -> bool:
        return is_skewed(skewness, kurtosis, self.skewness, self.kurtosis)


@dataclass(frozen=True)
class HeavyTails(Check):
    """Find indicators that are not skewed and have very heavy tails, and are neither treated nor transformed."""

    code = "D06"
    title = "heavy tails"
    source = f"{GUIDE}: 10"
    why = """
    Extreme values on both sides leave the skewness near zero, and squeeze all other units into the middle of the scale
    as one extreme value does.
    """
    example = """
    Income is 400 in one of 60 towns, and −300 in another: "income has heavy tails: kurtosis 28.02 over 60 values; the
    largest value is 400 (T05)".
    """
    advice = """
    Check both extreme values. If they are right, write `treatment = "winsorise"` at the indicator, or a normalisation
    that does not depend on the extremes, such as ranks.
    """

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
                highest = bool(values.max() - centre >= centre - values.min())
                extreme = extreme_of(subject, name, highest=highest)
                sentence = f"{name} has heavy tails: kurtosis {kurtosis:.2f} over {len(values):,} values; {extreme}"
                yield Finding(name, kurtosis, self.kurtosis, sentence, _remedy(subject.raw[name], highest=highest))


@dataclass(frozen=True)
class Treated(Check):
    """Find indicators that stay skewed after the treatment and the transform, or of which many values are changed."""

    code = "D07"
    title = "outliers after the treatment"
    source = f"{COINR}: Treat, 5 points at most, then a logarithm"
    needs = ("treatment",)
    why = """
    A treatment that changes many values changes the measure: the treated units become equal, and their order is lost.
    A treatment that leaves the indicator skewed does not serve its purpose.
    """
    example = """
    Six of 60 incomes are cut down to the highest of the others: "winsorise(points=6, forced=True) changes 6 values of
    income".
    """
    advice = """
    Write `transform = "log(form='reflected')"` in place of the treatment, which keeps the order of all units, or take
    a measure per head. Or state why so many values are outliers, in `[[waivers]]`.
    """

    points: Annotated[int, Field(ge=0, description="greatest number of changed values")] = 5
    skewness: Annotated[float, Field(ge=0, description="greatest absolute skewness")] = 2.0
    kurtosis: Annotated[float, Field(ge=0, description="greatest excess kurtosis")] = 3.5

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            method = subject.indicators[name].treatment
            if not method:
                continue
            count, rows = int(subject.changed[name].sum()), len(subject.treated)
            treated, prepared = moments(subject.treated[name]), moments(subject.prepared[name])
            if self._fails(treated) and self._fails(prepared):
                sentence = f"{name} stays skewed after {method}: {_sizes(treated, subject.treated[name])}"
                yield Finding(name, treated[0], self.skewness, sentence, _LOGARITHM)
            elif self.points < count < rows:  # a change of scale changes all values
                sentence = f"{method} changes {counted(count, 'value')} of {name}"
                yield Finding(name, float(count), float(self.points), sentence, _LOGARITHM)

    def _fails(self, values: tuple[float | None, float | None]) -> bool:
        return is_skewed(*values, self.skewness, self.kurtosis)


_LOGARITHM = "try a logarithm: transform = \"log(form='reflected')\""


def _remedy(values: pl.Series, *, highest: bool) -> str:
    """Return what reduces the tail of an indicator; a plain logarithm suits positive values with an upper tail."""
    if values.n_unique() - min(1, values.null_count()) <= 2:
        return "no treatment helps two values; join the indicator with others, or give the reason in [[waivers]]"
    lowest = values.min()
    plain = highest and isinstance(lowest, (int, float)) and lowest > 0
    transform = "log" if plain else "log(form='reflected')"
    return f'treatment = "winsorise" or transform = "{transform}" reduces it'


def _sizes(both: tuple[float | None, float | None], values: pl.Series) -> str:
    """Return skewness and kurtosis in words, with the number of the values."""
    skewness, kurtosis = both
    return f"skewness {skewness:z.2f}, kurtosis {kurtosis:z.2f} over {values.count():,} values"


def extreme_of(subject: Subject, name: str, *, highest: bool) -> str:
    """Return a clause with the largest or smallest value and its unit; of several units the first by name."""
    values = subject.raw[name]
    end = values.max() if highest else values.min()
    _, unit, period = next(iter(subject.rows_where((values == end).fill_null(value=False))))
    place = unit if period is None else f"{unit} {period}"
    return f"the {'largest' if highest else 'smallest'} value is {number(float(end))} ({place})"  # type: ignore[arg-type]


def is_skewed(skewness: float | None, kurtosis: float | None, most_skewness: float, most_kurtosis: float) -> bool:
    """Return whether both moments are beyond their thresholds; an unknown moment is not."""
    if skewness is None or kurtosis is None:
        return False
    return abs(skewness) > most_skewness and kurtosis > most_kurtosis
