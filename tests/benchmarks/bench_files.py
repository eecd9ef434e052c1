"""Times of reading and writing files, as ratios of one run: `pytest -n 0 tests/benchmarks/bench_files.py`.

Not part of the test run, and no figure is asserted: machines are noisy. The ratios are of processor time, which other
processes of a machine disturb least; each reading has a process of its own, as a command has.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from indicia.data import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

INDICATORS = [f"x{j}" for j in range(20)]
ROWS = {"csv": 1_000_000, "parquet": 1_000_000, "xlsx": 100_000}
"""A sheet of 1,000,000 rows takes a minute to write."""
BY_ITSELF = {
    "csv": "polars.read_csv(file, schema={'unit': polars.String, **dict.fromkeys(names, polars.Float64)})",
    "parquet": "polars.read_parquet(file)",
    "xlsx": "fastexcel.read_excel(file).load_sheet(0).to_polars()",
}
HERE = "read_table(file, text=['unit'], numbers=names)"
RECOGNISED = "index_from_table(file)"
TIMED = """
import sys, time
import fastexcel, polars
from indicia.data import read_table
from indicia.index import index_from_table
file, names = sys.argv[1], {names}
index_from_table({{"unit": ["a", "b"], "x": [1.0, 2.5]}})  # loads the vocabularies of recognition
start = time.process_time()
{work}
print(time.process_time() - start)
"""
BY_HAND = """
import polars as pl
table = pl.read_parquet("table.parquet")
columns = [pl.col(name) for name in table.columns[1:]]
scaled = table.select((x - x.min()) / (x.max() - x.min()) for x in columns)
scores = table.select("unit", scaled.mean_horizontal().alias("score"))
ranks = scores.with_columns(pl.col("score").rank("min", descending=True).cast(pl.Int64).alias("rank"))
ranks.sort("rank", "unit").write_parquet("ranks.parquet")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the tables, and an index of them."""
    path = tmp_path_factory.mktemp("files")
    frame = table(ROWS["csv"])
    frame.write_csv(path / "table.csv")
    frame.write_parquet(path / "table.parquet")
    frame.head(ROWS["xlsx"]).write_excel(path / "table.xlsx")
    methods = 'normalisation = "min_max"\nweighting = "equal"\naggregation = "arithmetic"\n'
    indicators = "".join(f'{name}.direction = "benefit"\n' for name in INDICATORS)
    data = '[data]\npath = "table.parquet"\nunit = "unit"\n'
    (path / "index.toml").write_text(f"{data}[methodology]\n{methods}[indicators]\n{indicators}")
    return path


def table(rows: int) -> pl.DataFrame:
    x = np.random.default_rng(1).lognormal(size=(rows, len(INDICATORS)))
    units = pl.select(("unit " + pl.int_range(rows).cast(pl.String)).alias("unit"))
    return units.hstack([pl.Series(name, x[:, at]) for at, name in enumerate(INDICATORS)])


def command(folder: Path, *arguments: str) -> str:
    """Run Python; its modules are compiled beforehand, as those of an installed library are."""
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    line = [sys.executable, *arguments]
    return subprocess.run(line, check=True, capture_output=True, text=True, env=compiled, cwd=folder).stdout


def seconds_of_processor(folder: Path, *arguments: str) -> float:
    """Return the processor time of a whole process."""
    before = os.times()
    command(folder, *arguments)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


@pytest.mark.parametrize("kind", BY_ITSELF)
def test_reading(compare: Callable[..., None], folder: Path, kind: str) -> None:
    def cost(work: str) -> Callable[[], float]:
        script = TIMED.format(names=INDICATORS, work=work)
        return lambda: float(command(folder, "-c", script, f"table.{kind}"))

    others = {"its library": cost(BY_ITSELF[kind]), "with recognition": cost(RECOGNISED)}
    compare(f"read {kind}, {ROWS[kind]:,} × 20", cost(HERE), others, times=5)


def test_parquet_to_parquet(compare: Callable[..., None], folder: Path) -> None:
    def here() -> float:
        return seconds_of_processor(folder, "-m", "indicia", "run", "index.toml", "-o", "scores.parquet")

    def by_hand() -> float:
        return seconds_of_processor(folder, "-c", BY_HAND)

    compare("whole process, Parquet to Parquet, 1,000,000 × 20", here, {"polars by hand": by_hand})


def test_fingerprint(compare: Callable[..., None]) -> None:
    frame = table(ROWS["parquet"])
    compare("fingerprint, 1,000,000 × 20", lambda: fingerprint(frame), {})
