from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import indicia

UNITS = 300


def panel() -> pl.DataFrame:
    """Return units of three years in no order, with gaps, equal scores, and a unit in five without a group."""
    rng = np.random.default_rng(0)
    year = np.repeat([2003, 2001, 2002], UNITS)
    table = pl.DataFrame({"unit": [f"u{row % UNITS}" for row in range(len(year))], "year": year})
    table = table.with_columns(
        x=pl.Series(rng.integers(0, 40, len(year)) / 7).set(pl.Series(rng.random(len(year)) < 0.1), None),
        group=pl.Series([[None, "a", "b", "c", "b"][row % 5] for row in range(len(year))]),
    )
    return table.sample(fraction=1, shuffle=True, seed=1)


@pytest.mark.parametrize("ties", ["min", "max", "average", "dense"])
@pytest.mark.parametrize("aggregation", ["arithmetic", "vikor"])
def test_ranks_are_those_of_polars_within_each_period_and_group(ties: str, aggregation: str) -> None:
    table = panel()
    index = indicia.read(
        {
            "data": {"unit": "unit", "period": "year", "groups": ["group"]},
            "indicators": {"x": {}, "again": {"column": "x"}},
            "eligible": {"without": ["u7", "u8"]},
            "methodology": {
                "normalisation": "none",
                "aggregation": aggregation,
                "missing": "propagate",
                "ties": ties,
                "ranks": ["group"],
            },
        }
    )
    scores = index.score(table).scores
    eligible = pl.when(~pl.col("unit").is_in(["u7", "u8"])).then(pl.col("score").round(12))
    rank = eligible.rank(ties, descending=aggregation == "arithmetic")
    expected = scores.select(
        rank.over("year").alias("rank"),
        pl.when(pl.col("group").is_not_null()).then(rank.over("year", "group")).alias("rank_group"),
    ).cast(pl.Float64 if ties == "average" else pl.Int64)
    assert scores.select("rank", "rank_group").equals(expected)
