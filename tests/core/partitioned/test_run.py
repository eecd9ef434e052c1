"""Runs, fits and comparisons over partitions: the files, the ranks, and runs that break off."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.errors import DefinitionError, OutputError, WrongArgument
from indicia_engines import WorkerReply
from indicia_partitions.run import run_partitions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from indicia.index import Index
    from indicia_partitions.compare import PartitionedComparison
    from indicia_partitions.result import PartitionedResult

DEFINITION = {
    "name": "Towns",
    "data": {"unit": "town", "groups": ["region"]},
    "indicators": {"income": {"direction": "benefit"}, "schooling": {}, "waste": {"direction": "cost"}},
    "methodology": {"weighting": "entropy", "ranks": ["region"]},
}


@pytest.fixture(scope="module")
def towns() -> pl.DataFrame:
    random, rows = np.random.default_rng(22), 50
    return pl.DataFrame(
        {
            "town": [f"t{number:02}" for number in range(rows)],
            "region": [("north", "south", "west")[number % 3] for number in range(rows)],
            "income": random.random(rows).round(2),
            "schooling": random.integers(0, 4, rows).astype(float),  # many equal values
            "waste": random.random(rows),
        }
    )


@pytest.fixture(scope="module")
def parts(towns: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("towns") / "parts"
    folder.mkdir()
    for number, (start, end) in enumerate([(0, 7), (7, 8), (8, 31), (31, 50)]):
        towns[start:end].write_parquet(folder / f"{number}.parquet")
    return folder


@pytest.fixture(scope="module")
def index() -> Index:
    return indicia.read(DEFINITION)


OPTIONS: dict[str, Any] = {"workers": 1, "rows": 8}


@pytest.fixture(scope="module")
def result(index: Index, parts: Path, tmp_path_factory: pytest.TempPathFactory) -> PartitionedResult:
    """A finished run, of which tests read the files."""
    return index.score_partitions(tmp_path_factory.mktemp("finished") / "scores", parts, **OPTIONS)


def test_the_folder_has_the_columns_ranks_and_order_of_a_run_in_memory(index, towns, result):
    scores, in_memory = result.scan().collect(), index.score(towns).scores
    assert scores.schema == in_memory.schema
    assert scores["town"].to_list() == in_memory["town"].to_list()
    assert scores.select("rank", "rank_region").equals(in_memory.select("rank", "rank_region"))
    assert scores["score"].to_list() == pytest.approx(in_memory["score"].to_list(), rel=1e-12)


def test_weights_are_those_of_a_run_in_memory(index, towns, result):
    weights = result.weights
    in_memory = index.score(towns).weights
    assert weights["id"].to_list() == in_memory["id"].to_list()
    assert weights["effective"].to_list() == pytest.approx(in_memory["effective"].to_list(), rel=1e-12)


def test_the_manifest_comes_last_and_lists_the_files(result):
    manifest = json.loads((result.folder / "_manifest.json").read_text())
    names = [part["name"] for part in manifest["parts"]]
    assert names == sorted(path.name for path in result.folder.glob("*.parquet"))
    assert (len(names) > 1, manifest["rows"]) == (True, 50)


def test_only_the_identity_of_a_finished_run_stays_in_the_hidden_folder(result):
    assert {path.name for path in (result.folder / ".indicia").iterdir()} == {".lock", "run.json"}


def test_a_folder_with_the_results_of_another_index_is_refused_unless_they_are_replaced(index, parts, tmp_path):
    index.score_partitions(tmp_path / "scores", parts, **OPTIONS)
    other = index.with_options(weighting="equal")
    with pytest.raises(OutputError, match="results of another run, which differs in: nodes"):
        other.score_partitions(tmp_path / "scores", parts, **OPTIONS)
    replaced = other.score_partitions(tmp_path / "scores", parts, replace=True, **OPTIONS)
    assert replaced.weights["weight"].unique().to_list() == pytest.approx([1 / 3])


def test_directions_that_are_assumed_are_noted_as_in_memory(index, towns, parts, tmp_path):
    result = index.score_partitions(tmp_path / "scores", parts, **OPTIONS)
    assert result.notes[0] == "more is assumed to be better, as no direction is stated: schooling"
    assert result.notes[:1] == list(map(str, index.score(towns).notes))[:1]


def test_a_folder_of_results_below_the_table_is_refused(index, parts):
    message = r'"scores" is in the folder of the table.*\n.*scores\n  fix: name a folder that is not below'
    with pytest.raises(OutputError, match=message):
        index.score_partitions(parts / "scores", parts, **OPTIONS)
    assert not (parts / "scores").exists()


def test_the_weights_of_periods_that_are_dates_are_those_of_a_run_in_memory(towns, tmp_path):
    panel = towns.with_columns(day=pl.date(2020, 12, 30) + pl.duration(days=pl.int_range(50) % 2))
    panel.write_parquet(tmp_path / "panel.parquet")
    data, methodology = {"unit": "town", "period": "day"}, {"weighting": "entropy", "weights": "period"}
    index = indicia.read({**DEFINITION, "data": data, "methodology": methodology})
    result = index.score_partitions(tmp_path / "scores", tmp_path / "panel.parquet", **OPTIONS)
    in_memory = index.score(panel).weights
    assert result.weights["day"].equals(in_memory["day"])
    assert result.weights["weight"].to_list() == pytest.approx(in_memory["weight"].to_list(), rel=1e-12)


@pytest.mark.parametrize("rows", [0, -1, "many"])
def test_the_rows_of_a_partition_are_a_whole_number_from_1_on(index, parts, tmp_path, rows):
    with pytest.raises(WrongArgument, match=r"^rows must be int, 1 or more, and not .*\n.*\n  fix: the rows of a part"):
        index.score_partitions(tmp_path / "scores", parts, workers=1, rows=rows)


class BreaksOff:
    """An engine in this process that fails after some tasks, as a driver that is killed."""

    name, workers = "here", 1

    def __init__(self, tasks: int) -> None:
        self.tasks = tasks
        self.done = 0

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        for item in items:
            if self.done == self.tasks:
                raise KeyboardInterrupt
            self.done += 1
            yield function(item)

    def on_every_worker(self, function: Callable[[], object]) -> list[WorkerReply]:
        return [WorkerReply("here", function())]


def tasks_of(index: Index, parts: Path, folder: Path) -> int:
    engine = BreaksOff(10_000)
    run_partitions(index, parts, folder, engine, rows=8)
    return engine.done


@pytest.mark.thorough  # test_resumed_runs has one such run that the plain suite tests
def test_a_run_that_breaks_off_takes_up_and_writes_the_same_bytes(index, parts, tmp_path):
    total = tasks_of(index, parts, tmp_path / "whole")
    expected = {path.name: path.read_bytes() for path in (tmp_path / "whole").glob("*.parquet")}
    for stop in range(len(expected) + 1, total, 10):
        folder = tmp_path / f"stopped-{stop}"
        with pytest.raises(KeyboardInterrupt):
            run_partitions(index, parts, folder, BreaksOff(stop), rows=8)
        assert not (folder / "_manifest.json").exists()
        rest = tasks_of(index, parts, folder)
        assert rest < total  # the rounds before are not repeated
        assert {path.name: path.read_bytes() for path in folder.glob("*.parquet")} == expected


def test_a_finished_run_maps_no_task_again(index, parts, tmp_path):
    tasks_of(index, parts, tmp_path / "scores")
    read_again = tasks_of(index, parts, tmp_path / "scores")
    assert read_again == 0


def test_a_fit_over_partitions_has_the_statistics_of_a_fit_in_memory(index, towns, parts):
    fitted, in_memory = indicia.fit(index, parts, engine="memory", rows=8), indicia.fit(index, towns)
    scores, expected = (each.score(towns).scores["score"].to_list() for each in (fitted, in_memory))
    assert scores == pytest.approx(expected, rel=1e-12)
    assert fitted.record["data"]["rows"] == 50


def test_a_fitted_index_scores_a_table_in_partitions(index, towns, parts, tmp_path):
    fitted = indicia.fit(index, towns[:30])
    scores = fitted.score_partitions(tmp_path / "scores", parts, **OPTIONS).scan().collect()
    in_memory = fitted.score(towns).scores
    assert scores["score"].to_list() == pytest.approx(in_memory["score"].to_list(), rel=1e-12)
    assert scores["rank"].to_list() == in_memory["rank"].to_list()


METHODS: dict[str, Any] = {"normalisation": ["min_max", "z_score"], "weighting": ["equal", "entropy"]}


@pytest.fixture(scope="module")
def comparison(index: Index, parts: Path, tmp_path_factory: pytest.TempPathFactory) -> PartitionedComparison:
    return index.compare_partitions(tmp_path_factory.mktemp("compared") / "ranks", parts, **OPTIONS, **METHODS)


def test_a_comparison_over_partitions_has_the_ranks_and_correlations_of_one_in_memory(index, towns, comparison):
    in_memory = index.compare(table=towns, **METHODS).figures
    ranks = comparison.scan().collect()
    for number in ("1", "2", "3"):
        assert ranks[f"rank_{number}"].to_list() == in_memory.ranks[number].to_list()
    spearman = in_memory.agreement("spearman")
    correlations = {(row["first"], row["second"]): row["correlation"] for row in comparison.agreement.to_dicts()}
    assert correlations[1, 2] == pytest.approx(spearman["2"][0], rel=1e-3)  # of equal scores, ranks are the first
    assert comparison.left_out["label"].to_list() == in_memory.left_out["label"].to_list() == ["z_score > entropy"]


def test_the_shifts_of_a_comparison_are_those_of_its_ranks(comparison):
    ranks = comparison.scan().collect()
    shift = (ranks["rank_1"] - ranks["rank_3"]).abs()
    row = comparison.agreement.row(by_predicate=(pl.col("first") == 1) & (pl.col("second") == 3), named=True)
    assert (row["mean_shift"], row["largest_shift"]) == (pytest.approx(shift.mean()), shift.max())
    spread = ranks.select(pl.max_horizontal(r"^rank_\d$") - pl.min_horizontal(r"^rank_\d$")).to_series()
    assert comparison.movers["spread"][0] == spread.max()


def test_a_comparison_of_one_methodology_that_can_be_scored_is_refused(index, parts, tmp_path):
    with pytest.raises(DefinitionError, match="two methodologies that can be scored") as caught:
        index.compare_partitions(
            tmp_path / "ranks", parts, **OPTIONS, normalisation=["z_score", "min_max"], aggregation="geometric"
        )
    assert "geometric of index needs positive values" in str(caught.value)


def test_a_frame_is_no_table_in_partitions(index, towns, tmp_path):
    with pytest.raises(WrongArgument, match="table must be path, glob or URL, and not a DataFrame"):
        index.score_partitions(tmp_path / "scores", towns, **OPTIONS)
    with pytest.raises(DefinitionError, match="DataFrame is no table in partitions") as caught:
        indicia.fit(index, towns, engine="partitions", workers=1)
    assert "frames are scored in memory" in str(caught.value)


def test_a_folder_is_read_into_memory_where_all_rows_are_needed(index, towns, parts):
    assert index.score(parts).scores.equals(index.score(towns).scores)
