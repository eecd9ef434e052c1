"""The causes of moves add up in random editions: other trees, means, gaps, caps, costs, weights, units and panels."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl
import pytest
from explanations import sentences_of
from hypothesis import assume, given, settings
from random_indices import random_indices

from indicia.errors import IndiciaError
from indicia.index import read
from indicia_editions.causes import causes_of
from indicia_editions.edition import Edition
from indicia_editions.move import ExplainedMove, explain_move
from indicia_editions.scenarios import CAUSES

EXACT = 1e-12 * 100
"""The largest residual of a sum on a scale that ends at 100."""


def assert_causes_add_up(old: Edition, new: Edition, units: list[str]) -> None:
    causes = causes_of(old, new, units)
    for what, exact in (("score", EXACT), ("rank", 1e-12 * len(new.units))):
        before, after = (dict(zip(each.units, getattr(each, f"{what}s"), strict=True)) for each in (old, new))
        parts = causes.select(pl.sum_horizontal(*(f"{what}_{cause}" for cause in CAUSES), ignore_nulls=False))
        for unit, added in zip(causes["unit"], parts.to_series(), strict=True):
            assert added is None or added == pytest.approx(after[unit] - before[unit], abs=exact)


def assert_parts_add_up(move: ExplainedMove) -> None:
    """The parts of indicators are those of the own data that the sentence states."""
    own = move.causes.row(by_predicate=(pl.col("what") == "score") & (pl.col("cause") == "own"), named=True)
    assert move.parts["part"].sum() == pytest.approx(own["shapley"], abs=EXACT)
    stated = [sentence for sentence in sentences_of(move) if sentence.startswith("Own data ")]
    apart = [sentence for sentence in sentences_of(move) if re.match("u[0-9] in ", sentence)]
    if stated:
        total, *figures = [
            float(text.replace("−", "-").rstrip(".")) for text in _FIGURE.findall(" ".join([*stated, *apart]))
        ]
        assert total == pytest.approx(own["shapley"], abs=0.051)  # a decimal is written
        assert sum(figures) == pytest.approx(total, abs=0.051 * (len(figures) + 1))


_FIGURE = re.compile(r"(?<=[ (])[+−][0-9][0-9.e-]*")
"""A figure with its sign; figures in names have none."""


@settings(max_examples=2, deadline=None)
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
        move = explain_move(editions[0], editions[1], "u3")
        assert not move.parts.is_empty()
    except IndiciaError:  # the values of one edition do not suit the means of the other
        assume(False)
    assert_parts_add_up(move)


@settings(max_examples=2, deadline=None)
@given(random_indices())
def test_the_causes_between_two_periods_of_a_panel_add_up(example: tuple[dict[str, Any], pl.DataFrame]) -> None:
    words, table = example
    new = Edition.of(read(words), table)
    old = new.at(2020)
    assert_causes_add_up(old, new, ["u2", "u3", "u4"])
    scores = dict(zip(old.units, old.scores, strict=True))
    if np.isfinite(scores["u2"]) and np.isfinite(dict(zip(new.units, new.scores, strict=True))["u2"]):
        assert_parts_add_up(explain_move(old, new, "u2"))
