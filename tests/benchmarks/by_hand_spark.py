"""min_max > entropy > arithmetic over a folder of Parquet, by hand with the data frames of Spark.

    python tests/benchmarks/by_hand_spark.py run /tmp/big/units /tmp/big/out levels

The passes are those of `by_hand_streaming`. Ranks are exact without a window over all rows, which would put all rows on
one executor: Spark sorts by ranges of scores, and each range adds the number of units in the ranges before it. Equal
scores lie in one range. Rounding noise decides between scores that differ by it. `SPARK_MASTER` is the master, by
default this machine (`local[*]`).
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from math import log
from pathlib import Path
from typing import TYPE_CHECKING

from by_hand_streaming import LEVELS, Levels
from partitioned_data import INDICATORS
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as f

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyspark.sql import Column, DataFrame

MEMORY = "3g"
ROWS_OF_A_RANGE = 1_000_000


def connect(work: Path) -> SparkSession:
    """Open a session."""
    settings = {
        "spark.driver.memory": MEMORY,
        "spark.executor.memory": "1g",
        "spark.local.dir": str(work),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.adaptive.enabled": "false",  # it would merge ranges
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master(os.environ.get("SPARK_MASTER", "local[*]"))
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def fit(spark: SparkSession, data: Path, levels: Levels, work: Path) -> tuple[dict, dict]:
    """Return the extremes of indicators, and the weights of parts by node."""
    source = spark.read.parquet(str(data))
    aggregates = [
        function(x).alias(f"{x} {function.__name__}") for x in INDICATORS for function in (f.min, f.max, f.avg)
    ]
    facts = source.agg(f.count("*").alias("n"), *aggregates).first()
    n = facts["n"]
    ends = {x: (facts[f"{x} min"], facts[f"{x} max"]) for x in INDICATORS}
    means = {x: (facts[f"{x} avg"] - low) / (high - low) for x, (low, high) in ends.items()}
    table, weights = source.select(*normalised(ends)), {}
    for number, nodes in enumerate(levels):
        parts = [part for parts in nodes.values() for part in parts]
        divergences = table.agg(*(divergence(x, means[x], n) for x in parts)).first()
        for node, names in nodes.items():
            total = sum(divergences[name] for name in names)
            weights[node] = {name: divergences[name] / total for name in names}
        if number + 1 < len(levels):
            path = str(work / f"level-{number}")
            table.select(*weighted_means(nodes, weights)).write.parquet(path)
            table = spark.read.parquet(path)
            means = table.agg(*(f.avg(x).alias(x) for x in nodes)).first().asDict()
    return ends, weights


def normalised(ends: dict[str, tuple[float, float]]) -> Iterable[Column]:
    """Return the indicators from 0 to 1."""
    return (((f.col(x) - low) / (high - low)).alias(x) for x, (low, high) in ends.items())


def divergence(part: str, mean: float, n: int) -> Column:
    """Return the weight by entropy before it is divided by the sum, in the form that keeps its digits."""
    z = f.col(part)
    off = z - mean
    uneven = f.when(z <= 0, mean).otherwise(z * f.log1p(off / mean) - off)
    return (f.sum(uneven) / (mean * n * log(n))).alias(part)


def weighted_means(nodes: dict[str, list[str]], weights: dict[str, dict[str, float]]) -> Iterable[Column]:
    """Return the scores of nodes."""
    for node, parts in nodes.items():
        first, *others = (f.col(x) * weights[node][x] for x in parts)
        yield sum(others, start=first).alias(node)


def ranked(spark: SparkSession, table: DataFrame, path: Path) -> DataFrame:
    """Return the rows with ranks, ties by the lowest rank, sorted by score."""
    place = f.spark_partition_id()
    ranges = max(2, table.count() // ROWS_OF_A_RANGE)  # Parquet has the count in its footers
    in_ranges = table.repartitionByRange(ranges, f.desc("score")).withColumn("range", place)
    in_ranges.write.parquet(str(path))  # counts and ranks both read the ranges
    in_ranges = spark.read.parquet(str(path))
    counts = dict(in_ranges.groupBy("range").count().collect())
    offsets, before = [], 0
    for number in sorted(counts):
        offsets.append((number, before))
        before += counts[number]
    within = Window.partitionBy("range").orderBy(f.desc("score"))
    in_range = in_ranges.withColumn("place", f.rank().over(within))
    joined = in_range.join(f.broadcast(spark.createDataFrame(offsets, ["range", "before"])), "range")
    return joined.withColumn("rank", f.col("place") + f.col("before")).drop("range", "place", "before")


def run(data: Path, levels: Levels, out: Path) -> None:
    """Write scores and ranks to a folder."""
    work = Path(f"{out}.work")
    work.mkdir(parents=True)
    spark = connect(work)
    ends, weights = fit(spark, data, levels, work)
    table = spark.read.parquet(str(data)).select("unit", *normalised(ends))
    for nodes in levels:
        table = table.select("*", *weighted_means(nodes, weights))
    table = table.select("unit", *(node for nodes in levels for node in nodes))
    ranked(spark, table, work / "ranges").write.option("compression", "zstd").parquet(str(out))
    spark.stop()
    shutil.rmtree(work)


def main() -> None:
    """Run the command line: `fit|run DATA OUT flat|levels`."""
    job, data, out, levels = sys.argv[1:]
    if job == "run":
        run(Path(data), LEVELS[levels], Path(out))
        return
    work = Path(f"{out}.work")
    work.mkdir(parents=True)
    ends, weights = fit(connect(work), Path(data), LEVELS[levels], work)
    Path(out).write_text(json.dumps({"ends": ends, "weights": weights}))
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
