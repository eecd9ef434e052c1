"""The workers of a run over partitions: they need the packages of this process."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from indicia.engines import check_workers, installed_versions
from indicia.result import Inputs

if TYPE_CHECKING:
    from indicia.engines import Engine
    from indicia.scorable import Scorable


def check_packages(engine: Engine, index: Scorable) -> None:
    """Refuse workers that lack a package of the methods of an index, or have another version than this process.

    Raises
    ------
    EngineError
        With the worker, the package and both versions.
    """
    check_workers(engine, installed_versions(_packages(index)))


def _packages(index: Scorable) -> list[str]:
    """Return the installed packages of the plugins of an index; a plugin file goes along with each task."""
    inputs = Inputs(index.definition, index.tree, index.catalogue, {}, index.origin)
    installed = []
    for name in sorted({of_plugin.rpartition(" ")[0] for of_plugin in inputs.plugins.values()}):
        try:
            version(name)
        except PackageNotFoundError:
            continue
        installed.append(name)
    return installed
