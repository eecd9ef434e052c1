"""Options on the engine of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from indicia_engines.engine import Engine


@dataclass(frozen=True)
class EngineOptions:
    """The engine that maps the work, and its workers."""

    engine: Annotated[
        Literal["memory", "partitions", "dask", "spark"] | None,
        typer.Option(
            "--engine",
            help="memory (default): this process; partitions: processes on this machine; dask or spark: a cluster.",
        ),
    ] = None
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="URL", help="The Dask scheduler (tcp://…) or Spark master (spark://…)."),
    ] = None
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Workers on this machine; default: one for each core.")
    ] = None

    def open(self, default: Literal["memory", "partitions"] = "memory") -> AbstractContextManager[Engine]:
        """Return the engine, to be opened by `with`; `default` is the engine without `--engine`."""
        from indicia_engines.open import open_engine

        return open_engine(self.engine or default, scheduler=self.scheduler, workers=self.workers)


@dataclass(frozen=True)
class PartitionOptions(EngineOptions):
    """The engine of a command that reads a table, and the size of its partitions."""

    engine: Annotated[
        Literal["memory", "partitions", "dask", "spark"] | None,
        typer.Option(
            "--engine",
            help="memory: all rows at once; partitions: part by part, on this machine; dask or spark: on a cluster. "
            "Default: partitions for a folder or pattern of files, else memory.",
        ),
    ] = None
    partition_rows: Annotated[
        int | None,
        typer.Option("--partition-rows", min=1, help="The approximate rows of a partition; default: 500,000."),
    ] = None

    @property
    def rows(self) -> dict[str, int]:
        """The rows of a partition as an argument; empty without the option."""
        return {} if self.partition_rows is None else {"rows": self.partition_rows}
