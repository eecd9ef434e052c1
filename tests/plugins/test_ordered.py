"""Ordered weights as an expression, which the workbook writes, and as arrays, which the engine runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.formulas import column
from indicia.formulas.to_polars import to_polars
from indicia.methods import Component, Components, MatrixContext, row_sorted
from indicia_methods.aggregation.ordered import Owa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.formulas import Expression


class Parts(Components):
    """Components that are columns of a frame."""

    def __init__(self, names: Sequence[str]) -> None:
        self.parts: list[Any] = [Component(column(name), 1.0, None, name=name) for name in names]

    def cache_column(self, column: Expression) -> Expression:
        return column

    def aggregate(self, statistic: Expression) -> Expression:
        return statistic

    def __getitem__(self, place: Any) -> Any:
        return self.parts[place]

    def __len__(self) -> int:
        return len(self.parts)


@pytest.mark.parametrize("weights", [None, (5.0, 0.0, 1.0, 1.0), (0.0, 0.0, 0.0, 1.0)])
def test_expression_and_arrays_give_the_same_scores_with_gaps(weights: tuple[float, ...] | None) -> None:
    random = np.random.default_rng(3)
    values = np.where(random.random((60, 4)) < 0.3, np.nan, random.normal(size=(60, 4)))
    values = values[~np.isnan(values).all(axis=1)]
    frame = pl.DataFrame(dict(zip("abcd", values.T, strict=True))).fill_nan(None)
    method, context = Owa(weights), MatrixContext(tuple("abcd"), np.zeros(4, dtype=np.bool_))
    scores = frame.select(to_polars(method.combine(Parts("abcd")).node)).to_series().to_numpy()
    np.testing.assert_allclose(scores, method.score_units(values, np.ones(4), context), rtol=1e-13, atol=1e-13)


def test_places_beyond_the_present_values_are_empty() -> None:
    frame = pl.DataFrame({"a": [1.0, None], "b": [3.0, 2.0], "c": [2.0, None]})
    sorted_ = frame.select(
        to_polars(expression.node).alias(str(place)) for place, expression in enumerate(row_sorted(map(column, "abc")))
    )
    assert sorted_.rows() == [(3.0, 2.0, 1.0), (2.0, None, None)]


def test_a_wrong_number_of_weights_is_an_error() -> None:
    with pytest.raises(ValueError, match="2 weights for 4 components"):
        Owa((1.0, 2.0)).combine(Parts("abcd"))
