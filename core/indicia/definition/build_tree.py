"""The tree of an index; each node and indicator has the method of the nearest choice in the index file."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Any, TypeAlias

from indicia.catalogue.importing import plugin_of
from indicia.defaults import AGGREGATION, WEIGHTING
from indicia.definition.attribute_checks import check_attributes
from indicia.definition.check_bands import check_bands
from indicia.definition.checks import check_combinations, check_levels, check_names, check_parents, check_scopes
from indicia.definition.model import Indicator, Missing, Stages
from indicia.definition.outside_checks import check_outside
from indicia.definition.section import ROOT
from indicia.definition.tree import Leaf, Node
from indicia.definition.unscaled_weights import check_unscaled
from indicia.definition.uses import check_uses
from indicia.definition.weight_sets import check_weights_of_nodes, weights_in_file, with_weight_sets
from indicia.errors import MethodError
from indicia.methods import MatrixAggregation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.catalogue import Catalogue
    from indicia.definition.model import Definition
    from indicia.definition.read import Origin
    from indicia.definition.tree import Part
    from indicia.methods import Aggregation, Weighting


def build_tree(definition: Definition, catalogue: Catalogue, origin: Origin) -> Node:
    """Return the tree of an index with its methods; an error names the line of the index file."""
    check_names(definition, origin)
    check_parents(definition, origin)
    check_levels(definition, origin)
    check_scopes(definition, origin)
    check_attributes(definition, origin)
    check_outside(definition, origin, lambda choice, keys: choose(catalogue, "treatment", choice, origin, keys))
    check_bands(definition, origin)
    builder = _TreeBuilder(definition, catalogue_of_file(catalogue, definition, origin), origin)
    tree = builder.node(ROOT, level=0)
    check_combinations(tree, definition, origin)
    check_uses(tree, definition, origin)
    check_weights_of_nodes(tree, origin)
    return tree


def catalogue_of_file(catalogue: Catalogue, definition: Definition, origin: Origin) -> Catalogue:
    """Return a catalogue with the weightings of the index file: its sets of weights, and judgements as parameters."""
    catalogue = with_weight_sets(catalogue, definition, origin)
    catalogue = catalogue.with_defaults("weighting", definition.judgements)
    for name in definition.judgements:
        choose(catalogue, "weighting", {"method": name}, origin, ["judgements", name])
    return catalogue


def choose(catalogue: Catalogue, kind: str, choice: object, origin: Origin, keys: Sequence[object]) -> Any:
    """Return the method that an index file chooses; an error names the line of the choice."""
    try:
        return catalogue.choose(kind, choice, origin.folder)
    except MethodError as error:
        where = "\n".join(filter(None, (origin.where(keys), error.where)))
        raise MethodError(error.what, where=where or None, remedy=error.remedy) from error


@dataclass(frozen=True)
class _TreeBuilder:
    definition: Definition
    catalogue: Catalogue
    origin: Origin

    def node(self, name: str, level: int) -> Node:
        dimension = self.definition.dimensions.get(name)
        direction = self.definition.direction_of(name)
        choices = self._choices(name, level)
        aggregation: Aggregation = self._chosen_method("aggregation", choices, AGGREGATION)
        inherited = _Inherited(self, choices, aggregation)
        parts: list[Part] = [
            self.node(key, level + 1)
            for key, child in self.definition.dimensions.items()
            if (child.parent or ROOT) == name
        ]
        parts += [
            self.leaf(key, spec, inherited)
            for key, spec in self.definition.indicators.items()
            if (spec.dimension or ROOT) == name
        ]
        weighting: Weighting = self._chosen_method("weighting", choices, WEIGHTING)
        node = Node(
            id=name,
            weight=dimension.weight if dimension else 1.0,
            level=level,
            components=tuple(parts),
            weighting=weighting,
            aggregation=aggregation,
            missing=_nearest(choices, "missing") or Missing(),
            decimals=_decimals(choices, "decimals"),
            weight_stated=dimension is not None and "weight" in dimension.model_fields_set,
            rescaling=self.optional("normalisation", choices, "rescaling"),
            as_component=self.optional("normalisation", choices, "as_component") if level else None,
            direction=direction,
            opposes_parent=dimension is not None and direction != self.definition.direction_of(dimension.parent),
            sum_of_weights=None
            if _nearest(choices, "scale_weights") is not False
            else fsum(weights_in_file(weighting, parts)),
        )
        if node.sum_of_weights is not None:
            lines = (self._where(choices, word) for word in ("scale_weights", "aggregation"))
            check_unscaled(node, self.origin, *lines)
        return node

    def leaf(self, name: str, spec: Indicator, inherited: _Inherited) -> Leaf:
        table: _Choices = [(spec, ("indicators", name))]

        def stage(kind: str) -> Any:
            return inherited.of(kind) if getattr(spec, kind) is None else self._chosen_method(kind, table, "")

        normalisation, aggregation = stage("normalisation"), inherited.aggregation
        return Leaf(
            id=name,
            spec=spec,
            normalisation=normalisation,
            oriented=aggregation.oriented,
            compared=normalisation.whole_column
            or (isinstance(aggregation, MatrixAggregation) and not aggregation.row_by_row),
            imputation=None if spec.imputation == "none" else stage("imputation"),
            treatment=None if spec.treatment == "none" else stage("treatment"),
            transform=None if spec.transform is None else self.optional("treatment", table, "transform"),
            decimals=inherited.decimals if spec.decimals is None else _decimals(table, "decimals"),
        )

    def normalisation(self, choices: _Choices, aggregation: Aggregation) -> Any:
        """Return the normalisation of the nearest choice; without a choice, the default of the aggregation."""
        try:
            return self._chosen_method("normalisation", choices, aggregation.canonical_normalisation)
        except MethodError as error:
            if _nearest(choices, "normalisation") is not None:
                raise
            where = filter(None, (f"{aggregation.name} uses it by default", plugin_of(aggregation)))
            raise MethodError(error.what, where="\n".join(where), remedy="choose a normalisation") from error

    def _choices(self, name: str, level: int) -> _Choices:
        """Return the tables that may choose methods for a node, nearest first: the node, its level, the methodology."""
        choices: _Choices = []
        methodology = self.definition.methodology
        if name in self.definition.dimensions:
            choices.append((self.definition.dimensions[name], ("dimensions", name)))
        if level < len(methodology.levels):
            choices.append((methodology.levels[level], ("methodology", "levels", level)))
        return [*choices, (methodology, ("methodology",))]

    def _where(self, choices: _Choices, word: str) -> str | None:
        """Return the line of the nearest choice of a word; None without a choice."""
        keys = next((keys for stages, keys in choices if getattr(stages, word) is not None), None)
        return None if keys is None else self.origin.where([*keys, word])

    def optional(self, kind: str, choices: _Choices, word: str | None = None) -> Any:
        """Return the method of the nearest choice; None without a choice, or if it is "none"."""
        choice = _nearest(choices, word or kind)
        return None if choice in (None, "none") else self._chosen_method(kind, choices, "", word)

    def _chosen_method(self, kind: str, choices: _Choices, default: str, word: str | None = None) -> Any:
        for stages, keys in choices:
            choice = getattr(stages, word or kind)
            if choice is not None:
                return choose(self.catalogue, kind, choice, self.origin, [*keys, word or kind])
        return self.catalogue.choose(kind, default)


class _Inherited:
    """The methods that the indicators of a node inherit if they have no choice themselves.

    A method is built for the first indicator that inherits it, as all indicators may have choices themselves.
    """

    def __init__(self, builder: _TreeBuilder, choices: _Choices, aggregation: Aggregation) -> None:
        self.aggregation = aggregation
        self.decimals = _decimals(choices, "normalised_decimals")
        self._builder, self._choices = builder, choices
        self._stages: dict[str, Any] = {}

    def of(self, kind: str) -> Any:
        """Return the method of a stage; None where an optional stage has no choice."""
        if kind not in self._stages:
            builder, choices = self._builder, self._choices
            self._stages[kind] = (
                builder.normalisation(choices, self.aggregation)
                if kind == "normalisation"
                else builder.optional(kind, choices)
            )
        return self._stages[kind]


_Choices: TypeAlias = "list[tuple[Stages | Indicator, tuple[object, ...]]]"


def _nearest(choices: _Choices, word: str) -> Any:
    """Return the value of a word in the first table that has the word."""
    return next((getattr(stages, word) for stages, _ in choices if getattr(stages, word) is not None), None)


def _decimals(choices: _Choices, word: str) -> int | None:
    decimals = _nearest(choices, word)
    return None if decimals == "none" else decimals
