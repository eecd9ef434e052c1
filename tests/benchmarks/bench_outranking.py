"""Speed of methods that compare pairs, as ratios of one run: `pytest -n 0 tests/benchmarks/bench_outranking.py`.

Not part of the test run, and no figure is asserted: machines are noisy.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.methods import MatrixContext
from indicia_methods.aggregation.outranking import Promethee

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

UNITS, WIDTH = 1_000_000, 20
CONTEXT = MatrixContext(tuple(f"x{number}" for number in range(WIDTH)), np.zeros(WIDTH, dtype=np.bool_))
PREFERENCES = ("usual", "u_shape", "v_shape", "level", "linear")


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    random = np.random.default_rng(1)
    units = pl.select(("unit " + pl.int_range(UNITS).cast(pl.String)).alias("unit"))
    return units.hstack([pl.Series(name, 1 + random.lognormal(size=UNITS)) for name in CONTEXT.components])


def seconds(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def interleaved(one: Callable[[], object], other: Callable[[], object], times: int = 5) -> tuple[float, float]:
    """Return the best times of both, taken in turn, so that both see the same machine."""
    pairs = [(seconds(one, 1), seconds(other, 1)) for _ in range(times)]
    first, second = zip(*pairs, strict=True)
    return min(first), min(second)


@pytest.mark.parametrize("preference", PREFERENCES)
def test_promethee_against_sorting_the_columns(
    benchmark: BenchmarkFixture, table: pl.DataFrame, preference: str
) -> None:
    columns = table.drop("unit")
    values, weights = columns.to_numpy(), np.full(WIDTH, 1 / WIDTH)
    method = Promethee(preference=preference, q=0.1, p=0.5)
    sorting, comparing = interleaved(
        lambda: columns.select(pl.all().sort()), lambda: method.score_units(values, weights, CONTEXT)
    )
    benchmark.extra_info["times sorting"] = comparing / sorting
    benchmark.pedantic(lambda: method.score_units(values, weights, CONTEXT), rounds=1)


@pytest.mark.parametrize("preference", ["usual", "linear"])
def test_a_run_of_promethee_against_sorting_the_columns(
    benchmark: BenchmarkFixture, table: pl.DataFrame, preference: str
) -> None:
    columns = table.drop("unit")
    aggregation = {"method": "promethee", "preference": preference, "q": 0.1, "p": 0.5}

    def run(aggregation: object) -> object:
        return indicia.score(
            table,
            unit="unit",
            indicators=dict.fromkeys(CONTEXT.components, "benefit"),
            normalisation="none",
            aggregation=aggregation,
        ).scores

    sorting, whole = interleaved(lambda: columns.select(pl.all().sort()), lambda: run(aggregation), 3)
    _, plain = interleaved(lambda: columns.select(pl.all().sort()), lambda: run("arithmetic"), 3)
    benchmark.extra_info["times sorting"] = whole / sorting
    benchmark.extra_info["times sorting, beyond a plain run"] = (whole - plain) / sorting
    benchmark.pedantic(lambda: run(aggregation), rounds=1)


QUADRATIC = r"""
import ast, re, sys, time
from pathlib import Path
import numpy as np
from indicia.catalogue import installed
from indicia.methods import MatrixContext

units, width = int(sys.argv[1]), int(sys.argv[2])
method = installed().choose("aggregation", ast.literal_eval(sys.argv[3]))
random = np.random.default_rng(1)
values = random.normal(size=(units, width)) + random.normal(size=(units, 1))
weights = random.random(width)
context = MatrixContext(tuple(f"x{number}" for number in range(width)), np.zeros(width, dtype=bool))
start = time.perf_counter()
method.score_units(values, weights / weights.sum(), context)
taken = time.perf_counter() - start
peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text()).group(1)) / 1024
print(taken, peak)
"""
THRESHOLDS = {"q": 0.2, "p": 0.8, "v": 3.0}
PAIRS: list[tuple[int, int, dict[str, Any]]] = [
    (1_000, 50, {"method": "copeland"}),
    (20_000, 20, {"method": "copeland"}),
    (20_000, 20, {"method": "promethee", "preference": "gaussian", "s": 0.3}),
    (20_000, 20, {"method": "electre"}),
    (20_000, 20, {"method": "electre", "form": "ii"}),
    (1_000, 20, {"method": "electre", "form": "iii", **THRESHOLDS}),
    (20_000, 20, {"method": "electre", "form": "tri", "profiles": [[-1.0] * 20, [1.0] * 20], **THRESHOLDS}),
    (20_000, 20, {"method": "smaa"}),
]


@pytest.mark.parametrize(("units", "width", "method"), PAIRS)
def test_seconds_and_peak_memory_of_all_pairs(
    benchmark: BenchmarkFixture, units: int, width: int, method: dict[str, Any]
) -> None:
    """A process of its own is asked; its peak counts Python and its libraries, some 50 MiB."""

    def run() -> None:
        command = [sys.executable, "-c", QUADRATIC, str(units), str(width), repr(method)]
        taken, peak = map(float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
        benchmark.extra_info["seconds"], benchmark.extra_info["MiB"] = taken, peak

    benchmark.pedantic(run, rounds=1)
