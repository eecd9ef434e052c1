"""The outcome of a run: scores, effective weights and records.

The table of weights and effective weights.

The effective weight of a part is the sum over its paths to the index of the products of the weights on the path.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from indicia.definition import ROOT, Definition, Leaf, Node, Part, text
from indicia.notes import Names, Note
from indicia.run.notes import (
    changed_notes,
    computed_notes,
    ends_of_ranks,
    idle_seed,
    lost_differences,
    score_notes,
    seeds_of_nodes,
    uncounted,
    unranked,
)
from indicia.stages.rank import ranked_scores
from indicia.stages.score_formula import weights_in_score
from indicia.stages.stage import Change, Fitted, Record, fitted_of, nodes_taking_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indicia.methods import Array
    from indicia.run.plan import Step
    from indicia.tables.last_values import LastValues
    from indicia.tables.scope import StatisticsScopes
    from indicia.tables.table import Table
    from indicia.tables.weights import NodeWeights


def weights(definition: Definition, tree: Node, node_weights: Mapping[str, NodeWeights]) -> pl.DataFrame:
    """Return the weights and effective weights; if they differ between groups, the rows of each group with its key."""
    keys = next((weights.keys for weights in node_weights.values() if weights.keys is not None), None)
    if keys is None:
        return _weights_of_group(definition, tree, node_weights, 0)
    return pl.concat(
        keys[number : number + 1].join(_weights_of_group(definition, tree, node_weights, number), how="cross")
        for number in range(len(keys))
    )


def _weights_of_group(
    definition: Definition, tree: Node, node_weights: Mapping[str, NodeWeights], group: int
) -> pl.DataFrame:
    within = {node.id: _of_group(weights_in_score(node, node_weights[node.id]), group) for node in tree.nodes()}
    effective = effective_weights_of(tree, within)
    rows: list[tuple[object, ...]] = []

    def add(node: Node, part: Part, weight: float) -> None:
        name = part.spec.name if isinstance(part, Leaf) else definition.dimensions[part.id].name
        kind = "indicator" if isinstance(part, Leaf) else "dimension"
        level = node.level + 1 if isinstance(part, Leaf) else part.level
        rows.append((part.id, text(name, default=part.id), node.id, level, kind, weight, effective[part.id]))

    def descend(node: Node, listed: set[str]) -> None:
        weights = [*within[node.id], *(0.0 for _ in node.shown)]
        for part, weight in zip(node.parts, weights, strict=True):
            add(node, part, weight)
            if isinstance(part, Node) and part.id not in listed:
                listed.add(part.id)
                descend(part, listed)

    descend(tree, set())
    kinds = {"id": pl.String, "name": pl.String, "parent": pl.String, "level": pl.Int64, "kind": pl.String}
    return pl.DataFrame(rows, schema={**kinds, "weight": pl.Float64, "effective": pl.Float64}, orient="row")


def _of_group(weights: NodeWeights, group: int) -> list[float]:
    values: list[float] = (weights.values if weights.keys is None else weights.values[group]).tolist()
    return values


def effective_weights_of(tree: Node, within: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return the effective weight of the index and of each part, given the weights of the components of each node.

    A part on which the index does not depend has weight 0.
    """
    effective = {tree.id: 1.0}
    for node in tree.nodes():  # parents first
        for part, weight in zip(node.components, within[node.id], strict=True):
            share = effective.setdefault(node.id, 0.0) * weight
            effective[part.id] = effective[part.id] + share if part.id in effective else share
        for part in node.shown:
            effective.setdefault(part.id, 0.0)
    return effective


