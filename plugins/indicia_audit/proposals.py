"""Proposals: small changes of an index, each tried and audited again, with the findings that it clears and causes."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass, replace
from shlex import quote
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import polars as pl

from indicia.defaults import CODE_OF_IMPORTANCE, CODE_OF_NUMBERS, CODES_OF_WEIGHTS, WEIGHTING
from indicia.definition import ROOT, Leaf
from indicia.errors import IndiciaError, join_names
from indicia.run import prepare_data
from indicia_audit.checks import SEVERITIES
from indicia_audit.checks.remedies import dominates_at_equal_weights, has_few_parts, home_of
from indicia_audit.facts import run_facts_of
from indicia_audit.inspection.findings import look_for
from indicia_audit.inspection.subject import subject_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.definition import Node, Part
    from indicia.scorable import Scorable
    from indicia.types import Period
    from indicia_audit.checks import RunFacts, Severity, Subject
    from indicia_audit.inspection.chosen_checks import ChosenCheck

MOST = 30
"""The largest number of changes that are tried, those for the gravest and most findings first."""
MOST_OF_MANY = 10
"""The same of an index of more than `MANY` units, which takes longer."""
MANY = 1000
_CHAPTERS = ("C", "S", "W")
"""The chapters whose findings a change may clear."""
_SCHEMA = {
    "node": pl.String,
    "change": pl.String,
    "set": pl.String,
    "cleared": pl.Int64,
    "caused": pl.Int64,
    "mean_shift": pl.Float64,
    "cleared_findings": pl.String,
    "caused_findings": pl.String,
}


@dataclass(frozen=True)
class Trial:
    """An index on a table, and the checks that look at it again after a change."""

    index: Scorable
    frame: pl.DataFrame
    checks: Sequence[ChosenCheck]
    period: Period | None = None

    def proposals(self, subject: Subject) -> pl.DataFrame:
        """Return the changes that clear findings of coherence, structure and weights, the most useful first.

        Each change is made, the index is scored, and the checks of the chapters C, S and W that need neither draws nor
        further runs look again. At most 30 changes are tried, 10 of an index of more than 1,000 units: for each error
        and warning about a part, another dimension with which it correlates clearly, the other direction, no part, and
        half and double the weight; a node of four parts or fewer keeps all of them; for a
        finding about a node, the same for its weakest components; for a node, weights closer to the importance that is
        intended.

        Parameters
        ----------
        subject
            The facts about the index as it is, with a run.

        Returns
        -------
        polars.DataFrame
            `node`; `change`, a sentence; `set`, the options of the command line that make the change; `cleared` and
            `caused`, the numbers of errors and warnings that are gone and new, with their codes and places;
            `mean_shift`, the mean absolute difference of ranks. Sorted by cleared minus caused, then by the shift.
        """
        if subject.run is None:
            raise ValueError("proposals need a run")
        flags = self._flags(self._subject(self.index, subject.run, subject))
        changes = changes_for(flags, self.index.tree, subject) if flags else []
        rows = []
        for change in changes[: MOST if len(subject.run.units) <= MANY else MOST_OF_MANY]:
            try:
                rows.append(self._row(change, flags, subject, subject.run))
            except IndiciaError:  # a change with which the index cannot be scored is no proposal
                continue
        table = pl.DataFrame(rows, schema=_SCHEMA, orient="row").filter(pl.col("cleared") > 0)
        order = [pl.col("caused") - pl.col("cleared"), pl.col("mean_shift"), pl.col("set")]
        return table.sort(order)

    def _row(self, change: Change, before: Sequence[Flag], subject: Subject, base: RunFacts) -> tuple[object, ...]:
        index = self.index.with_options(settings=change.settings)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they concern a trial and not the index of the user
            run = run_facts_of(index.score_frame(self.frame), self.period)
            after = self._flags(self._subject(index, run, subject))
        cleared, caused = _places(before) - _places(after), _places(after) - _places(before)
        numbers = cleared.total(), caused.total(), _mean_shift(base, run)
        return (change.node, change.sentence, change.options, *numbers, _text(cleared), _text(caused))

    def _subject(self, index: Scorable, run: RunFacts, similar: Subject) -> Subject:
        """Return the facts that the checks look at again."""
        steps = prepare_data(index.definition, index.tree, self.frame).steps
        return replace(subject_of(index.definition, index.tree, steps, unused={}), run=run, similar=similar)

    def _flags(self, subject: Subject) -> list[Flag]:
        """Return the errors and warnings about a subject that no waiver accepts."""
        checks = [chosen for chosen in self.checks if chosen.code.startswith(_CHAPTERS) and chosen.looks_at_one_run]
        findings, _, _ = look_for(subject, checks, self.index.definition.waivers, self.index.origin)
        return [Flag(entry.code, entry.finding.where, entry.severity) for entry in findings if entry.is_problem]


def _places(flags: Sequence[Flag]) -> Counter[tuple[str, str]]:
    return Counter((flag.code, flag.where) for flag in flags)


def _text(places: Counter[tuple[str, str]]) -> str | None:
    """Return codes and places as a text, with their number if it is above 1; None without any."""
    parts = (
        f"{code} {where}" + (f" ({count})" if count > 1 else "") for (code, where), count in sorted(places.items())
    )
    return ", ".join(parts) or None


def _mean_shift(base: RunFacts, run: RunFacts) -> float | None:
    """Return the mean absolute difference of the ranks of the units that both runs rank."""
    ranks = [pl.DataFrame([facts.units.alias("unit"), facts.ranks[ROOT].alias("rank")]) for facts in (base, run)]
    pairs = ranks[0].join(ranks[1], on="unit").drop_nulls()
    difference = (pairs["rank"] - pairs["rank_right"]).to_numpy()
    return float(np.abs(difference).mean()) if len(difference) else None


Kind: TypeAlias = Literal["move", "reverse", "drop", "weight", "weights"]

WEAKEST = 2
"""The number of components, the weakest first, that are changed if a finding is about their node."""
FACTORS = (0.5, 2.0)
"""The factors of a changed weight."""
_OTHER = {"benefit": "cost", "cost": "benefit"}
_NOT_BARE = ("True", "False", "None", "true", "false", "inf", "nan")
"""Words that an option reads as a value and no text."""


@dataclass(frozen=True)
class Flag:
    """A finding that a change may answer."""

    code: str
    where: str
    severity: Severity


@dataclass(frozen=True)
class Change:
    """A change of a part of a node, in words of the index file."""

    node: str
    """The node whose score changes first."""
    part: str
    """The indicator or dimension; the node itself if several weights change."""
    kind: Kind
    sentence: str
    settings: Mapping[str, Any]
    """The values by dotted path."""

    @property
    def options(self) -> str:
        """The options of the command line that make the change for one run."""
        return " ".join(f"--set {quote(f'{path}={_value(value)}')}" for path, value in self.settings.items())


def _value(value: object) -> str:
    """Return a value as an option writes it; a text that reads as another value stands in quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value if value.isidentifier() and value not in _NOT_BARE else f'"{value}"'
    return f"{value:g}" if isinstance(value, float) else str(value)


