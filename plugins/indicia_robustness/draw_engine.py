"""The engine that scores the draws of an analysis of robustness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from indicia_engines import check_workers, installed_versions, open_engine
from indicia_engines.open import check_options

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from indicia_engines import EngineName

Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class DrawEngine:
    """An engine with its options, which are checked before any data are read.

    Parameters
    ----------
    name : {"partitions", "dask", "spark"}
        "partitions" scores blocks of draws in processes on this machine.
    scheduler : str or None
        The URL of a Dask scheduler or of a Spark master.
    workers : int or None
        The number of workers on this machine; default: one for each core.

    Raises
    ------
    EngineError
        If an option is wrong.
    """

    name: EngineName
    scheduler: str | None
    workers: int | None

    def __post_init__(self) -> None:
        check_options(self.name, self.scheduler, self.workers)

    @classmethod
    def of(cls, name: EngineName, scheduler: str | None, workers: int | None) -> DrawEngine | None:
        """Return an engine with these options; None to score draws in this process, without blocks."""
        engine = cls(name, scheduler, workers)
        return None if engine.name == "memory" else engine

    def map(
        self, function: Callable[[Any], Outcome], items: Iterable[Any], packages: Iterable[str]
    ) -> Generator[Outcome]:
        """Open the engine, and yield the outcomes of items in order; the engine closes with the generator.

        Parameters
        ----------
        function : callable
            A pure function that can be pickled.
        items : iterable
            Items that can be pickled.
        packages : iterable of str
            The packages of plugins that workers need.

        Yields
        ------
        object
            The outcomes.

        Raises
        ------
        EngineError
            If no scheduler replies, or a worker has other versions of packages than this process.
        PluginError
            If a worker lacks a plugin file of the index.
        """
        with open_engine(self.name, scheduler=self.scheduler, workers=self.workers) as engine:
            check_workers(engine, installed_versions(packages))
            yield from engine.map(function, items)
