"""Checks of skewness, heavy tails and the treatment of outliers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia_audit.checks import Check, Finding, IndicatorStatistics, Sentence, Subject, moments
from indicia_checks.text import COINR, GUIDE, counted, number

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    evidence = "statistics"
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
        facts, is_treated = subject.statistics[name], bool(subject.indicators[name].treatment)
        if self._fails(*facts.prepared):
            earlier = facts.treated if is_treated else facts.raw
            if not self._fails(*earlier):
                yield self._finding(name, Sentence("after caps and transforms"), facts.prepared, facts.prepared_values)
            elif not is_treated:  # D07 reports treated ones
                skewness = earlier[0]
                extreme = _extreme(facts, highest=(skewness or 0.0) > 0)
                sentence = Sentence(
                    "{name} is skewed: {sizes}; {extreme}",
                    name=name,
                    sizes=_sizes(earlier, facts.present),
                    extreme=extreme,
                )
                yield Finding(name, skewness, self.skewness, sentence, _remedy(facts, highest=(skewness or 0.0) > 0))
        elif subject.run is not None and name in subject.run.parts:
            values = subject.run.parts[name]
            normalised = moments(values)
            if self._fails(*normalised):
                yield self._finding(name, Sentence("after the normalisation"), normalised, values.count())

    def _finding(self, name: str, when: str, both: tuple[float | None, float | None], count: int) -> Finding:
        """Return the finding on values that caps, transforms or the normalisation make skewed."""
        sentence = Sentence("{name} is skewed {when}: {sizes}", name=name, when=when, sizes=_sizes(both, count))
        remedy = "try another transform or normalisation, or none"
        return Finding(name, both[0], self.skewness, sentence, remedy)

    def _fails(self, skewness: float | None, kurtosis: float | None) -> bool:
        return is_skewed(skewness, kurtosis, self.skewness, self.kurtosis)


@dataclass(frozen=True)
class HeavyTails(Check):
    """Find indicators that are not skewed and have very heavy tails, and are neither treated nor transformed."""

    code = "D06"
    title = "heavy tails"
    source = f"{GUIDE}: 10"
    evidence = "statistics"
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
            facts = subject.statistics[name]
            skewness, kurtosis = facts.raw
            after = facts.prepared[1]
            if subject.indicators[name].treatment or kurtosis is None or skewness is None or after is None:
                continue
            if kurtosis > self.kurtosis and after > self.kurtosis and abs(skewness) <= self.skewness:
                low, centre, high = facts.lowest, facts.median, facts.highest
                assert low is not None
                assert high is not None
                assert centre is not None
                highest = high - centre >= centre - low
                extreme = _extreme(facts, highest=highest)
                sentence = Sentence(
                    "{name} has heavy tails: kurtosis {kurtosis:.2f} over {present:,} values; {extreme}",
                    name=name,
                    kurtosis=kurtosis,
                    present=facts.present,
                    extreme=extreme,
                )
                yield Finding(name, kurtosis, self.kurtosis, sentence, _remedy(facts, highest=highest))


@dataclass(frozen=True)
class Treated(Check):
    """Find indicators that stay skewed after the treatment and the transform, or of which many values are changed."""

    code = "D07"
    title = "outliers after the treatment"
    source = f"{COINR}: Treat, 5 points at most, then a logarithm"
    needs = ("treatment",)
    evidence = "statistics"
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
            facts = subject.statistics[name]
            count, treated = facts.changed, facts.treated
            if self._fails(treated) and self._fails(facts.prepared):
                sentence = Sentence(
                    "{name} stays skewed after {method}: {sizes}",
                    name=name,
                    method=method,
                    sizes=_sizes(treated, facts.treated_values),
                )
                yield Finding(name, treated[0], self.skewness, sentence, _LOGARITHM)
            elif self.points < count < facts.rows:  # a change of scale changes all values
                sentence = Sentence(
                    "{method} changes {values} of {name}", method=method, values=counted(count, "value"), name=name
                )
                yield Finding(name, float(count), float(self.points), sentence, _LOGARITHM)

    def _fails(self, values: tuple[float | None, float | None]) -> bool:
        return is_skewed(*values, self.skewness, self.kurtosis)


_LOGARITHM = "try a logarithm: transform = \"log(form='reflected')\""


def _remedy(facts: IndicatorStatistics, *, highest: bool) -> str:
    """Return what reduces the tail of an indicator; a plain logarithm suits positive values with an upper tail."""
    if facts.has_two_values:
        return "no treatment helps two values; join the indicator with others, or give the reason in [[waivers]]"
    plain = highest and facts.lowest is not None and facts.lowest > 0
    transform = "log" if plain else "log(form='reflected')"
    return f'treatment = "winsorise" or transform = "{transform}" reduces it'


def _sizes(both: tuple[float | None, float | None], count: int) -> str:
    """Return skewness and kurtosis in words, with the number of the values."""
    skewness, kurtosis = both
    return Sentence(
        "skewness {skewness:z.2f}, kurtosis {kurtosis:z.2f} over {count:,} values",
        skewness=skewness,
        kurtosis=kurtosis,
        count=count,
    )


def _extreme(facts: IndicatorStatistics, *, highest: bool) -> str:
    """Return a clause with the largest or smallest value and its unit; of several units the first by name."""
    extreme, row = (facts.highest, facts.highest_row) if highest else (facts.lowest, facts.lowest_row)
    assert extreme is not None
    return Sentence(
        "the {end} value is {extreme} ({row})",
        end=Sentence("largest") if highest else Sentence("smallest"),
        extreme=number(extreme),
        row=row,
    )


def is_skewed(skewness: float | None, kurtosis: float | None, most_skewness: float, most_kurtosis: float) -> bool:
    """Return whether both moments are beyond their thresholds; an unknown moment is not."""
    if skewness is None or kurtosis is None:
        return False
    return abs(skewness) > most_skewness and kurtosis > most_kurtosis
