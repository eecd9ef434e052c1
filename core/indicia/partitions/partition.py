"""One partition of a table, and the door through which a run asks for the facts of all rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from indicia.errors import IndiciaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    Item = TypeVar("Item")
    Outcome = TypeVar("Outcome")


class Merge(Protocol):
    """Merges the states of partitions, and turns the state of all rows into an answer; equal and picklable."""

    def join(self, first: Any, second: Any) -> Any:
        """Return the state of the rows of two neighbouring partitions, in the order of the partitions."""

    def value(self, state: Any) -> Any:
        """Return the answer, given the state of all rows: plain values, arrays or frames."""


@runtime_checkable
class MergeByTasks(Merge, Protocol):
    """Merges the states of partitions, and turns them into an answer by tasks that an engine maps."""

    def value_by(self, map_tasks: Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]], state: Any) -> Any:
        """Return the answer; `map_tasks` applies a function to items, and returns the outcomes in their order."""


class Pending(BaseException):
    """A run asks for a fact of all rows that is not known yet.

    It is no `Exception`, so that no guard against errors of plugins catches it.
    """


class NoRows(BaseException):
    """A partition has no row that takes part; it changes no fact of all rows.

    Parameters
    ----------
    error : IndiciaError, optional
        The error of a table without rows: that of the run if no partition has rows.
    left_out : pl.DataFrame, optional
        The units that screening leaves out, with the reasons.
    """

    def __init__(self, error: IndiciaError | None = None, left_out: pl.DataFrame | None = None) -> None:
        super().__init__(error, left_out)
        self.error: IndiciaError | None = error
        self.left_out: pl.DataFrame | None = left_out


class NeedsAllRows(IndiciaError):
    """A method needs all rows at once, and a run over partitions cannot use it."""


@dataclass(frozen=True)
class Question:
    """A question about all rows: its merge, and the state of one partition."""

    merge: Merge
    state: Any


@dataclass(frozen=True, eq=False)
class Partition:
    """The rows of one partition, as a run sees them.

    A run asks for each fact of all rows by a key that is unique in the run. In each round, every partition asks the
    same questions.
    """

    number: int
    answers: Mapping[str, Any]
    """The answers of earlier rounds, by key."""
    folder: Path | None = None
    """The folder for files of the run, which all workers share."""
    where: str = ""
    """The place of the rows, such as a file, for errors."""
    questions: dict[str, Question] = field(default_factory=dict)
    """The questions of this round, by key; the run adds them."""
    pending: list[Pending] = field(default_factory=list)
    """The exceptions that ended parts of this round; code that called a plugin finds those that the plugin caught."""

    def ask(self, key: str, merge: Merge, state: Callable[[], Any]) -> Any:
        """Return a fact of all rows.

        Parameters
        ----------
        key : str
            The name of the question, unique in the run.
        merge : Merge
            The rule that merges states.
        state : callable
            Returns the state of the rows of this partition.

        Raises
        ------
        Pending
            If the fact is not known yet.
        """
        if key in self.answers:
            return self.answers[key]
        if key not in self.questions:
            self.questions[key] = Question(merge, state())
        self.pending.append(Pending(key))
        raise self.pending[-1]

    def ask_later(self, key: str, merge: Merge, state: Callable[[], Any]) -> Any:
        """Return a fact of all rows, or None in the first round that asks for it; the run goes on without it.

        Checks that change no value use it, so that they cost no round of their own.
        """
        if key not in self.answers:
            self.questions[key] = Question(merge, state())
            return None
        return self.answers[key]


def for_each(partition: Partition | None, items: Iterable[Item], function: Callable[[Item], Outcome]) -> list[Outcome]:
    """Apply a function to each item; the questions of all items are asked in the same round."""
    if partition is None:
        return [function(item) for item in items]
    outcomes, pending = [], None
    for item in items:
        try:
            outcomes.append(function(item))
        except Pending as question:
            pending = question
    if pending is not None:
        raise pending
    return outcomes
