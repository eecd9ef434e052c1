"""The workers of a run: their packages are checked, and they get the plugin files of the index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.catalogue.sending import plugin_packages, with_plugin_files
from indicia.engines import check_workers, installed_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from indicia.catalogue import Catalogue
    from indicia.engines import Engine, WorkerReply
    from indicia.scorable import Scorable


def check_packages(engine: Engine, index: Scorable) -> None:
    """Refuse workers that lack a package of the methods of an index, or have another version than this process.

    Raises
    ------
    EngineError
        With the worker, the package and both versions.
    """
    check_workers(engine, installed_versions(plugin_packages(index.catalogue)))


@dataclass(frozen=True)
class SendsPluginFiles:
    """An engine that sends the plugin files of an index along with each function."""

    engine: Engine
    catalogue: Catalogue

    @property
    def name(self) -> str:
        """The name of the engine."""
        return self.engine.name

    @property
    def workers(self) -> int:
        """The number of items that run at the same time."""
        return self.engine.workers

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """Yield the outcomes in the order of the items."""
        return self.engine.map(with_plugin_files(function, self.catalogue), items)

    def on_every_worker(self, function: Callable[[], object]) -> list[WorkerReply]:
        """Call a function once on each worker."""
        return self.engine.on_every_worker(function)


def prepared(engine: Engine, index: Scorable) -> Engine:
    """Return an engine whose workers are checked, and get the plugin files of an index.

    Raises
    ------
    EngineError
        See `check_packages`.
    """
    check_packages(engine, index)
    return SendsPluginFiles(engine, index.catalogue)
