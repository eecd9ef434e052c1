"""Checks of scale: values that follow the size of units, and values beyond fixed bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia.messages.sentence import AND
from indicia_audit.checks import Check, Finding, Listed, Sentence, Subject
from indicia_checks.text import COINR, GUIDE, counted, interval_text, number, pearson, percent, severity_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


_SIZES = ("population", "people", "inhabitants", "residents", "area")
"""The names of variables outside the index that are sizes of units."""


@dataclass(frozen=True)
class GrowsWithSize(Check):
    """Report indicators that follow the size of units and are not divided by it.

    Sizes are the columns that other indicators are divided by (`per`), and those that weigh units in statistics.
    """

    code = "D11"
    title = "follows the size of units"
    severity = "information"
    source = f"{COINR}: get_denom_corr, 0.7"
    needs = ("denominators",)
    evidence = "sample"
    why = """
    A count or a sum is large in a large unit, whatever the unit does. In a score, it ranks units by their size.
    """
    example = """
    Large towns have more schools: "schools follows people: r = 0.99 over 60 units (95 % interval 0.98 to 0.99)".
    """
    advice = """
    Divide the indicator by the size: `per = "people"`, with `factor = 1000` for numbers per thousand. Leave it as it is
    if the size is what the indicator is about.
    """

    correlation: Annotated[float, Field(ge=0, le=1, description="greatest absolute correlation with a size")] = 0.7

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            facts = subject.indicators[name]
            if facts.per:
                continue
            for size in sorted(subject.sizes.columns):
                r, n = pearson(subject.raw[name], subject.sizes[size])
                if size != facts.column and r is not None and abs(r) > self.correlation:
                    pairs = counted(n, subject.rows_noun)
                    sentence = Sentence(
                        "{name} follows {size}: r = {r:z.2f} over {pairs} {interval}",
                        name=name,
                        size=size,
                        r=r,
                        pairs=pairs,
                        interval=interval_text(r, n),
                    )
                    yield Finding(name, r, self.correlation, sentence, f'divide it by the size: per = "{size}"')


@dataclass(frozen=True)
class ScoreFollowsSize(Check):
    """Find an index that follows the size of units.

    Sizes are the columns that indicators are divided by (`per`), those that weigh units in statistics, and variables of
    `[outside.variables]` that are called population, people, inhabitants, residents or area.
    The finding is information where the 95 % interval of the correlation covers the threshold.
    """

    code = "D12"
    title = "the score follows the size of units"
    source = f"{GUIDE}: 0.6"
    needs = ("scores", "denominators")
    why = """
    If the ranking of units is nearly that of their size, a reader learns no more than from the population, and small
    units cannot do better.
    """
    example = """
    The larger a town, the better it is in all nine indicators: "the score follows people: r = 0.94 over 60 units (95 %
    interval 0.90 to 0.96)".
    """
    advice = """
    Divide counts and sums by the size: `per = "people"`. If all indicators are per head already, the phenomenon may
    depend on the size: say so beside the ranking, and compare units of one size.
    """

    correlation: Annotated[float, Field(ge=0, le=1, description="greatest absolute correlation with a size")] = 0.6

    def look(self, subject: Subject) -> Iterator[Finding]:
        run = subject.run
        if run is None:
            return
        sizes = {size: subject.sizes[size][run.rows] for size in subject.sizes.columns}
        sizes |= {name: subject.outside[name] for name in subject.outside.columns if name.lower() in _SIZES}
        for size in sorted(sizes):
            r, n = pearson(run.scores["index"], sizes[size])
            if r is not None and abs(r) > self.correlation:
                severity = severity_at(r, n, self.correlation if r > 0 else -self.correlation)
                pairs = counted(n, subject.rows_noun)
                sentence = Sentence(
                    "the score follows {size}: r = {r:z.2f} over {pairs} {interval}",
                    size=size,
                    r=r,
                    pairs=pairs,
                    interval=interval_text(r, n),
                )
                remedy = "divide counts and sums by the size of the unit"
                yield Finding("index", r, self.correlation, sentence, remedy, severity)


@dataclass(frozen=True)
class BeyondBounds(Check):
    """Find indicators of which many values are beyond the fixed bounds.

    Bounds that differ between groups or periods are those of the row. Values count before caps and floors, which make
    values beyond a bound equal as well.
    """

    code = "D13"
    title = "values beyond the bounds"
    source = "Indicia"
    needs = ("bounds",)
    evidence = "statistics"
    why = """
    With a cap, or a normalisation that clips, all units beyond a bound have the same normalised value. The ranking does
    not tell the best of them from the others, and progress beyond the bound does not count. Otherwise these units score
    beyond the scale, and the indicator counts for more than its range.
    """
    example = """
    The bounds of income are 20 and 60, and 11 towns have more: "11 above 60, of 60 values of income (18 %)". In the
    example of the OECD/JRC Handbook, 13 of 23 countries have more telephones than the upper bound.
    """
    advice = """
    Widen the bounds, or leave them out so that the data give them. If the bound is a target that units need not pass,
    accept the finding with this reason in `[[waivers]]`.
    """

    share: Annotated[float, Field(ge=0, le=1, description="greatest share of values beyond the bounds")] = 0.05

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            beyond = subject.statistics[name].beyond_bounds
            if beyond is None or not beyond.present:
                continue
            present, below, above = beyond
            share = (below + above) / present
            if share > self.share:
                ends = _ends(subject, name)
                sides = [Sentence("{below:,} below {end}", below=below, end=ends[0])] if below else []
                sides += [Sentence("{above:,} above {end}", above=above, end=ends[1])] if above else []
                sentence = Sentence(
                    "{sides}, of {values} of {name} ({share})",
                    sides=Listed(sides, AND),
                    values=counted(present, "value"),
                    name=name,
                    share=percent(share),
                )
                yield Finding(name, share, self.share, sentence, "wider bounds tell these units apart")


@dataclass(frozen=True)
class OutweighingUnit(Check):
    """Find columns of weights, such as the population, that give most of the weight to one unit."""

    code = "D24"
    title = "one unit has most of the weight"
    severity = "information"
    source = "Indicia"
    needs = ("weights of units",)
    why = """
    A mean or a deviation that is weighted by people is that of the largest unit if it has most of them. The scale of
    all units then depends on one.
    """
    example = """
    T01 has more people than the other 59 towns together: "T01 has 67 % of the weight in people: weighted means and
    deviations are close to those of this unit".
    """
    advice = """
    See whether the column is right (a total among the units, a value in other units of measure). Otherwise compute
    statistics without weights, or say why the unit has this weight.
    """

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
                sentence = Sentence(
                    "{unit} has {share} of the weight in {column}: weighted means and deviations are close to "
                    "those of this unit",
                    unit=unit,
                    share=percent(share),
                    column=column,
                )
                remedy = "look at the column, or compute statistics without weights"
                yield Finding(column, share, self.share, sentence, remedy, period=period)


def _ends(subject: Subject, name: str) -> tuple[str, str]:
    """Return the ends of the fixed scale of an indicator in words."""
    facts = subject.indicators[name]
    if facts.group_of_bounds is not None or facts.bounds is None:
        column = Sentence("period") if facts.group_of_bounds == subject.period else facts.group_of_bounds
        return Sentence("the bounds of the {column}", column=column), Sentence(
            "the bounds of the {column}", column=column
        )
    return number(facts.bounds[0]), number(facts.bounds[1])


def _in_period(subject: Subject, period: str) -> pl.Series:
    assert subject.periods is not None
    return (subject.periods == period).fill_null(value=False)
