"""Quantiles, shapes and sums of sorted values over partitions are those of memory."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.formulas import column, record
from indicia.formulas.expression import within_groups
from indicia.partitions.partition import NeedsAllRows, Partition
from indicia.tables.evaluate import evaluate
from indicia.tables.scope import StatisticsScope
from indicia_partitions.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from indicia.formulas import Expression, Recorder

RNG = np.random.default_rng(3)
FRAME = pl.DataFrame({"x": RNG.lognormal(size=90), "year": [None, 2020, 2021] * 30}).with_columns(
    pl.when(pl.col("x") > 0.3).then("x")
)
CUTS = (0, 20, 20, 21, 90)


class Here:
    def map(self, function: Callable[[Any], Any], items: Any) -> Iterator[Any]:
        return map(function, items)


def formula(statistic: Callable[[Any, Expression], Any]) -> Any:
    x = column("x")

    def recorded(recorder: Recorder) -> Expression:
        return x + statistic(recorder("x", x), x)

    return {"z": record(recorded)}


def over_partitions(formulas: Any, key: tuple[str, ...], folder: Path) -> pl.Series:
    def job(rows: pl.DataFrame, partition: Partition) -> pl.DataFrame:
        return evaluate(rows, formulas, StatisticsScope(key, partition=partition), place="test").frame

    parts = [FRAME[start:end] for start, end in pairwise(CUTS)]
    return pl.concat(Replay(job, parts, folder).run(Here()))["z"]


STATISTICS = {
    "median": lambda s, x: s.median,
    "two quantiles beside a mean": lambda s, x: s.quantile(0.1) - s.quantile(0.75) + s.mean,
    "median absolute deviation": lambda s, x: s((x - s.median).abs().median()),
    "skewness and kurtosis": lambda s, x: s(x.skew()) + s(x.kurtosis()),
    "sum of running sums": lambda s, x: s(x.sort().cum_sum().sum()) / s(x.sum()),
}


@pytest.mark.parametrize("key", [(), ("year",)])
@pytest.mark.parametrize("name", STATISTICS)
def test_statistics_over_partitions_are_those_of_memory(name: str, key: tuple[str, ...], tmp_path: Path) -> None:
    formulas = formula(STATISTICS[name])
    memory = evaluate(FRAME, formulas, StatisticsScope(key)).frame["z"]
    partitions = over_partitions(formulas, key, tmp_path)
    assert partitions.is_null().equals(memory.is_null())
    assert partitions.drop_nulls().to_list() == pytest.approx(memory.drop_nulls().to_list(), rel=1e-12)


@pytest.mark.parametrize("ties", ["min", "average"])
def test_ranks_over_partitions_are_those_of_memory_within_a_missing_group_too(ties: str, tmp_path: Path) -> None:
    formulas = {"z": record(lambda recorder: within_groups(column("x").rank(ties).cast(float), ("year",)))}
    memory = evaluate(FRAME, formulas, StatisticsScope(("year",)), whole_column=True).frame["z"]
    assert over_partitions(formulas, ("year",), tmp_path).to_list() == memory.to_list()


def test_a_statistic_that_does_not_merge_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NeedsAllRows, match=r"test needs all rows at once.*rank") as error:
        over_partitions(formula(lambda s, x: s(x.rank("min").mean())), (), tmp_path)
    assert "--engine memory" in str(error.value)
