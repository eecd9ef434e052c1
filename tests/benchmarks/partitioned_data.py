"""Write the data of `bench_partitions.py`: units × 20 indicators in a folder of Parquet files, and two index files.

    python tests/benchmarks/partitioned_data.py 1e8 /tmp/big/units

The same arguments give the same values on every machine: file number f draws its rows from a generator with the seed
(SEED, f). Values are rounded as in published data, so that files are small: 10^8 rows are 16 GB of numbers in memory
and 3.4 GB on disk. One process writes a million rows a second.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars as pl

SEED = 22
INDICATORS = [f"x{number:02}" for number in range(20)]
DIMENSIONS = {f"d{dimension}": INDICATORS[5 * dimension : 5 * dimension + 5] for dimension in range(4)}
PILLARS = {"p0": ["d0", "d1"], "p1": ["d2", "d3"]}
ROW_GROUP = 500_000


@dataclass(frozen=True)
class Recipe:
    """The rows of the data, and the share of values that are missing."""

    rows: int
    missing: float = 0.0

    @property
    def files(self) -> int:
        """The number of files: 10, or 100 for 10^8 rows."""
        return max(10, self.rows // 1_000_000)

    def rows_of(self, file: int) -> range:
        """Return the numbers of the rows in a file."""
        return range(self.rows * file // self.files, self.rows * (file + 1) // self.files)

    def table(self, file: int) -> pl.DataFrame:
        """Return the rows of a file: `unit`, `region` with 40 regions, and the indicators."""
        rows = self.rows_of(file)
        random = np.random.default_rng((SEED, file))
        numbers = pl.Series(np.arange(rows.start, rows.stop))
        unit = pl.select(("unit " + numbers.cast(pl.String).str.zfill(9)).alias("unit")).to_series()
        region = pl.select(("region " + (numbers % 40).cast(pl.String).str.zfill(2)).alias("region")).to_series()
        columns = [pl.Series(name, _values(random, kind % 5, len(rows))) for kind, name in enumerate(INDICATORS)]
        if self.missing:
            columns = [x.set(pl.Series(random.random(len(rows)) < self.missing), None) for x in columns]
        return pl.DataFrame([unit, region, *columns])


def _values(random: np.random.Generator, kind: int, rows: int) -> np.ndarray:
    """Draw rounded values: incomes, shares, counts, grades, and amounts that half of the units lack."""
    if kind == 0:
        return np.round(random.lognormal(3.0, 0.8, rows), 1)
    if kind == 1:
        return np.round(random.uniform(0.0, 100.0, rows), 1)
    if kind == 2:
        return random.poisson(12.0, rows).astype(float)
    if kind == 3:
        return np.round(random.normal(500.0, 100.0, rows))
    return np.round(np.where(random.random(rows) < 0.5, 0.0, random.exponential(20.0, rows)), 1)


def write(recipe: Recipe, folder: Path, processes: int = 1) -> None:
    """Write the files of a recipe, and beside the folder the index files FOLDER-flat.toml and FOLDER-levels.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("flat", flat_index()), ("levels", index_of_levels())):
        index_file(folder, name).write_text(text)
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for _ in pool.map(_write_file, [(recipe, folder, file) for file in range(recipe.files)]):
            pass


def _write_file(task: tuple[Recipe, Path, int]) -> None:
    recipe, folder, file = task
    path = folder / f"part-{file:05}.parquet"
    if not path.exists():  # a second call takes up where the first stopped
        beside = path.with_name(f".{path.name}")
        recipe.table(file).write_parquet(beside, row_group_size=ROW_GROUP, compression="zstd", compression_level=1)
        beside.rename(path)


def index_file(folder: Path, name: str) -> Path:
    """Return the path of an index file of the data in a folder: `flat` or `levels`."""
    return folder.with_name(f"{folder.name}-{name}.toml")


_METHODOLOGY = """[data]
unit = "unit"
groups = ["region"]

[methodology]
normalisation = "min_max"
weighting = "entropy"
aggregation = "arithmetic"

"""


def flat_index() -> str:
    """Return an index file without dimensions: 20 indicators under the index."""
    return _METHODOLOGY + "[indicators]\n" + "".join(f'{name} = {{ direction = "benefit" }}\n' for name in INDICATORS)


def index_of_levels() -> str:
    """Return an index file of three levels: two pillars of two dimensions of five indicators."""
    lines = ["[indicators]"]
    for dimension, names in DIMENSIONS.items():
        lines += [f'{name} = {{ dimension = "{dimension}", direction = "benefit" }}' for name in names]
    lines += ["", "[dimensions]"]
    for pillar, names in PILLARS.items():
        lines += [f"{pillar} = {{}}", *(f'{name} = {{ parent = "{pillar}" }}' for name in names)]
    return _METHODOLOGY + "\n".join([*lines, ""])


def main() -> None:
    """Write the data that the command line describes."""
    parser = ArgumentParser(description="Write units × 20 indicators in a folder of Parquet files.")
    parser.add_argument("rows", type=float, help="for example 1e6, 1e7 or 1e8")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--missing", type=float, default=0.0, help="share of values that are missing, such as 0.05")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    write(Recipe(int(options.rows), options.missing), options.folder, options.processes)
    size = sum(path.stat().st_size for path in options.folder.glob("*.parquet"))
    sys.stdout.write(f"{size / 1e9:.2f} GB in {options.folder}\n")


if __name__ == "__main__":
    main()
