"""Scores, methodologies and values of coalitions that the other figures of explanations stand on."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from reference_folder import FOLDER

import indicia
from indicia.definition import ROOT
from indicia_editions.edition import Edition
from indicia_explain.pairs import median_profile, pair_of, profile_of_row
from indicia_explain.parts import parts_between
from indicia_explain.profile_scores import ProfileScorer
from indicia_explain.units import row_of
from indicia_statistics.shapley import owen_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.methods import Array
    from indicia.result import Result
    from indicia_explain.parts import Rule

EXPLAIN = FOLDER / "explain"
SCALES = {"hdi": 1.0, "topsis": 1.0, "topsis_16": 1.0}
"""The width of the scale of scores, 100 by default."""
TOPSIS = ("topsis", "topsis_16")


def folders_with(file: str) -> list[str]:
    return sorted(path.parent.name for path in EXPLAIN.glob(f"*/{file}.csv"))


def table(folder: str, name: str) -> pl.DataFrame:
    return pl.read_csv(EXPLAIN / folder / f"{name}.csv", infer_schema_length=None)


@cache
def result_of(folder: str, edition: str = "") -> Result:
    return indicia.read(EXPLAIN / folder / f"index{edition}.toml").score()


def assert_near(ours: Iterable[float | None], theirs: pl.Series, size: float) -> None:
    found, wanted = pl.Series(ours, dtype=pl.Float64), theirs.cast(pl.Float64)
    assert found.is_null().to_list() == wanted.is_null().to_list(), theirs.name
    assert ((found - wanted).abs().max() or 0.0) <= 1e-9 * size, theirs.name


@pytest.mark.parametrize("folder", folders_with("results"))
def test_all_units_have_the_scores_the_ranks_and_the_dimensions_of_the_reference(folder: str) -> None:
    result, wanted = result_of(folder), table(folder, "results")
    unrounded = result.scored.source.columns.unrounded
    nodes = [ROOT, *wanted.columns[3:]]
    scores = pl.DataFrame({"unit": result.scored.units[result.unit], **{node: unrounded[node] for node in nodes}})
    ranks = result.ranking.select(unit=result.unit, rank="rank")
    found = wanted.select("unit")
    for columns in (scores, ranks):
        found = found.join(columns, on="unit", how="left", maintain_order="left")
    assert found["rank"].to_list() == wanted["rank"].to_list()
    for name, column in {"score": ROOT, **{node: node for node in wanted.columns[3:]}}.items():
        assert_near(found[column], wanted[name], SCALES.get(folder, 100.0))
    assert len(wanted) == len(scores)


METHODS = [(folder, suffix) for suffix in ("", "_old") for folder in folders_with(f"method{suffix}")]


@pytest.mark.parametrize(("folder", "edition"), METHODS)
def test_weights_and_methods_are_those_of_the_reference(folder: str, edition: str) -> None:
    scored, wanted = result_of(folder, edition).scored, table(folder, f"method{edition}")
    leaves = {leaf.id: leaf for leaf in scored.tree.leaves()}
    if folder in TOPSIS:
        indicators, weight = wanted.rename({"indicator": "id"}), "weight"
    else:
        indicators, weight = wanted.filter(kind="indicator"), "weight_in_index"
        nodes = {node.id: node.aggregation.name for node in scored.tree.nodes()}
        methods = wanted.filter(kind="node").select("id", pl.col("aggregation").str.split("(").list.first())
        assert nodes == dict(methods.rows())
    assert_near([scored.effective_weights[name] for name in indicators["id"]], indicators[weight], 1.0)
    assert [leaves[name].spec.direction for name in indicators["id"]] == indicators["direction"].to_list()


@pytest.mark.parametrize("folder", [name for name in folders_with("score_parts") if not name.startswith("asem")])
@pytest.mark.parametrize("rule", ["shapley", "owen"])
def test_shapley_and_owen_values_divide_the_distance_to_the_median_profile(folder: str, rule: Rule) -> None:
    result, wanted = result_of(folder), table(folder, "score_parts")
    for (unit,), rows in wanted.group_by("unit", maintain_order=True):
        parts = parts_between(result.scored, row_of(result, str(unit)), None, rule=rule)
        by_name = dict(zip(parts.indicators, parts.parts.tolist(), strict=True))
        assert_near([by_name[name] for name in rows["indicator"]], rows[f"vs_median_{rule}"], SCALES.get(folder, 100.0))


TOPSIS_PAIRS = [
    (folder, a, b)
    for folder in TOPSIS
    if EXPLAIN.is_dir()
    for a, b in table(folder, "gap_totals").select("a", "b").rows()
]


@pytest.mark.parametrize(("folder", "a", "b"), TOPSIS_PAIRS)
def test_all_subsets_give_the_shapley_values_and_the_first_and_last_effects_of_topsis(
    folder: str, a: str, b: str
) -> None:
    """Beyond twelve indicators the explanation samples orders; the function of all 2^16 subsets is the same."""
    scored, row = result_of(folder).scored, row_of(result_of(folder), a)
    other = median_profile(scored, row) if b == "(median)" else profile_of_row(scored, row_of(result_of(folder), b))
    scorer = ProfileScorer(scored, other.row)
    pair = pair_of(scorer, profile_of_row(scored, row), other)

    def score(masks: Array) -> Array:
        return scorer.score(pair.mixed(masks)).index

    count = len(pair.players)
    alone, none, every = np.eye(count, dtype=bool), np.zeros((1, count), dtype=bool), np.ones((1, count), dtype=bool)
    effects = {
        "shapley": owen_values(score, tuple(range(count))).values,
        "first": score(alone) - score(none),
        "last": score(every) - score(~alone),
    }
    wanted = table(folder, "gap").filter(a=a, b=b)
    for name, values in effects.items():
        by_name = dict(zip(pair.players, values.tolist(), strict=True))
        assert_near([by_name.get(indicator, 0.0) for indicator in wanted["indicator"]], wanted[name], 1.0)
    totals = table(folder, "gap_totals").filter(a=a, b=b).row(0, named=True)
    gap = [*pair.scores.index, float(score(every)[0] - score(none)[0])]
    assert gap == pytest.approx([totals["a_score"], totals["b_score"], totals["gap"]], rel=0, abs=1e-9)
    raw = scored.raw.values.select(wanted["indicator"].to_list())
    assert list(raw.row(row)) == wanted["a_raw"].to_list()
    medians = raw.median().row(0) if b == "(median)" else raw.row(other.row)
    assert list(medians) == pytest.approx(wanted["b_raw"].to_list(), rel=1e-12)


@pytest.mark.parametrize("folder", folders_with("edition"))
def test_unrounded_scores_of_both_editions_are_those_of_the_reference(folder: str) -> None:
    wanted = table(folder, "edition")
    for suffix, column in (("_old", "score_old"), ("", "score_new")):
        edition = Edition.of_result(result_of(folder, suffix))
        scores = dict(zip(edition.units, edition.scores.tolist(), strict=True))
        assert_near([scores.get(unit) for unit in wanted["unit"]], wanted[column], SCALES.get(folder, 100.0))


COMPARED = {
    *("gap", "gap_nodes", "gap_totals", "zero"),  # test_explain_gap.py
    *("score_parts", "score_nodes", "score_totals"),  # test_explain_score.py
    *("flip_weights", "flip_weights_parts", "flip_neighbours", "flip_raw", "path", "path_totals"),  # …_reach.py
    *("move", "move_scenarios", "edition", "edition_totals"),  # test_explain_move.py, test_explain_edition.py
    *("results", "method", "method_old"),  # here
}
DATA = {"data", "data_old"}


def test_every_table_of_the_reference_is_compared_or_is_data() -> None:
    assert {file.stem for file in EXPLAIN.glob("*/*.csv")} == COMPARED | DATA
