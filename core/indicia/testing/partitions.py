"""A run over partitions gives the figures of a run in memory, or refuses the method by name."""

from __future__ import annotations

import pickle
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.catalogue.over_partitions import verdict
from indicia.errors import IndiciaError
from indicia.formulas.recorder import forget
from indicia.index import Index
from indicia.partitioned.refusals import check_can_run_in_partitions
from indicia.partitioned.replay import Replay, Round
from indicia.partitioned.scoring import ScoreJob
from indicia.partitions.partition import NeedsAllRows
from indicia.run import score
from indicia.stages.plugin_boundary import attribute_errors_to
from indicia.tables.values import VALUE
from indicia.testing.check import ON_TABLES, check
from indicia.testing.partition_settings import SETTINGS
from indicia.testing.subject import catalogue_of
from indicia.testing.tolerance import EXACT, size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from indicia.formulas import Question
    from indicia.methods import Method
    from indicia.run import Scored
    from indicia.tables.values import Value
    from indicia.testing.partition_settings import Setting
    from indicia.testing.subject import Subject

ENOUGH: int | None = None
"""The number of settings in which a method is tried; None tries it in all settings."""

_PROMISE = "a run over partitions gives the same figures as a run in memory"
_DECLARED = "a method that needs all rows is refused by name before a run over partitions reads them"
_REMEDY = (
    "take each number of all rows from s, or from the words of indicators that merge; or declare that the method needs "
    "all rows (needs_all_rows of a weighting, MatrixAggregation, MatrixImputation)"
)


@check(*ON_TABLES)
def check_partitions(subject: Subject) -> None:
    """A run over partitions gives the same figures as a run in memory, or refuses the method by name before it starts.

    The tables have empty partitions and partitions of one row. An agreement and a consensus make no such promise: they
    compare rankings, and never look at the rows of a table.
    """
    settings = [setting for setting in SETTINGS if subject.kind in setting.kinds]
    if _is_refused(subject.method):
        for setting in settings[:ENOUGH]:
            _require_refusal(subject, setting)
        return
    compared = islice((setting for setting in settings if _compare(subject, setting)), ENOUGH)
    if not list(compared):
        reason = f": {subject.errors[-1]}" if subject.errors else ""
        subject.fail(_PROMISE, f"no table that was tried could be scored{reason}")


def _is_refused(method: Method) -> bool:
    """Return whether runs over partitions refuse a method; False if its formula fails, which a run then tells."""
    with suppress(IndiciaError), attribute_errors_to(method, "x"):
        own = verdict(method)
        return own is not None and not own.runs
    return False


def _require_refusal(subject: Subject, setting: Setting) -> None:
    """Fail unless the index of a setting is refused by the name of the method."""
    words, _ = setting.index_file(subject)
    try:
        check_can_run_in_partitions(Index(words, catalogue_of(subject.plugins)))
    except NeedsAllRows as error:
        if subject.method.name in str(error):
            return
        subject.fail(_DECLARED, f"{setting.name}: the refusal does not name the method: {error}")
    subject.fail(_DECLARED, f"{setting.name}: the index is not refused")


def _compare(subject: Subject, setting: Setting) -> bool:
    """Fail if runs over partitions and in memory differ in one setting; return False if both are errors."""
    words, frame = setting.index_file(subject)
    index = Index(words, catalogue_of(subject.plugins))
    # first over partitions: figures that a method keeps between its calls are then those of one partition
    over_partitions = _attempt(subject, setting, lambda: score_partitions(index, setting.partitions(frame)))
    in_memory = _attempt(subject, setting, lambda: [score(index.definition, index.tree, index.read_table(frame))])
    if isinstance(over_partitions, NeedsAllRows):
        subject.fail(_DECLARED, f"{setting.name}: it is refused during the run: {over_partitions}\n  fix: {_REMEDY}")
    if isinstance(over_partitions, IndiciaError) and isinstance(in_memory, IndiciaError):
        subject.errors.append(str(in_memory))
        return False
    if isinstance(over_partitions, IndiciaError):
        subject.fail(_PROMISE, f"{setting.name}: an error over partitions only: {over_partitions}")
    if isinstance(in_memory, IndiciaError):
        subject.fail(_PROMISE, f"{setting.name}: an error in memory only: {in_memory}")
    tolerance = max(EXACT, subject.method.iteration_tolerance)
    difference = next(differences(over_partitions, in_memory[0], tolerance), None)
    if difference is not None:
        subject.fail(_PROMISE, f"{setting.name}: {difference}\n  fix: {_REMEDY}")
    return True


def _attempt(subject: Subject, setting: Setting, work: Callable[[], list[Scored]]) -> list[Scored] | IndiciaError:
    try:
        with subject.watch(f"partitions, {setting.name}"):
            return work()
    except IndiciaError as error:
        return error


def score_partitions(index: Index, partitions: Sequence[pl.DataFrame]) -> list[Scored]:
    """Score the partitions of a table in this process, as other processes do."""
    check_can_run_in_partitions(index)
    with tempfile.TemporaryDirectory() as folder:
        return Replay(ScoreJob(index, _as_it_is), list(partitions), Path(folder)).run(_OtherProcesses())


