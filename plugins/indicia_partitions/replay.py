"""The rounds of a run over partitions, on the workers of an engine."""

from __future__ import annotations

import json
import traceback
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from indicia.errors import IndiciaError, NothingKept
from indicia.partitions.partition import MergeByTasks, NoRows, Partition, Pending, Question
from indicia.result import Inputs
from indicia.run import Scored, score_partition
from indicia_engines import Engine, check_workers, installed_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from indicia.catalogue import Catalogue
    from indicia.data.table_partitions import TablePartitions
    from indicia.definition import Definition, Node, Origin
    from indicia.scorable import Scorable


_FOR_READERS = ("files_outside", "publication", "references", "citations")
"""Sections of a manifest on which no figure depends."""


def manifest_of_partitions(index: Scorable, partitions: TablePartitions) -> dict[str, Any]:
    """Return the manifest of a run over partitions. The files of the table have a fingerprint, as no task has all rows.

    Parameters
    ----------
    index : Scorable
        The index, fitted or not.
    partitions : TablePartitions
        The partitions of its table.
    """
    return _inputs(index, partitions).manifest


def notes_on_definition(index: Scorable, partitions: TablePartitions) -> list[str]:
    """Return the notes on an index, such as the directions that are assumed."""
    return list(map(str, _inputs(index, partitions).notes))


def _inputs(index: Scorable, partitions: TablePartitions) -> Inputs:
    table = {
        "fingerprint": partitions.fingerprint,
        "rows": partitions.rows,
        "partitions": len(partitions.partitions),
        "cuts": _digest([[part.first, part.length] for each in partitions.partitions for part in each.slices]),
    }
    return Inputs(index.definition, index.tree, index.catalogue, table, index.origin)


def identity_of(index: Scorable, partitions: TablePartitions) -> dict[str, str]:
    """Return a hash of each section of the manifest on which results depend, for `PartitionedOutput.opened`.

    A message names the sections that differ: "file" is the table, "methodology" and "indicators" are the index, and
    "polars" and "plugins" are versions.
    """
    manifest = manifest_of_partitions(index, partitions)
    return {name: _digest(value) for name, value in manifest.items() if name not in _FOR_READERS}