@dataclass(frozen=True)
class Scored:
    """The outcome of a run, from its tables and records. Frames have the rows that screening kept, in their order."""

    definition: Definition
    tree: Node
    """The tree without the indicators that are left out."""
    raw: Table
    """The table before the imputation of missing values and the treatment of outliers."""
    normalised: pl.DataFrame
    """One column per indicator."""
    source: Table
    """The table after the last stage, with the prepared values and all columns that stages computed."""
    records: Sequence[Record]
    fitted_by: Fitted | None = None
    """The statistics and weights of a former run, if this run uses them."""

    @classmethod
    def of(cls, definition: Definition, tree: Node, steps: Sequence[Step], fitted: Fitted | None = None) -> Scored:
        """Return the outcome of the steps of a run."""
        after = {step.record.stage: step.table for step in steps}  # a stage of nodes has several steps: the last stays
        (root,) = nodes_taking_part([tree], steps[-1].table)
        return cls(
            definition=definition,
            tree=root,
            raw=after["noise"],
            normalised=after["normalisation"].columns.components.frame,
            source=steps[-1].table,
            records=[step.record for step in steps],
            fitted_by=steps[-1].table.fitted if fitted is None else fitted,
        )

    @property
    def scopes(self) -> StatisticsScopes:
        """The rows from which statistics are computed, by stage."""
        return self.source.scopes

    @property
    def units(self) -> pl.DataFrame:
        """Unit, period, labels and groups."""
        return self.source.units

    @property
    def prepared(self) -> pl.DataFrame:
        """The indicators before normalisation, after all other preparation."""
        return self.source.values

    @cached_property
    def nodes(self) -> pl.DataFrame:
        """One column of scores per node."""
        scores = self.source.columns.scores
        return pl.DataFrame([scores[node.id] for node in self.tree.nodes()])

    @property
    def components(self) -> pl.DataFrame:
        """Indicators and nodes as components of their parents: normalised, with gaps filled.

        A larger component is better if the direction of its parent is benefit, and worse if it is cost.
        """
        return self.source.columns.components.frame

    @cached_property
    def ranked(self) -> pl.DataFrame:
        """The scores that are ranked: rounded or unrounded, by the methodology."""
        scores = ranked_scores(self.definition, self.source.columns)
        return pl.DataFrame([scores[node.id] for node in self.tree.nodes()])

    @property
    def ranks(self) -> pl.DataFrame:
        """The ranks of the index, `rank`, and a column `rank_GROUP` for each group column that has ranks."""
        return self.source.ranks

    @property
    def rank(self) -> pl.Series:
        """The ranks of the index."""
        return self.ranks["rank"]

    @property
    def node_weights(self) -> Mapping[str, NodeWeights]:
        """The weights of the components of each node."""
        return self.source.columns.weights

    @cached_property
    def weights_in_score(self) -> Mapping[str, NodeWeights]:
        """The weights of the components of each node as they enter its score: unscaled if the methodology says so."""
        return {node.id: weights_in_score(node, self.node_weights[node.id]) for node in self.tree.nodes()}

    @cached_property
    def effective_weights(self) -> dict[str, float]:
        """The effective weights of the parts, sums over their paths to the index; empty if weights differ by group."""
        if any(weights.keys is not None for weights in self.node_weights.values()):
            return {}
        within = {name: weights.values.tolist() for name, weights in self.weights_in_score.items()}
        return effective_weights_of(self.tree, within)

    @property
    def facts(self) -> dict[str, Mapping[str, float | str]]:
        """The facts that weightings report, by node."""
        return {name: weights.facts for name, weights in self.node_weights.items() if weights.facts}

    @cached_property
    def reweighted(self) -> pl.DataFrame:
        """The units that miss components of a node, with the numbers of present components and of all components."""
        units, values, rows = self.units.select(self.source.key), self.components, []
        for record in self.records:
            for node, frame in record.incomplete.items():
                keys = units[frame["row"]]
                scored = values[node].is_not_null().gather(frame["row"]).alias("scored")
                counts = [frame[name].cast(pl.Int64) for name in ("present", "components")]
                rows.append(keys.hstack([frame["node"], *counts, scored]))
        empty = {"node": pl.String, "present": pl.Int64, "components": pl.Int64, "scored": pl.Boolean}
        return pl.concat(rows) if rows else pl.DataFrame(schema={**units.schema, **empty})

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The cells that stages changed, in indicators and nodes that are not left out."""
        kept = {leaf.id for leaf in self.tree.leaves()} | {node.id for node in self.tree.nodes()}
        changes = (change.of_columns(kept) for record in self.records for change in record.changes)
        return tuple(change for change in changes if change.after.width)

    @property
    def left_out(self) -> pl.DataFrame:
        """The units and indicators that screening left out."""
        return next(record.left_out for record in self.records if record.left_out is not None)

    @property
    def is_frozen(self) -> bool:
        """True if all statistics and weights are those of a former run, so that units do not change those of others."""
        return self.fitted_by is not None and not self.fitted_by.computed

    @cached_property
    def fitted(self) -> Fitted:
        """The statistics and weights with which other data can be scored."""
        used = self.fitted_by
        if used is None:
            return fitted_of(self.records)
        if not used.computed:
            return used
        of_run = fitted_of(self.records)  # statistics of its own data, and those that it took from the former run
        return replace(
            of_run,
            left_out=used.left_out,
            ranges={**of_run.ranges, **used.ranges},
            columns=tuple(sorted({*used.columns, *of_run.columns})),
        )

    @property
    def last_values(self) -> LastValues | None:
        """The last value of each unit, for imputations that a fitted index carries forward."""
        return next((record.last_values for record in self.records if record.last_values is not None), None)

    @property
    def outside(self) -> Mapping[str, list[str]]:
        """The units with a value beyond the fitted range, by indicator."""
        return next((record.beyond for record in self.records if record.beyond), {})

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """The notes of the run, for readers of the ranking."""
        source, units = self.source, self.units[self.source.unit]
        return (
            *computed_notes(self.definition, self.tree, self.fitted_by, self.records),
            *(note for record in self.records for note in record.notes),
            *(Note("outside", part=Names.of([name]), units=Names.of(beyond)) for name, beyond in self.outside.items()),
            *changed_notes(self.changes),
            *score_notes(self.tree, self.node_weights, self.reweighted, self.components[ROOT]),
            *lost_differences(self.tree, source.profiles, source.columns.components.profiles),
            *uncounted(self.tree),
            *seeds_of_nodes(self.definition, self.tree),
            *idle_seed(self.definition, self.tree),
            *ends_of_ranks(self.definition, self.tree),
            *unranked(self.definition.eligible, units, self.nodes[ROOT], self.rank),
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings of the run."""
        return tuple(warning for record in self.records for warning in record.warnings)


