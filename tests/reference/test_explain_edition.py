"""Units, scores and ranks of two editions, against the reference folder; test_explain_move.py has the causes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

import indicia

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROUNDING = {"hdi": 0.0005, "cities": 0.0}
"""Half of the last decimal of published scores; the scores of the reference are unrounded."""


@pytest.mark.parametrize("case", ["hdi", "cities"])
def test_status_scores_ranks_and_causes_of_all_units(
    case: str, reference: Path, assert_equal: Callable[..., None]
) -> None:
    folder = reference / "explain" / case
    difference = indicia.diff(folder / "index_old.toml", folder / "index.toml")
    wanted = pl.read_csv(folder / "edition.csv", infer_schema_length=None)
    units = difference.frame("units").sort("unit")
    expected = wanted.sort("unit")
    assert units["unit"].to_list() == expected["unit"].to_list()
    assert units["status"].to_list() == expected["status"].to_list()
    assert_equal(units, expected.select("unit", "rank_old", "rank_new"), "unit")
    scores = expected.select("unit", "score_old", "score_new")
    assert_equal(units, scores, "unit", precision=ROUNDING[case] + 1e-9, absolute=bool(ROUNDING[case]))
    causes = wanted.filter(status="both").drop("status", "rank_old", "rank_new", "score_old", "score_new")
    both = difference.frame("causes")
    for column in causes.columns[1:]:
        assert_equal(both, causes.select("unit", column), "unit", precision=1e-9, absolute=True)
