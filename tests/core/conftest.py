"""Small indices, put together in a test."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from clusters import dask_cluster, spark_cluster
from small_indices import cities, figures, index, panel

from indicia.catalogue import discovery, offers
from indicia_engines import open_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from indicia_engines import Engine

__all__ = ["cities", "figures", "index", "panel"]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """Return a function that pretends to install a distribution of one module, and returns its folder."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def forget() -> None:
        for cached in (offers._points, offers.import_plugin, discovery._gather_installed):
            cached.cache_clear()

    def install(name: str, text: str, version: str = "1.0") -> Path:
        module = name.replace("-", "_")
        (folder / f"{module}.py").write_text(text)
        about = folder / f"{module}-{version}.dist-info"
        for old in folder.glob(f"{module}-*.dist-info"):
            (old / "METADATA").unlink()
            (old / "entry_points.txt").unlink()
            old.rmdir()
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: Made up\n")
        (about / "entry_points.txt").write_text(f"[indicia]\n{module} = {module}\n")
        sys.modules.pop(module, None)
        forget()
        return folder

    yield install
    forget()


@pytest.fixture(scope="session")
def dask_url() -> Iterator[str]:
    """The URL of a Dask scheduler with two worker processes, for tests with the mark thorough."""
    with dask_cluster() as url:
        yield url


@pytest.fixture(scope="session")
def spark_master() -> Iterator[str]:
    """The URL of a Spark master with two executors, for tests with the mark thorough."""
    with spark_cluster() as url:
        yield url


@pytest.fixture(scope="module", params=["partitions", "dask", "spark"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine with two workers."""
    fixtures = {"dask": "dask_url", "spark": "spark_master"}
    if request.param == "partitions":
        options = {"workers": 2}
    else:
        options = {"scheduler": request.getfixturevalue(fixtures[request.param])}
    with open_engine(request.param, **options) as engine:
        yield engine
