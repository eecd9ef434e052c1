"""Speed of each method, as ratios of one run: `pytest -n 0 tests/benchmarks/bench_methods.py`.

Not part of the test run, and no figure is asserted: machines are noisy.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pymcdm.methods
import pytest

import indicia
from indicia.catalogue import installed
from indicia.methods import MatrixAggregation

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

MANY, SOME, FEW, WIDTH = 1_000_000, 100_000, 1_000, 20
KINDS = ("normalisation", "weighting", "aggregation")
TO_TARGET = {"method": "distance_to_target"}
PLAIN = {"normalisation": "none", "weighting": "given", "aggregation": "arithmetic"}
NAMES = [f"x{j}" for j in range(WIDTH)]
PARAMETERS: dict[str, dict[str, Any]] = {
    "box_cox": {"power": 0.5},
    "distance_to_reference": {"unit": "unit 7"},
    "formula": {"expression": "(x - mean) / (max - min)"},
    "generalised": {"p": 2.0},
    "ahp": {"matrix": [[1.0] * WIDTH] * WIDTH},
    "anp": {"supermatrix": [["", *NAMES], *([name, *[1 / WIDTH] * WIDTH] for name in NAMES)]},
    "budget_allocation": {"points": dict.fromkeys(NAMES, 100 / WIDTH)},
    "bwm": {"comparisons": {name: [1, 1] for name in NAMES}},
    "combination": {"of": ["entropy", "critic"]},
    "dematel": {"influence": [[0 if i == j else 1 + i % 4 for j in range(WIDTH)] for i in range(WIDTH)]},
    "fucom": {"priorities": dict.fromkeys(NAMES, 1)},
    "lbwa": {"levels": {name: [1, place] for place, name in enumerate(NAMES)}},
    "opa": {"ranks": {name: rank for rank, name in enumerate(NAMES, start=1)}},
    "rancom": {"judgements": {name: rank for rank, name in enumerate(NAMES, start=1)}},
    "smarts": {"points": dict.fromkeys(NAMES, 100)},
    "swara": {"steps": dict.fromkeys(NAMES, 0.1)},
    "swing": {"points": dict.fromkeys(NAMES, 100)},
}
METHODS = [
    (kind, name)
    for (kind, name), offer in installed().offers.items()
    if kind in KINDS and offer.plugin.startswith("indicia_methods")
]
ROW_WISE = [
    name
    for kind, name in METHODS
    if kind == "aggregation" and not issubclass(installed().offers[kind, name].method, MatrixAggregation)
]


def matrix(units: int) -> Any:
    random = np.random.default_rng(1)  # a factor that all share, since some weightings refuse indicators that disagree
    return 1 + random.lognormal(size=(units, WIDTH)) * random.lognormal(size=(units, 1))


def frame(x: Any) -> pl.DataFrame:
    units = pl.select(("unit " + pl.int_range(len(x)).cast(pl.String)).alias("unit"))
    return units.hstack([pl.Series(f"x{j}", x[:, j]) for j in range(x.shape[1])])


@pytest.fixture(scope="module")
def large() -> tuple[Any, pl.DataFrame]:
    x = matrix(MANY)
    return x, frame(x)


@pytest.fixture(scope="module")
def small() -> pl.DataFrame:
    return frame(matrix(FEW))


def choice(kind: str, name: str) -> dict[str, Any]:
    asked = {
        one.name
        for one in fields(installed().offers[kind, name].method)
        if one.default is MISSING and one.default_factory is MISSING
    }
    if missing := asked - PARAMETERS.get(name, {}).keys():
        pytest.skip(f"{name} asks for {', '.join(sorted(missing))}, of {WIDTH} components")
    if (kind, name) == ("aggregation", "formula"):
        return {"method": name, "expression": " + ".join(NAMES)}
    return {"method": name, **PARAMETERS.get(name, {})}


def scored(table: pl.DataFrame, costs: int = 0, **methods: Any) -> pl.DataFrame:
    told = {"target": 1000.0} if methods.get("normalisation") == TO_TARGET else {}
    indicators = {f"x{j}": {"direction": "cost" if j >= WIDTH - costs else "benefit", **told} for j in range(WIDTH)}
    return indicia.score(table, unit="unit", indicators=indicators, **methods).scores


def seconds(work: Callable[[], object], times: int = 3) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return sorted(taken)[times // 2]


def ranks(scores: Any) -> Any:
    return (-scores).argsort().argsort() + 1


def min_max(x: Any) -> Any:
    return (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))


def topsis(x: Any) -> Any:
    v = x / np.sqrt((x**2).sum(axis=0)) / x.shape[1]
    to_best = np.sqrt(((v - v.max(axis=0)) ** 2).sum(axis=1))
    to_worst = np.sqrt(((v - v.min(axis=0)) ** 2).sum(axis=1))
    return ranks(to_worst / (to_best + to_worst))


def vikor(x: Any) -> Any:
    regret = (x.max(axis=0) - x) / (x.max(axis=0) - x.min(axis=0)) / x.shape[1]
    s, r = regret.sum(axis=1), regret.max(axis=1)
    return ranks(-((s - s.min()) / (s.max() - s.min()) + (r - r.min()) / (r.max() - r.min())) / 2)


def critic(x: Any) -> Any:
    z = min_max(x)
    weights = z.std(axis=0, ddof=1) * (1 - np.corrcoef(z, rowvar=False)).sum(axis=0)
    return ranks(z @ (weights / weights.sum()))


BY_HAND: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("aggregation", "topsis"): topsis,
    ("aggregation", "vikor"): vikor,
    ("weighting", "critic"): critic,
}


@pytest.mark.parametrize(("kind", "name"), [key for key in BY_HAND if key in METHODS])
def test_against_numpy_by_hand(
    benchmark: BenchmarkFixture, large: tuple[Any, pl.DataFrame], kind: str, name: str
) -> None:
    x, table = large
    benchmark.pedantic(lambda: scored(table, **{kind: name}), rounds=3, warmup_rounds=1)
    benchmark.extra_info["times numpy"] = benchmark.stats["median"] / seconds(lambda: BY_HAND[kind, name](x))


@pytest.mark.parametrize("name", ROW_WISE)
def test_a_row_wise_aggregation_against_summing_its_columns(
    benchmark: BenchmarkFixture, large: tuple[Any, pl.DataFrame], name: str
) -> None:
    """A run also checks and ranks: what a method takes beyond the plain run is measured against the sum."""
    table = large[1]
    words = fitting(table.head(FEW), "aggregation", PLAIN | {"aggregation": choice("aggregation", name)})
    names = [f"x{j}" for j in range(WIDTH)]
    adding = seconds(lambda: table.select(pl.sum_horizontal(names)), 5)
    before = seconds(lambda: scored(table, **PLAIN))
    benchmark.pedantic(lambda: scored(table, **words), rounds=3, warmup_rounds=1)
    plain = (before + seconds(lambda: scored(table, **PLAIN))) / 2
    median = benchmark.stats["median"]
    benchmark.extra_info["sums beyond the plain run"] = (median - plain) / adding
    benchmark.extra_info["times the plain run"] = median / plain


PEERS = {name: name.upper() for name in ROW_WISE} | {"arithmetic": "WSM", "weighted_product": "WPM"}
"""The names of pymcdm for the methods that it has too."""


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of pymcdm, where a product of many values is no number
@pytest.mark.parametrize("name", [name for name in ROW_WISE if hasattr(pymcdm.methods, PEERS[name])])
def test_a_row_wise_aggregation_against_pymcdm(
    benchmark: BenchmarkFixture, large: tuple[Any, pl.DataFrame], name: str
) -> None:
    """From raw values to ranks, each with its own normalisation, half of the indicators costs."""
    x, table = (whole[:SOME] for whole in large)
    try:
        method = getattr(pymcdm.methods, PEERS[name])()
    except TypeError:
        pytest.skip(f"{PEERS[name]} of pymcdm asks for limits or ideals")
    weights, types = np.full(WIDTH, 1 / WIDTH), np.repeat([1, -1], WIDTH // 2)
    benchmark.pedantic(lambda: scored(table, costs=WIDTH // 2, aggregation=name), rounds=3, warmup_rounds=1)
    peer = seconds(lambda: method.rank(method(x, weights, types)), 1)
    benchmark.extra_info["pymcdm takes times as long"] = peer / benchmark.stats["median"]


def fitting(table: pl.DataFrame, kind: str, own: dict[str, Any]) -> dict[str, Any]:
    """Return the words of a run that the method takes: as they are, with positive values, or with costs."""
    positive = {"normalisation": {"method": "min_max", "lower": 1.0, "upper": 100.0}}
    tried = (
        (own, own | {"costs": WIDTH // 2})
        if kind == "normalisation"
        else (own, own | {"costs": WIDTH // 2}, own | positive)
    )
    words = next((words for words in tried if runs(table, words)), None)
    return words or pytest.skip(f"{own[kind]['method']} does not take {len(table)} × {WIDTH}, or not without bounds")


def runs(table: pl.DataFrame, words: dict[str, Any]) -> bool:
    """Return whether the method accepts these normalised values and directions."""
    try:
        scored(table, **words)
    except indicia.IndiciaError:
        return False
    return True


@pytest.mark.parametrize(("kind", "name"), METHODS)
def test_a_thousand_units(benchmark: BenchmarkFixture, small: pl.DataFrame, kind: str, name: str) -> None:
    own = {kind: choice(kind, name)} if kind == "aggregation" else PLAIN | {kind: choice(kind, name)}
    methods = fitting(small, kind, own)
    benchmark.pedantic(lambda: scored(small, **methods), rounds=10, warmup_rounds=2)
    plain = seconds(lambda: scored(small, **PLAIN), 10)
    benchmark.extra_info["ms"] = 1e3 * benchmark.stats["median"]
    benchmark.extra_info["ms beyond the plain run"] = 1e3 * (benchmark.stats["median"] - plain)


MEMORY = r"""
import ast, re, resource, sys
from pathlib import Path
import numpy as np, polars as pl
import indicia

