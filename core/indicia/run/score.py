"""Scores of methodologies: many in a batch, which share equal stages.

Run many methodologies over one table, one stage of all runs at a time; an equal stage of several runs runs once.

Runs share a stage if the stages are equal and the columns that they use are equal. Scores of a node that differ only in
weights and values are computed in one query, in which the number of the run is a key, like the number of a draw.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from functools import cache as remember
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
import polars as pl

from indicia.definition import ROOT, Definition, Leaf, Node, Part
from indicia.errors import IndiciaError, enough_memory, join_names
from indicia.formulas import DRAW, USED
from indicia.formulas.node import PLAIN, identity_key
from indicia.methods.profile import ProfiledColumns
from indicia.run.all_units import methods_needing_all_units
from indicia.run.draws import ROWS_PER_BATCH
from indicia.run.plan import Step, apply_stage, run_stages, stages_of, stages_of_nodes
from indicia.run.scored import Scored
from indicia.stages.aggregate import Aggregate, aggregates_anew, check_components, is_row_by_row
from indicia.stages.frozen import statistics_that_hold
from indicia.stages.normalise import Normalise
from indicia.stages.rank import Rank, check_eligible, ranked_scores
from indicia.stages.rows import Screen
from indicia.stages.score_formula import direction
from indicia.stages.stage import Fitted, NodeStage, Record, Stage, nodes_taking_part
from indicia.tables.scope import VALUE, StatisticsScope, StatisticValues
from indicia.tables.table import NodeColumns, Table
from indicia.tables.weights import NodeWeights

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from indicia.methods import Array
    from indicia.partitions.partition import Partition

    AnyPart = TypeVar("AnyPart", Leaf, Node)
    K = TypeVar("K")
    V = TypeVar("V")
    Outcome: TypeAlias = "tuple[NodeColumns, Record]"
    Column: TypeAlias = "tuple[str, str]"


@dataclass
class StageCache:
    """The outcomes of stages over one table; all runs over the table share them."""

    outcomes: dict[Hashable, Any] = field(default_factory=dict)
    """A table, or columns of nodes, and a record; the key is the stage and the columns that it used."""
    kinds: dict[int, set[frozenset[str]]] = field(default_factory=lambda: defaultdict(set))
    """By stage, the kinds of columns that it used."""
    _numbers: dict[Hashable, int] = field(default_factory=dict)
    _objects: dict[int, tuple[object, int]] = field(default_factory=dict)
    """Objects and their numbers, by id; they are held, so that no later object gets the same id."""
    _parts: dict[int, Any] = field(default_factory=dict)
    """Parts of trees, by their numbers."""

    def copied(self) -> StageCache:
        """Return a cache with the same outcomes, to which a run adds its own without keeping them here."""
        kinds = defaultdict(set, {stage: set(of_stage) for stage, of_stage in self.kinds.items()})
        held = dict(self._numbers), dict(self._objects), dict(self._parts)
        return StageCache(dict(self.outcomes), kinds, *held)

    def number(self, key: Hashable) -> int:
        """Return the number of a key. Keys are made of other keys, and numbers keep them short."""
        return self._numbers.setdefault(key, len(self._numbers))

    def number_of_value(self, value: object) -> int:
        """Return a number that equal stages, nodes, methods or parts of the index file share."""
        entry = self._objects.get(id(value))
        if entry is None:
            try:
                number = self.number(self._identity(value))
            except (TypeError, RecursionError):  # an array in a parameter of a method, for example, has no key
                number = self.number(("object", id(value)))
            entry = self._objects[id(value)] = value, number
        return entry[1]

    def _identity(self, value: object) -> Hashable:
        """Return the key of `identity_key`, with numbers in place of the keys of parts."""
        kind = type(value)
        if isinstance(value, tuple):
            return kind, tuple(map(self._key, value))
        if is_dataclass(kind):
            return kind, tuple(map(self._key, _values(kind)(value)))
        return identity_key(value, self._key)

    def _key(self, value: object) -> Hashable:
        kind = type(value)
        if kind is str or value is None:
            return value
        return (kind, value) if kind in PLAIN else self.number_of_value(value)

    def interned(self, node: Node) -> Node:
        """Return an equal tree whose parts are the same objects as equal parts of other interned trees.

        The number of an object is computed once, so that shared parts are compared once.
        """

        def shared(parts: tuple[Part, ...]) -> tuple[Part, ...]:
            return tuple(part if isinstance(part, Node) else self._shared(part) for part in parts)

        return node.with_parts(
            lambda changed, components, shown: self._shared(
                replace(changed, components=shared(components), shown=shared(shown))
            )
        )

    def _shared(self, part: AnyPart) -> AnyPart:
        """Return the first part that was equal to this one."""
        first: AnyPart = self._parts.setdefault(self.number_of_value(part), part)
        return first

    def number_of_object(self, value: object) -> int:
        """Return a number of this object; equal objects have different numbers."""
        entry = self._objects.get(id(value))
        if entry is None:
            entry = self._objects[id(value)] = value, self.number(("object", id(value)))
        return entry[1]


@cache
def _values(kind: type) -> Callable[[object], tuple[object, ...]]:
    """Return a function that returns the values of the fields of a dataclass."""
    names = [field.name for field in fields(kind)]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


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


_PER_VALUE = 8.0 + 6.0
"""The least number of bytes that a run needs for each value of an indicator: 8 in the table, and 6 for results.

