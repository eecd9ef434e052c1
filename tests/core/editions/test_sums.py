"""The causes of moves add up in random editions: other trees, means, gaps, caps, costs, weights, units and panels."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from random_indices import random_indices

from indicia.editions.causes import causes_of
from indicia.editions.edition import Edition
from indicia.editions.move import explain_move
from indicia.editions.scenarios import CAUSES
from indicia.errors import IndiciaError
from indicia.index import read

EXACT = 1e-12 * 100
"""The largest residual of a sum on a scale that ends at 100."""


def assert_causes_add_up(old: Edition, new: Edition, units: list[str]) -> None:
    causes = causes_of(old, new, units)
    for what, sign, exact in (("score", 1, EXACT), ("rank", -1, 1e-12 * len(new.units))):
        before, after = (dict(zip(each.units, getattr(each, f"{what}s"), strict=True)) for each in (old, new))
        parts = causes.select(pl.sum_horizontal(*(f"{what}_{cause}" for cause in CAUSES), ignore_nulls=False))
        for unit, added in zip(causes["unit"], parts.to_series(), strict=True):
            assert added is None or added == pytest.approx(sign * (after[unit] - before[unit]), abs=exact)


@settings(max_examples=3, deadline=None)
@given(random_indices(), random_indices())
def test_the_causes_between_two_indices_add_up(
    first: tuple[dict[str, Any], pl.DataFrame], second: tuple[dict[str, Any], pl.DataFrame]
) -> None:
    editions = []
    for number, (words, table) in enumerate((first, second)):  # a unit entered, and another left
        index = {**words, "data": {"unit": "unit", "groups": ["group"]}}
        index["methodology"] = {key: word for key, word in words["methodology"].items() if key != "statistics"}
        rows = table.filter(pl.col("year") == 2020 + number).drop("year")
        editions.append(Edition.of(read(index), rows.slice(number, rows.height - 1)))
    try:
        assert_causes_add_up(*editions, ["u1", "u3"])
    except IndiciaError:  # the values of one edition do not suit the means of the other
        assume(False)


@settings(max_examples=3, deadline=None)
@given(random_indices())
def test_the_causes_between_two_periods_of_a_panel_add_up(example: tuple[dict[str, Any], pl.DataFrame]) -> None:
    words, table = example
    new = Edition.of(read(words), table)
    old = new.at(2020)
    assert_causes_add_up(old, new, ["u2", "u3", "u4"])
    scores = dict(zip(old.units, old.scores, strict=True))
    if np.isfinite(scores["u2"]) and np.isfinite(dict(zip(new.units, new.scores, strict=True))["u2"]):
        move = explain_move(old, new, "u2")
        own = move.causes.row(by_predicate=(pl.col("what") == "score") & (pl.col("cause") == "own"), named=True)
        assert move.parts["part"].sum() == pytest.approx(own["last"], abs=EXACT)
