"""A unit that stands in several partitions is refused, as in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from partition_cuts import score_partitions

import indicia
from indicia.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path


def index_of(**data: str) -> indicia.Index:
    return indicia.read({"data": {"unit": "city", **data}, "indicators": {"income": {}}})


def frame_of(names: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"city": names, "income": [float(number) for number in range(len(names))]})


def error_of(index: indicia.Index, frame: pl.DataFrame, folder: Path | None = None) -> str:
    with pytest.raises(DataError) as error:
        index.score_frame(frame) if folder is None else score_partitions(index, frame, [2, 2, 4], folder)
    return str(error.value)


def test_a_unit_of_two_partitions_is_named_with_both(tmp_path: Path) -> None:
    frame = frame_of(["Lima", "Oslo", "Rome", "Pune", "Oslo", "Quito"])
    error = error_of(index_of(), frame, tmp_path)
    assert "city: 1 stands more than once (Oslo)" in error
    assert "Oslo: partition 1; partition 4" in error
    assert "keep one row per unit, or name the period" in error


def test_the_fault_and_the_remedy_are_those_of_memory(tmp_path: Path) -> None:
    frame = frame_of(["Lima", "Oslo", "Lima", "Pune", "Oslo", "Quito"])
    what, *_, remedy = error_of(index_of(), frame, tmp_path).splitlines()
    assert [what, remedy] == error_of(index_of(), frame).splitlines()


def test_two_spellings_in_two_partitions_are_refused_as_in_memory(tmp_path: Path) -> None:
    frame = frame_of(["Lima", "Bogot\u00e1", "Rome", "Pune", "Bogota\u0301", "Quito"])
    assert error_of(index_of(), frame, tmp_path) == error_of(index_of(), frame)


def test_a_unit_may_stand_in_other_partitions_in_other_periods(tmp_path: Path) -> None:
    frame = frame_of(["Lima", "Oslo"] * 3).with_columns(year=pl.Series([1, 1, 2, 2, 3, 3]))
    assert len(score_partitions(index_of(period="year"), frame, [2, 2, 4], tmp_path)) == 3
