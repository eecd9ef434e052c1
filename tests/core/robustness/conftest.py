"""An index of six indicators in two dimensions, of ten units, and what may be doubted of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from indicia.index import Index

INDICATORS: dict[str, Any] = {
    "jobs": {"dimension": "economy"},
    "pay": {"dimension": "economy", "weight": 2},
    "debt": {"dimension": "economy", "direction": "cost"},
    "air": {"dimension": "nature", "direction": "cost"},
    "green": {"dimension": "nature"},
    "water": {},
}


@pytest.fixture
def indicators() -> dict[str, Any]:
    """The indicators of the index."""
    return INDICATORS


@pytest.fixture
def made(index: Callable[..., Index]) -> Callable[..., Index]:
    """A function that makes the index, with changes."""

    def make(methodology: dict[str, Any] | None = None, **tables: Any) -> Index:
        whole = {"normalisation": "min_max(lower=1, upper=9)", **(methodology or {})}
        dimensions = {"economy": {"weight": 3}, "nature": {}}
        return index(tables.pop("indicators", INDICATORS), whole, **{"dimensions": dimensions, **tables})

    return make


@pytest.fixture
def data(figures: Callable[..., pl.DataFrame]) -> Callable[..., pl.DataFrame]:
    """A function that makes the table of the index: `data(periods=3, gaps=True)`."""
    return partial(figures, INDICATORS, 10)


@pytest.fixture
def choices() -> dict[str, Any]:
    """Three choices in doubt: weights, normalisation and aggregation."""
    return {
        "weights": {"spread": 0.25},
        "normalisation": ["min_max(lower=1, upper=9)", "z_score(mean=50, sd=8)"],
        "aggregation": ["arithmetic", "topsis", "geometric"],
    }
