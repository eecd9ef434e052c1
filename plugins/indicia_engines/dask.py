"""The engine on Dask: a scheduler at a URL, or a cluster of processes on this machine."""

from __future__ import annotations

import logging
import os
import re
import time
import uuid
import warnings
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from indicia.errors import EngineError, require_optional, shorten
from indicia_engines.calls import SHARED_BYTES, answer, call_of, outcomes_of, pickle_function
from indicia_engines.engine import TRIES, Item, Outcome, WorkerReply, in_order
from indicia_engines.workers import ALLOCATOR, core_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


CONNECT_SECONDS = 10
"""The seconds after which a scheduler that does not reply counts as absent."""
_URL = re.compile(r"(tcp|tls|ucxx?|wss?)://[^/]+:\d+/?")


class Dask:
    """Calls the function on the workers of a Dask scheduler. Dask runs the items of a dead worker again on others."""

    name = "dask"

    def __init__(self, client: Any, scheduler: str) -> None:
        self._client = client
        self._scheduler = scheduler

    @property
    def workers(self) -> int:
        """The threads of all workers that are there now."""
        return max(1, sum(map(int, self._client.nthreads().values())))

    def map(self, function: Callable[[Item], Outcome], items: Iterable[Item]) -> Iterator[Outcome]:
        """Yield the outcomes in order; see `Engine.map`."""
        pickled = pickle_function(function)
        shared = self._share(pickled) if len(pickled) > SHARED_BYTES else None
        return outcomes_of(in_order(lambda item: self._submit(pickled, shared, item), items, 2 * self.workers))

    def on_every_worker(self, function: Callable[[], object]) -> list[WorkerReply]:
        """Call the function on all workers; see `Engine.on_every_worker`."""
        replies = self._client.run(function, on_error="return")
        return [
            WorkerReply(worker, error=reply) if isinstance(reply, BaseException) else WorkerReply(worker, reply)
            for worker, reply in sorted(replies.items())
        ]

    def _share(self, function: bytes) -> Any:
        """Send a large function to all workers. It is the outcome of a call, so that Dask restores it if they die."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Dask warns that the function is large
            future = self._client.submit(bytes, function, key=f"indicia-{uuid.uuid4().hex}", pure=False)
        self._client.replicate(future)
        return future

    def _submit(self, function: bytes, shared: Any, item: object) -> _DaskReply:
        call = call_of(None if shared else function, item)
        # A key of its own: Dask takes calls with equal keys for the same, and keeps the outcome of the first.
        future = self._client.submit(answer, call, shared, key=f"indicia-{uuid.uuid4().hex}", pure=False)
        return _DaskReply(future, item, self._scheduler)


class _DaskReply:
    """A reply of a worker, with the item for errors."""

    def __init__(self, future: Any, item: object, scheduler: str) -> None:
        self._future = future
        self._item = item
        self._scheduler = scheduler

    def result(self, timeout: float | None = None) -> bytes:
        """Wait for the reply; EngineError if workers die again and again, or if the scheduler is lost."""
        from distributed import KilledWorker

        end = None if timeout is None else time.monotonic() + timeout
        while not self._future.done():
            if end is not None and time.monotonic() > end:
                raise TimeoutError
            time.sleep(0.01)  # a wait of Dask itself that times out leaves lines in the log
        try:
            reply: bytes = self._future.result()
        except KilledWorker as death:  # Dask counts a death against all items that wait on the worker
            raise EngineError(
                f"{TRIES} workers of Dask died one after the other as they worked on this partition or its neighbours",
                where=shorten(str(self._item), 200),
                remedy="the usual cause is too little memory: smaller partitions, or workers with more memory",
            ) from death
        except (CancelledError, OSError) as loss:
            raise EngineError(
                "the connection to the Dask scheduler is lost",
                where=self._scheduler,
                remedy="start the scheduler, and run the command again",
            ) from loss
        return reply

    def done(self) -> bool:
        """Return whether a result waits."""
        return bool(self._future.done())

    def cancel(self) -> None:
        """Give the call up."""
        self._future.cancel()


@contextmanager
def open_dask(scheduler: str | None, workers: int | None) -> Iterator[Dask]:
    """Connect to a scheduler, or start a cluster of processes on this machine.

    Parameters
    ----------
    scheduler : str or None
        The URL of the scheduler, such as `tcp://host:8786`.
    workers : int or None
        The number of local processes; default: one for each core.

    Raises
    ------
    EngineError
        If no scheduler replies within ten seconds, or it has no workers.
    MissingDependency
        If Dask is not installed.
    """
    require_optional("distributed", "the engine dask", "dask")
    with _quiet():
        if scheduler is None:
            with _local_cluster(workers or core_count()) as cluster, _client(cluster) as client:
                yield Dask(client, cluster.scheduler_address)
        else:
            with _connected(scheduler) as client:
                yield Dask(client, scheduler)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the log and the warnings of Dask, which repeat in other words the errors that Indicia raises."""
    logs = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)


@contextmanager
def _local_cluster(workers: int) -> Iterator[Any]:
    """Start worker processes on this machine, each with its part of the cores."""
    from distributed import LocalCluster

    threads = os.environ.get("POLARS_MAX_THREADS", str(max(1, core_count() // workers)))
    try:
        cluster = LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",  # any free port: another cluster may have the usual one
            silence_logs=logging.CRITICAL + 1,
            env={name: os.environ.get(name, value) for name, value in ALLOCATOR.items()}
            | {"POLARS_MAX_THREADS": threads},
        )
    except RuntimeError as error:  # each worker process of Dask imports the script of the user
        raise EngineError(
            f"Dask cannot start workers on this machine: {error}",
            remedy='in a script, write the call below if __name__ == "__main__":, or take the engine partitions',
        ) from error
    try:
        yield cluster
    finally:
        with suppress(Exception):  # Dask fails if a dead worker is just being replaced
            cluster.close()


def _client(address: Any) -> Any:
    from distributed import Client

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on versions that differ between workers: `check_workers` compares them
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)


@contextmanager
def _connected(scheduler: str) -> Iterator[Any]:
    """Connect to a scheduler that has workers."""
    if not _URL.fullmatch(scheduler):
        raise EngineError(
            f"{scheduler} is no URL of a Dask scheduler", where="--scheduler", remedy="write tcp://host:8786"
        )
    try:
        client = _client(scheduler)
    except (OSError, ValueError) as error:
        raise EngineError(
            f"no Dask scheduler replies at {scheduler}: {error}",
            where="--scheduler",
            remedy=f"start one: dask scheduler, and on each machine: dask worker {scheduler}",
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError as error:
            raise EngineError(
                f"the Dask scheduler at {scheduler} has no workers",
                where="--scheduler",
                remedy=f"start one on each machine: dask worker {scheduler}",
            ) from error
        yield client
