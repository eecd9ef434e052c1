"""Score a tree: prepare, screen, impute, treat, normalise; weigh and aggregate from the bottom up; rank."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from indicia.definition import ROOT, Leaf, text
from indicia.engine.aggregate import missing_error, shares, with_presence
from indicia.engine.climb import Way, climb
from indicia.engine.fit import Fitted, check_known, check_weights, outside, unfit
from indicia.engine.impute import impute, unfilled
from indicia.engine.level import alone, together
from indicia.engine.normalise import clipped, constant_indicators, normalise, said_constant
from indicia.engine.notes import changed_notes, said, screened_notes
from indicia.engine.prepare import prepare, resolved
from indicia.engine.rank import ranks
from indicia.engine.screen import screen
from indicia.engine.treat import treat
from indicia.engine.weigh import with_weights
from indicia.errors import DataError, DefinitionError, counted, enough_memory, listed
from indicia.notes import Names, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Mapping, Sequence

    from indicia.definition import Definition, Node
    from indicia.engine.level import Steps
    from indicia.engine.memo import Memo
    from indicia.engine.prepare import Change, Prepared
    from indicia.engine.settle import Over
    from indicia.engine.weigh import Weighed
    from indicia.errors import IndiciaError
    from indicia.methods import Method

T = TypeVar("T")


@dataclass(frozen=True)
class Scored:
    """What a run computed, stage by stage; frames have one row per unit (and period), in the order of the data."""

    tree: Node
    raw: Prepared
    """Before gaps were imputed and outliers treated."""
    source: Prepared
    """As it was normalised."""
    over: Over
    """The rows over which statistics were taken."""
    normalised: pl.DataFrame
    nodes: pl.DataFrame
    """One column of scores per node."""
    components: pl.DataFrame
    """Indicators and nodes as their parents take them: rescaled, turned round, with gaps filled."""
    ranked: pl.DataFrame
    """The scores that are ranked: rounded, or not."""
    ranks: pl.DataFrame
    """The ranks of the index, `rank`, and one column per group column that the methodology ranks within."""
    weighed: Mapping[str, Weighed]
    reweighted: pl.DataFrame
    """Units that miss components of a node: how many they have, of how many, and whether they got a score."""
    changes: tuple[Change, ...]
    """What stages did to cells."""
    left_out: pl.DataFrame
    """Units and indicators that screening left out."""
    fitted: Fitted
    outside: Mapping[str, list[str]]
    """Units outside the range that was fitted, by indicator."""
    notes: tuple[Note, ...] = field(default=())
    warnings: tuple[str, ...] = field(default=())

    @property
    def units(self) -> pl.DataFrame:
        """Unit, period, labels and groups."""
        return self.source.units

    @property
    def prepared(self) -> pl.DataFrame:
        """The indicators as they were normalised."""
        return self.source.values

    @property
    def rank(self) -> pl.Series:
        """The ranks of the index."""
        return self.ranks["rank"]

    @property
    def facts(self) -> dict[str, Mapping[str, float | str]]:
        """What weightings report, by node."""
        return {name: one.facts for name, one in self.weighed.items() if one.facts}


def score(
    definition: Definition, tree: Node, table: pl.DataFrame, fitted: Fitted | None = None, memo: Memo | None = None
) -> Scored:
    """Score every node of the tree for every row of the table, and rank.

    With what a former run fitted, nothing is asked of these data: they are scored as those would have been. A memo
    lets runs over one table share what they have in common; it does not change what comes out.
    """
    with enough_memory(*_large(tree, table)):
        return alone(_scoring(definition, tree, table, fitted, memo))


def score_all(
    planned: Sequence[tuple[Definition, Node]], table: pl.DataFrame, memo: Memo
) -> list[Scored | IndiciaError]:
    """Score one table by many methodologies, each as `score` does; what they share is computed once, and at once."""
    with enough_memory(*_large(planned[0][1], table)):
        return together(_scoring(definition, tree, table, None, memo) for definition, tree in planned)


def _large(tree: Node, table: pl.DataFrame) -> tuple[str, str]:
    """Say what memory may not hold, and what takes less: to go slice by slice, where no method needs all units."""
    size = f"score {len(table):,} rows of {sum(1 for _ in tree.leaves())} indicators"
    if whole := list(unfit(tree)):
        return size, f"take other methods than those that look at all units at once: {listed(whole, 3)}"
    slices = "fit the index to some of the rows (indicia fit), and score all slice by slice (indicia score --stream)"
    return size, slices


def _scoring(
    definition: Definition, tree: Node, table: pl.DataFrame, fitted: Fitted | None, memo: Memo | None
) -> Steps[Scored]:

    def once(key: Hashable, compute: Callable[[], T]) -> T:
        return compute() if memo is None else memo.once(key, compute)

    data_key = None if memo is None else ("data", memo.of_data(definition, tree))
    ready = once(data_key, lambda: _ready(definition, tree, table, fitted))
    prepared, over = ready.prepared, ready.over
    tree = _without(tree, ready.dropped)
    if fitted:
        check_weights(tree, fitted)
    leaves = tuple(tree.leaves())
    start = None if memo is None else (data_key, memo.of_normalised(tree))
    recalled = fitted.of("normalisation") if fitted else None
    normalised = once(start, lambda: normalise(prepared, leaves, over, ready.neutral, recalled))
    way = Way(definition.data, prepared, over, ready.weights_over, fitted, memo=memo, start=start)
    climbed = yield from climb(tree, normalised.values, prepared.values, way)
    found, weighed = climbed.nodes, climbed.nodes.weighed
    nodes = pl.DataFrame([found.scores[node.id] for node in tree.nodes()])
    unrounded = definition.methodology.rank_by == "unrounded"
    ranked = nodes.with_columns(found.exact.values()) if unrounded else nodes
    reweighted = _reweighted(found.incomplete, prepared.units.select(prepared.key), climbed.values.frame)
    ranges = {name: (facts.lowest, facts.highest) for name, facts in prepared.facts.items()}
    beyond = outside(prepared.values, prepared.units[prepared.unit], fitted) if fitted else {}
    held = once((start, "held"), lambda: clipped(prepared, leaves, over, normalised, fitted is not None))
    changes = (*prepared.changes, *held, *found.changes)
    settled = {**prepared.settled, "normalisation": normalised.settled, **found.settled}
    return Scored(
        tree=tree,
        raw=ready.raw,
        source=prepared,
        over=over,
        normalised=normalised.frame,
        nodes=nodes,
        components=climbed.values.frame,
        ranked=ranked,
        ranks=ranks(definition, tree, prepared.units, ranked),
        weighed=weighed,
        reweighted=reweighted,
        changes=changes,
        left_out=ready.left_out,
        fitted=fitted or Fitted(settled, weighed, ranges, ready.screened, ready.constant, ready.neutral),
        outside=beyond,
        notes=(
            *ready.notes,
            *(Note("outside", part=Names.of([name]), units=Names.of(names)) for name, names in beyond.items()),
            *changed_notes(changes),
            *said(tree, weighed, reweighted, climbed.values.frame[ROOT]),
        ),
        warnings=(
            *ready.warnings,
            *(f"{name}: {one.warning}" for name, one in weighed.items() if one.warning and not fitted),
        ),
    )


@dataclass(frozen=True)
class _Ready:
    """Data and tree, as they go into normalisation."""

    raw: Prepared
    prepared: Prepared
    tree: Node
    over: Over
    weights_over: Over
    left_out: pl.DataFrame
    screened: tuple[str, ...]
    """Indicators that screening left out."""
    constant: tuple[str, ...]
    """Indicators that did not vary and are left out."""
    neutral: tuple[str, ...]
    notes: tuple[Note, ...]
    warnings: tuple[str, ...]

    @property
    def dropped(self) -> tuple[str, ...]:
        """All indicators that take no part."""
        return (*self.screened, *self.constant)


def _ready(definition: Definition, tree: Node, table: pl.DataFrame, fitted: Fitted | None = None) -> _Ready:
    """Prepare, screen, impute, treat; leave out what does not vary, where the methodology says so."""
    data, methodology = definition.data, definition.methodology
    if fitted and fitted.left_out:
        tree = _without(tree, fitted.left_out)
    screened = screen(prepare(table, data, tuple(tree.leaves())), tree, definition.screening, whole=fitted is None)
    tree, prepared = _without(tree, screened.indicators), screened.prepared
    over, weights_over = (
        resolved(scope.model_copy(update={"reference": None}) if fitted else scope, data, prepared, what)
        for what, scope in (("statistics", methodology.statistics), ("weights", methodology.weights))
    )
    if fitted:
        check_known(prepared.units, fitted, over, weights_over)
        tree = _without(tree, fitted.constant)
        prepared = prepared.without(fitted.constant)
    else:
        _check_units(tree, len(prepared.units))
    raw = prepared
    prepared = impute(prepared, tree, data, over, fitted.of("imputation") if fitted else None)
    treated = treat(prepared, tuple(tree.leaves()), over, fitted.settled if fitted else None)
    notes = [*screened_notes(screened, prepared.unit), *unfilled(prepared, tree)]
    prepared = treated.prepared
    _check_present(tree, prepared)
    gone, constant, neutral = (
        (fitted.left_out, fitted.constant, fitted.neutral) if fitted else (screened.indicators, (), ())
    )
    if not fitted:
        varying = _varying(definition, tree, prepared, over)
        constant, neutral = varying.dropped, varying.neutral
        tree, notes = _without(tree, constant), [*notes, *varying.notes]
        prepared = prepared.without(constant) if constant else prepared
    said_so = tuple(notes), treated.warnings
    return _Ready(raw, prepared, tree, over, weights_over, screened.left_out, gone, constant, neutral, *said_so)


def examine(definition: Definition, tree: Node, table: pl.DataFrame) -> list[str]:
    """Make the checks that need no score, and say what the data hold; a fault is an error."""
    ready = _ready(definition, tree, table)
    prepared = ready.prepared
    gaps = [f"{name} ({count})" for name in prepared.values.columns if (count := prepared.values[name].null_count())]
    period = definition.data.period
    sizes = [counted(prepared.units[prepared.unit].n_unique(), "unit")]
    sizes += [counted(prepared.units[period].n_unique(), "period")] if period else []
    sizes += [counted(prepared.values.width, "indicator"), counted(sum(1 for _ in ready.tree.nodes()) - 1, "dimension")]
    return [
        ", ".join(sizes),
        *ready.notes,
        f"missing values: {listed(gaps, len(gaps))}" if gaps else "no missing values",
        "ok",
    ]


def contributions(scored: Scored) -> pl.DataFrame:
    """Return how much of the score comes from each indicator; they sum to it, up to rounding."""
    for node in scored.tree.nodes():
        if not node.aggregation.additive or node.rescaling or node.as_component:
            how = node.rescaling or node.as_component or node.aggregation
            raise DefinitionError(
                f"contributions need additive aggregations; that of {node.id} is {how.name}",
                remedy='aggregation = "arithmetic"',
            )
    nodes = list(scored.tree.nodes())
    values = with_weights(scored.components, scored.units, nodes, scored.weighed)
    gaps = {name for name in values.columns if values[name].null_count()}
    incomplete = [node for node in nodes if any(part.id in gaps for part in node.components)]
    effective: dict[str, pl.Expr] = {}

    def descend(node: Node, above: pl.Expr) -> None:
        weights = shares(node, scored.weighed[node.id], node in incomplete)
        for part, share in zip(node.components, weights, strict=True):
            if isinstance(part, Leaf):
                effective[part.id] = above * share * pl.col(part.id)
            else:
                descend(part, above * share)

    descend(scored.tree, pl.when(pl.col(ROOT).is_not_null()).then(1.0))
    return with_presence(values, incomplete, scored.weighed).select(one.alias(name) for name, one in effective.items())


def _check_units(tree: Node, units: int) -> None:
    methods: list[Method] = [leaf.normalisation for leaf in tree.leaves()]
    methods += [method for node in tree.nodes() for method in (node.weighting, node.aggregation)]
    for method in methods:
        if units < method.minimum_units:
            raise DataError(f"{method.name} needs at least {method.minimum_units} units, and there are {units}")


def _check_present(tree: Node, prepared: Prepared) -> None:
    gaps = [
        part
        for node in tree.nodes()
        for part in node.components
        if isinstance(part, Leaf) and node.missing.policy == "refuse" and prepared.facts[part.id].missing
    ]
    if gaps:
        raise missing_error(gaps, prepared)


@dataclass(frozen=True)
class _Varying:
    """Indicators that do not vary: left out, or scored neutrally."""

    dropped: tuple[str, ...] = ()
    neutral: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


def _varying(definition: Definition, tree: Node, prepared: Prepared, over: Over) -> _Varying:
    leaves = tuple(tree.leaves())
    constant = tuple(constant_indicators(prepared, leaves, over))
    policy = definition.methodology.constant
    if not constant:
        return _Varying()
    if policy == "refuse":
        raise said_constant(constant, leaves, len(prepared.units), over)
    if policy == "drop":
        return _Varying(dropped=constant, notes=(Note("constant_dropped", parts=Names.of(constant)),))
    return _Varying(neutral=constant, notes=(Note("constant_neutral", parts=Names.of(constant)),))


def _without(tree: Node, dropped: Collection[str]) -> Node:
    if not dropped:
        return tree
    left = tree.without(dropped)
    if not left.components:
        raise DefinitionError("every indicator is the same for all units; nothing is left to score")
    return left


def weights(definition: Definition, tree: Node, weighed: Mapping[str, Weighed]) -> pl.DataFrame:
    """Return weights and effective weights; where they differ between groups, those of each, its key in front."""
    keys = next((one.keys for one in weighed.values() if one.keys is not None), None)
    if keys is None:
        return _weights_of_group(definition, tree, weighed, 0)
    return pl.concat(
        keys[number : number + 1].join(_weights_of_group(definition, tree, weighed, number), how="cross")
        for number in range(len(keys))
    )


def _weights_of_group(definition: Definition, tree: Node, weighed: Mapping[str, Weighed], group: int) -> pl.DataFrame:
    rows: list[tuple[object, ...]] = []

    def descend(node: Node, above: float) -> None:
        one = weighed[node.id]
        weights = (one.values if one.keys is None else one.values[group]).tolist()
        for part, weight in zip(node.components, weights, strict=True):
            leaf = isinstance(part, Leaf)
            called = part.spec.name if isinstance(part, Leaf) else definition.dimensions[part.id].name
            about = (part.id, text(called, default=part.id), node.id, node.level + 1)
            rows.append((*about, "indicator" if leaf else "dimension", weight, above * weight))
            if not isinstance(part, Leaf):
                descend(part, above * weight)

    descend(tree, 1.0)
    kinds = {"id": pl.String, "name": pl.String, "parent": pl.String, "level": pl.Int64, "kind": pl.String}
    return pl.DataFrame(rows, schema={**kinds, "weight": pl.Float64, "effective": pl.Float64}, orient="row")


def _reweighted(incomplete: Mapping[str, pl.DataFrame], units: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for node, frame in incomplete.items():
        about = units[frame["row"]]
        scored = values[node].is_not_null().gather(frame["row"]).alias("scored")
        rows.append(
            about.hstack([frame["node"], frame["present"].cast(pl.Int64), frame["components"].cast(pl.Int64), scored])
        )
    empty = {"node": pl.String, "present": pl.Int64, "components": pl.Int64, "scored": pl.Boolean}
    return pl.concat(rows) if rows else pl.DataFrame(schema={**units.schema, **empty})
