"""The statistics and weights of an earlier edition that the next edition keeps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from indicia.errors import DefinitionError, suggest
from indicia.notes import Names, Note
from indicia.stages.frozen import computed_parts, moved_stages
from indicia.tables.fitted import Fitted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia.definition import Definition, Node
    from indicia.definition.frozen import Frozen

Kind = Literal["bounds", "statistics", "weights"]
"""`bounds`: the statistics by which indicators are normalised. `statistics`: these, the statistics of imputation,
treatment, aggregation and rescaling, and the last values of units. `weights`: the weights of the parts of nodes."""
_KINDS: tuple[Kind, ...] = get_args(Kind)
_BEFORE_NORMALISATION = ("imputation", "treatment", "transform")
_OF_NODES = ("aggregation", "rescaling", "as_component")


@dataclass(frozen=True)
class Kept:
    """The indicators and nodes that an edition keeps, by kind, and notes on those that cannot be kept."""

    bounds: frozenset[str] = frozenset()
    """Indicators whose normalisation has the statistics of the earlier edition."""
    statistics: frozenset[str] = frozenset()
    """Indicators and nodes all of whose statistics are those of the earlier edition."""
    weights: frozenset[str] = frozenset()
    """Nodes whose weights are those of the earlier edition."""
    notes: tuple[Note, ...] = field(default=(), compare=False)

    @property
    def record(self) -> dict[str, list[str]]:
        """The names by kind, for the file of the fitted index."""
        return {kind: sorted(names) for kind in _KINDS if (names := getattr(self, kind))}


def parts_to_keep(words: Sequence[str], frozen: Frozen, definition: Definition, tree: Node) -> Kept:
    """Return the parts to keep by words: a kind, or a kind with names, such as `bounds=income,co2`.

    A kind without names keeps all that holds in the new edition, and a note names the rest.

    Raises
    ------
    DefinitionError
        If a word is no kind, a name is no part of the index, or a named part is prepared otherwise than before.
    """
    kept: dict[Kind, set[str]] = {kind: set() for kind in _KINDS}
    notes = []
    for word in words:
        kind, named = _kind_and_names(word)
        holding, other = _parts_that_hold(kind, frozen, definition, tree)
        if named is None:
            kept[kind] |= holding
            if other:
                notes.append(Note("not_kept", what=Note(f"kept_{kind}"), parts=Names.of(other, 10)))
            continue
        for name in named:
            _check_name(name, kind, holding, tree, word)
        kept[kind] |= set(named)
    of_kind = {kind: frozenset(names) for kind, names in kept.items()}
    return Kept(of_kind["bounds"], of_kind["statistics"], of_kind["weights"], tuple(notes))


def _kind_and_names(word: str) -> tuple[Kind, list[str] | None]:
    """Return the kind of a word, and the names after it; None if it has none."""
    text, equals, names = word.partition("=")
    for kind in _KINDS:
        if kind == text.strip():
            return kind, [name.strip() for name in names.split(",")] if equals else None
    raise DefinitionError(
        f'"{text}" is nothing that an edition keeps',
        remedy=suggest(text, _KINDS) or f"one of {', '.join(_KINDS)}; bounds=income for one indicator",
    )


def _parts_that_hold(kind: Kind, frozen: Frozen, definition: Definition, tree: Node) -> tuple[set[str], list[str]]:
    """Return the parts of which the earlier edition has what is kept, and the other parts."""
    fitted, fitted_tree = frozen.fitted, frozen.tree
    assert isinstance(fitted, Fitted)
    assert fitted_tree is not None
    lacking = {*fitted.left_out, *fitted.constant, *fitted.neutral}
    if kind == "weights":
        nodes, former = _components(tree), _components(fitted_tree)
        names = {name for name, parts in nodes.items() if former.get(name) == parts and not parts & lacking}
        names &= set(fitted.node_weights)
        return names, [name for name, parts in nodes.items() if name not in names and len(parts) > 1]
    computed = computed_parts(fitted_tree, tree, moved_stages(frozen, definition))
    leaves = [leaf.id for leaf in tree.leaves()]
    holding = {name for name in leaves if name not in lacking and name not in computed.get("normalisation", ())}
    if kind == "statistics":
        for node in tree.nodes():
            if node.id not in computed.get("aggregation", ()) and {leaf.id for leaf in node.leaves()} <= holding:
                holding.add(node.id)
    return holding, [name for name in leaves if name not in holding]


def _components(tree: Node) -> dict[str, set[str]]:
    return {node.id: {part.id for part in node.components} for node in tree.nodes()}


def _check_name(name: str, kind: Kind, holding: Iterable[str], tree: Node, word: str) -> None:
    if name in holding:
        return
    parts: Iterable[Any] = tree.nodes() if kind == "weights" else tree.leaves()
    names = [part.id for part in parts]
    if name not in names:
        noun = "dimension" if kind == "weights" else "indicator"
        raise DefinitionError(f'--keep {word}: the index has no {noun} "{name}"', remedy=suggest(name, names))
    reason = "its components are others" if kind == "weights" else "it is new, or prepared by other methods or words"
    raise DefinitionError(
        f"--keep {word}: the earlier edition has no {kind} for {name}: {reason}",
        remedy=f"leave {name} out, so that its {kind} are fitted to the new data",
    )


def kept_of(frozen: Frozen, kept: Kept, tree: Node, left_out: tuple[str, ...]) -> Fitted:
    """Return what is kept of an earlier edition; all else is computed from the data that are scored.

    Parameters
    ----------
    frozen
        The statistics and weights of the earlier edition, and its methods.
    kept
        The parts to keep.
    tree
        The tree of the new edition.
    left_out
        The indicators that screening leaves out of the new edition.
    """
    fitted, fitted_tree = frozen.fitted, frozen.tree
    assert isinstance(fitted, Fitted)
    assert fitted_tree is not None
    leaves, nodes = [leaf.id for leaf in tree.leaves()], [node.id for node in tree.nodes()]
    of_bounds = kept.bounds | kept.statistics
    holding = dict.fromkeys(_BEFORE_NORMALISATION, kept.statistics)
    holding |= {"normalisation": of_bounds, **dict.fromkeys(_OF_NODES, kept.statistics), "missing": kept.statistics}
    computed = {stage: frozenset({*leaves, *nodes} - held) for stage, held in holding.items()}
    computed["weighting"] = frozenset(set(nodes) - kept.weights)
    return replace(
        fitted,
        statistics={
            stage: {
                question: value
                for question, value in values.items()
                if question.subject[0] in holding.get(stage, frozenset())
            }
            for stage, values in fitted.statistics.items()
        },
        node_weights={name: weights for name, weights in fitted.node_weights.items() if name in kept.weights},
        ranges={name: ends for name, ends in fitted.ranges.items() if name in of_bounds},
        left_out=left_out,
        constant=(),
        neutral=(),
        components={
            node.id: tuple(part.id for part in node.components)
            for node in fitted_tree.nodes()
            if node.id in kept.weights
        },
        computed={stage: names for stage, names in computed.items() if names},
    )
