"""The tree of an index with its methods: what the engine scores."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from indicia.catalogue.importing import plugin_of
from indicia.definition.model import ROOT, Indicator, Missing, Scope, Stages
from indicia.errors import DefinitionError, MethodError, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from indicia.catalogue import Catalogue
    from indicia.definition.model import Definition
    from indicia.definition.read import Origin
    from indicia.methods import Aggregation, Imputation, Normalisation, Treatment, Weighting


@dataclass(frozen=True)
class Leaf:
    """An indicator and how it is normalised."""

    id: str
    spec: Indicator
    normalisation: Normalisation
    oriented: bool = True
    """Costs are turned round; where False they come as costs, to an aggregation that knows directions."""
    imputation: Imputation | None = None
    treatment: Treatment | None = None
    transform: Treatment | None = None
    decimals: int | None = None

    @property
    def weight(self) -> float:
        """The weight that the index file gives."""
        return self.spec.weight

    @property
    def column(self) -> str:
        """The column of the data."""
        return self.spec.column or self.id


@dataclass(frozen=True)
class Node:
    """A dimension, or the index itself, and how its score is made of its components."""

    id: str
    weight: float
    level: int
    """0 for the index, 1 for first-level dimensions, …"""
    components: tuple[Part, ...]
    weighting: Weighting
    aggregation: Aggregation
    missing: Missing
    decimals: int | None
    rescaling: Normalisation | None = None
    """Of the score itself."""
    as_component: Normalisation | None = None
    """Of the score where the parent takes it."""

    @property
    def low_is_best(self) -> bool:
        """Whether a lower score is a better one."""
        return self.aggregation.low_is_best and self.rescaling is None

    def nodes(self) -> Iterator[Node]:
        """Yield this node and those below it, parents first."""
        yield self
        for part in self.components:
            if isinstance(part, Node):
                yield from part.nodes()

    def leaves(self) -> Iterator[Leaf]:
        """Yield the indicators below this node."""
        for part in self.components:
            if isinstance(part, Node):
                yield from part.leaves()
            else:
                yield part

    def without(self, names: Collection[str]) -> Node:
        """Return this node without some of the parts below it, and without nodes of which nothing is left."""
        parts = [
            part.without(names) if isinstance(part, Node) else part for part in self.components if part.id not in names
        ]
        return replace(self, components=tuple(part for part in parts if isinstance(part, Leaf) or part.components))


Part: TypeAlias = Leaf | Node


def plan(definition: Definition, catalogue: Catalogue, origin: Origin) -> Node:
    """Return the tree with a method at every node; a fault in it is an error that names its line."""
    _check_names(definition, origin)
    _check_parents(definition, origin)
    tree = _Planner(definition, judged(catalogue, definition, origin), origin).node(ROOT, level=0)
    check_combinations(tree, definition, origin)
    return tree


def judged(catalogue: Catalogue, definition: Definition, origin: Origin) -> Catalogue:
    """Return a catalogue of which weightings know the judgements of the index file; faults in these are errors."""
    known = catalogue.assuming("weighting", definition.judgements)
    for name in definition.judgements:
        try:
            known.choose("weighting", {"method": name}, origin.folder)
        except MethodError as error:
            where = _joined(origin.where(["judgements", name]), error.where)
            raise MethodError(error.what, where=where, remedy=error.remedy) from error
    return known


@dataclass(frozen=True)
class _Planner:
    definition: Definition
    catalogue: Catalogue
    origin: Origin

    def node(self, name: str, level: int) -> Node:
        dimension = self.definition.dimensions.get(name)
        choices = self._choices(name, level)
        aggregation: Aggregation = self._method("aggregation", choices, "arithmetic")
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
        return Node(
            id=name,
            weight=dimension.weight if dimension else 1.0,
            level=level,
            components=tuple(parts),
            weighting=self._method("weighting", choices, "given"),
            aggregation=aggregation,
            missing=_said(choices, "missing") or Missing(),
            decimals=_decimals(choices, "decimals"),
            rescaling=self.optional("normalisation", choices, "rescaling"),
            as_component=self.optional("normalisation", choices, "as_component") if level else None,
        )

    def leaf(self, name: str, spec: Indicator, inherited: _Inherited) -> Leaf:
        own: _Choices = [(spec, ("indicators", name))]

        def stage(kind: str) -> Any:
            return inherited.of(kind) if getattr(spec, kind) is None else self._method(kind, own, "")

        return Leaf(
            id=name,
            spec=spec,
            normalisation=stage("normalisation"),
            oriented=inherited.aggregation.oriented,
            imputation=None if spec.imputation == "none" else stage("imputation"),
            treatment=None if spec.treatment == "none" else stage("treatment"),
            transform=None if spec.transform is None else self.optional("treatment", own, "transform"),
            decimals=inherited.decimals if spec.decimals is None else _decimals(own, "decimals"),
        )

    def normalisation(self, choices: _Choices, aggregation: Aggregation) -> Any:
        """Return the normalisation that is chosen, or the one that the aggregation names for itself."""
        try:
            return self._method("normalisation", choices, aggregation.canonical_normalisation)
        except MethodError as error:
            if _said(choices, "normalisation") is not None:
                raise
            where = _joined(f"{aggregation.name} names it, where none is chosen", plugin_of(aggregation))
            raise MethodError(error.what, where=where, remedy="choose a normalisation") from error

    def _choices(self, name: str, level: int) -> _Choices:
        """Return who has a say at a node, nearest first."""
        choices: _Choices = []
        methodology = self.definition.methodology
        if name in self.definition.dimensions:
            choices.append((self.definition.dimensions[name], ("dimensions", name)))
        if level < len(methodology.levels):
            choices.append((methodology.levels[level], ("methodology", "levels", level)))
        return [*choices, (methodology, ("methodology",))]

    def optional(self, kind: str, choices: _Choices, word: str | None = None) -> Any:
        """Return the method that is chosen, if one is; the choice "none" ends what is said further up."""
        choice = _said(choices, word or kind)
        return None if choice in (None, "none") else self._method(kind, choices, "", word)

    def _method(self, kind: str, choices: _Choices, default: str, word: str | None = None) -> Any:
        for stages, keys in choices:
            choice = getattr(stages, word or kind)
            if choice is not None:
                try:
                    return self.catalogue.choose(kind, choice, self.origin.folder)
                except MethodError as error:
                    where = self.origin.where([*keys, word or kind])
                    raise MethodError(error.what, where=_joined(where, error.where), remedy=error.remedy) from error
        return self.catalogue.choose(kind, default)


class _Inherited:
    """What indicators of a node have that say nothing themselves, each stage chosen once and when one asks."""

    def __init__(self, planner: _Planner, choices: _Choices, aggregation: Aggregation) -> None:
        self.aggregation = aggregation
        self.decimals = _decimals(choices, "normalised_decimals")
        self._planner, self._choices = planner, choices
        self._stages: dict[str, Any] = {}

    def of(self, kind: str) -> Any:
        """Return the method of a stage."""
        if kind not in self._stages:
            planner, choices = self._planner, self._choices
            self._stages[kind] = (
                planner.normalisation(choices, self.aggregation)
                if kind == "normalisation"
                else planner.optional(kind, choices)
            )
        return self._stages[kind]


_Choices: TypeAlias = "list[tuple[Stages | Indicator, tuple[object, ...]]]"


def _said(choices: _Choices, word: str) -> Any:
    return next((getattr(stages, word) for stages, _ in choices if getattr(stages, word) is not None), None)


def _decimals(choices: _Choices, word: str) -> int | None:
    said = _said(choices, word)
    return None if said == "none" else said


def check_combinations(tree: Node, definition: Definition, origin: Origin) -> None:
    """Refuse methods that cannot follow each other, whatever the data."""
    for leaf in tree.leaves():
        _check_unit(leaf, origin)
        if leaf.normalisation.needs_periods and definition.data.period is None:
            raise MethodError(
                f"{leaf.normalisation.name} of {leaf.id} compares periods, and the data have none",
                where=origin.where(["methodology", "normalisation"]),
                remedy='period = "year" in [data], the column of the periods',
            )
    for node in tree.nodes():
        for method in (node.rescaling, node.as_component):
            if method is not None and method.needs_periods:
                raise MethodError(
                    f"{method.name} compares indicators with themselves in another period, not the scores of {node.id}",
                    remedy="give it to the indicators, as their normalisation",
                )
        for part in node.components:
            if isinstance(part, Node) or part.spec.bounds is not None or part.spec.best is not None:
                continue
            if part.normalisation.needs_bounds:
                raise MethodError(
                    f"{part.normalisation.name} needs the bounds of {part.id}",
                    where=origin.where(["indicators", part.id]),
                    remedy="bounds = [least, greatest], or min_max, which takes those of the data",
                )
            certain = part.normalisation.certain
            if certain is not None and not node.aggregation.domain.admits(certain):
                raise MethodError(
                    f"{node.aggregation.name} of {node.id} needs {node.aggregation.domain.value} values, "
                    f"and {part.normalisation} never gives the worst unit one: {part.id}",
                    where=origin.where(["methodology", "normalisation"]),
                    remedy='normalisation = "min_max(lower=1, upper=100)", or aggregation = "arithmetic"',
                )


def _check_unit(leaf: Leaf, origin: Origin) -> None:
    """Refuse a treatment that may change the unit of measure of an indicator for which limits are given in it."""
    if leaf.treatment is None or not leaf.treatment.changes_scale:
        return
    words = ("bounds", "target", "interval", "worst", "floor", "cap")
    if given := [word for word in words if getattr(leaf.spec, word) is not None]:
        raise MethodError(
            f"{leaf.treatment} may change the scale of {leaf.id}, whose {listed(given)} would be of another one",
            where=origin.where(["indicators", leaf.id]),
            remedy=f'treatment = "none" for {leaf.id}; a transform takes bounds, target and cap along',
        )


def dubious(tree: Node, definition: Definition, periods: int) -> Iterator[str]:
    """Yield what can be computed and should be thought about, the data having so many periods."""
    moving = [leaf.id for leaf in tree.leaves() if leaf.normalisation.needs_spread and not leaf.spec.bounds]
    if moving and periods > 1 and definition.methodology.statistics == Scope():
        yield (
            f"scores of past periods change with every new one, as the scale of {listed(moving)} is the data's own; "
            "bounds = [least, greatest] fix it"
        )
    for node in tree.nodes():
        ordinal = [part.id for part in node.components if isinstance(part, Leaf) and part.normalisation.ordinal]
        if ordinal and node.aggregation.additive:
            name = f"{node.aggregation.name} of {node.id}"
            yield f"{name} takes ranks for distances: {listed(ordinal)}; copeland does not"


def _joined(*lines: str | None) -> str | None:
    return "\n".join(line for line in lines if line) or None


def _check_names(definition: Definition, origin: Origin) -> None:
    if not definition.indicators:
        raise DefinitionError("the index has no indicators", where=origin.where(["indicators"]))
    data = definition.data
    taken = {ROOT: "the index", "score": "the score", "rank": "the rank"}
    taken |= {f"rank_{group}": "the rank within a group" for group in definition.methodology.ranks}
    columns = [column for column in (data.unit, data.period, *data.labels(), *data.groups) if column]
    for column in columns:
        if column in taken:
            raise DefinitionError(
                f'the column "{column}" has the name of {taken[column]}',
                where=origin.where(["data"]),
                remedy="rename it in the data",
            )
    taken |= dict.fromkeys(columns, "a column of the units")
    for kind, names in (("dimensions", definition.dimensions), ("indicators", definition.indicators)):
        for name in names:
            if name in taken:
                raise DefinitionError(
                    f'"{name}" is the name of {taken[name]} already',
                    where=origin.where([kind, name]),
                    remedy="rename it",
                )
        taken |= dict.fromkeys(names, "a dimension")


def _check_parents(definition: Definition, origin: Origin) -> None:
    dimensions = definition.dimensions
    for kind, field, things in (
        ("indicators", "dimension", definition.indicators),
        ("dimensions", "parent", dimensions),
    ):
        for name, thing in things.items():
            parent = getattr(thing, field)
            if parent is not None and parent != ROOT and parent not in dimensions:
                raise DefinitionError(
                    f'{name} belongs to "{parent}", which is no dimension',
                    where=origin.where([kind, name, field]),
                    remedy=nearest(parent, dimensions) or "add it to [dimensions]",
                )
    for name in dimensions:
        path = [name]
        while (parent := dimensions[path[-1]].parent) not in (None, ROOT):
            if parent in path:
                circle = " → ".join([*path[path.index(parent) :], parent])
                raise DefinitionError(
                    f"dimensions go round in a circle: {circle}", where=origin.where(["dimensions", name, "parent"])
                )
            path.append(str(parent))
    inhabited = Counter(spec.dimension for spec in definition.indicators.values())
    inhabited.update(node.parent for node in dimensions.values())
    if empty := [name for name in dimensions if not inhabited[name]]:
        raise DefinitionError(
            f"no indicator belongs to dimension {listed(empty)}",
            where=origin.where(["dimensions", empty[0]]),
            remedy=f'give an indicator dimension = "{empty[0]}", or leave the dimension out',
        )
