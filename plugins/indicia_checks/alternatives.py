"""Checks of other aggregations: benefit of the doubt, other means at the index, and units that leave the index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia_audit.checks import Check, Finding, Rescorer, Rescoring, RunFacts, Sentence, Severity, Subject
from indicia_checks.rankings import RankShift, ranks_among, ranks_of
from indicia_checks.text import HANDBOOK, counted, is_formula, number, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.methods import Array

_FRONTIER = 1 - 1e-9
"""The least score of a unit on the frontier."""
_WORK = 300_000
"""The largest product of units and squared parts whose linear programmes take less than a second, as measured."""
_MOST_WORK = 3_000_000
"""The same for less than a minute, the most in a full audit."""
_LONG = 40
"""Above this number of letters, sentences name a method without its parameters."""
_BATCH = 50
"""The number of units that are left out in a batch of runs."""


@dataclass(frozen=True)
class BenefitOfTheDoubt(Check):
    """Score each unit with the weights that are best for it, and compare the ranks with those of the index.

    The parts of the index are aggregated, as they enter its score. The bounds are shares of the unit's score, from
    `lower` to `upper` times the weight of the part; where a value is 0, they are shares of the sum of the weights. A
    full audit also computes the scores without bounds, and the scores of many units with many parts, since there is a
    linear programme for each unit. An index that a formula defines is left out.
    """

    code = "B01"
    title = "benefit of the doubt"
    severity = "information"
    source = (
        f"{HANDBOOK}: Table 19\n"
        "Cherchye, Moesen, Rogge & Van Puyenbroeck (2007), Social Indicators Research 82(1), "
        "https://doi.org/10.1007/s11205-006-9029-7"
    )
    why = (
        "Weights are disputed. If a unit ranks low even with the weights that are best for it, no dispute about "
        "weights explains its rank. Bounds matter: without them, a unit that is best in one part has the highest "
        "score, and many units tie."
    )
    example = (
        'A sound index of 60 towns with three dimensions: "benefit of the doubt over 3 parts of the index, each '
        "with 0.5 to 2 times its weight as its share of the score: 4 of 60 units are on the frontier (7 %); tau-b "
        "= 0.937, rho = 0.993, the mean shift is 1.6 ranks and the largest 6 (T37), 9 of the 10 units of rank 10 or "
        'better stay there, over 60 units"'
    )
    advice = (
        "Read the ranks as a bound on what other weights can do for a unit. Narrower bounds, [checks.B01] lower = 0.8 "
        'and upper = 1.2, put fewer units on the frontier. aggregation = "benefit_of_the_doubt(lower=0.1, upper=0.4)" '
        "shows the scores, the weights and the peers of each unit."
    )
    needs = ("scores", "rescoring")

    share: Annotated[float, Field(ge=0, le=1, description="greatest share of the units on the frontier")] = 0.3
    lower: Annotated[float, Field(ge=0, le=1, description="least share of a part, as a multiple of its weight")] = 0.5
    upper: Annotated[float, Field(ge=1, description="largest share of a part, as a multiple of its weight")] = 2.0
    shares_of: Annotated[Literal["score", "weights"], Field(description="the sum that these are shares of")] = "score"

    def look(self, subject: Subject) -> Iterator[Finding]:
        run, rescorer = subject.run, subject.rescorer
        if run is None or rescorer is None or run.components["index"].width < 2:
            return
        if "index" in run.costs:
            sentence = Sentence("benefit of the doubt is not computed, since a higher score of the index is worse")
            yield Finding("index", None, self.share, sentence)
            return
        if is_formula(run, "index"):
            sentence = Sentence(
                "benefit of the doubt is not computed, since a formula defines the index, and no weights"
            )
            yield Finding("index", None, self.share, sentence)
            return
        units, parts = run.components["index"].shape
        if (work := units * parts**2) > (_MOST_WORK if subject.is_full else _WORK):
            sentence = Sentence(
                "benefit of the doubt takes long for {units} and {parts} parts of the index, and is not computed",
                units=counted(units, "unit"),
                parts=parts,
            )
            remedy = "group the parts in dimensions" if work > _MOST_WORK else "indicia audit --full computes it"
            yield Finding("index", None, self.share, sentence, remedy)
            return
        outcome = rescorer.with_choice("aggregation", self._method(run, self.shares_of), "index")
        shares_of = self.shares_of
        if isinstance(outcome, str) and shares_of == "score":
            shares_of = "weights"  # shares of the score need values above 0
            outcome = rescorer.with_choice("aggregation", self._method(run, shares_of), "index")
        base = Sentence("score") if shares_of == "score" else Sentence("sum of its weights")
        bounds = Sentence(
            "each with {lower} to {upper} times its weight as its share of the {base}",
            lower=number(self.lower),
            upper=number(self.upper),
            base=base,
        )
        yield self._finding(run, outcome, bounds)
        if subject.is_full:
            outcome = rescorer.with_choice("aggregation", "benefit_of_the_doubt", "index")
            yield self._finding(run, outcome, Sentence("without bounds"))

    def _method(self, run: RunFacts, shares_of: str) -> str:
        parts = run.components["index"].columns
        weights = run.weights.get("index") or dict.fromkeys(parts, 1 / len(parts))
        lower = {part: self.lower * weights[part] for part in parts}
        upper = {part: min(1.0, self.upper * weights[part]) for part in parts}
        return f"benefit_of_the_doubt(lower={lower!r}, upper={upper!r}, shares_of={shares_of})"

    def _finding(self, run: RunFacts, outcome: Rescoring | str, bounds: str) -> Finding:
        parts = Sentence(
            "benefit of the doubt over {parts} of the index, {bounds}",
            parts=counted(run.components["index"].width, "part"),
            bounds=bounds,
        )
        if isinstance(outcome, str):
            return Finding(
                "index", None, None, Sentence("{parts}, cannot be computed: {outcome}", parts=parts, outcome=outcome)
            )
        scored = outcome.scores[np.isfinite(outcome.scores)]
        # an index that rescales its scores has another score than 1 on the frontier
        best = max(1.0, float(scored.max(initial=0.0)))
        frontier = int((scored >= _FRONTIER * best).sum())
        share = frontier / max(1, len(scored))
        shift = RankShift.of(run.units.to_list(), ranks_of(run), outcome.ranks)
        loose = Sentence(", which have the highest score in common") if share > self.share and frontier > 1 else ""
        sentence = Sentence(
            "{parts}: {frontier} of {units} {verb} on the frontier{periods} ({share}){loose}",
            parts=parts,
            frontier=frontier,
            units=counted(len(scored), "unit"),
            verb="is" if frontier == 1 else "are",
            periods=Sentence(" of all periods") if run.period else "",
            share=percent(share),
            loose=loose,
        ) + (Sentence("; {shift}", shift=shift.words) if shift else "")
        remedy = "narrower bounds tell these units apart: [checks.B01] lower and upper" if loose else ""
        return Finding("index", share, self.share, sentence, remedy)


@dataclass(frozen=True)
class OtherAggregations(Check):
    """Take other aggregations at the index, and find those with another ranking.

    The dimensions keep their aggregations. Indicators directly below the index take the default normalisation of the
    other aggregation, unless the index file states one. A ranking with a rank correlation of at least the threshold is
    information, as is the reason why an aggregation cannot be taken. The rank correlation compares two rankings of the
    same units and estimates nothing, so that no interval applies. An index that a formula defines is left out, since no
    mean of its parts has its meaning.
    """

    code = "B02"
    title = "another aggregation ranks otherwise"
    source = f"{HANDBOOK}: step 6\nIndicia, for the threshold"
    why = (
        "The aggregation decides how far a high value of one part compensates for a low value of another. If ranks "
        "depend on it, a publication has to state and defend the choice."
    )
    example = (
        'One of three dimensions runs against the two others: "min in place of arithmetic at the index: tau-b = '
        "0.442, rho = 0.623, the mean shift is 11.8 ranks and the largest 35 (T49), 4 of the 10 units of rank 10 or "
        'better stay there, over 60 units"'
    )
    advice = (
        "State why parts may compensate for each other, or take the aggregation that fits the concept. indicia compare "
        '-a arithmetic,geometric shows both rankings; [robustness] aggregation = ["arithmetic", "geometric"] makes '
        "the choice a part of the uncertainty analysis."
    )
    needs = ("scores", "rescoring")

    correlation: Annotated[float, Field(ge=-1, le=1, description="least rank correlation with the index")] = 0.9
    methods: Annotated[tuple[str, ...], Field(description="the aggregations that replace that of the index")] = (
        "arithmetic",
        "geometric",
        "mazziotta_pareto",
        "min",
    )

    def look(self, subject: Subject) -> Iterator[Finding]:
        run, rescorer = subject.run, subject.rescorer
        if run is None or rescorer is None or run.components["index"].width < 2:
            return
        if is_formula(run, "index"):
            sentence = Sentence("no other aggregation takes the place of the formula that defines the index")
            yield Finding("index", None, self.correlation, sentence, severity="information")
            return
        stated = run.methods["index"]["aggregation"]
        own = stated if len(stated) <= _LONG else stated.partition("(")[0]
        for method in self.methods:
            if method in (stated, stated.partition("(")[0]):
                continue
            outcome = rescorer.with_choice("aggregation", method, "index")
            if isinstance(outcome, str):
                sentence = Sentence(
                    "{method} cannot take the place of {own} at the index: {outcome}",
                    method=method,
                    own=own,
                    outcome=outcome,
                )
                yield Finding("index", None, self.correlation, sentence, severity="information")
                continue
            shift = RankShift.of(run.units.to_list(), ranks_of(run), outcome.ranks)
            if shift is None or shift.rho is None:
                continue
            sentence = Sentence(
                "{method} in place of {own} at the index: {shift}", method=method, own=own, shift=shift.words
            )
            differs = shift.rho < self.correlation
            remedy = f"state why {own} fits the concept; [robustness] aggregation varies it" if differs else ""
            yield Finding("index", shift.rho, self.correlation, sentence, remedy, None if differs else "information")


@dataclass(frozen=True)
class RankReversal(Check):
    """Leave out the unit with the last rank, and find changes in the order of the other units.

    A change among the first three of the other units is a warning. Other changes are information; if the absence of
    several units changes the order, the finding names the unit whose absence changes most places. A full audit leaves
    out each unit in turn; of a large index, the units with the first ranks.
    """

    code = "B03"
    title = "the order depends on another unit"
    source = "Wang & Triantaphyllou (2008), Omega 36(1), https://doi.org/10.1016/j.omega.2005.12.003"
    why = (
        "Two units should keep their order whatever third unit is in the table. Scales and weights that are computed "
        "from the data break this rule: the order then changes with the members of the index."
    )
    example = (
        'Values are scaled by the range of the data, and the last town has an extreme value of health: "without '
        'T43, 46 of the other 59 units change places, some of them among the first 3; T11 moves most, by 5 ranks"'
    )
    advice = (
        "Fixed goalposts, bounds = [least, greatest], keep scales apart from the data; so do the weightings equal and "
        "given. indicia stability shows all tests of rank reversal."
    )
    needs = ("scores", "rescoring")

    top: Annotated[int, Field(ge=1, description="number of first places whose change is a warning")] = 3
    units: Annotated[int, Field(ge=1, description="full audit: most units that are left out in turn")] = 200

    def look(self, subject: Subject) -> Iterator[Finding]:
        run, rescorer = subject.run, subject.rescorer
        if run is None or rescorer is None:
            return
        ranks, names = ranks_of(run), run.units.to_list()
        numbers = np.lexsort((np.array(names), ranks))
        order = [names[number] for number in numbers[np.isfinite(ranks[numbers])].tolist()]
        if len(order) < 3:
            return
        left_out = dict.fromkeys([order[-1], *order[: self.units]]) if subject.is_full else order[-1:]
        changes: dict[str, _Change] = {}
        for name, outcome in _without(rescorer, list(left_out)):
            if isinstance(outcome, str):
                sentence = Sentence("the index cannot be scored without {name}: {outcome}", name=name, outcome=outcome)
                yield Finding(name, None, None, sentence, severity="information")
            elif (change := _Change.of(names, ranks, outcome.ranks, self.top)) is not None:
                changes[name] = change
        others = len(order) - 1
        at_top = sorted(name for name, change in changes.items() if change.changes_top)
        yield from (self._finding(name, changes[name], others) for name in at_top)
        if below := sorted(changes.keys() - set(at_top), key=lambda name: (-changes[name].count, name)):
            further = (
                Sentence(
                    "; {further_absences} of {count} change no more places",
                    further_absences=counted(len(below) - 1, "further absence"),
                    count=len(left_out),
                )
                if below[1:]
                else ""
            )
            yield self._finding(below[0], changes[below[0]], others, further)

    def _finding(self, name: str, change: _Change, others: int, further: str = "") -> Finding:
        among = Sentence(", some of them among the first {top}", top=self.top) if change.changes_top else ""
        sentence = Sentence(
            "without {name}, {count} of the other {units} change places{among}; {mover} moves most, by "
            "{ranks}{further}",
            name=name,
            count=change.count,
            units=counted(others, "unit"),
            among=among,
            mover=change.mover,
            ranks=counted(change.largest, "rank"),
            further=further,
        )
        remedy = "fixed goalposts, bounds = [least, greatest], keep the scales apart from the data"
        severity: Severity | None = None if change.changes_top else "information"
        return Finding(name, float(change.count), 0.0, sentence, remedy, severity)


@dataclass(frozen=True)
class _Change:
    """The change in the order of the other units if a unit is left out."""

    count: int
    largest: int
    mover: str
    changes_top: bool

    @classmethod
    def of(cls, names: Sequence[str], ranks: Array, others: Array, top: int) -> _Change | None:
        """Return the change between two rankings, counted among the units of the second; None without a change."""
        before, after = ranks_among(ranks, others), ranks_among(others, ranks)
        shift = np.nan_to_num(np.abs(before - after))
        if not shift.any():
            return None
        moved = shift > 0
        in_top = (np.nan_to_num(before, nan=np.inf) <= top) | (np.nan_to_num(after, nan=np.inf) <= top)
        mover = min(names[place] for place in np.flatnonzero(shift == shift.max()).tolist())
        return cls(int(moved.sum()), int(shift.max()), mover, bool((moved & in_top).any()))


def _without(rescorer: Rescorer, names: Sequence[str]) -> Iterator[tuple[str, Rescoring | str]]:
    """Yield the run without each unit; a batch at a time, since a run has a score for every unit."""
    for start in range(0, len(names), _BATCH):
        yield from rescorer.without_units(names[start : start + _BATCH]).items()
