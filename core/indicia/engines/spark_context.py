"""The connection to Spark: the context of this process, a master at a URL, or a Spark on this machine."""

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
import warnings
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

from indicia.engines.allocator import ALLOCATOR
from indicia.engines.cores import core_count
from indicia.engines.engine import TRIES
from indicia.errors import EngineError, require_optional, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

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
