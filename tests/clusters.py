"""Clusters on this machine for tests of engines: two worker processes of Dask, and two executors of Spark.

Tests take the fixtures `dask_url` and `spark_master` of tests/core/conftest.py, and pass them as the scheduler of an
engine. A cluster starts with the first test that needs it, and stays until the end of the session.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from indicia.errors import EngineError
from indicia_engines import dask
from indicia_engines.spark import check_java, open_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SPARK_MASTER = "local-cluster[2,1,1024]"
_COMMANDS = {
    "partitions": "process_worker",
    "dask": "spawn_main",
    "spark": "CoarseGrainedExecutorBackend",
}
"""A word in the command of each worker process, by engine."""


@contextmanager
def dask_cluster() -> Iterator[str]:
    """Yield the URL of a Dask scheduler with two worker processes."""
    from distributed import LocalCluster

    cluster = LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address="127.0.0.1:0",  # any free port: another cluster may have the usual one
        silence_logs=logging.CRITICAL + 1,
        env={"POLARS_MAX_THREADS": "1"},
    )
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(dask, "CONNECT_SECONDS", 60)  # a busy machine takes long to replace workers that tests kill
            yield cluster.scheduler_address
    finally:
        with suppress(Exception):  # Dask fails if a dead worker is just being replaced
            cluster.close()


@contextmanager
def spark_cluster() -> Iterator[str]:
    """Yield the URL of a Spark master with two executors; skip the test on a machine without Java."""
    try:
        check_java()
    except EngineError as error:
        pytest.skip(f"NOT TESTED ON SPARK: {error}")
    with open_context(SPARK_MASTER, None):
        yield SPARK_MASTER


def worker_processes(engine: str) -> list[psutil.Process]:
    """Return the worker processes of an engine that this process, or a cluster of it, has started."""
    processes = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if any(_COMMANDS[engine] in word for word in process.cmdline()):
                processes.append(process)
    return processes


def kill_a_worker(engine: str) -> int:
    """End a worker process of an engine as the system ends one that has no memory left, and return its id."""
    process = worker_processes(engine)[0]
    process.kill()
    return process.pid


@contextmanager
def killing_a_worker(engine: str, when: Callable[[], bool], then: Callable[[], object] = list) -> Iterator[list[int]]:
    """Kill a worker as soon as a condition holds within the block, and call `then`. The list then has its id."""
    killed: list[int] = []
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            if when():
                killed.append(kill_a_worker(engine))
                then()
                return
            time.sleep(0.01)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield killed
    finally:
        ended.set()
        thread.join()


def is_running(process: int) -> bool:
    """Return whether a process is there and no zombie."""
    with suppress(psutil.Error):
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    return False
