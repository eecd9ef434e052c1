"""A run over partitions on local processes, two workers of Dask and two executors of Spark: the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import engine_tasks
import numpy as np
import polars as pl
import pytest
from clusters import killing_a_worker

import indicia
from indicia_partitions.run import run_partitions

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.index import Index
    from indicia_engines import Engine

pytestmark = pytest.mark.thorough

ROWS = 40_000


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random, folder = np.random.default_rng(22), tmp_path_factory.mktemp("units") / "parts"
    folder.mkdir()
    for number in range(6):
        names = pl.Series([f"u{number}-{row}" for row in range(ROWS)])
        columns = {name: random.random(ROWS).round(3) for name in ("income", "schooling", "waste")}
        pl.DataFrame({"unit": names, **columns}).write_parquet(folder / f"{number}.parquet")
    return folder


@pytest.fixture(scope="module")
def index() -> Index:
    indicators = {"income": {"direction": "benefit"}, "schooling": {}, "waste": {"direction": "cost"}}
    methods = {"weighting": "entropy", "aggregation": "topsis"}
    return indicia.read({"data": {"unit": "unit"}, "indicators": indicators, "methodology": methods})


@pytest.fixture(scope="module")
def expected(index: Index, parts: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of an undisturbed run in this process."""
    folder = tmp_path_factory.mktemp("here") / "scores"
    index.score_partitions(folder, parts, engine="memory", rows=ROWS)
    return bytes_of(folder)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def test_a_run_has_the_bytes_of_a_run_in_this_process_although_a_worker_is_killed(
    engine: Engine, index: Index, parts: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    folder = tmp_path / "scores"
    # the first round is over, and the workers are in the second
    has_begun = (folder / ".indicia" / "round-0000.zip").exists
    with killing_a_worker(engine.name, when=has_begun) as killed:
        run_partitions(index, parts, folder, engine, rows=ROWS)
    assert len(killed) == 1
    assert bytes_of(folder) == expected


def test_a_plugin_file_goes_along_to_the_workers(engine: Engine, parts: Path, tmp_path: Path) -> None:
    file = tmp_path / "halver.py"
    engine_tasks.index_with_plugin(file)
    raw = {"data": {"unit": "unit"}, "indicators": {"income": {}}, "methodology": {"normalisation": "halved"}}
    index = indicia.read(raw, plugins=[file])
    run_partitions(index, parts / "0.parquet", tmp_path / "scores", engine, rows=ROWS // 2)
    scores = pl.read_parquet(tmp_path / "scores" / "*.parquet")
    incomes = pl.read_parquet(parts / "0.parquet")["income"]
    assert scores["score"].to_list() == (incomes / 2).to_list()
