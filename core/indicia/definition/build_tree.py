"""The tree of an index; each node and indicator has the method of the nearest choice in the index file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import fsum
from typing import TYPE_CHECKING, Any, TypeAlias

from indicia.catalogue.offers import plugin_of
from indicia.defaults import AGGREGATION, WEIGHTING
from indicia.definition.checks import check_combinations, check_language, check_levels, check_names, check_scopes
from indicia.definition.frozen import FITTED_WEIGHTS, check_stated_weights, check_weightings, check_weights_of_variant
from indicia.definition.graph import path_lengths
from indicia.definition.methodology_section import Missing, Stages
from indicia.definition.section import ROOT
from indicia.definition.tree import Leaf, Node, Part
from indicia.definition.tree_checks import check_bands, check_graph, check_signs, directions_of_nodes
from indicia.definition.uses import check_uses
from indicia.definition.weight_sets import check_unscaled, check_weights_of_nodes, weights_in_file, with_weight_sets
from indicia.errors import DefinitionError, MethodError, join_names
from indicia.methods import Aggregation, MatrixAggregation
from indicia.methods.numbers import SEED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia.catalogue import Catalogue
    from indicia.definition.model import Definition
    from indicia.definition.origin import Origin
    from indicia.definition.parts_section import Indicator

    LeafKey: TypeAlias = tuple[object, ...]


def build_tree(definition: Definition, catalogue: Catalogue, origin: Origin, shared: SharedParts | None = None) -> Node:
    """Return the tree of an index with its methods; an error names the line of the index file.

    Trees that are built with one object `shared` have equal indicators in common.
    """
    shared = SharedParts() if shared is None else shared
    check_names(definition, origin)
    check_language(definition.language, definition, origin.where(["language"]))
    shared.check_graph_once(definition, lambda: check_graph(definition, origin))
    check_levels(definition, origin)
    check_scopes(definition, origin)
    check_attributes(definition, origin)
    check_outside(definition, origin, lambda choice, keys: choose(catalogue, "treatment", choice, origin, keys))
    check_bands(definition, origin)
    tree = _TreeBuilder(definition, catalogue_of_file(catalogue, definition, origin), origin, shared).tree()
    check_combinations(tree, definition, origin)
    check_uses(tree, definition, origin)
    check_weights_of_nodes(tree, origin)
    check_weightings(tree, origin)
    check_weights_of_variant(tree, definition.frozen)
    check_stated_weights(tree, definition.frozen, origin)
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
    shared: SharedParts

    def tree(self) -> Node:
        """Return the index with all dimensions and indicators; a part of several parents is one object."""
        dimensions, indicators = self.definition.dimensions, self.definition.indicators
        node_parents = {ROOT: (), **{name: dimension.parents for name, dimension in dimensions.items()}}
        lengths = path_lengths({name: node_parents[name] for name in dimensions})
        levels = {name: max(of_paths) for name, of_paths in lengths.items()}
        names = sorted(levels, key=levels.__getitem__)  # parents before their dimensions
        inherited = {name: self._inherited(name, levels[name]) for name in names}
        leaves = {
            name: self.leaf(name, spec, [inherited[node] for node in spec.parents]) for name, spec in indicators.items()
        }
        children: dict[str, list[str]] = {name: [] for name in names}
        specs = self.definition.parts
        for name, spec in specs.items():
            for parent in spec.parents:
                children[parent].append(name)
        directions = directions_of_nodes(self.definition, names, self.origin)
        check_signs(self.definition, directions, self.origin)
        nodes: dict[str, Node] = {}
        for name in reversed(names):
            components: list[Part] = []
            shown: list[Part] = []
            for key in children[name]:
                (components if specs[key].counts else shown).append(nodes[key] if key in nodes else leaves[key])
            node = replace(
                self.node(name, levels[name], inherited[name]),
                components=tuple(components),
                shown=tuple(shown),
                direction=directions[name],
                opposes_parent=any(directions[name] != directions[parent] for parent in node_parents[name]),
            )
            nodes[name] = self._unscaled(node, inherited[name].choices)
        return nodes[ROOT]

    def _unscaled(self, node: Node, choices: _Choices) -> Node:
        """Return a node with the sum of its weights in the index file, if they enter the score unscaled."""
        if _nearest(choices, "scale_weights") is not False:
            return node
        node = replace(node, sum_of_weights=fsum(weights_in_file(node)))
        lines = (self._where(choices, word) for word in ("scale_weights", "aggregation"))
        check_unscaled(node, self.origin, *lines)
        return node

    def _inherited(self, name: str, level: int) -> _Inherited:
        choices = self._choices(name, level)
        return _Inherited(self, name, choices, self._chosen_method("aggregation", choices, AGGREGATION))

    def node(self, name: str, level: int, inherited: _Inherited) -> Node:
        """Return the index or a dimension, with its methods and without parts."""
        dimension, choices = self.definition.dimensions.get(name), inherited.choices
        weighting = self._chosen_method("weighting", choices, self._default_weighting)
        is_random = weighting.draws_random_numbers or inherited.aggregation.draws_random_numbers
        seed = self.definition.methodology.seed
        return Node(
            id=name,
            weight=dimension.weight if dimension else 1.0,
            level=level,
            components=(),
            weighting=weighting,
            aggregation=inherited.aggregation,
            missing=_nearest(choices, "missing") or Missing(),
            decimals=_decimals(choices, "decimals"),
            weight_stated=dimension is not None and "weight" in dimension.model_fields_set,
            rescaling=self.optional("normalisation", choices, "rescaling"),
            as_component=self.optional("normalisation", choices, "as_component") if level else None,
            seed=(SEED if seed is None else seed) if is_random else None,
        )

    @property
    def _default_weighting(self) -> str:
        """The weighting of a node without a choice."""
        return WEIGHTING if self.definition.frozen is None else FITTED_WEIGHTS

    def leaf(self, name: str, spec: Indicator, parents: Sequence[_Inherited]) -> Leaf:
        """Return an indicator with its methods, which are those of its parents if it has no choice itself."""
        table: _Choices = [(spec, ("indicators", name))]

        def stage(kind: str) -> Any:
            if getattr(spec, kind) is not None:
                return self._chosen_method(kind, table, "")
            return _common(name, kind, parents, self.origin)

        if spec.direction == "cost":
            _check_orientation(name, parents, self.origin)
        normalisation, aggregations = stage("normalisation"), [parent.aggregation for parent in parents]
        oriented = aggregations[0].oriented
        compared = normalisation.whole_column or any(
            isinstance(method, MatrixAggregation) and not method.row_by_row for method in aggregations
        )
        imputation = None if spec.imputation == "none" else stage("imputation")
        treatment = None if spec.treatment == "none" else stage("treatment")
        transform = None if spec.transform is None else self.optional("treatment", table, "transform")
        decimals = stage("decimals") if spec.decimals is None else _decimals(table, "decimals")
        objects = (spec, normalisation, imputation, treatment, transform)
        return self.shared.leaf(
            (name, oriented, compared, decimals, *map(id, objects)),
            lambda: Leaf(name, spec, normalisation, oriented, compared, imputation, treatment, transform, decimals),
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

    def __init__(self, builder: _TreeBuilder, node: str, choices: _Choices, aggregation: Aggregation) -> None:
        self.node, self.choices, self.aggregation = node, choices, aggregation
        self._builder = builder
        self._stages: dict[str, Any] = {}

    def of(self, kind: str) -> Any:
        """Return the method or the decimals of a stage; None where an optional stage has no choice."""
        if kind not in self._stages:
            builder, choices = self._builder, self.choices
            self._stages[kind] = (
                builder.normalisation(choices, self.aggregation)
                if kind == "normalisation"
                else _decimals(choices, "normalised_decimals")
                if kind == "decimals"
                else builder.optional(kind, choices)
            )
        return self._stages[kind]

    def place(self, word: str) -> list[object]:
        """Return the keys of the nearest choice; without a choice, those of the node."""
        keys = next((keys for stages, keys in self.choices if getattr(stages, word) is not None), None)
        return [*keys, word] if keys else ["methodology"] if self.node == ROOT else ["dimensions", self.node]


def _common(name: str, kind: str, parents: Sequence[_Inherited], origin: Origin) -> Any:
    """Return the choice that an indicator inherits; an error if its parents have different choices."""
    if len(parents) == 1:
        return parents[0].of(kind)
    choices = {parent.node: parent.of(kind) for parent in parents}
    if len({str(choice) for choice in choices.values()}) > 1:
        word = "normalised_decimals" if kind == "decimals" else kind
        places: list[list[object]] = [["indicators", name, "dimension"], *(parent.place(word) for parent in parents)]
        of_parents = join_names(f"{choice} in {parent}" for parent, choice in choices.items())
        raise MethodError(
            f"{name} belongs to {join_names(choices)}, whose choices of {word} differ: {of_parents}",
            where=origin.lines(*places),
            remedy=f"write {kind} = in [indicators.{name}]",
        )
    return choices[parents[0].node]


def _check_orientation(name: str, parents: Sequence[_Inherited], origin: Origin) -> None:
    """Refuse a cost that belongs to two nodes, of which the aggregation of a single one reverses costs itself."""
    if len({parent.aggregation.oriented for parent in parents}) > 1:
        places: list[list[object]] = [["indicators", name, "dimension"]]
        places += [parent.place("aggregation") for parent in parents]
        methods = join_names(f"{parent.aggregation.name} of {parent.node}" for parent in parents)
        raise MethodError(
            f"{name} is a cost, and only some of its parents take reversed costs: {methods}",
            where=origin.lines(*places),
            remedy=f'choose one kind of aggregation, or add a second indicator with column = "{name}"',
        )


_Choices: TypeAlias = "list[tuple[Stages | Indicator, tuple[object, ...]]]"


def _nearest(choices: _Choices, word: str) -> Any:
    """Return the value of a word in the first table that has the word."""
    return next((getattr(stages, word) for stages, _ in choices if getattr(stages, word) is not None), None)


def _decimals(choices: _Choices, word: str) -> int | None:
    decimals = _nearest(choices, word)
    return None if decimals == "none" else decimals


def check_outside(definition: Definition, origin: Origin, choose: Callable[[object, Sequence[object]], Any]) -> None:
    """Refuse variables with the name of a column of the units, and transforms that cannot be used.

    `choose` returns the method of a choice, and names the line of an error by the keys.
    """
    data = definition.data
    for name, variable in definition.outside.variables.items():
        if name in (data.unit, data.period):
            raise DefinitionError(
                f'the variable "{name}" has the name of a column of the units',
                where=origin.where(["outside", "variables", name]),
                remedy=f'rename it, and write its column: column = "{name}"',
            )
        if not variable.has_transform:
            continue
        keys = ["outside", "variables", name, "transform"]
        method = choose(variable.transform, keys)
        if method.groups or method.parents or method.used_columns:
            raise MethodError(
                f"{method} of {name} uses groups, parents or other columns, which a variable outside the index lacks",
                where=origin.where(keys),
                remedy="choose another transform",
            )


def check_attributes(definition: Definition, origin: Origin) -> None:
    """Refuse attributes in a table of cells and beside the indicators at once, and flags that [data] does not list."""
    attributes = definition.data.attributes
    if attributes is None:
        return
    own = next((name for name, spec in definition.indicators.items() if spec.attributes is not None), None)
    if attributes.path is not None and own is not None:
        raise DefinitionError(
            f"{own} names columns of attributes, and a table of cells has the attributes of all indicators",
            where=origin.lines(["data", "attributes", "path"], ["indicators", own, "attributes"]),
            remedy="write them in one place: a table of cells, or columns beside the indicators",
        )
    if attributes.has_flags and not definition.data.flags:
        raise DefinitionError(
            'status = "flags" takes the flags behind numbers, and [data] lists none',
            where=origin.where(["data", "attributes", "status"]),
            remedy='flags = ["p", "b"] in [data]',
        )
    if attributes.has_flags and (
        name := next((name for name, spec in definition.indicators.items() if _own_status(spec)), None)
    ):
        raise DefinitionError(
            f"the status of {name} is a column, and also the flags behind its numbers",
            where=origin.lines(["data", "attributes", "status"], ["indicators", name, "attributes"]),
            remedy="leave out one of them",
        )


def _own_status(spec: Indicator) -> bool:
    return spec.attributes is not None and spec.attributes.status is not None


@dataclass
class SharedParts:
    """The indicators of the trees that were built so far, and the graphs that were checked.

    Trees of one index differ in few methods, so most of their indicators are equal; one object serves all of them, and
    facts that are kept at the object are computed once.
    """

    _leaves: dict[LeafKey, Leaf] = field(default_factory=dict)
    """An indicator holds the objects whose ids are in its key, so that no later object has the same id."""
    _checked: dict[tuple[int, int], Definition] = field(default_factory=dict)

    def leaf(self, key: LeafKey, build: Callable[[], Leaf]) -> Leaf:
        """Return the indicator of a key, built at its first use."""
        leaf = self._leaves.get(key)
        if leaf is None:
            leaf = self._leaves[key] = build()
        return leaf

    def check_graph_once(self, definition: Definition, check: Callable[[], None]) -> None:
        """Run a check that depends on indicators and dimensions alone, unless equal objects have passed it."""
        key = id(definition.indicators), id(definition.dimensions)
        if key not in self._checked:
            check()
            self._checked[key] = definition
