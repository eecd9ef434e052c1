"""min_max > entropy > arithmetic over a folder of Parquet, by hand in DuckDB's SQL.

    python tests/benchmarks/by_hand_duckdb.py run /tmp/big/units /tmp/big/out levels [--short]

The passes are those of `by_hand_streaming`. Ranks come from a window function, so that rounding noise decides between
scores that differ by it.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from by_hand_streaming import LEVELS, Levels
from partitioned_data import INDICATORS

if TYPE_CHECKING:
    from collections.abc import Iterable

MEMORY = "3GB"
"""DuckDB keeps to this limit for its buffers, and the process takes up to a third more."""


def connect(work: Path) -> duckdb.DuckDBPyConnection:
    """Open a database in memory, with a folder for what does not fit."""
    work.mkdir(parents=True)
    threads = len(os.sched_getaffinity(0))
    return duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(work / "spilt"),
            "threads": threads,
            "preserve_insertion_order": False,
        }
    )


def named(database: duckdb.DuckDBPyConnection, query: str) -> dict[str, float]:
    """Return the only row of a query."""
    answer = database.execute(query)
    names = [column[0] for column in answer.description]
    return dict(zip(names, answer.fetchone(), strict=True))


def fit(
    database: duckdb.DuckDBPyConnection, data: Path, levels: Levels, work: Path, *, short: bool = False
) -> tuple[dict, dict]:
    """Return the extremes of indicators, and the weights of parts by node; in a pass less if `short`."""
    names_of_facts = ("min", "max", "avg") if short else ("min", "max")
    aggregates = (f"{f}({x}) AS {x}_{f}" for x in INDICATORS for f in names_of_facts)
    facts = named(database, f"SELECT count(*) AS n, {', '.join(aggregates)} FROM '{data}/*.parquet'")
    n = int(facts["n"])
    ends = {x: (facts[f"{x}_min"], facts[f"{x}_max"]) for x in INDICATORS}
    table, weights = f"(SELECT {normalised(ends)} FROM '{data}/*.parquet')", {}
    if short:
        means = {x: (facts[f"{x}_avg"] - low) / (high - low) for x, (low, high) in ends.items()}
    else:
        means = means_of(database, INDICATORS, table)
    for number, nodes in enumerate(levels):
        parts = [part for parts in nodes.values() for part in parts]
        divergences = named(database, f"SELECT {', '.join(divergence(x, means[x], n) for x in parts)} FROM {table}")
        for node, names in nodes.items():
            total = sum(divergences[name] for name in names)
            weights[node] = {name: divergences[name] / total for name in names}
        if number + 1 < len(levels):
            path = work / f"level-{number}.parquet"
            database.execute(f"COPY (SELECT {weighted_means(nodes, weights)} FROM {table}) TO '{path}'")
            table = f"'{path}'"
            means = means_of(database, nodes, table)
    return ends, weights


def means_of(database: duckdb.DuckDBPyConnection, columns: Iterable[str], table: str) -> dict[str, float]:
    """Return the means of columns."""
    return named(database, f"SELECT {', '.join(f'avg({x}) AS {x}' for x in columns)} FROM {table}")


def normalised(ends: dict[str, tuple[float, float]]) -> str:
    """Return the indicators from 0 to 1."""
    return ", ".join(f"({x} - {low!r}::DOUBLE) / {high - low!r}::DOUBLE AS {x}" for x, (low, high) in ends.items())


def divergence(x: str, mean: float, n: int) -> str:
    """Return the weight by entropy before it is divided by the sum."""
    m = f"{mean!r}::DOUBLE"
    uneven = f"CASE WHEN {x} <= 0 THEN {m} ELSE {x} * ln({x} / {m}) - ({x} - {m}) END"
    return f"sum({uneven}) / ({m} * {n} * ln({n})) AS {x}"


def weighted_means(nodes: dict[str, list[str]], weights: dict[str, dict[str, float]]) -> str:
    """Return the scores of nodes."""
    sums = {node: " + ".join(f"{x} * {weights[node][x]!r}::DOUBLE" for x in parts) for node, parts in nodes.items()}
    return ", ".join(f"{text} AS {node}" for node, text in sums.items())


def run(data: Path, levels: Levels, out: Path, *, short: bool = False) -> None:
    """Write scores and ranks to a folder; in a pass less if `short`."""
    work = Path(f"{out}.work")
    database = connect(work)
    ends, weights = fit(database, data, levels, work, short=short)
    table = f"(SELECT unit, region, {normalised(ends)} FROM '{data}/*.parquet')"
    for nodes in levels:
        table = f"(SELECT *, {weighted_means(nodes, weights)} FROM {table})"
    columns = ", ".join(node for nodes in levels for node in nodes)
    ranked = f"SELECT unit, region, {columns}, rank() OVER (ORDER BY score DESC) AS rank FROM {table}"
    database.execute(f"COPY ({ranked}) TO '{out}' (FORMAT parquet, COMPRESSION zstd, FILE_SIZE_BYTES '64MB')")
    shutil.rmtree(work)


def main() -> None:
    """Run the command line: `fit|run DATA OUT flat|levels [--short]`."""
    job, data, out, levels, *options = sys.argv[1:]
    short = "--short" in options
    if job == "run":
        run(Path(data), LEVELS[levels], Path(out), short=short)
        return
    work = Path(f"{out}.work")
    ends, weights = fit(connect(work), Path(data), LEVELS[levels], work, short=short)
    Path(out).write_text(json.dumps({"ends": ends, "weights": weights}))
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
