"""Processes, Dask and Spark give the draws of a run in memory, also if a worker dies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import engine_tasks
import numpy as np
import polars as pl
import pytest
from clusters import kill_a_worker

from indicia_robustness import draw_blocks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index
    from indicia_engines import EngineName

    Make = Callable[..., Index]

pytestmark = pytest.mark.thorough

UNITS = 200
VARIED: dict[str, Any] = {
    "weights": {"dirichlet": 20.0},
    "normalisation": ["min_max(lower=1, upper=9)", "z_score(mean=50, sd=8)"],
    "aggregation": ["arithmetic", "median"],
    "noise": 0.02,
    "draws": 120,
    "seed": 1,
}


@pytest.fixture
def table(indicators: dict[str, Any]) -> pl.DataFrame:
    """The data of many units."""
    numbers = np.random.default_rng(1).lognormal(size=(len(indicators), UNITS))
    names = {"city": [f"c{unit}" for unit in range(UNITS)], "region": ["n", "s"] * (UNITS // 2)}
    return pl.DataFrame({**names, **dict(zip(indicators, numbers, strict=True))})


@pytest.mark.parametrize("name", ["partitions", "dask", "spark"])
def test_a_worker_that_is_killed_changes_no_draw(
    made: Make, table: pl.DataFrame, name: EngineName, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, Any] = {"workers": 2}
    if name != "partitions":
        options = {"scheduler": request.getfixturevalue({"dask": "dask_url", "spark": "spark_master"}[name])}
    memory = made().robustness(table, **VARIED).figures
    monkeypatch.setattr(draw_blocks, "BLOCK_ROWS", 15 * UNITS)
    killed = []

    def kill_once(done: int, total: int) -> None:
        if not killed:
            killed.append(kill_a_worker(name))

    blocks = made().robustness(table, engine=name, progress=kill_once, **options, **VARIED).figures
    assert killed
    np.testing.assert_array_equal(memory.compact_ranks, blocks.compact_ranks)
    assert memory.units.equals(blocks.units)
    assert memory.manifest == blocks.manifest


def test_one_two_and_three_processes_give_the_same_draws(
    made: Make, table: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draw_blocks, "BLOCK_ROWS", 17 * UNITS)
    one, two, three = (
        made().robustness(table, engine="partitions", workers=workers, **VARIED).figures.compact_ranks
        for workers in (1, 2, 3)
    )
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, three)


def test_processes_draw_methods_of_a_plugin_file(tmp_path: Path) -> None:
    index = engine_tasks.index_with_plugin(tmp_path / "halver.py")
    table = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "income": [2.0, 6.0, 7.0]})
    varied: dict[str, Any] = {"normalisation": ["halved", "rank"], "noise": 0.9, "draws": 50, "seed": 1}
    memory = index.robustness(table, **varied).figures
    processes = index.robustness(table, engine="partitions", workers=2, **varied).figures
    np.testing.assert_array_equal(memory.ranks, processes.ranks)
