"""How fast many draws are scored: `pytest -n 0 tests/benchmarks/bench_robustness.py`.

Not part of the test run, and no figure is asserted: machines are noisy. Each case also says how many megabytes its own
process needed at most.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.robustness import standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

    from indicia.index import Index

FOLDER = Path(os.environ.get("INDICIA_REFERENCE") or Path(__file__).parents[3] / "shared" / "reference")
COINR = 0.084
"""Seconds that COINr takes for one replicate of the ASEM index."""
SPREAD = {"spread": 0.25}
NORMALISATIONS = ["min_max(lower=1, upper=100)", "z_score(mean=50, sd=8)"]
AGGREGATIONS = ["arithmetic", "geometric"]


def asem() -> tuple[Index, Any]:
    """Return the index of 51 units, 49 indicators and three levels of nodes."""
    structure = pl.read_csv(FOLDER / "asem" / "structure.csv", infer_schema_length=None)
    indicators, dimensions = {}, {}
    for code, direction, parent, kind in structure.select("iCode", "Direction", "Parent", "Type").iter_rows():
        above = None if parent == "Index" else parent
        if kind == "Indicator":
            indicators[code] = {"dimension": above, "direction": str(direction)}
        elif kind == "Aggregate" and parent is not None:
            dimensions[code] = {"parent": above}
    definition = {
        "data": {"unit": "uCode"},
        "dimensions": dimensions,
        "indicators": indicators,
        "methodology": {"imputation": "median", "normalisation": NORMALISATIONS[0]},
    }
    return indicia.read(definition), FOLDER / "asem" / "indicators.csv"


def large() -> tuple[Index, Any]:
    """Return an index of 10,000 units and 50 indicators in five dimensions."""
    x = np.random.default_rng(1).lognormal(size=(10_000, 50))
    table = pl.DataFrame({"unit": [f"u{n}" for n in range(len(x))], **{f"x{j}": x[:, j] for j in range(50)}})
    definition = {
        "data": {"unit": "unit"},
        "dimensions": {f"d{k}": {} for k in range(5)},
        "indicators": {f"x{j}": {"dimension": f"d{j // 10}"} for j in range(50)},
        "methodology": {"normalisation": NORMALISATIONS[0]},
    }
    return indicia.read(definition), table


CASES: dict[str, tuple[Callable[[], tuple[Index, Any]], dict[str, Any]]] = {
    "asem, 10,000 draws": (
        asem,
        {"draws": 10_000, "weights": SPREAD, "normalisation": NORMALISATIONS, "aggregation": AGGREGATIONS},
    ),
    "asem, 10,000 draws, topsis": (
        asem,
        {
            "draws": 10_000,
            "weights": SPREAD,
            "normalisation": ["min_max", "z_score"],
            "aggregation": ["arithmetic", "topsis"],
        },
    ),
    "asem, 10,000 draws, an indicator less": (
        asem,
        {"draws": 10_000, "weights": SPREAD, "aggregation": AGGREGATIONS, "indicators": "leave_one_out"},
    ),
    "asem, 10,000 draws of errors": (asem, {"draws": 10_000, "data": {"noise": 0.02}}),
    "10,000 × 50, 1,000 draws, arithmetic": (large, {"draws": 1000, "weights": SPREAD}),
    "10,000 × 50, 1,000 draws, two and two": (
        large,
        {
            "draws": 1000,
            "weights": SPREAD,
            "normalisation": [NORMALISATIONS[0], "z_score(mean=50, sd=4)"],
            "aggregation": AGGREGATIONS,
        },
    ),
    "10,000 × 50, 1,000 draws, geometric": (
        large,
        {"draws": 1000, "weights": SPREAD, "aggregation": ["geometric"]},
    ),
}


def run(case: str) -> Callable[[], object]:
    make, varied = CASES[case]
    index, table = make()
    return lambda: index.robustness(table, seed=1, **varied).units


def yardstick() -> float:
    """Return the seconds of a fixed amount of work, to tell a slow machine from slow code."""
    x = np.random.default_rng(1).random((3_000_000,))
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        np.sort(x)
        taken.append(time.perf_counter() - start)
    return min(taken)


def megabytes(case: str) -> float:
    """Return the most memory that a process of its own needs for a case."""
    script = (
        f"import resource, sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import bench_robustness as bench; "
        f"bench.run({case!r})(); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    found = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return float(found.stdout.split()[-1])


@pytest.mark.parametrize("case", CASES)
def test_draws(benchmark: BenchmarkFixture, case: str) -> None:
    if CASES[case][0] is asem and not FOLDER.is_dir():
        pytest.skip(f"no reference folder {FOLDER}")
    work = run(case)
    benchmark.pedantic(work, rounds=3, warmup_rounds=1)
    best = benchmark.stats["min"]
    per_draw = best / CASES[case][1]["draws"]
    benchmark.extra_info["milliseconds per draw"] = 1000 * per_draw
    benchmark.extra_info["times the yardstick"] = best / yardstick()
    benchmark.extra_info["megabytes"] = megabytes(case)
    if CASES[case][0] is asem:
        benchmark.extra_info["COINr takes times as long"] = COINR / per_draw


@pytest.mark.benchmark(group="what is made of 10,000 draws of 51 units")
@pytest.mark.parametrize("task", ["two sorts of each draw", "ranks, intervals, probabilities, tiers, shifts"])
def test_standing(benchmark: BenchmarkFixture, task: str) -> None:
    scores = np.random.default_rng(1).normal(size=(10_000, 51)) + np.linspace(3, 0, 51)
    nominal, names = np.arange(1.0, 52), [f"{unit:02}" for unit in range(51)]

    def everything() -> object:
        drawn = standing.ranks(scores)
        return (
            standing.standing(drawn),
            standing.acceptability(drawn),
            standing.top(drawn, 10),
            standing.pairwise(drawn),
            standing.tiers(drawn, nominal, names),
            standing.average_shift(drawn, nominal),
        )

    sorts = task.startswith("two")
    benchmark((lambda: [np.argsort(scores, axis=1, kind="stable") for _ in range(2)]) if sorts else everything)
