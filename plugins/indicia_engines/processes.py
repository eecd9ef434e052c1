"""The engine of local processes. A process that dies is replaced, and its item runs again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Any, cast

from indicia.errors import EngineError, shorten
from indicia_engines.calls import SHARED_BYTES, call_of, outcomes_of, pickle_function
from indicia_engines.engine import TRIES, Item, Outcome, WorkerReply, in_order, reply_here
from indicia_engines.process_worker import CALL, SHARED, receive, send
from indicia_engines.workers import ALLOCATOR, core_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType


_START = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from indicia_engines.process_worker import main
main()
"""
_THREADS = ("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class WorkerDied(Exception):
    """A worker process died before it replied."""


class WorkerProcess:
    """A process that answers one call at a time.

    It is a new interpreter, not a fork: polars has threads, and a fork of a process with threads can hang. It does not
    import the script of the user, as processes of `multiprocessing` do, so that scripts need no `if __name__ == …`.
    """

    def __init__(self, threads: int) -> None:
        limits = {name: str(threads) for name in _THREADS}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, json.dumps(sys.path)],
            env=ALLOCATOR | limits | os.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # control-C reaches the driver only, which kills its workers
        )
        self.process_id: int = self._process.pid
        self._shared: bytes | None = None

    def reply(self, call: bytes, shared: bytes | None) -> bytes:
        """Return the reply to a call; WorkerDied if the process dies.

        A large function is sent with its first call only.
        """
        stream = cast("IO[bytes]", self._process.stdin)
        with suppress(BrokenPipeError):
            if shared is not None and self._shared is not shared:
                send(stream, shared, SHARED)
                self._shared = shared
            send(stream, call, CALL)
        reply = receive(cast("IO[bytes]", self._process.stdout))
        if reply is None:
            raise WorkerDied(_end_of(self._process.wait()))
        return reply

    @property
    def is_alive(self) -> bool:
        """False if the process has ended."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process at once. A thread that waits for its reply sees that it died."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Close the pipes of a process that has ended."""
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(BrokenPipeError):
                cast("IO[bytes]", pipe).close()


def _end_of(code: int) -> str:
    """Return the words for the end of a process.

    >>> _end_of(-9), _end_of(1)
    ('signal 9', 'exit code 1')
    """
    return f"signal {-code}" if code < 0 else f"exit code {code}"


class Processes:
    """Calls the function in local processes, which start when they are needed.

    Each worker has a thread of this process, which waits for its replies.
    """

    name = "partitions"

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="indicia-worker")
        self._lock = threading.Lock()
        self._workers: set[WorkerProcess] = set()
        self._idle: list[WorkerProcess] = []
        self._closed = False

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def map(self, function: Callable[[Item], Outcome], items: Iterable[Item]) -> Iterator[Outcome]:
        """Yield the outcomes in order; see `Engine.map`. A single item runs here, without the start of a process."""
        rest = iter(items)
        first = list(islice(rest, 2))
        if len(first) < 2:
            return map(function, first)
        pickled = pickle_function(function)
        shared = pickled if len(pickled) > SHARED_BYTES else None

        def submit(item: Item) -> Future[bytes]:
            return self._threads.submit(self._reply, call_of(None if shared else pickled, item), shared, item)

        return outcomes_of(in_order(submit, chain(first, rest), 2 * self.workers))

    def on_every_worker(self, function: Callable[[], object]) -> list[WorkerReply]:
        """Call the function in this process, whose interpreter, packages and files the workers share."""
        return [reply_here(function)]

    def close(self) -> None:
        """Kill all processes, also those at work."""
        with self._lock:
            self._closed = True
            workers = list(self._workers)
        for worker in workers:
            worker.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in workers:
            worker.close()

    def _reply(self, call: bytes, shared: bytes | None, item: Any) -> bytes:
        """Return the reply to a call. A worker that dies is replaced."""
        end = ""
        for _ in range(TRIES):
            worker = self._borrow()
            try:
                reply = worker.reply(call, shared)
            except WorkerDied as death:
                self._discard(worker)
                end = str(death)
            else:
                with self._lock:
                    self._idle.append(worker)
                return reply
        raise EngineError(
            f"{TRIES} worker processes died one after the other as they worked on the same partition ({end})",
            where=shorten(str(item), 200),
            remedy="the usual cause is too little memory: fewer --workers, or smaller partitions",
        )

    def _borrow(self) -> WorkerProcess:
        """Return an idle worker, or start one."""
        with self._lock:
            if self._closed:
                raise EngineError("the engine is closed", remedy="open it again")
            if self._idle:
                return self._idle.pop()
            worker = WorkerProcess(max(1, core_count() // self.workers))
            self._workers.add(worker)
            return worker

    def _discard(self, worker: WorkerProcess) -> None:
        with self._lock:
            self._workers.discard(worker)
        worker.close()
