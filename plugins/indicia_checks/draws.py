"""Checks of the draws of an uncertainty analysis: their number, their choices, and the law of the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.messages.sentence import AND, COMMA
from indicia_audit.checks import Check, DrawFacts, Finding, Listed, Sentence, Subject
from indicia_checks.text import COINR, HANDBOOK, SAISANA, counted, number, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


_FIXED = {
    "weights": Sentence("the weights"),
    "indicators": Sentence("the indicators (one left out, or none)"),
    "dimensions": Sentence("the dimensions (one left out, or none)"),
    "data": Sentence("the values (redrawn around what was observed, which gives no confidence set)"),
    "random_numbers": Sentence("the random numbers of the methods"),
}
_FEW_FAILED = 0.01
"""The share of draws that may fail without being missed: they change no interval."""


@dataclass(frozen=True)
class NumberOfDraws(Check):
    """Report the choices that vary and the number of draws; too few draws are an error.

    Each draw chooses one alternative of every choice. Alternatives with which the index cannot be scored, alone or with
    others, are not drawn; each is reported with the reason.
    """

    code = "U01"
    title = "draws over all choices"
    severity = "information"
    source = f"{HANDBOOK}, step 7: all sources of uncertainty at once\nWIPO (2023), Global Innovation Index: 4,000 runs"
    why = """
    An interval of ranks shows only the choices that vary. If one choice varies at a time, interactions between choices
    do not show, and the interval is too narrow. With few draws, the ends of the interval are chance.
    """
    example = """
    An audit with `--draws 300`: "300 draws are fewer than 1,000".
    """
    advice = """
    `indicia audit --draws 4000`, or draws = 4000 in `[audit]`. `[robustness]` of the index file states the choices,
    such as `normalisation = ["min_max", "z_score"]`; without it, those of the profile vary.
    """
    needs = ("draws",)

    draws: Annotated[int, Field(ge=1, description="least number of draws")] = 1000

    def look(self, subject: Subject) -> Iterator[Finding]:
        facts = subject.draws
        if facts is None:
            return
        drawn = facts.draws + facts.failed
        enough = facts.draws if facts.failed > _FEW_FAILED * drawn else drawn
        if enough < self.draws:
            sentence = Sentence(
                "{draws} are fewer than {least:,}", draws=counted(facts.draws, "draw"), least=self.draws
            )
            remedy = f"--draws {max(4000, self.draws)}"
            yield Finding("index", float(facts.draws), float(self.draws), sentence, remedy, "error")
        choices = [_choice(name, alternatives) for name, alternatives in facts.factors.items()]
        varied = Sentence("{draws} vary {choices}", draws=counted(facts.draws, "draw"), choices=_joined(choices))
        sentence = (
            Sentence("{varied}, all at the same time", varied=varied)
            if len(choices) > 1
            else Sentence("{varied} alone", varied=varied)
        )
        yield Finding("index", float(facts.draws), float(self.draws), sentence)
        if facts.failed:
            share = facts.failed / (facts.failed + facts.draws)
            verb = "does" if facts.failed == 1 else "do"
            sentence = Sentence(
                "{draws} ({share}) cannot be scored, and {verb} not count",
                draws=counted(facts.failed, "draw"),
                share=percent(share),
                verb=verb,
            )
            yield Finding("index", float(facts.failed), 0.0, sentence, "leave out the alternatives that do not combine")
        for reason in sorted(facts.left_out):
            remedy = "state the choices of the index in [robustness]"
            yield Finding("index", None, None, Sentence("not drawn: {reason}", reason=reason), remedy)


@dataclass(frozen=True)
class LawOfWeights(Check):
    """Report the law from which the weights are drawn."""

    code = "U02"
    title = "the law of the weights"
    severity = "information"
    source = (
        f"{COINR}: get_noisy_weights, 25 %\n"
        "WIPO (2023), Global Innovation Index: from 0.1 to 0.3 around 0.2, and from 0.4 to 0.6 around 0.5"
    )
    why = """
    The width of the intervals depends on how far weights may move, and audits differ: by a quarter, by half, or by all
    weights that sum to 1. Intervals can be compared only under the same law.
    """
    example = """
    The default: "each weight is drawn from 75 % to 125 % of itself; those of a dimension are scaled to sum 1".
    """
    advice = """
    State the law that fits the doubt about the weights in `[robustness]`: `weights = { spread = 0.5 }`,
    `{ ranges = { health = [0.2, 0.4] } }`, `{ dirichlet = 50 }`, `{ simplex = true }` or `{ table = "experts.csv" }`.
    """
    needs = ("draws",)

    def look(self, subject: Subject) -> Iterator[Finding]:
        if subject.draws is not None:
            yield Finding("index", subject.draws.weights.get("spread"), None, _law(subject.draws))


@dataclass(frozen=True)
class PrecisionOfIntervals(Check):
    """Compare the quantiles of the ranks in two halves of the draws, and find units of which they differ."""

    code = "U08"
    title = "too few draws for the intervals"
    source = "Indicia"
    why = """
    Intervals are estimated from draws. If the first half of the draws gives other ends than the second, another seed
    gives other ends too, and the interval that is published is partly chance.
    """
    example = """
    An audit with `--draws 100`: "the quantiles of ranks in two halves of the 100 draws differ by 3.1 ranks for T37, and
    by more than 1 for 18 of 60 units".
    """
    advice = """
    Raise the number of draws: four times as many halve the difference. `indicia audit --draws 16000`.
    """
    needs = ("draws",)

    ranks: Annotated[float, Field(ge=0, description="greatest difference between the halves, in ranks")] = 1.0

    def look(self, subject: Subject) -> Iterator[Finding]:
        facts = subject.draws
        if facts is None or facts.draws < 2:
            return
        differences = np.nan_to_num(facts.differences_of_halves)
        largest, count = float(differences.max(initial=0.0)), int((differences > self.ranks).sum())
        if count:
            unit = min(str(facts.units[place]) for place in np.flatnonzero(differences == largest).tolist())
            sentence = Sentence(
                "the quantiles of ranks in two halves of the {draws} differ by {largest} ranks for {unit}, "
                "and by more than {ranks} for {count:,} of {units}",
                draws=counted(facts.draws, "draw"),
                largest=number(round(largest, 2)),
                unit=unit,
                ranks=number(self.ranks),
                count=count,
                units=counted(len(facts.units), "unit"),
            )
            yield Finding("index", largest, self.ranks, sentence, f"raise the draws: --draws {4 * facts.draws}")


@dataclass(frozen=True)
class WeightsOfPersons(Check):
    """Report whether a draw takes all weights of one person, if weights come from a table of persons."""

    code = "U11"
    title = "weights of persons"
    severity = "information"
    source = f"{HANDBOOK}, step 7: an expert is drawn\n{SAISANA}"
    why = """
    A draw may take the whole set of weights of one expert, or each weight from another expert. The first keeps the view
    of a person together and gives wider intervals; the second mixes views that nobody holds.
    """
    example = """
    A table with a row for each of 20 experts: "each draw takes the whole set of weights of one of 20 persons".
    """
    advice = """
    Nothing is wrong. State the law beside the intervals. To draw weights independently, state their ranges:
    `weights = { ranges = { health = [0.2, 0.4] } }`.
    """
    needs = ("draws",)

    def look(self, subject: Subject) -> Iterator[Finding]:
        facts = subject.draws
        if facts is not None and facts.persons:
            sentence = Sentence(
                "each draw takes the whole set of weights of one of {persons}", persons=counted(facts.persons, "person")
            )
            yield Finding("index", float(facts.persons), None, sentence)


def _choice(name: str, alternatives: int) -> str:
    """Return a choice that varies in words.

    >>> _choice("aggregation", 2), _choice("weights", 4000)
    ('the aggregation (2 methods)', 'the weights')
    """
    return _FIXED.get(name) or Sentence("the {name} ({methods})", name=name, methods=counted(alternatives, "method"))


def _joined(words: Sequence[str]) -> str:
    return Listed(words, COMMA, AND)


def _law(facts: DrawFacts) -> str:
    """Return the law of the weights in a sentence."""
    law = facts.weights
    if (spread := law.get("spread")) is not None:
        ends = Sentence("{low} to {high}", low=percent(1 - spread), high=percent(1 + spread))
        return Sentence(
            "each weight is drawn from {ends} of itself; those of a dimension are scaled to sum 1", ends=ends
        )
    if (concentration := law.get("dirichlet")) is not None:
        return Sentence(
            "the weights are drawn from Dirichlet distributions around those of the index, with the "
            "concentration {concentration}",
            concentration=number(concentration),
        )
    if law.get("simplex"):
        return Sentence("all weights that sum to 1 are equally likely")
    if ranges := law.get("ranges"):
        words = [
            Sentence("{name} from {low} to {high}", name=name, low=number(low), high=number(high))
            for name, (low, high) in sorted(ranges.items())
        ]
        return Sentence("weights are drawn from ranges: {ranges}; the others share the rest", ranges=_joined(words))
    if law.get("table"):
        return Sentence("the weights are drawn from a table of {persons}", persons=counted(facts.persons, "person"))
    return Sentence("the weights do not vary in the draws")
