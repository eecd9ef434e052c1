"""Speed from raw data to ranks, as ratios of one run: `pytest -n 0 tests/benchmarks/bench_preparation.py`.

Not part of the test run, and no figure is asserted: machines are noisy. The yardstick is the time that polars takes to
sum all columns.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

WIDTH, DIMENSIONS, GROUPS = 50, 10, 7
UNITS = [100_000, 1_000_000]
CHAIN: dict[str, Any] = {
    "imputation": "mean(within='group')",
    "treatment": "winsorise(points=5)",
    "normalisation": "min_max(upper=100)",
}
STAGES: dict[str, dict[str, Any]] = {
    "all": CHAIN,
    "without imputation": {**CHAIN, "imputation": None, "missing": "skip"},
    "without treatment": {**CHAIN, "treatment": None},
    "neither": {"normalisation": CHAIN["normalisation"], "missing": "skip"},
}


def index(**methodology: Any) -> indicia.Index:
    """Return an index of 50 indicators in ten dimensions, those in two halves: three levels of means."""
    halves: dict[str, Any] = {"first": {}, "second": {}}
    tens = {f"d{i}": {"parent": "first" if 2 * i < DIMENSIONS else "second"} for i in range(DIMENSIONS)}
    return indicia.read(
        {
            "data": {"unit": "unit", "groups": ["group"]},
            "dimensions": halves | tens,
            "indicators": {f"x{j}": {"dimension": f"d{j * DIMENSIONS // WIDTH}"} for j in range(WIDTH)},
            "methodology": {word: value for word, value in methodology.items() if value is not None},
        }
    )


def table(units: int) -> pl.DataFrame:
    """Return skewed indicators, of which one cell in fifty is missing."""
    random = np.random.default_rng(1)
    row = pl.int_range(units, eager=True)
    about = [row.cast(pl.String).alias("unit"), (row % GROUPS).cast(pl.String).alias("group")]
    cells = []
    for j in range(WIDTH):
        x = random.lognormal(size=units)
        x[random.uniform(size=units) < 0.02] = np.nan
        cells.append(pl.Series(f"x{j}", x).fill_nan(None))
    return pl.DataFrame([*about, *cells])


@pytest.fixture(scope="module", params=UNITS)
def data(request: pytest.FixtureRequest) -> pl.DataFrame:
    return table(request.param)


def ranking(of: indicia.Index, data: pl.DataFrame) -> pl.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", indicia.IndiciaWarning)
        return of.score(data).scores


def seconds(work: Callable[[], object], times: int = 3) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def summed(data: pl.DataFrame) -> float:
    return seconds(lambda: data.select(pl.col("^x.*$").sum()), 20)


def by_hand(data: pl.DataFrame) -> Any:
    """Do the same in NumPy, without a check, and without looking whether an indicator has outliers at all."""
    x = data.select(f"x{j}" for j in range(WIDTH)).to_numpy(writable=True)
    group = data["group"].cast(pl.Int64).to_numpy()
    for each in range(GROUPS):
        rows = group == each
        x[rows] = np.where(np.isnan(x[rows]), np.nanmean(x[rows], axis=0), x[rows])
    cap = np.partition(x, len(x) - 6, axis=0)[len(x) - 6]
    x = np.minimum(x, cap)
    z = 100 * (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))
    scores = z.reshape(len(x), 2, DIMENSIONS // 2, WIDTH // DIMENSIONS).mean(axis=3).mean(axis=2).mean(axis=1)
    return (-scores).argsort().argsort() + 1


@pytest.mark.parametrize("stages", STAGES)
def test_from_raw_data_to_ranks(benchmark: BenchmarkFixture, data: pl.DataFrame, stages: str) -> None:
    of = index(**STAGES[stages])
    benchmark.pedantic(lambda: ranking(of, data), rounds=3, warmup_rounds=1)
    benchmark.extra_info["sums of all columns"] = benchmark.stats["min"] / summed(data)
    benchmark.extra_info["nanoseconds a cell"] = 1e9 * benchmark.stats["min"] / (len(data) * WIDTH)


def test_against_numpy_by_hand(benchmark: BenchmarkFixture, data: pl.DataFrame) -> None:
    of = index(**CHAIN)
    benchmark.pedantic(lambda: ranking(of, data), rounds=3, warmup_rounds=1)
    benchmark.extra_info["times numpy"] = benchmark.stats["min"] / seconds(lambda: by_hand(data), 2)


def test_ten_times_the_units(benchmark: BenchmarkFixture) -> None:
    """Both runs are of one process, the small one before and after: the machine's mood is shared."""
    of, few, many = index(**CHAIN), table(UNITS[0]), table(UNITS[1])
    ranking(of, few)
    before = seconds(lambda: ranking(of, few))
    benchmark.pedantic(lambda: ranking(of, many), rounds=3, warmup_rounds=1)
    after = seconds(lambda: ranking(of, few))
    benchmark.extra_info["times a tenth of the units"] = benchmark.stats["min"] / min(before, after)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_stream_of_slices(benchmark: BenchmarkFixture, data: pl.DataFrame, tmp_path: Path, suffix: str) -> None:
    """As `indicia score --stream` does: read, score by what was fitted, write."""
    source, scores = tmp_path / f"data.{suffix}", tmp_path / "scores.csv"
    writes = {"csv": data.write_csv, "parquet": data.write_parquet}
    reads: dict[str, Callable[[Path], pl.DataFrame]] = {"csv": pl.read_csv, "parquet": pl.read_parquet}
    writes[suffix](source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", indicia.IndiciaWarning)
        fitted = indicia.fit(index(**CHAIN), data)
    benchmark.pedantic(lambda: fitted.stream(source, scores), rounds=2)
    benchmark.extra_info["sums of all columns"] = benchmark.stats["min"] / summed(data)
    benchmark.extra_info["times reading the file"] = benchmark.stats["min"] / seconds(lambda: reads[suffix](source))


MEMORY = r"""
import runpy, sys
bench = runpy.run_path(sys.argv[1])
data, of = bench["table"](int(sys.argv[2])), bench["index"](**bench["STAGES"][sys.argv[3]])
bench["ranking"](of, data.head(1000))
before = bench["resident"]("VmRSS")
bench["ranking"](of, data)
print((bench["resident"]("VmHWM") - before) / (8 * len(data) * bench["WIDTH"]))
"""


def resident(what: str) -> int:
    """Return the memory of the process, now or at its peak."""
    found = re.search(rf"{what}:\s+(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))
    assert found is not None
    return 1024 * int(found.group(1))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks /proc")
@pytest.mark.parametrize("stages", STAGES)
def test_peak_memory_in_copies_of_the_data(benchmark: BenchmarkFixture, stages: str) -> None:
    """The table itself is not counted. A result keeps what was imputed, treated and normalised: three copies."""
    copies: list[float] = []

    def run() -> None:
        command = [sys.executable, "-c", MEMORY, __file__, str(UNITS[1]), stages]
        copies.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))

    benchmark.pedantic(run, rounds=1)
    benchmark.extra_info["copies of the data"] = copies[-1]


