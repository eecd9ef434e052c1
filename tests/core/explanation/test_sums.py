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
from indicia_explain.parts import parts_between
from indicia_explain.score import ExplainedScore

if TYPE_CHECKING:
    from indicia.result import Result
    from indicia_explain.parts import PartRule

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
        explanation = ExplainedScore(result, row)
        totals, parts = explanation.totals.row(0, named=True), explanation.parts
        added = parts["contribution"].sum() + totals["constant"] + totals["rounding"]
        assert added == pytest.approx(totals["score"], abs=EXACT)
        if totals["rule"] is not None:
            above = parts["vs_median"].sum() + totals["rounding_above_base"]
            assert above == pytest.approx(totals["above_base"], abs=EXACT)
        if totals["lost"] is not None:
            added = parts["lost"].sum() + totals["rounding_lost"]
            assert added == pytest.approx(totals["lost"], abs=EXACT)


RULES: list[tuple[PartRule, str | None]] = [
    *(("natural", None), ("shapley", None), ("owen", None)),
    *(("owen", "min"), ("shapley", "topsis"), ("owen", "vikor")),
]
"""A rule, and the aggregation of the index; None for that of the example, which is a mean."""


@settings(max_examples=10, deadline=None)
@given(random_indices(), st.sampled_from(RULES))
def test_the_parts_of_a_gap_add_up_by_each_rule(
    example: tuple[dict[str, Any], pl.DataFrame], rule: tuple[PartRule, str | None]
) -> None:
    index, table = example
    if rule[1] is not None:
        index = {**index, "methodology": {**index["methodology"], "levels": [{"aggregation": rule[1]}]}}
    result = indicia.read(index).score(table)
    rows = scored_rows(result)
    assume(len(rows) > 3)
    for first, second in ((rows[0], rows[2]), (rows[1], None), (rows[3], rows[1])):
        try:
            parts = parts_between(result.scored, int(first), None if second is None else int(second), rule=rule[0])
        except (DataError, DefinitionError):  # no implied value, or periods with statistics of their own
            continue
        added = parts.parts.sum() + sum(parts.others.values())
        assert added == pytest.approx(parts.scores[0] - parts.scores[1], abs=EXACT)


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_sampled_parts_add_up_in_each_order(seed: int, has_dimensions: bool) -> None:
    """Thirteen indicators that differ are too many for all subsets; forty orders give an estimate with an exact sum."""
    chance = np.random.default_rng(seed)
    names = [f"x{number}" for number in range(14)]
    table = pl.DataFrame(chance.uniform(1, 9, (5, 14)), schema=names).with_columns(unit=pl.Series(list("abcde")))
    dimensions = {"dimensions": {"d": {}}} if has_dimensions else {}
    words: list[dict[str, Any]] = [{"direction": str(chance.choice(["benefit", "cost"]))} for _ in names]
    words[1]["cap"] = 5  # both units may be capped
    if has_dimensions:
        words[0]["dimension"] = "d"
    index = {
        "data": {"unit": "unit"},
        "indicators": dict(zip(names, words, strict=True)),
        "methodology": {"aggregation": "topsis", "normalisation": "vector"},
        **dimensions,
    }
    scored = indicia.read(index).score(table).scored
    parts = parts_between(scored, 0, 1, orders=40, seed=seed)
    assert parts.orders == 40
    assert parts.parts.sum() == pytest.approx(parts.scores[0] - parts.scores[1], abs=1e-12)
