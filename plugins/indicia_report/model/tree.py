"""The tree of the page: dimensions and indicators, parents first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indicia.definition import ROOT, Leaf, Node
from indicia_report.model.texts import of_definition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.definition import Part
    from indicia.definition.parts_section import Dimension, Indicator
    from indicia.result import Result
    from indicia.run import Scored
    from indicia_report.model import types
    from indicia_report.model.units import UnitRows

_MOST_DECIMALS = 4
"""The most decimals with which all raw values of an indicator are shown; with more, each has those that it needs."""


@dataclass(frozen=True)
class PageTree:
    """The parts of an index, each once, in the order in which a reader goes through them."""

    result: Result
    units: UnitRows
    languages: Sequence[str]

    @cached_property
    def parts(self) -> list[Part]:
        """The index, its dimensions and its indicators; a part of several dimensions follows the last of them."""
        finished: dict[str, Part] = {}
        path: list[tuple[Part, list[Part]]] = [(self.root, list(self.root.parts))]
        while path:
            part, pending = path[-1]
            if not pending:
                finished[part.id] = part
                path.pop()
            elif (below := pending.pop()).id not in finished:
                path.append((below, list(below.parts) if isinstance(below, Node) else []))
        return list(reversed(finished.values()))

    @property
    def root(self) -> Node:
        """The index."""
        return self.result.scored.tree

    @cached_property
    def place(self) -> dict[str, int]:
        """The place of each part."""
        return {part.id: at for at, part in enumerate(self.parts)}

    @cached_property
    def leaves(self) -> list[Leaf]:
        """The indicators, in the order of the tree."""
        return [part for part in self.parts if isinstance(part, Leaf)]

    @cached_property
    def reasons(self) -> dict[str, str]:
        """The dimensions whose scores the script of the page cannot compute, with the reason."""
        exactness = Exactness(self.result.scored, self.units)
        reasons = {node.id: exactness.reason(node) for node in self.root.nodes()}
        return {name: reason for name, reason in reasons.items() if reason is not None}

    def entries(self, raw: Mapping[str, types.Plain], years: Mapping[str, str]) -> list[types.Dimension | types.Leaf]:
        """Return the parts; `raw` has the raw columns by place, and `years` the years of the values by indicator."""
        return [
            self._dimension(part) if isinstance(part, Node) else self._leaf(part, raw.get(str(at)), years.get(part.id))
            for at, part in enumerate(self.parts)
        ]

    def _dimension(self, node: Node) -> types.Dimension:
        weights = self.result.scored.weights_in_score[node.id]
        method, reason = node.aggregation, self.reasons.get(node.id)
        entry: types.Dimension = {
            "id": node.id,
            "parents": self._parents(node),
            "kids": [self.place[part.id] for part in node.components],
            "name": self._name(node),
            "w": [float(weight) for weight in np.atleast_2d(weights.values)[0]],
            "agg": method.name,
            "p": None if method.power is None else float(method.power),
            "missing": _missing(node),
            "exact": reason is None,
        }
        if (short := self._short_name(node)) != entry["name"]:
            entry["short"] = short
        if node.shown:
            entry["shown"] = [self.place[part.id] for part in node.shown]
        if node.sum_of_weights is not None:
            entry["total"] = node.sum_of_weights
        if node.decimals is not None:
            entry["decimals"] = node.decimals
        if reason is not None:
            entry["why"] = reason
        if node.low_is_best:
            entry["low_best"] = True
        return entry

    def _leaf(self, leaf: Leaf, raw: types.Plain | None, years: str | None) -> types.Leaf:
        definition, spec = self.result.definition, leaf.spec
        source = definition.source_for_readers(spec.source)
        bounds = spec.bounds if isinstance(spec.bounds, tuple) and definition.publishes_raw_values else None
        entry: types.Leaf = {
            "id": leaf.id,
            "parents": self._parents(leaf),
            "leaf": True,
            "name": self._name(leaf),
            "norm": " → ".join(str(method) for method in _methods(leaf)),
        }
        if (short := self._short_name(leaf)) != entry["name"]:
            entry["short"] = short
        if spec.unit:
            entry["unit"] = of_definition(spec.unit, self.languages)
        if spec.direction == "cost":
            entry["cost"] = True
        if source:
            entry["source"] = of_definition(source, self.languages)
        if bounds is not None:
            entry["bounds"] = bounds
        if raw is not None and raw["t"] != "f8" and raw["d"] <= _MOST_DECIMALS:
            entry["decimals_raw"] = raw["d"]
        if years is not None:
            entry["year"] = years
        if leaf.id in self.root.harms:
            entry["low_best"] = True
        if spec.simulated:
            entry["simulated"] = True
        return entry

    def _parents(self, part: Part) -> list[int]:
        return [self.place[name] for name in self.root.parents.get(part.id, ())]

    def _name(self, part: Part) -> types.Text:
        definition = self.result.definition
        if part.id == ROOT:
            return of_definition(definition.name, self.languages)
        return of_definition(self._spec(part).name, self.languages, part.id)

    def _short_name(self, part: Part) -> types.Text:
        if part.id == ROOT:
            return self._name(part)
        return of_definition(self._spec(part).short_name, self.languages, part.id)

    def _spec(self, part: Part) -> Indicator | Dimension:
        return part.spec if isinstance(part, Leaf) else self.result.definition.dimensions[part.id]


def _missing(node: Node) -> types.Missing:
    """Return the rule for a unit that lacks a component."""
    rule = node.missing
    entry: types.Missing = {"policy": rule.policy, "share": rule.minimum_share, "count": rule.minimum_count}
    if rule.value is not None:
        entry["value"] = rule.value
    if rule.within is not None:
        entry["within"] = rule.within
    return entry


def _methods(leaf: Leaf) -> list[object]:
    """Return the methods of an indicator in the order of the stages."""
    methods = (leaf.imputation, leaf.treatment, leaf.transform, leaf.normalisation)
    return [method for method in methods if method is not None]


MEANS = frozenset({"arithmetic", "geometric", "harmonic", "generalised", "min", "max"})
"""The aggregations that the script computes."""
_OF_ANY_SUM = MEANS - {"harmonic", "generalised"}
"""The aggregations that the script computes with weights that are not scaled to sum 1."""


@dataclass(frozen=True)
class Exactness:
    """Finds the reason why the script of the page cannot compute the scores of a dimension.

    A reason is the end of a key of the messages of the page.
    """

    scored: Scored
    units: UnitRows

    def reason(self, node: Node) -> str | None:
        """Return the reason; None if the script computes the scores as the engine does."""
        return self._of_method(node) or self._of_components(node) or self._of_missing(node)

    def _of_method(self, node: Node) -> str | None:
        method = node.aggregation.name
        if method not in MEANS:
            return "aggregation"
        if node.rescaling is not None:
            return "rescaling"
        if self.scored.node_weights[node.id].keys is not None:
            return "weights_by_group"
        return "unscaled" if node.sum_of_weights is not None and method not in _OF_ANY_SUM else None

    @staticmethod
    def _of_components(node: Node) -> str | None:
        nodes = [part for part in node.components if isinstance(part, Node)]
        if any(part.as_component is not None for part in nodes):
            return "as_component"
        if any(part.turned for part in nodes):
            return "turned"
        leaves = (part for part in node.components if isinstance(part, Leaf))
        return "costs" if any(not leaf.oriented and leaf.spec.direction == "cost" for leaf in leaves) else None

    def _of_missing(self, node: Node) -> str | None:
        missing = node.missing
        if missing.policy == "parent":
            return "parent"
        if missing.policy != "group_mean":
            return None
        if self.scored.fitted_by is not None:
            return "fitted"
        scope, period = self.scored.scopes.aggregation, self.scored.definition.data.period
        is_by_period = scope.reference is None and scope.key == ((period,) if period else ())
        return None if is_by_period and self.units.has_lasting_groups(str(missing.within)) else "groups_by_row"
