"""Score a tree: prepare, screen, impute, treat, normalise; weigh and aggregate from the bottom up; rank."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from indicia.definition import ROOT
from indicia.engine.climb import Way, climb
from indicia.engine.direction import check_directions
from indicia.engine.fit import Fitted, check_weights, outside, unfit
from indicia.engine.level import alone, together
from indicia.engine.normalise import clipped, normalise
from indicia.engine.notes import changed_notes, lost_differences, said, unranked
from indicia.engine.rank import ranks
from indicia.engine.ready import ready, without
from indicia.errors import enough_memory, listed
from indicia.notes import Names, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from indicia.definition import Definition, Leaf, Node
    from indicia.engine.level import Steps
    from indicia.engine.memo import Memo
    from indicia.engine.normalise import Normalised
    from indicia.engine.prepare import Change, Prepared
    from indicia.engine.settle import Over, Settled
    from indicia.engine.weigh import Weighed
    from indicia.errors import IndiciaError

T = TypeVar("T")
_PER_VALUE = 8.0 + 6.0
"""Bytes that a run holds for each value of an indicator, at least: 8 in the table, and some beside it. Beside it were
measured, of 1,000,000 rows of 10 indicators, 7 by `none` and `arithmetic`, 15 by `min_max` and `topsis`."""
PER_SCORE = 12.0
"""Bytes of a score and its rank."""


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
    with enough_memory(*_large(planned[0][1], table, len(planned))):
        return together(_scoring(definition, tree, table, None, memo) for definition, tree in planned)


def _large(tree: Node, table: pl.DataFrame, runs: int = 1) -> tuple[str, str, float]:
    """Describe the job, suggest streaming if all methods work row by row, and return the least bytes that it takes."""
    leaves = sum(1 for _ in tree.leaves())
    size = f"score {len(table):,} rows of {leaves} indicators"
    least = len(table) * (_PER_VALUE * leaves + PER_SCORE * runs)
    if whole := list(unfit(tree)):
        return size, f"take other methods than those that look at all units at once: {listed(whole, 3)}", least
    slices = "fit the index to some of the rows (indicia fit), and score all slice by slice (indicia score --stream)"
    return size, slices, least


def _scoring(
    definition: Definition, tree: Node, table: pl.DataFrame, fitted: Fitted | None, memo: Memo | None
) -> Steps[Scored]:

    def once(key: Hashable, compute: Callable[[], T]) -> T:
        return compute() if memo is None else memo.once(key, compute)

    data_key = None if memo is None else ("data", memo.of_data(definition, tree))
    given = once(data_key, lambda: ready(definition, tree, table, fitted))
    prepared, over = given.prepared, given.over
    tree = without(tree, given.dropped)
    if fitted:
        check_weights(tree, fitted)
    leaves = tuple(tree.leaves())
    start = None if memo is None else (data_key, memo.of_normalised(tree))
    recalled = fitted.of("normalisation") if fitted else None
    normalised = once(start, lambda: _normalised(prepared, leaves, over, given.neutral, recalled))
    way = Way(definition.data, prepared, over, given.weights_over, fitted, memo=memo, start=start)
    climbed = yield from climb(tree, normalised.values, prepared.values, way)
    found, weighed = climbed.nodes, climbed.nodes.weighed
    nodes = pl.DataFrame([found.scores[node.id] for node in tree.nodes()])
    unrounded = definition.methodology.rank_by == "unrounded"
    ranked = nodes.with_columns(found.exact.values()) if unrounded else nodes
    reweighted = _reweighted(found.incomplete, prepared.units.select(prepared.key), climbed.values.frame)
    ranges = {name: (facts.lowest, facts.highest) for name, facts in prepared.facts.items()}
    beyond = outside(prepared.values, prepared.units[prepared.unit], fitted) if fitted else {}
    held = once((start, "held"), lambda: clipped(prepared, leaves, over, normalised, fitted is not None))
    changes = (*prepared.changes, *held, *found.changes.values())
    found_ranks = ranks(definition, tree, prepared.units, ranked)
    settled = {**prepared.settled, "normalisation": normalised.settled, **found.settled}
    return Scored(
        tree=tree,
        raw=given.raw,
        source=prepared,
        over=over,
        normalised=normalised.frame,
        nodes=nodes,
        components=climbed.values.frame,
        ranked=ranked,
        ranks=found_ranks,
        weighed=weighed,
        reweighted=reweighted,
        changes=changes,
        left_out=given.left_out,
        fitted=fitted or Fitted(settled, weighed, ranges, given.screened, given.constant, given.neutral),
        outside=beyond,
        notes=(
            *given.notes,
            *normalised.notes,
            *(Note("outside", part=Names.of([name]), units=Names.of(names)) for name, names in beyond.items()),
            *changed_notes(changes),
            *said(tree, weighed, reweighted, climbed.values.frame[ROOT]),
            *lost_differences(tree, prepared.facts, climbed.values.facts),
            *unranked(definition.eligible, prepared.units[prepared.unit], nodes[ROOT], found_ranks["rank"]),
        ),
        warnings=(
            *given.warnings,
            *(f"{name}: {one.warning}" for name, one in weighed.items() if one.warning and not fitted),
        ),
    )


def _normalised(
    prepared: Prepared, leaves: Sequence[Leaf], over: Over, constant: Sequence[str], fitted: Settled | None
) -> Normalised:
    normalised = normalise(prepared, leaves, over, constant, fitted)
    return replace(normalised, notes=check_directions(prepared, leaves, over, normalised))


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
