"""Speed of many draws: `pytest -n 0 tests/benchmarks/bench_robustness.py`.

Not part of the test run, and no figure is asserted: machines are noisy. Each case also says how many megabytes its own
process needed at most. `pip install pysensmcda pymcdm` adds the comparison with pysensmcda, whose methods are pymcdm's.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from reference_folder import FOLDER

import indicia
from indicia_robustness import rank_distribution

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

    from indicia.index import Index

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
        {"draws": 10_000, "weights": SPREAD, "aggregation": AGGREGATIONS, "leave_out": "indicators"},
    ),
    "asem, 10,000 draws of errors": (asem, {"draws": 10_000, "noise": 0.02}),
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
    return lambda: index.robustness(table, seed=1, **varied).figures.units


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
        drawn = rank_distribution.ranks(scores)
        return (
            rank_distribution.rank_statistics(drawn),
            rank_distribution.acceptability(drawn),
            rank_distribution.top(drawn, 10),
            rank_distribution.pairwise(drawn),
            rank_distribution.tiers(drawn, nominal, names),
            rank_distribution.average_shift(drawn, nominal),
        )

    sorts = task.startswith("two")
    benchmark((lambda: [np.argsort(scores, axis=1, kind="stable") for _ in range(2)]) if sorts else everything)


# Small tables, beside pysensmcda: 20 units, 6 indicators, TOPSIS


def small(units: int, indicators: int) -> tuple[Index, pl.DataFrame, Any]:
    """Return an index of TOPSIS, whose first indicator is a cost, its table, and the values alone."""
    x = np.random.default_rng(1).uniform(1, 9, size=(units, indicators))
    columns = {f"x{j}": x[:, j] for j in range(indicators)}
    definition = {
        "data": {"unit": "unit"},
        "indicators": {name: {"direction": "benefit" if at else "cost"} for at, name in enumerate(columns)},
        "methodology": {"normalisation": "vector", "aggregation": "topsis"},
    }
    return indicia.read(definition), pl.DataFrame({"unit": [f"u{n:03}" for n in range(units)], **columns}), x


def pysensmcda_topsis(indicators: int) -> tuple[Any, Any, Any]:
    """Return TOPSIS as pysensmcda calls it, equal weights, and the directions; skip without it."""
    methods, pymcdm = pytest.importorskip("pysensmcda.methods"), pytest.importorskip("pymcdm")
    topsis = pymcdm.methods.TOPSIS(pymcdm.normalizations.vector_normalization)
    types = np.where(np.arange(indicators) > 0, 1, -1)
    return methods.wrap_method(topsis), np.full(indicators, 1 / indicators), types


@pytest.mark.parametrize("draws", [1_000, 10_000])
@pytest.mark.parametrize("job", ["any weights (SMAA)", "weights near the given", "values with errors"])
def test_draws_beside_pysensmcda(compare: Callable[..., None], job: str, draws: int) -> None:
    method, weights, types = pysensmcda_topsis(6)
    from pysensmcda.probabilistic import perturbed_matrix, perturbed_weights
    from pysensmcda.smaa import central_weights, simulate

    index, table, x = small(20, 6)

    def drawn(**varied: Any) -> Any:
        found = index.robustness(table, draws=draws, seed=1, **varied).figures
        return found.acceptability, found.central_weights

    def acceptability(preferences: list[Any]) -> Any:
        ranks = method.rank(np.array(preferences))
        return np.stack([(ranks == rank + 1).mean(axis=0) for rank in range(20)])

    def smaa() -> Any:
        found = simulate(method, x, types, num_samples=draws, seed=1)
        return found.rank_acceptability(), central_weights(found)

    def near() -> Any:
        some = perturbed_weights(weights, draws, perturbation_scale=weights / 10)
        return acceptability([method(x, one / one.sum(), types) for one in some])

    def with_errors() -> Any:
        some = perturbed_matrix(x, draws, perturbation_scale=np.full(6, 0.4))
        return acceptability([method(one, weights, types) for one in some])

    varied, elsewhere = {
        "any weights (SMAA)": ({"weights": {"simplex": True}}, smaa),
        "weights near the given": ({"weights": {"spread": 0.1}}, near),
        "values with errors": ({"noise": 0.05}, with_errors),
    }[job]
    compare(f"{job}: {draws:,} draws of 20 × 6, TOPSIS", lambda: drawn(**varied), {"pysensmcda": elsewhere})


@pytest.mark.parametrize("units", [20, 100])
def test_leaving_out_beside_pysensmcda(compare: Callable[..., None], units: int) -> None:
    method, weights, types = pysensmcda_topsis(6)
    from pysensmcda.alternative import remove_alternatives
    from pysensmcda.criteria import remove_criteria

    index, table, x = small(units, 6)

    def elsewhere() -> dict[str, Any]:
        ranks = {f"u{n:03}": method(one, weights, types) for n, one in remove_alternatives(x, np.arange(units))}
        ranks |= {f"x{j}": method(one, w, np.delete(types, j)) for j, one, w in remove_criteria(x, weights)}
        return {name: method.rank(preferences[None])[0].tolist() for name, preferences in ranks.items()}

    found = index.stability(table).ranks.drop_nulls("rank").group_by("name").agg("rank")
    assert dict(found.iter_rows()) == elsewhere()
    job = f"a unit or an indicator less: {units} × 6, TOPSIS"
    compare(job, lambda: index.stability(table).ranks, {"pysensmcda": elsewhere})


@pytest.mark.parametrize("units", [50, 200, 10_000])
@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric", "topsis"])
def test_stability(compare: Callable[..., None], aggregation: str, units: int) -> None:
    x = np.random.default_rng(1).lognormal(size=(units, 16))
    table = pl.DataFrame({"unit": [f"u{n}" for n in range(units)], **{f"x{j}": x[:, j] for j in range(16)}})
    scale = "vector" if aggregation == "topsis" else "min_max(lower=1, upper=100)"
    flat = aggregation == "topsis"
    definition = {
        "data": {"unit": "unit"},
        "dimensions": {} if flat else {f"d{k}": {} for k in range(4)},
        "indicators": {f"x{j}": {} if flat else {"dimension": f"d{j // 4}"} for j in range(16)},
        "methodology": {"normalisation": scale, "aggregation": aggregation},
    }
    index = indicia.read(definition)

    def everything() -> None:
        found = index.stability(table)
        for name in ("omission_effects", "ranks", "weights", "minimal_weight_shift", "reversals"):
            found.frame(name)

    compare(f"stability, {aggregation}, {units:,} × 16", everything, {}, times=3 if units > 200 else 7)


@pytest.mark.parametrize("parts", [6, 20])
def test_weights_in_order_beside_pysensmcda(compare: Callable[..., None], parts: int) -> None:
    sampling = pytest.importorskip("pysensmcda.sampling")
    names = [f"w{number}" for number in range(parts)]
    order = " >= ".join(names)

    def elsewhere() -> Any:
        return sampling.ordered_simplex(parts, 10_000, seed=1)

    compare(
        f"10,000 draws of {parts} weights in order",
        lambda: indicia.analysis.weight_draws(names, order),
        {"pysensmcda": elsewhere},
    )


@pytest.mark.parametrize("parts", [8, 20])
def test_hit_and_run_beside_pysensmcda(compare: Callable[..., None], parts: int) -> None:
    sampling = pytest.importorskip("pysensmcda.sampling")
    names = [f"w{number}" for number in range(parts)]

    def elsewhere() -> Any:
        constraints = sampling.weight_constraints(
            parts, order=[0, 1], bounds={2: (None, 0.2)}, tradeoffs={(3, 4): (2, None)}
        )
        return sampling.hit_and_run(parts, 10_000, constraints, seed=1)

    compare(
        f"10,000 draws of {parts} weights under mixed constraints",
        lambda: indicia.analysis.weight_draws(names, "w0 >= w1; w2 <= 0.2; w3 >= 2 w4; w5 + w6 >= 0.1"),
        {"pysensmcda": elsewhere},
    )


@pytest.mark.parametrize(("units", "parts"), [(20, 3), (50, 5), (200, 5), (50, 6)])
def test_exact_acceptability_beside_pysensmcda(compare: Callable[..., None], units: int, parts: int) -> None:
    smaa = pytest.importorskip("pysensmcda.smaa")
    x = np.random.default_rng(1).random((units, parts))
    table = pl.DataFrame({"unit": [f"u{n}" for n in range(units)], **{f"x{j}": x[:, j] for j in range(parts)}})

    def elsewhere() -> Any:
        return smaa.exact_acceptability(x, np.ones(parts), scaling="none", weight_bounds=False)

    compare(
        f"exact acceptability of {units} × {parts}",
        lambda: indicia.analysis.exact_central_weights(table, "unit"),
        {"pysensmcda": elsewhere},
    )