units, width, methods = int(sys.argv[1]), int(sys.argv[2]), ast.literal_eval(sys.argv[3])
random = np.random.default_rng(1)
table = pl.DataFrame({"unit": pl.select("unit " + pl.int_range(units).cast(pl.String)).to_series()})
shared = random.lognormal(size=units)
table = table.hstack([pl.Series(f"x{j}", 1 + random.lognormal(size=units) * shared) for j in range(width)])


def peak():
    status = Path("/proc/self/status")
    if status.exists():  # getrusage of a new process starts at the peak of the one that started it
        return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status.read_text()).group(1))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


costs = methods.pop("costs", 0)
directions = ["cost" if j >= width - costs else "benefit" for j in range(width)]
told = {"target": 1000.0} if methods["normalisation"] == {"method": "distance_to_target"} else {}
indicators = {f"x{j}": {"direction": directions[j], **told} for j in range(width)}
indicia.score(table.head(100), unit="unit", indicators=indicators, **methods).scores
before = peak()
indicia.score(table, unit="unit", indicators=indicators, **methods).scores
print((peak() - before) / (8 * units * width))
"""


@pytest.mark.parametrize(("kind", "name"), [(k, n) for k, n in METHODS if k != "aggregation" or n in ROW_WISE])
def test_peak_memory_in_copies_of_the_data(
    benchmark: BenchmarkFixture, small: pl.DataFrame, kind: str, name: str
) -> None:
    """The process is asked, since polars allocates past Python; the table itself is not counted."""
    methods = fitting(small, kind, PLAIN | {kind: choice(kind, name)})
    copies: list[float] = []

    def run() -> None:
        command = [sys.executable, "-c", MEMORY, str(MANY), str(WIDTH), repr(methods)]
        copies.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))

    benchmark.pedantic(run, rounds=1)
    benchmark.extra_info["copies of the data"] = copies[-1]
