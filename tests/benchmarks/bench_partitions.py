"""Runs and fits over partitions beside the same by hand: polars streaming, DuckDB and Spark, as ratios of one run.

    pytest -n 0 tests/benchmarks/bench_partitions.py                          # 10^6 rows, no clusters
    python tests/benchmarks/bench_partitions.py 1e8 --folder /tmp/big         # a table with memory, for docs/speed.md
    python tests/benchmarks/bench_partitions.py 1e7 --folder /tmp/big --engines all --index levels

Each job is a process of its own, from the start of the interpreter to the folder of results. The data are those of
`partitioned_data.py`, and the jobs by hand those of `by_hand_*.py`: they make the same ranks and the same output,
without a check. With `--short`, polars and DuckDB also save a pass by algebra, as Indicia does. Jobs alternate; the
least time of a job counts, since other work on the machine only adds to it. 10^8 rows take 3.4 GB for the data and 9 GB
for scratch files.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from argparse import ArgumentParser
from datetime import date
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from measured_process import Measured, measure
from partitioned_data import Recipe, index_file, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

HERE = Path(__file__).parent
ENGINES = {
    "partitions, 1 worker": ["partitions", "--workers", "1"],
    "partitions, 2 workers": ["partitions", "--workers", "2"],
    "dask, 2 workers": ["dask", "--workers", "2"],
    "spark, 2 workers": ["spark", "--workers", "2"],
}
BY_HAND = {"polars streaming": "streaming", "DuckDB": "duckdb", "Spark": "spark"}
PACKAGES = {"dask": "distributed", "spark": "pyspark", "DuckDB": "duckdb", "Spark": "pyspark"}
SHORT = ("polars streaming", "DuckDB")
"""The peers with a form that saves a pass by algebra."""
YARDSTICK = "polars streaming, by hand"


def commands(
    data: Path, job: str, index: str, names: Iterable[str], *, short: bool = False
) -> dict[str, Callable[[Path], list[str]]]:
    """Return the command of each job, given the place of its output.

    `names` selects among engines and peers; `short` adds the short form of the peers that have it.
    """
    wanted, config = set(names), str(index_file(data, index))
    chosen: dict[str, Callable[[Path], list[str]]] = {}
    for name, options in ENGINES.items():
        if name in wanted and _is_installed(options[0]):
            words = ["-m", "indicia", job, str(data), "-c", config, "--engine", *options]
            chosen[f"indicia, {name}"] = lambda out, words=words: [sys.executable, *words, "-o", str(out)]
    for name, module in BY_HAND.items():
        if name in wanted and _is_installed(name):
            script = [sys.executable, str(HERE / f"by_hand_{module}.py"), job, str(data)]
            chosen[f"{name}, by hand"] = lambda out, script=script: [*script, str(out), index]
            if short and name in SHORT:
                chosen[f"{name}, by hand, a pass less"] = lambda out, script=script: [
                    *script,
                    str(out),
                    index,
                    "--short",
                ]
    return chosen


def _is_installed(name: str) -> bool:
    return name not in PACKAGES or find_spec(PACKAGES[name]) is not None


def once(command: Callable[[Path], list[str]], scratch: Path) -> Measured:
    """Run a job once, and remove its output. Modules are compiled already, as after a first run."""
    out = scratch / "out"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(scratch.with_name("bytecode"))}
    try:
        return measure(command(out), environment, [scratch])
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()


def table(job: str, costs: dict[str, list[Measured]]) -> list[str]:
    """Return the lines of a table in Markdown."""
    least = {name: min(cost.seconds for cost in of_job) for name, of_job in costs.items()}
    unit = least.get(YARDSTICK, min(least.values()))
    lines = ["| " + job + " | seconds | ratio | processor seconds | memory | scratch and output |", "|---" * 6 + "|"]
    for name, of_job in costs.items():
        processor = min(cost.processor_seconds for cost in of_job)
        memory, disk = (max(getattr(cost, fact) for cost in of_job) / 2**30 for fact in ("memory", "disk"))
        lines.append(
            f"| {name} | {least[name]:.1f} | {least[name] / unit:.2f} | {processor:.1f} | {memory:.2f} GiB | "
            f"{disk:.2f} GiB |"
        )
    return lines


# The part for pytest


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("partitions") / "units"
    write(Recipe(1_000_000), folder)
    return folder


@pytest.mark.parametrize("index", ["flat", "levels"])
@pytest.mark.parametrize("job", ["fit", "run"])
def test_a_million_rows_in_partitions(
    compare: Callable[..., None], million: Path, tmp_path: Path, job: str, index: str
) -> None:
    names = ["partitions, 1 worker", "partitions, 2 workers", "polars streaming", "DuckDB"]
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def seconds(command: Callable[[Path], list[str]]) -> Callable[[], float]:
        return lambda: once(command, scratch).seconds

    here, *others = commands(million, job, index, names).items()
    compare(
        f"{job} in partitions, 1 worker, 1,000,000 × 20, {index}",
        seconds(here[1]),
        {name: seconds(command) for name, command in others},
        times=3,
    )


# The part for large data


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the data if they are not there, measure the jobs, and print tables."""
    parser = ArgumentParser(description="Measure runs over partitions beside the same by hand.")
    parser.add_argument("rows", type=float, help="for example 1e6, 1e7 or 1e8")
    parser.add_argument("--folder", type=Path, required=True, help="the folder of the data and of scratch files")
    parser.add_argument("--engines", nargs="+", default=["partitions, 2 workers"], help='or "all"')
    parser.add_argument("--by-hand", nargs="*", default=["polars streaming", "DuckDB"], help='or "all"')
    parser.add_argument("--index", default="flat", choices=["flat", "levels"])
    parser.add_argument("--jobs", nargs="+", default=["fit", "run"], choices=["fit", "run"])
    parser.add_argument("--short", action="store_true", help="measure also the forms that save a pass by algebra")
    parser.add_argument("--times", type=int, default=3, help="runs of each job (default: 3)")
    options = parser.parse_args(arguments)
    recipe = Recipe(int(options.rows))
    data, scratch = options.folder / f"units-{recipe.rows}", options.folder / "scratch"
    write(recipe, data, processes=len(os.sched_getaffinity(0)))
    scratch.mkdir(exist_ok=True)
    names = [*(ENGINES if "all" in options.engines else options.engines)]
    names += BY_HAND if "all" in options.by_hand else options.by_hand
    versions = ", ".join(f"{name} {version(name)}" for name in ("polars", "duckdb", "pyspark", "distributed"))
    _print(f"{date.today()}, {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}, {versions}\n")
    for job in options.jobs:
        chosen = commands(data, job, options.index, names, short=options.short)
        costs: dict[str, list[Measured]] = {name: [] for name in chosen}
        for _ in range(options.times):
            for name, command in chosen.items():
                costs[name].append(once(command, scratch))
        _print("\n".join([*table(f"{job}, {options.index}, {recipe.rows:,} × 20", costs), ""]))


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
