"""The iterative compromise of methodologies, which score their own scores until they agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.errors import DataError, DefinitionError

if TYPE_CHECKING:
    from indicia_compare import Comparison

TABLE = {
    "unit": list("ABCDEFG"),
    "a": [34.0, 56, 5, 20, 47, 38, 50],
    "b": [44.0, 2, 55, 39, 7, 12, 19],
    "c": [2.0, 4, 42, 36, 58, 3, 39],
    "d": [41.0, 28, 29, 46, 7, 32, 13],
    "e": [26.0, 41, 4, 44, 22, 3, 11],
}
FIRST = [[2, 3, 2], [3, 4, 3], [5, 6, 5], [1, 1, 1], [4, 5, 4], [7, 7, 7], [6, 2, 6]]
SECOND = [[2, 2, 2], [3, 4, 3], [6, 6, 6], [1, 1, 1], [5, 5, 5], [7, 7, 7], [4, 3, 4]]
LAST = [[2, 2, 2], [4, 4, 4], [6, 6, 6], [1, 1, 1], [5, 5, 5], [7, 7, 7], [3, 3, 3]]
"""The ranks by TOPSIS with min-max, VIKOR, and a weighted sum with min-max: pysensmcda 2.0.0 with pymcdm 1.4.0."""


def compared(**methods: Any) -> Comparison:
    methodology = {"weighting": "equal", "normalisation": "min_max", "ties": "average"}
    indicators: dict[str, dict[str, Any]] = {name: {} for name in "abcde"}
    index = indicia.read({"data": {"unit": "unit"}, "indicators": indicators, "methodology": methodology})
    return index.compare(table=TABLE, **methods).figures


def test_every_round_has_the_ranks_of_the_reference() -> None:
    table = compared(aggregation=["topsis", "vikor", "arithmetic"]).iterated()
    assert table.columns == ["round", "agree", "unit", "1", "2", "3"]
    rounds = [
        of_round.select("1", "2", "3").to_numpy() for of_round in table.partition_by("round", maintain_order=True)
    ]
    for found, wanted in zip(rounds, [FIRST, *[SECOND] * 5, LAST], strict=True):
        np.testing.assert_array_equal(found, wanted)
    assert table.filter("agree")["round"].unique().to_list() == [6]


def test_the_rounds_end_at_their_number_and_where_all_agree() -> None:
    comparison = compared(aggregation=["topsis", "vikor", "arithmetic"])
    short = comparison.iterated(rounds=2)
    assert (short["round"].max(), short["agree"].any()) == (2, False)
    agreeing = compared(normalisation=["min_max", "min_max(upper=100)"], aggregation="arithmetic")
    assert agreeing.iterated().select("round", "agree").unique().rows() == [(0, True)]
    with pytest.raises(DefinitionError, match="rounds must be int, 1 or more, and not 0"):
        comparison.iterated(rounds=0)


def test_a_score_counts_with_its_weight() -> None:
    comparison = compared(aggregation=["topsis", "vikor", "arithmetic"])
    # nearly all weight is that of VIKOR, whose ranking all then have
    last = comparison.iterated(weights={"2": 1e6}).filter("agree")
    assert last["1"].to_list() == [row[1] for row in FIRST]
    with pytest.raises(DataError, match='"4" has a weight and is no methodology'):
        comparison.iterated(weights={"4": 2})


def test_a_methodology_that_cannot_score_scores_is_named() -> None:
    with pytest.raises(DataError, match="geometric cannot score the scores of all methodologies: "):
        compared(normalisation=["max"], aggregation=["geometric", "vikor"]).iterated()


def test_a_column_of_the_data_is_not_lost_to_a_figure_of_the_rounds() -> None:
    index = indicia.read({"data": {"unit": "round"}, "indicators": {"a": {}, "b": {}, "c": {}}})
    table = pl.DataFrame(TABLE).rename({"unit": "round"})
    with pytest.raises(DataError, match='the column "round" has the name of a figure'):
        index.compare(table=table, aggregation=["arithmetic", "topsis"]).figures.iterated()
