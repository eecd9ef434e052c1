"""Parts of scores and gaps add up in random indices: graphs of any means, gaps, caps, costs, rescalings and panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_indices import random_indices

import indicia
from indicia.definition import ROOT
from indicia.errors import DataError, DefinitionError
from indicia.explanation.parts import parts_between
from indicia.explanation.score import ScoreExplanation

if TYPE_CHECKING:
    from indicia.result import Result

EXACT = 1e-12 * 100
"""The largest residual of a sum on a scale that ends at 100."""


def scored_rows(result: Result) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return the rows with a score whose units are neither the first nor the last, which have no gaps."""
    scores = result.scored.source.columns.unrounded[ROOT]
    rows = np.flatnonzero(scores.is_not_null().to_numpy())
    return rows[rows > 1]


@settings(max_examples=6, deadline=None)
@given(random_indices())
def test_the_tables_of_a_score_add_up(example: tuple[dict[str, Any], pl.DataFrame]) -> None:
    result = indicia.read(example[0]).score(example[1])
    for row in scored_rows(result)[:3].tolist():
        explanation = ScoreExplanation(result.definition, result, row)
        totals, parts = explanation.totals.row(0, named=True), explanation.parts
        added = parts["contribution"].sum() + totals["constant"] + totals["rounding"]
        assert added == pytest.approx(totals["score"], abs=EXACT)
        if totals["rule"] is not None:
            above = parts["vs_median"].sum() + totals["rounding_above_base"]
            assert above == pytest.approx(totals["above_base"], abs=EXACT)
        if totals["lost"] is not None:
            assert parts["lost"].sum() == pytest.approx(totals["lost"], abs=EXACT)


@settings(max_examples=6, deadline=None)
@given(random_indices(), st.sampled_from(["natural", "shapley", "owen"]))
def test_the_parts_of_a_gap_add_up_by_each_rule(example: tuple[dict[str, Any], pl.DataFrame], rule: Any) -> None:
    result = indicia.read(example[0]).score(example[1])
    rows = scored_rows(result)
    assume(len(rows) > 3)
    for first, second in ((rows[0], rows[2]), (rows[1], None), (rows[3], rows[1])):
        try:
            parts = parts_between(result.scored, int(first), None if second is None else int(second), rule=rule)
        except (DataError, DefinitionError):  # no implied value, or periods with statistics of their own
            continue
        added = parts.parts.sum() + sum(parts.others.values())
        assert added == pytest.approx(parts.scores[0] - parts.scores[1], abs=EXACT)