def changes_for(flags: Sequence[Flag], tree: Node, subject: Subject) -> list[Change]:
    """Return the changes that may answer findings, those for the gravest and most findings first.

    A finding about an indicator or a dimension leads to changes of it; a finding about a node leads to changes of the
    `WEAKEST` components of the node, which correlate least with the others. `indicia_audit.checks.remedies` has the
    conditions under which a part moves, is left out, or gets less weight.

    Parameters
    ----------
    flags
        The errors and warnings.
    tree
        The index.
    subject
        The facts with a run.
    """
    return _Changes(flags, tree, subject).ordered()


@dataclass(frozen=True)
class _Changes:
    flags: Sequence[Flag]
    tree: Node
    subject: Subject

    def ordered(self) -> list[Change]:
        ranked: dict[tuple[tuple[str, Any], ...], tuple[int, Change]] = {}
        for node in self.tree.counting_nodes():
            weakest = self._weakest(node)
            for part in node.components:
                if any("." in name for name in (node.id, part.id)):  # a dotted path cannot name it
                    continue
                places = {part.id, node.id} if part.id in weakest else {part.id}
                flags = [flag for flag in self.flags if flag.where in places]
                for change in self._of_part(node, part, flags) if flags else ():
                    weight = sum(len(SEVERITIES) - SEVERITIES.index(flag.severity) for flag in flags)
                    ranked.setdefault(_key(change), (weight, change))
            for change in self._of_all_weights(node):
                ranked.setdefault(_key(change), (1, change))
        order = sorted(ranked.values(), key=lambda item: (-item[0], item[1].node, item[1].part, item[1].options))
        return [change for _, change in order]

    def _weakest(self, node: Node) -> list[str]:
        """Return the components that correlate least with the others, if a finding is about the node."""
        if all(flag.where != node.id for flag in self.flags):
            return []
        ordered = sorted((self._with_rest(node, part.id), part.id) for part in node.components)
        return [name for _, name in ordered[:WEAKEST]]

    def _with_rest(self, node: Node, part: str) -> float:
        """Return the correlation of a component with the other components of its node; 1 if there is none."""
        correlation = self.subject.coherence.with_rest(node.id, part)
        return 1.0 if correlation is None else correlation.r

    def _of_part(self, node: Node, part: Part, flags: Sequence[Flag]) -> Iterator[Change]:
        if isinstance(part, Leaf):
            yield from self._of_indicator(node, part)
        if len(node.components) > 1:
            kind = "indicators" if isinstance(part, Leaf) else "dimensions"
            sentence = f"show {part.id} without counting it in {node.id}"
            if len(self.tree.parents[part.id]) == 1 and not has_few_parts(self.subject.coherence, node.id):
                yield Change(node.id, part.id, "drop", sentence, {f"{kind}.{part.id}.counts": False})
            if any(flag.where == part.id and flag.code.startswith(CODES_OF_WEIGHTS) for flag in flags):
                yield from self._of_weight(node, part, kind)

    def _of_indicator(self, node: Node, leaf: Leaf) -> Iterator[Change]:
        parents = self.tree.parents[leaf.id]
        if len(parents) > 1:
            for parent in sorted(parents):
                sentence = f"count {leaf.id} in {parent} alone"
                yield Change(node.id, leaf.id, "move", sentence, {f"indicators.{leaf.id}.dimension": parent})
            return
        if self._with_rest(node, leaf.id) < 0 and (other := _OTHER.get(leaf.spec.direction)):
            sentence = f"take {leaf.id} as a {other}"
            yield Change(node.id, leaf.id, "reverse", sentence, {f"indicators.{leaf.id}.direction": other})
        if has_few_parts(self.subject.coherence, node.id):
            return
        home = home_of(self.subject.coherence, node.id, leaf.id)
        if home is not None and "." not in home:
            sentence = f"move {leaf.id} from {node.id} to {home}"
            yield Change(node.id, leaf.id, "move", sentence, {f"indicators.{leaf.id}.dimension": home})

    def _of_weight(self, node: Node, part: Part, kind: str) -> Iterator[Change]:
        """Yield half and double the weight of a part, if the weights of the node are those of the index file.

        A part that dominates at equal weights too does not get half of its weight.
        """
        if node.weighting.name != WEIGHTING or not isinstance(part.weight, int | float):
            return
        is_correlated = dominates_at_equal_weights(self.subject.coherence, node.id, part.id)
        for factor in FACTORS[1:] if is_correlated else FACTORS:
            weight = float(f"{part.weight * factor:.3g}")
            sentence = f"give {part.id} the weight {weight:g} in {node.id}, in place of {part.weight:g}"
            yield Change(node.id, part.id, "weight", sentence, {f"{kind}.{part.id}.weight": weight})

    def _of_all_weights(self, node: Node) -> Iterator[Change]:
        """Yield weights by which importance is closest to the weights, and dimensions weighted by their indicators."""
        parts = node.components
        scalar = all(isinstance(part.weight, int | float) and "." not in part.id for part in parts)
        if node.weighting.name != WEIGHTING or len(parts) < 2 or not scalar:
            return
        names = {part.id for part in parts}
        flags = [flag for flag in self.flags if flag.where in names]
        closest = self.subject.importance.targets.get(node.id)
        if any(flag.code == CODE_OF_IMPORTANCE for flag in flags) and isinstance(closest, pl.DataFrame):
            weights = dict(closest.select("indicator", "closest_weight").iter_rows())
            yield _with_weights(node, weights, "so that importance is as near as can be to the present weights")
        if any(flag.code == CODE_OF_NUMBERS for flag in self.flags) and not any(
            isinstance(part, Leaf) for part in parts
        ):
            counts = {part.id: float(len(part.indicators)) for part in parts if not isinstance(part, Leaf)}
            yield _with_weights(node, counts, "by their numbers of indicators")


def _with_weights(node: Node, weights: Mapping[str, float], purpose: str) -> Change:
    """Return a change of the weights of all components of a node, by three digits."""
    kinds = {part.id: "indicators" if isinstance(part, Leaf) else "dimensions" for part in node.components}
    rounded = {name: float(f"{weight:.3g}") for name, weight in weights.items()}
    listed = join_names((f"{name} {weight:g}" for name, weight in rounded.items()), 6)
    settings = {f"{kinds[name]}.{name}.weight": weight for name, weight in rounded.items()}
    return Change(node.id, node.id, "weights", f"weigh the parts of {node.id} {purpose}: {listed}", settings)


def _key(change: Change) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(change.settings.items()))