def _digest(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def check_packages(engine: Engine, index: Scorable) -> None:
    """Refuse workers that lack a package of the methods of an index, or have another version than this process.

    Raises
    ------
    EngineError
        With the worker, the package and both versions.
    """
    check_workers(engine, installed_versions(_packages(index)))


def _packages(index: Scorable) -> list[str]:
    """Return the installed packages of the plugins of an index; a plugin file goes along with each task."""
    inputs = Inputs(index.definition, index.tree, index.catalogue, {}, index.origin)
    installed = []
    for name in sorted({of_plugin.rpartition(" ")[0] for of_plugin in inputs.plugins.values()}):
        try:
            version(name)
        except PackageNotFoundError:
            continue
        installed.append(name)
    return installed


class Planned(Protocol):
    """An index with its methods, or a methodology of a comparison."""

    @property
    def definition(self) -> Definition:
        """The definition, after all checks."""

    @property
    def tree(self) -> Node:
        """The tree of dimensions and indicators."""

    @property
    def catalogue(self) -> Catalogue:
        """The available methods."""

    @property
    def origin(self) -> Origin:
        """The file of the definition, for error messages."""


@dataclass(frozen=True)
class ScoreJob:
    """Scores the rows of one partition."""

    index: Planned
    read: Callable[[Any], pl.DataFrame]
    """Reads a partition, as `read_table` of the index reads a table."""

    def __call__(self, item: Any, partition: Partition) -> Scored:
        """Return the scores of a partition, without ranks."""
        frame = self.read(item)
        if frame.is_empty():
            raise NoRows(NothingKept("the data have no rows"))
        with self.index.origin.located():
            try:
                return score_partition(self.index.definition, self.index.tree, frame, partition)
            except NothingKept as error:  # `where` in [data] or screening leaves out each row of this partition
                raise NoRows(error) from error


Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
AnyItem = TypeVar("AnyItem", contravariant=True)
AnyOutcome = TypeVar("AnyOutcome", covariant=True)


class Mapper(Protocol):
    """Applies a function to items; the engines of the room `engines` do."""

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        """Yield the outcomes in the order of the items."""


class Job(Protocol[AnyItem, AnyOutcome]):
    """The work on a partition: a picklable function."""

    def __call__(self, item: AnyItem, partition: Partition) -> AnyOutcome:
        """Return the outcome of the rows of an item."""


@dataclass(frozen=True)
class Round(Generic[Outcome]):
    """The outcome of one partition in one round."""

    questions: Mapping[str, Question]
    outcome: Outcome | None = None
    """None where questions are open, or where no row takes part."""
    no_rows: NoRows | None = None
    """Set if no row of the partition takes part."""


@dataclass(frozen=True)
class Replay(Generic[Item, Outcome]):
    """A job that is mapped over partitions until it asks for nothing more."""

    job: Job[Item, Outcome]
    items: Sequence[Item]
    """The partitions, in their order."""
    folder: Path | None = None
    """The folder for files of the run, which all workers share."""
    answers: dict[str, Any] = field(default_factory=dict)
    """The answers so far, by key; rounds add to them."""

    def run(self, engine: Mapper, after_round: Callable[[Mapping[str, Any]], None] = lambda _: None) -> list[Outcome]:
        """Return the outcomes of partitions with rows, in their order.

        `after_round` is called with all answers after each round.
        """
        while True:
            questions, outcomes = self._merge(engine.map(self._task, list(enumerate(self.items))))
            if not questions:
                return outcomes
            self._answer(questions, engine)
            after_round(self.answers)

    def run_first(self, engine: Mapper) -> Outcome | None:
        """Return the outcome of the first partition with rows, after all questions are answered; None without rows.

        The last round, in which no partition asks, is played on one partition only.
        """
        number = 0
        while number < len(self.items):
            played: Round[Outcome] | None = None
            if self.answers:
                (played,) = engine.map(self._task, [(number, self.items[number])])
            if played is not None and played.no_rows is not None:
                number += 1
            elif played is not None and not played.questions:
                return played.outcome
            else:
                questions, _ = self._merge(engine.map(self._task, list(enumerate(self.items))))
                self._answer(questions, engine)
                if not questions:
                    return None
        return None

    @property
    def _task(self) -> Callable[[tuple[int, Item]], Round[Outcome]]:
        return partial(_play, self.job, dict(self.answers), self.folder)

    def _answer(self, questions: Mapping[str, Question], engine: Mapper) -> None:
        for key, question in questions.items():
            self.answers[key] = _answer(question, engine)

    def _merge(self, rounds: Iterator[Round[Outcome]]) -> tuple[dict[str, Question], list[Outcome]]:
        """Merge the states of partitions in their order."""
        merged: dict[str, Question] = {}
        outcomes: list[Outcome] = []
        first: set[str] | None = None
        without_rows: NoRows | None = None
        for number, played in enumerate(rounds):
            if played.no_rows is not None:
                without_rows = without_rows or played.no_rows
            else:
                first = set(played.questions) if first is None else first
                _check_same_questions(first, set(played.questions), number)
            for key, question in played.questions.items():
                state = question.state
                if key in merged:
                    state = question.merge.join(merged[key].state, state)
                merged[key] = Question(question.merge, state)
            if played.outcome is not None:
                outcomes.append(played.outcome)
        if first is None and without_rows is not None and without_rows.error is not None:
            raise without_rows.error
        return merged, outcomes


def _play(
    job: Job[Item, Outcome], answers: Mapping[str, Any], folder: Path | None, numbered: tuple[int, Item]
) -> Round[Outcome]:
    """Run a job on one partition, with the answers of earlier rounds."""
    number, item = numbered
    partition = Partition(number, answers, folder, getattr(item, "where", f"partition {number + 1}"))
    try:
        outcome = job(item, partition)
    except Pending:
        return Round(partition.questions)
    except NoRows as no_rows:
        return Round(partition.questions, no_rows=no_rows)
    finally:
        _free_frames(partition)
    return Round(partition.questions, None if partition.questions else outcome)


def _free_frames(partition: Partition) -> None:
    """Free the rows that the exceptions of a round hold.

    The frames of the run refer to the exceptions, and these refer to the frames: the columns would stay in memory until
    the garbage collector finds this circle.
    """
    for pending in partition.pending:
        traceback.clear_frames(pending.__traceback__)
        pending.__traceback__ = None
    partition.pending.clear()


def _answer(question: Question, engine: Mapper) -> Any:
    """Return the answer to a question; the engine maps the tasks of a merge that has tasks, such as those of a sort."""
    merge = question.merge
    if isinstance(merge, MergeByTasks):
        return merge.value_by(engine.map, question.state)
    return merge.value(question.state)


def _check_same_questions(first: set[str], other: set[str], number: int) -> None:
    """Refuse a method whose questions depend on the rows of a partition: its statistics would miss rows."""
    if first != other:
        odd = sorted(first ^ other)[0]
        raise IndiciaError(
            f"partition {number + 1} and the first partition ask for different facts of all rows: {odd}",
            remedy="this is a fault of the method that is named, or of Indicia: run the index in memory, and report it",
        )
