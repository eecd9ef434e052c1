"""Speed, as ratios of one run: `pytest -n 0 tests/benchmarks/bench_speed.py`.

Not part of the test run, and no figure is asserted: machines are noisy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

METHODS = {"normalisation": "min_max", "weighting": "entropy", "aggregation": "arithmetic"}


def matrix(units: int, indicators: int = 20) -> Any:
    return np.random.default_rng(1).lognormal(size=(units, indicators))


def frame(x: Any) -> pl.DataFrame:
    units = pl.select(("unit " + pl.int_range(len(x)).cast(pl.String)).alias("unit"))
    return units.hstack([pl.Series(f"x{j}", x[:, j]) for j in range(x.shape[1])])


@pytest.mark.parametrize("units", [10_000, 100_000, 1_000_000, 10_000_000])
def test_cost_per_unit(benchmark: BenchmarkFixture, units: int) -> None:
    table = frame(matrix(units))
    benchmark.pedantic(lambda: indicia.score(table, **METHODS).scores, rounds=3, warmup_rounds=1)
    benchmark.extra_info["nanoseconds per unit"] = 1e9 * benchmark.stats["median"] / units


# Ten times as much: a ratio of 10 is linear

JOBS: dict[str, dict[str, Any]] = {
    "entropy, arithmetic": METHODS,
    "topsis": {"aggregation": "topsis"},
    "vikor": {"aggregation": "vikor", "normalisation": "none"},
}


@pytest.mark.parametrize("units", [100_000, 1_000_000])
@pytest.mark.parametrize("job", JOBS)
def test_ten_times_the_rows(compare: Callable[..., None], job: str, units: int) -> None:
    few, many = (frame(matrix(rows, 10)) for rows in (units, 10 * units))
    compare(
        f"{job}, {units:,} x 10",
        lambda: indicia.score(few, **JOBS[job]).scores,
        {"ten times the rows": lambda: indicia.score(many, **JOBS[job]).scores},
        times=3,
    )


def test_ten_times_the_indicators(compare: Callable[..., None]) -> None:
    few, many = frame(matrix(50, 2_000)), frame(matrix(50, 20_000))
    compare(
        "50 x 2,000 indicators",
        lambda: indicia.score(few, **METHODS).scores,
        {"ten times the indicators": lambda: indicia.score(many, **METHODS).scores},
        times=1,
    )


def nested(levels: int) -> indicia.Index:
    """Return an index of dimensions that stand in each other, each with an indicator of its own."""
    dimensions = {f"d{level}": {"parent": f"d{level - 1}"} if level else {} for level in range(levels)}
    indicators = {f"x{level}": {"dimension": f"d{min(level, levels - 1)}"} for level in range(levels + 1)}
    return indicia.read({"data": {"unit": "unit"}, "indicators": indicators, "dimensions": dimensions})


def test_eight_times_the_levels(compare: Callable[..., None]) -> None:
    table = frame(matrix(2_000, 65))
    few, many = nested(8), nested(64)
    compare(
        "a tree of 8 levels, 2,000 units",
        lambda: few.score(table).scores,
        {"eight times the levels": lambda: many.score(table).scores},
    )


@pytest.mark.filterwarnings("ignore::indicia.errors.DubiousWarning")  # scores of past periods change with new ones
def test_ten_times_the_periods(compare: Callable[..., None]) -> None:
    def panel(periods: int) -> pl.DataFrame:
        rows = pl.int_range(100 * periods, eager=True)
        named = [("u" + (rows % 100).cast(pl.String)).alias("unit"), (rows // 100).alias("year")]
        return frame(matrix(100 * periods, 10)).with_columns(named)

    few, many = panel(100), panel(1_000)
    index = indicia.read(
        {
            "data": {"unit": "unit", "period": "year"},
            "indicators": {f"x{j}": {} for j in range(10)},
            "methodology": {"statistics": "period", **METHODS},
        }
    )
    compare(
        "100 periods x 100 x 10, statistics within periods",
        lambda: index.score(few).scores,
        {"ten times the periods": lambda: index.score(many).scores},
    )


def test_ten_times_the_draws(compare: Callable[..., None]) -> None:
    table = frame(matrix(50, 10))
    index = indicia.read(
        {
            "data": {"unit": "unit"},
            "indicators": {f"x{j}": {} for j in range(10)},
            "methodology": {"aggregation": "topsis"},
        }
    )
    compare(
        "10,000 draws of a topsis of 50 x 10",
        lambda: index.robustness(table, draws=10_000, seed=1, weights={"spread": 0.25}).figures,
        {
            "ten times the draws": lambda: (
                index.robustness(table, draws=100_000, seed=1, weights={"spread": 0.25}).figures
            )
        },
        times=3,
    )
