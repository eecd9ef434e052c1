"""Sums of running sums over partitions are those of polars."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indicia.partitions.sorted_columns import sum_of_running_sums
from indicia.partitions.sorted_runs import write_run

rows = st.lists(st.tuples(st.one_of(st.none(), st.sampled_from([0.0, 2.5]), st.floats(0, 1e3)), st.integers(-1, 2)))


@given(rows, st.lists(st.integers(0, 20), max_size=3), st.integers(1, 5))
@settings(max_examples=25)
@example([(3.0, 0)] * 9, [2, 4], 1)
def test_sums_of_running_sums_by_group_are_those_of_polars(
    rows: list[tuple[float | None, int]], cuts: list[int], bucket_rows: int
) -> None:
    frame = pl.DataFrame(rows, schema={"x": pl.Float64, "code": pl.Int32}, orient="row")
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    with TemporaryDirectory() as folder:
        samples = []
        for number, (start, end) in enumerate(pairwise(edges)):
            part = frame[start:end]
            samples.append(write_run(part["x"], Path(folder), "x", number, [part["code"].to_numpy()], sampled=3))
        sums = sum_of_running_sums(samples, Path(folder), "x", bucket_rows=bucket_rows)
    for code, value in enumerate(sums):
        x = frame.filter(pl.col("code") == code)["x"]
        assert value == pytest.approx(x.sort().cum_sum().sum(), rel=1e-13, abs=0)


def test_the_values_1_2_4_have_running_sums_of_11(tmp_path: Path) -> None:
    code = [np.zeros(1, np.int32)]
    samples = [write_run(pl.Series([x]), tmp_path, "x", number, code) for number, x in enumerate([4.0, 1.0, 2.0])]
    assert sum_of_running_sums(samples, tmp_path, "x", bucket_rows=1).to_list() == [1 + (1 + 2) + (1 + 2 + 4)]
