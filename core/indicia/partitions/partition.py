"""One partition of a table, its questions about all rows, and the names of units over partitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from indicia.errors import IndiciaError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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


MOST_NAMES = 10
"""The number of names that messages show at most."""

_FEW = 30
"""The number of names up to which a remedy lists all of them."""


@dataclass(frozen=True)
class FirstNames:
    """The first names of many, in the order of the rows, and the number of all names."""

    count: int = 0
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: Collection[object]) -> FirstNames:
        """Return the first of these names."""
        first = (name for name, _ in zip(names, range(MOST_NAMES), strict=False))
        return cls(len(names), tuple(map(str, first)))

    def __add__(self, other: FirstNames) -> FirstNames:
        return FirstNames(self.count + other.count, (*self.names, *other.names)[:MOST_NAMES])


@dataclass(frozen=True)
class MergeNames:
    """Merges `FirstNames`; the answer is the number of all names, and the first of them."""

    def join(self, first: FirstNames, second: FirstNames) -> FirstNames:
        """Return the first names of both."""
        return first + second

    def value(self, state: FirstNames) -> tuple[int, tuple[str, ...]]:
        """Return the number and the names."""
        return state.count, state.names


@dataclass(frozen=True)
class NamesInData:
    """Names that a user writes, of which the data have some, and the names of the data that resemble the others."""

    present: frozenset[str]
    alike: tuple[str, ...]
    """The names of the data that resemble the other names, or all names if they are few."""
    complete: bool
    """True if `alike` has all names of the data."""

    @classmethod
    def of(cls, wanted: Collection[str], names: Iterable[str]) -> NamesInData:
        """Look for the wanted names among the names of the data."""
        in_data = sorted(set(names))
        present = frozenset(wanted).intersection(in_data)
        if len(in_data) <= _FEW:
            return cls(present, tuple(in_data), complete=True)
        return cls(present, tuple(_alike(set(wanted) - present, in_data)), complete=False)


def _alike(wanted: Collection[str], names: Collection[str]) -> Iterable[str]:
    lowered = {name.lower(): name for name in names}
    close = (match for name in wanted for match in get_close_matches(name.lower(), lowered, n=1, cutoff=0.6))
    return dict.fromkeys(lowered[name] for name in close)


@dataclass(frozen=True)
class MergeNamesInData:
    """Merges `NamesInData`; the answer is a pair of tuples."""

    wanted: tuple[str, ...]

    def join(self, first: NamesInData, second: NamesInData) -> NamesInData:
        """Return the names of both."""
        present = first.present | second.present
        names = sorted({*first.alike, *second.alike})
        if first.complete and second.complete and len(names) <= _FEW:
            return NamesInData(present, tuple(names), complete=True)
        return NamesInData(present, tuple(_alike(set(self.wanted) - present, names)), complete=False)

    def value(self, state: NamesInData) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the wanted names that the data have, and the names of the data from which a remedy suggests one."""
        return tuple(sorted(state.present)), state.alike
