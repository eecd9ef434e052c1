"""Ranks over partitions are those of all rows at once."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indicia.methods.noise import NOISE, by_group, noise_levels, ranks_in_order, without_noise
from indicia.partitions.ranks import Ranking, rank_runs, read_equalised, read_ranks
from indicia.partitions.sorted_runs import write_run

TIES = ("min", "max", "average", "dense")


@dataclass(frozen=True)
class Ranked:
    ranks: pl.DataFrame
    equalised: pl.Series
    counts: dict[str, object]


def rank_partitions(
    values: pl.Series,
    cuts: list[int],
    ranking: Ranking,
    keys: list[npt.NDArray[np.int32]],
    *,
    tolerance: float | None = None,
    bucket_rows: int = 3,
) -> Ranked:
    """Rank a column whose rows are cut into partitions; buckets and samples are tiny."""
    edges = [0, *sorted(cuts), len(values)]
    parts = [slice(start, end) for start, end in pairwise(edges)]
    names = [f"rank {number}" for number in range(len(keys))]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        samples = [
            write_run(values[part], folder, "index", number, [key[part] for key in keys], sampled=4)
            for number, part in enumerate(parts)
        ]
        counts = rank_runs(samples, folder, "index", ranking, tolerance=tolerance, bucket_rows=bucket_rows)
        heights = [part.stop - part.start for part in parts]
        ranks = [
            read_ranks(folder, "index", number, height, ranking, columns=names) for number, height in enumerate(heights)
        ]
        equalised = [read_equalised(folder, "index", values[part]) for part in parts]
    return Ranked(pl.concat(ranks, how="vertical_relaxed"), pl.concat(equalised), counts)


def expected_ranks(
    values: pl.Series, tolerance: float, ranking: Ranking, codes: npt.NDArray[np.int32]
) -> list[float | None]:
    """Rank a column in memory, as the stage does, by levels within a tolerance."""
    rows, level = noise_levels(values, tolerance)
    if not ranking.lowest_first:
        rows, level = rows[::-1], level[::-1]
    ranked = codes[rows] >= 0
    rows, level = rows[ranked], level[ranked]
    order = by_group(codes[rows].astype(np.uint32))
    rows, level = rows[order], level[order]
    ranks: list[float | None] = [None] * len(values)
    for row, rank in zip(rows, ranks_in_order(level, codes[rows].astype(np.uint32), ranking.ties), strict=True):
        ranks[row] = float(rank)
    return ranks


NEAR = pl.Series("x", [1.0] * 3 + [1.0 + 4e-13] * 3 + [1.0 + 8e-13] * 3)
"""One level over three buckets, the second of which may lack a code."""

numbers = st.one_of(
    st.none(),
    st.sampled_from([0.0, -0.0, 1.0, 1.0 + 4e-13, 1.0 + 8e-13, 1.0 + 12e-13, 0.3, 0.1 + 0.2, -2.5, 5e-324]),
    st.floats(-1e6, 1e6),
)


@st.composite
def columns(draw: st.DrawFn) -> tuple[pl.Series, list[int], list[npt.NDArray[np.int32]]]:
    values = draw(st.lists(numbers, max_size=40))
    cuts = draw(st.lists(st.integers(0, len(values)), max_size=5))
    keys = [draw(st.lists(st.integers(-1, 2), min_size=len(values), max_size=len(values))) for _ in range(2)]
    return pl.Series("x", values, pl.Float64), cuts, [np.array(key, np.int32) for key in keys]


@given(columns(), st.sampled_from(TIES), st.booleans(), st.integers(1, 6))
@settings(max_examples=50)
@example((pl.Series("x", [], pl.Float64), [], [np.zeros(0, np.int32)] * 2), "min", True, 1)
@example((NEAR, [3, 6], [np.array([0, 0, 0, 1, 1, 1, 0, 0, 0], np.int32)] * 2), "dense", True, 2)
@example((pl.Series("x", [1.0] * 9), [3, 3, 6], [np.zeros(9, np.int32)] * 2), "dense", False, 1)
def test_ranks_over_partitions_are_those_of_memory(
    column: tuple[pl.Series, list[int], list[npt.NDArray[np.int32]]], ties: str, lowest_first: bool, bucket_rows: int
) -> None:
    values, cuts, keys = column
    ranking = Ranking(ties, lowest_first)
    result = rank_partitions(values, cuts, ranking, keys, bucket_rows=bucket_rows)
    tolerance = NOISE * max(map(abs, values.drop_nulls()), default=0.0)
    for key, column_of_ranks in zip(keys, result.ranks, strict=True):
        assert column_of_ranks.cast(pl.Float64).to_list() == expected_ranks(values, tolerance, ranking, key)
    assert result.equalised.to_list() == without_noise(values).to_list()


@given(columns(), st.sampled_from(TIES), st.booleans())
@settings(max_examples=25)
def test_ranks_without_a_tolerance_are_those_of_polars(
    column: tuple[pl.Series, list[int], list[npt.NDArray[np.int32]]], ties: str, lowest_first: bool
) -> None:
    values, cuts, _ = column
    everyone = np.zeros(len(values), np.int32)
    result = rank_partitions(values, cuts, Ranking(ties, lowest_first), [everyone], tolerance=0.0)
    expected = values.rank(ties, descending=not lowest_first)
    assert result.ranks.to_series().cast(pl.Float64).to_list() == expected.cast(pl.Float64).to_list()


def test_noise_is_counted() -> None:
    everyone = [np.zeros(9, np.int32)]
    counts = rank_partitions(NEAR, [3, 6], Ranking(), everyone, bucket_rows=2).counts
    expected = {"noisy_levels": 1, "noisy_rows": 9, "longest": (9, 1.0, 1.0 + 8e-13)}
    assert counts == {"rows": 9, "tolerance": 1e-12 * (1.0 + 8e-13), **expected}


def test_a_task_that_runs_again_changes_no_byte(tmp_path: Path) -> None:
    values = pl.Series("x", np.random.default_rng(0).integers(0, 9, 300) / 7)
    contents = []
    for _ in range(2):
        samples = [write_run(values, tmp_path, "index", number, [np.zeros(300, np.int32)]) for number in range(2)]
        rank_runs(samples, tmp_path, "index", Ranking(), bucket_rows=50)
        contents.append({file.name: file.read_bytes() for file in tmp_path.rglob("*.arrays")})
    assert contents[0] == contents[1]
    assert not list(tmp_path.rglob("*.part"))


def test_the_shortest_value_stands_for_values_that_noise_parts() -> None:
    values = pl.Series("x", [0.1 + 0.2, 0.3, 0.29999999999999993, None, 1.0])
    ranking = Ranking(equal_value="shortest")
    result = rank_partitions(values, [1, 3], ranking, [np.zeros(5, np.int32)], bucket_rows=1)
    assert result.equalised.to_list() == [0.3, 0.3, 0.3, None, 1.0]
