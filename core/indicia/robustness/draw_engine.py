"""The engine that scores the draws of an analysis of robustness."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.engines import check_workers, installed_versions, open_engine
from indicia.engines.open import check_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.engines import Engine, EngineName


@dataclass(frozen=True)
class DrawEngine:
    """An engine with its options, which are checked before any data are read.

    Parameters
    ----------
    name : {"partitions", "dask", "spark"}
        "partitions" scores blocks of draws in processes on this machine.
    scheduler : str, optional
        The URL of a Dask scheduler or of a Spark master.
    workers : int, optional
        The number of workers on this machine; default: one for each core.

    Raises
    ------
    EngineError
        If an option is wrong.
    """

    name: EngineName
    scheduler: str | None = None
    workers: int | None = None

    def __post_init__(self) -> None:
        check_options(self.name, self.scheduler, self.workers)

    @classmethod
    def of(cls, name: EngineName | None, scheduler: str | None, workers: int | None) -> DrawEngine | None:
        """Return an engine with these options; None to score draws in this process, without blocks."""
        engine = cls(name or "memory", scheduler, workers)
        return None if engine.name == "memory" else engine

    @contextmanager
    def open(self) -> Iterator[Engine]:
        """Open the engine, and refuse workers with other versions of packages than here."""
        with open_engine(self.name, scheduler=self.scheduler, workers=self.workers) as engine:
            check_workers(engine, installed_versions())
            yield engine
