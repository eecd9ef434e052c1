"""min_max > entropy > arithmetic over a folder of Parquet, by hand in streaming polars.

    python tests/benchmarks/by_hand_streaming.py run /tmp/big/units /tmp/big/out levels [--short]

A query for the extremes; a query for the means of normalised values; a query for the weights of each level; a query
that writes units, regions and scores; then exact ranks, with scores equal that differ by rounding noise, and the folder
of Parquet with scores and ranks, in the order of the rows. Nothing is checked. `--short` saves the second query by
algebra, as Indicia does: the mean of normalised values follows from that of the raw values.
"""

from __future__ import annotations

import json
import shutil
import sys
from math import log
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from partitioned_data import DIMENSIONS, INDICATORS, PILLARS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

Levels = list[dict[str, list[str]]]
"""The nodes of each level and their parts, from the lowest level."""

LEVELS: dict[str, Levels] = {
    "flat": [{"score": INDICATORS}],
    "levels": [DIMENSIONS, PILLARS, {"score": list(PILLARS)}],
}

NOISE = 1e-12


def fit(data: Path, levels: Levels, work: Path, *, short: bool = False) -> tuple[dict[str, tuple[float, float]], dict]:
    """Return the extremes of indicators, and the weights of parts by node; in a pass less if `short`."""
    source = pl.scan_parquet(data / "*.parquet")
    facts = (
        source.select(
            pl.len().alias("n"),
            *(pl.col(x).min().alias(f"{x} min") for x in INDICATORS),
            *(pl.col(x).max().alias(f"{x} max") for x in INDICATORS),
            *(pl.col(x).mean().alias(f"{x} mean") for x in INDICATORS if short),
        )
        .collect(engine="streaming")
        .row(0, named=True)
    )
    ends = {x: (facts[f"{x} min"], facts[f"{x} max"]) for x in INDICATORS}
    table, weights = source.select(normalised(ends)), {}
    if short:
        means = {x: (facts[f"{x} mean"] - low) / (high - low) for x, (low, high) in ends.items()}
    else:
        means = means_of(table)
    for number, nodes in enumerate(levels):
        parts = [part for parts in nodes.values() for part in parts]
        divergences = (
            table.select(divergence(part, means[part], facts["n"]) for part in parts)
            .collect(engine="streaming")
            .row(0, named=True)
        )
        for node, names in nodes.items():
            total = sum(divergences[name] for name in names)
            weights[node] = {name: divergences[name] / total for name in names}
        if number + 1 < len(levels):  # the scores of a level are small: later queries read them from a file
            path = work / f"level-{number}.parquet"
            table.select(weighted_means(nodes, weights)).sink_parquet(path, compression="lz4")
            table = pl.scan_parquet(path)
            means = means_of(table)
    return ends, weights


def means_of(table: pl.LazyFrame) -> dict[str, float]:
    """Return the means of all columns."""
    return table.select(pl.all().mean()).collect(engine="streaming").row(0, named=True)


def normalised(ends: Mapping[str, tuple[float, float]]) -> Iterable[pl.Expr]:
    """Return the indicators from 0 to 1."""
    return ((pl.col(x) - low) / (high - low) for x, (low, high) in ends.items())


def divergence(part: str, mean: float, n: int) -> pl.Expr:
    """Return the weight by entropy before it is divided by the sum, in the form that keeps its digits."""
    z = pl.col(part)
    off = z - mean
    uneven = pl.when(z <= 0).then(mean).otherwise(z * (off / mean).log1p() - off).sum()
    return (uneven / (mean * n * log(n))).alias(part)


def weighted_means(nodes: Mapping[str, list[str]], weights: Mapping[str, Mapping[str, float]]) -> Iterable[pl.Expr]:
    """Return the scores of nodes."""
    return (pl.sum_horizontal(pl.col(x) * weights[node][x] for x in parts).alias(node) for node, parts in nodes.items())


def run(data: Path, levels: Levels, out: Path, *, short: bool = False) -> None:
    """Write scores and ranks to a folder; in a pass less if `short`."""
    work = out.with_name(f"{out.name}.work")
    work.mkdir(parents=True)
    ends, weights = fit(data, levels, work, short=short)
    table = pl.scan_parquet(data / "*.parquet").select("unit", "region", *normalised(ends))
    for nodes in levels:
        table = table.with_columns(weighted_means(nodes, weights))
    nodes_of_all = [node for nodes in levels for node in nodes]
    scores = work / "scores.parquet"
    table.select("unit", "region", *nodes_of_all).sink_parquet(scores, compression="zstd", row_group_size=500_000)
    ranks = noise_ranks(pl.read_parquet(scores, columns=["score"])["score"])
    out.mkdir()
    scan, rows = pl.scan_parquet(scores), 1_000_000
    for number, first in enumerate(range(0, len(ranks), rows)):
        part = scan.slice(first, rows).collect(engine="streaming")
        part.with_columns(ranks[first : first + rows].alias("rank")).write_parquet(out / f"part-{number:05}.parquet")
    shutil.rmtree(work)


def noise_ranks(scores: pl.Series) -> pl.Series:
    """Return ranks from the highest score, ties by the lowest rank; neighbours within rounding noise are ties."""
    numbers = scores.to_numpy()
    order: npt.NDArray[np.intp] = np.argsort(numbers)[::-1]
    numbers = numbers[order]
    first = np.zeros(len(order), np.uint32)
    starts = np.flatnonzero(np.diff(numbers) < -NOISE * numbers[0]) + 1
    del numbers
    first[starts] = starts
    np.maximum.accumulate(first, out=first)
    ranks = np.empty(len(order), np.uint32)
    ranks[order] = first + 1
    return pl.Series("rank", ranks)


def main() -> None:
    """Run the command line: `fit|run DATA OUT flat|levels [--short]`."""
    job, data, out, levels, *options = sys.argv[1:]
    short = "--short" in options
    if job == "run":
        run(Path(data), LEVELS[levels], Path(out), short=short)
        return
    work = Path(f"{out}.work")
    work.mkdir(parents=True)
    ends, weights = fit(Path(data), LEVELS[levels], work, short=short)
    Path(out).write_text(json.dumps({"ends": ends, "weights": weights}))
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
