"""Checks of correlations: inside a dimension, of parts with their score, and of indicators with other dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia_audit.checks import Check, Finding, Sentence, Severity, Subject
from indicia_audit.checks.remedies import (
    closest_dimension,
    dimensions_of_indicators,
    dominates_at_equal_weights,
    has_few_parts,
    home_of,
)
from indicia_checks.text import (
    COINR,
    GII_AUDIT,
    GUIDE,
    HANDBOOK,
    ask_for_concept,
    counted,
    interval,
    interval_text,
    is_formula,
    move_or_leave_out,
    severity_at,
    severity_beside,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_statistics.coherence import Coherence, Correlation
    from indicia_statistics.node_coherence import NodeCoherence

_EXPLAINED = "leave out a part that the others explain"
_CASES = 5
"""The units per indicator from which the variance inflation among all indicators of a tree is reported."""


@dataclass(frozen=True)
class Collinear(Check):
    """Find parts of a node that measure the same: a high correlation of two, or a high variance inflation of one.

    The variance inflation of a part is 1 / (1 - R²) of its regression on the other parts of its node. In an index with
    dimensions, that among all indicators is information, if there are five units for each indicator. A correlation
    whose 95 % interval covers the threshold is information.
    """

    code = "C01"
    title = "parts that measure the same"
    source = f"{COINR}: get_corr_flags, 0.9\n{HANDBOOK}, p. 67"
    why = (
        "Two indicators that measure the same count twice: what they share has a higher weight than the index file "
        "states. Weights from a regression or from components are then unstable too."
    )
    example = (
        'Jobs in a dimension with an income that they follow: "income and jobs of work measure nearly the same: r '
        '= 0.97 over 60 units (95 % interval 0.95 to 0.98), rho = 0.97"'
    )
    advice = (
        "Leave one of the two out, join them in a dimension of their own so that they share one weight, or accept the "
        "finding with a reason in [[waivers]]. In a node of four parts or fewer, ask whether the concept needs both: "
        "correlations do not decide. [checks.C01] correlation = 0.92 is the limit of many JRC audits."
    )
    needs = ("scores",)

    correlation: Annotated[float, Field(ge=0, le=1, description="greatest correlation inside a node")] = 0.9
    inflation: Annotated[float, Field(ge=1, description="greatest variance inflation factor")] = 4.0
    strong: Annotated[float, Field(ge=1, description="variance inflation factor of a strong dependence")] = 5.0

    def look(self, subject: Subject) -> Iterator[Finding]:
        coherence = subject.coherence
        for node in sorted(coherence.components):
            for first, second, pair in pairs_inside(coherence, node):
                if pair.r > self.correlation:
                    sentence = Sentence(
                        "{first} and {second} of {node} measure nearly the same: ",
                        first=first,
                        second=second,
                        node=node,
                    )
                    sentence += _with_ranks(coherence, node, first, second, pair)
                    severity = severity_at(pair.r, pair.units, self.correlation)
                    remedy = (
                        ask_for_concept(coherence, node, f"both {first} and {second}")
                        if has_few_parts(coherence, node)
                        else "leave one of them out, or join them in a dimension of their own"
                    )
                    yield Finding(first, pair.r, self.correlation, sentence, remedy, severity)
            is_few = has_few_parts(coherence, node)
            remedy = ask_for_concept(coherence, node, "all of its parts") if is_few else _EXPLAINED
            yield from self._inflated(coherence.nodes[node], node, remedy)
        group = coherence.indicators
        if not coherence.is_flat and group.units >= _CASES * len(group.items):
            yield from self._inflated(group, Sentence("the index"), _EXPLAINED, "information")

    def _inflated(
        self, group: NodeCoherence, place: str, remedy: str, severity: Severity | None = None
    ) -> Iterator[Finding]:
        if isinstance(group.adequacy, str) or len(group.items) < 3:  # of two parts it follows from their correlation
            return
        for name, inflation in group.adequacy.items.select("item", "vif").sort("item").iter_rows():
            if inflation > self.inflation:
                depends = Sentence("depends strongly") if inflation > self.strong else Sentence("depends")
                sentence = Sentence(
                    "{name} {depends} on the other {count} parts of {place}: variance inflation {inflation:.2f} "
                    "over {units}",
                    name=name,
                    depends=depends,
                    count=len(group.items) - 1,
                    place=place,
                    inflation=inflation,
                    units=counted(group.units, "unit"),
                )
                yield Finding(name, inflation, self.inflation, sentence, remedy, severity)


@dataclass(frozen=True)
class Opposed(Check):
    """Find parts of a node that oppose each other: a clearly negative correlation.

    A correlation whose 95 % interval covers the threshold is information.
    """

    code = "C02"
    title = "parts that oppose each other"
    source = f"{COINR}: get_corr_flags\n{HANDBOOK}, step 4"
    why = (
        "The mean of two parts that oppose each other says little about either: a unit that is good at one is bad at "
        "the other, and their sum is nearly the same for all units. Often a direction is wrong."
    )
    example = (
        'Green space taken the wrong way round, in a dimension with clean air and water: "air and green of nature '
        'oppose each other: r = -0.60 over 60 units (95 % interval -0.74 to -0.41), rho = -0.63"'
    )
    advice = (
        'Look at the direction of both: direction = "cost" if less is better. If both directions are right, ask '
        "whether the concept of the node needs both."
    )
    needs = ("scores",)

    correlation: Annotated[float, Field(ge=-1, le=0, description="least correlation inside a node")] = -0.4

    def look(self, subject: Subject) -> Iterator[Finding]:
        coherence = subject.coherence
        for node in sorted(coherence.components):
            for first, second, pair in pairs_inside(coherence, node):
                if pair.r < self.correlation:
                    sentence = Sentence(
                        "{first} and {second} of {node} oppose each other: ", first=first, second=second, node=node
                    )
                    sentence += _with_ranks(coherence, node, first, second, pair)
                    severity = severity_at(pair.r, pair.units, self.correlation)
                    remedy = f"look at their directions, or ask whether the concept of {node} needs both"
                    yield Finding(first, pair.r, self.correlation, sentence, remedy, severity)


@dataclass(frozen=True)
class PartAndScore(Check):
    """Find parts that their score hardly shows, that run against it, or that it follows alone.

    The score is that of the node of the part, and for a dimension also that of the index. A correlation between the
    thresholds `against` and `silent` is silent, above `dominant` the part dominates, below `against` the finding is an
    error. Where the 95 % interval covers the threshold, the finding is information; an opposed part that is silent at
    best is a warning. A formula may count a part against its score, such as the lower part of a ratio: information.
    """

    code = "C03"
    title = "a part and the score"
    source = f"{GUIDE}\n{HANDBOOK}, step 8"
    why = (
        "Readers take a score as a summary of its parts. A part that does not move with the score is in the index by "
        "name only; a part that runs against it lowers units that are good at it; a part that the score follows alone "
        "makes the others superfluous."
    )
    example = (
        'A dimension with six times the weight of each of the others: "life dominates the score of index: r = '
        '0.98 over 60 units (95 % interval 0.97 to 0.99)"'
    )
    advice = (
        "Give a silent part more weight, move it to a dimension with which it correlates clearly, or leave it out. In "
        "a node of four parts or fewer, ask whether the concept needs it: correlations do not decide. Look first at "
        "the direction of a part that runs against its score. Lower the weight of a part that dominates. If it "
        "dominates at equal weights too, the cause is that the parts correlate, and the weight may stay. weighting = "
        '"optimised" makes the parts of a dimension equally important.'
    )
    needs = ("scores",)

    silent: Annotated[float, Field(ge=0, le=1, description="least correlation of a part with its score")] = 0.3
    against: Annotated[float, Field(ge=-1, le=0, description="correlation below which a part opposes its score")] = -0.3
    dominant: Annotated[float, Field(ge=0, le=1, description="greatest correlation of a part with its score")] = 0.95

    def look(self, subject: Subject) -> Iterator[Finding]:
        coherence = subject.coherence
        formulas = {node for node in coherence.components if subject.run and is_formula(subject.run, node)}
        for node in sorted(coherence.components):
            parts = sorted(coherence.components[node].columns)
            for part in parts:
                scores = {node: coherence.with_node(node, part)} if len(parts) > 1 else {}
                if node != "index" and part in coherence.components:
                    scores["index"] = coherence.with_node(node, part, "index")
                for score, pair in scores.items():
                    if pair is not None:
                        remedies = self._remedies(coherence, node, part, score)
                        yield from self._finding(part, score, pair, remedies, has_formula=score in formulas)

    def _remedies(self, coherence: Coherence, node: str, part: str, score: str) -> tuple[str, str, str]:
        """Return the remedies of a part that dominates a score, runs against it, and hardly moves with it."""
        lower = f"lower the weight of {part}"
        if score != node:
            lower = f"ask what {score} adds to {part}"
        elif dominates_at_equal_weights(coherence, node, part, self.dominant):
            lower = f"ask what {score} adds to {part}: {part} dominates at equal weights too, since the parts correlate"
        look, more = (
            move_or_leave_out(coherence, node, part, first)
            for first in (f"look at the direction of {part}", f"give {part} more weight")
        )
        return lower, look, more

    def _finding(
        self, part: str, node: str, pair: Correlation, remedies: tuple[str, str, str], *, has_formula: bool
    ) -> Iterator[Finding]:
        lower, look, more = remedies
        text = Sentence(
            "r = {r:z.2f} over {units} {interval}",
            r=pair.r,
            units=counted(pair.units, "unit"),
            interval=interval_text(pair.r, pair.units),
        )
        if pair.r > self.dominant:
            severity = severity_at(pair.r, pair.units, self.dominant)
            sentence = Sentence("{part} dominates the score of {node}: {text}", part=part, node=node, text=text)
            yield Finding(part, pair.r, self.dominant, sentence, lower, severity)
        elif pair.r < self.against:
            severity = severity_at(pair.r, pair.units, self.against, "error")
            if severity == "information" and interval(pair.r, pair.units)[1] < self.silent:
                severity = "warning"
            severity = "information" if has_formula else severity
            sentence = Sentence("{part} runs against the score of {node}: {text}", part=part, node=node, text=text)
            yield Finding(part, pair.r, self.against, sentence, look, severity)
        elif pair.r < self.silent:
            severity = severity_at(pair.r, pair.units, self.silent)
            sentence = Sentence("{part} hardly moves with the score of {node}: {text}", part=part, node=node, text=text)
            yield Finding(part, pair.r, self.silent, sentence, more, severity)


@dataclass(frozen=True)
class CrossLoading(Check):
    """Find indicators that correlate more with another dimension than with the rest of their own.

    The rest of a dimension is the weighted sum of its other parts. The other dimensions are those with indicators of
    their own. Where the 95 % interval of the difference of the two correlations (Zou 2007) covers 0, the finding is
    information.
    """

    code = "C04"
    title = "closer to another dimension"
    source = (
        f"{GII_AUDIT}: tables of correlations\n"
        "Zou (2007), Psychological Methods 12(4), https://doi.org/10.1037/1082-989X.12.4.399, for the interval"
    )
    why = (
        "A dimension is a promise that its indicators belong together. An indicator that moves with another dimension "
        "blurs both: readers take the score of the dimension for something that it does not measure."
    )
    example = (
        'The values of water and of skills exchanged by mistake: "water is closer to work (r = 0.66) than to the '
        'rest of nature (r = 0.45): the difference of 0.21 has the 95 % interval 0.04 to 0.40, over 60 units"'
    )
    advice = (
        "Move the indicator to the other dimension if its meaning allows it, the correlation with it is clear (0.3 or "
        "more, with a 95 % interval above 0), and its own dimension has more than four parts: dimension = in its "
        "section. Otherwise "
        "accept the finding with a reason in [[waivers]]: the framework may matter more than the correlation."
    )
    needs = ("scores", "dimensions")

    difference: Annotated[
        float, Field(ge=0, le=2, description="greatest difference of the correlation with another dimension")
    ] = 0.0

    def look(self, subject: Subject) -> Iterator[Finding]:
        coherence = subject.coherence
        for node in dimensions_of_indicators(coherence):
            for part in sorted(set(coherence.components[node].columns) - set(coherence.components)):
                own, closest = coherence.with_rest(node, part), closest_dimension(coherence, node, part)
                if own is None or closest is None:
                    continue
                best, pair = closest
                if pair.r - own.r > self.difference:
                    yield self._finding(coherence, node, part, own, (pair.r, min(pair.units, own.units), best))

    def _finding(
        self, coherence: Coherence, node: str, part: str, own: Correlation, best: tuple[float, int, str]
    ) -> Finding:
        r, units, other = best
        between = coherence.rest_with_node(node, part, other)
        low, high = interval_of_difference(r, own.r, between.r if between else 0.0, units)
        sentence = Sentence(
            "{part} is closer to {other} (r = {r:z.2f}) than to the rest of {node} (r = {own:z.2f}): the "
            "difference of {difference:z.2f} has the 95 % interval {low:z.2f} to {high:z.2f}, over {units}",
            part=part,
            other=other,
            r=r,
            node=node,
            own=own.r,
            difference=r - own.r,
            low=low,
            high=high,
            units=counted(units, "unit"),
        )
        remedy = f"{part} has no clear home: look at its direction and its values"
        if has_few_parts(coherence, node):
            remedy = ask_for_concept(coherence, node, part)
        elif home := home_of(coherence, node, part):
            remedy = f'move it: dimension = "{home}"'
        return Finding(
            part, r - own.r, self.difference, sentence, remedy, severity_beside((low, high), self.difference)
        )


def pairs_inside(coherence: Coherence, node: str) -> Iterator[tuple[str, str, Correlation]]:
    """Yield each pair of components of a node that have a correlation, by name."""
    names = sorted(coherence.components[node].columns)
    for place, first in enumerate(names):
        for second in names[place + 1 :]:
            pair = coherence.between(node, first, second)
            if pair is not None:
                yield first, second, pair


def interval_of_difference(r: float, other: float, between: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of the difference of two correlations that share a variable (Zou 2007, equation 15).

    `between` is the correlation of the two other variables.

    >>> tuple(round(end, 3) for end in interval_of_difference(0.396, 0.179, 0.088, 66))
    (-0.093, 0.517)
    """
    low, high = interval(r, n)
    low_other, high_other = interval(other, n)
    free = (1 - r**2) * (1 - other**2)
    shared = 0.0
    if free > 0:
        shared = ((between - r * other / 2) * (1 - r**2 - other**2 - between**2) + between**3) / free
    down, up = r - low, high - r
    other_down, other_up = other - low_other, high_other - other
    below = max(0.0, down**2 + other_up**2 - 2 * shared * down * other_up)
    above = max(0.0, up**2 + other_down**2 - 2 * shared * up * other_down)
    return r - other - sqrt(below), r - other + sqrt(above)


def _with_ranks(coherence: Coherence, node: str, first: str, second: str, pair: Correlation) -> str:
    rho = coherence.rank_correlation(node, first, second)
    ranks = Sentence(", rho = {rho:z.2f}", rho=rho) if rho is not None else ""
    return Sentence(
        "r = {r:z.2f} over {units} {interval}{ranks}",
        r=pair.r,
        units=counted(pair.units, "unit"),
        interval=interval_text(pair.r, pair.units),
        ranks=ranks,
    )
