"""Checks of importance against weight: the influence that components have, beside the influence that is intended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import polars as pl
from pydantic import Field

from indicia_audit.checks import Check, Finding, Listed, RunFacts, Sentence, Severity, Subject, named
from indicia_audit.checks.remedies import has_few_parts
from indicia_checks.text import COINR, ask_for_concept, counted, severity_beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia_statistics.node_importance import NodeImportance

_PARUOLO = (
    "Paruolo, Saisana & Saltelli (2013), Journal of the Royal Statistical Society A 176(3), "
    "https://doi.org/10.1111/j.1467-985X.2012.01059.x"
)
_BECKER = "Becker et al. (2017), Ecological Indicators 80, https://doi.org/10.1016/j.ecolind.2017.03.056"

_RULER = {
    "HDI 2010": 0.07,
    "IAG": 0.34,
    "ARWU 2008": 0.36,
    "THES": 0.42,
    "HDI 2009": 0.63,
    "SSI 2008": 0.91,
}
"""The discrepancy of published indices, in ascending order (Paruolo, Saisana & Saltelli 2013)."""

_NAMED = 5
"""The largest number of parts that a sentence names."""

_DIGITS = 9
"""The digits of figures that decide their order: later digits depend on the order of rows."""

_VISIBLE = 0.005
"""The smallest difference that two decimals show."""


@dataclass(frozen=True)
class VarianceShares(Check):
    """Report the share of the variance of each score that goes with each of its components, beside its weight.

    The share of a component is Cov(w x, Y) / Var(Y). The shares of a weighted mean add to 1; those of other
    aggregations, and of a mean over the present components, need not.
    """

    code = "W01"
    title = "share of the variance of the score"
    severity = "information"
    source = f"{_PARUOLO}: linear main effects; the variance shares are algebra"
    needs = ("scores",)
    why = """
    A weight expresses the importance that is intended. The importance that results depends on the spread of the
    component and on its correlations with the others as well, and readers take the weight for it.
    """
    example = """
    The mean of two dimensions without correlation, of which nature has the fourfold standard deviation of wealth:
    "of the variance of index, nature has 0.94 (weight 0.5, r² = 0.94), wealth has 0.06 (weight 0.5, r² = 0.06)".
    """
    advice = """
    A share far from the weight comes from a spread unlike that of the others or from correlations. Compare
    normalisations (`indicia compare --normalisation min_max,z_score`), or state both weight and share to readers.
    """

    def look(self, subject: Subject) -> Iterator[Finding]:
        for node, result in _by_name(subject):
            rows = result.parts.drop_nulls("effect")
            if rows.height < 2:
                continue
            size = pl.coalesce("variance_share", "effect").round(_DIGITS)
            rows = rows.sort(size, "component", descending=[True, False])
            largest = rows["variance_share"][0]
            yield Finding(node, largest, None, _variance_sentence(node, result, rows, subject.run))


@dataclass(frozen=True)
class MainEffects(Check):
    """Report the main effect of each component on the score: S = Var(E[Y | x]) / Var(Y), with its interval.

    E[Y | x] is a line, so that S is r², unless an F test rejects the line in favour of a natural cubic spline at 5 %;
    then it is this spline. The 95 % interval is that of 1,000 bootstrap resamples of units, or of 500 blocks of units.
    """

    code = "W02"
    title = "main effect on the score"
    severity = "information"
    source = f"{_PARUOLO}: main effect\n{_BECKER}: non-linear estimates"
    needs = ("scores",)
    why = """
    The main effect is the share of the variance of the score that would vanish if all units had the same value of the
    component. Correlated components share their effects, so that the effects need not add to 1. Correlation need not be
    influence: a component of weight 0 may have an effect.
    """
    example = """
    In the Handbook's technology index: "the main effects on index are those of internet 0.65 (95 % interval 0.27 to
    0.80; not linear, p = 0.025), royalties 0.47 (0.17 to 0.73), telephones 0.36 (0.14 to 0.61), electricity 0.34 (0.08
    to 0.58), patents 0.33 (0.20 to 0.64) and 3 others".
    """
    advice = """
    Nothing to do by itself: W03 compares the effects with the weights. A curve often means that values are capped or
    skewed: look at the indicator with `indicia check`.
    """

    def look(self, subject: Subject) -> Iterator[Finding]:
        for node, result in _by_name(subject):
            if result.parts.height > 1:
                yield from _effects_finding(Sentence("the main effects on {node}", node=node), node, result.parts)
        indicators = subject.importance.indicators
        if indicators is not subject.importance.nodes["index"]:
            yield from _effects_finding(Sentence("the main effects of indicators on index"), "index", indicators.parts)


@dataclass(frozen=True)
class Discrepancy(Check):
    """Compare the main effects of components with their weights.

    A component whose share of the sum of main effects differs from its weight by more than half of the weight, and an
    indicator or dimension whose main effect on the index is below 0.05, are warnings. They are information where the
    95 % interval covers the threshold. The discrepancy d = max |w_i / w_1 - S_i / S_1| of each node is information; 1
    is the component of the largest weight. It is 0 if importance is in proportion to the weights.
    """

    code = "W03"
    title = "importance unlike the weight"
    source = f"{_PARUOLO}: eq. 6\nIndicia: the thresholds of gap and effect"
    needs = ("scores",)
    why = """
    "Each pillar counts a fifth" is false if one pillar decides most of the ranking. Published indices have a
    discrepancy d of 0.07 (Human Development Index, HDI 2010), 0.34 (Index of African Governance, IAG), 0.36 and 0.42
    (rankings of universities, ARWU 2008 and THES), 0.63 (HDI 2009) and 0.91 (Sustainable Society Index, SSI 2008).
    """
    example = """
    Air runs against the two others of its dimension: "air has 0.01 of the main effects on nature and a weight of 0.333,
    a gap of -0.32 (95 % interval -0.33 to -0.26)".
    """
    advice = """
    Tell readers the importance beside the weight. To bring it closer: a normalisation that equalises spreads
    (`[methodology] normalisation = "z_score"`), a component out of a correlated group, or other weights; W04 tells
    whether weights can do it.
    """

    gap: Annotated[float, Field(ge=0, description="greatest gap between share of effects and weight, per weight")] = 0.5
    effect: Annotated[float, Field(ge=0, le=1, description="least main effect on the index")] = 0.05

    def look(self, subject: Subject) -> Iterator[Finding]:
        if not _weights(subject):
            sentence = Sentence("the weights of index differ by group, so that importance is not compared with them")
            yield Finding("index", None, None, sentence, severity="information")
        gaps = [finding for node, result in _by_name(subject) for finding in self._gaps(node, result)]
        yield from sorted(gaps, key=_by_size)
        yield from self._without_a_say(subject)
        for node, result in _by_name(subject):
            d = result.discrepancy
            if d is not None:
                sentence = Sentence(
                    "weights and main effects of {node} differ by d = {d:z.2f}, {place}",
                    node=node,
                    d=d,
                    place=_beside_published(d),
                )
                yield Finding(node, d, None, sentence, severity="information")

    def _gaps(self, node: str, result: NodeImportance) -> Iterator[Finding]:
        for row in result.parts.drop_nulls("gap").filter(pl.col("weight") > 0).iter_rows(named=True):
            cut = self.gap * row["weight"]
            if abs(row["gap"]) <= cut + 1e-9:
                continue
            low, high = row["gap_lower"], row["gap_upper"]
            cut = cut if row["gap"] > 0 else -cut
            sentence = Sentence(
                "{component} has {share:z.2f} of the main effects on {node} and a weight of {weight:.3g}, a "
                "gap of {gap:z.2f} (95 % interval {low:z.2f} to {high:z.2f})",
                component=row["component"],
                share=row["share"],
                node=node,
                weight=row["weight"],
                gap=row["gap"],
                low=low,
                high=high,
            )
            remedy = "state the importance beside the weight, or choose another normalisation or weight"
            yield Finding(row["component"], row["gap"], cut, sentence, remedy, severity_beside((low, high), cut))

    def _without_a_say(self, subject: Subject) -> Iterator[Finding]:
        """Yield the indicators and dimensions with a weight and hardly any effect on the index."""
        coherence = subject.coherence
        parts = {row["component"]: row for row in subject.importance.nodes["index"].parts.iter_rows(named=True)}
        rows = sorted({**parts, **_effects_of_indicators(subject)}.items())
        for name, row in sorted(rows, key=lambda item: round(item[1]["effect"] or 0.0, _DIGITS)):
            effect, high = row["effect"], row["upper"]
            if effect is None or effect >= self.effect or row["weight"] == 0:
                continue
            interval = (
                Sentence(" (95 % interval {low:z.2f} to {high:z.2f})", low=row["lower"], high=high)
                if row["r2"] is not None
                else ""
            )
            severity: Severity | None = "information" if high >= self.effect else None
            say = Sentence("may have no say") if severity else Sentence("has no say")
            sentence = Sentence(
                "{name} explains {effect:z.2f} of the variance of index{interval}, and {say} in the result",
                name=name,
                effect=effect,
                interval=interval,
                say=say,
            )
            homes = [node for node, frame in coherence.components.items() if name in frame.columns]
            few = next((node for node in homes if has_few_parts(coherence, node)), None)
            remedy = "leave it out" if few is None else ask_for_concept(coherence, few, name)
            remedy = f"look at the direction of {name}, or {remedy}"
            yield Finding(name, effect, self.effect, sentence, remedy, severity)


@dataclass(frozen=True)
class AttainableImportance(Check):
    """Report the weights of a weighted mean that would make the importance of components equal to their weights.

    There is one set of weights, of sum 1, at which the squared correlations of components with their mean are in
    proportion to the intended weights. If one of them is negative, no weights of 0 or more reach the target, and the
    finding names the closest ones by least squares. Weights are never changed.
    """

    code = "W04"
    title = "weights for the intended importance"
    severity = "information"
    source = f"{_PARUOLO}: eq. 7\n{COINR}: get_opt_weights"
    needs = ("scores",)
    why = """
    Where the gap between importance and weight is large, other weights look like the remedy. Correlations often rule it
    out: a component that correlates with all others has more importance than its weight at any weight.
    """
    example = """
    In the Handbook's technology index of eight equal weights: "no weights of 0 or more make importance in a weighted
    mean equal to the weights of index: the equation needs royalties -0.085, patents -0.018".
    """
    advice = """
    If the target can be reached, try the weights with `indicia compare`, and decide by what they mean, not by the
    correlation alone. If it cannot, take a component out of the correlated group, or tell readers that importance is
    not as the weights say.
    """

    def look(self, subject: Subject) -> Iterator[Finding]:
        for node, outcome in sorted(subject.importance.targets.items()):
            if isinstance(outcome, str):
                sentence = Sentence(
                    "the weights for the intended importance of {node} cannot be computed: {outcome}",
                    node=node,
                    outcome=outcome,
                )
                yield Finding(node, None, None, sentence)
            else:
                yield _target_finding(node, outcome)


def _by_size(finding: Finding) -> tuple[float, str, str]:
    """Return the key of an order of findings, the largest value first."""
    return -round(abs(finding.value or 0.0), _DIGITS), finding.where, finding.sentence


def _by_name(subject: Subject) -> list[tuple[str, NodeImportance]]:
    """Return the nodes with their importance, the index first."""
    nodes = subject.importance.nodes
    return sorted(nodes.items(), key=lambda item: (item[0] != "index", item[0]))


def _weights(subject: Subject) -> Mapping[str, Mapping[str, float]]:
    return subject.run.weights if subject.run is not None else {}


def _effects_of_indicators(subject: Subject) -> dict[str, dict[str, float]]:
    """Return the row of each indicator about its effect on the index."""
    parts = subject.importance.indicators.parts.drop_nulls("effect")
    return {row["component"]: row for row in parts.iter_rows(named=True)}


def _effects_finding(topic: str, node: str, parts: pl.DataFrame) -> Iterator[Finding]:
    """Yield the finding on the main effects of parts, the largest first; none if no part has an effect."""
    rows = parts.drop_nulls("r2").sort(pl.col("effect").round(_DIGITS), "component", descending=[True, False])
    texts = []
    for place, row in enumerate(rows.head(_NAMED).iter_rows(named=True)):
        words = "" if place else Sentence("95 % interval ")
        curve = "" if row["linear"] else Sentence("; not linear, p = {p:.2g}", p=row["p_linear"])
        texts.append(
            Sentence(
                "{component} {effect:z.2f} ({words}{lower:z.2f} to {upper:z.2f}{curve})",
                component=row["component"],
                effect=row["effect"],
                words=words,
                lower=row["lower"],
                upper=row["upper"],
                curve=curve,
            )
        )
    if texts:
        others = (
            Sentence(" and {others}", others=counted(rows.height - _NAMED, "other")) if rows.height > _NAMED else ""
        )
        yield Finding(
            node,
            rows["effect"][0],
            None,
            Sentence("{topic} are those of {texts}{others}", topic=topic, texts=Listed(texts), others=others),
        )


def _variance_sentence(node: str, result: NodeImportance, rows: pl.DataFrame, run: RunFacts | None) -> str:
    """Return the sentence on the shares of the variance, the largest first."""
    total = result.sum_of_variance_shares
    texts = []
    for row in rows.head(_NAMED).iter_rows(named=True):
        r2 = 0.0 if row["r2"] is None else row["r2"]
        if total is None:
            texts.append(Sentence("{name} {r2:z.2f}", name=row["component"], r2=r2))
        else:
            texts.append(
                Sentence(
                    "{component} has {variance_share:z.2f} (weight {weight:.3g}, r² = {r2:z.2f})",
                    component=row["component"],
                    variance_share=row["variance_share"],
                    weight=row["weight"],
                    r2=r2,
                )
            )
    if total is None:
        unweighted = run is not None and node in run.unweighted
        reason = (
            Sentence("the score of {node} does not depend on weights", node=node)
            if unweighted
            else Sentence("the weights of {node} differ by group", node=node)
        )
        return Sentence("{reason}, and the squared correlations with it are {texts}", reason=reason, texts=named(texts))
    rest = counted(rows.height - _NAMED, "other component")
    others = (
        Sentence(", and {rest} {verb} the rest", rest=rest, verb="has" if rows.height == _NAMED + 1 else "have")
        if rows.height > _NAMED
        else ""
    )
    sentence = Sentence("of the variance of {node}, {texts}{others}", node=node, texts=Listed(texts), others=others)
    if abs(total - 1) >= _VISIBLE:
        if run is None or node not in run.additive:
            reason = Sentence("{node} is no weighted mean of its components", node=node)
        else:
            is_incomplete = any(column.null_count() for column in run.components[node])
            reason = (
                Sentence("values are missing")
                if is_incomplete
                else Sentence("the scores of {node} are rounded or rescaled", node=node)
            )
        sentence += Sentence("; the shares add to {total:z.2f}, since {reason}", total=total, reason=reason)
    return sentence


def _beside_published(d: float) -> str:
    """Return the place of a discrepancy among those of published indices."""
    below = [f"{name} ({value:z.2f})" for name, value in _RULER.items() if value <= d]
    above = [f"{name} ({value:z.2f})" for name, value in _RULER.items() if value > d]
    if not below:
        return Sentence("less than that of {above}", above=above[0])
    return (
        Sentence("between {below} and {above}", below=below[-1], above=above[0])
        if above
        else Sentence("more than that of {below}", below=below[-1])
    )


def _target_finding(node: str, weights: pl.DataFrame) -> Finding:
    """Return the finding on the weights for the intended importance of a node."""
    lowest = float(weights["weight"].to_numpy().min())
    exact = weights.sort(pl.col("weight").round(_DIGITS), "indicator").select("indicator", "weight")
    if lowest < 0:
        negative = _weights_in_words(exact.filter(pl.col("weight") < 0))
        sentence = Sentence(
            "no weights of 0 or more make importance in a weighted mean equal to the weights of {node}: "
            "the equation needs {negative}",
            node=node,
            negative=named(negative),
        )
        return Finding(node, lowest, 0.0, sentence, "`indicia audit --show weights_for_importance` has the closest")
    descending = exact.sort(pl.col("weight").round(_DIGITS), "indicator", descending=[True, False])
    largest = _weights_in_words(descending)
    others = (
        Sentence(" and {others}", others=counted(weights.height - _NAMED, "other")) if weights.height > _NAMED else ""
    )
    sentence = Sentence(
        "importance in a weighted mean equals the weights of {node} if the weights are {largest}{others}",
        node=node,
        largest=Listed(largest),
        others=others,
    )
    return Finding(node, lowest, 0.0, sentence)


def _weights_in_words(weights: pl.DataFrame) -> list[Sentence]:
    """Return the first parts with their weights."""
    return [Sentence("{name} {weight:.2g}", name=name, weight=weight) for name, weight in weights.head(_NAMED).rows()]
