"""Speed of statistics and weights within periods: `pytest -n 0 tests/benchmarks/bench_scopes.py`.

Not part of the test run, and no figure is asserted: machines are noisy. The yardstick is polars by hand: grouped
queries, without a check. Times are those of the processor.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia

if TYPE_CHECKING:
    from collections.abc import Callable

PERIODS, UNITS = 100, 200
NAMES = [f"x{number}" for number in range(20)]
Z = [pl.col(name) for name in NAMES]
SCALED = [(x - x.min()) / (x.max() - x.min()) for x in Z]


def panel() -> pl.DataFrame:
    x = np.random.default_rng(1).lognormal(size=(PERIODS * UNITS, len(NAMES)))
    about = {"unit": [f"unit {unit}" for unit in range(UNITS)] * PERIODS, "year": np.repeat(np.arange(PERIODS), UNITS)}
    return pl.DataFrame(about).hstack(pl.DataFrame(x, NAMES))


def entropy(z: pl.Expr) -> pl.Expr:
    share = z / z.sum()
    return 1 + pl.when(share > 0).then(share * share.log()).otherwise(0.0).sum() / pl.len().log()


def weights_by_hand(table: pl.DataFrame, weight: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    z = table.with_columns(SCALED)
    weights = z.group_by("year", maintain_order=True).agg(weight(pl.col(name)).alias(name) for name in NAMES)
    shares = weights.select("year", *((pl.col(name) / pl.sum_horizontal(NAMES)).alias(f"w {name}") for name in NAMES))
    weighted = z.join(shares, on="year", how="left", maintain_order="left")
    return ranked(weighted, pl.sum_horizontal(pl.col(name) * pl.col(f"w {name}") for name in NAMES))


def statistics_by_hand(table: pl.DataFrame) -> pl.DataFrame:
    return ranked(table.with_columns(scaled.over("year") for scaled in SCALED), pl.mean_horizontal(NAMES))


def ranked(table: pl.DataFrame, score: pl.Expr) -> pl.DataFrame:
    scores = table.select("unit", "year", score.alias("score"))
    rank = pl.col("score").rank("min", descending=True).over("year")
    return scores.with_columns(rank.alias("rank")).sort("year", "rank")


def processor_time(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


CASES: dict[str, tuple[dict[str, Any], Callable[[pl.DataFrame], pl.DataFrame]]] = {
    "entropy within": ({"weighting": "entropy", "weights": "period"}, lambda table: weights_by_hand(table, entropy)),
    "standard deviation within": (
        {"weighting": "standard_deviation", "weights": "period"},
        lambda table: weights_by_hand(table, lambda z: z.std()),
    ),
    "statistics within": ({"weighting": "equal", "statistics": "period"}, statistics_by_hand),
}


@pytest.mark.filterwarnings("ignore::indicia.errors.IndiciaWarning")
@pytest.mark.parametrize("case", CASES)
def test_within_a_hundred_periods(compare: Callable[..., None], case: str) -> None:
    table = panel()
    words, by_hand = CASES[case]
    methodology = {"normalisation": "min_max", "aggregation": "arithmetic", **words}
    data = {"unit": "unit", "period": "year"}
    index = indicia.read({"data": data, "indicators": {name: {} for name in NAMES}, "methodology": methodology})
    compare(
        f"{case}, {PERIODS} periods of {UNITS} units, {len(NAMES)} indicators",
        lambda: processor_time(lambda: index.score(table).scores),
        {"polars by hand": lambda: processor_time(lambda: by_hand(table))},
    )
