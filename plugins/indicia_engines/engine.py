"""The protocol of engines, and the engine of this process."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator


Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Result = TypeVar("Result")
Covariant = TypeVar("Covariant", covariant=True)

TRIES = 4
"""The times that an item is run, if its workers die: once, and three times again."""


@dataclass(frozen=True)
class WorkerReply:
    """The reply of a worker to a function that all workers run."""

    worker: str
    """The address of the worker, as its engine names it."""
    outcome: Any = None
    error: BaseException | None = None


@runtime_checkable
class Engine(Protocol):
    """Maps a function over items, on one worker or several.

    Attributes
    ----------
    name : str
        The name of the engine in the option `--engine`.
    workers : int
        The number of items that run at the same time.
    """

    @property
    def name(self) -> str: ...

    @property
    def workers(self) -> int: ...

    def map(self, function: Callable[[Item], Outcome], items: Iterable[Item]) -> Iterator[Outcome]:
        """Yield the outcome of the function for each item, in the order of the items.

        Parameters
        ----------
        function : callable
            A pure function that can be pickled: a worker may die, and its item then runs again on another.
        items : iterable
            Items that can be pickled. They are read as workers become free.

        Yields
        ------
        object
            The outcomes. At most about two for each worker wait for the caller.

        Raises
        ------
        Exception
            The exception of the earliest item that fails. A note has the traceback on the worker.
        EngineError
            If the function cannot be sent, the workers of an item die again and again, or the scheduler is lost.
        """
        ...

    def on_every_worker(self, function: Callable[[], object]) -> list[WorkerReply]:
        """Call a function once on each worker that is there now.

        Parameters
        ----------
        function : callable
            A function that is defined inside another and imports inside itself. It is then sent with its code, and
            runs on workers where Indicia is not installed.

        Returns
        -------
        list of WorkerReply
            The replies, with an error where the function raises one.
        """
        ...


class Pending(Protocol[Covariant]):
    """A result that a worker may still compute: a future of Python or of Dask."""

    def result(self, timeout: float | None = None) -> Covariant: ...

    def done(self) -> bool: ...

    def cancel(self) -> object: ...


def wait_for(pending: Pending[Result]) -> Result:
    """Wait for a result, so that control-C ends the wait.

    Polars catches the signal, and the system then goes on with a wait that has no end. A short wait ends by itself.
    """
    while not pending.done():
        with suppress(TimeoutError):
            return pending.result(timeout=0.2)
    return pending.result()


def in_order(submit: Callable[[Item], Pending[Result]], items: Iterable[Item], window: int) -> Generator[Result]:
    """Yield the results of submitted items in order. Submit the next item whenever the first result is taken.

    Parameters
    ----------
    submit : callable
        Sends an item to a worker.
    items : iterable
        The items.
    window : int
        The number of items that may be submitted before their result is taken.
    """
    pending: deque[Pending[Result]] = deque()
    try:
        for item in items:
            pending.append(submit(item))
            if len(pending) >= window:
                yield wait_for(pending.popleft())
        while pending:
            yield wait_for(pending.popleft())
    finally:
        for result in pending:
            result.cancel()


@dataclass(frozen=True)
class Here:
    """Calls the function in this process. Nothing is pickled, and the order of work is that of the items."""

    name: str = "partitions"
    workers: int = 1

    def map(self, function: Callable[[Item], Outcome], items: Iterable[Item]) -> Iterator[Outcome]:
        """Yield the outcomes in order; see `Engine.map`."""
        return map(function, items)

    def on_every_worker(self, function: Callable[[], object]) -> list[WorkerReply]:
        """Call the function here; see `Engine.on_every_worker`."""
        return [reply_here(function)]


def reply_here(function: Callable[[], object]) -> WorkerReply:
    """Return the reply of this process, which stands for all workers that share its interpreter and its files."""
    try:
        return WorkerReply("this process", function())
    except Exception as error:
        return WorkerReply("this process", error=error)
