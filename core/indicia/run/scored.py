"""The outcome of a run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import ROOT
from indicia.notes import Names, Note
from indicia.run.computed_notes import computed_notes
from indicia.run.notes import (
    changed_notes,
    ends_of_ranks,
    idle_seed,
    lost_differences,
    score_notes,
    seeds_of_nodes,
    uncounted,
    unranked,
)
from indicia.run.weights import effective_weights_of
from indicia.stages.rank import ranked_scores
from indicia.stages.score_formula import weights_in_score
from indicia.stages.stage import fitted_of, nodes_taking_part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.definition import Definition, Node
    from indicia.run.steps import Step
    from indicia.stages.stage import Change, Fitted, Record
    from indicia.tables.last_values import LastValues
    from indicia.tables.scope import StatisticsScopes
    from indicia.tables.table import Table
    from indicia.tables.weights import NodeWeights


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
