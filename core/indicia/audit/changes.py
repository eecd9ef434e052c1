"""Small changes of an index that may answer findings: another dimension or direction, no part, other weights."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import polars as pl

from indicia.checks import SEVERITIES
from indicia.checks.remedies import dominates_at_equal_weights, has_few_parts, home_of
from indicia.defaults import CODE_OF_IMPORTANCE, CODE_OF_NUMBERS, CODES_OF_WEIGHTS, WEIGHTING
from indicia.definition import Leaf
from indicia.errors import join_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.checks import Severity, Subject
    from indicia.definition import Node, Part

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
    `WEAKEST` components of the node, which correlate least with the others. `indicia.checks.remedies` has the
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