STREAM = r"""
import re, sys
from pathlib import Path
from indicia import read_fitted
read_fitted(sys.argv[1]).stream(Path(sys.argv[2]), Path(sys.argv[3]))
print(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text()).group(1))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks /proc")
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_stream_holds_as_much_whatever_the_size_of_the_file(
    benchmark: BenchmarkFixture, tmp_path: Path, suffix: str
) -> None:
    """Peak memory of a process that streams the file, and one that streams a tenth of it, in megabytes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", indicia.IndiciaWarning)
        indicia.fit(index(**CHAIN), table(UNITS[0])).write(tmp_path / "fitted.json")
    files = []
    for units in UNITS:
        files.append(tmp_path / f"{units}.{suffix}")
        data = table(units)
        data.write_csv(files[-1]) if suffix == "csv" else data.write_parquet(files[-1])

    def peak(file: Path) -> float:
        command = [sys.executable, "-c", STREAM, str(tmp_path / "fitted.json"), str(file), str(tmp_path / "out.csv")]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) / 1024

    found: list[float] = []
    benchmark.pedantic(lambda: found.append(peak(files[-1])), rounds=1)
    benchmark.extra_info["megabytes held"] = found[-1]
    benchmark.extra_info["of a tenth"] = peak(files[0])
    benchmark.extra_info["size of the file"] = files[-1].stat().st_size / 2**20
