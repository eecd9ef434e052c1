"""The gap between two units beside independent figures: the natural scale, Shapley and Owen values."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from reference_folder import FOLDER

import indicia
from indicia.means import MeanTree
from indicia_explain.gap import explain_gap
from indicia_explain.parts import parts_between
from indicia_explain.units import row_of
from indicia_statistics.shapley import owen_values

if TYPE_CHECKING:
    from indicia.result import Result
    from indicia_explain.gap import ExplainedGap

EXPLAIN = FOLDER / "explain"
MEANS = [
    "hdi",
    "asem",
    "asem_share",
    "cities",
    "cities_linear",
    "small_linear",
    "small_geometric",
    "small_harmonic",
    "small_power",
]
PRECISION = 1e-9
"""The stated precision of the figures, relative to the largest score."""
MEDIAN = "(median)"


@cache
def result_of(folder: str) -> Result:
    return indicia.read(EXPLAIN / folder / "index.toml").score()


def figures_of(folder: str, table: str = "gap") -> pl.DataFrame:
    return pl.read_csv(EXPLAIN / folder / f"{table}.csv")


def pairs_of(folder: str) -> list[tuple[str, str]]:
    return figures_of(folder, "gap_totals").select("a", "b").rows() if EXPLAIN.is_dir() else []


@cache
def gap_of(folder: str, a: str, b: str) -> ExplainedGap:
    has_rules = "owen" in figures_of(folder).columns
    return explain_gap(result_of(folder), a, b, rules=("shapley", "owen") if has_rules else ())


def of_pair(folder: str, table: str, a: str, b: str) -> pl.DataFrame:
    return figures_of(folder, table).filter((pl.col("a") == a) & (pl.col("b") == b)).drop("a", "b")


def assert_near(ours: pl.DataFrame, theirs: pl.DataFrame, key: str, columns: dict[str, str], size: float) -> None:
    """Compare columns of two tables, theirs by ours, within the stated precision; empty cells are equal."""
    joined = theirs.join(ours, on=key, how="left", suffix=" here")
    assert joined.height == theirs.height
    for wanted, computed in columns.items():
        expected = joined[wanted].cast(pl.Float64).to_numpy()
        figures = joined[f"{computed} here" if computed in theirs.columns else computed].cast(pl.Float64).to_numpy()
        difference = np.abs(figures - expected)
        both_empty = np.isnan(figures) & np.isnan(expected)
        assert (both_empty | (difference <= PRECISION * size)).all(), f"{wanted}: {difference}"


CASES = [(folder, a, b) for folder in MEANS for a, b in pairs_of(folder)]


def size_of(folder: str) -> float:
    return float(figures_of(folder, "gap_totals").select(pl.max_horizontal("a_score", "b_score").max()).item())


@pytest.mark.parametrize(("folder", "a", "b"), CASES)
def test_parts_of_indicators_are_those_of_the_natural_scale(folder: str, a: str, b: str) -> None:
    gap = gap_of(folder, a, b)
    columns = {name: name for name in ("a_normalised", "b_normalised", "a_value", "b_value", "weight")}
    columns["natural"] = "part"
    columns |= {rule: rule for rule in ("shapley", "owen") if rule in gap.parts.columns}
    assert gap.division.rule == "natural"
    assert_near(gap.parts, of_pair(folder, "gap", a, b), "indicator", columns, size_of(folder))


@pytest.mark.parametrize(("folder", "a", "b"), CASES)
def test_parts_of_dimensions_are_those_of_the_natural_scale(folder: str, a: str, b: str) -> None:
    columns = {"a_value": "a_value", "b_value": "b_value", "natural": "part"}
    theirs = of_pair(folder, "gap_nodes", a, b)
    assert_near(gap_of(folder, a, b).nodes, theirs, "node", columns, size_of(folder))


@pytest.mark.parametrize(("folder", "a", "b"), CASES)
def test_scores_and_ranks_of_the_pair_are_those_of_the_run(folder: str, a: str, b: str) -> None:
    theirs = of_pair(folder, "gap_totals", a, b).with_columns(a=pl.lit(a))
    columns = {name: name for name in ("a_score", "b_score", "a_rank", "b_rank", "gap")}
    assert_near(gap_of(folder, a, b).totals, theirs, "a", columns, size_of(folder))


@pytest.mark.parametrize(("folder", "a", "b"), CASES)
def test_parts_sum_to_the_gap(folder: str, a: str, b: str) -> None:
    gap = gap_of(folder, a, b)
    assert gap.parts["part"].sum() == pytest.approx(gap.gap, abs=1e-12 * size_of(folder))


@pytest.mark.parametrize(("a", "b"), pairs_of("topsis"))
def test_a_gap_of_topsis_is_divided_by_exact_shapley_values(a: str, b: str) -> None:
    result = result_of("topsis")
    other = None if b == MEDIAN else row_of(result, b)
    parts = parts_between(result.scored, row_of(result, a), other)
    theirs = of_pair("topsis", "gap", a, b)
    assert parts.rule == "shapley"
    assert parts.errors is None
    ours = pl.DataFrame({"indicator": parts.indicators, "part": parts.parts})
    assert_near(ours, theirs, "indicator", {"shapley": "part"}, 1.0)


@pytest.mark.parametrize(("a", "b"), pairs_of("topsis_16"))
def test_sampled_parts_of_sixteen_indicators_lie_within_their_errors(a: str, b: str) -> None:
    result = result_of("topsis_16")
    other = None if b == MEDIAN else row_of(result, b)
    first, second = (parts_between(result.scored, row_of(result, a), other, orders=1000, seed=4) for _ in range(2))
    assert first.errors is not None
    ours = pl.DataFrame({"indicator": first.indicators, "part": first.parts, "error": first.errors})
    both = of_pair("topsis_16", "gap", a, b).join(ours, on="indicator")
    true_error = both["sd_of_one_order"] / np.sqrt(1000)
    # 4.5 true standard errors: the sixteen parts of an unbiased estimate exceed them once in 9,000 seeds
    assert ((both["part"] - both["shapley"]).abs() <= 4.5 * true_error + 1e-15).all()
    # the standard deviation of 1,000 orders has itself a standard error of a few percent
    assert ((both["error"] - true_error).abs() <= 0.2 * true_error + 1e-15).all()
    assert first.parts.tobytes() == second.parts.tobytes()
    assert first.parts.sum() == pytest.approx(first.scores[0] - first.scores[1], abs=1e-12)


@pytest.mark.parametrize("example", ["one zero", "two zeros", "nothing else differs"])
def test_zeros_on_one_side_share_the_gap_of_a_geometric_mean(example: str) -> None:
    # a run refuses zeros under a geometric mean, so the profiles are compared without one
    rows = figures_of("small_geometric", "zero").filter(pl.col("example") == example)
    index = {
        "data": {"unit": "unit"},
        "indicators": {part: {"weight": weight} for part, weight in rows.select("part", "weight").rows()},
        "methodology": {"aggregation": "geometric", "normalisation": "none", "weighting": "given"},
    }
    table = pl.DataFrame({"unit": ["A"], **dict.fromkeys(rows["part"], 1.0)})
    tree = MeanTree.of(indicia.read(index).score(table).scored)
    first, second = (
        tree.of_indicators({part: np.array([float(value)]) for part, value in rows.select("part", unit).rows()})
        for unit in ("a", "b")
    )
    parts = tree.by_indicator(tree.differences(first, second).parts)
    ours = pl.DataFrame({"part": list(parts), "ours": [float(part[0]) for part in parts.values()]})
    assert_near(ours, rows, "part", {"natural": "ours"}, 80)
    a, b, weights = (rows[column].cast(pl.Float64).to_numpy() for column in ("a", "b", "weight"))
    shapley = owen_values(lambda masks: np.prod(np.where(masks, a, b) ** weights, axis=1), tuple(range(len(rows))))
    assert shapley.values == pytest.approx(rows["shapley"].to_list(), abs=80 * PRECISION)


def test_every_folder_with_a_gap_is_compared() -> None:
    folders = {file.parent.name for file in EXPLAIN.glob("*/gap.csv")}
    assert folders == {*MEANS, "topsis", "topsis_16"}
