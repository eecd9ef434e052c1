"""Small indices, put together in a test, as fixtures for the conftest.py of several folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.catalogue import installed
from indicia.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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
