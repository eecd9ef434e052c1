"""Checks of the parts of a node as items of a scale: Cronbach's alpha, and each item against the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia_audit.checks import Check, Finding, Sentence, Severity, Subject
from indicia_audit.checks.remedies import has_few_parts
from indicia_checks.text import (
    HANDBOOK,
    ask_for_concept,
    counted,
    interval,
    interval_text,
    move_or_leave_out,
    severity_at,
    severity_beside,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_statistics.coherence import Coherence
    from indicia_statistics.node_coherence import NodeCoherence

_FEWEST = 3
"""The fewest items: of two, the correlation with the rest is their own correlation."""


def is_formative(subject: Subject, node: str) -> bool:
    """Return whether the index file states that the parts of a node make up what it measures."""
    return subject.run is not None and subject.run.measurement.get(node) == "formative"


@dataclass(frozen=True)
class WeakItem(Check):
    """Find parts that do not move with the other parts of their node, or without which alpha rises.

    Items are standardised. Nodes of three parts or more are checked. Below `against` the finding is an error. Where the
    95 % interval of the correlation covers the threshold, and in a node that is formative, the finding is information.
    Alpha without the part is that of standardised items, or of the values as they are if it rises more; an
    alpha that stays below 0 is not reported.
    """

    code = "C05"
    title = "a part that does not fit its node"
    source = (
        f"{HANDBOOK}, Table 11\n"
        "Nunnally & Bernstein (1994), Psychometric Theory, 3rd edition, for 0.3\n"
        "Indicia, for the rise of alpha"
    )
    why = (
        "If a node is meant to measure one thing, all of its parts show that thing, and each moves with the sum of the "
        "others. A part that does not measures something else, or has the wrong direction."
    )
    example = (
        'Green space that does not depend on air and water: "green hardly moves with the rest of nature: r = 0.01 '
        'over 60 units (95 % interval -0.24 to 0.26)"'
    )
    advice = (
        "Look at the direction; move the part to a dimension with which it correlates clearly, or leave it out. In a "
        "node of four parts or fewer, ask whether the concept needs the part: correlations do not decide. "
        'measurement = "formative" in the section of the dimension states that its parts need not correlate.'
    )
    needs = ("scores",)

    item_rest: Annotated[float, Field(ge=0, le=1, description="least correlation with the sum of the others")] = 0.3
    against: Annotated[float, Field(ge=-1, le=0, description="correlation below which the part is an error")] = -0.3
    rise: Annotated[float, Field(ge=0, le=1, description="greatest rise of alpha without the part")] = 0.05

    def look(self, subject: Subject) -> Iterator[Finding]:
        coherence, nodes = subject.coherence, subject.coherence.nodes
        for node in sorted(nodes):
            group = nodes[node]
            if len(group.items) < _FEWEST or isinstance(group.standardised, str) or isinstance(group.alpha, str):
                continue
            limit: Severity | None = "information" if is_formative(subject, node) else None
            rests = group.standardised.items.select("item", "item_rest").sort("item")
            for item, r in rests.drop_nulls().iter_rows():
                if r < self.item_rest:
                    yield self._weak(coherence, group, (item, r), limit)
            yield from self._better_without(coherence, group, limit)

    def _weak(
        self, coherence: Coherence, group: NodeCoherence, weak: tuple[str, float], limit: Severity | None
    ) -> Finding:
        item, r = weak
        severity: Severity | None
        if r < self.against:
            severity = severity_at(r, group.units, self.against, "error")
            if severity == "information" and interval(r, group.units)[1] < self.item_rest:
                severity = "warning"
            relation, threshold = Sentence("opposes"), self.against
        else:
            severity = severity_at(r, group.units, self.item_rest)
            relation, threshold = Sentence("hardly moves with"), self.item_rest
        text = Sentence(
            "r = {r:z.2f} over {units} {interval}",
            r=r,
            units=counted(group.units, "unit"),
            interval=interval_text(r, group.units),
        )
        sentence = Sentence(
            "{item} {relation} the rest of {node}: {text}", item=item, relation=relation, node=group.node, text=text
        )
        remedy = move_or_leave_out(coherence, group.node, item, f"look at the direction of {item}")
        return Finding(item, r, threshold, sentence, remedy, limit or severity)

    def _better_without(self, coherence: Coherence, group: NodeCoherence, limit: Severity | None) -> Iterator[Finding]:
        assert not isinstance(group.alpha, str)
        before = (group.alpha.standardised, group.alpha.alpha)
        kinds = (Sentence("of standardised items"), Sentence("of the values as they are"))
        columns = group.alpha.items.select("item", "standardised_if_deleted", "alpha_if_deleted").sort("item")
        for item, *without in columns.drop_nulls().iter_rows():
            rises = [alpha - of_all for alpha, of_all in zip(without, before, strict=True)]
            largest = max(rises)
            place = rises.index(largest)
            if largest > self.rise and without[place] > 0:
                sentence = Sentence(
                    "without {item}, alpha of {node} rises from {before:z.3f} to {without:z.3f} ({kind}, {units})",
                    item=item,
                    node=group.node,
                    before=before[place],
                    without=without[place],
                    kind=kinds[place],
                    units=counted(group.units, "unit"),
                )
                remedy = move_or_leave_out(coherence, group.node, item)
                yield Finding(item, largest, self.rise, sentence, remedy, limit)


@dataclass(frozen=True)
class Reliability(Check):
    """Find nodes whose parts have little in common, or are redundant, by Cronbach's alpha of standardised items.

    Alpha below `low` is a warning, below `fair` information, above `redundant` a warning. Where its 90 % interval by
    resampling covers the threshold, and in a node that is formative, a low alpha is information. So is each alpha of
    no more units than parts. The sentence also has alpha of the values as they are.
    """

    code = "C06"
    title = "reliability of a node"
    source = (
        f"{HANDBOOK}, p. 72\n"
        "Cronbach (1951), Psychometrika 16(3), https://doi.org/10.1007/BF02310555\n"
        "Lüdecke et al. (2021), performance, JOSS 6(60), https://doi.org/10.21105/joss.03139, for the bands"
    )
    why = (
        "Alpha is the share of the variance of a sum that its parts have in common. A low alpha means that the score "
        "of the node is a mixture of different things, and that other parts would give another ranking. A very high "
        "one means that several parts measure the same."
    )
    example = (
        'Two of three indicators in an order of their own: "the parts of life have little in common: alpha of life is '
        '0.203 (90 % interval -0.15 to 0.46), and 0.207 of the values as they are, over 3 parts and 60 units"'
    )
    advice = (
        "C05 names the parts that do not fit, and what may be done about them. Leave no part out "
        'for alpha alone. measurement = "formative" states that the parts make up what the node measures, and need not '
        "correlate."
    )
    needs = ("scores",)

    low: Annotated[float, Field(le=1, description="least alpha; else a warning")] = 0.6
    fair: Annotated[float, Field(le=1, description="least alpha; else information")] = 0.7
    redundant: Annotated[float, Field(le=1, description="greatest alpha")] = 0.95

    def look(self, subject: Subject) -> Iterator[Finding]:
        nodes = subject.coherence.nodes
        for node in sorted(nodes):
            group = nodes[node]
            if isinstance(group.alpha, str):
                continue
            alpha = group.alpha.standardised
            if alpha > self.redundant:
                remedy = (
                    ask_for_concept(subject.coherence, node, "all of its parts")
                    if has_few_parts(subject.coherence, node)
                    else "leave out parts that measure the same"
                )
                yield Finding(
                    node,
                    alpha,
                    self.redundant,
                    Sentence(
                        "the parts of {node} measure nearly the same: {alpha}",
                        node=node,
                        alpha=_alpha_in_words(group),
                    ),
                    remedy,
                    _severity_of_alpha(group, self.redundant),
                )
            elif alpha < self.fair:
                threshold = self.low if alpha < self.low else self.fair
                is_mild = alpha >= self.low or is_formative(subject, node)
                severity = "information" if is_mild else _severity_of_alpha(group, self.low)
                parts = "the parts that C05 names" if len(group.items) >= _FEWEST else "both parts"
                remedy = f'look at {parts}, or write measurement = "formative"'
                verdict = Sentence("the parts of {node} have little in common: ", node=node) if alpha < self.low else ""
                yield Finding(node, alpha, threshold, verdict + _alpha_in_words(group), remedy, severity)


def _severity_of_alpha(group: NodeCoherence, cut: float) -> Severity | None:
    if group.alpha_interval is None:
        return "information" if group.units <= len(group.items) else None
    return severity_beside(group.alpha_interval, cut)


def _alpha_in_words(group: NodeCoherence) -> str:
    assert not isinstance(group.alpha, str)
    ends = group.alpha_interval
    bounds = Sentence(" (90 % interval {low:z.2f} to {high:z.2f})", low=ends[0], high=ends[1]) if ends else ""
    return Sentence(
        "alpha of {node} is {standardised:z.3f}{bounds}, and {alpha:z.3f} of the values as they are, "
        "over {count} parts and {units}",
        node=group.node,
        standardised=group.alpha.standardised,
        bounds=bounds,
        alpha=group.alpha.alpha,
        count=len(group.items),
        units=counted(group.units, "unit"),
    )
