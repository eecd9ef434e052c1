"""Checks of repeated values, zeros and ties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia_audit.checks import Check, Distribution, Finding, Sentence, Subject, distribution
from indicia_checks.text import COINR, counted, number, percent

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class RepeatedValue(Check):
    """Find indicators of which one value is shared by most units, as measured, after caps and floors, or normalised.

    Filled values do not count: D09 reports them. An audit looks at normalised values too.
    """

    code = "D03"
    title = "one value for most units"
    source = "A2SIT (Admin 2 Severity Index Tool), help page on the analysis of indicators: 0.5"
    uses = ("scores",)
    evidence = "sample"
    why = """
    An indicator that is equal for most units tells only the others apart. It takes part in the score with its full
    weight, and its correlations depend on a few units.
    """
    example = """
    More than half of the towns report no accident: "safety is 0 for 33 of 60 units (55 %)". In the example of the
    OECD/JRC Handbook, 14 of 23 countries have at least as many telephones as the cap of 901, and all of them score 1.
    """
    advice = """
    Take a finer measure, or leave the indicator out. If the value comes from a cap or from bounds, widen them. If zero
    stands for a missing value, write `missing = ["0"]` in `[data]`.
    """

    share: Annotated[float, Field(ge=0, le=1, description="greatest share of one value")] = 0.5

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            yield from self._look_at(name, subject)

    def _look_at(self, name: str, subject: Subject) -> Iterator[Finding]:
        """Yield the finding of the first state of the values in which one is too common."""
        yield from self._common(name, subject, subject.distributions.get(name), "")
        absent = subject.raw[name].is_null()
        limited = subject.capped[name].set(absent, None)
        if self._is_common(subject.distributions.get(name)):
            return
        if not limited.equals(subject.raw[name], null_equal=True):
            yield from (
                after := list(self._common(name, subject, distribution(limited), Sentence(" after caps and floors")))
            )
            if after:
                return
        if subject.run is not None and name in subject.run.parts:
            values = subject.run.parts[name].set(absent[subject.run.rows], None)
            yield from self._common(name, subject, distribution(values), Sentence(" after the normalisation"))

    def _is_common(self, facts: Distribution | None) -> bool:
        """Return whether one value is too common."""
        if facts is None or facts.present < 3 or facts.distinct == 1:
            return False
        return facts.most_common_count > self.share * facts.present

    def _common(self, name: str, subject: Subject, facts: Distribution | None, when: str) -> Iterator[Finding]:
        if facts is None or not self._is_common(facts):
            return
        count, share = facts.most_common_count, facts.most_common_count / facts.present
        rows = counted(facts.present, subject.rows_noun)
        sentence = Sentence(
            "{name} is {most_common} for {count:,} of {rows}{when} ({share})",
            name=name,
            most_common=number(facts.most_common),
            count=count,
            rows=rows,
            when=when,
            share=percent(share),
        )
        remedy = "it hardly tells units apart: leave it out, or take a finer measure"
        remedy = remedy if not when else "raise the cap, widen the bounds, or take another normalisation"
        yield Finding(name, share, self.share, sentence, remedy)


@dataclass(frozen=True)
class FewDistinctValues(Check):
    """Find indicators with many zeros, and indicators with few distinct values.

    Few distinct values are information: marks, counts and whole percentages have ties by their nature. In a sample of
    rows of a large table, distinct values are not counted.
    """

    code = "D04"
    title = "many zeros or ties"
    source = f"{COINR}: get_stats, 0.5 for both"
    evidence = "statistics"
    why = """
    Many zeros often stand for missing values, or for a question that does not apply to most units. Few distinct values
    make ties, and a rank between ties is an accident.
    """
    example = """
    Thirty-three of 60 towns report no accident: "33 of 60 values of safety are zero".
    """
    advice = """
    See whether zero stands for a missing value: `missing = ["0"]` in `[data]`. If the zeros are true, a measure with
    more digits, or a longer period of counting, tells units apart.
    """

    non_zero: Annotated[float, Field(ge=0, le=1, description="least share of values other than zero")] = 0.5
    distinct: Annotated[float, Field(ge=0, le=1, description="least share of distinct values")] = 0.5

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            rows, zeros = subject.statistics[name].present, subject.statistics[name].zeros
            if not rows:
                continue
            if rows - zeros < self.non_zero * rows:
                sentence = Sentence(
                    "{zeros:,} of {values} of {name} are zero", zeros=zeros, values=counted(rows, "value"), name=name
                )
                remedy = 'check that zero does not stand for a missing value ([data] missing = ["0"])'
                yield Finding(name, 1 - zeros / rows, self.non_zero, sentence, remedy)
                continue
            if subject.sample is not None:
                continue
            facts = subject.distributions.get(name)
            if subject.periods is not None:  # units repeat their values over the periods
                facts = distribution(subject.raw[name].filter(subject.periods == subject.period_names[-1]))
            distinct, rows = (facts.distinct, facts.present) if facts else (0, 0)
            if 1 < distinct < self.distinct * rows:
                sentence = Sentence(
                    "{name} has {distinct_values} for {units}",
                    name=name,
                    distinct_values=counted(distinct, "distinct value"),
                    units=counted(rows, "unit"),
                )
                remedy = "ties stay ties in the ranking; a measure with more digits separates them"
                yield Finding(name, distinct / rows, self.distinct, sentence, remedy, "information")
