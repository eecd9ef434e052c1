"""Run many methodologies over one table, one stage of all runs at a time; an equal stage of several runs runs once.

Runs share a stage if the stages are equal and the columns that they use are equal. Scores of a node that differ only in
weights and values are computed in one query, in which the number of the run is a key, like the number of a draw.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, fields, replace
from functools import cache as remember
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
import polars as pl

from indicia.errors import IndiciaError
from indicia.formulas import DRAW, USED
from indicia.run.steps import Step, apply_stage
from indicia.stages.aggregate import Aggregate, aggregates_anew, check_components, is_row_by_row
from indicia.stages.normalise import Normalise
from indicia.stages.rank import Rank
from indicia.stages.score_formula import direction
from indicia.stages.stage import NodeStage, nodes_taking_part
from indicia.statistics.profile import ProfiledColumns
from indicia.tables.scope import StatisticsScope
from indicia.tables.table import NodeColumns
from indicia.tables.values import VALUE
from indicia.tables.weights import NodeWeights

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from indicia.run.stage_cache import StageCache
    from indicia.stages.stage import Fitted, Record, Stage
    from indicia.tables.table import Table
    from indicia.tables.values import StatisticValues

    K = TypeVar("K")
    V = TypeVar("V")
    Outcome: TypeAlias = "tuple[NodeColumns, Record]"
    Column: TypeAlias = "tuple[str, str]"


@dataclass
class _Run:
    """The state of a run between two stages."""

    stages: Sequence[Stage]
    table: Table
    key: int
    """The number of the table: equal tables have equal numbers."""
    columns: dict[Column, int] = field(default_factory=dict)
    """The numbers of the columns of nodes: equal columns have equal numbers."""
    steps: list[Step] = field(default_factory=list)
    error: IndiciaError | None = None

    def step(self, table: Table, record: Record) -> None:
        """Add the outcome of the next stage."""
        self.table = table
        self.steps.append(Step(self.stages[len(self.steps)], table, record))


def run_together(
    lists: Sequence[Sequence[Stage]], table: Table, cache: StageCache, fitted: Sequence[Fitted | None] | None = None
) -> list[list[Step] | IndiciaError]:
    """Apply lists of stages to one table, and return the steps of each run, or the error that it raises.

    `fitted` has the statistics and weights of a former run that each run uses; by default, those of the table.
    """
    of_runs = [table.fitted] * len(lists) if fitted is None else fitted
    tables = [table if used is table.fitted else table.with_changes(fitted=used) for used in of_runs]
    runs = [
        _Run(stages, of_run, cache.number(("table", cache.number_of_object(of_run.fitted))))
        for stages, of_run in zip(lists, tables, strict=True)
    ]
    for position in range(max(map(len, lists), default=0)):
        active = [run for run in runs if run.error is None and position < len(run.stages)]
        node_stages: list[tuple[_Run, NodeStage[Any]]] = []
        for run in active:
            stage = run.stages[position]
            if isinstance(stage, NodeStage) and stage.is_idle:
                run.step(*stage.apply(run.table, run.table.fitted))
            elif isinstance(stage, NodeStage):
                node_stages.append((run, stage))
            else:
                _apply(run, stage, cache)
        _apply_to_nodes(node_stages, cache)
    return [run.steps if run.error is None else run.error for run in runs]


def _apply(run: _Run, stage: Stage, cache: StageCache) -> None:
    """Apply a stage to the table of a run, unless the cache has its outcome."""
    # ranks depend on the whole definition: runs never share them
    key = ("run", id(run)) if isinstance(stage, Rank) else (cache.number_of_value(stage), run.key)
    if key not in cache.outcomes:
        try:
            outcome = apply_stage(stage, run.table)
        except IndiciaError as error:
            run.error = error
            return
        if not isinstance(stage, Rank):
            cache.outcomes[key] = outcome
    else:
        outcome = cache.outcomes[key]
    table, record = outcome
    if table is not run.table:
        run.key = cache.number(("table", key))
    if isinstance(stage, Normalise):
        names = table.columns.components.frame.columns
        run.columns = {("components", name): cache.number((run.key, name)) for name in names}
    run.step(table, record)


@dataclass(frozen=True)
class _NodeTask:
    """A stage of a run, at one node."""

    stage: NodeStage[Any]
    node: Any
    table: Table
    number: int
    """The number of the stage, the node and the rows, without columns."""
    columns: dict[Column, int]
    """The numbers of the columns that the stage may use."""

    @classmethod
    def of_run(cls, run: _Run, stage: NodeStage[Any], cache: StageCache) -> list[_NodeTask]:
        """Return the tasks of a stage of a run, one per node."""
        table = run.table
        values = cache.number_of_object(table.values)
        row_facts = (table.units, table.scopes, table.weights_scope, table.used_columns, table.fitted)
        rows = tuple(map(cache.number_of_object, row_facts))
        parameters = (getattr(stage, name) for name in _parameters(type(stage)))
        stage_key = (type(stage), tuple(map(cache.number_of_value, parameters)), rows, table.dropped)
        tasks = []
        for node in stage.nodes:
            columns = {}
            for kind, name in stage.reads(node):
                # the raw values of a node are its scores as a component of its parent
                key = ("handed", name) if kind == "raw" else (kind, name)
                # all columns of raw indicators have the number of their frame
                columns[kind, name] = run.columns.get(key, values)
            number = cache.number((cache.number_of_value(node), stage_key))
            tasks.append(cls(stage, node, table, number, columns))
        return tasks

    @property
    def single(self) -> NodeStage[Any]:
        """The stage with this node only."""
        return self.stage.of_node(self.node)

    def key(self, kinds: frozenset[str]) -> Hashable:
        """Return the key of the outcome, given the kinds of columns that the stage uses."""
        return self.number, kinds, tuple([number for (kind, _), number in self.columns.items() if kind in kinds])

    def cached_key(self, cache: StageCache) -> Hashable | None:
        """Return the key of the outcome in the cache; None if the cache lacks it."""
        for kinds in cache.kinds.get(self.number, ()):
            if (key := self.key(kinds)) in cache.outcomes:
                return key
        return None

    def store(self, outcome: Outcome, cache: StageCache) -> Hashable:
        """Store the outcome under the columns that the stage used, and return its key."""
        kinds = outcome[1].kinds_used
        kinds = frozenset(kind for kind, _ in self.columns) if kinds is None else kinds
        cache.kinds[self.number].add(kinds)
        key = self.key(kinds)
        cache.outcomes[key] = outcome
        return key


@remember
def _parameters(kind: type[NodeStage[Any]]) -> tuple[str, ...]:
    """Return the names of the fields of a stage beside its nodes."""
    return tuple(parameter.name for parameter in fields(kind) if parameter.name != "nodes")


def _apply_to_nodes(stages: Sequence[tuple[_Run, NodeStage[Any]]], cache: StageCache) -> None:
    """Apply a stage of several runs to their nodes; a node that several runs share is computed once."""
    tasks = [(run, _NodeTask.of_run(run, stage, cache)) for run, stage in stages]
    new: dict[Hashable, _NodeTask] = {}
    for _, run_tasks in tasks:
        for task in run_tasks:
            if isinstance(task.stage, Aggregate) and task.cached_key(cache) is None:
                new.setdefault((task.number, tuple(task.columns.values())), task)
    for group in _grouped_by_formula(new.values()):
        if len(group) > 1:
            _store_stacked(group, cache)
    for run, run_tasks in tasks:
        outcomes: list[Outcome] = []
        for task in run_tasks:
            key = task.cached_key(cache)
            if key is None:
                try:
                    outcome = task.single.make(run.table, run.table.fitted)
                except IndiciaError as error:
                    run.error = error
                    break
                key = task.store(outcome, cache)
            outcome = cache.outcomes[key]
            number = cache.number(key)
            for kind, name in _names(outcome[0]):
                run.columns[kind, name] = cache.number((number, kind, name))
            outcomes.append(outcome)
        else:
            record = _merged([record for _, record in outcomes])
            run.step(run.table.with_columns(*(columns for columns, _ in outcomes)), record)


def _names(columns: NodeColumns) -> Iterable[Column]:
    """Yield the columns, each with its kind."""
    yield from (("components", name) for name in columns.components.profiles)
    for kind in ("weights", "unrounded", "rounded", "handed"):
        yield from ((kind, name) for name in getattr(columns, kind))


def _merged(records: Sequence[Record]) -> Record:
    """Merge the records of a stage at several nodes."""
    first, *others = records
    if not others:
        return first
    return replace(
        first,
        statistics=_union(record.statistics for record in records),
        sources=_union(record.sources for record in records),
        formulas=_union(record.formulas for record in records),
        weights=_union(record.weights for record in records),
        incomplete=_union(record.incomplete for record in records),
        changes=tuple(change for record in records for change in record.changes),
        notes=tuple(note for record in records for note in record.notes),
        warnings=tuple(warning for record in records for warning in record.warnings),
    )


def _union(parts: Iterable[Mapping[K, V]]) -> dict[K, V]:
    return {key: value for part in parts for key, value in part.items()}


def _grouped_by_formula(tasks: Iterable[_NodeTask]) -> Iterable[list[_NodeTask]]:
    """Group the tasks that differ only in values and weights."""
    groups: dict[Hashable, list[_NodeTask]] = defaultdict(list)
    for task in tasks:
        if (key := _formula_key(task)) is not None:
            groups[key].append(task)
    return groups.values()


def _formula_key(task: _NodeTask) -> Hashable | None:
    """Return a key that tasks share if one query can compute them; None if a task needs a separate query.

    Matrix aggregations, nodes with missing components, weights that differ between rows, and statistics of reference
    rows or of a former run need a separate query.
    """
    table = task.table
    if not isinstance(task.stage, Aggregate) or not (nodes := nodes_taking_part([task.node], table)):
        return None
    (node,) = nodes
    if not aggregates_anew(node, table.fitted):
        return None
    by_row = table.columns.weights[node.id].keys is not None or table.scopes.aggregation.reference is not None
    if by_row or not is_row_by_row(node, table.columns.components.profiles):
        return None
    try:
        check_components(node, table.columns.components, table)
        hash(node.aggregation)
    except (IndiciaError, TypeError):
        return None
    parts = tuple((part.id, direction(node, part)) for part in node.components)
    formula = node.id, parts, node.aggregation, node.sum_of_weights
    return formula, table.scopes.aggregation.key, tuple(table.units.schema.items())


def _store_stacked(tasks: Sequence[_NodeTask], cache: StageCache) -> None:
    """Compute one node of many runs in one query, and store the outcomes."""
    try:
        outcomes = _stacked(tasks)
    except IndiciaError:  # computed separately afterwards, only the faulty run fails
        return
    for task, outcome in zip(tasks, outcomes, strict=True):
        task.store(outcome, cache)


def _stacked(tasks: Sequence[_NodeTask]) -> list[Outcome]:
    """Return the outcomes of tasks, whose rows are stacked in one frame."""
    first = tasks[0].table
    (node,) = nodes_taking_part([tasks[0].node], first)
    components = [task.table.columns.components.frame for task in tasks]
    heights = [frame.height for frame in components]
    runs = np.arange(len(tasks), dtype=np.uint32)
    # polars sums a sorted group in the same order as a frame of its rows, so that the last digit is equal
    run = pl.Series(DRAW, np.repeat(runs, heights)).set_sorted()
    names = [part.id for part in node.components]
    values = pl.concat([frame[names] for frame in components], rechunk=True)
    units = pl.concat([task.table.units for task in tasks], rechunk=True).hstack([run])
    weights = np.stack([task.table.columns.weights[node.id].values for task in tasks])
    node_weights = {node.id: NodeWeights(weights, {}, None, pl.DataFrame({DRAW: runs}))}
    key = first.scopes.aggregation.key
    scopes = replace(first.scopes, aggregation=StatisticsScope((DRAW, *key)))
    columns = NodeColumns(ProfiledColumns.of(values), weights=node_weights)
    used_names = [USED + name for name in node.aggregation.used_names]
    frames = [task.table.used_columns.select(used_names) for task in tasks]
    used = pl.concat(frames, rechunk=True) if used_names else pl.DataFrame()
    table = replace(first, units=units, scopes=scopes, columns=columns, used_columns=used)
    stacked, record = Aggregate((node,)).make(table)
    scores = stacked.unrounded[node.id]
    starts = np.cumsum([0, *heights[:-1]]).tolist()
    statistics = _by_run(record.statistics, key, len(tasks))
    return [
        (NodeColumns(unrounded={node.id: scores.slice(start, height)}), replace(record, statistics=statistics_of_run))
        for start, height, statistics_of_run in zip(starts, heights, statistics, strict=True)
    ]


def _by_run(statistics: StatisticValues, key: Sequence[str], runs: int) -> list[StatisticValues]:
    """Split stacked statistics into the statistics of each run."""
    split: list[StatisticValues] = [{} for _ in range(runs)]
    for question, frame in statistics.items():
        assert isinstance(frame, pl.DataFrame)
        parts = frame.partition_by(DRAW, include_key=False) if key else frame[VALUE].to_list()
        for values, part in zip(split, parts, strict=True):
            values[question] = part
    return split
