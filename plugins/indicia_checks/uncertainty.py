"""Checks of the intervals of ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import polars as pl
from pydantic import Field

from indicia_audit.checks import Check, Finding, Listed, Sentence, Subject
from indicia_audit.checks.draw_facts import MANY_UNITS
from indicia_checks.text import COINR, GII_AUDIT, HANDBOOK, SAISANA, counted, number, percent

if TYPE_CHECKING:
    from collections.abc import Iterator


_NAMED = 3
"""The number of units that a finding about the index names."""


@dataclass(frozen=True)
class RankOutsideInterval(Check):
    """Find units whose rank is outside the interval of their ranks in the draws, from 5 to 95 %."""

    code = "U03"
    title = "a rank outside its interval"
    source = f"{COINR}: get_sensitivity, 5 and 95 %\n{GII_AUDIT}: 90 % of the draws"
    why = """
    The published rank of such a unit is one that few of the defensible versions of the index give. The unit owes its
    rank to a choice that few alternatives share, or to several choices that happen to work together.
    """
    example = """
    All draws rank the values, which the index rescales: "T55 has rank 46, and the 5-95 % interval of its ranks is 37 to
    39 (median 38)".
    """
    advice = """
    Report the interval beside the rank. `indicia robustness` shows all intervals; `--sensitivity 512 --of UNIT` shows
    which choice moves the unit. If the methods of the index are not among the alternatives of `[robustness]`, add them.
    """
    needs = ("draws",)

    def look(self, subject: Subject) -> Iterator[Finding]:
        if subject.draws is None:
            return
        distance = pl.max_horizontal(pl.col("lower") - pl.col("rank"), pl.col("rank") - pl.col("upper"))
        outside = subject.draws.intervals.with_columns(distance=distance).filter(pl.col("distance") > 0)
        for row in outside.sort("distance", "unit", descending=[True, False]).iter_rows(named=True):
            unit, rank = row["unit"], number(row["rank"])
            ends = Sentence(
                "{lower} to {upper} (median {median})",
                lower=number(row["lower"]),
                upper=number(row["upper"]),
                median=number(row["median"]),
            )
            sentence = Sentence(
                "{unit} has rank {rank}, and the 5-95 % interval of its ranks is {ends}",
                unit=unit,
                rank=rank,
                ends=ends,
            )
            end = row["lower"] if row["rank"] < row["lower"] else row["upper"]
            yield Finding(unit, float(row["rank"]), end, sentence, "report the interval beside the rank")


@dataclass(frozen=True)
class WideIntervals(Check):
    """Report the units with wide intervals of ranks; many of them are a warning.

    An interval goes from the 5 % to the 95 % quantile. It is wide if it has more ranks than `ranks`, and more than
    `places` of all. For 100 units or more, a second finding counts the units that are at most ten ranks from their rank
    in the index in 90 % of the draws, as audits of the JRC do.
    """

    code = "U04"
    title = "wide intervals of ranks"
    source = f"{GII_AUDIT}: 89 of 132 economies shift by at most ten ranks\nIndicia, for the share of units"
    why = """
    A rank with a wide interval says little about the unit. If a quarter of the units have one, the ranking as a whole
    depends on choices, and comparisons of close units are not justified.
    """
    example = """
    An index of 60 towns whose weights vary by half: "31 of 60 units (52 %) have ranks that spread over more than 6
    places; widest: T10 (12 to 24), T55 (38 to 50), T56 (23 to 35)".
    """
    advice = """
    Look at the missing data of the widest units first, then at the choices that move the ranks: `indicia audit --full`
    has their shares (R01). Publish groups or tiers of units in place of ranks, or the intervals beside the ranks.
    """
    needs = ("draws",)

    ranks: Annotated[float, Field(ge=0, description="width in ranks from which an interval may be wide")] = 3
    places: Annotated[float, Field(ge=0, le=1, description="width as a share of the units")] = 0.1
    share: Annotated[float, Field(ge=0, le=1, description="greatest share of units with wide intervals")] = 0.25

    def look(self, subject: Subject) -> Iterator[Finding]:
        facts = subject.draws
        if facts is None or not len(facts.intervals):
            return
        intervals = facts.intervals.with_columns(width=pl.col("upper") - pl.col("lower"))
        units = len(intervals)
        limit = max(self.ranks, self.places * units)
        wide = int((intervals["width"] > limit).sum())
        share = wide / units
        widest = intervals.filter(pl.col("width") > 0).sort("width", "unit", descending=[True, False]).head(_NAMED)
        absent = _missing_values(subject, widest["unit"].to_list())
        units_named = Listed(
            Sentence(
                "{unit} ({lower} to {upper}{missing})",
                unit=row["unit"],
                lower=number(row["lower"]),
                upper=number(row["upper"]),
                missing=absent.get(row["unit"], ""),
            )
            for row in widest.iter_rows(named=True)
        )
        sentence = Sentence(
            "{wide:,} of {units} ({share}) {verb} ranks that spread over more than {limit} places",
            wide=wide,
            units=counted(units, "unit"),
            share=percent(share),
            verb=_have(wide),
            limit=number(limit),
        ) + (Sentence("; widest: {widest}", widest=units_named) if units_named else "")
        is_large = share > self.share
        remedy = "publish intervals or tiers in place of ranks" if is_large else ""
        yield Finding("index", share, self.share, sentence, remedy, None if is_large else "information")
        if units >= MANY_UNITS:
            steady, _ = facts.steady_units
            yield Finding("index", float(steady), None, facts.shift_in_words(), severity="information")


@dataclass(frozen=True)
class Tiers(Check):
    """Report the number of tiers: groups of units whose order the choices do not decide.

    A new tier begins where a unit ranks below the unit before it in at least 95 % of the draws.
    """

    code = "U05"
    title = "tiers of ranks"
    severity = "information"
    source = (
        "Indicia\nMogstad, Romano, Shaikh & Wilhelm (2024), Review of Economic Studies 91(1), "
        "https://doi.org/10.1093/restud/rdad006, for confidence sets of ranks if values have errors"
    )
    why = """
    The number of tiers is the resolution of a ranking. If 36 units are in 10 tiers, the ranking has 10 levels, not 36.
    """
    example = """
    An index of 60 towns whose weights vary by a tenth: "60 units are in 26 tiers; the order of neighbours within a tier
    is less than 95 % certain".
    """
    advice = """
    Publish the tier beside the rank: `indicia robustness` has it for each unit. The first and the last unit of a long
    tier may differ clearly.
    """
    needs = ("draws",)

    def look(self, subject: Subject) -> Iterator[Finding]:
        if subject.draws is None or not len(subject.draws.intervals):
            return
        tiers, units = subject.draws.intervals["tier"].n_unique(), len(subject.draws.intervals)
        sentence = Sentence(
            "{units} are in {tiers}; the order of neighbours within a tier is less than 95 % certain",
            units=counted(units, "unit"),
            tiers=counted(tiers, "tier"),
        )
        yield Finding("index", float(tiers), None, sentence)


@dataclass(frozen=True)
class AcceptabilityOfRanks(Check):
    """Report how often the units have the ranks of the index, and which unit is first most often."""

    code = "U06"
    title = "acceptability of ranks"
    severity = "information"
    source = (
        "Lahdelma & Salminen (2001), SMAA-2, Operations Research 49(3), https://doi.org/10.1287/opre.49.3.444.11220"
    )
    why = """
    The acceptability of a rank is the share of all versions of the index that give it. First place makes the headlines,
    and a reader may ask how many versions agree.
    """
    example = """
    An index of 60 towns whose weights vary by half: "T03 is first in 64 % of the draws, and 3 other units in some; the
    median unit has its rank of the index in 20 %".
    """
    advice = """
    Report the share beside the headline. `indicia robustness --show acceptability` has the share of each rank of each
    unit.
    """
    needs = ("draws",)

    def look(self, subject: Subject) -> Iterator[Finding]:
        facts = subject.draws
        if facts is None or not len(facts.intervals):
            return
        shares = facts.first_shares
        largest = float(shares.max())
        first = min(str(name) for name, share in zip(facts.units, shares, strict=True) if share == largest)
        others = int((shares > 0).sum()) - 1
        also = Sentence(", and {other_units} in some", other_units=counted(others, "other unit")) if others else ""
        kept = pl.Series(facts.kept_shares).filter(pl.Series(facts.nominal).is_finite()).median()
        tied = Sentence(", alone or with others,") if float(shares.sum()) > 1 + 1e-9 else ""
        top = Sentence(
            "{first} is first{tied} in {share} of the draws{also}",
            first=first,
            tied=tied,
            share=percent(largest),
            also=also,
        )
        sentence = Sentence("{top}; the median unit has its rank of the index", top=top)
        yield Finding(
            "index",
            largest,
            None,
            Sentence("{sentence} in {share}", sentence=sentence, share=percent(float(str(kept)))),
        )


@dataclass(frozen=True)
class AverageShift(Check):
    """Report the average shift of ranks: the mean over the units of the difference between drawn and nominal rank."""

    code = "U07"
    title = "the average shift of ranks"
    severity = "information"
    source = f"{HANDBOOK}: equation 38\n{SAISANA}"
    why = """
    One number for the whole ranking: how far a unit moves on average if other defensible choices are made.
    """
    example = """
    An index of 60 towns whose weights vary by half: "a unit moves by 1.7 ranks on average (0.9 to 2.6 in 90 % of the
    draws)".
    """
    advice = """
    Report it with the number of units: a shift of two ranks is much among 12 units, and little among 190.
    """
    needs = ("draws",)

    def look(self, subject: Subject) -> Iterator[Finding]:
        if subject.draws is None:
            return
        shift = pl.Series(subject.draws.average_shift).fill_nan(None).drop_nulls()
        if len(shift):
            mean = float(shift.to_numpy().mean())
            low, high = (float(str(shift.quantile(end, "linear"))) for end in (0.05, 0.95))
            sentence = Sentence(
                "a unit moves by {mean:.1f} ranks on average ({low:.1f} to {high:.1f} in 90 % of the draws)",
                mean=mean,
                low=low,
                high=high,
            )
            yield Finding("index", mean, None, sentence)


@dataclass(frozen=True)
class MedianAgainstRank(Check):
    """Report the units whose median rank in the draws is farthest from their rank in the index."""

    code = "U09"
    title = "the median rank against the rank"
    severity = "information"
    source = f"{SAISANA}: the Netherlands 6 and 9, Singapore 10 and 6"
    why = """
    If most versions of an index give another rank than the published one, readers should know in which direction.
    """
    example = """
    The Technology Achievement Index of 2001: "the median rank differs from the rank by 1.1 on average; most for
    Singapore (rank 10, median 6), Netherlands (rank 6, median 9)".
    """
    advice = """
    Report the median beside the rank, or take the median ranks as the ranking.
    """
    needs = ("draws",)

    def look(self, subject: Subject) -> Iterator[Finding]:
        if subject.draws is None or not len(subject.draws.intervals):
            return
        difference = (pl.col("median") - pl.col("rank")).abs()
        table = subject.draws.intervals.with_columns(difference=difference)
        mean = float(table["difference"].to_numpy().mean())
        most = table.filter(pl.col("difference") > 0).sort("difference", "unit", descending=[True, False]).head(_NAMED)
        units_named = Listed(
            Sentence(
                "{unit} (rank {rank}, median {median})",
                unit=row["unit"],
                rank=number(row["rank"]),
                median=number(row["median"]),
            )
            for row in most.iter_rows(named=True)
        )
        words = Sentence(
            "the median rank differs from the rank by {mean:.1f} on average; most for {named}",
            mean=mean,
            named=units_named,
        )
        sentence = words if units_named else Sentence("the median rank of each unit is its rank in the index")
        yield Finding("index", mean, None, sentence)


@dataclass(frozen=True)
class OrderOfNeighbours(Check):
    """Report the neighbours in rank whose order many draws do not confirm.

    The probability is the share of draws in which the unit with the better rank is above the other; ties count half.
    It comes from the draws themselves: the scores of two units move together, so that their intervals may overlap
    although their order is certain.
    """

    code = "U10"
    title = "neighbours in another order"
    severity = "information"
    source = f"{SAISANA}, p. 321"
    why = """
    "A is ahead of B" is the sentence that readers take from a ranking. For neighbours it is often true in half of the
    versions of the index only.
    """
    example = """
    An index of 60 towns whose weights vary by half: "51 of 59 pairs of neighbours in rank are in this order in less
    than 75 % of the draws, and 3 in less than half; least certain: T10 before T59 (49 %), T04 before T16 (49 %), T51
    before T17 (50 %)".
    """
    advice = """
    Do not write that one of two such units is ahead of the other. `indicia robustness --show pairwise` has all pairs.
    """
    needs = ("draws",)

    probability: Annotated[float, Field(ge=0.5, le=1, description="probability of a confirmed order")] = 0.75

    def look(self, subject: Subject) -> Iterator[Finding]:
        if subject.draws is None:
            return
        pairs = subject.draws.intervals.with_columns(
            before=pl.col("unit").shift(1), tie=pl.col("rank") == pl.col("rank").shift(1)
        ).filter(~pl.col("tie") & pl.col("stands_below").is_not_null())
        if not len(pairs):
            return
        doubtful = pairs.filter(pl.col("stands_below") < self.probability).sort("stands_below", "unit")
        contrary = int((pairs["stands_below"] < 0.5).sum())
        least = Listed(
            Sentence(
                "{before} before {unit} ({share})",
                before=row["before"],
                unit=row["unit"],
                share=percent(row["stands_below"]),
            )
            for row in doubtful.head(_NAMED).iter_rows(named=True)
        )
        sentence = Sentence(
            "{count:,} of {pairs} of neighbours in rank {verb} in this order in less than {share} of the draws",
            count=len(doubtful),
            pairs=counted(len(pairs), "pair"),
            verb=_is(len(doubtful)),
            share=percent(self.probability),
        )
        if contrary:
            sentence += Sentence(", and {contrary:,} in less than half", contrary=contrary)
        share = len(doubtful) / len(pairs)
        yield Finding(
            "index",
            share,
            None,
            Sentence("{sentence}; least certain: {least}", sentence=sentence, least=least) if least else sentence,
        )


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _missing_values(subject: Subject, units: list[str]) -> dict[str, str]:
    """Return the number of missing values of units in words; a unit without missing values has none."""
    run, facts = subject.run, subject.raw
    if run is None:
        return {}
    rows = dict(zip(run.units.to_list(), run.rows.tolist(), strict=True))
    words: dict[str, str] = {}
    for unit in units:
        if unit in rows and (absent := sum(value is None for value in facts.row(rows[unit]))):
            words[unit] = Sentence(
                "; {absent} of {values} {verb} missing",
                absent=absent,
                values=counted(facts.width, "value"),
                verb=_is(absent),
            )
    return words
