"""Nodes of one level, to be made into scores: those of one run, or those of many runs at once.

A run comes to a level, waits for the scores of its nodes, and goes on. Of many runs that wait, nodes that differ in
nothing but their weights and values are scored together: the run is one more key, as a draw of an ensemble is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np
import polars as pl

from indicia.engine.aggregate import aggregate, check_components, direction, is_row_by_row
from indicia.engine.profile import Columns
from indicia.engine.settle import Evaluated, Over
from indicia.engine.weigh import Weighed
from indicia.errors import IndiciaError
from indicia.formulas import DRAW

if TYPE_CHECKING:
    from collections.abc import Generator, Hashable, Iterable, Mapping, Sequence

    from indicia.definition import Node
    from indicia.engine.prepare import Prepared
    from indicia.engine.settle import Settled

T = TypeVar("T")


@dataclass(frozen=True)
class Level:
    """Nodes whose components are known, and their weights."""

    nodes: Sequence[Node]
    weighed: Mapping[str, Weighed]
    values: Columns
    prepared: Prepared
    over: Over
    fitted: Settled | None
    keys: Mapping[str, Hashable]
    """What the score of each node depends on, where runs may share it."""

    def scored(self) -> Evaluated:
        """Score the nodes."""
        return aggregate(self.nodes, self.weighed, self.values, self.prepared, self.over, self.fitted)

    def only(self, node: Node) -> Level:
        """Return one of the nodes."""
        return replace(self, nodes=[node])


Steps: TypeAlias = "Generator[Level, Evaluated, T]"
"""A run that gives the levels it comes to, and takes their scores."""


def alone(run: Steps[T]) -> T:
    """Carry out one run.

    >>> def run():
    ...     return 1
    ...     yield
    >>> alone(run())
    1
    """
    try:
        level = next(run)
        while True:
            level = run.send(level.scored())
    except StopIteration as end:
        found: T = end.value
        return found


def together(runs: Iterable[Steps[T]]) -> list[T | IndiciaError]:
    """Carry out many runs over one table; what cannot be scored is returned as the error that a run alone would raise.

    >>> together([])
    []
    """
    several = list(runs)
    outcomes: dict[int, T | IndiciaError] = {}
    answers: dict[int, Evaluated | None] = dict.fromkeys(range(len(several)))
    while answers:
        waiting: dict[int, Level] = {}
        for number, answer in answers.items():
            try:
                waiting[number] = next(several[number]) if answer is None else several[number].send(answer)
            except StopIteration as end:
                outcomes[number] = end.value
            except IndiciaError as error:
                outcomes[number] = error
        scored = _scored(waiting.values())
        answers = {}
        for number, level in waiting.items():
            found = [scored[level.keys[node.id]] for node in level.nodes]
            if failed := [one for one in found if isinstance(one, IndiciaError)]:
                outcomes[number] = failed[0]
                continue
            whole = [one for one in found if isinstance(one, Evaluated)]
            columns = [column for one in whole for column in one.frame.get_columns()]
            settled = {name: value for one in whole for name, value in one.settled.items()}
            answers[number] = Evaluated(pl.DataFrame(columns), settled)
    return [outcomes[number] for number in range(len(several))]


def _scored(levels: Iterable[Level]) -> dict[Hashable, Evaluated | IndiciaError]:
    """Score the nodes of all levels, each that several share once, and those at once that have a formula in common."""
    single = {level.keys[node.id]: level.only(node) for level in levels for node in level.nodes}
    alike: dict[Hashable, list[Hashable]] = {}
    for key, level in single.items():
        alike.setdefault(_formula(level) or key, []).append(key)
    found: dict[Hashable, Evaluated | IndiciaError] = {}
    for keys in alike.values():
        found.update(zip(keys, _of_one_formula([single[key] for key in keys]), strict=True))
    return found


def _formula(level: Level) -> Hashable | None:
    """Return what two nodes must have in common to be scored at once; None where one is to be scored alone.

    What is compared by pairs is, and what misses components, and where rows have weights or a reference of their own.
    """
    (node,) = level.nodes
    own = level.weighed[node.id].keys is not None or level.over.reference is not None or level.fitted is not None
    if own or not is_row_by_row(node, level.values.facts):
        return None
    try:
        check_components(node, level.values, level.prepared)
        hash(node.aggregation)
    except (IndiciaError, TypeError):
        return None
    parts = tuple((part.id, direction(node, part)) for part in node.components)
    return node.id, parts, node.aggregation, level.over.key, tuple(level.prepared.units.schema.items())


def _of_one_formula(levels: Sequence[Level]) -> Sequence[Evaluated | IndiciaError]:
    if len(levels) > 1:
        try:
            return _stacked(levels)
        except IndiciaError:  # of one of them, which is to say so with its own name and units
            pass
    found: list[Evaluated | IndiciaError] = []
    for level in levels:
        try:
            found.append(level.scored())
        except IndiciaError as error:
            found.append(error)
    return found


def _stacked(levels: Sequence[Level]) -> list[Evaluated]:
    """Score one node of many runs, whose rows stand below each other."""
    (node,), over = levels[0].nodes, levels[0].over
    heights = [level.values.frame.height for level in levels]
    runs = np.arange(len(levels), dtype=np.uint32)
    # sorted runs are added up each as a column of its own, to the last digit
    run = pl.Series(DRAW, np.repeat(runs, heights)).set_sorted()
    names = [part.id for part in node.components]
    values = pl.concat([level.values.frame[names] for level in levels], rechunk=True)
    units = pl.concat([level.prepared.units for level in levels], rechunk=True).hstack([run])
    weights = np.stack([level.weighed[node.id].values for level in levels])
    weighed = {node.id: Weighed(weights, {}, None, pl.DataFrame({DRAW: runs}))}
    prepared = replace(levels[0].prepared, units=units, values=values, changes=())
    found = aggregate([node], weighed, Columns.of(values), prepared, replace(over, key=(DRAW, *over.key)))
    starts = np.cumsum([0, *heights[:-1]]).tolist()
    settled = _by_run(found.settled, over, len(levels))
    return [
        Evaluated(found.frame.slice(start, height), own)
        for start, height, own in zip(starts, heights, settled, strict=True)
    ]


def _by_run(settled: Settled, over: Over, runs: int) -> list[Settled]:
    """Return the statistics of each run, as it would have found them alone."""
    found: list[Settled] = [{} for _ in range(runs)]
    for name, frame in settled.items():
        assert isinstance(frame, pl.DataFrame)
        parts = frame.partition_by(DRAW, include_key=False) if over.key else frame[name].to_list()
        for own, part in zip(found, parts, strict=True):
            own[name] = part
    return found
