"""The engine on Spark: a master at a URL, the session that is there, or a Spark on this machine."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from indicia.engines.calls import SHARED_BYTES, answer, call_of, outcome_of, pickle_function
from indicia.engines.engine import TRIES, WorkerReply, in_order
from indicia.engines.spark_context import open_context
from indicia.errors import EngineError, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from indicia.engines.engine import Item, Outcome

_BATCHES = 2
"""The jobs that run at the same time: the second fills the executors that have finished their items of the first."""


class Spark:
    """Calls the function in tasks of Spark. Spark runs the tasks of a dead executor again on others.

    A job has one item for each core. Two jobs run at a time, so that no core waits for the slowest item.
    """

    name = "spark"

    def __init__(self, context: Any) -> None:
        self._context = context
        self._threads = ThreadPoolExecutor(_BATCHES, thread_name_prefix="indicia-spark")

    @property
    def workers(self) -> int:
        """The cores of all executors that are there now."""
        return max(1, int(self._context.defaultParallelism))

    def map(self, function: Callable[[Item], Outcome], items: Iterable[Item]) -> Iterator[Outcome]:
        """Yield the outcomes in order; see `Engine.map`."""
        pickled = pickle_function(function)
        shared = self._context.broadcast(pickled) if len(pickled) > SHARED_BYTES else None
        batches = _batches(items, self.workers)
        try:
            with closing(in_order(lambda batch: self._submit(pickled, shared, batch), batches, _BATCHES)) as of_batches:
                for replies in of_batches:
                    yield from map(outcome_of, replies)
        finally:
            if shared is not None:
                shared.unpersist()

    def on_every_worker(self, function: Callable[[], object]) -> list[WorkerReply]:
        """Call the function on all executors; see `Engine.on_every_worker`.

        Spark has no list of executors that tasks can be sent to. Short tasks, one for each core, are therefore run
        until each executor has had one.
        """
        executors = max(1, self._context._jsc.sc().getExecutorMemoryStatus().size() - 1)  # the driver is in this list
        probe = _probe(function)
        replies: dict[str, WorkerReply] = {}
        for _ in range(10):
            numbers = range(self.workers)
            for worker, outcome, error in self._collected(probe, numbers, numbers):
                replies[worker] = WorkerReply(worker, outcome, error)
            if len(replies) >= executors:
                break
        return [replies[worker] for worker in sorted(replies)]

    def close(self) -> None:
        """Wait for no job any longer."""
        self._context.cancelAllJobs()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _submit(self, function: bytes, shared: Any, batch: Sequence[object]) -> _SparkReplies:
        group = f"indicia-{uuid.uuid4().hex}"
        calls = [call_of(None if shared else function, item) for item in batch]
        return _SparkReplies(self._threads.submit(self._run_job, group, shared, calls, batch), self._context, group)

    def _run_job(self, group: str, shared: Any, calls: Sequence[bytes], batch: Sequence[object]) -> list[bytes]:
        self._context.setJobGroup(group, "indicia", interruptOnCancel=False)
        replies: list[bytes] = self._collected(_Answer(shared), calls, batch)
        return replies

    def _collected(self, function: Callable[[Any], object], values: Sequence[Any], items: Sequence[object]) -> Any:
        """Return the outcomes of a job with one task for each value; EngineError if Spark gives it up."""
        from py4j.protocol import Py4JError, Py4JJavaError

        try:
            return self._context.parallelize(values, len(values)).map(function).collect()
        except Py4JJavaError as error:
            raise _failure(str(error.java_exception.getMessage()), items) from error
        except (Py4JError, OSError) as error:
            raise EngineError(
                f"the connection to Spark is lost: {error}", remedy="start Spark again, and run the command again"
            ) from error


@dataclass(frozen=True)
class _Answer:
    """Answers calls on an executor."""

    shared: Any
    """The broadcast of a large function; None if the calls have the function."""

    def __call__(self, call: bytes) -> bytes:
        """Answer a call."""
        return answer(call, self.shared.value if self.shared else None)


class _SparkReplies:
    """The replies to a batch of items."""

    def __init__(self, future: Future[list[bytes]], context: Any, group: str) -> None:
        self._future = future
        self._context = context
        self._group = group

    def result(self, timeout: float | None = None) -> list[bytes]:
        """Wait for the replies."""
        return self._future.result(timeout)

    def done(self) -> bool:
        """Return whether the replies are there."""
        return self._future.done()

    def cancel(self) -> None:
        """Give the job up."""
        if not self._future.cancel() and not self._future.done():
            self._context.cancelJobGroup(self._group)


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield lists of the next items.

    >>> list(_batches("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def _probe(function: Callable[[], object]) -> Callable[[int], tuple[str, object, BaseException | None]]:
    """Return a task that calls the function and names the executor.

    It is defined in this function, so that Spark sends its code to executors where Indicia may not be installed.
    """

    def probe(_: int) -> tuple[str, object, BaseException | None]:
        import os
        import socket
        import time

        worker = f"{socket.gethostname()}, executor {os.getppid()}"
        time.sleep(0.2)  # the executor is busy, and the next task goes to another
        try:
            return worker, function(), None
        except Exception as error:
            return worker, None, error

    return probe


def _failure(message: str, items: Sequence[object]) -> EngineError:
    """Return the error for a job that Spark gives up, from its message."""
    task = re.search(r"Task (\d+) in stage", message)
    where = shorten(str(items[int(task[1])]), 200) if task and int(task[1]) < len(items) else None
    if "exited unexpectedly" in message or "ExecutorLostFailure" in message:
        what = f"{TRIES} workers of Spark died one after the other as they worked on the same partition"
    else:
        what = f"Spark gives up: {shorten(message.strip().partition(chr(10))[0], 300)}"
    return EngineError(
        what,
        where=where,
        remedy="the usual cause is too little memory: smaller partitions, or executors with more memory",
    )


@contextmanager
def open_spark(master: str | None, workers: int | None) -> Iterator[Spark]:
    """Open the engine on the Spark context of this process, on a master, or on a Spark that starts on this machine.

    Parameters
    ----------
    master : str or None
        The URL of the master: `spark://host:7077`, `yarn`, `k8s://…`, `local-cluster[2,1,1024]`. None takes the context
        that is there, as in a notebook or under `spark-submit`, or starts a Spark on this machine. A context that is
        there is also taken for its own master.
    workers : int or None
        The cores of a Spark on this machine; default: all.

    Raises
    ------
    EngineError
        If no master replies within ten seconds, or it starts no executors; if there is no Java, or it is too old.
    MissingDependency
        If PySpark is not installed.
    """
    with open_context(master, workers) as context:
        engine = Spark(context)
        try:
            yield engine
        finally:
            engine.close()