@dataclass(frozen=True)
class _OtherProcesses:
    """Stands for other processes: each records formulas anew, and states of partitions are written and read."""

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        """Yield the outcomes in the order of the items."""
        for item in items:
            forget()
            outcome = function(item)
            if isinstance(outcome, Round):
                outcome = replace(outcome, questions=pickle.loads(pickle.dumps(outcome.questions)))
            yield outcome


def _as_it_is(frame: pl.DataFrame) -> pl.DataFrame:
    return frame


_FRAMES = ("prepared", "normalised", "components", "nodes")


def differences(over_partitions: Sequence[Scored], in_memory: Scored, tolerance: float = EXACT) -> Iterator[str]:
    """Yield a sentence for each figure that differs, with the unit and both numbers.

    Figures are equal if they differ by at most 1e-12 of the largest figure of their column, or by the tolerance.

    Parameters
    ----------
    over_partitions
        The outcomes of partitions, in the order of their rows.
    in_memory
        The outcome of all rows.
    tolerance
        The largest difference, as a share of the largest figure of the column.
    """
    units = pl.concat([scored.units for scored in over_partitions])
    if not units.equals(in_memory.units):
        yield f"the units are {units.rows()} over partitions, and {in_memory.units.rows()} in memory"
        return
    rows = [" ".join(map(str, key)) for key in units.select(in_memory.source.key).rows()]
    for kind in _FRAMES:
        figures = pl.concat([getattr(scored, kind) for scored in over_partitions])
        expected: pl.DataFrame = getattr(in_memory, kind)
        if figures.columns != expected.columns:
            yield f"the {kind} are those of {figures.columns} over partitions, and of {expected.columns} in memory"
            continue
        for column in expected:
            yield from _of_column(f"{column.name} ({kind})", rows, figures[column.name], column, tolerance)
    for scored in over_partitions:
        yield from _of_weights(scored, in_memory, tolerance)
        yield from _of_statistics(scored, in_memory, tolerance)


def _of_column(
    name: str, rows: Iterable[str], figures: Iterable[Any], expected: Iterable[Any], tolerance: float
) -> Iterator[str]:
    """Yield a sentence for each row whose figure differs."""
    expected = list(expected)
    size = size_of(expected)
    for row, figure, other in zip(rows, figures, expected, strict=True):
        if (figure is None) != (other is None) or (figure is not None and not abs(figure - other) <= tolerance * size):
            yield f"{name} of {row} is {figure} over partitions, and {other} in memory"


def _of_weights(scored: Scored, in_memory: Scored, tolerance: float) -> Iterator[str]:
    for node in in_memory.tree.nodes():
        figures, expected = scored.node_weights[node.id], in_memory.node_weights[node.id]
        parts = [part.id for part in node.components]
        if expected.keys is None:
            yield from _of_column(f"the weight in {node.id}", parts, figures.values, expected.values, tolerance)
            continue
        keys = [] if figures.keys is None else figures.keys.rows()
        rows = dict(zip(keys, figures.values, strict=True))
        for key, values in zip(expected.keys.rows(), expected.values, strict=True):
            place = f"the weight in {node.id}, {', '.join(map(str, key))},"
            yield from _of_column(place, parts, rows.get(key, [None] * len(parts)), values, tolerance)


def _of_statistics(scored: Scored, in_memory: Scored, tolerance: float) -> Iterator[str]:
    figures = _statistics_of(scored)
    for (stage, question), value in _statistics_of(in_memory).items():
        yield from _of_statistic(f"the {question} ({stage})", figures.get((stage, question)), value, tolerance)


def _statistics_of(scored: Scored) -> dict[tuple[str, Question], Value]:
    return {
        (record.stage, question): value for record in scored.records for question, value in record.statistics.items()
    }


def _of_statistic(name: str, figures: Value, expected: Value, tolerance: float) -> Iterator[str]:
    if isinstance(expected, pl.DataFrame):
        keys = [column for column in expected.columns if column != VALUE]
        if not isinstance(figures, pl.DataFrame):
            yield f"{name} is {figures} over partitions, and has a value for each {', '.join(keys)} in memory"
            return
        joined = expected.join(figures, on=keys, how="left", nulls_equal=True)
        rows = [", ".join(map(str, key)) for key in joined.select(keys).rows()]
        if joined[VALUE].dtype.is_nested():  # a statistic of several numbers
            pairs = zip(rows, joined[f"{VALUE}_right"].to_list(), joined[VALUE].to_list(), strict=True)
            for row, figure, other in pairs:
                yield from _of_statistic(f"{name} of {row}", figure, other, tolerance)
            return
        yield from _of_column(name, rows, joined[f"{VALUE}_right"], joined[VALUE], tolerance)
    elif isinstance(expected, list):
        values = figures if isinstance(figures, list) else [None] * len(expected)
        yield from _of_column(name, [f"number {place}" for place in range(len(expected))], values, expected, tolerance)
    else:
        yield from _of_column(name, ["all rows"], [figures], [expected], tolerance)
