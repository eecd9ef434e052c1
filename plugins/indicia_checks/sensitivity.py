"""Checks of the choices that move the ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from indicia.messages.sentence import AND
from indicia_audit.checks import Check, Finding, Listed, Sentence, Subject
from indicia_checks.text import COINR, GII_AUDIT, HANDBOOK, SAISANA, SALTELLI, counted, number, percent

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class ImportanceOfChoices(Check):
    """Report the share of the variance of the average shift that each choice explains.

    The first-order index is the share that disappears if the choice is known. The total index is the share that remains
    while only this choice is open; it includes interactions. A choice is important if its first-order index is above
    1/k, for k choices. Both come from N (k + 2) runs, with bootstrap intervals.
    """

    code = "R01"
    title = "choices that move the ranks"
    severity = "information"
    source = f"{SAISANA}, p. 318\n{COINR}: get_sensitivity\n{SALTELLI}"
    why = """
    A dispute about a choice is worth having if the ranks depend on it. A choice may also matter only together with
    another one, which no test of one choice at a time shows.
    """
    example = """
    Two choices, of which one makes ranks of the values: "normalisation alone: 96 % (87 % to 106 %) of the variance of
    the average shift, with interactions: 97 % (88 % to 106 %); it is important".
    """
    advice = """
    Give reasons for the important choices first. Fix a choice only if its total index is close to 0. `indicia
    robustness --sensitivity 512 --of UNIT` explains the rank of one unit.
    """
    needs = ("draws", "sensitivity")

    interaction: Annotated[float, Field(ge=0, description="total minus first-order index of an interaction")] = 0.1
    fixed: Annotated[float, Field(ge=0, description="total index below which a choice may be fixed")] = 0.01
    rest: Annotated[float, Field(ge=0, le=1, description="large share of interactions, as published")] = 0.45

    def look(self, subject: Subject) -> Iterator[Finding]:
        if subject.draws is None:
            return
        rows = [row for row in subject.draws.sensitivity.iter_rows(named=True) if row["first"] is not None]
        if not rows:
            yield Finding(
                "index", None, None, Sentence("the average shift of ranks is the same in all runs for Sobol' indices")
            )
            return
        for row in sorted(rows, key=lambda row: (-row["total"], row["factor"])):
            yield Finding("index", row["first"], 1 / len(rows), self._sentence(row, len(rows)))
        rest = 1 - sum(row["first"] for row in rows)
        if rest > self.rest:
            sentence = Sentence(
                "{share} of the variance of the average shift is due to interactions of choices, so that the "
                "shifts of one choice at a time (R02) tell little",
                share=percent(round(rest, 2)),
            )
            yield Finding("index", rest, self.rest, sentence, "vary the choices together, as the draws do")

    def _sentence(self, row: dict[str, Any], choices: int) -> str:
        words = []
        if row["first"] > 1 / choices and choices > 1:
            words.append(Sentence("it is important"))
        if row["total"] - row["first"] > self.interaction:
            words.append(Sentence("it interacts with other choices"))
        if row["total"] < self.fixed:
            words.append(Sentence("it may be fixed"))
        first, total = (_share_with_interval(row, order) for order in ("first", "total"))
        sentence = Sentence(
            "{factor} alone: {first} of the variance of the average shift, with interactions: {total}",
            factor=row["factor"],
            first=first,
            total=total,
        )
        return Sentence("{sentence}; {words}", sentence=sentence, words=Listed(words, AND)) if words else sentence


@dataclass(frozen=True)
class SingleChoices(Check):
    """Report the shifts of ranks if one method of the index is replaced, and all else stays.

    The methods are the alternatives of the draws. The shift of a unit is the difference between its ranks.
    """

    code = "R02"
    title = "one choice at a time"
    severity = "information"
    source = f"{HANDBOOK}, step 7\n{GII_AUDIT}"
    why = """
    The table is easy to read, and part of each audit of the JRC. It shows no interactions: if R01 reports large ones,
    the shifts of single choices mislead.
    """
    example = """
    An index of 60 towns by min_max: "normalisation rank in place of that of the index: the median shift is 1 rank, the
    largest 8 (T55); 0 of 60 units move by 10 ranks or more".
    """
    advice = """
    `indicia compare` shows the rankings side by side. `[robustness]` of the index file states the alternatives.
    """
    needs = ("draws",)

    ranks: Annotated[float, Field(ge=1, description="shift from which a unit is counted, in ranks")] = 10

    def look(self, subject: Subject) -> Iterator[Finding]:
        facts = subject.draws
        if facts is None:
            return
        for (stage, method), ranks in sorted(facts.single_choices.items()):
            shift = np.abs(ranks - facts.nominal)
            both = np.isfinite(shift)
            if not both.any():
                continue
            largest, median = float(np.nanmax(shift)), float(np.median(shift[both]))
            movers = [str(unit) for unit, of_unit in zip(facts.units, shift, strict=True) if of_unit == largest]
            mover = Sentence(" ({unit})", unit=min(movers)) if largest else ""
            count = int((shift[both] >= self.ranks).sum())
            sentence = Sentence(
                "{stage} {method} in place of that of the index: the median shift is {median}, the largest "
                "{largest}{mover}; {count:,} of {units} {verb} by {ranks} or more",
                stage=stage,
                method=method,
                median=_ranks(median),
                largest=number(largest),
                mover=mover,
                count=count,
                units=counted(int(both.sum()), "unit"),
                verb="moves" if count == 1 else "move",
                ranks=_ranks(self.ranks),
            )
            yield Finding("index", largest, None, sentence)


@dataclass(frozen=True)
class IdleChoices(Check):
    """Find choices of `[robustness]` that change no score in any draw."""

    code = "R03"
    title = "a choice without effect"
    severity = "error"
    source = "COINr, issue 60: https://github.com/bluefoxr/COINr/issues/60"
    why = """
    A reader takes a choice that varies for a choice that was tested. If it changes no score, for example an imputation
    where no value is missing, or a normalisation where each indicator states its own, nothing was tested.
    """
    example = """
    `[robustness] imputation = ["mean", "median"]` for a table without gaps: "imputation varies among 2
    alternatives, and changes no score in any draw".
    """
    advice = """
    Take the choice out of `[robustness]`, or give it alternatives that change scores.
    """
    needs = ("draws",)

    def look(self, subject: Subject) -> Iterator[Finding]:
        facts = subject.draws
        for name in sorted(facts.idle) if facts is not None else ():
            count = facts.factors.get(name, 0) if facts is not None else 0
            among = (
                ""
                if name in ("weights", "data")
                else Sentence(" among {alternatives}", alternatives=counted(count, "alternative"))
            )
            sentence = Sentence("{name} varies{among}, and changes no score in any draw", name=name, among=among)
            remedy = f"take {name} out of [robustness], or give it alternatives that differ"
            yield Finding("index", 0.0, None, sentence, remedy)


@dataclass(frozen=True)
class PrecisionOfIndices(Check):
    """Find Sobol' indices whose bootstrap interval is wide.

    The estimator subtracts the mean of the average shift first, which makes the indices of weak choices more precise.
    """

    code = "R04"
    title = "imprecise Sobol' indices"
    source = f"{SALTELLI}\nIndicia, for the width"
    why = """
    Estimates from few runs are chance: a choice may seem important in one run and idle in the next.
    """
    example = """
    Eight rows of the design: "the first-order index of normalisation has a 95 % interval of 158 % (10 % to 168 %)".
    """
    advice = """
    Raise the rows of the design, a power of two: `[robustness] sensitivity = 2048`.
    """
    needs = ("draws", "sensitivity")

    width: Annotated[float, Field(gt=0, description="greatest width of a 95 % interval")] = 0.3

    def look(self, subject: Subject) -> Iterator[Finding]:
        if subject.draws is None:
            return
        for row in subject.draws.sensitivity.sort("factor").iter_rows(named=True):
            for order, name in (("first", Sentence("first-order")), ("total", Sentence("total"))):
                low, high = row[f"{order}_lower"], row[f"{order}_upper"]
                if low is None or high is None or high - low <= self.width:
                    continue
                sentence = Sentence(
                    "the {name} index of {factor} has a 95 % interval of {width} ({low} to {high})",
                    name=name,
                    factor=row["factor"],
                    width=_points(high - low),
                    low=_points(low),
                    high=_points(high),
                )
                yield Finding("index", high - low, self.width, sentence, "raise [robustness] sensitivity, or --draws")


def _share_with_interval(row: dict[str, Any], order: str) -> str:
    """Return an index with its interval, in percent."""
    return Sentence(
        "{share} ({low} to {high})",
        share=_points(row[order]),
        low=_points(row[f"{order}_lower"]),
        high=_points(row[f"{order}_upper"]),
    )


def _points(share: float) -> str:
    """Return a share in whole percent; a Sobol' index may be negative by chance.

    >>> _points(-0.004), _points(0.256)
    ('0 %', '26 %')
    """
    return f"{round(100 * share)} %"


def _ranks(value: float) -> str:
    return Sentence("{value} rank" if value == 1 else "{value} ranks", value=number(value))
