"""The engine on Spark."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
import warnings
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

from indicia.errors import EngineError, require_optional, shorten
from indicia_engines.calls import SHARED_BYTES, answer, call_of, outcome_of, pickle_function
from indicia_engines.engine import TRIES, Item, Outcome, WorkerReply, in_order
from indicia_engines.workers import ALLOCATOR, core_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


CONNECT_SECONDS = 10
"""The seconds after which a master that does not reply counts as absent."""
EXECUTOR_SECONDS = 120
"""The seconds that a master has to start the first executor."""
_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Options of Java for a Spark on this machine: it starts twice as fast, and does no more than pass bytes on."""
_LOCAL = re.compile(r"local(-cluster)?(\[.*\])?")


@contextmanager
def open_context(master: str | None, workers: int | None) -> Iterator[Any]:
    """Yield a Spark context with executors. A context that was there before stays open.

    Parameters
    ----------
    master, workers
        See `open_spark`.
    """
    pyspark = require_optional("pyspark", "the engine spark", "spark")
    active = pyspark.SparkContext._active_spark_context
    if active is not None and master in (None, active.master):
        yield active
        return
    if master is not None:
        _check_master(master)
    check_java()
    with _interrupt_handler_kept():
        context = _start(pyspark, master or f"local[{workers or core_count()},{TRIES}]")
    try:
        _wait_for_executors(context)
        yield context
    finally:
        context.stop()


@contextmanager
def _interrupt_handler_kept() -> Iterator[None]:
    """Undo the handler of control-C that PySpark sets: it would outlive the context, and fail without it."""
    handler = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, handler)


def _check_master(master: str) -> None:
    """Refuse a URL of no master, and a standalone master that does not reply; Spark itself would try for a minute."""
    if not _LOCAL.fullmatch(master) and not re.match(r"(spark|k8s|yarn)(://|$)", master):
        raise EngineError(
            f"{master} is no URL of a Spark master",
            where="--scheduler",
            remedy="spark://host:7077, yarn, k8s://host:port or local[4]",
        )
    if not master.startswith("spark://"):
        return
    failures = []
    for address in master.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), CONNECT_SECONDS).close()
            return
        except (OSError, ValueError) as error:
            failures.append(str(error))
    raise EngineError(
        f"no Spark master replies at {master}: {failures[0]}",
        where="--scheduler",
        remedy=f"start one: sbin/start-master.sh, and on each machine: sbin/start-worker.sh {master}",
    )


def _start(pyspark: Any, master: str) -> Any:
    """Start a context. Executors on this machine get the interpreter and the path of this process."""
    settings = {
        "spark.task.maxFailures": str(TRIES),
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
    }
    python = os.environ.get("PYSPARK_PYTHON")
    if _LOCAL.fullmatch(master):
        settings |= {
            "spark.ui.enabled": "false",
            "spark.executorEnv.PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "spark.executorEnv.POLARS_MAX_THREADS": os.environ.get("POLARS_MAX_THREADS", "1"),
            "spark.executorEnv.OPENBLAS_NUM_THREADS": os.environ.get("OPENBLAS_NUM_THREADS", "1"),
            **{f"spark.executorEnv.{name}": os.environ.get(name, value) for name, value in ALLOCATOR.items()},
            "spark.driver.extraJavaOptions": _JAVA,
            "spark.executor.extraJavaOptions": _JAVA,
        }
        os.environ["PYSPARK_PYTHON"] = python or sys.executable
    conf = pyspark.SparkConf().setMaster(master).setAppName("indicia").setAll(list(settings.items()))
    with TemporaryFile() as log, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on versions of pandas, which the engine does not use
        try:
            return pyspark.SparkContext(conf=conf, gateway=_gateway(pyspark, conf, log))
        except Exception as error:
            raise EngineError(
                f"Spark does not start: {_reason(error, log)}",
                where=f"--scheduler {master}",
                remedy="name a master, such as spark://host:7077, yarn or local[4]",
            ) from error
        finally:
            if python is None:
                os.environ.pop("PYSPARK_PYTHON", None)


def _gateway(pyspark: Any, conf: Any, log: IO[bytes]) -> Any:
    """Start the Java process of Spark, whose standard error goes to a file; None if this process has started it before.

    Java and Spark write lines at their start that no setting of the log silences.
    """
    from pyspark.java_gateway import launch_gateway

    if pyspark.SparkContext._gateway is not None:
        return None
    return launch_gateway(conf, {"stderr": log})


def _reason(error: Exception, log: IO[bytes]) -> str:
    """Return the last line that Java wrote before its end, or the first line of the error."""
    log.seek(0)
    lines = log.read().decode(errors="replace").splitlines() if "JAVA_GATEWAY" in str(error) else []
    lines = [line for line in lines[-1:] + str(error).splitlines() if line.strip()]
    return shorten(lines[0] if lines else type(error).__name__, 300)


def _wait_for_executors(context: Any) -> None:
    """Wait for all executors of a local cluster, or the first of another; jobs without executors would wait for ever.

    With dynamic allocation, executors start when jobs wait for them.
    """
    master: str = context.master
    if context.getConf().get("spark.dynamicAllocation.enabled", "false") == "true" or re.match(r"local(\[|$)", master):
        return
    cluster = re.match(r"local-cluster\[\s*(\d+)", master)
    expected = int(cluster[1]) if cluster else 1
    end = time.monotonic() + EXECUTOR_SECONDS
    while context._jsc.sc().getExecutorMemoryStatus().size() - 1 < expected:  # the driver is in this list
        if time.monotonic() > end:
            raise EngineError(
                f"the Spark master {master} has started no executor in {EXECUTOR_SECONDS} seconds",
                where="--scheduler",
                remedy=f"start workers: sbin/start-worker.sh {master}; or ask for less: spark.executor.memory",
            )
        time.sleep(0.1)


OLDEST = 17
"""The oldest Java that Spark 4 runs on."""
_REMEDY = f"install Java {OLDEST} or newer (Debian: openjdk-{OLDEST}-jre-headless), or let JAVA_HOME name its folder"


def check_java() -> None:
    """Refuse a machine without a Java that Spark runs on; Spark itself would end with a page of Java's messages.

    Raises
    ------
    EngineError
        If there is no Java, or it is too old.
    """
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if java is None:
        raise EngineError("the engine spark needs Java, and no command java is on the path", remedy=_REMEDY)
    try:
        ran = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        where = f"JAVA_HOME={home}" if home else java
        raise EngineError(
            f"the engine spark needs Java, and java -version fails: {error}", where=where, remedy=_REMEDY
        ) from error
    version = java_version(ran.stderr + ran.stdout)
    if version is not None and version < OLDEST:
        raise EngineError(
            f"the engine spark needs Java {OLDEST} or newer, and this is Java {version}", where=java, remedy=_REMEDY
        )


def java_version(text: str) -> int | None:
    """Return the version in the output of `java -version`; None if there is none.

    >>> java_version('openjdk version "17.0.21" 2026-10-20'), java_version('java version "1.8.0_392"')
    (17, 8)
    """
    match = re.search(r'version "(?:1\.)?(\d+)', text)
    return int(match[1]) if match else None


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
