"""Everyday jobs beside the same by hand and in other libraries: `pytest -n 0 tests/benchmarks/bench_everyday.py`.

Not part of the test run, and no figure is asserted: machines are noisy. A library is compared if it is installed:
`pip install pymcdm scikit-criteria pyrepo-mcda`, and `pip install --no-deps pydecision`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from benchmarks import by_hand
from benchmarks.peers import peers

import indicia

if TYPE_CHECKING:
    from collections.abc import Callable

METHODS = {
    "entropy, arithmetic": {"normalisation": "min_max", "weighting": "entropy", "aggregation": "arithmetic"},
    "topsis": {"normalisation": "vector", "aggregation": "topsis"},
    "vikor": {"normalisation": "none", "aggregation": "vikor"},
    "critic": {"normalisation": "min_max", "weighting": "critic", "aggregation": "arithmetic"},
}
IN_POLARS = {
    "entropy, arithmetic": by_hand.entropy_arithmetic,
    "topsis": by_hand.topsis,
    "vikor": by_hand.vikor,
    "critic": by_hand.critic,
}


def matrix(units: int, indicators: int = 20) -> Any:
    random = np.random.default_rng(1)  # a factor that all share, as indicators of an index have
    return 1 + random.lognormal(size=(units, indicators)) * random.lognormal(size=(units, 1))


def frame(x: Any) -> pl.DataFrame:
    units = pl.select(("unit " + pl.int_range(len(x)).cast(pl.String)).alias("unit"))
    return units.hstack([pl.Series(f"x{j}", x[:, j]) for j in range(x.shape[1])])


@pytest.mark.parametrize("units", [1_000, 100_000, 1_000_000])
@pytest.mark.parametrize("job", METHODS)
def test_ranking(compare: Callable[..., None], job: str, units: int) -> None:
    x = matrix(units)
    table = frame(x)
    indicators = dict.fromkeys(table.columns[1:], "benefit")
    others: dict[str, Callable[[], object]] = {"polars by hand": lambda: IN_POLARS[job](table)}
    if job == "entropy, arithmetic":
        others["polars by hand, streaming"] = lambda: by_hand.entropy_arithmetic(table, streaming=True)
        others["polars by hand, streaming, same formula"] = lambda: by_hand.entropy_arithmetic(
            table, streaming=True, same_formula=True
        )
        others["NumPy by hand"] = lambda: by_hand.entropy_arithmetic_in_numpy(x)
    if units < 1_000_000:
        others |= peers(job, x)

    def here() -> object:
        return indicia.score(table, unit="unit", indicators=indicators, **METHODS[job]).scores

    assert_same_ranks(here(), others["polars by hand"]())
    compare(f"{job}, {units:,} × 20", here, others, times=15 if units == 1_000 else 5)


def assert_same_ranks(ours: Any, theirs: Any) -> None:
    """Make sure that the same is compared."""
    if isinstance(theirs, pl.DataFrame) and "rank" in theirs.columns:
        assert (ours["rank"] == theirs["rank"]).mean() > 0.999
