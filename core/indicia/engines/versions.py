"""The versions of Python and of packages in this process."""

from __future__ import annotations

import platform
from contextlib import suppress
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PYTHON = "Python"
CORE_PACKAGES = ("indicia", "polars", "numpy")
"""The packages whose versions decide the last digits of numbers."""


def installed_versions(packages: Iterable[str] = ()) -> dict[str, str]:
    """Return the versions that `check_workers` requires of workers: of Python, the core and further packages, as here.

    A package that runs from its sources, without being installed, has no version and is left out.

    Parameters
    ----------
    packages : iterable of str
        The distributions of plugins.

    Returns
    -------
    dict of str to str
        The versions by package. Of Python, it has the first two numbers.

    Examples
    --------
    >>> sorted(installed_versions(["no-such-plugin"]))
    ['Python', 'indicia', 'numpy', 'polars']
    """
    versions = {PYTHON: ".".join(platform.python_version_tuple()[:2])}
    for name in dict.fromkeys([*CORE_PACKAGES, *packages]):
        with suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return versions


@cache
def core_versions() -> dict[str, str]:
    """Return the versions of Python and the core; the search takes milliseconds, and each call compares them."""
    return installed_versions()


def version_problem(required: Mapping[str, str], present: Mapping[str, str | None]) -> tuple[str, str] | None:
    """Return the first difference between versions, and its remedy; None if there is none.

    >>> version_problem({"polars": "2.1"}, {"polars": "2.0"})
    ('polars 2.0, and this command has 2.1', 'on each worker: pip install polars==2.1')
    """
    for package, version in required.items():
        there = present.get(package)
        if there == version:
            continue
        what = f"{package} {there}, and this command has {version}" if there else f"no package {package}"
        if package == PYTHON:
            return what, f"start the workers with Python {version}, or run this command with Python {there}"
        return what, f"on each worker: pip install {package}=={version}"
    return None
