"""Bands of ranks over partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

import indicia
from indicia.errors import DataError
from indicia.partitions.partition import NeedsAllRows

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.index import Index

TOWNS = pl.DataFrame(
    {
        "town": [f"t{number}" for number in range(9)],
        "year": [2023, 2024, 2024] * 3,
        "income": [5.0, 9.0, 1.0, 7.0, 3.0, 8.0, 2.0, 6.0, 4.0],
    }
)


def index_with(bands: dict[str, object], **data: str) -> Index:
    return indicia.read({"data": {"unit": "town", **data}, "indicators": {"income": {}}, "bands": {"third": bands}})


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    folder = tmp_path / "parts"
    folder.mkdir()
    for number, (start, end) in enumerate([(0, 1), (1, 6), (6, 9)]):
        TOWNS[start:end].write_parquet(folder / f"{number}.parquet")
    return folder


@pytest.mark.parametrize("period", [{}, {"period": "year"}])
@pytest.mark.parametrize("bands", [{"of": "rank", "shares": 3}, {"of": "rank", "thresholds": [2, 4]}])
def test_bands_of_ranks_are_those_of_a_run_in_memory(bands, period, parts, tmp_path):
    index = index_with(bands, **period)
    result = index.score_partitions(tmp_path / "scores", parts, workers=1, rows=2)
    assert result.scan().collect().equals(index.score(TOWNS).scores)


def test_shares_of_more_bands_than_units_are_refused(parts, tmp_path):
    with pytest.raises(DataError, match="10 shares of the bands third need as many units, and there are 9"):
        index_with({"of": "rank", "shares": 10}).score_partitions(tmp_path / "scores", parts, workers=1, rows=2)


def test_shares_by_a_score_are_refused_before_anything_is_read(tmp_path):
    with pytest.raises(NeedsAllRows, match="the bands third share out all units by score") as caught:
        index_with({"of": "score", "shares": 3}).score_partitions(tmp_path / "scores", tmp_path, workers=1)
    assert 'of = "rank"' in str(caught.value)