Measured for 1,000,000 rows of 10 indicators: in addition to the table, a weighted mean of raw values needs 7 bytes, and
TOPSIS of values from 0 to 1 needs 15.
"""
BYTES_PER_SCORE = 12.0
"""The number of bytes of a score and its rank."""


def score(
    definition: Definition,
    tree: Node,
    table: pl.DataFrame,
    fitted: Fitted | None = None,
    cache: StageCache | None = None,
) -> Scored:
    """Score every node of the tree for every row of the table, and rank.

    With `fitted`, the statistics and weights of a former run are used, and none is computed from these data; the
    definition of a fitted index has its own. If runs over one table share a `cache`, equal stages are applied once.
    """
    if cache is not None:
        (scored,) = score_all([(definition, tree)], table, cache)
        if isinstance(scored, IndiciaError):
            raise scored
        return scored
    with enough_memory(*_large(tree, table)):
        used = statistics_that_hold(definition, tree) if fitted is None else fitted
        return Scored.of(definition, tree, run_stages(stages_of(definition, tree), Table.of(table, used)))


def score_partition(definition: Definition, tree: Node, table: pl.DataFrame, partition: Partition) -> Scored:
    """Score every node for the rows of a partition, without ranks; the partition answers questions about all rows."""
    used = statistics_that_hold(definition, tree)
    stages = [stage for stage in stages_of(definition, tree) if not isinstance(stage, Rank)]
    screened = next(place for place, stage in enumerate(stages) if isinstance(stage, Screen)) + 1
    steps = run_stages(stages[:screened], Table.of(table, used, partition))
    check_eligible(definition, steps[-1].table)  # here, so that its question takes no round of its own
    return Scored.of(definition, tree, [*steps, *run_stages(stages[screened:], steps[-1].table)])


def score_all(
    planned: Sequence[tuple[Definition, Node]], table: pl.DataFrame, cache: StageCache
) -> list[Scored | IndiciaError]:
    """Score one table by many methodologies, each as `score` does; equal stages are applied once."""
    with enough_memory(*_large(planned[0][1], table, len(planned))), _no_garbage_collection():
        lists = [stages_of(definition, cache.interned(tree)) for definition, tree in planned]
        fitted = [statistics_that_hold(definition, tree) for definition, tree in planned]
        runs = run_together(lists, Table.of(table), cache, fitted)
        return [
            Scored.of(definition, tree, steps) if isinstance(steps, list) else steps
            for (definition, tree), steps in zip(planned, runs, strict=True)
        ]


def score_trees(definition: Definition, scored: Scored, trees: Sequence[Node]) -> list[Array | IndiciaError]:
    """Score the normalised indicators of a run by other trees; return the scores that are ranked, (rows,), by tree.

    Nodes that several trees share are scored once. If a tree fails, its error takes the place of its scores.
    """
    cache = StageCache()
    columns = NodeColumns(ProfiledColumns.of(scored.normalised))
    table = scored.source.with_changes(columns=columns, ranks=pl.DataFrame())
    batch = max(1, ROWS_PER_BATCH // max(1, len(table.units)))
    with _no_garbage_collection():
        lists = [stages_of_nodes(definition.data, cache.interned(tree)) for tree in trees]
        batches = (lists[start : start + batch] for start in range(0, len(lists), batch))
        runs = [run for stages in batches for run in run_together(stages, table, cache)]
    return [
        ranked_scores(definition, run[-1].table.columns)[ROOT].to_numpy() if isinstance(run, list) else run
        for run in runs
    ]


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Pause the garbage collection of reference cycles.

    Many runs create many small keys without cycles, and each collection would search all of them.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _large(tree: Node, table: pl.DataFrame, runs: int = 1) -> tuple[str, str, float]:
    """Return the description of the job, a remedy for too little memory, and the least number of bytes it needs."""
    leaves = sum(1 for _ in tree.leaves())
    size = f"score {len(table):,} rows of {leaves} indicators"
    least = len(table) * (_PER_VALUE * leaves + BYTES_PER_SCORE * runs)
    if methods := list(methods_needing_all_units(tree)):
        return size, f"take other methods than those that look at all units at once: {join_names(methods, 3)}", least
    slices = "fit the index to some of the rows (indicia fit), and score all slice by slice (indicia score --stream)"
    return size, slices, least
