"""Check the packages of the workers of an engine before a run."""

from __future__ import annotations

from importlib import metadata
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
    """Return the installed packages of the plugins of an index; a plugin that is a file has none."""
    inputs = Inputs(index.definition, index.tree, index.catalogue, {}, index.origin)
    names = {version.rpartition(" ")[0] for version in inputs.plugins.values()}
    installed = set()
    for name in names:
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        installed.add(name)
    return sorted(installed)
