"""Checks of the principal components of a node, and of the data's adequacy for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia_audit.checks import Check, Finding, Listed, Sentence, Severity, Subject
from indicia_checks.text import COINR, HANDBOOK, counted, interval_text, move_or_leave_out, percent, severity_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from indicia_statistics.coherence import Coherence
    from indicia_statistics.node_coherence import NodeCoherence

_FEWEST = 3
"""The fewest parts: two always have one eigenvalue above 1, a KMO of 0.5, and loadings of the same size."""
_FEWEST_VALUES = 3
"""The fewest values of a part that has correlations."""
_ABOVE_ONE = 1 + 1e-9


@dataclass(frozen=True)
class SeveralComponents(Check):
    """Find nodes of three parts or more with several principal components, or with parts that the first one opposes.

    A node with one thing to measure has one eigenvalue above 1, and loadings of one sign on the first component. The
    finding is information where the 90 % interval of the second eigenvalue, by resampling units, covers 1, or where
    parallel analysis keeps one component; that of a sign where the 95 % interval of the loading covers 0. C08 refuses
    data that cannot bear the analysis.
    """

    code = "C07"
    title = "several components in a node"
    source = (
        f"{HANDBOOK}, step 4, p. 67 and p. 89, Box 6\n"
        "Horn (1965), Psychometrika 30(2), https://doi.org/10.1007/BF02289447, for parallel analysis\n"
        f"{COINR}: get_PCA"
    )
    why = (
        "A second component means that the parts of the node measure two different things, and their mean is neither. "
        "A part with the opposite sign lowers what the others raise."
    )
    example = (
        'Green space taken the wrong way round, in a dimension with clean air and water: "green has the negative '
        "loading -0.86 (95 % interval -0.91 to -0.77) on the first component of nature, which has 73 % of the variance "
        'over 60 units"'
    )
    advice = (
        "Look at the rotated loadings (indicia audit --show rotated): parts that load on a factor of their own may be "
        "a dimension of their own. Weights from components do not mend the structure."
    )
    needs = ("scores",)

    above_one: Annotated[int, Field(ge=1, description="greatest number of eigenvalues above 1")] = 1
    share: Annotated[float, Field(ge=0, le=1, description="least share of the variance of a counted component")] = 0.1
    together: Annotated[float, Field(ge=0, le=1, description="least share of the counted components together")] = 0.6

    def look(self, subject: Subject) -> Iterator[Finding]:
        nodes = subject.coherence.nodes
        for node in sorted(nodes):
            group = nodes[node]
            if len(group.items) < _FEWEST or group.refusal is not None:
                continue
            above = int((group.eigenvalues > _ABOVE_ONE).sum())
            if above > self.above_one:
                yield self._several(group, above)
            yield from self._signs(subject.coherence, group)

    def _several(self, group: NodeCoherence, above: int) -> Finding:
        values, place = group.eigenvalues, self.above_one
        shares = values / values.sum()
        large = shares[:above][shares[:above] > self.share]
        ends = group.eigenvalue_interval(place)
        kept = group.counts.above_mean if group.counts else above
        doubts = (
            [
                Sentence(
                    "the 90 % interval of {place} is {low:.2f} to {high:.2f}",
                    place=_ordinal(place),
                    low=ends[0],
                    high=ends[1],
                )
            ]
            if ends
            else []
        )
        doubts.append(Sentence("parallel analysis keeps {kept}", kept=kept))
        is_doubtful = kept <= place or (ends is not None and ends[0] <= 1)
        enough = Sentence("more") if large.sum() > self.together else Sentence("not more")
        sentence = Sentence(
            "{node} has {above} eigenvalues above 1 over {count} parts and {units}: {values}; {doubts}; "
            "the first has {share} of the variance, and {large} have more than {limit} each and "
            "{together} together, {enough} than {least}",
            node=group.node,
            above=above,
            count=len(group.items),
            units=counted(group.units, "unit"),
            values=Listed(f"{value:.2f}" for value in values[:above]),
            doubts=Listed(doubts),
            share=percent(shares[0]),
            large=len(large),
            limit=percent(self.share),
            together=percent(large.sum()),
            enough=enough,
            least=percent(self.together),
        )
        remedy = "look at the rotated loadings (--show rotated), and split the dimension or move parts"
        severity: Severity | None = "information" if is_doubtful else None
        return Finding(group.node, float(above), float(self.above_one), sentence, remedy, severity)

    def _signs(self, coherence: Coherence, group: NodeCoherence) -> Iterator[Finding]:
        assert not isinstance(group.components, str)
        loadings = group.components.loadings.select("item", "component1").sort("item")
        share = group.eigenvalues[0] / group.eigenvalues.sum()
        for item, loading in loadings.iter_rows():
            if loading < 0:
                sentence = Sentence(
                    "{item} has the negative loading {loading:z.2f} {interval} on the first component of {node}, "
                    "which has {share} of the variance over {units}",
                    item=item,
                    loading=loading,
                    interval=interval_text(loading, group.units),
                    node=group.node,
                    share=percent(share),
                    units=counted(group.units, "unit"),
                )
                remedy = move_or_leave_out(coherence, group.node, item, f"look at the direction of {item}")
                severity = severity_at(loading, group.units, 0.0)
                yield Finding(item, float(loading), 0.0, sentence, remedy, severity)


@dataclass(frozen=True)
class Adequacy(Check):
    """Find nodes of three parts or more whose data do not bear an analysis of components, or hardly.

    If correlations have no inverse, or there are no more units than parts, the analysis of C07 is refused. Fewer than
    `cases` units for each part are a warning. KMO, the measure of Kaiser, Meyer and Olkin, is a warning below `fair`
    and information below `good`. Bartlett's test that does not reject uncorrelated parts at 5 % is information, as are
    parts that do not vary and units that lack a part.
    """

    code = "C08"
    title = "data for an analysis of components"
    source = (
        f"{HANDBOOK}, Box 5 and p. 67\n"
        "Kaiser (1974), Psychometrika 39(1), https://doi.org/10.1007/BF02291575, for the bands of KMO"
    )
    why = (
        "Components of few units, or of parts that share nothing, are chance. Weights and verdicts from them would "
        "change with the next data."
    )
    example = (
        'An indicator that is the sum of the two others: "components of nature are not computed: air, water, '
        'green are linearly dependent: the correlations of 3 parts have rank 2"'
    )
    advice = (
        "Analyse fewer parts together, such as one dimension at a time. Do not take weights from components of such "
        "data, and leave no part out for its KMO alone (indicia audit --show adequacy_items lists them)."
    )
    needs = ("scores",)

    cases: Annotated[float, Field(ge=1, description="least number of units for each part")] = 5.0
    low: Annotated[float, Field(ge=0, le=1, description="KMO below which factors are unacceptable")] = 0.5
    fair: Annotated[float, Field(ge=0, le=1, description="least KMO; else a warning")] = 0.6
    good: Annotated[float, Field(ge=0, le=1, description="least KMO; else information")] = 0.8

    def look(self, subject: Subject) -> Iterator[Finding]:
        nodes = subject.coherence.nodes
        for node in sorted(nodes):
            group = nodes[node]
            yield from _left_out(group, subject.coherence.components[node])
            size = len(group.items)
            if size < _FEWEST:
                continue
            if group.refusal is not None:
                yield _refused(group)
                continue
            if group.incomplete:
                yield _incomplete(group)
            if group.units < self.cases * size:
                units = counted(group.units, "unit")
                sentence = Sentence(
                    "{node} has {units} for {size} parts: fewer than {cases:g} units for each",
                    node=node,
                    units=units,
                    size=size,
                    cases=self.cases,
                )
                remedy = "read the components of this node with care, and take no weights from them"
                yield Finding(node, float(group.units), self.cases * size, sentence, remedy)
            yield from self._kmo(group)

    def _kmo(self, group: NodeCoherence) -> Iterator[Finding]:
        result = group.adequacy
        if isinstance(result, str):
            yield Finding(
                group.node,
                None,
                None,
                Sentence("KMO of {node} is not computed: {result}", node=group.node, result=_plain(result)),
            )
            return
        if result.kmo < self.good:
            lowest = result.items.sort("kmo", "item").row(0, named=True)
            threshold = next(limit for limit in (self.low, self.fair, self.good) if result.kmo < limit)
            severity: Severity | None = "information" if result.kmo >= self.fair else None
            verdict = (
                Sentence("too low for factors")
                if result.kmo < self.low
                else Sentence("low")
                if result.kmo < self.fair
                else Sentence("moderate")
            )
            sentence = Sentence(
                "KMO of {node} is {kmo:.3f}, {verdict}; the lowest of a part is {lowest:.2f}, of {item}",
                node=group.node,
                kmo=result.kmo,
                verdict=verdict,
                lowest=lowest["kmo"],
                item=lowest["item"],
            )
            remedy = "take no weights from its components" if severity is None else ""
            yield Finding(group.node, result.kmo, threshold, sentence, remedy, severity)
        if result.p > 0.05:
            sentence = Sentence(
                "Bartlett's test does not reject that no parts of {node} correlate: chi-square "
                "{chi_square:.1f} with {free} degrees of freedom, p = {p:.2f}",
                node=group.node,
                chi_square=result.chi_square,
                free=result.free,
                p=result.p,
            )
            yield Finding(group.node, result.p, 0.05, sentence, "take no weights from its components", "information")


def _left_out(group: NodeCoherence, values: pl.DataFrame) -> Iterator[Finding]:
    for name in sorted(group.left_out):
        present = len(values) - values[name].null_count()
        is_short = present < _FEWEST_VALUES
        reason = Sentence("has {values}", values=counted(present, "value")) if is_short else Sentence("does not vary")
        sentence = Sentence(
            "{name} {reason} in {node}, and takes no part in its correlations",
            name=name,
            reason=reason,
            node=group.node,
        )
        yield Finding(name, None, None, sentence, "" if is_short else "leave it out of the index", "information")


def _refused(group: NodeCoherence) -> Finding:
    assert group.refusal is not None
    size = len(group.items)
    if group.incomplete and group.units <= size:
        reason: str = Sentence(
            "{complete:,} of {units} have all {size} parts",
            complete=group.units,
            units=counted(group.units + group.incomplete, "unit"),
            size=size,
        )
        remedy = "choose an imputation, or take fewer parts together"
    else:
        reason = _plain(group.refusal)
        remedy = "take fewer parts together, such as one dimension at a time"
    sentence = Sentence("components of {node} are not computed: {reason}", node=group.node, reason=reason)
    return Finding(group.node, float(group.units), float(size), sentence, remedy)


def _incomplete(group: NodeCoherence) -> Finding:
    units = counted(group.incomplete, "unit")
    verb = "lacks" if group.incomplete == 1 else "lack"
    sentence = Sentence(
        "{units} {verb} a part of {node}; alpha, KMO and components are over the other {others:,}",
        units=units,
        verb=verb,
        node=group.node,
        others=group.units,
    )
    return Finding(group.node, float(group.incomplete), 0.0, sentence, "choose an imputation", "information")


def _plain(reason: str) -> str:
    """Return the reason of a refusal with the word of the audit for items."""
    return reason.replace(" items", " parts")


def _ordinal(place: int) -> str:
    return Sentence("the second") if place == 1 else Sentence("number {place}", place=place + 1)
