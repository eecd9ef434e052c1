"""Replay a run over partitions, round by round, until every question about all rows is answered."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from indicia.errors import IndiciaError
from indicia.partitions.partition import MergeByTasks, NoRows, Partition, Pending, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

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
