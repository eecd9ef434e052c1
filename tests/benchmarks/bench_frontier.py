"""Speed of the frontier methods: `pytest -n 0 tests/benchmarks/bench_frontier.py`.

Not part of the test run, and no figure is asserted: machines are noisy. The yardstick is one linear programme per unit
by HiGHS, on some of the units.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

WIDTH = 8
SAMPLE = 50
"""Units that HiGHS solves."""
KINDS = {
    "skewed": lambda random, units: 1 + random.lognormal(size=(units, WIDTH)) * random.lognormal(size=(units, 1)),
    "even": lambda random, units: 0.01 + random.random((units, WIDTH)),
}
"""Tables of few and of many units on the frontier."""
METHODS: dict[str, Any] = {
    "plain": "benefit_of_the_doubt",
    "bounded": "benefit_of_the_doubt(lower=0.05, upper=0.4)",
    "directional": "benefit_of_the_doubt(form=directional)",
    "multi-directional": "benefit_of_the_doubt(form=multi_directional)",
    "common": "benefit_of_the_doubt(weights=common)",
    "geometric": "geometric_bod(lower=0.05, upper=0.4)",
    "slacks": "dea(model=sbm)",
}


def table(kind: str, units: int) -> tuple[Any, pl.DataFrame]:
    values = KINDS[kind](np.random.default_rng(1), units)
    columns = {f"x{number}": column for number, column in enumerate(values.T)}
    return values, pl.DataFrame({"unit": [f"u{row}" for row in range(units)], **columns})


def scored(frame: pl.DataFrame, method: Any) -> pl.DataFrame:
    indicators = {f"x{number}": "benefit" for number in range(WIDTH)}
    return indicia.score(frame, unit="unit", indicators=indicators, normalisation="none", aggregation=method).scores


def one_by_one(values: Any) -> float:
    """Return the seconds that HiGHS would take for all units, each a programme of its own."""
    optimize = pytest.importorskip("scipy.optimize")
    start = time.perf_counter()
    for row in values[:SAMPLE]:
        optimize.linprog(-row, values, np.ones(len(values)), method="highs")
    return (time.perf_counter() - start) / SAMPLE * len(values)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", METHODS)
def test_a_thousand_units(benchmark: BenchmarkFixture, kind: str, method: str) -> None:
    values, frame = table(kind, 1_000)
    benchmark.pedantic(lambda: scored(frame, METHODS[method]), rounds=5, warmup_rounds=1)
    benchmark.extra_info["of the time of HiGHS"] = benchmark.stats["min"] / one_by_one(values)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("units", [10_000, 100_000])
def test_many_units(benchmark: BenchmarkFixture, kind: str, units: int) -> None:
    _, frame = table(kind, units)
    benchmark.pedantic(lambda: scored(frame, METHODS["plain"]), rounds=1)
