"""Runs over one table, stage by stage side by side: a stage that several of them share is applied once.

Two runs share a stage if the stages are equal, and so are the columns that they look at. Scores of a node that differ
in nothing but weights and values are computed in one query: the run is one more key, as a draw is.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
import polars as pl

from indicia.errors import IndiciaError
from indicia.formulas import DRAW
from indicia.run.steps import Step
from indicia.stages.aggregate import Aggregate, check_components, direction, is_row_by_row
from indicia.stages.normalise import Normalise
from indicia.stages.rank import Rank
from indicia.stages.stage import NodeStage, nodes_taking_part
from indicia.tables.profile import ProfiledColumns
from indicia.tables.scope import StatisticsScope
from indicia.tables.table import NodeColumns
from indicia.tables.values import VALUE
from indicia.tables.weights import NodeWeights

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from indicia.run.stage_cache import StageCache
    from indicia.stages.stage import Record, Stage
    from indicia.tables.table import Table
    from indicia.tables.values import StatisticValues

    K = TypeVar("K")
    V = TypeVar("V")
    Made: TypeAlias = "tuple[NodeColumns, Record]"
    Column: TypeAlias = "tuple[str, str]"


@dataclass
class _Running:
    """A run on its way."""

    stages: Sequence[Stage]
    table: Table
    key: int
    """The number of the table."""
    columns: dict[Column, int] = field(default_factory=dict)
    """The numbers of the columns of nodes: equal numbers, equal columns."""
    steps: list[Step] = field(default_factory=list)
    error: IndiciaError | None = None

    def step(self, table: Table, record: Record) -> None:
        """Go on with another table."""
        self.table = table
        self.steps.append(Step(self.stages[len(self.steps)], table, record))


def run_together(lists: Sequence[Sequence[Stage]], table: Table, shared: StageCache) -> list[list[Step] | IndiciaError]:
    """Apply lists of stages to one table; a run that fails is returned as the error that it raises alone."""
    runs = [_Running(stages, table, shared.number("table")) for stages in lists]
    for position in range(max(map(len, lists), default=0)):
        going = [run for run in runs if run.error is None and position < len(run.stages)]
        nodes: list[tuple[_Running, NodeStage[Any]]] = []
        for run in going:
            stage = run.stages[position]
            if isinstance(stage, NodeStage) and stage.is_idle:
                run.step(*stage.apply(run.table))
            elif isinstance(stage, NodeStage):
                nodes.append((run, stage))
            else:
                _apply(run, stage, shared)
        _apply_to_nodes(nodes, shared)
    return [run.steps if run.error is None else run.error for run in runs]


def _apply(run: _Running, stage: Stage, shared: StageCache) -> None:
    """Apply a stage to the table of a run, unless another run did; ranks are those of each run alone."""
    key = ("run", id(run)) if isinstance(stage, Rank) else (shared.number_of_value(stage), run.key)
    if key not in shared.outcomes:
        try:
            outcome = stage.apply(run.table)
        except IndiciaError as error:
            run.error = error
            return
        if not isinstance(stage, Rank):
            shared.outcomes[key] = outcome
    else:
        outcome = shared.outcomes[key]
    table, record = outcome
    if table is not run.table:
        run.key = shared.number(("table", key))
    if isinstance(stage, Normalise):
        names = table.columns.components.frame.columns
        run.columns = {("components", name): shared.number((run.key, name)) for name in names}
    run.step(table, record)


@dataclass(frozen=True)
class _Piece:
    """A stage at one node, in one run."""

    stage: NodeStage[Any]
    node: Any
    table: Table
    number: int
    """The number of the stage, the node and the rows."""
    columns: dict[Column, int]
    """The numbers of the columns that the stage may look at."""

    @classmethod
    def of_run(cls, run: _Running, stage: NodeStage[Any], shared: StageCache) -> list[_Piece]:
        """Return the stage at each node, over the table of a run."""
        table = run.table
        values = shared.number_of_object(table.values)
        rows = tuple(shared.number_of_object(part) for part in (table.units, table.scope, table.weights_scope))
        others = tuple(shared.number_of_value(getattr(stage, one.name)) for one in fields(stage) if one.name != "nodes")
        about = (type(stage), others, rows, table.dropped)
        pieces = []
        for node in stage.nodes:
            columns = {}
            for kind, name in stage.reads(node):
                # the raw values of a node are the scores that it hands to its parent
                key = ("handed", name) if kind == "raw" else (kind, name)
                columns[kind, name] = run.columns.get(key, values)  # equal frames of indicators have equal columns
            number = shared.number((shared.number_of_value(node), about))
            pieces.append(cls(stage, node, table, number, columns))
        return pieces

    @property
    def single(self) -> NodeStage[Any]:
        """The stage of this node alone."""
        return self.stage.of_node(self.node)

    def key(self, kinds: frozenset[str]) -> Hashable:
        """Return the key of the outcome, if the stage looks at these kinds of columns."""
        return self.number, kinds, tuple([number for (kind, _), number in self.columns.items() if kind in kinds])

    def known(self, shared: StageCache) -> Hashable | None:
        """Return the key under which the outcome is known."""
        for kinds in shared.kinds.get(self.number, ()):
            if (key := self.key(kinds)) in shared.outcomes:
                return key
        return None

    def keep(self, made: Made, shared: StageCache) -> Hashable:
        """Keep the outcome by the columns that the stage looked at."""
        looked_at = made[1].looked_at
        kinds = frozenset(kind for kind, _ in self.columns) if looked_at is None else looked_at
        shared.kinds[self.number].add(kinds)
        key = self.key(kinds)
        shared.outcomes[key] = made
        return key


def _apply_to_nodes(stages: Sequence[tuple[_Running, NodeStage[Any]]], shared: StageCache) -> None:
    """Apply a stage to the nodes of runs, each node that several share once."""
    pieces = [(run, _Piece.of_run(run, stage, shared)) for run, stage in stages]
    new: dict[Hashable, _Piece] = {}
    for _, of_run in pieces:
        for piece in of_run:
            if isinstance(piece.stage, Aggregate) and piece.known(shared) is None:
                new.setdefault((piece.number, tuple(piece.columns.values())), piece)
    for alike in _alike(new.values()):
        if len(alike) > 1:
            _keep_stacked(alike, shared)
    for run, of_run in pieces:
        made: list[Made] = []
        for piece in of_run:
            key = piece.known(shared)
            if key is None:
                try:
                    outcome = piece.single.make(run.table)
                except IndiciaError as error:
                    run.error = error
                    break
                key = piece.keep(outcome, shared)
            outcome = shared.outcomes[key]
            number = shared.number(key)
            for kind, name in _names(outcome[0]):
                run.columns[kind, name] = shared.number((number, kind, name))
            made.append(outcome)
        else:
            record = _joined([record for _, record in made])
            run.step(run.table.with_columns(*(columns for columns, _ in made)), record)


def _names(columns: NodeColumns) -> Iterable[Column]:
    """Yield the columns, each with its kind."""
    yield from (("components", name) for name in columns.components.profiles)
    for kind in ("weights", "unrounded", "rounded", "handed"):
        yield from ((kind, name) for name in getattr(columns, kind))


def _joined(records: Sequence[Record]) -> Record:
    """Return the record of a stage over the nodes of several records."""
    first, *more = records
    if not more:
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


def _alike(pieces: Iterable[_Piece]) -> Iterable[list[_Piece]]:
    """Return the pieces whose formula is the same, over other values and weights."""
    groups: dict[Hashable, list[_Piece]] = defaultdict(list)
    for piece in pieces:
        if (formula := _formula(piece)) is not None:
            groups[formula].append(piece)
    return groups.values()


def _formula(piece: _Piece) -> Hashable | None:
    """Return what two pieces have in common that are computed in one query; None where a piece is computed alone.

    Alone are computed units that are compared in pairs or miss components, and rows that have weights or a reference of
    their own.
    """
    table = piece.table
    if not isinstance(piece.stage, Aggregate) or not (nodes := nodes_taking_part([piece.node], table)):
        return None
    (node,) = nodes
    own = table.columns.weights[node.id].keys is not None or table.scope.reference is not None
    if own or not is_row_by_row(node, table.columns.components.profiles):
        return None
    try:
        check_components(node, table.columns.components, table)
        hash(node.aggregation)
    except (IndiciaError, TypeError):
        return None
    parts = tuple((part.id, direction(node, part)) for part in node.components)
    return node.id, parts, node.aggregation, table.scope.key, tuple(table.units.schema.items())


def _keep_stacked(pieces: Sequence[_Piece], shared: StageCache) -> None:
    """Compute one node of many runs, whose rows stand below each other; an error is left to the run that has it."""
    try:
        outcomes = _stacked(pieces)
    except IndiciaError:
        return
    for piece, made in zip(pieces, outcomes, strict=True):
        piece.keep(made, shared)


def _stacked(pieces: Sequence[_Piece]) -> list[Made]:
    first = pieces[0].table
    (node,) = nodes_taking_part([pieces[0].node], first)
    components = [piece.table.columns.components.frame for piece in pieces]
    heights = [frame.height for frame in components]
    runs = np.arange(len(pieces), dtype=np.uint32)
    # sorted runs are added up each as a column of its own, to the last digit
    run = pl.Series(DRAW, np.repeat(runs, heights)).set_sorted()
    names = [part.id for part in node.components]
    values = pl.concat([frame[names] for frame in components], rechunk=True)
    units = pl.concat([piece.table.units for piece in pieces], rechunk=True).hstack([run])
    weights = np.stack([piece.table.columns.weights[node.id].values for piece in pieces])
    node_weights = {node.id: NodeWeights(weights, {}, None, pl.DataFrame({DRAW: runs}))}
    scope = StatisticsScope((DRAW, *first.scope.key))
    columns = NodeColumns(ProfiledColumns.of(values), weights=node_weights)
    made, record = Aggregate((node,)).make(replace(first, units=units, scope=scope, columns=columns))
    scores = made.unrounded[node.id]
    starts = np.cumsum([0, *heights[:-1]]).tolist()
    statistics = _by_run(record.statistics, first.scope.key, len(pieces))
    return [
        (NodeColumns(unrounded={node.id: scores.slice(start, height)}), replace(record, statistics=own))
        for start, height, own in zip(starts, heights, statistics, strict=True)
    ]


def _by_run(statistics: StatisticValues, key: Sequence[str], runs: int) -> list[StatisticValues]:
    """Return the statistics of each run, as it has them alone."""
    of_runs: list[StatisticValues] = [{} for _ in range(runs)]
    for question, frame in statistics.items():
        assert isinstance(frame, pl.DataFrame)
        parts = frame.partition_by(DRAW, include_key=False) if key else frame[VALUE].to_list()
        for own, part in zip(of_runs, parts, strict=True):
            own[question] = part
    return of_runs
