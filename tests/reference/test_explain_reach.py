"""The way to a rank: least changes of weights and raw values, and cheapest paths (`explain`, section 4)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from reference_folder import FOLDER

import indicia
from indicia_after_score.reach import Reach
from indicia_explain.reach_question import ReachQuestion
from indicia_explain.reach_weights import changes_of_neighbours, changes_of_pair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.answers.answer import Answer
    from indicia.index import Index
    from indicia.result import Result
    from indicia_explain.reach_weights import WeightChanges
    from indicia_robustness.baseline import Baseline

CASES = ("hdi", "asem", "cities", "cities_linear", "small_linear", "small_geometric", "small_harmonic", "small_power")
WITH_RAW = ("hdi", "asem", "cities_linear", "small_linear")


def table(case: str, name: str) -> pl.DataFrame:
    return pl.read_csv(FOLDER / "explain" / case / f"{name}.csv", infer_schema_length=None)


@cache
def index_of(case: str) -> Index:
    return indicia.read(FOLDER / "explain" / case / "index.toml")


@cache
def result_of(case: str) -> Result:
    return index_of(case).score()


@cache
def reach_of(case: str, unit: str, rank: int, limits: tuple[tuple[str, float], ...] = ()) -> Answer[Reach]:
    return index_of(case).reach(of=unit, rank=rank, limits=dict(limits))


def question_of(case: str, unit: str, rank: int) -> ReachQuestion:
    answer = reach_of(case, unit, rank)
    return answer.facts[answer.analysis.changes].question


LEFT_OUT = {"asem": ["LUX"], "hdi": ["IND", "CUB", "NER"]}
"""Units whose questions show nothing that others do not show, left out to save time."""


def questions(case: str, name: str) -> list[tuple[str, int]]:
    """The unit and the rank of each question of a table, without those whose rank is reached."""
    frame = table(case, name).filter(pl.col("rank_wanted") < pl.col("rank_now"))
    frame = frame.filter(~pl.col("unit").is_in(LEFT_OUT.get(case, [])))
    return frame.select("unit", "rank_wanted").unique(maintain_order=True).rows()


def assert_near(found: pl.DataFrame, wanted: pl.DataFrame, key: Sequence[str], columns: Sequence[str]) -> None:
    """Compare columns of numbers, at 1e-9 of the largest number of each, and columns of words."""
    assert not wanted.is_empty()
    pairs = wanted.join(found, on=key, how="left", suffix="_found", validate="1:1")
    for column in columns:
        ours, theirs = pairs[f"{column}_found"], pairs[column]
        if ours.dtype == pl.String:
            assert ours.to_list() == theirs.to_list(), column
            continue
        theirs = theirs.cast(pl.Float64)
        assert ours.is_null().to_list() == theirs.is_null().to_list(), column
        size = max(1.0, *theirs.abs().drop_nulls(), 1.0)
        assert ((ours - theirs).abs().max() or 0.0) <= 1e-9 * size, column


@pytest.mark.parametrize("case", CASES)
def test_weights_and_parts_are_those_of_the_linear_programme(case: str) -> None:
    baseline = ReachQuestion.of(
        result_of(case), result_of(case).ranking[0, 0], rank=1, overtake=None, period=None, costs={}, limits={}
    ).baseline
    wanted, parts = table(case, "flip_weights"), table(case, "flip_weights_parts")
    pairs = wanted.select("ahead", "behind").unique(maintain_order=True).rows()
    changes = [
        change
        for ahead, behind in pairs
        for change in changes_of_pair(baseline, baseline.names.index(ahead), baseline.names.index(behind))
    ]
    key = ["level", "ahead", "behind"]
    found = weights_of(changes, baseline)
    assert_near(found, wanted, key, ["gap", "possible", "l1", "moved", "ahead_rank", "behind_rank"])
    # where two weights change alike, rounding decides which of them the reference reports
    size = pl.col("single_change").abs()
    assert_near(found.with_columns(size), wanted.with_columns(size), key, ["single_change"])
    assert_same_weight(found, wanted, parts, key)
    columns = ["weight", "difference", "l1_weight", "single_weight", "single_change", "single_ratio"]
    rows = [("overtake", *row) for change in changes for row in change.part_rows(baseline.names)]
    of_parts = Reach.weight_parts.frame(rows).with_columns(pl.col(pl.Float64).fill_nan(None))
    assert_near(of_parts, parts, [*key, "part"], columns)
    neighbours = weights_of(changes_of_neighbours(baseline), baseline)
    wanted = table(case, "flip_neighbours")
    assert len(neighbours) == len(wanted)
    assert_near(neighbours, wanted, key, ["gap", "possible", "l1", "moved", "ahead_rank", "behind_rank"])
    assert_near(neighbours.with_columns(size), wanted.with_columns(size), key, ["single_change"])


def weights_of(changes: Sequence[WeightChanges], baseline: Baseline) -> pl.DataFrame:
    rows = [row for change in changes for row in change.rows(baseline.names, baseline.nominal_ranks)]
    return Reach.neighbours.frame(rows).with_columns(pl.col(pl.Float64).fill_nan(None))


def assert_same_weight(found: pl.DataFrame, wanted: pl.DataFrame, parts: pl.DataFrame, key: Sequence[str]) -> None:
    """Compare the weights that change least alone, where no other weight changes as little."""
    size = pl.col("single_change").cast(pl.Float64).abs()
    least = parts.group_by(key).agg((size <= size.min() * (1 + 1e-9)).sum().alias("weights"))
    clear = wanted.join(least.filter(weights=1), on=key, how="semi")
    if len(clear):
        assert_near(found, clear, key, ["single", "single_new", "single_change"])


@pytest.mark.parametrize("case", WITH_RAW)
def test_raw_values_are_those_at_which_whole_runs_give_the_rank(case: str) -> None:
    wanted = table(case, "flip_raw")
    for unit, rank in questions(case, "flip_raw"):
        found = reach_of(case, unit, rank).frame("raw")
        of_unit = wanted.filter(unit=unit, rank_wanted=rank).with_columns(limit=pl.col("best_of_others"))
        columns = ["raw", "change", "change_in_sd", "where", "limit"]
        assert_near(found, of_unit, ["indicator"], columns)
        assert len(found) == len(of_unit)
        assert (of_unit["rank_now"] == question_of(case, unit, rank).rank_now).all()
        ratio = of_unit.join(found, on="indicator", suffix="_found").select(
            (pl.col("raw_needed_found") / pl.col("raw_needed") - 1).abs().max()
        )
        assert (ratio.item() or 0.0) <= 1e-9
        reached = found.drop_nulls("raw_needed")
        assert (reached["rank_then"] <= rank).all()
        assert (reached["rank_before"] > rank).all()
        assert (found.filter(pl.col("raw_needed").is_null())["rank_then"] > rank).all()


def path_of(case: str, unit: str, rank: int) -> Answer[Reach]:
    """Return the paths that leave debt as it is, since the reference leaves out indicators with a target."""
    if case != "small_linear":
        return reach_of(case, unit, rank)
    debt = result_of(case).prepared.row(by_predicate=pl.col("unit") == unit, named=True)["debt"]
    return reach_of(case, unit, rank, (("debt", debt),))


@pytest.mark.parametrize("case", WITH_RAW)
def test_paths_cost_least(case: str) -> None:
    wanted, totals = table(case, "path"), table(case, "path_totals")
    word = pl.col("at_most").cast(pl.String)
    for unit, rank in questions(case, "path_totals"):
        reach = path_of(case, unit, rank)
        of_unit: dict[str, Any] = {"unit": unit, "rank_wanted": rank}
        steps = wanted.filter(**of_unit).with_columns(word)
        found = reach.frame("path").join(steps.select("at_most").unique(), on="at_most", how="semi")
        assert len(found) == len(steps)
        assert_near(found, steps, ["at_most", "indicator"], ["raw", "raw_new", "change", "change_in_sd"])
        if "at_limit" in steps.columns:
            limits = steps.with_columns(at_limit=pl.col("at_limit") == "yes")
            pairs = limits.join(found, on=["at_most", "indicator"], suffix="_found")
            assert pairs["at_limit"].to_list() == pairs["at_limit_found"].to_list()
        of_paths = totals.filter(**of_unit).with_columns(word)
        assert_near(reach.frame("path_totals"), of_paths, ["at_most"], ["cost", "changed"])
        solved = of_paths.filter(pl.col("cost").cast(pl.Float64).is_not_null())
        assert_near(reach.frame("path_totals"), solved, ["at_most"], ["score", "score_needed"])
        with_path = reach.frame("path_totals").drop_nulls("cost")
        assert (with_path["rank_then"] <= rank).all()
        if "left_out" in of_paths.columns and of_paths["left_out"][0]:
            left_out = reach.frame("path_left_out").filter(pl.col("reason") != "missing")["indicator"]
            assert sorted(left_out) == sorted(str(of_paths["left_out"][0]).split())


def test_a_step_to_a_target_can_make_the_path_cheaper() -> None:
    """B has debt 61 with the target 60: this step brings 12 % of 100/90 points for 1/27.7 standard deviations."""
    with_target, without = reach_of("small_linear", "B", 1), path_of("small_linear", "B", 1)
    assert "debt" in with_target.frame("path")["indicator"]
    assert with_target.frame("path_totals")["cost"][0] < without.frame("path_totals")["cost"][0]
    assert with_target.frame("path_totals")["rank_then"][0] == 1
