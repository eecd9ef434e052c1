"""Checks of the hierarchy: the number of parts, effective weights, parts that count twice, and weights that decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia.messages.sentence import AND
from indicia_audit.checks import Check, Finding, Listed, Sentence, Severity, Subject
from indicia_checks.text import COINR, GUIDE, HANDBOOK, counted, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


_MOST_NAMES = 12
"""The largest number of indicators whose weights a sentence lists."""


@dataclass(frozen=True)
class NumberOfParts(Check):
    """Find dimensions with very few or very many parts; the index is a dimension too."""

    code = "S01"
    title = "very few or very many parts"
    source = f"{GUIDE}: 5 to 7 indicators, 3 at least"
    why = (
        "The score of a dimension with one or two parts depends on the errors of each. In a dimension with many parts "
        "none has a say, and readers cannot tell what it measures."
    )
    example = 'A dimension that has lost its third indicator: "nature has 2 parts, fewer than 3"'
    advice = (
        "Add indicators or join small dimensions; split large ones. A dimension with few parts that is right by the "
        "framework is accepted with a reason in [[waivers]]."
    )

    needs = ("scores",)

    least: Annotated[int, Field(ge=1, description="least number of parts")] = 3
    most: Annotated[int, Field(ge=1, description="greatest number of parts")] = 10

    def look(self, subject: Subject) -> Iterator[Finding]:
        components = {} if subject.run is None else subject.run.components
        for node in sorted(components):
            number = components[node].width
            if number < self.least:
                sentence = Sentence(
                    "{node} has {parts}, fewer than {least}", node=node, parts=counted(number, "part"), least=self.least
                )
                yield Finding(node, float(number), float(self.least), sentence, "add parts, or join dimensions")
            elif number > self.most:
                sentence = Sentence(
                    "{node} has {parts}, more than {most}", node=node, parts=counted(number, "part"), most=self.most
                )
                yield Finding(node, float(number), float(self.most), sentence, "split it into dimensions")


@dataclass(frozen=True)
class EffectiveWeights(Check):
    """Report the effective weights of indicators: the product of the weights along the path to the index.

    These are the weights of the run; where they differ between groups, those of the index file.
    """

    code = "S02"
    title = "effective weights"
    severity = "information"
    source = f"{COINR}: get_eff_weights"
    why = (
        "Equal weights at each level are not equal weights of indicators: an indicator of a small dimension counts "
        "more than an indicator of a large one."
    )
    example = (
        'Three dimensions with three indicators each, all of equal weight: "effective weights of 9 indicators: '
        "air 11.1 %, green 11.1 %, health 11.1 %, housing 11.1 %, income 11.1 %, jobs 11.1 %, safety 11.1 %, "
        'skills 11.1 %, water 11.1 %"'
    )
    advice = "Publish these weights beside those of the dimensions (indicia run --show weights)."
    needs = ("scores",)

    def look(self, subject: Subject) -> Iterator[Finding]:
        weights = effective_weights(subject)
        if not weights:
            if subject.indicators:
                sentence = Sentence(
                    "no indicator has an effective weight, since the score of index does not depend on weights"
                )
                yield Finding("index", None, None, sentence)
            return
        ordered = sorted(weights.items(), key=lambda entry: (-round(entry[1], 12), entry[0]))
        listed = [
            Sentence("{name} {weight}", name=name, weight=_percent(weight)) for name, weight in ordered[:_MOST_NAMES]
        ]
        if len(ordered) > _MOST_NAMES:
            name, weight = ordered[-1]
            listed += [
                Sentence(
                    "and {others} down to {weight} ({name})",
                    others=counted(len(ordered) - _MOST_NAMES, "other"),
                    weight=_percent(weight),
                    name=name,
                )
            ]
        sentence = Sentence(
            "effective weights of {indicators}: {weights}",
            indicators=counted(len(weights), "indicator"),
            weights=Listed(listed),
        )
        yield Finding("index", ordered[0][1], None, sentence)


@dataclass(frozen=True)
class UnequalWeights(Check):
    """Find an index in which the effective weight of one indicator is several times that of another."""

    code = "S03"
    title = "unequal effective weights"
    source = "Indicia: the review of an index found a ratio of 3.3 that its report did not state"
    why = "The difference follows from the shape of the tree, and readers see equal weights at each level."
    example = (
        'A dimension with six times the weight of each of the others: "health has 25 % of the index, 6 times the '
        '4.17 % of air"'
    )
    advice = "Give the larger dimension more weight, move indicators, or state the ratio in the report."
    needs = ("scores",)

    ratio: Annotated[float, Field(ge=1, description="greatest ratio of the largest to the smallest weight")] = 3.0

    def look(self, subject: Subject) -> Iterator[Finding]:
        weights = {name: weight for name, weight in effective_weights(subject).items() if weight > 0}
        if len(weights) < 2:
            return
        largest = min(weights, key=lambda name: (-weights[name], name))
        least = min(weights, key=lambda name: (weights[name], name))
        ratio = weights[largest] / weights[least]
        if ratio > self.ratio * (1 + 1e-9):
            sentence = Sentence(
                "{largest} has {weight} of the index, {ratio} times the {smallest} of {least}",
                largest=largest,
                weight=_percent(weights[largest]),
                ratio=rounded(ratio),
                smallest=_percent(weights[least]),
                least=least,
            )
            yield Finding(largest, ratio, self.ratio, sentence, "change weights or dimensions, or state the ratio")


@dataclass(frozen=True)
class DoubleCounting(Check):
    """Find parts that count several times in one score, and columns that several indicators read.

    A part counts several times through several parents; its effective weight is the sum over the parents, by the
    weights of the index file. Indicators of one column count in different dimensions, if the index file names the
    column twice.
    """

    code = "S04"
    title = "a part that counts several times"
    source = f"{HANDBOOK}, step 6: double counting"
    evidence = "statistics"
    why = "What counts twice has more weight than the index file states at either place."
    example = (
        'A column that the index file names in two dimensions: "income (work) and wages (life) read the same '
        'column income; together they have 19.4 % of the index"'
    )
    advice = "Take it out of one of the dimensions, or accept it with a reason in [[waivers]]."

    def look(self, subject: Subject) -> Iterator[Finding]:
        parts = {name for facts in subject.nodes.values() for name in facts.components}
        parents_of: dict[str, list[str]] = {}
        for top in subject.nodes:
            if top not in parts:  # the index, and the dimensions that are shown and do not count
                for name, nodes in _parents_below(subject, top).items():
                    if len(nodes) > 1:
                        parents_of.setdefault(name, nodes)
        for name in sorted(parents_of):
            facts = subject.indicators.get(name) or subject.nodes[name]
            parents = Listed(parents_of[name], AND)
            sentence = Sentence(
                "{name} counts in {parents}; its effective weight in the index is {weight:.3g}",
                name=name,
                parents=parents,
                weight=facts.weight,
            )
            remedy = "take it out of one of them, or accept it with a reason in [[waivers]]"
            yield Finding(name, float(len(parents_of[name])), 1.0, sentence, remedy)
        yield from _columns_read_twice(subject)


@dataclass(frozen=True)
class DecidingWeight(Check):
    """Find parts with more than half of the weight where the parts vote: such a part decides alone.

    The aggregation votes if a unit that is better in more than half of the weight is placed ahead, as in the rules of
    Condorcet, Copeland, Schulze and Kemeny.
    """

    code = "S05"
    title = "a part that decides alone"
    source = f"{HANDBOOK}, p. 111"
    why = "Among weighted votes a weight above one half is a majority: the other parts are in the index by name only."
    example = (
        "Copeland's rule over three dimensions, one of which has six times the weight of each of the others: "
        '"life has 75 % of the votes in index, and decides alone"'
    )
    advice = "Give no part more than half of the weight, or take an aggregation that compensates, such as a mean."
    needs = ("scores",)

    weight: Annotated[float, Field(ge=0, le=1, description="greatest weight of a part that votes")] = 0.5

    def look(self, subject: Subject) -> Iterator[Finding]:
        weights = {} if subject.run is None else subject.run.weights
        for node in sorted(subject.nodes):
            if not subject.nodes[node].votes or len(subject.nodes[node].components) < 2:
                continue
            for part, weight in sorted(weights.get(node, {}).items()):
                if weight > self.weight * (1 + 1e-9):
                    sentence = Sentence(
                        "{part} has {weight} of the votes in {node}, and decides alone",
                        part=part,
                        weight=_percent(weight),
                        node=node,
                    )
                    remedy = "give it half of the weight at most, or take another aggregation"
                    yield Finding(part, weight, self.weight, sentence, remedy)


def _percent(weight: float) -> str:
    """Return a weight in percent, with three digits.

    >>> _percent(0.125), _percent(0.5)
    ('12.5 %', '50 %')
    """
    return f"{100 * weight:.3g} %"


def effective_weights(subject: Subject) -> Mapping[str, float]:
    """Return the weight of each indicator in the index: in the run, else by the index file.

    Indicators below a node whose score does not depend on weights have none.
    """
    run = subject.run
    if run is not None and run.effective_weights:
        nodes = run.unweighted & ({"index"} | run.effective_weights.keys())
        below = {name for node in nodes if run.components[node].width > 1 for name in _parents_below(subject, node)}
        return {
            name: run.effective_weights[name]
            for name in subject.indicators
            if name in run.effective_weights and name not in below
        }
    return {name: facts.weight for name, facts in subject.indicators.items()}


def _columns_read_twice(subject: Subject) -> Iterator[Finding]:
    """Yield the columns that indicators of different dimensions read."""
    by_column: dict[str, list[str]] = {}
    for name in sorted(subject.indicators):
        by_column.setdefault(subject.indicators[name].column, []).append(name)
    for column, names in sorted(by_column.items()):
        homes = {name: _parents_of(subject, name) for name in names}
        if len(names) < 2 or len(set(homes.values())) < 2:
            continue
        total = sum(subject.indicators[name].weight for name in names)
        places = Listed((Sentence("{name} ({parents})", name=name, parents=Listed(homes[name])) for name in names), AND)
        sentence = Sentence(
            "{places} read the same column {column}; together they have {weight} of the index",
            places=places,
            column=column,
            weight=_percent(total),
        )
        remedy = "take it out of one of them, or accept it with a reason in [[waivers]]"
        severity: Severity | None = None if total else "information"
        yield Finding(names[0], float(len(names)), 1.0, sentence, remedy, severity)


def _parents_of(subject: Subject, part: str) -> tuple[str, ...]:
    return tuple(sorted(node for node, facts in subject.nodes.items() if part in facts.components))


def _parents_below(subject: Subject, top: str) -> dict[str, list[str]]:
    """Return the parents of each part on which the score of a node depends."""
    parents: dict[str, list[str]] = {}
    pending = [top]
    for node in pending:
        for name in subject.nodes[node].components:
            if name in subject.nodes and name not in parents:
                pending.append(name)
            parents.setdefault(name, []).append(node)
    return parents