Flags: TypeAlias = npt.NDArray[np.bool_]


IMPUTED_SHARE = "imputed_share"
"""The name of the column of the shares."""


@dataclass(frozen=True)
class ImputedValues:
    """The imputed values of a run; one row per unit, in the order of the data."""

    values: pl.DataFrame
    """One Boolean column per indicator and node with imputed values, or with scores computed from these."""
    share: pl.Series
    """The share of imputed values in the weight of the index, 0 to 1; null where a unit has no score."""


def fills_gaps(tree: Node) -> bool:
    """Return whether the methodology fills missing values."""
    return any(leaf.imputation for leaf in tree.leaves()) or any(node.missing.replaces for node in tree.nodes())


def find_imputed(scored: Scored) -> ImputedValues:
    """Find the values that an imputation or the rule of a node filled, and their share of the weight.

    The share of a node is the mean of the shares of its present components, weighted as in its score. An imputed
    component has share 1, and a measured indicator has share 0. Where no component is missing, the share of the index
    is the sum of the effective weights of the imputed values.
    """
    filled, rows = _filled(scored.changes), len(scored.units)
    affected, shares = dict(filled), {name: flags.astype(float) for name, flags in filled.items()}
    for node in sorted(scored.tree.nodes(), key=lambda node: -node.level):  # components before their node
        names = [part.id for part in node.components]
        if not any(name in affected for name in names):
            continue
        present = ~np.isnan(scored.components.select(names).to_numpy())
        unaffected, zero = np.zeros(rows, dtype=bool), np.zeros(rows)
        from_components = (present & np.column_stack([affected.get(name, unaffected) for name in names])).any(axis=1)
        node_weights = scored.node_weights[node.id]
        weights = np.where(
            present, node_weights.values if node_weights.keys is None else node_weights.of_rows(scored.units), 0.0
        )
        share_of_components = _mean(np.column_stack([shares.get(name, zero) for name in names]), weights)
        shares[node.id] = (
            np.where(filled[node.id], 1.0, share_of_components) if node.id in filled else share_of_components
        )
        affected[node.id] = from_components | filled[node.id] if node.id in filled else from_components
    share = pl.Series(IMPUTED_SHARE, shares.get(ROOT, np.zeros(rows))).set(scored.nodes[ROOT].is_null(), None)
    return ImputedValues(pl.DataFrame({name: flags for name, flags in affected.items() if flags.any()}), share)


def _filled(changes: Iterable[Change]) -> dict[str, Flags]:
    """Return, by indicator and node, the rows whose missing value was filled."""
    filled: dict[str, Flags] = {}
    for change in changes:
        if change.stage in ("imputation", "missing"):
            for before, after in zip(change.before, change.after, strict=True):
                flags = (before.is_null() & after.is_not_null()).to_numpy()
                filled[before.name] = filled[before.name] | flags if before.name in filled else flags
    return filled


def _mean(shares: Array, weights: Array) -> Array:
    total = weights.sum(axis=1)
    mean: Array = np.divide((shares * weights).sum(axis=1), total, out=np.zeros(len(total)), where=total > 0)
    return mean
