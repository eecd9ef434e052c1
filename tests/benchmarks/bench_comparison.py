"""Speed of a comparison: `pytest -n 0 tests/benchmarks/bench_comparison.py`.

Not part of the test run, and no figure is asserted: machines are noisy. `one_by_one` is the yardstick, each methodology
scored by itself.
"""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import indicia

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

    from indicia.index import Index

EXAMPLE = Path(__file__).parents[2] / "examples" / "intelligent_manufacturing" / "index.toml"
PAGE = {
    "-n": "min_max(lower=1, upper=100),z_score(mean=50, sd=10),rank",
    "-w": "equal,entropy,critic,standard_deviation",
    "-a": "arithmetic,geometric,topsis,copeland",
}
GRID = {
    "normalisation": ["min_max(lower=1, upper=100)", "z_score(mean=50, sd=10)", "rank", "percentile_rank", "borda"],
    "weighting": ["equal", "critic", "gini", "angle", "entropy", "variance", "standard_deviation", "given"],
    "aggregation": ["arithmetic", "geometric", "topsis", "median", "harmonic"],
}
"""200 methodologies."""
POSITIVE = {
    "normalisation": [
        "min_max(lower=1, upper=100)",
        *("rank", "vector", "sum", "max", "borda", "share_of_max", "linear_ratio", "efficacy", "mean_index"),
    ],
    "weighting": ["equal", "critic", "entropy", "coefficient_of_variation", "standard_deviation"],
    "aggregation": ["arithmetic", "sum", "median", "max"],
}
"""200 methodologies that can all be scored."""


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    """200 units, 50 indicators."""
    x = np.random.default_rng(1).lognormal(size=(200, 50))
    return pl.DataFrame({"unit": [f"unit {i}" for i in range(200)], **{f"x{j}": x[:, j] for j in range(50)}})


@pytest.fixture(scope="module")
def index() -> Index:
    """Five dimensions of ten indicators."""
    indicators = {f"x{j}": {"dimension": f"d{j % 5}"} for j in range(50)}
    return indicia.read(
        {"data": {"unit": "unit"}, "dimensions": {f"d{k}": {} for k in range(5)}, "indicators": indicators}
    )


@pytest.mark.benchmark(group="grid of 200 on 200 x 50")
def test_grid(benchmark: BenchmarkFixture, index: Index, table: pl.DataFrame) -> None:
    found = benchmark(index.compare, table=table, **GRID)
    benchmark.extra_info["methodologies"] = len(found.methods)


@pytest.mark.benchmark(group="grid of 200 on 200 x 50")
@pytest.mark.filterwarnings("ignore")
def test_one_by_one(benchmark: BenchmarkFixture, index: Index, table: pl.DataFrame) -> None:
    def one_by_one() -> int:
        scored = 0
        for choices in product(*GRID.values()):
            try:
                index.with_options(**dict(zip(GRID, choices, strict=True))).score(table)
                scored += 1
            except indicia.IndiciaError:
                pass
        return scored

    benchmark.extra_info["methodologies"] = benchmark.pedantic(one_by_one, rounds=2)


@pytest.mark.filterwarnings("ignore")
def test_grid_of_one_level(compare: Callable[..., None], table: pl.DataFrame) -> None:
    index = indicia.read({"data": {"unit": "unit"}, "indicators": {f"x{j}": {} for j in range(50)}})

    def one_by_one() -> None:
        for choices in product(*POSITIVE.values()):
            index.with_options(**dict(zip(POSITIVE, choices, strict=True))).score(table)

    job = "compare 200 methodologies on 200 x 50"
    compare(job, lambda: index.compare(table=table, **POSITIVE).figures, {"one by one": one_by_one}, times=3)


@pytest.mark.benchmark(group="what is made of 200 rankings")
@pytest.mark.parametrize("table_name", ["agreement", "movers", "effects", "consensus"])
def test_tables(benchmark: BenchmarkFixture, index: Index, table: pl.DataFrame, table_name: str) -> None:
    found = index.compare(table=table, **GRID).figures

    def fresh() -> pl.DataFrame:
        for kept in ("agreement_by_default", "movers", "effects"):
            vars(found).pop(kept, None)
        return found.frame(table_name)

    benchmark(fresh)


@pytest.mark.benchmark(group="the page of 48 methodologies")
def test_page(benchmark: BenchmarkFixture) -> None:
    options = [word for pair in PAGE.items() for word in pair]
    command = [sys.executable, "-m", "indicia", "compare", str(EXAMPLE), *options]
    benchmark(subprocess.run, command, check=True, capture_output=True)
