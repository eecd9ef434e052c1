"""The facts on which the results of a run over partitions depend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

import indicia
from indicia.data.table_partitions import TablePartitions, find_partitions
from indicia_partitions.replay import identity_of, manifest_of_partitions

if TYPE_CHECKING:
    from pathlib import Path

INDEX = {"data": {"unit": "city"}, "indicators": {"x": {}, "y": {"direction": "cost"}}}
TABLE = pl.DataFrame({"city": ["Lima", "Oslo", "Rome"], "x": [1.0, 2.0, 3.0], "y": [4.0, 4.5, 5.0]})


@pytest.fixture
def partitions(tmp_path: Path) -> TablePartitions:
    TABLE.write_parquet(tmp_path / "a.parquet")
    return find_partitions(tmp_path)


def test_the_manifest_has_the_fingerprint_of_the_files(partitions: TablePartitions) -> None:
    manifest = manifest_of_partitions(indicia.read(INDEX), partitions)
    assert manifest["file"] | {"cuts": ""} == {
        "fingerprint": partitions.fingerprint,
        "rows": 3,
        "partitions": 1,
        "cuts": "",
    }


def test_the_identity_of_a_run_names_what_differs(partitions: TablePartitions, tmp_path: Path) -> None:
    index = indicia.read(INDEX)
    before = identity_of(index, partitions)

    def differences(index: indicia.Index, partitions: TablePartitions) -> list[str]:
        after = identity_of(index, partitions)
        return [name for name in before if before[name] != after.get(name)]

    assert differences(indicia.read(INDEX), find_partitions(tmp_path)) == []
    assert differences(index.with_options(normalisation="z_score"), partitions) == ["normalisation"]
    assert differences(index, find_partitions(tmp_path, rows=1)) == ["file"]
    TABLE.reverse().write_parquet(tmp_path / "b.parquet")
    assert differences(index, find_partitions(tmp_path)) == ["file"]
