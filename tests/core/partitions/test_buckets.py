"""Buckets divide the values of all partitions into ranges of a limited size."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.partitions.rank_buckets import splitters
from indicia.partitions.sorted_runs import RunSample, write_run


def samples_of(parts: list[list[float]], folder: Path, sampled: int) -> list[RunSample]:
    columns = [pl.Series(part, dtype=pl.Float64) for part in parts]
    return [write_run(column, folder, "x", number, sampled=sampled) for number, column in enumerate(columns)]


values = st.one_of(st.integers(0, 3).map(float), st.floats(allow_nan=False))


@given(st.lists(st.lists(values, max_size=30), max_size=4), st.integers(1, 10), st.integers(1, 5))
@settings(max_examples=60)
def test_no_bucket_of_several_values_exceeds_its_rows_by_more_than_the_steps_of_samples(
    parts: list[list[float]], bucket_rows: int, sampled: int
) -> None:
    with TemporaryDirectory() as folder:
        samples = samples_of(parts, Path(folder), sampled)
    buckets = splitters(samples, bucket_rows)
    present = np.sort(np.concatenate([np.zeros(0), *map(np.array, parts)]))
    bucket = np.searchsorted(buckets.lowest, present, "right") - 1
    rows = np.bincount(bucket, minlength=len(buckets))
    for number in range(len(buckets)):
        distinct = np.unique(present[bucket == number])
        if buckets.has_single_value(number):
            assert len(distinct) <= 1
        elif len(distinct) > 1:
            assert rows[number] <= bucket_rows + sum(sample.step for sample in samples)
    assert rows.sum() == len(present)


def test_a_value_of_many_rows_has_a_bucket_of_its_own(tmp_path: Path) -> None:
    samples = samples_of([[0.0] * 90 + [1.0, 2.0], [0.0] * 50 + [-1.0]], tmp_path, 50)
    buckets = splitters(samples, 20)
    assert [bool(low == 0) for low in buckets.lowest] == [buckets.has_single_value(n) for n in range(len(buckets))]
    assert 0.0 in buckets.lowest
