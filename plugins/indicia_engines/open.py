"""Engines by name, with the checks of their options."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from indicia.errors import EngineError, suggest
from indicia_engines.dask import open_dask
from indicia_engines.engine import Engine, Here
from indicia_engines.processes import Processes
from indicia_engines.spark import open_spark
from indicia_engines.workers import core_count

if TYPE_CHECKING:
    from collections.abc import Iterator


EngineName: TypeAlias = Literal["memory", "partitions", "dask", "spark"]
_CLUSTERS = ("dask", "spark")


@contextmanager
def open_engine(name: EngineName, *, scheduler: str | None = None, workers: int | None = None) -> Iterator[Engine]:
    """Open an engine, and close its workers at the end of the block.

    Parameters
    ----------
    name : {"memory", "partitions", "dask", "spark"}
        "memory" has no workers; "partitions" has processes on this machine, or none if `workers` is 1.
    scheduler : str, optional
        The URL of a Dask scheduler or of a Spark master. Without it, Dask and Spark run on this machine.
    workers : int, optional
        The number of workers on this machine; default: the number of cores.

    Yields
    ------
    Engine
        The engine.

    Raises
    ------
    EngineError
        If an option is wrong, or no scheduler replies within ten seconds.
    MissingDependency
        If Dask or Spark is not installed.

    Examples
    --------
    >>> with open_engine("partitions", workers=1) as engine:
    ...     list(engine.map(abs, [-1, 2]))
    [1, 2]
    """
    check_options(name, scheduler, workers)
    if name == "memory":
        yield Here("memory")
    elif name == "dask":
        with open_dask(scheduler, workers) as dask:
            yield dask
    elif name == "spark":
        with open_spark(scheduler, workers) as spark:
            yield spark
    elif (count := workers or core_count()) == 1:
        yield Here()
    else:
        with Processes(count) as processes:
            yield processes


def check_options(name: str, scheduler: str | None, workers: int | None) -> None:
    """Refuse an unknown engine, and options that it does not have.

    Raises
    ------
    EngineError
        With the option and a remedy.
    """
    names = get_args(EngineName)
    if name not in names:
        raise EngineError(f'no engine "{name}"', where="--engine", remedy=suggest(name, names))
    if scheduler is not None and name not in _CLUSTERS:
        raise EngineError(
            f"the engine {name} has no scheduler",
            where=f"--scheduler {scheduler}",
            remedy="--engine dask or --engine spark",
        )
    if workers is None:
        return
    if workers < 1:
        raise EngineError(f"{workers} workers cannot run anything", where="--workers", remedy="--workers 1, or more")
    if name == "memory":
        raise EngineError("the engine memory has no workers", where="--workers", remedy="--engine partitions")
    if scheduler is not None:
        raise EngineError(
            "a cluster has the workers that were started for it",
            where=f"--workers {workers} with --scheduler {scheduler}",
            remedy="leave out --workers, or leave out --scheduler for workers on this machine",
        )
