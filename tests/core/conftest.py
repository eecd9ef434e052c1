"""Small indices, put together in a test."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from clusters import dask_cluster, spark_cluster

from indicia.catalogue import discovery, importing, installed
from indicia.engines import open_engine
from indicia.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from indicia.engines import Engine

CITIES = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Rome"],
        "region": ["south", "north", "south", "north"],
        "income": [3.0, 9.0, 1.0, 4.0],
        "co2": [2.0, 8.0, 1.5, 5.0],
        "people": [1.0, 2.0, 4.0, 2.0],
    }
)


@pytest.fixture
def cities() -> pl.DataFrame:
    """Four cities in two regions."""
    return CITIES


@pytest.fixture
def panel() -> pl.DataFrame:
    """The four cities in two years; no city moves as another does."""
    later = CITIES.with_columns(income=pl.Series([4.0, 6.0, 2.0, 9.0]), co2=pl.Series([1.0, 5.0, 2.5, 3.0]))
    return pl.concat([CITIES.with_columns(year=pl.lit(2020)), later.with_columns(year=pl.lit(2021))])


@pytest.fixture(scope="session")
def figures() -> Callable[..., pl.DataFrame]:
    """Return a function that makes a table of arbitrary figures from 1 to 9: `figures(["income", "co2"], 8)`."""

    def make(indicators: Iterable[str], units: int, periods: int = 1, gaps: bool = False) -> pl.DataFrame:
        rows, random = units * periods, np.random.default_rng(1)
        columns: dict[str, Any] = {
            "city": [f"c{number}" for number in range(units)] * periods,
            "region": (["south", "north", "north"] * rows)[:rows],
            "year": [2020 + number // units for number in range(rows)],
        }
        for at, name in enumerate(indicators):
            values = random.uniform(1, 9, rows).tolist()
            if gaps and at % 2:
                values[(3 * at) % rows] = None
            columns[name] = values
        return pl.DataFrame(columns)

    return make


@pytest.fixture(scope="session")
def index() -> Callable[..., Index]:
    """Return a function that makes an index: `index({"income": {}}, {"statistics": "period"}, period="year")`."""
    catalogue = installed()

    def make(
        indicators: dict[str, Any],
        methodology: dict[str, Any] | None = None,
        *,
        data: dict[str, Any] | None = None,
        period: str | None = None,
        groups: tuple[str, ...] = ("region",),
        methods: Any = None,
        assumed: bool = False,
        **tables: Any,
    ) -> Index:
        if not assumed:  # each output notes a direction that is not stated
            indicators = {name: {"direction": "benefit", **spec} for name, spec in indicators.items()}
        about = {"unit": "city", "groups": list(groups), **({"period": period} if period else {}), **(data or {})}
        raw = {"data": about, "indicators": indicators, "methodology": methodology or {}, **tables}
        return Index(raw, methods or catalogue)

    return make


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """Return a function that pretends to install a distribution of one module, and returns its folder."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def forget() -> None:
        for cached in (importing._points, importing.import_plugin, discovery._gather_installed):
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
